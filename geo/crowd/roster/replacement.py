"""Somebody drops out: who is asked, in which order, and why."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from geo.crowd.roster.case import Case
from geo.crowd.roster.checking import RULES, changes_broken, check_roster
from geo.crowd.roster.demand import Assignment
from geo.crowd.roster.people import Person
from geo.errors import Say, SchemaError, say

PERSONAL = tuple(name for name in RULES if name != "shortfalls_named")
"""The rules that look at one person, or a pair."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """
    One person who may be asked. `asked_at` is when they were last asked (None: never), `rested_h` the hours off on the
    nearer side of the stay (None: no other stay), `away_m` metres from where they start (None: unknown).

    `reasons` say what speaks for them in the order that decided, or for a person ruled out which rule it is.
    """

    person: Person
    asked_at: datetime | None
    rested_h: float | None
    away_m: float | None
    reasons: tuple[Say, ...]


@dataclass(frozen=True, kw_only=True)
class Replacement:
    """The order to ask in, best first. `ruled_out` are those who could take the role where a rule forbids it."""

    stay: Assignment
    order: tuple[Candidate, ...]
    ruled_out: tuple[Candidate, ...]

    @property
    def first(self) -> Candidate | None:
        """Whom to ask first; None where nobody may."""
        return self.order[0] if self.order else None

    @property
    def runner_up(self) -> Candidate | None:
        """Whom to ask next."""
        return self.order[1] if len(self.order) > 1 else None


def replacement_order(case: Case, stay: Assignment, *, asked: Mapping[str, datetime]) -> Replacement:
    """
    Return who can take over one stay of a roster, the least recently asked first.

    Only people with role, skills and group are looked at; whoever would break a hard rule is ruled out and the rule
    named. The order is: never asked, then the longest ago; among those the most rested; then the nearest; then by id.
    `asked` holds when each person was last asked. Whoever belongs together with the one who drops out is their
    partner's matter: such a pair is replaced as two.

    Raises
    ------
    SchemaError
        If the stay is not in the roster.

    Examples
    --------
    Ben was asked yesterday, Eve never; Zoe is at another post.

    >>> from datetime import UTC
    >>> from geo.crowd.roster.drawn import draw_case
    >>> case = draw_case({"ann": "AA", "ben": "..", "eve": "..", "zoe": "BB"})
    >>> found = replacement_order(case, case.assignments[0], asked={"ben": datetime(2026, 9, 26, tzinfo=UTC)})
    >>> [one.person.person_id for one in found.order], [one.person.person_id for one in found.ruled_out]
    (['eve', 'ben'], ['zoe'])
    >>> str(found.ruled_out[0].reasons[0])
    'zoe is at A and at B'
    """
    if stay not in case.assignments:
        raise SchemaError(
            say("a stay of the roster"), say("{who} at {post}", who=stay.person_id, post=stay.post_id),
            say("choose one of the roster"),
        )  # fmt: skip
    others = list(case.assignments)
    others.remove(stay)
    base = replace(case, assignments=tuple(others))
    partners = _partners(case)
    order, out = [], []
    for person in case.staff.people:
        if person.person_id == stay.person_id or not person.can_stand_as(stay.role, stay.skills):
            continue
        if stay.groups and person.group not in stay.groups:
            continue
        own = [one for who in (person.person_id, *partners[person.person_id]) for one in base.by_person.get(who, [])]
        before = check_roster(replace(base, assignments=tuple(own)), only=PERSONAL)
        taken = replace(base, assignments=(*own, replace(stay, person_id=person.person_id)))
        broken = changes_broken(taken, before, only=PERSONAL)
        if broken:
            out.append(_candidate(base, stay, person, asked, tuple(one.why for one in broken)))
        else:
            order.append(_candidate(base, stay, person, asked, ()))
    order.sort(key=_key)
    return Replacement(
        stay=stay,
        order=tuple(order),
        ruled_out=tuple(sorted(out, key=lambda one: one.person.person_id)),
    )


def _partners(case: Case) -> dict[str, set[str]]:
    """Whom a person's stays are judged with."""
    found: dict[str, set[str]] = defaultdict(set)
    for pair in case.staff.pairs:
        found[pair.one].add(pair.other)
        found[pair.other].add(pair.one)
    return found


def _candidate(
    case: Case, stay: Assignment, person: Person, asked: Mapping[str, datetime], why: tuple[Say, ...]
) -> Candidate:
    own = case.by_person.get(person.person_id, [])
    gaps = [max(stay.start - one.end, one.start - stay.end) for one in own]
    rested = case.demand.horizon.hours(min(gaps)) if gaps else None
    post = case.demand.by_id[stay.post_id].place
    away = math.dist(person.home, post) if person.home is not None and post is not None else None
    at = asked.get(person.person_id)
    told = why or (
        say("last asked {at}", at=at.isoformat(timespec="minutes")) if at is not None else say("never asked before"),
        say("{hours:g} h off before or after", hours=rested) if rested is not None else say("no other duty"),
        say("{away:.0f} m away", away=away) if away is not None else say("place unknown"),
    )
    return Candidate(person=person, asked_at=at, rested_h=rested, away_m=away, reasons=told)


def _key(one: Candidate) -> tuple[float, float, float, str]:
    return (
        one.asked_at.timestamp() if one.asked_at is not None else -math.inf,
        -one.rested_h if one.rested_h is not None else -math.inf,
        one.away_m if one.away_m is not None else math.inf,
        one.person.person_id,
    )
