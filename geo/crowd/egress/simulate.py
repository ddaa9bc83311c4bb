"""The time-stepped network: many runs side by side, whole people, each step the same for all of them.

Each step: who is due sets off; everybody walking covers min(own speed, S(D))·dt; who reaches a constriction queues; a
link passes whole people up to its budget C·dt, keeping at most one person's worth of what is left; a node takes in no
more than fits below its densest, and less and less above the density of largest flow. All transfers happen at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.crowd.egress.hydraulic import DEFAULTS, walking_speed
from geo.crowd.egress.network import Network

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
COUNTERFLOW = {"bounding": (0.17, 0.84, 0.94), "estimate": (0.17, 0.90, 1.00), "independent": None}
"""Least share of a direction; what both directions of one door pass together where few come against many, and where
both are equal, of one direction's flow (jupedsim-network 0.5.0, from Navin and Wheeler 1969, HCM 2000)."""


@dataclass(frozen=True)
class Starts:
    """Everybody at the beginning, one entry a person: run, link headed for, speed class, metres to go, set-off (s)."""

    run: Ints
    link: Ints
    speed_class: Ints
    metres: Floats
    sets_off_s: Floats


@dataclass(frozen=True)
class Runs:
    """
    What came out, for R runs, N nodes, L links and T record times.

    `clear_s[r, n]` is when node n was empty for good, `total_s[r]` when everybody was safe (infinite if not within the
    horizon); `people[t, r, n]` and `queue[t, r, l]` are counts at `times_s[t]`; `passed[r, l]` is the number through.
    """

    clear_s: Floats
    total_s: Floats
    times_s: Floats
    people: Ints
    queue: Ints
    passed: Ints
    most_dense: Floats


def simulate(
    network: Network,
    starts: Starts,
    *,
    flow: Floats,
    class_m_s: Floats,
    shares: Floats,
    dt_s: float = 1.0,
    horizon_s: float = 14_400.0,
    record_s: float = 60.0,
    counterflow: str = "bounding",
    stranded: Ints | None = None,
    p: Mapping[str, float] = DEFAULTS,
    progress: Callable[[float], None] | None = None,
) -> Runs:
    """
    Let everybody leave, in every run.

    Parameters
    ----------
    network
        Nodes and links, leading to safety.
    starts
        Everybody, of all runs.
    flow
        People per second of each link in each run, shape (R, L).
    class_m_s
        Free speed of each speed class in each run, shape (R, C).
    shares
        How people who come into a node divide over its links, shape (R, L); each node's links sum to 1.
    dt_s, horizon_s, record_s
        Step, end, and how often counts are kept.
    counterflow
        How the two links of one door share it: bounding, estimate, independent.
    stranded
        People of each node in each run who have no way out, shape (R, N): they stay, and the run never ends for them.

    Returns
    -------
    runs
        Nobody is lost: people inside, safe and waiting always sum to those who started.

    Notes
    -----
    Source: SFPE Handbook, 6th ed., chapter 67; queue and supply rules after jupedsim-network 0.5.0. Times are right to
    a step. Cost: steps × runs × links, whatever the number of people.

    Examples
    --------
    IMO 4: 100 people, one door of 1 m take 99/0.931 = 106.3 s with the handbook's 1.33 people/(m·s):

    >>> from geo.crowd.egress.network import Link, Node
    >>> net = Network((Node("A", 100.0), Node("out", math.inf, True)), (Link("d", 0, 1, "door", 1.0),), {})
    >>> who = Starts(*(np.zeros(100, dtype=np.int64) for _ in range(3)), np.zeros(100), np.zeros(100))
    >>> done = simulate(
    ...     net, who, flow=np.array([[0.931]]), class_m_s=np.array([[1.2]]), shares=np.ones((1, 1)), dt_s=0.1
    ... )
    >>> round(float(done.total_s[0]), 1), int(done.passed[0, 0])
    (106.4, 100)
    """
    engine = _Engine(network, starts, flow, class_m_s, shares, dt_s, counterflow, p)
    if stranded is not None:
        engine.people += stranded
    stuck = 0 if stranded is None else int(stranded.sum())
    times, people, queue = [], [], []
    steps = math.ceil(horizon_s / dt_s)
    every = max(round(record_s / dt_s), 1)
    for step in range(steps):
        if step % every == 0:
            times.append(step * dt_s)
            people.append(engine.people.copy())
            queue.append(engine.queue.copy())
            if progress is not None:
                progress(1 - engine.left() / max(len(starts.run), 1))
        if engine.left() == stuck + engine.shut_in():
            break
        engine.step(step * dt_s)
    total = np.where(engine.inside() == 0, engine.clear_s.max(axis=1, initial=0.0), np.inf)
    clear = np.where(engine.people[:, : len(network.nodes)] == 0, engine.clear_s, np.inf)
    return Runs(clear, total, np.array(times), np.array(people), np.array(queue), engine.passed, engine.most_dense)


