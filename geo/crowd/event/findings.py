"""A fault of an event plan, and where on the map it is: at a thing, else at the areas the thing is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from geo.crowd.event.event import Event
from geo.crowd.event.times import Front, Phase
from geo.errors import Say

Spot = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """
    One fault of a plan. A refused one makes every figure meaningless; an open one must be settled or accepted.

    `spots` are its places on the map, (longitude, latitude) each; empty only where nothing of the plan is drawn.
    """

    kind: str
    is_refused: bool
    ids: tuple[str, ...]
    text: Say
    spots: tuple[Spot, ...] = ()

    @property
    def lon(self) -> float | None:
        """Longitude of its first place."""
        return self.spots[0][0] if self.spots else None

    @property
    def lat(self) -> float | None:
        """Latitude of its first place."""
        return self.spots[0][1] if self.spots else None


def finding(event: Event, kind: str, one: Any, ids: Iterable[str], text: Say, *, is_refused: bool = False) -> Finding:
    """Make a finding about a thing of the plan, about several in a tuple, or (None) about the event as a whole."""
    things = one if isinstance(one, tuple) and one else (one,)
    spots = tuple(dict.fromkeys(spot for thing in things for spot in spots_of(event, thing)))
    return Finding(kind=kind, is_refused=is_refused, ids=tuple(ids), text=text, spots=spots)


def place_of(one: Any) -> tuple[float | None, float | None]:
    """Return longitude and latitude of a thing: its position, else the middle of its line or outline."""
    lon, lat = getattr(one, "lon", None), getattr(one, "lat", None)
    if lon is not None and lat is not None:
        return lon, lat
    shape = getattr(one, "shape", None)
    line = getattr(one, "line", None)
    point = None
    if shape is not None and not shape.is_empty:
        point = shape.representative_point()
    elif line is not None and not line.is_empty:
        point = line.interpolate(0.5, normalized=True)
    return (None, None) if point is None else (float(point.x), float(point.y))


def spots_of(event: Event, one: Any) -> tuple[Spot, ...]:
    """
    Return where a thing is on the map: its own place; else those of the areas it is about; else those of the event.

    A phase is about the areas with a crowd in it, a crowd, an exit or a duty about the areas it names.

    Examples
    --------
    >>> from datetime import datetime
    >>> from geo.crowd.event.ground import ViewingArea
    >>> from geo.crowd.event.people import Crowd
    >>> at = datetime.fromisoformat("2026-09-28T12:00+08:00")
    >>> noon = Phase(phase_id="p", name="noon", kind="peak", starts_at=at, ends_at=at)
    >>> plan = Event(event_id="e", name="e", phases=(noon,), crowds=(Crowd(area_id="B", phase_id="p", people=9),),
    ...              areas=tuple(ViewingArea(area_id=a, name=a, usable_m2=9.0, lon=x, lat=30.0)
    ...                          for a, x in (("A", 120.0), ("B", 121.0))))
    >>> spots_of(plan, noon), spots_of(plan, None)
    (((121.0, 30.0),), ((120.0, 30.0), (121.0, 30.0)))
    """
    own = _drawn([one])
    if own:
        return own
    about = _areas_of(event, one)
    return _drawn([x for x in event.areas if x.area_id in about]) or _whole(event)


def _areas_of(event: Event, one: Any) -> set[str]:
    if isinstance(one, Phase):
        return {crowd.area_id for crowd in event.crowds if crowd.phase_id == one.phase_id}
    named = getattr(one, "area_ids", None) or (getattr(one, "area_id", ""),)
    return set(named) - {""}


def _whole(event: Event) -> tuple[Spot, ...]:
    """The areas of the event; anything else that is drawn where no area is."""
    front: tuple[Front, ...] = () if event.front is None else (event.front,)
    return _drawn(event.areas) or _drawn(thing for _, _, thing in event.things()) or _drawn(front)


def _drawn(things: Iterable[Any]) -> tuple[Spot, ...]:
    places = (place_of(one) for one in things)
    return tuple((lon, lat) for lon, lat in places if lon is not None and lat is not None)
