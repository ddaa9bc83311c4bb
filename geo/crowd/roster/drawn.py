"""Rosters drawn in text: one line per person, one character per slot, a letter for the post, a dot for off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from geo.crowd.roster.case import Case
from geo.crowd.roster.demand import Assignment, Demand, Need, Post, Shortfall, Walk
from geo.crowd.roster.horizon import Horizon
from geo.crowd.roster.people import Limits, Pair, Person, Staff

OFF = "."
MIDNIGHT = datetime(2026, 9, 27, tzinfo=UTC)


def runs(row: str) -> list[tuple[str, int, int]]:
    """
    Return the stretches of one letter: (letter, from, to excluded). `|` parts two stays at one post.

    Examples
    --------
    >>> runs("AA.B|B")
    [('A', 0, 2), ('B', 3, 4), ('B', 4, 5)]
    """
    found, at = [], 0
    for piece in row.split("|"):
        start = 0
        for place in range(1, len(piece) + 1):
            if place == len(piece) or piece[place] != piece[start]:
                if piece[start] != OFF:
                    found.append((piece[start], at + start, at + place))
                start = place
        at += len(piece)
    return found


def draw_case(
    rows: Mapping[str, str],
    *,
    needs: Mapping[str, str] | None = None,
    people: Sequence[Person] = (),
    posts: Sequence[Post] = (),
    pairs: Sequence[Pair] = (),
    walk: Walk | None = None,
    limits: Limits | None = None,
    shortfalls: Sequence[Shortfall] = (),
    skills: Mapping[str, frozenset[str]] | None = None,
) -> Case:
    """
    Return a small roster: hours from midnight, every post in the role "guard".

    `rows` may hold two lines for one person as "ann", "ann/2". Without `needs` (a digit per slot and post) exactly
    what is drawn is needed. `skills` are those a post asks for. People not given are guards; limits not given are wide.

    Examples
    --------
    >>> case = draw_case({"ann": "AA..", "bob": "..AA"})
    >>> [(one.person_id, one.start, one.end) for one in case.assignments], case.demand.person_hours
    ([('ann', 0, 2), ('bob', 2, 4)], 4.0)
    """
    asked = skills or {}
    slots = max(len(row.replace("|", "")) for row in [*rows.values(), *(needs or {}).values()])
    drawn = [(who.split("/")[0], *run) for who, row in rows.items() for run in runs(row)]
    stays = tuple(
        Assignment(start=low, end=high, post_id=post, role="guard", person_id=who, skills=asked.get(post, frozenset()))
        for who, post, low, high in drawn
    )
    if needs is None:
        wanted = [
            Need(post_id=s.post_id, role="guard", start=s.start, end=s.end, people=1, skills=s.skills) for s in stays
        ]
    else:
        wanted = [
            Need(post_id=post, role="guard", start=t, end=t + 1, people=int(digit), skills=asked.get(post, frozenset()))
            for post, row in needs.items()
            for t, digit in enumerate(row)
            if digit not in f"{OFF}0"
        ]
    known = {post.post_id: post for post in posts}
    known |= {one.post_id: Post(post_id=one.post_id) for one in wanted if one.post_id not in known}
    named = {person.person_id: person for person in people}
    for who in rows:
        named.setdefault(who.split("/")[0], Person(person_id=who.split("/")[0], role="guard"))
    demand = Demand(Horizon(MIDNIGHT, slots), tuple(known.values()), tuple(wanted), walk or Walk())
    return Case(demand, Staff(tuple(named.values()), tuple(pairs)), limits or WIDE, stays, tuple(shortfalls))


WIDE = Limits(
    rest_h=1,
    longest_duty_h=100,
    hours_per_day=24,
    hours_in_event=1000,
    posts_per_duty=100,
    watch_h=24,
    shortest_shift_h=1,
    longest_shift_h=24,
)
"""Limits that bind nobody, so that a drawing shows one rule alone."""
