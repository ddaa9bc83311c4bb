"""What is needed: posts, people by role and hour, and the walk from post to post."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from geo.crowd.roster.horizon import Horizon
from geo.errors import SchemaError, name_few, say

WALK_M_S = 1.2
DETOUR = 1.3


@dataclass(frozen=True, kw_only=True)
class Post:
    """
    One place people stand at.

    `place` is metres east and north. `area_id` is the viewing area it serves. A post with `is_round_the_clock` takes
    stays of at most `Limits.watch_h`; with a `standing_team` it takes that team's people only, and they stand nowhere
    else. `lon`, `lat` is where it is on the map of an event plan.
    """

    post_id: str
    name: str = ""
    area_id: str = ""
    place: tuple[float, float] | None = None
    is_round_the_clock: bool = False
    standing_team: str = ""
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, kw_only=True)
class Need:
    """
    So many people of a role at a post from slot `start` to `end` (excluded).

    `basis` is "fixed" for a post that is there by decision, else the name of the ratio it was worked out by.
    `groups` are the working groups it is taken from; empty for any.
    """

    post_id: str
    role: str
    start: int
    end: int
    people: int
    skills: frozenset[str] = frozenset()
    groups: tuple[str, ...] = ()
    basis: str = "fixed"

    @property
    def line(self) -> NeedLine:
        """What makes two needs one line of demand."""
        return NeedLine(self.post_id, self.role, self.skills, tuple(sorted(self.groups)))


@dataclass(frozen=True)
class NeedLine:
    """A post, a role, the skills asked for and the groups taken from: one row of the demand table."""

    post_id: str
    role: str
    skills: frozenset[str] = frozenset()
    groups: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str, tuple[str, ...], tuple[str, ...]]:
        """The same as plain text, to sort by."""
        return self.post_id, self.role, tuple(sorted(self.skills)), self.groups


@dataclass(frozen=True)
class Walk:
    """
    Minutes from post to post. Not listed means 0 at the same post and `default_min` else.

    Examples
    --------
    >>> Walk({("A", "B"): 10.0}).minutes("B", "A"), Walk({}).minutes("A", "A"), Walk({}, 5.0).minutes("A", "C")
    (10.0, 0.0, 5.0)
    """

    given_min: Mapping[tuple[str, str], float] = field(default_factory=dict)
    default_min: float = 0.0

    def minutes(self, one: str, other: str) -> float:
        """Return the minutes between two posts, in either direction where only one is given."""
        if one == other:
            return 0.0
        there = self.given_min.get((one, other))
        return there if there is not None else self.given_min.get((other, one), self.default_min)

    @property
    def longest_min(self) -> float:
        """The longest of all walks."""
        return max([self.default_min, *self.given_min.values()])


def walk_between(posts: Sequence[Post], *, speed_m_s: float = WALK_M_S, detour: float = DETOUR) -> Walk:
    """
    Return walking minutes between posts in a straight line times a detour; posts without a place count as 0 away.

    Source: 1.2 m/s, walking on an empty wall; detour 1.3, the usual ratio of road to straight line.

    Examples
    --------
    >>> posts = [Post(post_id="A", place=(0, 0)), Post(post_id="B", place=(1440, 0))]
    >>> round(walk_between(posts).minutes("A", "B"), 2)
    26.0
    """
    if not speed_m_s > 0 or not detour >= 1:
        raise SchemaError(
            say("a walking speed above 0 m/s and a detour of 1 or more"),
            say("{speed} m/s, {detour}", speed=speed_m_s, detour=detour),
            say("correct these values"),
        )
    placed = [(post.post_id, post.place) for post in posts if post.place is not None]
    return Walk(
        {
            (a, b): math.dist(here, there) * detour / speed_m_s / 60
            for at, (a, here) in enumerate(placed)
            for b, there in placed[at + 1 :]
        }
    )


@dataclass(frozen=True)
class Demand:
    """The whole demand, checked: one id for each post, needs at known posts and hours, people not negative."""

    horizon: Horizon
    posts: tuple[Post, ...]
    needs: tuple[Need, ...]
    walk: Walk = field(default_factory=Walk)

    def __post_init__(self) -> None:
        ids = Counter(post.post_id for post in self.posts)
        twice = sorted(key for key, count in ids.items() if count > 1 or not key)
        lost = sorted({need.post_id for need in self.needs if need.post_id not in ids})
        wrong = sorted(
            {n.post_id for n in self.needs if not 0 <= n.start < n.end <= self.horizon.slots or n.people < 0}
        )
        if twice or lost or wrong:
            raise SchemaError(
                say("posts with one id each and needs at these posts, within the hours, of 0 or more people"),
                say("posts twice: {twice}; unknown posts: {lost}; hours or people: {wrong}", twice=name_few(twice),
                    lost=name_few(lost), wrong=name_few(wrong)),
                say("correct the demand; nothing was rostered"),
            )  # fmt: skip

    @property
    def by_id(self) -> dict[str, Post]:
        """Posts by id."""
        return {post.post_id: post for post in self.posts}

    def table(self) -> dict[NeedLine, np.ndarray]:
        """
        Return people needed by line and slot; needs of one line add up.

        Examples
        --------
        >>> from datetime import UTC, datetime
        >>> hours = Horizon(datetime(2026, 9, 27, tzinfo=UTC), 4)
        >>> needs = [Need(post_id="A", role="guard", start=0, end=3, people=1),
        ...          Need(post_id="A", role="guard", start=1, end=4, people=2)]
        >>> [row.tolist() for row in Demand(hours, (Post(post_id="A"),), tuple(needs)).table().values()]
        [[1, 3, 3, 2]]
        """
        rows: dict[NeedLine, np.ndarray] = {}
        for need in sorted(self.needs, key=lambda one: (*one.line.key, one.start, one.end)):
            row = rows.setdefault(need.line, np.zeros(self.horizon.slots, dtype=np.int64))
            row[need.start : need.end] += need.people
        return rows

    @property
    def person_hours(self) -> float:
        """Hours of all needs together."""
        return self.horizon.hours(sum(need.people * (need.end - need.start) for need in self.needs))


@dataclass(frozen=True, kw_only=True, order=True)
class Assignment:
    """One person at one post in one role from slot `start` to `end` (excluded)."""

    start: int
    end: int
    post_id: str
    role: str
    person_id: str
    skills: frozenset[str] = field(default=frozenset(), compare=False)
    groups: tuple[str, ...] = field(default=(), compare=False)

    @property
    def line(self) -> NeedLine:
        """The line of demand this serves."""
        return NeedLine(self.post_id, self.role, self.skills, self.groups)


@dataclass(frozen=True, kw_only=True)
class Shortfall:
    """So many people too few on one line of demand from slot `start` to `end` (excluded)."""

    post_id: str
    role: str
    start: int
    end: int
    people: int
    skills: frozenset[str] = frozenset()
    groups: tuple[str, ...] = ()


def require_served(table: Mapping[NeedLine, np.ndarray], assignments: Sequence[Assignment]) -> None:
    """Raise a SchemaError where somebody stands at a post and in a role nobody asked for."""
    lost = sorted({f"{one.person_id} at {one.post_id}" for one in assignments if one.line not in table})
    if lost:
        raise SchemaError(
            say("people at posts and in roles of the demand"), say("{lost}", lost=name_few(lost)),
            say("correct the assignments, or add the need"),
        )  # fmt: skip
