"""How many hours must go unfilled whatever the roster: a linear relaxation over kinds of people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from geo.crowd.roster.demand import Demand, NeedLine
from geo.crowd.roster.people import Limits, Person
from geo.crowd.roster.solve.shifts import can_stand


def least_missing_hours(demand: Demand, people: Sequence[Person], limits: Limits) -> float:
    """
    Return person-hours no roster can fill, 0 or more.

    People who can do the same at the same times are one kind. The relaxation keeps: one place at a time, availability,
    hours a day and in the event, and in every stretch of one longest duty and one rest no more than the duty. It lets
    people change post each slot and be split, so a roster that misses as little is proven to miss the least.

    Examples
    --------
    One guard, two needed for three hours, of which the guard is there for two:

    >>> from geo.crowd.roster.drawn import WIDE, draw_case
    >>> case = draw_case({}, needs={"A": "222"})
    >>> least_missing_hours(case.demand, [Person(person_id="ann", role="guard", available=((0, 2),))], WIDE)
    4.0
    """
    from scipy.optimize import linprog
    from scipy.sparse import coo_matrix

    horizon = demand.horizon
    table = _one_post_each(demand)
    kinds = _kinds(demand, people, limits, list(table))
    needs = list(table.values())
    at: dict[tuple[int, int, int], int] = {}
    for k, (fits, free, _, _) in enumerate(kinds):
        for line in fits:
            for t in np.flatnonzero(needs[line]).tolist():
                if free is None or any(low <= t < high for low, high in free):
                    at[k, line, t] = len(at)
    demanded = int(sum(row.sum() for row in needs))
    if not at:
        return horizon.hours(demanded)
    rows, cols, most = _rows(at, kinds, needs, demand, limits)
    matrix = coo_matrix((np.ones(len(rows)), (rows, cols)), shape=(len(most), len(at))).tocsr()
    found = linprog(-np.ones(len(at)), A_ub=matrix, b_ub=most, bounds=(0, None), method="highs")
    filled = -float(found.fun)
    return max(horizon.hours(float(np.ceil(demanded - filled - 1e-6))), 0.0) + 0.0


def _one_post_each(demand: Demand) -> dict[NeedLine, np.ndarray]:
    """Lines the same people can stand on as one: the relaxation lets them change post each slot anyway."""
    team_of_post = {post.post_id: post.standing_team for post in demand.posts}
    first: dict[tuple[object, ...], NeedLine] = {}
    rows: dict[NeedLine, np.ndarray] = {}
    for line, row in demand.table().items():
        alike = (line.role, line.skills, line.groups, team_of_post[line.post_id])
        shown = first.setdefault(alike, line)
        rows[shown] = rows[shown] + row if shown in rows else row
    return rows


Kind = tuple[tuple[int, ...], tuple[tuple[int, int], ...] | None, int, int]


def _kinds(demand: Demand, people: Sequence[Person], limits: Limits, lines: list[NeedLine]) -> Counter[Kind]:
    """How many people of each kind: lines they can stand on, times, slots a day, slots in the event."""
    horizon = demand.horizon
    team_of_post = {post.post_id: post.standing_team for post in demand.posts}
    standing = frozenset(team for team in team_of_post.values() if team)
    kinds: Counter[Kind] = Counter()
    known: dict[tuple[object, ...], tuple[int, ...]] = {}
    for p in people:
        look = (p.role, p.other_roles, p.skills, p.group, p.team)
        if look not in known:
            known[look] = tuple(
                at for at, one in enumerate(lines) if can_stand(p, one, team_of_post=team_of_post, standing=standing)
            )
        day, event = horizon.most_slots(p.day_limit_h(limits)), horizon.most_slots(p.event_limit_h(limits))
        kinds[known[look], p.available, day, event] += 1
    return kinds


def _rows(
    at: dict[tuple[int, int, int], int], kinds: Counter[Kind], needs: list[np.ndarray], demand: Demand, limits: Limits
) -> tuple[list[int], list[int], list[float]]:
    """Every limit as a row: which variables it sums, and how much they may come to."""
    horizon = demand.horizon
    duty = horizon.most_slots(limits.longest_duty_h)
    window = duty + horizon.least_slots(limits.rest_h)
    counts = list(kinds.values())
    day_most, event_most = [kind[2] for kind in kinds], [kind[3] for kind in kinds]
    number: dict[tuple[object, ...], int] = {}
    rows: list[int] = []
    cols: list[int] = []
    most: list[float] = []

    def put(key: tuple[object, ...], limit: float, col: int) -> None:
        if key not in number:
            number[key] = len(number)
            most.append(limit)
        rows.append(number[key])
        cols.append(col)

    for (k, line, t), col in at.items():
        put(("need", line, t), float(needs[line][t]), col)
        put(("heads", k, t), float(counts[k]), col)
        put(("day", k, horizon.day(t)), float(counts[k] * day_most[k]), col)
        put(("event", k), float(counts[k] * event_most[k]), col)
        if window < horizon.slots:
            for start in range(max(t - window + 1, 0), min(t, horizon.slots - window) + 1):
                put(("duty", k, start), float(counts[k] * duty), col)
    return rows, cols, most