class _Engine:
    """The state of all runs. People who walk lie in bins of distance still to be walked, one ring a link and class."""

    def __init__(
        self, network: Network, starts: Starts, flow: Floats, class_m_s: Floats, shares: Floats, dt_s: float,
        counterflow: str, p: Mapping[str, float],
    ) -> None:  # fmt: skip
        links, nodes = network.links, network.nodes
        self.runs, self.links, self.nodes, self.classes = len(flow), len(links), len(nodes), class_m_s.shape[1]
        self.dt, self.p, self.flow, self.free = dt_s, p, flow, class_m_s
        self.source = np.array([link.source for link in links], dtype=np.int64)
        self.target = np.array([link.target for link in links], dtype=np.int64)
        self.length = np.array([link.length_m for link in links])
        self.area = np.array([node.area_m2 for node in nodes])
        self.k = np.array([node.k_m_s for node in nodes])
        self.safe = np.array([node.is_safe for node in nodes])
        self.to_source, self.to_target = np.eye(self.nodes)[self.source], np.eye(self.nodes)[self.target]
        self.mate = np.array([link.partner for link in links], dtype=np.int64)
        self.pairing = COUNTERFLOW[counterflow] if (self.mate >= 0).any() else None
        self.shares, self.credit = shares, np.zeros((self.runs, self.links))
        self.into = _padded([[at for at in range(self.links) if self.target[at] == n] for n in range(self.nodes)])
        out = _padded([network.out(n) for n in range(self.nodes)])
        self.lanes = [(np.flatnonzero(lane >= 0), lane[lane >= 0]) for lane in out.T]
        self.delta = max(float(class_m_s.max()), p["creep_m_s"]) * dt_s / 1.5
        longest = max(float(starts.metres.max(initial=0.0)), float(self.length.max(initial=0.0)))
        self.bins = math.ceil(longest / self.delta) + 8
        self.ring = np.zeros(self.runs * self.links * self.classes * self.bins, dtype=np.int32)
        self.base = np.arange(self.runs * self.links * self.classes, dtype=np.int64).reshape(
            self.runs, self.links, self.classes
        )
        self.base *= self.bins
        self.walking = np.zeros(self.base.size, dtype=np.int64)
        self.walked = np.zeros((self.runs, self.nodes, self.classes))
        self.queue = np.zeros((self.runs, self.links), dtype=np.int64)
        self.carry = np.ones((self.runs, self.links))
        self.carry[:, (self.mate >= 0) & (self.mate < np.arange(self.links))] = 0.0
        self.passed = np.zeros((self.runs, self.links), dtype=np.int64)
        self.entered = np.zeros((self.runs, self.links), dtype=np.int64)
        self.people = np.zeros((self.runs, self.nodes), dtype=np.int64)
        np.add.at(self.people, (starts.run, self.source[starts.link]), 1)
        self.total = self.people.sum(axis=1)
        self.clear_s = np.zeros((self.runs, self.nodes))
        self.most_dense = self.people / self.area
        self.limit = np.where(self.safe, np.inf, p["most_dense"] * self.area)
        due = np.ceil(starts.sets_off_s / dt_s - 1e-9)
        order = np.argsort(np.minimum(due, 65_535).astype(np.uint16), kind="stable")
        self.starts = Starts(*(getattr(starts, name)[order] for name in Starts.__dataclass_fields__))
        self.due_step = due[order]
        self.next_start = 0
        self.turn = 0

    def inside(self) -> Ints:
        """People not yet safe, in each run."""
        return self.people[:, ~self.safe].sum(axis=1)

    def left(self) -> int:
        return int(self.inside().sum())

    def shut_in(self) -> int:
        """People who queue where nothing ever passes."""
        return int(self.queue[self.flow <= 0].sum())

    def step(self, now_s: float) -> None:
        density = np.where(self.safe, 0.0, self.people / self.area)
        self._set_off(now_s)
        self._walk(density)
        passing = self._admit(self._wanted(density))
        self._move(passing, now_s + self.dt)

    def _set_off(self, now_s: float) -> None:
        s = self.starts
        end = int(np.searchsorted(self.due_step, round(now_s / self.dt), side="right"))
        if end > self.next_start:
            part = slice(self.next_start, end)
            self._place(s.run[part], s.link[part], s.speed_class[part], s.metres[part], 1)
            self.next_start = end

    def _place(self, run: Ints, link: Ints, kind: Ints, metres: Floats | float, count: Ints | int) -> None:
        """Put people `metres` before a link: they arrive when their class has walked so far in its node."""
        goal = self.walked[run, self.source[link], kind] + metres
        at = np.ceil(goal / self.delta - 1e-9).astype(np.int64)
        first = np.floor(self.walked[run, self.source[link], kind] / self.delta + 1e-9).astype(np.int64)
        due = at <= first
        people = np.broadcast_to(np.asarray(count, dtype=np.int64), at.shape)
        np.add.at(self.queue.reshape(-1), run[due] * self.links + link[due], people[due])
        later = ~due
        slot = self.base[run[later], link[later], kind[later]] + at[later] % self.bins
        np.add.at(self.ring, slot, people[later].astype(np.int32))
        np.add.at(self.walking, slot // self.bins, people[later])

    def _walk(self, density: Floats) -> None:
        speed = np.minimum(self.free[:, None, :], walking_speed(density, k_m_s=self.k, p=self.p)[:, :, None])
        before = np.floor(self.walked / self.delta + 1e-9).astype(np.int64)
        self.walked += speed * self.dt
        after = np.floor(self.walked / self.delta + 1e-9).astype(np.int64)
        if not (ahead := int((after - before).max(initial=0))):
            return
        run, link, kind = np.unravel_index(np.flatnonzero(self.walking), self.base.shape)
        base, first = self.base[run, link, kind], before[run, self.source[link], kind]
        last = after[run, self.source[link], kind]
        for bins in range(1, ahead + 1):
            at = first + bins
            slot = base + at % self.bins
            arrived = np.where(at <= last, self.ring[slot], 0)
            some = np.flatnonzero(arrived)
            self.ring[slot[some]] = 0
            lane = run[some] * self.links + link[some]
            np.add.at(self.queue.reshape(-1), lane, arrived[some].astype(np.int64))
            np.subtract.at(self.walking, lane * self.classes + kind[some], arrived[some].astype(np.int64))

    def _wanted(self, density: Floats) -> Ints:
        """Whole people each link would pass: its queue, up to what it has saved and gains in this step."""
        peak, most = 1 / (2 * self.p["slope_m2"]), self.p["most_dense"]
        open_share = np.clip((most - density) / (most - peak), 0.0, 1.0)
        gain = self.flow * self.dt * open_share[:, self.target]
        gain = self._shared(gain)
        budget = self.carry + gain
        self.budget = budget
        return np.minimum(self.queue, np.floor(budget + 1e-9).astype(np.int64))

    def _shared(self, gain: Floats) -> Floats:
        """Divide one door between its two directions while both have a queue."""
        if self.pairing is None:
            return gain
        least, few, equal = self.pairing
        mates = np.where(self.mate >= 0, self.mate, 0)
        other = self.queue[:, mates]
        both = (self.mate >= 0) & (self.queue > 0) & (other > 0)
        part = self.queue / np.maximum(self.queue + other, 1)
        together = few + (equal - few) * 2 * np.minimum(part, 1 - part)
        return np.where(both, gain * together * (least + (1 - 2 * least) * part), gain)

    def _admit(self, wanted: Ints) -> Ints:
        """Let into each node what fits: a fair share each, then who is next in turn."""
        room = np.maximum(np.floor(np.where(self.safe, 1e15, self.limit - self.people) + 1e-9), 0)
        asked = np.zeros_like(room)
        for lane in self.into.T:
            asked += np.where(lane >= 0, wanted[:, lane], 0)
        if (asked <= room).all():
            return wanted
        fair = np.minimum(1.0, room / np.maximum(asked, 1))
        passing = np.floor(wanted * fair[:, self.target]).astype(np.int64)
        rest = room.copy()
        for lane in self.into.T:
            rest -= np.where(lane >= 0, passing[:, lane], 0)
        self.turn += 1
        for lane in np.roll(self.into, self.turn, axis=1).T:
            known = lane >= 0
            more = np.where(known, np.minimum(wanted[:, lane] - passing[:, lane], rest), 0).astype(np.int64)
            passing[:, lane[known]] += more[:, known]
            rest -= more
        return passing

    def _move(self, passing: Ints, then_s: float) -> None:
        self.carry = np.clip(self.budget - passing, 0.0, 1.0)
        self.queue -= passing
        self.passed += passing
        moved = passing.astype(float)
        came = (moved @ self.to_target).astype(np.int64)
        self.people += came - (moved @ self.to_source).astype(np.int64)
        busy = self.people > 0
        self.clear_s[busy] = then_s
        emptied = (passing > 0).any(axis=0)
        self.clear_s[:, self.source[emptied]] = np.maximum(
            self.clear_s[:, self.source[emptied]],
            np.where(passing[:, emptied] > 0, then_s, self.clear_s[:, self.source[emptied]]),
        )
        self.clear_s[:, self.safe] = 0.0
        self.most_dense = np.maximum(self.most_dense, np.where(self.safe, 0.0, self.people / self.area))
        came[:, self.safe] = 0
        if came.any():
            self._divide(came)

    def _divide(self, came: Ints) -> None:
        """Send those who came into a node on to its links, by share, whole people, nobody lost."""
        onward = np.zeros((self.runs, self.links), dtype=np.int64)
        self.credit += came[:, self.source] * self.shares
        rest = came.copy()
        for nodes, links in (*self.lanes, *self.lanes):
            due = np.clip(np.floor(self.credit[:, links] + 0.5), 0, rest[:, nodes]).astype(np.int64)
            onward[:, links] += due
            self.credit[:, links] -= due
            rest[:, nodes] -= due
            if not rest.any():
                break
        nodes, first = self.lanes[0]
        onward[:, first] += rest[:, nodes]
        self.credit[:, first] -= rest[:, nodes]
        run, link = np.nonzero(onward)
        if len(run) == 0:
            return
        count, before = onward[run, link], self.entered[run, link]
        self.entered[run, link] += count
        for kind in range(self.classes):
            turns = (before + count - kind - 1) // self.classes - (before - kind - 1) // self.classes
            some = turns > 0
            kinds = np.full(int(some.sum()), kind, dtype=np.int64)
            self._place(run[some], link[some], kinds, self.length[link[some]], turns[some])


def _padded(lists: list[list[int]]) -> Ints:
    """Rows of equal length, -1 where a list is shorter."""
    wide = max((len(one) for one in lists), default=0) or 1
    return np.array([one + [-1] * (wide - len(one)) for one in lists], dtype=np.int64)
