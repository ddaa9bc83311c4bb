"""Drawing an event plan: things put down, moved, changed and taken away, one pure act at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from pyproj import Geod

from geo.crowd.event.event import THINGS, Event
from geo.crowd.event.findings import place_of
from geo.crowd.event.ground import Barrier, Entrance, Exit, Hazard, Place, Route, ViewingArea
from geo.crowd.event.times import Front
from geo.crs.metric import area_km2
from geo.errors import SchemaError, say

Points = Sequence[tuple[float, float]]
EARTH = Geod(ellps="WGS84")
NEAR_M = 60.0
"""An end of a route, an exit or an entrance drawn this close to a thing belongs to it; further away it is asked."""
PREFIX = {
    "areas": "A", "entrances": "E", "exits": "X", "routes": "R", "places": "P", "barriers": "B", "hazards": "H",
    "phases": "T", "teams": "G",
}  # fmt: skip
TIDE_SPEEDS_M_S = (5.0, 6.0, 10.0)
"""Speeds of the Qiantang bore, low, usual, high: 5 to 7 m/s, up to 10, as reported at Yanguan."""
REFERENCES = (
    ("exits", "area_id"), ("exits", "leads_to"), ("places", "area_id"),
    ("entrances", "area_ids"), ("routes", "from_id"), ("routes", "to_id"),
    ("crowds", "area_id"), ("crowds", "phase_id"), ("teams", "area_ids"), ("duties", "area_ids"), ("duties", "team_id"),
)  # fmt: skip
"""Fields that name another thing of the plan."""


def draw(event: Event, what: str, points: Points, *, kind: str = "", name: str = "") -> tuple[Event, str]:
    """
    Put one thing down where it was drawn and return the plan with it, and its id.

    `what` is areas, hazards (a ring), exits, entrances, places (a point), routes, barriers (a line) or front (the
    line along which the tide, parade or race moves). What a drawing cannot tell stays to be filled in and is listed by
    `check_event`: a clear width is 0 until it is measured, a route that ends near nothing leads nowhere. The ground of
    a viewing area is all of what was drawn: structures are to be taken off.

    Raises
    ------
    SchemaError
        If the drawing has too few points, crosses itself, or is not on the earth.

    Examples
    --------
    >>> ring = [(120.5, 30.4), (120.501, 30.4), (120.501, 30.401), (120.5, 30.401)]
    >>> event, area = draw(Event(event_id="e", name="Fair"), "areas", ring)
    >>> event, gate = draw(event, "exits", [(120.5, 30.4005)])
    >>> area, round(event.areas[0].usable_m2, -2), gate, event.exits[0].area_id, event.exits[0].clear_width_m
    ('A1', 10700, 'X1', 'A1', 0.0)
    """
    _require_points(what, points)
    if what == "front":
        return replace(event, front=_front(event, points, kind or "tide", name)), "front"
    thing_id = next_id(event, what)
    thing = MAKERS[what](_Drawn(event, thing_id, points, kind, name))
    return _with(event, what, (*getattr(event, what), thing)), thing_id


def move(event: Event, what: str, thing_id: str, points: Points) -> Event:
    """Give a thing another place: the point, line or ring it has now."""
    _require_points(what, points)
    if what == "front":
        front = find(event, what, thing_id)
        return replace(event, front=replace(front, line=shapely.LineString(points)))
    thing = find(event, what, thing_id)
    if what in RINGS:
        return change(event, what, thing_id, shape=_ring(points))
    if what in LINES:
        values: dict[str, Any] = {"line": shapely.LineString(points)}
        if what == "routes":
            start, end = _ends(event, points)
            values |= {"length_m": length_m(points), "from_id": start, "to_id": end}
        return change(event, what, thing_id, **values)
    values = {"lon": points[0][0], "lat": points[0][1]}
    if what == "exits" and not thing.area_id:
        values["area_id"] = nearest_area(event, points[0])
    return change(event, what, thing_id, **values)


def change(event: Event, what: str, thing_id: str, **values: Any) -> Event:
    """
    Return the plan with fields of one thing changed; a new id is carried into everything that names it.

    Examples
    --------
    >>> event = Event(event_id="e", name="e", areas=(ViewingArea(area_id="A1", name="A", usable_m2=10.0),),
    ...               exits=(Exit(exit_id="X1", area_id="A1", clear_width_m=2.0),))
    >>> change(event, "areas", "A1", area_id="Wall 1").exits[0].area_id
    'Wall 1'
    """
    if what == "front":
        return replace(event, front=replace(find(event, what, thing_id), **values))
    find(event, what, thing_id)
    key = THINGS[what]
    new_id = str(values.get(key, thing_id)).strip()
    if new_id != thing_id:
        if not new_id or any(one_id == new_id for name, one_id, _ in event.things() if name in _shared(what)):
            raise SchemaError(
                say("a code that is not used yet"), say("{name!r}", name=new_id), say("choose another code")
            )
        event = _renamed(event, what, thing_id, new_id)
        values[key] = new_id
    kept = tuple(replace(one, **values) if getattr(one, key) == new_id else one for one in getattr(event, what))
    return _with(event, what, kept)


def drop(event: Event, what: str, thing_id: str) -> Event:
    """Take one thing away; what names it stays and is listed by the checks, so that nothing vanishes unasked."""
    if what == "front":
        return replace(event, front=None)
    find(event, what, thing_id)
    kept = tuple(one for one in getattr(event, what) if getattr(one, THINGS[what]) != thing_id)
    return _with(event, what, kept)


def find(event: Event, what: str, thing_id: str) -> Any:
    """Return one thing of the plan; SchemaError if there is none."""
    found = event.front if what == "front" else next(
        (one for name, one_id, one in event.things() if name == what and one_id == thing_id), None
    )  # fmt: skip
    if found is None:
        raise SchemaError(
            say("a thing of the plan"), say("{what} {name}", what=what, name=thing_id), say("choose one that is there")
        )
    return found


def next_id(event: Event, what: str) -> str:
    """Return the first free id of a list: its letter and a number."""
    used = {one_id for name, one_id, _ in event.things() if name in _shared(what)}
    number = 1
    while f"{PREFIX[what]}{number}" in used:
        number += 1
    return f"{PREFIX[what]}{number}"


def length_m(points: Points) -> float:
    """Return the length of a line of degrees on the ground, metres, to the decimetre."""
    lon, lat = zip(*points, strict=True)
    return round(float(EARTH.line_length(lon, lat)), 1)


def ground_m2(points: Points) -> float:
    """Return the ground inside a ring of degrees, square metres, to the whole."""
    return round(float(area_km2([shapely.Polygon(points)])[0]) * 1e6)


def nearest_area(event: Event, point: tuple[float, float], *, within_m: float = NEAR_M) -> str:
    """Return the viewing area a point lies in or is nearest to; empty where none is near."""
    return _nearest(point, {one.area_id: one.shape or _point_of(one) for one in event.areas}, within_m)


def _nearest(point: tuple[float, float], shapes: Mapping[str, Any], within_m: float) -> str:
    best, least = "", within_m
    for name, shape in shapes.items():
        if shape is None:
            continue
        at = shapely.get_coordinates(shapely.shortest_line(shapely.Point(point), shape))
        far = float(EARTH.line_length(at[:, 0], at[:, 1]))
        if far <= least and (far < least or not best):
            best, least = name, far
    return best


def _point_of(one: Any) -> Any:
    lon, lat = place_of(one)
    return None if lon is None or lat is None else shapely.Point(lon, lat)


def _ends(event: Event, points: Points) -> tuple[str, str]:
    """What a line begins and ends at: a viewing area or a place, nothing where none is near."""
    nodes = {one.area_id: one.shape or _point_of(one) for one in event.areas}
    nodes |= {one.place_id: _point_of(one) for one in event.places}
    return _nearest(points[0], nodes, NEAR_M), _nearest(points[-1], nodes, NEAR_M)


def _ring(points: Points) -> shapely.Polygon:
    ring = shapely.Polygon(points)
    if not ring.is_valid or ring.is_empty or ring.area == 0:
        raise SchemaError(
            say("an outline that does not cross itself"),
            say("{reason}", reason=str(shapely.is_valid_reason(ring))),
            say("draw it again, corner after corner"),
        )
    return ring


def _require_points(what: str, points: Points) -> None:
    fewest = 3 if what in RINGS else 2 if what in (*LINES, "front") else 1
    at = np.asarray(points, dtype=float).reshape(-1, 2)
    is_on_earth = bool(np.isfinite(at).all() and (np.abs(at[:, 0]) <= 180).all() and (np.abs(at[:, 1]) <= 90).all())
    if what not in (*MAKERS, "front") or len(at) < fewest or not is_on_earth:
        raise SchemaError(
            say("at least {count} points in degrees", count=fewest),
            say("{count} for {what}", count=len(at), what=what),
            say("draw it again"),
        )


def _shared(what: str) -> tuple[str, ...]:
    """Lists among which an id must be the only one: routes and exits lead to areas and places alike."""
    return ("areas", "places") if what in ("areas", "places") else (what,)


def _renamed(event: Event, what: str, old: str, new: str) -> Event:
    key = THINGS[what]
    kept = tuple(replace(x, **{key: new}) if getattr(x, key) == old else x for x in getattr(event, what))
    event = _with(event, what, kept)
    if what not in ("areas", "places", "phases", "teams"):
        return event
    meant = {"phases": "phase_id", "teams": "team_id"}
    for name, field in REFERENCES:
        if field == meant.get(what) or (what in ("areas", "places") and field not in meant.values()):
            kept = tuple(replace(x, **{field: _swap(getattr(x, field), old, new)}) for x in getattr(event, name))
            event = _with(event, name, kept)
    return event


def _with(event: Event, what: str, things: tuple[Any, ...]) -> Event:
    changes: dict[str, Any] = {what: things}
    return replace(event, **changes)


def _swap(value: Any, old: str, new: str) -> Any:
    return tuple(new if x == old else x for x in value) if isinstance(value, tuple) else new if value == old else value


def _front(event: Event, points: Points, kind: str, name: str) -> Front:
    line = shapely.LineString(points)
    if event.front is not None:
        return replace(event.front, line=line)
    low, usual, high = TIDE_SPEEDS_M_S if kind == "tide" else (0.0, 0.0, 0.0)
    return Front(name=name or kind, kind=kind, line=line, speed_low_m_s=low, speed_m_s=usual, speed_high_m_s=high)  # type: ignore[arg-type]


@dataclass(frozen=True)
class _Drawn:
    """One drawing: into which plan, under which id, where, what kind, which name."""

    event: Event
    thing_id: str
    points: Points
    kind: str
    name: str

    def given(self, field: str) -> Any:
        """The kind as a field, left to its default where none was chosen."""
        return {field: self.kind} if self.kind else {}

    @property
    def at(self) -> Any:
        """Its first point as fields."""
        return {"lon": self.points[0][0], "lat": self.points[0][1]}


def _area(d: _Drawn) -> ViewingArea:
    shape, ground = _ring(d.points), ground_m2(d.points)
    return ViewingArea(area_id=d.thing_id, name=d.name or d.thing_id, usable_m2=ground, shape=shape, **d.given("kind"))


def _exit(d: _Drawn) -> Exit:
    area = nearest_area(d.event, d.points[0])
    return Exit(exit_id=d.thing_id, name=d.name, area_id=area, clear_width_m=0.0, **d.at, **d.given("kind"))


def _entrance(d: _Drawn) -> Entrance:
    area = nearest_area(d.event, d.points[0])
    areas = (area,) if area else ()
    return Entrance(entrance_id=d.thing_id, name=d.name, area_ids=areas, lanes=1, **d.at, **d.given("check"))


def _place(d: _Drawn) -> Place:
    kind: Any = d.kind or "muster_point"
    return Place(place_id=d.thing_id, name=d.name, kind=kind, **d.at)


def _route(d: _Drawn) -> Route:
    start, end = _ends(d.event, d.points)
    ends: Any = {"from_id": start, "to_id": end, "length_m": length_m(d.points)}
    line = shapely.LineString(d.points)
    return Route(route_id=d.thing_id, name=d.name, clear_width_m=0.0, line=line, **ends, **d.given("kind"))


def _barrier(d: _Drawn) -> Barrier:
    return Barrier(barrier_id=d.thing_id, name=d.name, line=shapely.LineString(d.points))


def _hazard(d: _Drawn) -> Hazard:
    return Hazard(hazard_id=d.thing_id, name=d.name or d.thing_id, shape=_ring(d.points))


MAKERS = {
    "areas": _area, "exits": _exit, "entrances": _entrance, "places": _place, "routes": _route, "barriers": _barrier,
    "hazards": _hazard,
}  # fmt: skip
RINGS, LINES = ("areas", "hazards"), ("routes", "barriers")


def coordinates(one: Any) -> list[list[float]]:
    """Return where a thing stands, longitudes and latitudes: a ring, a line or one point; nothing without a place."""
    for name in ("shape", "line"):
        shape = getattr(one, name, None)
        if shape is not None and not shape.is_empty:
            ring = shape.exterior if isinstance(shape, shapely.Polygon) else shape
            return [[round(x, 7), round(y, 7)] for x, y in shapely.get_coordinates(ring).tolist()]
    lon, lat = getattr(one, "lon", None), getattr(one, "lat", None)
    return [] if lon is None or lat is None else [[lon, lat]]
