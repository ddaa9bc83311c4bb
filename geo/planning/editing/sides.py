"""A line drawn over zones: which ground lies on which side of it, and where each unit's households are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import PlanError, say
from geo.planning.editing.ground import Ground
from geo.planning.graph import Floats, Ints

Shape = Any
"""A polygon, multipolygon or line of shapely."""
OVERSHOOT_M = 0.1
"""How far a line that ends inside an area is drawn beyond the border it is extended to."""


@dataclass(frozen=True)
class Sides:
    """What a line makes of an area: the ground left and right of it, as one walks along it. Both are never empty."""

    left: Shape
    right: Shape


def read_line(points: object) -> Shape:
    """
    Return a drawn line without repeated points.

    Raises
    ------
    PlanError
        If it has fewer than two points that differ, or a coordinate is no number.

    Examples
    --------
    >>> read_line([[0, 0], [0, 0], [3, 4]]).length
    5.0
    """
    flat = np.asarray(points, dtype=float).reshape(-1, 2)
    good = np.isfinite(flat).all()
    kept = flat[np.r_[True, (np.diff(flat, axis=0) != 0).any(axis=1)]] if good and len(flat) else flat[:0]
    if len(kept) < 2:
        raise PlanError(say("a line of two points or more"), say("{count}", count=len(kept)), say("draw it again"))
    return shapely.linestrings(kept)


def pieces_of(shape: Shape, line: Shape) -> NDArray[np.object_]:
    """
    Cut an area by a line and return the pieces; one piece where the line does not part it.

    Examples
    --------
    >>> across = shapely.LineString([(1, -1), (1, 4)])
    >>> sorted(shapely.area(pieces_of(shapely.box(0, 0, 4, 3), across)).tolist())
    [3.0, 9.0]
    """
    lines = shapely.union_all(np.array([shapely.boundary(shape), line]))
    pieces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    inside = shapely.contains(shape, shapely.point_on_surface(pieces))
    return np.asarray(pieces[inside], dtype=object)


def reach_border(line: Shape, shape: Shape, *, is_straight: bool = True) -> Shape:
    """
    Return the line with every end that lies inside the area drawn on until it leaves the area.

    Straight on, or, where not `is_straight`, by the shortest way to the area's border.

    Examples
    --------
    >>> line = shapely.LineString([(1, 1), (2, 1)])
    >>> reach_border(line, shapely.box(0, 0, 4, 4)).length.__round__(1)
    4.2
    >>> reach_border(line, shapely.box(0.5, 0, 4, 4), is_straight=False).coords[0]
    (0.4, 1.0)
    """
    points = shapely.get_coordinates(line)
    way_out = _straight_on if is_straight else _shortest_way
    first, last = way_out(points[1], points[0], shape), way_out(points[-2], points[-1], shape)
    return shapely.linestrings(np.concatenate([first, points, last]))


def _straight_on(before: Floats, end: Floats, shape: Shape) -> Floats:
    """The point just outside the area where the line, drawn on from its end, stops; none for an end outside."""
    if not shapely.contains_xy(shape, end[0], end[1]):
        return np.empty((0, 2))
    west, south, east, north = shapely.bounds(shape)
    way = (end - before) / np.hypot(*(end - before))
    far = end + way * (np.hypot(east - west, north - south) + 1.0)
    met = shapely.get_coordinates(shapely.intersection(shapely.linestrings([end, far]), shapely.boundary(shape)))
    nearest = float(np.hypot(*(met - end).T).min())
    return np.asarray((end + way * (nearest + OVERSHOOT_M)).reshape(1, 2))


def _shortest_way(before: Floats, end: Floats, shape: Shape) -> Floats:  # noqa: ARG001
    if not shapely.contains_xy(shape, end[0], end[1]):
        return np.empty((0, 2))
    way = shapely.get_coordinates(shapely.shortest_line(shapely.points(end), shapely.boundary(shape)))
    step = way[1] - way[0]
    return np.asarray((way[1] + step / np.hypot(*step) * OVERSHOOT_M).reshape(1, 2))


def sides_of(shape: Shape, line: Shape) -> Sides:
    """
    Return the ground of an area left and right of a line.

    A part of the area that the line does not touch lies on the side it is nearer to.

    Raises
    ------
    PlanError
        If the line does not part the area.

    Examples
    --------
    Walking north through a square of 4 by 4 at x = 1, the west is on the left:

    >>> sides = sides_of(shapely.box(0, 0, 4, 4), shapely.LineString([(1, -1), (1, 5)]))
    >>> sides.left.area, sides.right.area
    (4.0, 12.0)
    """
    drawn = reach_border(line, shape)
    pieces = pieces_of(shape, drawn)
    if len(pieces) < 2:
        raise _parts_nothing()
    width = min(1.0, float(np.sqrt(shapely.area(shape))) / 100)
    banks = [shapely.buffer(drawn, by, single_sided=True, cap_style="flat") for by in (width, -width)]
    beside = np.array([shapely.area(shapely.intersection(pieces, bank)) for bank in banks])
    touches = beside.max(axis=0) > 0
    is_left = beside[0] > beside[1]
    if not touches.all() and touches.any():
        far = [shapely.distance(pieces, shapely.union_all(pieces[touches & side])) for side in (is_left, ~is_left)]
        is_left = np.where(touches, is_left, far[0] < far[1])
    if is_left.all() or not is_left.any():
        raise _parts_nothing()
    return Sides(shapely.union_all(pieces[is_left]), shapely.union_all(pieces[~is_left]))


def _parts_nothing() -> PlanError:
    return PlanError(
        say("a line that parts the zone in two"),
        say("one that leaves it in one piece"),
        say("draw from border to border"),
    )


def share_inside(ground: Ground, rows: Ints, region: Shape) -> Floats:
    """
    Return the share of each unit's households that live in a region; by area where no household stands on the unit.

    Examples
    --------
    >>> from geo.planning.drawn import draw_ground
    >>> share_inside(draw_ground("ab"), np.array([0, 1]), shapely.box(0, 0, 1.25, 1)).tolist()
    [1.0, 0.25]
    """
    total = ground.area_m2[rows]
    area = shapely.area(shapely.intersection(ground.shapes[rows], region))
    share = np.divide(area, total, out=np.zeros(len(rows)), where=total > 0)
    homes = ground.homes
    held = np.flatnonzero(np.isin(homes.unit, rows) & (homes.households > 0))
    if not len(held):
        return share
    inside = shapely.intersects_xy(region, homes.x_m[held], homes.y_m[held])
    place = np.full(ground.count, -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    at = place[homes.unit[held]]
    lived = np.bincount(at, homes.households[held], minlength=len(rows))
    within = np.bincount(at, homes.households[held] * inside, minlength=len(rows))
    return np.where(lived > 0, np.divide(within, lived, out=np.zeros(len(rows)), where=lived > 0), share)


def is_inside(ground: Ground, rows: Ints, region: Shape) -> NDArray[np.bool_]:
    """
    Say which units belong to a region: those with more than half of their households in it; by area where both halve.

    Examples
    --------
    >>> from geo.planning.drawn import draw_ground
    >>> is_inside(draw_ground("ab"), np.array([0, 1]), shapely.box(0, 0, 1.25, 1)).tolist()
    [True, False]
    """
    share = share_inside(ground, rows, region)
    halved = np.isclose(share, 0.5)
    if halved.any():
        area = shapely.area(shapely.intersection(ground.shapes[rows], region))
        share = np.where(halved, np.where(area > ground.area_m2[rows] / 2, 0.6, 0.4), share)
    return np.asarray(share > 0.5, dtype=bool)


def units_inside(ground: Ground, polygon: Shape) -> Ints:
    """
    Return the rows of the units a lasso takes: those whose inner point lies in the drawn polygon.

    A polygon that crosses itself takes what an even-odd filling of it would show.

    Examples
    --------
    >>> from geo.planning.drawn import draw_ground
    >>> units_inside(draw_ground("abc"), shapely.box(0.2, 0.2, 1.8, 0.8)).tolist()
    [0, 1]
    """
    drawn = shapely.make_valid(polygon)
    inner = shapely.point_on_surface(ground.shapes)
    return np.flatnonzero(shapely.intersects_xy(drawn, shapely.get_x(inner), shapely.get_y(inner)))
