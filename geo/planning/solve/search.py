"""Looking for a good plan of one part: many starts, boundary moves, the best few that differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from geo.planning.graph import Ints
from geo.planning.measures.comparison import match_plans, overlap
from geo.planning.solve.kernel import LOAD, MOVED, anneal
from geo.planning.solve.problem import Effort, Problem
from geo.planning.solve.seeds import metis_plan

CHUNK = 500_000
KEPT = 4
SAME_SHARE = 0.95
Stop = Callable[[], bool]


@dataclass(frozen=True)
class Candidate:
    """A contiguous plan of one part and what it is compared by: band excess, then objective."""

    zone: Ints
    excess: float
    objective: float

    @property
    def key(self) -> tuple[float, float]:
        """Least is best."""
        return self.excess, self.objective


def search_plan(
    problem: Problem, count: int, *, effort: Effort, rng: np.random.Generator, is_stopped: Stop
) -> list[Candidate]:
    """
    Return up to four contiguous plans of `count` zones that differ, best first, from METIS starts.

    The best of `effort.seeds` METIS plans are each moved `effort.steps_per_unit` times a unit; a result takes 5 % of
    the size to other zones before it counts as different.

    Examples
    --------
    >>> from geo.planning.drawn import draw_plan
    >>> from geo.planning.solve.problem import build_problem
    >>> from geo.planning.units import Band
    >>> units = draw_plan("aabb", "aabb", band=Band(4, 4)).units
    >>> problem = build_problem(units, np.arange(8), is_minimal_change=False, load_weight=0.0)
    >>> found = search_plan(problem, 2, effort=QUICK, rng=np.random.default_rng(1), is_stopped=lambda: False)
    >>> found[0].excess, found[0].objective
    (0.0, 2.0)
    """
    tolerance = _tolerance(problem, count)
    starts = {}
    for _ in range(max(effort.seeds, 1)):
        zone = metis_plan(problem.graph, problem.size, count, seed=int(rng.integers(1, 2**31)), tolerance=tolerance)
        starts[zone.tobytes()] = _candidate(problem, zone)
        if is_stopped():
            break
    chosen = sorted(starts.values(), key=_start_key)[: effort.restarts]
    return _anneal_all(problem, chosen, effort=effort, rng=rng, is_stopped=is_stopped)


def search_from(
    problem: Problem, starts: list[Ints], *, effort: Effort, rng: np.random.Generator, is_stopped: Stop
) -> list[Candidate]:
    """
    Return up to four plans that differ, best first, from given contiguous starts (today's plan, say).

    Examples
    --------
    Today 5 and 3; one unit moves:

    >>> from geo.planning.drawn import draw_plan
    >>> from geo.planning.solve.problem import build_problem
    >>> from geo.planning.units import Band
    >>> units = draw_plan("aabb", "aaab", band=Band(4, 4), today="aabbaaab").units
    >>> problem = build_problem(units, np.arange(8), is_minimal_change=True, load_weight=0.0)
    >>> found = search_from(problem, [problem.current], effort=QUICK, rng=np.random.default_rng(1),
    ...                     is_stopped=lambda: False)
    >>> found[0].excess, int((found[0].zone != problem.current).sum())
    (0.0, 1)
    """
    chosen = [_candidate(problem, zone) for zone in starts for _ in range(max(effort.restarts // len(starts), 1))]
    return _anneal_all(problem, chosen, effort=effort, rng=rng, is_stopped=is_stopped)


def _anneal_all(
    problem: Problem, starts: list[Candidate], *, effort: Effort, rng: np.random.Generator, is_stopped: Stop
) -> list[Candidate]:
    found = list(starts)
    for start in starts:
        if is_stopped():
            break
        found.append(improve(problem, start.zone, effort=effort, rng=rng, is_stopped=is_stopped))
    return _different(problem, sorted(found, key=lambda one: one.key))


def improve(problem: Problem, start: Ints, *, effort: Effort, rng: np.random.Generator, is_stopped: Stop) -> Candidate:
    """Move boundary units of one contiguous plan while it cools; return the best seen, never worse than the start."""
    zone, current, used = problem.aligned(start)
    steps = effort.steps_per_unit * len(start)
    border = float(problem.graph.cost.mean()) if len(problem.graph.cost) else 1.0
    unit = max(float(problem.size.mean()), 1.0)
    share = len(used) / len(start)
    hot = 2.5 * border + 1.5 * problem.weights[MOVED] * unit + 2.0 * problem.weights[LOAD] * share**2
    cold = 0.2 * border
    state = rng.integers(1, 2**63, 1, dtype=np.uint64)
    best, chosen = zone.copy(), _candidate(problem, start)
    chunks = max(-(-steps // CHUNK), 1)
    ratio = (cold / hot) ** (1.0 / chunks)
    graph = problem.graph
    for chunk in range(chunks):
        if is_stopped():
            break
        heat = hot * ratio**chunk
        anneal(
            graph.start, graph.other, graph.cost, problem.size, problem.load, current, problem.is_locked, zone,
            len(used), problem.band.low, problem.band.high, problem.weights, heat, heat * ratio, -(-steps // chunks),
            state, best,
        )  # fmt: skip
        chosen = min(chosen, _candidate(problem, used[best]), key=lambda one: one.key)
    return chosen


def _candidate(problem: Problem, zone: Ints) -> Candidate:
    return Candidate(zone.copy(), *problem.key(zone))


def _start_key(one: Candidate) -> tuple[float, float]:
    """Starts are chosen by border first: sizes are soon put right, a bad shape stays."""
    return one.objective, one.excess


def _tolerance(problem: Problem, count: int) -> float:
    mean = problem.size.sum() / max(count, 1)
    if mean <= 0:
        return 0.1
    return float(np.clip(min(problem.band.high / mean - 1.0, 1.0 - problem.band.low / mean), 0.001, 0.3))


def _different(problem: Problem, ranked: list[Candidate]) -> list[Candidate]:
    """The best, and the next best that take at least 5 % of the size to other zones."""
    kept: list[Candidate] = []
    weight = np.maximum(problem.size, 1)
    for one in ranked:
        if len(kept) == KEPT or (kept and one.excess > kept[0].excess):
            break
        if all(_differs(other.zone, one.zone, weight) for other in kept):
            kept.append(one)
    return kept


def _differs(old: Ints, new: Ints, weight: Ints) -> bool:
    """Say whether 5 % of the size changes zone: no matching keeps more than each old zone's largest common part."""
    rows, _, shared = overlap(old, new, weight)
    largest = np.zeros(int(rows.max(initial=-1)) + 1, dtype=np.int64)
    np.maximum.at(largest, rows, shared)
    if largest.sum() < SAME_SHARE * shared.sum():
        return True
    return match_plans(old, new, weight).core_retention < SAME_SHARE


QUICK = Effort(restarts=2, seeds=4, steps_per_unit=400, exact_units=20, exact_work=1.0, load_weight=100.0)
"""Enough for a few dozen units; examples use it."""
