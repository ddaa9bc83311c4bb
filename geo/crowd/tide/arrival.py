"""When a front passes a place: from its table, re-timed by what was seen on the way, always as a range."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

import shapely

from geo.crowd.event import Event, Front, Passage, Sighting, ViewingArea
from geo.crowd.event.findings import place_of
from geo.errors import SchemaError, say

METRES_A_DEGREE = 111_320.0


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """
    One passing of one place: earliest, likely and latest moment, and what it was worked out from.

    Ranges: every speed from slowest to fastest, every error of the table or sighting. Nothing is averaged away.
    """

    passage_id: str
    chainage_m: float
    earliest: datetime
    likely: datetime
    latest: datetime
    basis: str


def passing(front: Front, passage_id: str, chainage_m: float) -> Arrival:
    """
    Return when the front passes a point of its line.

    The last sighting upstream of the point overrules the table. Two sightings bound the speed by what they show, within
    the front's own range; where they contradict it (faster or slower than the front can be) the range stays as it is.

    Raises
    ------
    SchemaError
        If there is no such passage.

    Examples
    --------
    A 3,000 m wall is swept in 300 s at 10 m/s and 600 s at 5 m/s:

    >>> at = datetime.fromisoformat("2026-09-28T13:20:00+08:00")
    >>> bore = Front(name="bore", speed_low_m_s=5.0, speed_m_s=6.0, speed_high_m_s=10.0,
    ...              passages=(Passage(passage_id="day", at=at, error_s=60.0),))
    >>> one = passing(bore, "day", 3000.0)
    >>> [(moment - at).total_seconds() for moment in (one.earliest, one.likely, one.latest)]
    [240.0, 500.0, 660.0]
    """
    table = {one.passage_id: one for one in front.passages}
    if passage_id not in table:
        raise SchemaError(
            say("a passage of {name}", name=front.name), say("{passage!r}", passage=passage_id), say("correct the name")
        )
    seen = sorted((s for s in front.sightings if s.passage_id == passage_id), key=lambda s: s.chainage_m)
    before = [s for s in seen if s.chainage_m <= chainage_m]
    base: Passage | Sighting = before[-1] if before else table[passage_id]
    slow, likely, fast = _speeds(front, before)
    away = chainage_m - base.chainage_m
    times = sorted(_leg_s(away, speed) for speed in (slow, fast))
    error = timedelta(seconds=base.error_s)
    return Arrival(
        passage_id=passage_id,
        chainage_m=chainage_m,
        earliest=base.at + timedelta(seconds=times[0]) - error,
        likely=base.at + timedelta(seconds=_leg_s(away, likely)),
        latest=base.at + timedelta(seconds=times[1]) + error,
        basis="sighting" if before else "table",
    )


def _leg_s(metres: float, speed_m_s: float) -> float:
    return metres / speed_m_s


def _speeds(front: Front, before: list[Sighting]) -> tuple[float, float, float]:
    """Slowest, likely and fastest speed: the front's own, narrowed by the last two sightings upstream."""
    low, likely, high = front.speed_low_m_s, front.speed_m_s, front.speed_high_m_s
    if len(before) < 2:
        return low, likely, high
    first, last = before[-2:]
    metres = last.chainage_m - first.chainage_m
    seconds = (last.at - first.at).total_seconds()
    error = first.error_s + last.error_s
    if metres <= 0 or seconds + error <= 0:
        return low, likely, high
    slowest = metres / (seconds + error)
    fastest = metres / (seconds - error) if seconds > error else math.inf
    narrowed = max(low, slowest), min(high, fastest)
    if narrowed[0] > narrowed[1]:
        return low, likely, high
    seen = metres / seconds if seconds > 0 else likely
    return narrowed[0], min(max(seen, narrowed[0]), narrowed[1]), narrowed[1]


def chainage_of(front: Front, area: ViewingArea) -> float | None:
    """
    Return where an area lies along the front's line, in metres from its first point; None where neither says.

    A stated chainage counts; else the point of the line nearest to the area's middle.
    """
    if area.chainage_m is not None:
        return area.chainage_m
    lon, lat = place_of(area)
    if front.line is None or lon is None or lat is None:
        return None
    east = METRES_A_DEGREE * math.cos(math.radians(lat))
    line = shapely.transform(front.line, lambda pairs: pairs * [east, METRES_A_DEGREE])
    return float(line.project(shapely.Point(lon * east, lat * METRES_A_DEGREE)))


def arrivals(event: Event, passage_id: str) -> dict[str, Arrival]:
    """Return the passing of every area that has a place along the front, in the order of the plan."""
    if event.front is None:
        return {}
    places = {one.area_id: chainage_of(event.front, one) for one in event.areas}
    return {key: passing(event.front, passage_id, at) for key, at in places.items() if at is not None}
