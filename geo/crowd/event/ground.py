"""What an event stands on: viewing areas, ways in, ways out, routes, barriers, hazards and fixed places.

Coordinates are CGCS2000/WGS84 degrees, widths and lengths metres. A thing without a position is counted but not drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import shapely

from geo.crowd.event._field import told

AreaKind = Literal["standing", "seated", "exhibition"]
ExitKind = Literal["door", "opening", "stair"]
RouteKind = Literal["level", "stair", "ramp"]
CheckKind = Literal["none", "ticket", "search_no_bags", "search_mixed", "search_bags", "wand"]
PlaceKind = Literal[
    "junction",
    "muster_point",
    "shelter",
    "parking",
    "station",
    "open_ground",
    "first_aid",
    "command_post",
    "duty_post",
    "toilet",
    "water_point",
    "other",
]
OUTSIDE = "outside"
"""Where an exit leads that opens at once on safe, open ground."""
KEPT = "post-"
"""How the ids of posts begin that a placement put into the plan; the next placement replaces them."""
SAFE_PLACES = ("muster_point", "shelter", "parking", "station", "open_ground")
"""Kinds of place at which a person counts as gone."""


@dataclass(frozen=True, kw_only=True)
class ViewingArea:
    """One area people stay in. `usable_m2` is net: without stages, stalls, beds, towers and lanes kept free."""

    area_id: str = told("short code, once in the event")
    name: str = told("what people call it")
    kind: AreaKind = told("how people stay there", default="standing")
    usable_m2: float = told("ground people can really stand on", unit="m²")
    seats: int = told("fixed seats, of a seated area", unit="seats", default=0)
    physical_factor: float | None = told(
        "Green Guide P: state of the ground, 0 to 1; unset = not judged", unit="0 to 1", default=None
    )
    safety_factor: float | None = told(
        "Green Guide S: quality of safety management, 0 to 1; unset = not judged", unit="0 to 1", default=None
    )
    chainage_m: float | None = told(
        "distance along the line of the front; unset = measured from the map", unit="m", default=None
    )
    lon: float | None = told("a point inside", unit="°", default=None)
    lat: float | None = told("a point inside", unit="°", default=None)
    shape: shapely.Polygon | None = told("its outline, GeoJSON Polygon", default=None)


@dataclass(frozen=True, kw_only=True)
class Entrance:
    """One way in with its checks. `per_lane_min` overrides what the kind of check lets through."""

    entrance_id: str = told("short code, once in the event")
    name: str = told("what people call it", default="")
    area_ids: tuple[str, ...] = told("viewing areas it serves; several share it by their usable ground")
    lanes: int = told("lanes that can be used at once", unit="lanes")
    check: CheckKind = told("what is done to each person", default="none")
    per_lane_min: float | None = told(
        "counted rate of one lane; unset = the rule set's rate of the check", unit="people/min", default=None
    )
    clear_width_m: float | None = told("clear width", unit="m", default=None)
    lon: float | None = told("position", unit="°", default=None)
    lat: float | None = told("position", unit="°", default=None)


@dataclass(frozen=True, kw_only=True)
class Exit:
    """One way out of one viewing area, at its narrowest."""

    exit_id: str = told("short code, once in the event")
    name: str = told("what people call it", default="")
    area_id: str = told("the viewing area it lets out")
    leads_to: str = told("place or viewing area behind it, or `outside`: safe open ground", default=OUTSIDE)
    kind: ExitKind = told("door or gate with walls, opening without, stair", default="door")
    clear_width_m: float = told("narrowest clear width", unit="m")
    tread_m: float | None = told("of a stair: depth of a step", unit="m", default=None)
    rise_m: float | None = told("of a stair: height of a step", unit="m", default=None)
    is_emergency_only: bool = told("kept shut but for an emergency", default=False)
    lon: float | None = told("position", unit="°", default=None)
    lat: float | None = told("position", unit="°", default=None)


@dataclass(frozen=True, kw_only=True)
class Route:
    """One way between two places; walked in both directions unless `is_one_way`."""

    route_id: str = told("short code, once in the event")
    name: str = told("what people call it", default="")
    from_id: str = told("viewing area or place it begins at")
    to_id: str = told("viewing area or place it ends at")
    kind: RouteKind = told("level ground, stair or ramp", default="level")
    length_m: float = told("walking length", unit="m")
    clear_width_m: float = told("narrowest clear width", unit="m")
    is_one_way: bool = told("only from `from_id` to `to_id`", default=False)
    tread_m: float | None = told("of a stair: depth of a step", unit="m", default=None)
    rise_m: float | None = told("of a stair: height of a step", unit="m", default=None)
    slope: float | None = told("of a ramp: rise over run", unit="share", default=None)
    line: shapely.LineString | None = told("its course, GeoJSON LineString", default=None)


@dataclass(frozen=True, kw_only=True)
class Place:
    """
    A fixed point of the plan. People who reach a muster point, shelter, parking, station or open ground are safe.

    A duty post is a place where people of the roster stand, with the area it serves; `role`, `people`, `team` and
    `is_round_the_clock` are of duty posts alone.
    """

    place_id: str = told("short code, once in the event")
    name: str = told("what people call it", default="")
    kind: PlaceKind = told("what it is; a junction only joins routes")
    capacity: int | None = told("people it can take", unit="people", default=None)
    area_id: str = told("of a duty post: the viewing area it serves; empty = none alone", default="")
    role: str = told("of a duty post: who stands there; empty = by the table of fixed posts", default="")
    people: int | None = told(
        "of a duty post with a role: how many stand there at once; unset = one", unit="people", default=None
    )
    team: str = told("of a duty post: the only team that stands there, and nowhere else; empty = anybody", default="")
    is_round_the_clock: bool = told("of a duty post: manned day and night", default=False)
    lon: float | None = told("position", unit="°", default=None)
    lat: float | None = told("position", unit="°", default=None)

    @property
    def is_safe(self) -> bool:
        """True where a person who arrives has left the event."""
        return self.kind in SAFE_PLACES

    @property
    def is_post(self) -> bool:
        """True where people of the roster stand; a place of an older plan is one by its id alone."""
        return self.kind == "duty_post" or self.place_id.startswith(KEPT)


@dataclass(frozen=True, kw_only=True)
class Barrier:
    """A line nobody crosses."""

    barrier_id: str = told("short code, once in the event")
    name: str = told("what people call it", default="")
    height_m: float | None = told("height", unit="m", default=None)
    line: shapely.LineString | None = told("its course, GeoJSON LineString", default=None)


@dataclass(frozen=True, kw_only=True)
class Hazard:
    """What can hurt people there."""

    hazard_id: str = told("short code, once in the event")
    name: str = told("what it is")
    note: str = told("what is done about it", default="")
    lon: float | None = told("position", unit="°", default=None)
    lat: float | None = told("position", unit="°", default=None)
    shape: shapely.Polygon | None = told("its outline, GeoJSON Polygon", default=None)
