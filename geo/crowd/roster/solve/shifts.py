"""Demand by hour into shifts: the fewest hours and people, exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from geo.crowd.roster.demand import Demand, NeedLine
from geo.crowd.roster.people import Limits, Person

PER_SLOT, PER_SHIFT = 10, 6


@dataclass(frozen=True)
class Shift:
    """`people` of one line of demand from slot `start` to `end` (excluded)."""

    line: NeedLine
    start: int
    end: int
    people: int

    @property
    def length(self) -> int:
        """Slots it lasts."""
        return self.end - self.start


def can_stand(person: Person, line: NeedLine, *, team_of_post: Mapping[str, str], standing: frozenset[str]) -> bool:
    """Say whether a person has role, skills, group and team for a line of demand; `standing` are the standing teams."""
    if line.groups and person.group not in line.groups:
        return False
    wanted = team_of_post.get(line.post_id, "")
    own = person.team if person.team in standing else ""
    return wanted == own and person.can_stand_as(line.role, line.skills)


def cut_shifts(
    demand: Demand, people: Sequence[Person], limits: Limits, *, least_h: float | None = None
) -> list[Shift]:
    """
    Cut every line of demand into shifts: no hour uncovered, as few person-hours beyond the need as possible.

    A shift lasts from `shortest_shift_h` to `longest_shift_h`, not longer than what half of the people for it may
    work a day, at a round-the-clock post not longer than a watch; a stretch of need shorter than that is one shift.
    Among equals there are fewer shifts, nearer to the longest. Every shift covers neighbouring hours, so the linear
    programme has whole-numbered corners and HiGHS solves it exactly. `least_h` replaces the shortest shift.

    Examples
    --------
    One guard for 16 hours, two for the middle eight:

    >>> from geo.crowd.roster.drawn import draw_case
    >>> case = draw_case({}, needs={"A": "1111222222221111"})
    >>> limits = Limits(shortest_shift_h=4, longest_shift_h=8)
    >>> [(s.start, s.end, s.people) for s in cut_shifts(case.demand, [], limits)]
    [(0, 8, 1), (4, 12, 1), (8, 16, 1)]
    """
    horizon = demand.horizon
    posts = demand.by_id
    team_of_post = {post.post_id: post.standing_team for post in demand.posts}
    standing = frozenset(team for team in team_of_post.values() if team)
    days: dict[NeedLine, float] = {}
    for line in demand.table():
        able = [p for p in people if can_stand(p, line, team_of_post=team_of_post, standing=standing)]
        days[line] = median([p.day_limit_h(limits) for p in able] or [limits.hours_per_day])
    shifts: list[Shift] = []
    for line, row in demand.table().items():
        longest_h = min(limits.longest_shift_h, limits.longest_duty_h, days[line])
        if posts[line.post_id].is_round_the_clock:
            longest_h = min(longest_h, limits.watch_h)
        longest = max(horizon.most_slots(longest_h), 1)
        least = min(horizon.least_slots(limits.shortest_shift_h if least_h is None else least_h), longest)
        for low, high in _stretches(row):
            cut = _cut(row[low:high], max(least, 1), longest)
            shifts += [Shift(line, low + start, low + end, number) for start, end, number in cut]
    return sorted(shifts, key=lambda one: (one.start, one.end, one.line.key))


def _stretches(row: np.ndarray) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.r_[0, (row > 0).astype(int), 0]))
    return [(int(low), int(high)) for low, high in zip(edges[::2], edges[1::2], strict=True)]


def _cut(need: np.ndarray, least: int, longest: int) -> list[tuple[int, int, int]]:
    """Shifts (start, end, people) over one stretch without a gap."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    count = len(need)
    lengths = range(min(least, count), min(longest, count) + 1)
    patterns = [(start, start + length) for length in lengths for start in range(count - length + 1)]
    if len(patterns) == 1:
        return [(0, count, int(need.max()))]
    covers = np.zeros((count, len(patterns)))
    for at, (start, end) in enumerate(patterns):
        covers[start:end, at] = 1
    cost = np.array([PER_SLOT * (b - a) + PER_SHIFT + (longest - b + a) + a / (10 * count) for a, b in patterns])
    found = milp(
        cost,
        constraints=LinearConstraint(covers, lb=need, ub=np.inf),
        bounds=Bounds(0, float(need.max())),
        integrality=np.ones(len(patterns)),
    )
    people = np.rint(found.x).astype(int)
    return [(*patterns[at], int(people[at])) for at in np.flatnonzero(people).tolist()]
