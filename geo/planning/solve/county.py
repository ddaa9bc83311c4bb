"""A whole county, part by part: what is possible, a plan for each part, and one result that says what is proven."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from geo.errors import say
from geo.planning.feasibility import Part, check_parts, share_numbers
from geo.planning.graph import Ints
from geo.planning.measures.comparison import relabel
from geo.planning.plan import Plan
from geo.planning.solve.exact import comparable, solve_exactly
from geo.planning.solve.kernel import LOAD
from geo.planning.solve.problem import Effort, Problem, build_problem
from geo.planning.solve.result import (
    FEASIBLE,
    INFEASIBLE,
    NOT_FOUND,
    OPTIMAL,
    UNSOLVED,
    PartResult,
    PlanResult,
    weakest,
)
from geo.planning.solve.search import Candidate, Stop, search_from, search_plan
from geo.planning.solve.today import is_settled, require_contiguous_today, starts_from_today
from geo.planning.units import Units
from geo.turns import Turns, in_turn

SOLVER = "METIS seeds, boundary moves"
EXACT = "CP-SAT"
TRIED = 4
"""Numbers of zones tried in a part before it counts as not found."""
Progress = Callable[[float, str], None]


def plan_units(
    units: Units,
    *,
    effort: Effort,
    seed: int,
    zones: int | None = None,
    is_minimal_change: bool = False,
    progress: Progress | None = None,
    is_stopped: Stop = lambda: False,
    clock: Callable[[], float] = lambda: 0.0,
    turns: Turns = in_turn,
) -> PlanResult:
    """
    Plan zones for all units: contiguous, inside parent and class, in the band wherever that is possible.

    Every connected part is solved by itself, with a random stream of its own, so the same seed gives the same plan in
    another process. A part that cannot be in band gets the least bad plan found and its reasons. Stopped early, the
    parts not reached keep today's zones or are one zone each, with the status "stopped".

    Parameters
    ----------
    units
        Units with graph, bands and, for a minimal change, zones of today.
    zones
        Number of zones over all parts, shared out; each part near the middle of its band where not given. A part with
        no plan in band at its share is tried with other numbers.
    is_minimal_change
        Keep every zone that fits; change as few households as possible.
    clock
        Gives seconds; only for `seconds` in the result.
    turns
        How the parts are shared out, one after the other where not given; the plan is the same.

    Raises
    ------
    SchemaError
        If a minimal change is asked for and a zone of today is not in one piece.

    Examples
    --------
    >>> from geo.planning.drawn import draw_plan
    >>> from geo.planning.solve.search import QUICK
    >>> from geo.planning.units import Band
    >>> result = plan_units(draw_plan("aaab", "aaab", band=Band(4, 4)).units, effort=QUICK, seed=1)
    >>> result.status, result.plan.sizes().tolist()
    ('feasible', [4, 4])
    """
    began = clock()
    if is_minimal_change:
        require_contiguous_today(units)
    parts = check_parts(units)
    numbers = share_numbers(parts, zones)
    tasks = [
        _Task(
            build_problem(units, part.rows, is_minimal_change=is_minimal_change, load_weight=effort.load_weight),
            part, int(number), effort, (seed, at),
        )
        for at, (part, number) in enumerate(zip(parts, numbers, strict=True))
    ]  # fmt: skip
    done: list[PartResult] = []
    for one in turns(_solve, tasks, is_stopped):
        done.append(one)
        if progress is not None:
            progress(len(done) / len(parts), one.part.parent)
    if zones is not None and not is_minimal_change and len(done) == len(parts):
        done = _make_up(tasks, done, numbers, turns, is_stopped)
    done += [_unsolved(units, part, is_minimal_change) for part in parts[len(done) :]]
    return _put_together(units, done, is_minimal_change, clock() - began)


@dataclass(frozen=True)
class _Task:
    """One part to be cut into a number of zones, by a random stream of its own."""

    problem: Problem
    part: Part
    number: int
    effort: Effort
    seed: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.part.rows)


def _solve(task: _Task, is_stopped: Stop) -> PartResult:
    rng = np.random.default_rng(task.seed)
    return _solve_part(task.problem, task.part, task.number, task.effort, rng, is_stopped)


def _make_up(
    tasks: list[_Task], done: list[PartResult], numbers: Ints, turns: Turns, is_stopped: Stop
) -> list[PartResult]:
    """Where parts came out with other numbers than their share, ask parts with room for as many more or fewer."""
    got = np.array([len(np.unique(one.zone)) for one in done])
    step = int(np.sign(numbers.sum() - got.sum()))
    room = [
        len(one.part.numbers) - 1 if got[at] == numbers[at] and got[at] + step in one.part.numbers else -1
        for at, one in enumerate(done)
    ]
    able = [at for at in np.argsort(room, kind="stable")[::-1].tolist() if room[at] >= 0]
    asked = able[: abs(int(numbers.sum() - got.sum()))]
    again = [replace(tasks[at], number=int(got[at]) + step, seed=(*tasks[at].seed, 1)) for at in asked]
    out = list(done)
    for at, one in zip(asked, turns(_solve, again, is_stopped), strict=False):
        if one.is_feasible and len(np.unique(one.zone)) == got[at] + step:
            out[at] = one
    return out


def _solve_part(
    problem: Problem, part: Part, number: int, effort: Effort, rng: np.random.Generator, is_stopped: Stop
) -> PartResult:
    if problem.zones_today and is_settled(problem):
        status = FEASIBLE
        return _result(part, [_as_candidate(problem, problem.current)], status, "kept as it is")
    if part.band.is_exempt and not problem.zones_today:
        zone = np.zeros(len(part.rows), dtype=np.int64)
        return _result(part, [_as_candidate(problem, zone)], OPTIMAL, "one zone")
    if part.band.is_exempt:
        return _result(part, [_as_candidate(problem, starts_from_today(problem)[0])], FEASIBLE, "kept as it is")
    found = _search(problem, part, number, effort, rng, is_stopped)
    best = found[0]
    if is_stopped():
        return _result(part, found, UNSOLVED, SOLVER)
    count = len(np.unique(best.zone))
    if len(part.rows) > effort.exact_units:
        return _result(part, found, FEASIBLE if best.excess == 0 else _failed(part), SOLVER)
    if best.excess == 0 and effort.proves:
        return _proven(problem, part, found, count, effort)
    if best.excess == 0 or not part.is_possible:
        return _result(part, found, FEASIBLE if best.excess == 0 else INFEASIBLE, SOLVER)
    return _last_resort(problem, part, found, effort)


def _failed(part: Part) -> str:
    return NOT_FOUND if part.is_possible else INFEASIBLE


def _search(
    problem: Problem, part: Part, number: int, effort: Effort, rng: np.random.Generator, is_stopped: Stop
) -> list[Candidate]:
    if problem.zones_today:
        found = search_from(problem, starts_from_today(problem), effort=effort, rng=rng, is_stopped=is_stopped)
        if found[0].excess == 0 or not part.is_possible:
            return found
    else:
        found = []
    for count in _numbers_to_try(part, number):
        if is_stopped() and found:
            break
        more = search_plan(problem, count, effort=effort, rng=rng, is_stopped=is_stopped)
        if problem.zones_today:
            more = [_as_candidate(problem, relabel(problem.current, one.zone, problem.size)) for one in more]
        found = sorted([*found, *more], key=lambda one: one.key)
        if found[0].excess <= part.least_excess:
            break
    return [one for one in found if one.excess == found[0].excess]


def _numbers_to_try(part: Part, number: int) -> list[int]:
    """The number wished first, then from it to the middle of what is possible, then the rest."""
    if not len(part.numbers):
        return [number]
    middle = part.numbers[len(part.numbers) // 2]
    path = [number, (number + middle) // 2, middle]
    rest = sorted(part.numbers, key=lambda k: (abs(k - middle), k))
    return list(dict.fromkeys(k for k in [*path, *rest] if k in part.numbers))[:TRIED]


def _last_resort(problem: Problem, part: Part, found: list[Candidate], effort: Effort) -> PartResult:
    """Nothing valid was found: ask the exact solver about every possible number of zones."""
    is_refuted = True
    for count in part.numbers:
        answer = solve_exactly(problem, count, work=effort.exact_work)
        if answer.zone is not None:
            better = _as_candidate(problem, answer.zone)
            return _result(part, [better], FEASIBLE, EXACT)
        is_refuted &= answer.status == INFEASIBLE
    if is_refuted:
        reason = (say("no way to cut these units into zones of {low} to {high} (proven)", low=part.band.low,
                      high=part.band.high),)  # fmt: skip
        advice = (say("plan with finer units, or widen the band"),)
        return replace(_result(part, found, INFEASIBLE, EXACT), reasons=reason, advice=advice)
    return _result(part, found, NOT_FOUND, SOLVER)


def _proven(problem: Problem, part: Part, found: list[Candidate], count: int, effort: Effort) -> PartResult:
    """A valid plan is there: say how far the best with as many zones may be from it, or take the better one."""
    answer = solve_exactly(problem, count, work=effort.exact_work, hint=found[0].zone)
    if answer.zone is None:
        return replace(_result(part, found, FEASIBLE, SOLVER), bound=answer.bound)
    if answer.objective is not None and answer.objective < comparable(problem, found[0].zone) - 1e-6:
        exact = _as_candidate(problem, answer.zone)
        found, solver = ([exact, *found] if not problem.weights[LOAD] else found), EXACT
    else:
        solver = SOLVER
    is_best = answer.status == OPTIMAL and not problem.zones_today
    return replace(_result(part, found, OPTIMAL if is_best else FEASIBLE, solver), bound=answer.bound)


def _as_candidate(problem: Problem, zone: Ints) -> Candidate:
    return Candidate(zone, *problem.key(zone))


def _result(part: Part, found: list[Candidate], status: str, solver: str) -> PartResult:
    best = found[0]
    reasons, advice = part.reasons, part.advice
    if status == NOT_FOUND and not reasons:
        reasons = (say("no plan in the band was found; that there is none is not proven"),)
        advice = (say("plan with finer units, widen the band, or look longer"),)
    return PartResult(
        part=part,
        status=status,
        zone=best.zone,
        excess=int(best.excess) if not part.band.is_exempt else 0,
        objective=best.objective,
        bound=best.objective if status == OPTIMAL else None,
        solver=solver,
        reasons=reasons if status not in (FEASIBLE, OPTIMAL) else (),
        advice=advice if status not in (FEASIBLE, OPTIMAL) else (),
        alternatives=tuple(one.zone for one in found[1:]),
    )


def _unsolved(units: Units, part: Part, is_minimal_change: bool) -> PartResult:
    problem = build_problem(units, part.rows, is_minimal_change=is_minimal_change, load_weight=0.0)
    zone = starts_from_today(problem)[0] if problem.zones_today else np.zeros(len(part.rows), dtype=np.int64)
    return replace(_result(part, [_as_candidate(problem, zone)], UNSOLVED, "none"),
                   reasons=(say("stopped before it was its turn"),))  # fmt: skip


def _put_together(units: Units, done: list[PartResult], is_minimal_change: bool, seconds: float) -> PlanResult:
    zone, parents, today = _number_zones(units, [one.zone for one in done], done, is_minimal_change)
    most = max((len(one.alternatives) for one in done), default=0)
    others = []
    for turn in range(most):
        chosen = [one.alternatives[turn] if turn < len(one.alternatives) else one.zone for one in done]
        others.append(Plan(units, _number_zones(units, chosen, done, is_minimal_change)[0]))
    bounds = [one.bound for one in done]
    objective = sum(one.objective for one in done)
    bound = None if any(one is None for one in bounds) else float(sum(one for one in bounds if one is not None))
    return PlanResult(
        plan=Plan(units, zone),
        status=weakest([one.status for one in done]),
        objective=objective,
        bound=bound,
        gap=None if bound is None else (max(objective - bound, 0.0) / objective if objective > 0 else 0.0),
        seconds=seconds,
        solver=SOLVER if not any(one.solver == EXACT for one in done) else f"{SOLVER}; {EXACT}",
        parts=tuple(done),
        zone_parent=parents,
        zone_today=today,
        alternatives=tuple(others),
    )


def _number_zones(
    units: Units, zones: list[Ints], done: list[PartResult], is_minimal_change: bool
) -> tuple[Ints, Ints, Ints]:
    """Number zones over all parts; with each its parent, and the zone of today it continues (-1 for a new one)."""
    out = np.full(units.count, -1, dtype=np.int64)
    parents: list[int] = []
    today: list[int] = []
    for local, one in zip(zones, done, strict=True):
        used, place = np.unique(local, return_inverse=True)
        out[one.part.rows] = place + len(parents)
        parents += [int(units.parent[one.part.rows[0]])] * len(used)
        held = units.current[one.part.rows] if is_minimal_change else np.empty(0, dtype=np.int64)
        known = np.unique(held[held >= 0])
        stays = {int(z) for z in used if z < len(known) and (held[local == z] == known[z]).any()}
        today += [int(known[z]) if z in stays else -1 for z in used.tolist()]
    return out, np.array(parents, dtype=np.int64), np.array(today, dtype=np.int64)
