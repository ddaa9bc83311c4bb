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


def build_bridges(vertices: VertexTable, paths: list[Path], grid: Ints) -> list[tuple[str, shapely.LineString]]:
    """
    Return name and line of each bridge: as few as join the parts of every grid that rivers and motorways part.

    `grid` numbers the area of each face. A bridge crosses the middle of the longest edge between two parts, at a right
    angle.
    """
    plane = vertices.plane
    barrier = np.full(len(plane.edges), -1)
    for number, path in enumerate(paths):
        if path.kind in CROSSED:
            barrier[path.half_edges // 2] = number
    sides = plane.sides
    inner = (sides >= 0).all(axis=1)
    inner[inner] = grid[sides[inner, 0]] == grid[sides[inner, 1]]
    open_ones, closed = np.flatnonzero(inner & (barrier < 0)), np.flatnonzero(inner & (barrier >= 0))
    links = csr_array((np.ones(len(open_ones)), tuple(sides[open_ones].T)), shape=(len(grid), len(grid)))
    part = connected_components(links, directed=False)[1]
    joined = np.arange(int(part.max()) + 1)
    bridges = []
    for edge in closed[np.lexsort((closed, -plane.lengths[closed]))].tolist():
        one, other = (_root(joined, int(part[end])) for end in sides[edge])
        if one != other:
            joined[other] = one
            path = paths[int(barrier[edge])]
            bridges.append((path.name + CROSSED[path.kind], _across(vertices.line(np.array([2 * edge])))))
    return bridges


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
