"""A roster with what it was made for: what rules look at."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from geo.crowd.roster.demand import Assignment, Demand, NeedLine, Shortfall
from geo.crowd.roster.people import Limits, Staff
from geo.errors import Say, SchemaError, name_few, say


@dataclass(frozen=True)
class Broken:
    """One hard rule broken: by whom, where, from which slot, and a sentence for the person who must mend it."""

    rule: str
    person_ids: tuple[str, ...]
    post_id: str
    slot: int
    why: Say
    other_posts: tuple[str, ...] = ()

    @property
    def post_ids(self) -> tuple[str, ...]:
        """Every post it is about."""
        return tuple(one for one in (self.post_id, *self.other_posts) if one)


@dataclass(frozen=True)
class Case:
    """Demand, people, limits, the assignments, and what the roster says is missing."""

    demand: Demand
    staff: Staff
    limits: Limits
    assignments: tuple[Assignment, ...]
    shortfalls: tuple[Shortfall, ...] = ()

    @cached_property
    def by_person(self) -> dict[str, list[Assignment]]:
        """Stays of everyone who has any, in order of time."""
        found: dict[str, list[Assignment]] = defaultdict(list)
        for one in sorted(self.assignments):
            if one.person_id not in self.staff.by_id:
                raise SchemaError(
                    say("people of the list of people"), say("{who}", who=name_few([one.person_id])),
                    say("add this person, or take them off the roster"),
                )  # fmt: skip
            found[one.person_id].append(one)
        return dict(sorted(found.items()))

    def duties(self, stays: list[Assignment]) -> list[list[Assignment]]:
        """
        Return one person's stays joined to duties: less than the rest between two stays is no end of a duty.

        Examples
        --------
        >>> from geo.crowd.roster.drawn import draw_case
        >>> case = draw_case({"ann": "AA.BB....AA"}, limits=Limits(rest_h=3, shortest_shift_h=1))
        >>> [len(duty) for duty in case.duties(case.by_person["ann"])]
        [2, 1]
        """
        rest = self.demand.horizon.least_slots(self.limits.rest_h)
        joined: list[list[Assignment]] = []
        until = 0
        for stay in stays:
            if joined and stay.start - until < rest:
                joined[-1].append(stay)
                until = max(until, stay.end)
            else:
                joined.append([stay])
                until = stay.end
        return joined

    @cached_property
    def served(self) -> dict[NeedLine, np.ndarray]:
        """People there by line of demand and slot; a stay nobody asked for is a line of its own."""
        rows = {line: np.zeros(self.demand.horizon.slots, dtype=np.int64) for line in self.demand.table()}
        for one in self.assignments:
            row = rows.setdefault(one.line, np.zeros(self.demand.horizon.slots, dtype=np.int64))
            row[max(one.start, 0) : one.end] += 1
        return rows
