"""Named people with what they can do and when, and the limits that protect them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from geo.errors import SchemaError, name_few, say


@dataclass(frozen=True, kw_only=True)
class Limits:
    """
    What nobody's roster goes beyond; each value is a setting with a source (`roster_...`).

    `rest_h`: hours off between two duties. `longest_duty_h`: from the first to the last minute of one duty, breaks
    included; stays at posts with less than `rest_h` between them are one duty. `posts_per_duty`: stays in one duty.
    `watch_h`: the longest stay at a post manned round the clock.
    """

    rest_h: float = 8.0
    longest_duty_h: float = 12.0
    hours_per_day: float = 11.0
    hours_in_event: float = 44.0
    posts_per_duty: int = 2
    watch_h: float = 8.0
    shortest_shift_h: float = 4.0
    longest_shift_h: float = 8.0

    def __post_init__(self) -> None:
        wrong = [name for name, value in vars(self).items() if not value > 0]
        if self.shortest_shift_h > min(self.longest_shift_h, self.longest_duty_h, self.hours_per_day):
            wrong.append("shortest_shift_h")
        if wrong:
            raise SchemaError(
                say("limits above 0, and a shortest shift that fits into the longest, a duty and a day"),
                say("{names}", names=name_few(wrong)),
                say("correct these limits"),
            )


@dataclass(frozen=True, kw_only=True)
class Person:
    """
    One person who can be rostered.

    `group` is one of the working groups, `team` the grid team inside it (may be empty). `role` is what they are,
    `other_roles` what else they may stand for. `available` is pairs of slots (from, to excluded); None is always.
    `hours_per_day` and `hours_in_event` lower the limits for this person; None leaves them as they are.
    `home` is where they start from, metres east and north in the same system as the posts.
    """

    person_id: str
    name: str = ""
    group: str = ""
    team: str = ""
    role: str
    other_roles: tuple[str, ...] = ()
    skills: frozenset[str] = frozenset()
    available: tuple[tuple[int, int], ...] | None = None
    hours_per_day: float | None = None
    hours_in_event: float | None = None
    home: tuple[float, float] | None = None
    phone: str = ""

    def can_stand_as(self, role: str, skills: Iterable[str] = ()) -> bool:
        """Say whether this person may take the role and has every skill."""
        return (role == self.role or role in self.other_roles) and self.skills.issuperset(skills)

    def is_available(self, start: int, end: int) -> bool:
        """Say whether the slots from `start` to `end` (excluded) lie within one stretch the person offers."""
        return self.available is None or any(low <= start and end <= high for low, high in self.available)

    def day_limit_h(self, limits: Limits) -> float:
        """Return the most hours this person works on one calendar day."""
        return min(limits.hours_per_day, self.hours_per_day if self.hours_per_day is not None else float("inf"))

    def event_limit_h(self, limits: Limits) -> float:
        """Return the most hours this person works in the whole event."""
        return min(limits.hours_in_event, self.hours_in_event if self.hours_in_event is not None else float("inf"))


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two people who must (`is_together`) or must not stand at one post at the same time."""

    one: str
    other: str
    is_together: bool
    why: str = ""


def torn_apart(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    """
    Return the pairs kept apart whose two belong together, by a pair of their own or through others.

    Examples
    --------
    Ann belongs with Ben, Ben with Eve: Ann and Eve stand together too.

    >>> both = [Pair(one=one, other=other, is_together=True) for one, other in (("ann", "ben"), ("ben", "eve"))]
    >>> [(one.one, one.other) for one in torn_apart([*both, Pair(one="eve", other="ann", is_together=False)])]
    [('eve', 'ann')]
    """
    joined: dict[str, set[str]] = {}
    for pair in pairs:
        if pair.is_together:
            whole = joined.get(pair.one, {pair.one}) | joined.get(pair.other, {pair.other})
            joined |= dict.fromkeys(whole, whole)
    return tuple(
        one for one in pairs if not one.is_together and one.one != one.other and one.other in joined.get(one.one, ())
    )


@dataclass(frozen=True)
class Staff:
    """Everybody who can be rostered, checked: unique ids, pairs of people there are, whole stretches of time."""

    people: tuple[Person, ...]
    pairs: tuple[Pair, ...] = ()
    by_id: dict[str, Person] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {person.person_id: person for person in self.people})
        twice = sorted(key for key, count in Counter(p.person_id for p in self.people).items() if count > 1 or not key)
        unknown = sorted({k for pair in self.pairs for k in (pair.one, pair.other) if k not in self.by_id})
        torn = sorted(p.person_id for p in self.people for low, high in p.available or () if low >= high)
        selfish = sorted(pair.one for pair in self.pairs if pair.one == pair.other)
        torn_pairs = sorted({"+".join(sorted((one.one, one.other))) for one in torn_apart(self.pairs)})
        if twice or unknown or torn or selfish or torn_pairs:
            raise SchemaError(
                say("people with one id each, times that end after they begin, and pairs of two known people"),
                say("twice or without id: {twice}; unknown in pairs: {unknown}; times: {torn}; pairs: {pairs}",
                    twice=name_few(twice), unknown=name_few(unknown), torn=name_few(torn),
                    pairs=name_few(selfish + torn_pairs)),
                say("correct these people; nothing was rostered"),
            )  # fmt: skip
