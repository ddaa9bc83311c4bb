"""A whole roster: shifts, shares, teams in turn, what is left offered to everybody, and what is missing named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import numpy as np

from geo.crowd.roster.demand import Assignment, Demand, Need, Shortfall, require_served
from geo.crowd.roster.people import Limits, Staff
from geo.crowd.roster.solve.block import Block, BlockAnswer, build_block, solve_block
from geo.crowd.roster.solve.bound import least_missing_hours
from geo.crowd.roster.solve.result import FEASIBLE, OPTIMAL, STOPPED, Effort, Roster, TeamResult
from geo.crowd.roster.solve.share import Team, form_teams, share_out
from geo.crowd.roster.solve.shifts import Shift, can_stand, cut_shifts

SOLVER = "HiGHS shifts; CP-SAT teams"
AT_ONCE = 2
Progress = Callable[[float, str], None]
Stays = dict[str, list[Assignment]]


def make_roster(
    demand: Demand,
    staff: Staff,
    limits: Limits,
    *,
    seed: int,
    effort: Effort | None = None,
    locked: Sequence[Assignment] = (),
    progress: Progress | None = None,
    is_stopped: Callable[[], bool] = lambda: False,
    clock: Callable[[], float] = lambda: 0.0,
) -> Roster:
    """
    Make a roster that breaks no hard rule and misses as few hours as it finds.

    Too few people is no failure: what is missing is named by post and hour. Work is counted in CP-SAT's deterministic
    time and every team has a model of its own, so the same input and seed give the same roster in another process.
    `locked` stays are kept as they are; they must keep the rules by themselves. Stopped early, teams not reached stand
    nowhere and their hours are named as missing.

    Examples
    --------
    Two guards, twelve hours of one post in shifts of four to six: both stand once.

    >>> from geo.crowd.roster.drawn import draw_case
    >>> limits = Limits(rest_h=6, longest_duty_h=6, shortest_shift_h=4, longest_shift_h=6)
    >>> case = draw_case({"ann": "............", "ben": "............"}, needs={"A": "111111111111"})
    >>> roster = make_roster(case.demand, case.staff, limits, seed=1)
    >>> [(one.start, one.end) for one in roster.assignments], roster.status, roster.objective
    ([(0, 6), (6, 12)], 'optimal', 0.0)
    """
    began, effort = clock(), effort or Effort()
    tell = progress or (lambda _share, _text: None)
    require_served(demand.table(), locked)
    stays: Stays = defaultdict(list)
    for one in sorted(locked):
        stays[one.person_id].append(one)
    tell(0.02, "shifts")
    shifts = cut_shifts(_remaining(demand, stays), staff.people, limits)
    teams = form_teams(staff)
    tell(0.08, "teams")
    seats = share_out(teams, shifts, demand, limits)
    parts = _fill_teams(teams, shifts, seats, demand, staff, limits, stays, effort, seed, tell, is_stopped)
    for share, least_h in ((0.75, None), (0.85, demand.horizon.hours(1))):
        if not is_stopped():
            tell(share, "what is left")
            _fill_rest(demand, staff, limits, stays, effort, seed, least_h)
    tell(0.93, "bound")
    bound = least_missing_hours(demand, staff.people, limits)
    tell(1.0, "done")
    return _result(demand, stays, parts, bound, seed, clock() - began, is_stopped())


def _remaining(demand: Demand, stays: Stays) -> Demand:
    """What is still needed beside the stays there are."""
    needs = []
    for line, row in _open(demand, stays).items():
        for start, end in _runs(row):
            needs.append(
                Need(post_id=line.post_id, role=line.role, start=start, end=end, people=int(row[start]),
                     skills=line.skills, groups=line.groups)
            )  # fmt: skip
    return replace(demand, needs=tuple(needs))


def _open(demand: Demand, stays: Stays) -> dict:  # type: ignore[type-arg]
    table = demand.table()
    for own in stays.values():
        for one in own:
            table[one.line][one.start : one.end] -= 1
    return {line: np.maximum(row, 0) for line, row in table.items()}


def _runs(row: np.ndarray) -> list[tuple[int, int]]:
    edges = [0, *(np.flatnonzero(np.diff(row)) + 1).tolist(), len(row)]
    return [(a, b) for a, b in pairwise(edges) if row[a]]


def _fill_teams(
    teams: list[Team], shifts: list[Shift], seats: list[list[int]], demand: Demand, staff: Staff, limits: Limits,
    stays: Stays, effort: Effort, seed: int, tell: Progress, is_stopped: Callable[[], bool],
) -> list[TeamResult]:  # fmt: skip
    """Solve the teams, two at once; each answer depends on its own team alone."""

    def solve(team: Team, own: list[Shift]) -> tuple[Block, BlockAnswer] | None:
        if is_stopped():
            return None
        block = build_block(
            team.members, own, demand, limits, pairs=staff.pairs, stays=stays, most_duties=effort.most_duties
        )
        return block, solve_block(block, work=effort.block_work, seed=seed)

    results = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting: list[tuple[Team, Future[tuple[Block, BlockAnswer] | None]]] = []
        for at, team in enumerate(teams):
            own = [replace(shift, people=seats[at][s]) for s, shift in enumerate(shifts) if seats[at][s]]
            waiting.append((team, pool.submit(solve, team, own)))
        found = []
        for at, (team, future) in enumerate(waiting):
            found.append(future.result())
            tell(0.2 + 0.55 * (at + 1) / len(teams), team.name)
    for (team, _), answered in zip(waiting, found, strict=True):
        if answered is None:
            results.append(TeamResult(team=team.name, people=len(team.members), hours=0.0, unfairness=0, bound=0.0,
                                      status=STOPPED))  # fmt: skip
            continue
        block, answer = answered
        slots = _keep(block, answer, stays)
        results.append(
            TeamResult(team=team.name, people=len(team.members), hours=demand.horizon.hours(slots),
                       unfairness=answer.unfairness, bound=answer.bound, status=answer.status)
        )  # fmt: skip
    return results


def _keep(block: Block, answer: BlockAnswer, stays: Stays) -> int:
    """Put a team's answer among the stays; return its slots."""
    slots = 0
    for member, at in answer.taken:
        who = block.members[member].person_id
        for shift_at in block.duties[at].shifts:
            shift = block.shifts[shift_at]
            slots += shift.length
            stays[who].append(
                Assignment(start=shift.start, end=shift.end, post_id=shift.line.post_id, role=shift.line.role,
                           person_id=who, skills=shift.line.skills, groups=shift.line.groups)
            )  # fmt: skip
        stays[who].sort()
    return slots


