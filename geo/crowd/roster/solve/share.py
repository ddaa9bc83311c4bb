"""Which block fills how many seats of which shift, before anybody is named."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from geo.crowd.roster.demand import Demand, NeedLine
from geo.crowd.roster.people import Limits, Person, Staff
from geo.crowd.roster.solve.shifts import Shift, can_stand

PER_POST = 24
"""Slots more a team rather takes than go to one more post."""


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


def share_out(teams: Sequence[Team], shifts: Sequence[Shift], demand: Demand, limits: Limits) -> list[list[int]]:
    """
    Return seats by team and shift: each to the team with most to spare, rather to one that is at the post already.

    A team has so many heads for a role: those who stand, or rest after standing, are not free. Hours a day and in the
    event are added up. Seats for which nobody is free go to a team whose people are merely not standing, since two
    shifts may make one duty. This is a guess that the rosters of the teams then prove or not; what they cannot fill is
    offered to everybody afterwards.

    Examples
    --------
    >>> from geo.crowd.roster.drawn import draw_case
    >>> case = draw_case({"ann": "....", "ben": "...."}, needs={"A": "2222"})
    >>> limits = Limits(rest_h=8, shortest_shift_h=4, longest_shift_h=4)
    >>> shifts = [Shift(line, 0, 4, 2) for line in case.demand.table()]
    >>> teams = [Team(p.person_id, (p,)) for p in case.staff.people]
    >>> share_out(teams, shifts, case.demand, limits)
    [[1], [1]]
    """
    able = _able(teams, shifts, demand)
    by_day = [Counter(demand.horizon.day(t) for t in range(one.start, one.end)) for one in shifts]
    books = [_Books(team, shifts, by_day, demand, limits) for team in teams]
    seats = [[0] * len(shifts) for _ in teams]
    for s in sorted(range(len(shifts)), key=lambda at: (shifts[at].start, shifts[at].end, shifts[at].line.key)):
        left = shifts[s].people
        for is_rested in (True, False):
            while left:
                room = [at for at in range(len(teams)) if books[at].room(s, able.get((at, s), 0), is_rested)]
                if not room:
                    break
                chosen = min(room, key=lambda at: (books[at].load(shifts[s].line), at))
                books[chosen].give(s)
                seats[chosen][s] += 1
                left -= 1
    return seats


class _Books:
    """What one team has been given so far."""

    def __init__(
        self, team: Team, shifts: Sequence[Shift], by_day: Sequence[Counter[int]], demand: Demand, limits: Limits
    ) -> None:
        self.shifts, self.by_day = shifts, by_day
        self.rest = demand.horizon.least_slots(limits.rest_h)
        self.members = len(team.members)
        self.heads: dict[str, int] = {}
        self.days: dict[str, list[int]] = {}
        self.event: dict[str, int] = {}
        for role in {shift.line.role for shift in shifts}:
            mine = [p for p in team.members if p.can_stand_as(role)]
            day = sum(demand.horizon.most_slots(p.day_limit_h(limits)) for p in mine)
            self.heads[role], self.days[role] = len(mine), [day] * demand.horizon.days
            self.event[role] = sum(demand.horizon.most_slots(p.event_limit_h(limits)) for p in mine)
        self.given: Counter[int] = Counter()
        self.ends: dict[str, list[int]] = defaultdict(list)
        self.slots = 0
        self.posts: set[str] = set()

    def room(self, s: int, able: int, is_rested: bool) -> bool:
        """Say whether one more of the team can take a shift; `able` are those who could if they did nothing else."""
        shift = self.shifts[s]
        role, clear = shift.line.role, self.rest if is_rested else 0
        ends = self.ends[role]
        taken = len(ends) - bisect_right(ends, shift.start - clear)
        if self.given[s] >= able or taken >= self.heads[role] or self.event[role] < shift.length:
            return False
        return all(self.days[role][day] >= need for day, need in self.by_day[s].items())

    def load(self, line: NeedLine) -> float:
        """Slots a head, with something on top for a post the team is not at yet."""
        return (self.slots + (0 if line.post_id in self.posts else PER_POST)) / self.members

    def give(self, s: int) -> None:
        """Take one seat."""
        shift = self.shifts[s]
        self.given[s] += 1
        insort(self.ends[shift.line.role], shift.end)
        self.slots += shift.length
        self.posts.add(shift.line.post_id)
        self.event[shift.line.role] -= shift.length
        for day, need in self.by_day[s].items():
            self.days[shift.line.role][day] -= need


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
