"""Corners of different areas that nearly meet, made to meet: within a stated distance, where borders differ."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from pyproj import CRS
from scipy.spatial import cKDTree

from geo.areas.checks.edges import build_edges, is_shared
from geo.areas.checks.tiling import only_polygons

LONGEST_DEGREE_M = 111_700.0
"""No degree of latitude is longer, so a distance worked out with it is never too short."""


@dataclass(frozen=True, eq=False)
class Snapped:
    """`shapes` as they were or with corners moved; `rows` are those that changed."""

    shapes: np.ndarray
    rows: np.ndarray


def snap_corners(shapes: np.ndarray, parents: np.ndarray | None, *, snap_m: float, crs: object) -> Snapped:
    """
    Move corners of valid areas onto corners and edges of others that lie within `snap_m`; parents never move.

    Only corners on edges that no neighbour answers bit for bit are looked at, so an area whose borders all agree keeps
    every bit. A corner goes to a parent's, else to the one that most areas have, else to the first from west to east;
    never to a corner its own area has too. Then each corner that lies within `snap_m` of another area's edge becomes
    a corner of that edge. What would leave an area without ground is not done. Distances are never underestimated.

    Examples
    --------
    Two squares four centimetres apart meet in the corners of the western one:

    >>> pair = np.array([shapely.box(0, 0, 10, 10), shapely.box(10.04, 0, 20, 10)])
    >>> found = snap_corners(pair, None, snap_m=0.05, crs="EPSG:4549")
    >>> found.rows.tolist(), float(shapely.intersection(*found.shapes).length)
    ([1], 10.0)
    >>> snap_corners(pair, None, snap_m=0.03, crs="EPSG:4549").rows.tolist()
    []
    """
    if not len(shapes) or snap_m <= 0:
        return Snapped(shapes, np.zeros(0, dtype=np.int64))
    scale = metres_per_unit(np.concatenate([shapes, parents]) if parents is not None else shapes, crs)
    moved = _move(shapes, _near_corners(shapes, parents, snap_m, scale), {})
    moved = _move(moved, {}, _near_edges(moved, parents, snap_m, scale))
    rows = np.flatnonzero([one is not other for one, other in zip(shapes, moved, strict=True)])
    return Snapped(moved, rows)


def metres_per_unit(shapes: np.ndarray, crs: object) -> np.ndarray:
    """
    Return the metres of one unit of x and of y, as many as they can be anywhere in the shapes.

    Examples
    --------
    >>> metres_per_unit(np.array([shapely.box(0, 60, 1, 61)]), "EPSG:4326").round().tolist()
    [55850.0, 111700.0]
    >>> metres_per_unit(np.array([shapely.box(0, 60, 1, 61)]), "EPSG:4549").tolist()
    [1.0, 1.0]
    """
    known = CRS.from_user_input(crs)
    if not known.is_geographic:
        unit = float(known.axis_info[0].unit_conversion_factor) if known.axis_info else 1.0
        return np.array([unit, unit])
    _, south, _, north = shapely.total_bounds(shapes)
    lowest = 0.0 if south < 0 < north else min(abs(south), abs(north))
    return np.array([np.cos(np.radians(lowest)), 1.0]) * LONGEST_DEGREE_M


Point = tuple[float, float]


def _loose_corners(shapes: np.ndarray, parents: np.ndarray | None) -> dict[Point, set[int]]:
    """Return each corner on an edge that no other area answers, with all areas that have it (-1, -2, … parents)."""
    edges = build_edges(shapes)
    loose = set(map(tuple, edges.ends[~is_shared(edges)].reshape(-1, 2).tolist()))
    owners: dict[Point, set[int]] = {one: set() for one in loose}
    corners, owner = shapely.get_coordinates(shapes, return_index=True)
    for corner, row in zip(map(tuple, (corners + 0.0).tolist()), owner.tolist(), strict=True):
        if corner in owners:
            owners[corner].add(row)
    if parents is not None:
        corners, owner = shapely.get_coordinates(parents, return_index=True)
        for corner, row in zip(map(tuple, (corners + 0.0).tolist()), owner.tolist(), strict=True):
            owners.setdefault(corner, set()).add(-1 - row)
    return owners


def _near_corners(
    shapes: np.ndarray, parents: np.ndarray | None, snap_m: float, scale: np.ndarray
) -> dict[int, dict[Point, Point]]:
    """Return for each area where its corners go."""
    owners = _loose_corners(shapes, parents)
    points = sorted(owners, key=lambda one: (min(owners[one]) >= 0, -len(owners[one]), one))
    if len(points) < 2:
        return {}
    pairs = cKDTree(np.array(points) * scale).query_pairs(snap_m, output_type="ndarray")
    near: dict[int, list[int]] = defaultdict(list)
    for one, other in pairs.tolist():
        near[min(one, other)].append(max(one, other))
    gone: set[int] = set()
    goes: dict[int, dict[Point, Point]] = defaultdict(dict)
    for centre in sorted(near):
        if centre in gone:
            continue
        held = set(owners[points[centre]])
        for other in sorted(near[centre]):
            mine = owners[points[other]]
            if other in gone or min(mine) < 0 or held & mine:
                continue
            gone.add(other)
            held |= mine
            for row in mine:
                goes[row][points[other]] = points[centre]
        if len(held) > len(owners[points[centre]]):
            gone.add(centre)
    return goes


def _near_edges(
    shapes: np.ndarray, parents: np.ndarray | None, snap_m: float, scale: np.ndarray
) -> dict[int, dict[tuple[Point, Point], list[Point]]]:
    """Return for each area the corners of others that its edges have to pass through, in the order of the edge."""
    edges = build_edges(shapes)
    at = np.flatnonzero(~is_shared(edges))
    owners = _loose_corners(shapes, parents)
    if not len(at) or not owners:
        return {}
    points = np.array(sorted(owners))
    ends, owner = edges.ends[at], edges.owner[at].tolist()
    lines = shapely.linestrings((ends.reshape(-1, 2, 2) * scale).tolist())
    point, line = shapely.STRtree(lines).query(shapely.points(points * scale), predicate="dwithin", distance=snap_m)
    found: dict[int, dict[tuple[Point, Point], list[Point]]] = defaultdict(lambda: defaultdict(list))
    for one, other in sorted(zip(point.tolist(), line.tolist(), strict=True)):
        corner, row = (float(points[one, 0]), float(points[one, 1])), owner[other]
        start, end = ends[other, :2], ends[other, 2:]
        along = (end - start) * scale
        share = float(np.dot((points[one] - start) * scale, along) / np.dot(along, along))
        if row not in owners[corner] and 0 < share < 1:
            found[row][tuple(start.tolist()), tuple(end.tolist())].append(corner)
    for edges_of in found.values():
        for (first, last), corners in edges_of.items():
            way = (np.array(last) - np.array(first)) * scale**2
            edges_of[first, last] = [corners[n] for n in np.argsort(np.array(corners) @ way, kind="stable")]
    return found


def _move(
    shapes: np.ndarray,
    goes: dict[int, dict[Point, Point]],
    through: dict[int, dict[tuple[Point, Point], list[Point]]],
) -> np.ndarray:
    """Return the shapes with corners moved and edges led through others; one left without ground stays as it was."""
    out = shapes.copy()
    for row in sorted({*goes, *through}):
        parts = []
        for part in shapely.get_parts(shapely.orient_polygons(shapes[row])):
            rings = [_ring(one, goes.get(row, {}), through.get(row, {})) for one in shapely.get_rings(part)]
            if len(rings[0]) >= 4:
                parts.append(shapely.Polygon(rings[0], [one for one in rings[1:] if len(one) >= 4]))
        whole: shapely.Geometry = shapely.MultiPolygon(parts) if len(parts) != 1 else parts[0]
        whole = whole if shapely.is_valid(whole) else only_polygons(shapely.make_valid(whole))
        if not shapely.is_empty(whole):
            out[row] = whole
    return out


def _ring(
    ring: shapely.Geometry, goes: dict[Point, Point], through: dict[tuple[Point, Point], list[Point]]
) -> list[Point]:
    corners = [(float(x), float(y)) for x, y in (shapely.get_coordinates(ring) + 0.0).tolist()]
    path: list[Point] = []
    for start, end in pairwise(corners):
        path += [goes.get(start, start), *through.get((start, end), ())]
    path = [one for at, one in enumerate(path) if one != path[at - 1]]
    return [*path, path[0]] if len(path) > 2 else []
