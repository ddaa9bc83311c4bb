"""When things happen: phases on a time line, and a front that moves along a line (a tidal bore, a parade, a race)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import shapely

from geo.crowd.event._field import told

PhaseKind = Literal["build_up", "arrival", "waiting", "peak", "after", "close"]
FrontKind = Literal["tide", "parade", "race", "other"]


@dataclass(frozen=True, kw_only=True)
class Phase:
    """One stretch of the event's time line: `starts_at` included, `ends_at` excluded."""

    phase_id: str = told("short code, once in the event")
    name: str = told("what people call it")
    kind: PhaseKind = told("what happens in it")
    starts_at: datetime = told("ISO 8601 with offset")
    ends_at: datetime = told("ISO 8601 with offset")


@dataclass(frozen=True, kw_only=True)
class Passage:
    """One time the front comes by, as a table or a timetable tells it: a day tide, a night tide, a start."""

    passage_id: str = told("short code, once in the front")
    name: str = told("what people call it", default="")
    at: datetime = told("when it passes the reference point, ISO 8601 with offset")
    chainage_m: float = told("where on the line the table's time holds", unit="m", default=0.0)
    error_s: float = told("how far off the table may be, either way", unit="s", default=600.0)
    source: str = told("which table", default="")


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """The front seen on its way; it overrules the table for its passage."""

    passage_id: str = told("which passage")
    at: datetime = told("when it was seen, ISO 8601 with offset")
    chainage_m: float = told("where on the line; upstream of the start is negative", unit="m")
    error_s: float = told("how far off the sighting may be, either way", unit="s", default=15.0)
    by: str = told("who saw it, account or post", default="")


@dataclass(frozen=True, kw_only=True)
class Front:
    """
    What moves along the event. Its line begins where it comes from: chainage 0 is the first point.

    After passing it comes back (a returning tide) or is still going by (the length of a parade): an area stays closed
    until `closed_after_high_s` after the latest passing.
    """

    name: str = told("what it is")
    kind: FrontKind = told("what sort of front", default="tide")
    line: shapely.LineString | None = told("its course, GeoJSON LineString, in the direction it moves", default=None)
    speed_low_m_s: float = told("slowest", unit="m/s")
    speed_m_s: float = told("most likely", unit="m/s")
    speed_high_m_s: float = told("fastest", unit="m/s")
    closed_after_low_s: float = told("shortest time it stays dangerous after passing", unit="s", default=0.0)
    closed_after_high_s: float = told("longest time it stays dangerous after passing", unit="s", default=0.0)
    margin_s: float = told("kept free between the last person gone and the front", unit="s", default=300.0)
    source: str = told("where the speeds come from", default="")
    passages: tuple[Passage, ...] = told("times of the table", default=())
    sightings: tuple[Sighting, ...] = told("seen on the way", default=())
