"""The sums the rule sets share: lanes, ground, and exits by flow and time with the widest left out."""

from __future__ import annotations

import math
from collections.abc import Mapping

from geo.crowd.rules._spec import AreaFacts, Bound, Factor, Parameter, WayOut
from geo.errors import say

SEARCHES = "eventknowhow.com, rates of a search lane"
CHECKS = ("none", "ticket", "search_no_bags", "search_mixed", "search_bags", "wand")
LANE_PARAMETERS = (
    Parameter(name="lane_none", value=11.0, unit="people/min", low=1, high=30, evidence="unchecked",
              source="a turnstile's 660 an hour"),
    Parameter(name="lane_ticket", value=11.0, unit="people/min", low=1, high=30, evidence="unchecked",
              source="a turnstile's 660 an hour"),
    Parameter(name="lane_search_no_bags", value=10.0, unit="people/min", low=1, high=20, evidence="secondary source",
              source=SEARCHES),
    Parameter(name="lane_search_mixed", value=7.0, unit="people/min", low=1, high=20, evidence="secondary source",
              source=SEARCHES),
    Parameter(name="lane_search_bags", value=4.0, unit="people/min", low=1, high=20, evidence="secondary source",
              source=SEARCHES),
    Parameter(name="lane_wand", value=8.0, unit="people/min", low=1, high=20, evidence="secondary source",
              source=f"{SEARCHES}: a wand takes 2 off"),
)  # fmt: skip


def through_lanes(facts: AreaFacts, values: Mapping[str, float], *, minutes: float, cap: float, clause: str) -> Bound:
    """
    Return who can come in: lanes times people per minute times minutes; a counted rate counts, but not above `cap`.

    Examples
    --------
    >>> from geo.crowd.rules._spec import Lanes
    >>> facts = AreaFacts(area_id="A", kind="standing", usable_m2=1.0,
    ...                   entrances=(Lanes(entrance_id="e", lanes=2, check="none", per_lane_min=12.0),))
    >>> through_lanes(facts, {}, minutes=60, cap=11.0, clause="c").people
    1320
    """
    rates = [min(e.per_lane_min or values[f"lane_{e.check}"], cap) for e in facts.entrances]
    per_min = sum(e.lanes * rate for e, rate in zip(facts.entrances, rates, strict=True))
    working = say("{flow:,.1f} people/min through the entrances × {minutes:g} min", flow=per_min, minutes=minutes)
    return Bound(factor="entry", people=whole(per_min * minutes), clause=clause, working=working)


def on_ground(facts: AreaFacts, *, space_m2: float, clause: str) -> Bound:
    """Return usable ground over the space each person needs."""
    working = say("{ground:,.0f} m² ÷ {space:g} m²/person", ground=facts.usable_m2, space=space_m2)
    return Bound(factor="holding", people=whole(facts.usable_m2 / space_m2), clause=clause, working=working)


def on_seats(facts: AreaFacts, *, share: float, clause: str) -> Bound:
    """Return the share of the seats that may be sold."""
    working = say("{seats:,} seats × {share:g}", seats=facts.seats, share=share)
    return Bound(factor="holding", people=whole(facts.seats * share), clause=clause, working=working)


def counted_exits(
    facts: AreaFacts, *, emergency: bool, discounted: int, least_m: float = 0.0
) -> tuple[list[WayOut], list[WayOut]]:
    """
    Return exits that count and exits that do not: too narrow, and the widest ones a rule leaves out.

    Examples
    --------
    >>> facts = AreaFacts(area_id="A", kind="standing", usable_m2=1.0, exits=tuple(
    ...     WayOut(exit_id=name, width_m=width) for name, width in (("a", 2.0), ("b", 3.0), ("c", 0.9))))
    >>> [[one.exit_id for one in part] for part in counted_exits(facts, emergency=True, discounted=1, least_m=1.05)]
    [['a'], ['b', 'c']]
    """
    open_ones = [x for x in facts.exits if emergency or not x.is_emergency_only]
    wide = sorted((x for x in open_ones if x.width_m >= least_m), key=lambda x: (-x.width_m, x.exit_id))
    narrow = [x for x in open_ones if x.width_m < least_m]
    return wide[discounted:], wide[:discounted] + narrow


def through_exits(
    factor: Factor, exits: tuple[list[WayOut], list[WayOut]], *, flow: float, minutes: float, clause: str
) -> Bound:
    """Return who can leave: counted width times flow (people/min and metre) times minutes."""
    counted, left_out = exits
    width_m = sum(x.width_m for x in counted)
    working = say("{width:.2f} m of counted exits × {flow:g} people/(m·min) × {minutes:g} min", width=width_m,
                  flow=flow, minutes=minutes)  # fmt: skip
    return Bound(
        factor=factor, people=whole(width_m * flow * minutes), clause=clause, working=working,
        not_counted=tuple(x.exit_id for x in left_out),
    )  # fmt: skip


def whole(people: float) -> int:
    """
    Return whole people, rounded down; a hair of rounding below a whole number is that number.

    Examples
    --------
    >>> whole(99.9999999999), whole(99.9)
    (100, 99)
    """
    return max(math.floor(people + 1e-9), 0)
