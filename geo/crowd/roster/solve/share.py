"""Which block fills how many seats of which shift, before anybody is named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from geo.crowd.roster.demand import Demand
from geo.crowd.roster.people import Limits, Person, Staff
from geo.crowd.roster.solve.shifts import Shift, can_stand

PER_TIGHT, PER_POST = 2, 12
"""In slots off an even share: a seat that needs two shifts in one duty, and one more post for a block."""


@dataclass(frozen=True)
class Team:
    """People who are rostered in one model: a group's team, joined with those their members are paired with."""

    name: str
    members: tuple[Person, ...]


def form_teams(staff: Staff) -> list[Team]:
    """
    Return the blocks: people of one group and team, with the blocks of those they are paired with.

    Examples
    --------
    >>> from geo.crowd.roster.people import Pair
    >>> people = [Person(person_id=who, role="guard", team=team) for who, team in (("a", "1"), ("b", "2"), ("c", "3"))]
    >>> [team.name for team in form_teams(Staff(tuple(people), (Pair(one="a", other="c", is_together=False),)))]
    ['1 + 3', '2']
    """
    key = {p.person_id: (p.group, p.team) for p in staff.people}
    root = {one: one for one in set(key.values())}

    def find(one: tuple[str, str]) -> tuple[str, str]:
        while root[one] != one:
            one = root[one]
        return one

    for pair in staff.pairs:
        first, second = sorted((find(key[pair.one]), find(key[pair.other])))
        root[second] = first
    grouped: dict[tuple[str, str], list[Person]] = defaultdict(list)
    names: dict[tuple[str, str], set[str]] = defaultdict(set)
    for person in sorted(staff.people, key=lambda p: p.person_id):
        block = find(key[person.person_id])
        grouped[block].append(person)
        names[block].add(" ".join(part for part in key[person.person_id] if part) or "-")
    return [Team(" + ".join(sorted(names[block])), tuple(grouped[block])) for block in sorted(grouped)]


def share_out(
    teams: Sequence[Team], shifts: Sequence[Shift], demand: Demand, limits: Limits, *, work: float, seed: int
) -> list[list[int]]:
    """
    Return seats by team and shift: as many filled as the teams' heads and hours allow, shared evenly, posts kept whole.

    A team's members in one role are counted as so many heads: at each moment no more of them stand, or rest after
    standing, than there are. Seats beyond that, which need two shifts in one duty, are given last. This is a guess
    that the rosters of the teams then prove or not; what they cannot fill is offered to everybody afterwards.

    Examples
    --------
    >>> from geo.crowd.roster.drawn import draw_case
    >>> case = draw_case({"ann": "....", "ben": "...."}, needs={"A": "2222"})
    >>> limits = Limits(rest_h=8, shortest_shift_h=4, longest_shift_h=4)
    >>> shifts = [Shift(line, 0, 4, 2) for line in case.demand.table()]
    >>> teams = [Team(p.person_id, (p,)) for p in case.staff.people]
    >>> share_out(teams, shifts, case.demand, limits, work=1.0, seed=1)
    [[1], [1]]
    """
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    able = _able(teams, shifts, demand)
    seats: dict[tuple[int, int], Any] = {}
    tight: dict[tuple[int, int], Any] = {}
    for (at, s), heads in able.items():
        seats[at, s] = model.new_int_var(0, min(heads, shifts[s].people), "")
        tight[at, s] = model.new_int_var(0, min(heads, shifts[s].people), "")
        model.add(tight[at, s] <= seats[at, s])
    missing = []
    for s, shift in enumerate(shifts):
        left = model.new_int_var(0, shift.people, "")
        model.add(sum(seats[at, s] for at in range(len(teams)) if (at, s) in seats) + left == shift.people)
        missing.append(left)
    terms: list[Any] = []
    for at, team in enumerate(teams):
        terms += _team_terms(model, at, team, shifts, demand, limits, seats, tight)
    terms += _uneven(model, teams, shifts, seats, able)
    cost = 1 + len(teams) * (PER_POST + 1) + 2 * sum(shift.length * shift.people for shift in shifts)
    model.minimize(
        sum(cost * shifts[s].length * left for s, left in enumerate(missing))
        + sum(PER_TIGHT * one for one in tight.values())
        + sum(terms)
    )
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = work
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return [[0] * len(shifts) for _ in teams]
    return [
        [int(solver.value(seats[at, s])) if (at, s) in seats else 0 for s in range(len(shifts))]
        for at in range(len(teams))
    ]


