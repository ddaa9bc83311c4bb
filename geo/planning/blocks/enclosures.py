"""Blocks: the ground between streets, rivers and the border of the area it lies in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geo.areas.checks.order import reading_rank
from geo.planning.barriers import Shapes
from geo.planning.blocks.corners import share_corners
from geo.planning.borders import border_graph, shared_borders
from geo.planning.graph import Floats, Ints, edge_values

GRID_M = 1e-8
"""Corners are put on a grid this fine, so that all that meets in a corner has the same one, bit for bit."""

WALL_M = 1e-4
"""A border this close to a wall runs along it."""
REACH_M = 5e-8
"""A corner this close to the border of the next area is on it."""


@dataclass(frozen=True)
class Blocks:
    """Polygons that tile their areas: `shapes`, and with each in `limit` the row of the area it lies in."""

    shapes: Shapes
    limit: Ints


def enclose(limits: Shapes, lines: Shapes, *, least_width_m: float = 0.0, walls: Shapes | None = None) -> Blocks:
    """
    Cut areas into blocks along lines: what lies between them and the area's own border is one block.

    Blocks of an area stand in reading order. A line that ends inside a block (a dead end) cuts nothing. No block lies
    in two areas. A strip narrower than `least_width_m` in the mean (twice its ground by its border), such as the middle
    of a dual carriageway, is joined to the block of its area it shares most border with, not across `walls`.

    Parameters
    ----------
    limits
        Polygons that do not overlap, in a plane of metres. Shape (n_limits,).
    lines
        Streets, rivers, railways: lines in the same plane; they may lie outside too. Shape (n_lines,).
    walls
        Those of the lines no strip is joined across; none where not given.

    Notes
    -----
    Source: Fleischmann et al. 2020 (enclosures), doi 10.1016/j.compenvurbsys.2019.101441. Exactness is by
    snap-rounding on a grid of a hundred-thousandth of a millimetre.

    Examples
    --------
    A square crossed by one street, and a dead end:

    >>> square = np.array([shapely.box(0, 0, 10, 10)])
    >>> streets = np.array([shapely.LineString([(4, -5), (4, 15)]), shapely.LineString([(4, 5), (8, 5)])])
    >>> blocks = enclose(square, streets)
    >>> sorted(shapely.area(blocks.shapes).tolist()), blocks.limit.tolist()
    ([40.0, 60.0], [0, 0])
    """
    tree = shapely.STRtree(lines)
    shapes: list[Shapes] = [np.empty(0, dtype=object)]
    rows: list[Ints] = [np.empty(0, dtype=np.int64)]
    for row, limit in enumerate(limits):
        near = _near(limit, lines[np.sort(tree.query(limit, predicate="intersects"))])
        found = cut_ground(np.array([limit], dtype=object), near)
        if least_width_m > 0 and len(found) > 1:
            found = _join_strips(found, least_width_m, np.empty(0, dtype=object) if walls is None else walls)
        shapes.append(found[in_reading_order(found)])
        rows.append(np.full(len(found), row, dtype=np.int64))
    return Blocks(share_corners(np.concatenate(shapes), reach_m=REACH_M), np.concatenate(rows))


def cut_ground(grounds: Shapes, lines: Shapes, inner: Shapes | None = None) -> Shapes:
    """
    Return the faces that polygons fall into along lines, all corners shared bit for bit; none lies outside.

    `inner` are further lines that touch nothing but each other and the ends of `lines`, at corners on the grid
    (`on_grid`): they need not be looked at for crossings.

    Examples
    --------
    >>> faces = cut_ground(np.array([shapely.box(0, 0, 2, 2)]), np.array([shapely.LineString([(0, 0), (2, 2)])]))
    >>> shapely.area(faces).tolist()
    [2.0, 2.0]
    """
    noded = shapely.get_parts(shapely.union_all(np.concatenate([shapely.boundary(grounds), lines]), grid_size=GRID_M))
    noded = noded if inner is None else np.concatenate([noded, inner])
    found = shapely.get_parts(shapely.polygonize(noded))
    point = shapely.point_on_surface(found)
    held = np.unique(shapely.STRtree(point).query(grounds, predicate="contains")[1])
    return np.asarray(found[held], dtype=object)


def on_grid(xy: Floats) -> Floats:
    """
    Return coordinates put on the grid of `GRID_M`.

    Examples
    --------
    >>> on_grid(np.array([0.1234567891])).tolist()
    [0.12345679]
    """
    per_m = 1 / GRID_M
    return np.asarray(np.floor(xy * per_m + 0.5) / per_m)


def _near(limit: shapely.Geometry, lines: Shapes) -> Shapes:
    """Lines as far as the box of an area reaches, and a little beyond."""
    west, south, east, north = shapely.bounds(limit) + np.array([-1.0, -1.0, 1.0, 1.0])
    inside = shapely.clip_by_rect(lines, west, south, east, north)
    return np.asarray(inside[~shapely.is_empty(inside)], dtype=object)


def _join_strips(shapes: Shapes, least_width_m: float, walls: Shapes) -> Shapes:
    """Join narrow blocks, the narrowest first, to the neighbour along the longest border without a wall."""
    group = np.arange(len(shapes))
    graph = border_graph(shapes)
    one, other = graph.edges()
    border, _ = edge_values(graph)
    is_open = ~walled(shapes, np.column_stack([one, other]), walls)
    one, other, border = one[is_open], other[is_open], border[is_open]
    width = mean_width_m(shapes)
    for row in np.argsort(width, kind="stable"):
        if width[row] >= least_width_m:
            break
        beside = (group[one] == group[row]) ^ (group[other] == group[row])
        if not beside.any():
            continue
        host = np.where(group[one[beside]] == group[row], group[other[beside]], group[one[beside]])
        along = np.bincount(host, border[beside])
        group[group == group[row]] = int(np.argmax(along))
    return dissolve(shapes, group)


def walled(shapes: Shapes, pairs: Ints, walls: Shapes) -> np.ndarray:
    """
    Say whether a wall runs along any stretch of the border of each pair: told by the middles of its straight pieces.

    Examples
    --------
    >>> squares = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> walled(squares, np.array([[0, 1]]), np.array([shapely.LineString([(1, -1), (1, 2)])])).tolist()
    [True]
    """
    closed = np.zeros(len(pairs), dtype=bool)
    if not len(pairs) or not len(walls):
        return closed
    part, row = shapely.get_parts(shared_borders(shapes, pairs), return_index=True)
    corner, of_part = shapely.get_coordinates(part, return_index=True)
    at = np.flatnonzero(of_part[:-1] == of_part[1:])
    middle = shapely.points((corner[at] + corner[at + 1]) / 2)
    met = np.unique(shapely.STRtree(np.asarray(middle)).query(walls, predicate="dwithin", distance=WALL_M)[1])
    closed[row[of_part[at[met]]]] = True
    return closed


def mean_width_m(shapes: Shapes) -> np.ndarray:
    """
    Return twice the ground by the border: about the width of a strip, a little less than half that of a square.

    Examples
    --------
    >>> mean_width_m(np.array([shapely.box(0, 0, 98, 2)])).tolist()
    [1.96]
    """
    return np.asarray(2 * shapely.area(shapes) / shapely.length(shapes))


def in_reading_order(shapes: Shapes) -> Ints:
    """
    Return the rows of polygons from north to south in bands, each from west to east.

    Examples
    --------
    >>> in_reading_order(np.array([shapely.box(5, 0, 6, 1), shapely.box(0, 0, 1, 1)])).tolist()
    [1, 0]
    """
    if not len(shapes):
        return np.empty(0, dtype=np.int64)
    middle = shapely.centroid(shapes)
    return np.argsort(reading_rank(shapely.get_x(middle), shapely.get_y(middle)))


def dissolve(shapes: Shapes, group: Ints) -> Shapes:
    """
    Return one polygon for each group of polygons with common corners, in the order of the groups' numbers.

    Examples
    --------
    >>> squares = np.array([shapely.box(0, 0, 1, 1), shapely.box(5, 5, 6, 6), shapely.box(1, 0, 2, 1)])
    >>> shapely.area(dissolve(squares, np.array([4, 9, 4]))).tolist()
    [2.0, 1.0]
    """
    order = np.argsort(group, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(group[order])) + 1) if len(order) else []
    joined = [shapes[rows[0]] if len(rows) == 1 else shapely.coverage_union_all(shapes[rows]) for rows in parts]
    out = np.array(joined, dtype=object)
    single = shapely.get_num_geometries(out) == 1
    out[single] = shapely.get_geometry(out[single], 0)
    return out