def _fill_rest(
    demand: Demand, staff: Staff, limits: Limits, stays: Stays, effort: Effort, seed: int, least_h: float | None
) -> None:
    """Offer what is missing to everybody who could, beside what they do already."""
    left = cut_shifts(_remaining(demand, stays), staff.people, limits, least_h=least_h)
    if not left:
        return
    team_of_post = {post.post_id: post.standing_team for post in demand.posts}
    standing = frozenset(team for team in team_of_post.values() if team)
    lines = {shift.line for shift in left}
    able = [
        person
        for person in staff.people
        if any(can_stand(person, line, team_of_post=team_of_post, standing=standing) for line in lines)
    ]
    block = build_block(able, left, demand, limits, pairs=staff.pairs, stays=stays, most_duties=effort.most_duties // 2)
    members = [p for p, own in enumerate(block.choices) if own]
    if members:
        block = build_block([able[p] for p in members], left, demand, limits, pairs=staff.pairs, stays=stays,
                            most_duties=effort.most_duties // 2)  # fmt: skip
        _keep(block, solve_block(block, work=effort.repair_work, seed=seed), stays)


def _result(
    demand: Demand, stays: Stays, parts: list[TeamResult], bound: float, seed: int, seconds: float, is_stopped: bool
) -> Roster:
    shortfalls = tuple(
        Shortfall(post_id=line.post_id, role=line.role, start=start, end=end, people=int(row[start]),
                  skills=line.skills, groups=line.groups)
        for line, row in _open(demand, stays).items()
        for start, end in _runs(row)
    )  # fmt: skip
    missing = demand.horizon.hours(sum(one.people * (one.end - one.start) for one in shortfalls))
    needed = demand.person_hours
    status = STOPPED if is_stopped else OPTIMAL if missing <= bound + 1e-6 else FEASIBLE
    return Roster(
        assignments=tuple(sorted(one for own in stays.values() for one in own)),
        shortfalls=shortfalls,
        status=status,
        objective=missing,
        bound=bound,
        gap=max(missing - bound, 0.0) / needed if needed else 0.0,
        needed_hours=needed,
        unfairness=sum(one.unfairness for one in parts),
        unfairness_bound=sum(one.bound for one in parts),
        seconds=seconds,
        solver=SOLVER,
        seed=seed,
        teams=tuple(parts),
    )