def _able(teams: Sequence[Team], shifts: Sequence[Shift], demand: Demand) -> dict[tuple[int, int], int]:
    """Members who could fill a seat, by team and shift, where there are any."""
    team_of_post = {post.post_id: post.standing_team for post in demand.posts}
    standing = frozenset(team for team in team_of_post.values() if team)
    lines = {shift.line for shift in shifts}
    found = {}
    for at, team in enumerate(teams):
        fit = {
            line: [p for p in team.members if can_stand(p, line, team_of_post=team_of_post, standing=standing)]
            for line in lines
        }
        for s, shift in enumerate(shifts):
            heads = sum(p.is_available(shift.start, shift.end) for p in fit[shift.line])
            if heads:
                found[at, s] = heads
    return found


def _team_terms(
    model: Any, at: int, team: Team, shifts: Sequence[Shift], demand: Demand, limits: Limits,
    seats: dict[tuple[int, int], Any], tight: dict[tuple[int, int], Any],
) -> list[Any]:  # fmt: skip
    """Heads, hours a day and hours in the event of one team, and what each post it goes to costs."""
    horizon = demand.horizon
    rest = horizon.least_slots(limits.rest_h)
    own = [s for s in range(len(shifts)) if (at, s) in seats]
    for role in sorted({shifts[s].line.role for s in own}):
        heads = sum(p.can_stand_as(role) for p in team.members)
        mine = [s for s in own if shifts[s].line.role == role]
        for moment in sorted({shifts[s].start for s in mine}):
            resting = [s for s in mine if shifts[s].start <= moment < shifts[s].end + rest]
            model.add(sum(seats[at, s] - tight[at, s] for s in resting) <= heads)
            standing = [s for s in resting if moment < shifts[s].end]
            model.add(sum(seats[at, s] for s in standing) <= heads)
        able = [p for p in team.members if p.can_stand_as(role)]
        most = sum(horizon.most_slots(p.event_limit_h(limits)) for p in able)
        model.add(sum(shifts[s].length * seats[at, s] for s in mine) <= most)
        for day in range(horizon.days):
            part = {s: sum(horizon.day(t) == day for t in range(shifts[s].start, shifts[s].end)) for s in mine}
            free = sum(horizon.most_slots(p.day_limit_h(limits)) for p in able)
            model.add(sum(part[s] * seats[at, s] for s in mine if part[s]) <= free)
    terms = []
    for post in sorted({shifts[s].line.post_id for s in own}):
        goes = model.new_bool_var("")
        here = [s for s in own if shifts[s].line.post_id == post]
        model.add(sum(seats[at, s] for s in here) <= sum(shifts[s].people for s in here) * goes)
        terms.append(PER_POST * goes)
    return terms


def _uneven(
    model: Any, teams: Sequence[Team], shifts: Sequence[Shift], seats: dict[tuple[int, int], Any],
    able: dict[tuple[int, int], int],
) -> list[Any]:  # fmt: skip
    """Slots by which each team is over or under its share by heads of what it could do."""
    whole = [shift.length * shift.people for shift in shifts]
    heads: dict[int, int] = defaultdict(int)
    for at, s in able:
        heads[s] += len(teams[at].members)
    terms = []
    for at, team in enumerate(teams):
        own = [s for s in range(len(shifts)) if (at, s) in seats]
        if not own:
            continue
        fair = round(sum(whole[s] * len(team.members) / heads[s] for s in own))
        most = sum(whole[s] for s in own)
        off = model.new_int_var(0, max(most, fair), "")
        total = sum(shifts[s].length * seats[at, s] for s in own)
        model.add(off >= total - fair)
        model.add(off >= fair - total)
        terms.append(off)
    return terms
