"""Putting a zone right with the fewest households moved: proposals to look at before one is taken."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from geo.planning.editing.acts import zone_neighbours
from geo.planning.editing.draft import Draft, rezone
from geo.planning.graph import Ints
from geo.planning.solve.exact import solve_exactly
from geo.planning.solve.kernel import MOVED, TOUCHED
from geo.planning.solve.problem import Effort, Problem, build_problem
from geo.planning.solve.search import Stop, search_from
from geo.planning.solve.today import starts_from_today

RINGS = 3
"""How many rings of neighbours around a zone are tried, the nearest first, before the whole part."""
OFFERED = 3


@dataclass(frozen=True)
class Proposal:
    """
    A repaired draft beside the one it repairs.

    `moved` are the rows that change zone and `size_moved` their households; `zones` those touched. `before` and
    `after` say by how many households zones miss their band, and `parts_before`, `parts_after` how many parts there
    are too many.
    """

    draft: Draft
    moved: Ints
    size_moved: int
    zones: tuple[int, ...]
    before: int
    after: int
    parts_before: int
    parts_after: int

    @property
    def is_repaired(self) -> bool:
        """Whether every zone touched is in band and in one piece."""
        return all(self.draft.numbers[zone].is_fit for zone in self.zones if zone in self.draft.numbers)


def rebalance(
    draft: Draft,
    zones: list[int] | None = None,
    *,
    effort: Effort,
    rng: np.random.Generator,
    is_stopped: Stop = lambda: False,
) -> list[Proposal]:
    """
    Propose repairs of the zones named (all misfits where none are), the best first; none where nothing gets better.

    Each zone is repaired among its neighbours, a further ring of them as long as that does not suffice. The number of
    zones stays where that does; then zones are split or merged. Of plans in band the one that moves the fewest
    households comes first; for a single zone up to three that differ are offered.

    Parameters
    ----------
    effort
        How long to look; scopes of up to `effort.exact_units` units are also asked of the exact solver.

    Examples
    --------
    A band of 2 to 3; the zone of four gives one unit to its neighbour:

    >>> from geo.planning.drawn import draw_ground
    >>> from geo.planning.editing.draft import open_draft
    >>> from geo.planning.solve.search import QUICK
    >>> from geo.planning.units import Band
    >>> draft = open_draft(draw_ground("aaaabb", today="aaaabb", band=Band(2, 3)))
    >>> best = rebalance(draft, effort=QUICK, rng=np.random.default_rng(1))[0]
    >>> best.draft.zone.tolist(), best.size_moved, best.before, best.after
    ([0, 0, 0, 1, 1, 1], 1, 1, 0)
    """
    asked = draft.misfits() if zones is None else [zone for zone in zones if zone in draft.numbers]
    if len(asked) == 1:
        found = _repairs(draft, asked[0], effort, rng, is_stopped)
        return [_propose(draft, one) for one in found[:OFFERED]]
    now = draft
    for zone in asked:
        if is_stopped():
            break
        if zone in now.numbers and not now.numbers[zone].is_fit:
            found = _repairs(now, zone, effort, rng, is_stopped)
            now = found[0] if found else now
    return [] if now is draft else [_propose(draft, now)]


def _repairs(draft: Draft, zone: int, effort: Effort, rng: np.random.Generator, is_stopped: Stop) -> list[Draft]:
    """Better drafts, best first, from the smallest scope that puts the zone right, else from the largest."""
    scope = [zone]
    best: list[Draft] = []
    for _ in range(RINGS):
        wider = sorted({*scope, *zone_neighbours(draft, scope)})
        if wider == scope and best:
            break
        scope = wider
        found = _better(draft, scope, _search(draft, scope, effort, rng, is_stopped))
        best = found or best
        if (found and _misfit(found[0], draft, scope) == (0, 0)) or is_stopped():
            break
    return best


def _search(draft: Draft, scope: list[int], effort: Effort, rng: np.random.Generator, is_stopped: Stop) -> list[Draft]:
    rows = np.flatnonzero(np.isin(draft.zone, scope))
    units = replace(draft.ground.units, current=draft.zone)
    problem = build_problem(units, rows, is_minimal_change=True, load_weight=effort.load_weight)
    weights = problem.weights.copy()
    weights[TOUCHED] = 0.0
    problem = replace(problem, weights=weights)
    starts = starts_from_today(problem)
    found = [one.zone for one in search_from(problem, starts[:1], effort=effort, rng=rng, is_stopped=is_stopped)]
    found += _exactly(problem, found[0], effort)
    if problem.key(found[0])[0] > 0 and all(problem.key(one)[0] > 0 for one in found):
        found += [one.zone for one in search_from(problem, starts[1:], effort=effort, rng=rng, is_stopped=is_stopped)]
    ranked = sorted(found, key=lambda one: (problem.key(one)[0], problem.terms(one)[MOVED], problem.key(one)[1]))
    return [_placed(draft, rows, problem, one) for one in ranked]


def _exactly(problem: Problem, best: Ints, effort: Effort) -> list[Ints]:
    """The plan that moves the fewest households, where the scope is small enough to ask for it."""
    count = problem.zones_today
    if len(problem.rows) > effort.exact_units or problem.is_locked.any():
        return []
    is_start = len(np.unique(best)) == count and problem.key(best)[0] == 0
    answer = solve_exactly(problem, count, work=effort.exact_work, hint=best if is_start else None)
    return [] if answer.zone is None else [answer.zone]


def _placed(draft: Draft, rows: Ints, problem: Problem, zone: Ints) -> Draft:
    """Put a solution back: today's numbers of the problem are the draft's zones, further ones are new."""
    known = np.unique(draft.zone[rows])
    used = np.unique(zone[zone >= problem.zones_today])
    label = np.concatenate([known, draft.next_zone + np.arange(len(used))])
    place = np.where(zone < problem.zones_today, zone, problem.zones_today + np.searchsorted(used, zone))
    zones = draft.zone.copy()
    zones[rows] = label[place]
    return rezone(draft, zones, next_zone=draft.next_zone + len(used))


def _better(draft: Draft, scope: list[int], found: list[Draft]) -> list[Draft]:
    before = _misfit(draft, draft, scope)
    kept: list[Draft] = []
    for one in found:
        if _misfit(one, draft, scope) < before and all((one.zone != other.zone).any() for other in kept):
            kept.append(one)
    best = _misfit(kept[0], draft, scope) if kept else before
    return [one for one in kept if _misfit(one, draft, scope) == best]


def _misfit(after: Draft, before: Draft, scope: list[int]) -> tuple[int, int]:
    """By how much the zones of a scope (with those that are new) miss the band, and their parts too many."""
    held = [one for zone, one in after.numbers.items() if zone in scope or zone not in before.numbers]
    return sum(one.excess for one in held), sum(one.parts - 1 for one in held)


def _propose(before: Draft, after: Draft) -> Proposal:
    moved = np.flatnonzero(before.zone != after.zone)
    zones = np.unique(np.concatenate([before.zone[moved], after.zone[moved]])).tolist()
    gone, parts_gone = _misfit(before, before, zones)
    left, parts_left = _misfit(after, before, zones)
    return Proposal(
        draft=after,
        moved=moved,
        size_moved=int(after.ground.units.size[moved].sum()),
        zones=tuple(zones),
        before=gone,
        after=left,
        parts_before=parts_gone,
        parts_after=parts_left,
    )
