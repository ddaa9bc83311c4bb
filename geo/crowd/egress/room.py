"""The ground of one viewing area as people walk it: one piece of floor, and doors through its border."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from geo.contracts import raise_faults
from geo.crowd.egress.network import METRES_A_DEGREE
from geo.crowd.event import Event, Exit, ViewingArea
from geo.errors import Say, SchemaError, name_few, say

REACH_M = 5.0
"""How far from the border of its area an exit may be drawn."""
LEAST_DOOR_M = 0.9
"""Narrower doors lock up in the model: two bodies of 0.4 m stand against each other in them and nobody gives way."""
BARRIER_M = 0.1
THROAT_M, OVERLAP_M, TARGET_M = 1.2, 0.4, 0.5
SLIVER_SHARE = 0.02
"""Ground cut off by a barrier that is less than this share of the area is left out; more of it makes two rooms."""


@dataclass(frozen=True, kw_only=True)
class Door:
    """A way out: where it is at the border, and `target`, the ground behind it where a person counts as out."""

    exit_id: str
    width_m: float
    x: float
    y: float
    target: shapely.Polygon


@dataclass(frozen=True, kw_only=True)
class Room:
    """`floor` is where people stand, `ground` the same with the throats of its doors; metres."""

    area_id: str
    floor: shapely.Polygon
    ground: shapely.Polygon
    doors: tuple[Door, ...]


def build_room(event: Event, area_id: str) -> Room:
    """
    Build the room of a drawn area: its ground less the barriers, its normal exits as doors of their clear width.

    Raises
    ------
    SchemaError
        With everything that is missing at once: an outline, one piece of ground, exits on its border, level and not
        too narrow, apart from each other.
    """
    area = event.area(area_id)
    exits = event.exits_of(area_id, emergency=False)
    _refuse(area_id, _faults(area, exits))
    assert area.shape is not None
    middle = area.shape.centroid
    east = METRES_A_DEGREE * math.cos(math.radians(middle.y))

    def to_metres(shape: Any) -> Any:
        return shapely.transform(shape, lambda at: (at - [middle.x, middle.y]) * [east, METRES_A_DEGREE])

    floor = to_metres(area.shape)
    for barrier in event.barriers:
        if barrier.line is not None:
            floor = floor.difference(to_metres(barrier.line).buffer(BARRIER_M, cap_style="flat"))
    parts = [one for one in shapely.get_parts(floor) if one.area > SLIVER_SHARE * floor.area]
    if len(parts) != 1:
        _refuse(area_id, [say("barriers cut area {id} into {pieces} pieces", id=area_id, pieces=len(parts))])
    points = [to_metres(shapely.Point(x.lon or 0.0, x.lat or 0.0)) for x in exits]
    doors = [(x.exit_id, p.x, p.y, x.clear_width_m) for x, p in zip(exits, points, strict=True)]
    return room_of(area_id, parts[0], doors)


def room_of(area_id: str, floor: shapely.Polygon, doors: Sequence[tuple[str, float, float, float]]) -> Room:
    """
    Return a room in metres out of its floor and its doors (id, x, y, width): each is set on the border nearest to it.

    Examples
    --------
    A square of 10 m with a door of 1 m in the middle of its right side; the throat adds 1.2 m²:

    >>> room = room_of("R", shapely.box(0, 0, 10, 10), [("d", 10.0, 5.0, 1.0)])
    >>> round(room.ground.area, 2), [round(v, 2) for v in room.doors[0].target.bounds]
    (101.2, [10.7, 4.5, 11.2, 5.5])
    """
    faults, built, throats = [], [], []
    for exit_id, x, y, width_m in doors:
        throat, target, at = _throat(floor, x, y, width_m)
        if at.distance(shapely.Point(x, y)) > REACH_M:
            faults.append(say("exit {id} is {far:.0f} m from the border of its area", id=exit_id,
                              far=at.distance(shapely.Point(x, y))))  # fmt: skip
        elif target.intersection(floor).area > 0.01 * target.area:
            faults.append(say("exit {id} leads back into its own area", id=exit_id))
        built.append(Door(exit_id=exit_id, width_m=width_m, x=at.x, y=at.y, target=target))
        throats.append(throat)
    for one in range(len(throats)):
        for other in range(one):
            if throats[one].intersects(throats[other]):
                pair = name_few((built[other].exit_id, built[one].exit_id))
                faults.append(say("exits {ids} overlap", ids=pair))
    ground: Any = shapely.set_precision(shapely.unary_union([floor, *throats]), 1e-4)
    if not faults and not isinstance(ground, shapely.Polygon):
        faults.append(say("area {id} is not one piece with its exits", id=area_id))
    _refuse(area_id, faults)
    return Room(area_id=area_id, floor=floor, ground=ground, doors=tuple(built))


def _throat(
    floor: shapely.Polygon, x: float, y: float, width_m: float
) -> tuple[shapely.Polygon, shapely.Polygon, shapely.Point]:
    """The throat of a door, the ground behind it, and its middle on the border; square to the border there."""
    border = floor.exterior
    along = border.project(shapely.Point(x, y))
    a, b = (border.interpolate((along + side * width_m / 2) % border.length) for side in (-1, 1))
    at = border.interpolate(along)
    length = math.hypot(b.x - a.x, b.y - a.y) or 1.0
    ux, uy = (b.x - a.x) / length, (b.y - a.y) / length
    nx, ny = uy, -ux
    if floor.contains(shapely.Point(at.x + 0.3 * nx, at.y + 0.3 * ny)):
        nx, ny = -nx, -ny

    def box(near: float, far: float) -> shapely.Polygon:
        corners = ((-width_m / 2, near), (width_m / 2, near), (width_m / 2, far), (-width_m / 2, far))
        return shapely.Polygon([(at.x + s * ux + d * nx, at.y + s * uy + d * ny) for s, d in corners])

    return box(-OVERLAP_M, THROAT_M), box(THROAT_M - TARGET_M, THROAT_M), at


def _faults(area: ViewingArea, exits: Sequence[Exit]) -> list[Say]:
    found = []
    if area.shape is None:
        found.append(say("area {id} is not drawn", id=area.area_id))
    elif not area.shape.is_valid or not isinstance(area.shape, shapely.Polygon):
        found.append(say("the outline of area {id} crosses itself", id=area.area_id))
    if not exits:
        found.append(say("area {id} has no exit", id=area.area_id))
    for x in exits:
        if x.lon is None or x.lat is None:
            found.append(say("exit {id} is not drawn", id=x.exit_id))
        if x.kind == "stair":
            found.append(say("exit {id} is a stair", id=x.exit_id))
        if x.clear_width_m < LEAST_DOOR_M:
            found.append(say("exit {id} is {width:.2f} m wide", id=x.exit_id, width=x.clear_width_m))
    return found


def _refuse(area_id: str, faults: Sequence[Say]) -> None:
    """Raise one error with every fault; pass where there is none."""
    raise_faults(
        SchemaError,
        say(
            "an area drawn in one piece, level exits of at least {least} m on its border, apart from each other",
            least=LEAST_DOOR_M,
        ),
        faults,
        say("draw area {id} so, or go by the network, which needs no drawing", id=area_id),
    )
