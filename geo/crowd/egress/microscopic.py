"""One area emptied person by person: JuPedSim's collision free speed model, an extra that may be missing."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crowd.egress.hydraulic import DEFAULTS
from geo.crowd.egress.room import Room, build_room
from geo.crowd.event import Event
from geo.crowd.rules._spec import Parameter
from geo.errors import SchemaError, say

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MOST_PEOPLE = 2500
"""People of one area; the cost grows with people times seconds."""
RUNS, STEP_S, HORIZON_S, STALL_S = 3, 0.05, 3600.0, 180.0
CELL_M = 2.0
WAITS_M_S = 0.2
INSTALL = "pip install --no-deps -r requirements-extra.txt"


def _of(name: str, value: float, unit: str, low: float, high: float, source: str) -> Parameter:
    return Parameter(name=name, value=value, unit=unit, low=low, high=high, source=source, evidence="unchecked")


MICRO_PARAMETERS = (
    _of("walk_spread", 0.194, "share of the mean", 0.0, 0.3, "Weidmann: 0.26 of 1.34 m/s; drawn within two of it"),
    _of("body_radius_m", 0.2, "m", 0.15, 0.25, "JuPedSim 1.4.2's default"),
    _of("time_gap_s", 1.3, "s", 0.8, 1.5, "design: a door of 1 m then passes the handbook's 1.3 people/(m·s)"),
)
MICRO_DEFAULTS: Mapping[str, float] = {
    **DEFAULTS,
    **{one.name: float(one.value or 0.0) for one in MICRO_PARAMETERS},
}


@dataclass(frozen=True, kw_only=True)
class Walkers:
    """Everybody at the beginning: place (m), free speed (m/s), set-off (s), door headed for."""

    xy: Floats
    speed_m_s: Floats
    sets_off_s: Floats
    door: Ints


@dataclass(frozen=True, kw_only=True)
class RoomRun:
    """
    One run. `out_s[i]` is when person i was out, infinite for who never was; `queue[d]` the most who waited for door d.

    `density[t]` is people over floor at `times_s[t]`, `densest[t]` the fullest square of 2 m, people/m².
    """

    out_s: Floats
    door: Ints
    queue: Ints
    times_s: Floats
    density: Floats
    densest: Floats

    @property
    def clear_s(self) -> float:
        """Seconds until everybody was out."""
        return float(self.out_s.max(initial=0.0))

    def flow_s(self, door: int) -> float:
        """People a second through a door, from the first to the last; 0 with fewer than two."""
        times = np.sort(self.out_s[(self.door == door) & np.isfinite(self.out_s)])
        return float((len(times) - 1) / (times[-1] - times[0])) if len(times) > 1 and times[-1] > times[0] else 0.0


@dataclass(frozen=True, kw_only=True)
class AreaRuns:
    """The runs of one area, in the order of their clearing times, and the room they ran in."""

    room: Room
    people: int
    runs: tuple[RoomRun, ...]


def has_jupedsim() -> bool:
    """Return whether the extra is installed."""
    return importlib.util.find_spec("jupedsim") is not None


def require_jupedsim() -> Any:
    """Return the package, or say what to install."""
    if not has_jupedsim():
        raise SchemaError(say("the extra package jupedsim"), say("it is not installed"), say(INSTALL))
    import jupedsim

    return jupedsim


def area_runs(
    event: Event, area_id: str, *, seed: int, runs: int = RUNS, p: Mapping[str, float] = MICRO_DEFAULTS,
    progress: Callable[[float], None] | None = None,
) -> AreaRuns:  # fmt: skip
    """
    Let the peak crowd of one area leave, several times, each with its own crowd, speeds and setting-off times.

    They are drawn as those of the network are. People are placed over the whole floor, each is sent to a door so that
    doors serve by their width and ways are short in total. The same seed gives the same runs.

    Raises
    ------
    SchemaError
        If the package is missing, the drawing is no room, or the crowd is too large for it or for the model.
    """
    require_jupedsim()
    people = event.peak(area_id)
    if people > MOST_PEOPLE:
        raise SchemaError(
            say("at most {most} people in one area for the microscopic model", most=MOST_PEOPLE),
            say("{count}", count=people), say("go by the network, whose cost does not grow with the crowd"),
        )  # fmt: skip
    room = build_room(event, area_id)
    found = []
    for at, stream in enumerate(np.random.SeedSequence(seed).spawn(runs)):
        walkers = draw_walkers(room, people, rng=np.random.default_rng(stream), p=p)

        def told(share: float, at: int = at) -> None:
            if progress is not None:
                progress((at + share) / runs)

        found.append(clear_room(room, walkers, p=p, progress=told))
    return AreaRuns(room=room, people=people, runs=tuple(sorted(found, key=lambda one: one.clear_s)))


def draw_walkers(room: Room, people: int, *, rng: np.random.Generator, p: Mapping[str, float]) -> Walkers:
    """Draw everybody of one run: crowd give or take, mean speed, last setting-off, then each person."""
    count = round(people * rng.uniform(1 - p["crowd_error"], 1 + p["crowd_error"]))
    mean = rng.uniform(p["walk_low_m_s"], p["walk_high_m_s"])
    last = rng.uniform(p["pre_movement_low_s"], p["pre_movement_high_s"])
    xy = place(room, count, rng=rng, radius_m=p["body_radius_m"])
    speed = mean * (1 + p["walk_spread"] * np.clip(rng.standard_normal(count), -2, 2))
    return Walkers(xy=xy, speed_m_s=speed, sets_off_s=rng.uniform(0.0, last, count), door=send(room, xy))


def place(room: Room, count: int, *, rng: np.random.Generator, radius_m: float = 0.2) -> Floats:
    """
    Place people over the floor, nobody touching: points of a loose grid, some of them, each moved a little.

    Examples
    --------
    >>> from geo.crowd.egress.room import room_of
    >>> room = room_of("R", shapely.box(0, 0, 10, 10), [("d", 10.0, 5.0, 1.0)])
    >>> xy = place(room, 200, rng=np.random.default_rng(1))
    >>> apart = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) + 9 * np.eye(200)
    >>> xy.shape, bool(apart.min() > 0.4), bool(shapely.contains_xy(room.floor, xy).all())
    ((200, 2), True, True)
    """
    least = 2.1 * radius_m
    inner = room.floor.buffer(-1.2 * radius_m)
    gap = math.sqrt(max(inner.area, 0.1) / max(count, 1) / 0.866)
    while True:
        gap = max(0.97 * gap, least)
        west, south, east, north = inner.bounds
        x, y = np.meshgrid(np.arange(west, east, gap), np.arange(south, north, 0.866 * gap))
        x[1::2] += gap / 2
        free = shapely.contains_xy(inner, x, y)
        if free.sum() >= count:
            break
        if gap <= least:
            raise SchemaError(
                say("at most {most} people on the ground drawn of area {id}", most=int(free.sum()), id=room.area_id),
                say("{count}", count=count), say("draw the area as large as it is, or plan for fewer"),
            )  # fmt: skip
    chosen = np.column_stack([x[free], y[free]])[rng.permutation(int(free.sum()))[:count]]
    turn, far = rng.uniform(0, 2 * math.pi, count), rng.uniform(0, (gap - least) / 2, count)
    moved = chosen + np.column_stack([far * np.cos(turn), far * np.sin(turn)])
    inside = shapely.contains_xy(inner, moved)
    return np.where(inside[:, None], moved, chosen)


def send(room: Room, xy: Floats) -> Ints:
    """
    Return the door of each person: doors serve by their width, and all ways together are as short as can be.

    Examples
    --------
    Two doors of 1 and 3 m share four people one to three, the nearest to each:

    >>> from geo.crowd.egress.room import room_of
    >>> doors = [("left", 0.0, 5.0, 1.0), ("right", 20.0, 5.0, 3.0)]
    >>> send(room_of("R", shapely.box(0, 0, 20, 10), doors), np.array([[1, 5], [2, 5], [9, 5], [19, 5.0]])).tolist()
    [0, 1, 1, 1]
    """
    from scipy.optimize import linear_sum_assignment

    width = np.array([one.width_m for one in room.doors])
    edges = np.rint(np.cumsum(width) / width.sum() * len(xy)).astype(np.int64)
    slots = np.repeat(np.arange(len(width)), np.diff(edges, prepend=0))
    at = np.array([[one.x, one.y] for one in room.doors])
    metres = np.hypot(*(xy[:, None, :] - at[None, slots, :]).transpose(2, 0, 1))
    return np.asarray(slots[linear_sum_assignment(metres)[1]], dtype=np.int64)


def clear_room(
    room: Room, walkers: Walkers, *, p: Mapping[str, float] = MICRO_DEFAULTS, dt_s: float = STEP_S,
    horizon_s: float = HORIZON_S, progress: Callable[[float], None] | None = None,
) -> RoomRun:  # fmt: skip
    """
    Let everybody walk to their door in JuPedSim until nobody is left, or nobody gets out for three minutes.

    Who stands still blocks whoever is behind, as in life. Times are right to a step.
    """
    crowd = _Crowd(require_jupedsim(), room, walkers, p, dt_s)
    second = round(1 / dt_s)
    last_out = float(walkers.sets_off_s.max(initial=0.0))
    step = 0
    while crowd.left and step * dt_s < horizon_s and step * dt_s - last_out < STALL_S:
        if step % second == 0:
            crowd.look(step * dt_s, is_minute=step % (60 * second) == 0)
            if progress is not None:
                progress(1 - crowd.left / max(len(walkers.xy), 1))
        step += 1
        if crowd.step(step * dt_s):
            last_out = max(last_out, step * dt_s)
    crowd.look(step * dt_s, is_minute=True)
    return RoomRun(
        out_s=crowd.out_s, door=walkers.door, queue=crowd.queue, times_s=np.array(crowd.times),
        density=np.array(crowd.density), densest=np.array(crowd.densest),
    )  # fmt: skip


class _Crowd:
    """The people of one run inside JuPedSim, and what is counted of them."""

    def __init__(self, jps: Any, room: Room, walkers: Walkers, p: Mapping[str, float], dt_s: float) -> None:
        self.room, self.walkers = room, walkers
        self.sim = jps.Simulation(model=jps.CollisionFreeSpeedModelV2(), geometry=room.ground, dt=dt_s)
        ways = []
        for door in room.doors:
            stage = self.sim.add_exit_stage(door.target)
            ways.append((self.sim.add_journey(jps.JourneyDescription([stage])), stage))
        self.person: dict[int, int] = {}
        for at, ((x, y), door) in enumerate(zip(walkers.xy, walkers.door, strict=True)):
            journey, stage = ways[door]
            told = jps.CollisionFreeSpeedModelV2AgentParameters(
                position=(float(x), float(y)), journey_id=journey, stage_id=stage, radius=p["body_radius_m"],
                time_gap=p["time_gap_s"], desired_speed=0.0 if walkers.sets_off_s[at] > 0 else walkers.speed_m_s[at],
            )  # fmt: skip
            self.person[self.sim.add_agent(told)] = at
        self.agent = {at: agent for agent, at in self.person.items()}
        self.waiting = list(np.argsort(-walkers.sets_off_s, kind="stable"))
        self.left = len(walkers.xy)
        self.out_s = np.full(self.left, math.inf)
        self.queue = np.zeros(len(room.doors), dtype=np.int64)
        self.before = np.full((self.left, 2), np.nan)
        self.times: list[float] = []
        self.density: list[float] = []
        self.densest: list[float] = []

    def step(self, then_s: float) -> bool:
        """Walk one step; say whether anybody got out."""
        while self.waiting and self.walkers.sets_off_s[self.waiting[-1]] < then_s:
            at = int(self.waiting.pop())
            self.sim.agent(self.agent[at]).model.desired_speed = float(self.walkers.speed_m_s[at])
        self.sim.iterate()
        gone = self.sim.removed_agents()
        for agent in gone:
            self.out_s[self.person[agent]] = then_s
        self.left -= len(gone)
        return bool(gone)

    def look(self, now_s: float, *, is_minute: bool) -> None:
        """Count who waits at which door since the second before; at a full minute how dense it is."""
        xy = np.full_like(self.before, np.nan)
        for one in self.sim.agents():
            xy[self.person[one.id]] = one.position
        xy[np.isfinite(self.out_s)] = np.nan
        slow = np.hypot(*(xy - self.before).T) < WAITS_M_S
        slow &= self.walkers.sets_off_s < now_s - 1
        self.queue = np.maximum(self.queue, np.bincount(self.walkers.door[slow], minlength=len(self.queue)))
        self.before = xy
        if is_minute:
            here = xy[~np.isnan(xy[:, 0])]
            cells = np.unique(np.floor(here / CELL_M), axis=0, return_counts=True)[1]
            self.times.append(now_s)
            self.density.append(len(here) / self.room.floor.area)
            self.densest.append(float(cells.max(initial=0)) / CELL_M**2)
