"""Bridges and underpasses: wherever a grid lies on both sides of a river or motorway, one gets across."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from data.demo.terrain.paths import Path
from data.demo.terrain.polygons import VertexTable

Ints = NDArray[np.int64]
CROSSED = {"river": "桥", "motorway": "通道"}
HALF_M = 9.0
METRES_PER_DEGREE = 111_320.0


def build_bridges(
    vertices: VertexTable, paths: list[Path], grid: Ints, footprint: Ints
) -> list[tuple[str, shapely.LineString]]:
    """
    Return name and line of each bridge: as few as join the parts of every micro-grid and grid that barriers part.

    Barriers are rivers and motorways. `grid` and `footprint` number the area of each face. A bridge crosses the middle
    of the longest edge between two parts, at a right angle.
    """
    plane = vertices.plane
    barrier = np.full(len(plane.edges), -1)
    for number, path in enumerate(paths):
        if path.kind in CROSSED:
            barrier[path.half_edges // 2] = number
    is_open = barrier < 0
    chosen: list[int] = []
    for area in (footprint, grid):
        found = _joining(plane.sides, plane.lengths, area, is_open)
        is_open[found] = True
        chosen += found
    names = [paths[int(barrier[edge])] for edge in chosen]
    lines = [_across(vertices.line(np.array([2 * edge]))) for edge in chosen]
    return [(path.name + CROSSED[path.kind], line) for path, line in zip(names, lines, strict=True)]


def _joining(sides: Ints, lengths: NDArray[np.float64], area: Ints, is_open: NDArray[np.bool_]) -> list[int]:
    """Return closed edges, long ones first, that join the parts of each area, no more than needed."""
    rows = np.flatnonzero((sides >= 0).all(axis=1))
    rows = rows[area[sides[rows, 0]] == area[sides[rows, 1]]]
    passed, closed = rows[is_open[rows]], rows[~is_open[rows]]
    links = csr_array((np.ones(len(passed)), tuple(sides[passed].T)), shape=(len(area), len(area)))
    part = connected_components(links, directed=False)[1]
    joined = np.arange(int(part.max()) + 1)
    found = []
    for edge in closed[np.lexsort((closed, -lengths[closed]))].tolist():
        one, other = (_root(joined, int(part[face])) for face in sides[edge])
        if one != other:
            joined[other] = one
            found.append(edge)
    return found


def _root(joined: NDArray[np.int64], part: int) -> int:
    while joined[part] != part:
        part = int(joined[part])
    return part


def _across(line: shapely.LineString) -> shapely.LineString:
    """A short line at a right angle over the middle of an edge."""
    middle, behind, ahead = (line.interpolate(share, normalized=True) for share in (0.5, 0.45, 0.55))
    wide = np.cos(np.radians(middle.y))
    step = np.array([(ahead.x - behind.x) * wide, ahead.y - behind.y])
    turn = np.array([-step[1] / wide, step[0]]) / np.hypot(*step) * HALF_M / METRES_PER_DEGREE
    at = np.array([middle.x, middle.y])
    return shapely.LineString(np.round(np.array([at - turn, at + turn]), 7))
