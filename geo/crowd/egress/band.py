"""The egress band: the time to clear each area as a range over methods and runs, never one number."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from geo.crowd.capacity import decides
from geo.crowd.egress.arithmetic import CodeTime, code_times
from geo.crowd.egress.hydraulic import DEFAULTS
from geo.crowd.egress.network import Network, build_network
from geo.crowd.egress.sampling import Variant, class_speeds, draw, exit_shares, flows, starts_of
from geo.crowd.egress.simulate import Floats, Runs, Starts, simulate
from geo.crowd.event import Event
from geo.crowd.rules._spec import RuleSpec
from geo.errors import SchemaError, say

LEAST_RUNS = 50
WIDER_M, NEW_EXIT_M = 1.0, 2.0
MOST_WALKERS = 6_000_000
"""Walkers of all runs together; above it one stands for several people."""
MANY, FINE_S, COARSE_S = 5000, 1.0, 4.0
"""Steps: 4 s for more than 5,000 people, whose clearing takes hundreds of seconds, else 1 s."""
HORIZON_S = 14_400.0
"""How long a run is followed; who is not out by then never gets out."""


@dataclass(frozen=True, kw_only=True)
class Spread:
    """
    Seconds over the runs: middle, 5th and 95th percentile, and an upper bound of the 95th with 95 % confidence.

    A run in which not everybody got out within the horizon counts as infinite.
    """

    p5_s: float
    p50_s: float
    p95_s: float
    p95_upper_s: float
    runs: int


@dataclass(frozen=True, kw_only=True)
class AreaEgress:
    """
    The band of one area: code times, the network's spread, and the lowest and highest of all.

    A rule set that does not decide and leaves every exit out has no end: it is in `codes`, not in `high_s`.
    """

    area_id: str
    people: int
    codes: tuple[CodeTime, ...]
    network: Spread
    low_s: float
    high_s: float


@dataclass(frozen=True, kw_only=True)
class QueuePlace:
    """A constriction people wait at: the longest queue of a run, middle and 95th percentile over the runs."""

    link: str
    p50: float
    p95: float


@dataclass(frozen=True, kw_only=True)
class VariantTime:
    """
    Seconds (middle of the runs) to clear each area and the whole under a variant, and the gain over as drawn.

    `densest_corridor` is the highest density, people/m², a route or junction reaches in a run, middle of the runs.
    """

    variant: Variant
    total_s: float
    gain_s: float
    areas_s: Mapping[str, float]
    gains_s: Mapping[str, float]
    densest_corridor: float


@dataclass(frozen=True, kw_only=True)
class EgressBand:
    """
    The whole answer. `density[t, a]` is the mean over the runs, people/m², at `times_s[t]` for `area_ids[a]`.

    `corridors` and `corridor_density` are the same for routes and junctions. The first of `variants` is as drawn.
    """

    areas: tuple[AreaEgress, ...]
    total: Spread
    queues: tuple[QueuePlace, ...]
    times_s: Floats
    area_ids: tuple[str, ...]
    density: Floats
    corridors: tuple[str, ...]
    corridor_density: Floats
    variants: tuple[VariantTime, ...]
    people: int
    seed: int


def egress_band(
    event: Event,
    rules: Mapping[str, RuleSpec],
    *,
    seed: int,
    runs: int = 60,
    crowd: Mapping[str, int] | None = None,
    variants: Sequence[Variant] | None = None,
    also: Sequence[Variant] = (),
    variant_runs: int = 10,
    dt_s: float | None = None,
    horizon_s: float = HORIZON_S,
    p: Mapping[str, float] = DEFAULTS,
    progress: Callable[[float], None] | None = None,
) -> EgressBand:
    """
    Return how long the areas take to clear, by every rule set with a flow, the SFPE hand sum and the SFPE network.

    Everybody leaves at once, by the exits that are open in normal use. The same seed gives the same band.

    Parameters
    ----------
    event
        A plan without refused findings.
    rules
        The catalogue of rule sets.
    seed
        Where chance starts.
    runs
        Runs of the network, at least 50 (IMO asks for as many).
    crowd
        People by area; the peak of each area where None.
    variants, also
        Compared with the plan as drawn: `standard_variants` where None, and those of `also` in any case.
    variant_runs, dt_s, horizon_s
        Runs of each variant, step (1 s, 4 s for more than 5,000 people, where None), and when a run that has not ended
        is given up.
    p
        Values of EGRESS_PARAMETERS.

    Raises
    ------
    SchemaError
        If fewer than 50 runs are asked for.
    """
    if runs < LEAST_RUNS:
        raise SchemaError(
            say("at least {least} runs", least=LEAST_RUNS), say("{runs}", runs=runs), say("ask for more runs")
        )
    people = {one.area_id: event.peak(one.area_id) for one in event.areas} if crowd is None else dict(crowd)
    streams = np.random.SeedSequence(seed).spawn(3)
    network = build_network(event, rng=np.random.default_rng(streams[0]), p=p)
    shut = tuple(x.exit_id for x in event.exits if x.is_emergency_only)
    everybody = sum(people.values())
    step: dict[str, Any] = {
        "dt_s": dt_s or (COARSE_S if everybody > MANY else FINE_S),
        "horizon_s": horizon_s,
        "group": max(1, -(-everybody * runs // MOST_WALKERS)),
    }
    told = (lambda share: progress(0.6 * share)) if progress else None
    base = run_variants(network, people, [Variant(closed=shut)], runs, streams[1], p=p, progress=told, **step)[0]
    queues = queue_places(network, base)
    chosen = [*(standard_variants(event, queues) if variants is None else variants), *also]
    every = [replace(one, closed=(*one.closed, *shut)) for one in (Variant(), *chosen)]
    told = (lambda share: progress(0.6 + 0.4 * share)) if progress else None
    others = run_variants(network, people, every, variant_runs, streams[2], p=p, progress=told, **step)
    return _band(event, rules, people, network, base, queues, others, every, seed)


def run_variants(
    network: Network, people: Mapping[str, int], variants: Sequence[Variant], runs: int, stream: np.random.SeedSequence,
    *, p: Mapping[str, float] = DEFAULTS, dt_s: float = 1.0, horizon_s: float = HORIZON_S, group: int = 1,
    progress: Callable[[float], None] | None = None,
) -> list[Runs]:  # fmt: skip
    """
    Run several variants on the same draws, side by side; one result each, in order.

    With `group` above 1 a walker stands for so many people: crowd, ground and flows are divided by it, so that times
    and densities stay what they are, and counts are multiplied back.
    """
    drawn = draw(network, {key: -(-count // group) for key, count in people.items()}, runs=runs,
                 rng=np.random.default_rng(stream), p=p)  # fmt: skip
    network = replace(network, nodes=tuple(replace(node, area_m2=node.area_m2 / group) for node in network.nodes))
    tables = [flows(network, drawn, one, p=p) / group for one in variants]
    shares = [exit_shares(network, table, drawn, p=p) for table in tables]
    parts = [starts_of(network, drawn, share, one) for share, one in zip(shares, variants, strict=True)]
    moved = [replace(part, run=part.run + at * runs) for at, part in enumerate(parts)]
    joined = Starts(*(np.concatenate([getattr(m, name) for m in moved]) for name in Starts.__dataclass_fields__))
    dead_ends = np.array([not network.out(node) for node in range(len(network.nodes))])
    stranded = np.tile(np.where(dead_ends, drawn.people, 0), (len(variants), 1))
    done = simulate(
        network, joined, stranded=stranded, flow=np.concatenate(tables), shares=np.concatenate(shares),
        class_m_s=np.tile(class_speeds(drawn), (len(variants), 1)), dt_s=dt_s, horizon_s=horizon_s, p=p,
        progress=progress,
    )  # fmt: skip
    return [_rows(done, slice(at * runs, (at + 1) * runs), group) for at in range(len(variants))]


def _rows(done: Runs, rows: slice, group: int) -> Runs:
    return Runs(
        done.clear_s[rows], done.total_s[rows], done.times_s, done.people[:, rows] * group,
        done.queue[:, rows] * group, done.passed[rows] * group, done.most_dense[rows],
    )  # fmt: skip


def standard_variants(event: Event, queues: Sequence[QueuePlace]) -> list[Variant]:
    """
    Return what is always asked: routes one-way; in each area its widest exit shut, a metre more at its longest queue,
    one more exit of 2 m (as wide as it is without its boundary layers).

    All areas change at once in a variant: an area's gain is that of its own exits, and of routes it shares.
    """
    found = [Variant(name="one_way", one_way=True)] if any(not r.is_one_way for r in event.routes) else []
    widest, longest = [], {}
    rank = {one.link: at for at, one in enumerate(queues)}
    for area in event.areas:
        exits = event.exits_of(area.area_id, emergency=False)
        if len(exits) > 1:
            widest.append(max(exits, key=lambda x: (x.clear_width_m, x.exit_id)).exit_id)
        if exits:
            longest[min(exits, key=lambda x: rank.get(x.exit_id, len(rank))).exit_id] = WIDER_M
    if widest:
        found.append(Variant(name="widest_exit_shut", closed=tuple(widest)))
    if longest:
        found.append(Variant(name="one_metre_more", wider_m=longest))
        net_m = NEW_EXIT_M - 2 * DEFAULTS["boundary_m"]
        found.append(Variant(name="one_exit_more", wider_m=dict.fromkeys(longest, net_m)))
    return found


def queue_places(network: Network, done: Runs) -> tuple[QueuePlace, ...]:
    """Return where people wait, longest queue first; links that never have five waiting are left out."""
    most = done.queue.max(axis=0)
    found = [
        QueuePlace(link=link.name, p50=float(np.median(most[:, at])), p95=float(np.quantile(most[:, at], 0.95)))
        for at, link in enumerate(network.links)
    ]
    return tuple(sorted((one for one in found if one.p95 >= 5), key=lambda one: (-one.p50, one.link)))


def spread(seconds: Floats) -> Spread:
    """
    Return the spread of the runs.

    The upper bound is the order statistic that exceeds the 95th percentile with 95 % confidence; with fewer than 59
    runs none does and it is infinite.

    Examples
    --------
    >>> one = spread(np.arange(1.0, 61.0))
    >>> one.p50_s, one.p95_upper_s, spread(np.arange(1.0, 51.0)).p95_upper_s
    (30.5, 60.0, inf)
    """
    from scipy.special import bdtr

    ranked = np.sort(seconds)
    n = len(ranked)
    beyond = bdtr(np.arange(n, dtype=float), n, 0.95)
    known = np.flatnonzero(beyond >= 0.95)
    low, mid, high = (_quantile(ranked, q) for q in (0.05, 0.5, 0.95))
    upper = float(ranked[known[0]]) if len(known) else math.inf
    return Spread(p5_s=low, p50_s=mid, p95_s=high, p95_upper_s=upper, runs=n)


def _quantile(ranked: Floats, q: float) -> float:
    """Linear quantile; infinite where it leans on a run that did not end."""
    at = q * (len(ranked) - 1)
    below, above = ranked[math.floor(at)], ranked[math.ceil(at)]
    return float(below + (above - below) * (at - math.floor(at))) if np.isfinite(above) else math.inf


def _band(
    event: Event, rules: Mapping[str, RuleSpec], people: Mapping[str, int], network: Network, base: Runs,
    queues: tuple[QueuePlace, ...], others: list[Runs], variants: list[Variant], seed: int,
) -> EgressBand:  # fmt: skip
    ids = tuple(one.area_id for one in event.areas)
    codes = code_times(event, rules, people)
    heard = decides(event, rules, "exit")
    areas = []
    for at, area_id in enumerate(ids):
        own = tuple(one for one in codes if one.area_id == area_id)
        net = spread(base.clear_s[:, at])
        told = [one.seconds for one in own if math.isfinite(one.seconds) or one.method not in rules
                or one.method == heard]  # fmt: skip
        every = [*told, net.p5_s, net.p95_s]
        areas.append(
            AreaEgress(area_id=area_id, people=people.get(area_id, 0), codes=own, network=net, low_s=min(every),
                       high_s=max(every))
        )  # fmt: skip
    ways = [at for at, node in enumerate(network.nodes) if not node.is_safe and at >= len(ids)]
    size = np.array([node.area_m2 for node in network.nodes])
    dense = base.people.mean(axis=1) / size
    return EgressBand(
        areas=tuple(areas), total=spread(base.total_s), queues=queues, times_s=base.times_s, area_ids=ids,
        density=dense[:, : len(ids)], corridors=tuple(network.nodes[at].name for at in ways),
        corridor_density=dense[:, ways], variants=tuple(_variant_times(ids, others, variants, ways)),
        people=sum(people.values()), seed=seed,
    )  # fmt: skip


def _variant_times(
    ids: tuple[str, ...], others: list[Runs], variants: list[Variant], ways: list[int]
) -> list[VariantTime]:
    middle = [np.median(one.clear_s[:, : len(ids)], axis=0) for one in others]
    total = [float(np.median(one.total_s)) for one in others]
    return [
        VariantTime(
            variant=variant, total_s=total[at], gain_s=_less(total[0], total[at]),
            areas_s=dict(zip(ids, middle[at].tolist(), strict=True)),
            gains_s={a: _less(middle[0][n], middle[at][n]) for n, a in enumerate(ids)},
            densest_corridor=float(np.median(others[at].most_dense[:, ways].max(axis=1, initial=0.0))),
        )
        for at, variant in enumerate(variants)
    ]  # fmt: skip


def _less(before: float, after: float) -> float:
    """What a variant saves; nothing where neither ends."""
    return 0.0 if math.isinf(before) and math.isinf(after) else float(before - after)
