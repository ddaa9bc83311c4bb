"""What changed in the plan of an event since a roster was made for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import cos, hypot, radians

from geo.crowd.roster.demand import Demand, Post
from geo.errors import Say, say

MOVED_M = 1.0
"""Less than this is the rounding of coordinates, not a move."""
METRES_A_DEGREE = 111_320.0
People = Mapping[str, Mapping[tuple[str, datetime], int]]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One post that is not as it was: `gone`, `new`, `moved` (by `metres`) or asked for other people (`people`)."""

    post_id: str
    what: str
    metres: float = 0.0

    @property
    def text(self) -> Say:
        """Say it."""
        if self.what == "moved":
            return say("{post} moved by {metres:,.0f} m", post=self.post_id, metres=self.metres)
        return {
            "gone": say("{post} is gone", post=self.post_id),
            "new": say("{post} is new", post=self.post_id),
        }.get(self.what, say("{post} needs other people or hours", post=self.post_id))


def changes_since(before: Demand, now: Demand) -> tuple[Change, ...]:
    """
    Return every post that is gone, new, moved or asked for other people, in order of its id; nothing where both agree.

    Hours are compared by the clock: a roster of the day before has other hours at every post.

    Examples
    --------
    >>> from datetime import UTC
    >>> from geo.crowd.roster.demand import Need
    >>> from geo.crowd.roster.horizon import Horizon
    >>> hours = Horizon(datetime(2026, 9, 27, tzinfo=UTC), 2)
    >>> def plan(lat, *ids):
    ...     posts = tuple(Post(post_id=one, lon=120.5, lat=lat) for one in ids)
    ...     return Demand(hours, posts, (Need(post_id=ids[0], role="guard", start=0, end=2, people=1),))
    >>> [str(one.text) for one in changes_since(plan(30.4, "A", "B"), plan(30.401, "A", "C"))]
    ['A moved by 111 m', 'B is gone', 'C is new']
    >>> changes_since(plan(30.4, "A"), plan(30.4, "A"))
    ()
    """
    old, new = before.by_id, now.by_id
    asked, asks = _people(before), _people(now)
    found = []
    for post_id in sorted(old.keys() | new.keys()):
        if post_id not in new:
            found.append(Change(post_id=post_id, what="gone"))
        elif post_id not in old:
            found.append(Change(post_id=post_id, what="new"))
        elif (metres := _apart(old[post_id], new[post_id])) >= MOVED_M:
            found.append(Change(post_id=post_id, what="moved", metres=metres))
        elif asked.get(post_id, {}) != asks.get(post_id, {}):
            found.append(Change(post_id=post_id, what="people"))
    return tuple(found)


def _apart(one: Post, other: Post) -> float:
    """Metres between two places on the map; 0 where one of them has none."""
    if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return 0.0
    across = (other.lon - one.lon) * cos(radians(one.lat))
    return hypot(across, other.lat - one.lat) * METRES_A_DEGREE


def _people(demand: Demand) -> People:
    """People by post, role and hour."""
    rows: dict[str, dict[tuple[str, datetime], int]] = defaultdict(lambda: defaultdict(int))
    for need in demand.needs:
        for slot in range(need.start, need.end):
            rows[need.post_id][need.role, demand.horizon.at(slot)] += need.people
    return {post: {key: people for key, people in row.items() if people} for post, row in rows.items()}
