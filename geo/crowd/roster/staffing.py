"""Fixed posts first, then a ratio; and how many people must be on the roll."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from geo.crowd.roster.demand import Need
from geo.crowd.roster.horizon import Horizon
from geo.crowd.roster.ratios._spec import RatioSpec
from geo.errors import SchemaError, name_few, say


def ratio_needs(
    fixed: Sequence[Need],
    present: Mapping[str, Sequence[float]],
    *,
    horizon: Horizon,
    ratio: RatioSpec,
    role: str,
    area_of_post: Mapping[str, str],
    ratio_name: str,
    groups: tuple[str, ...] = (),
) -> tuple[Need, ...]:
    """
    Return what the ratio asks for beyond the fixed posts, by area and hour; each area needs a post of its own id.

    `present` is visitors by area and slot. Where the ratio counts fixed posts, the people of `role` at the area's
    fixed posts are taken off first. Neighbouring slots with the same number become one need.

    Raises
    ------
    SchemaError
        If an area has not one figure per slot, or a negative one.

    Examples
    --------
    600 visitors at 1:250 are 3 people; with 2 at a fixed post of the area, 1 more where fixed posts count, else 3.

    >>> from datetime import UTC, datetime
    >>> from geo.crowd.roster.ratios import green_guide, nfpa_101
    >>> hours = Horizon(datetime(2026, 9, 27, tzinfo=UTC), 3)
    >>> fixed = [Need(post_id="G1", role="guard", start=0, end=3, people=2)]
    >>> crowd = {"north": [0, 600, 600]}
    >>> ask = dict(horizon=hours, role="guard", area_of_post={"G1": "north"}, ratio_name="r")
    >>> [(n.start, n.end, n.people) for n in ratio_needs(fixed, crowd, ratio=nfpa_101.SPEC, **ask)]
    [(1, 3, 1)]
    >>> [(n.start, n.end, n.people) for n in ratio_needs(fixed, crowd, ratio=green_guide.SPEC, **ask)]
    [(1, 3, 3)]
    """
    wrong = sorted(area for area, row in present.items() if len(row) != horizon.slots or min(row, default=0) < 0)
    if wrong:
        raise SchemaError(
            say("visitors present of 0 or more for each of {slots} slots", slots=horizon.slots),
            say("{areas}", areas=name_few(wrong)),
            say("correct the crowd of these areas"),
        )
    needs = []
    for area in sorted(present):
        crowd = np.asarray(present[area], dtype=float)
        asked = np.where(crowd > 0, np.maximum(np.ceil(crowd / ratio.visitors), ratio.least), 0).astype(int)
        if not ratio.is_beside_fixed:
            for need in fixed:
                if need.role == role and area_of_post.get(need.post_id) == area:
                    asked[need.start : need.end] -= need.people
        for start, end in runs_of(np.maximum(asked, 0)):
            needs.append(
                Need(post_id=area, role=role, start=start, end=end, people=int(asked[start]), groups=groups,
                     basis=ratio_name)
            )  # fmt: skip
    return tuple(needs)


def runs_of(row: np.ndarray) -> list[tuple[int, int]]:
    """Stretches of one value above 0."""
    cuts = [0, *(np.flatnonzero(np.diff(row)) + 1).tolist(), len(row)]
    return [(low, high) for low, high in pairwise(cuts) if high > low and row[low] > 0]


@dataclass(frozen=True)
class Roll:
    """People on the roll for one kind of post: exact, rounded up, those there are, and how many are missing."""

    kind: str
    post_hours: float
    on_roll: float
    needed: int
    there: int

    @property
    def missing(self) -> int:
        """How many people more it takes; 0 where there are enough."""
        return max(self.needed - self.there, 0)


def staff_on_roll(*, post_hours: float, absence: float, hours_per_person: float) -> float:
    """
    Return the people on the roll it takes: posts x hours x (1 + absence) / hours per person. Not rounded.

    Source: `posts * hours * (1 + absence) / hours per person`, the staffing arithmetic of the field.

    Raises
    ------
    SchemaError
        If the hours of a person are not above 0, or posts or absence are negative.

    Examples
    --------
    Ten posts for 24 hours, a tenth absent, eight hours a person:

    >>> staff_on_roll(post_hours=10 * 24, absence=0.1, hours_per_person=8)
    33.0
    """
    if not hours_per_person > 0 or post_hours < 0 or absence < 0:
        raise SchemaError(
            say("hours per person above 0, post hours and absence of 0 or more"),
            say("{hours} h, {posts} h, {absence}", hours=hours_per_person, posts=post_hours, absence=absence),
            say("correct these values"),
        )
    return round(post_hours * (1 + absence) / hours_per_person, 9)


def roll_by_kind(
    needs: Sequence[Need], there: Mapping[str, int], *, horizon: Horizon, absence: float, hours_per_person: float
) -> tuple[Roll, ...]:
    """
    Return the roll for every role of the needs, against how many people of it there are.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> need = Need(post_id="A", role="guard", start=0, end=24, people=10)
    >>> hours = Horizon(datetime(2026, 9, 27, tzinfo=UTC), 24)
    >>> [one] = roll_by_kind([need], {"guard": 30}, horizon=hours, absence=0.1, hours_per_person=8)
    >>> one.on_roll, one.needed, one.missing
    (33.0, 33, 3)
    """
    hours: dict[str, float] = dict.fromkeys(there, 0.0)
    for need in needs:
        hours[need.role] = hours.get(need.role, 0.0) + horizon.hours(need.people * (need.end - need.start))
    rolls = []
    for kind in sorted(hours):
        exact = staff_on_roll(post_hours=hours[kind], absence=absence, hours_per_person=hours_per_person)
        rolls.append(Roll(kind, hours[kind], exact, math.ceil(exact), int(there.get(kind, 0))))
    return tuple(rolls)
