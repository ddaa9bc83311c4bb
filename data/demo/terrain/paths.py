"""Turn the network's curves into paths along the edges of the cells."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from data.demo.terrain.fields import Terrain
from data.demo.terrain.network import BARRIERS, Curve
from data.demo.terrain.plane import Plane

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Path:
    """One river or road: the half-edges it runs along, in order."""

    kind: str
    name: str
    half_edges: Ints


def lay_paths(terrain: Terrain, plane: Plane, curves: list[Curve]) -> list[Path]:
    """Follow each curve along edges; a curve no edge path follows is left out."""
    tree = cKDTree(plane.vertices)
    beside = _edges_at_vertices(plane)
    laid = []
    for curve in sorted(curves, key=lambda one: BARRIERS[one.kind][0]):
        half_edges = _follow(plane, tree, beside, curve, float(np.median(terrain.spacing_m(curve.points))))
        if len(half_edges) >= 3:
            laid.append(Path(curve.kind, curve.name, half_edges))
    return laid


def _edges_at_vertices(plane: Plane) -> csr_array:
    """Vertex by vertex, the half-edge between them plus one."""
    pairs = plane.edges
    value = np.arange(2 * len(pairs)) + 1
    rows, columns = pairs.reshape(-1), pairs[:, ::-1].reshape(-1)
    return csr_array((value, (rows, columns)), shape=(len(plane.vertices),) * 2)


def _follow(plane: Plane, tree: cKDTree, beside: csr_array, curve: Curve, spacing: float) -> Ints:
    near = tree.query_ball_point(curve.points, 1.3 * spacing)
    corridor = np.unique(np.concatenate([np.array(one, dtype=np.int64) for one in near]))
    if len(corridor) < 4:
        return np.zeros(0, dtype=np.int64)
    graph = beside[corridor][:, corridor].tocoo()
    edge = (graph.data - 1) // 2
    middle = plane.vertices[plane.edges[edge]].mean(axis=1)
    away = shapely.distance(shapely.LineString(curve.points), shapely.points(middle)) / spacing
    cost = csr_array((plane.lengths[edge] * (0.15 + 9 * away**2), (graph.row, graph.col)), shape=graph.shape)
    ends = cKDTree(plane.vertices[corridor]).query(curve.points[[0, -1]])[1]
    far, before = dijkstra(cost, indices=int(ends[0]), return_predecessors=True)
    if not np.isfinite(far[ends[1]]):
        return np.zeros(0, dtype=np.int64)
    walk = [int(ends[1])]
    while walk[-1] != ends[0]:
        walk.append(int(before[walk[-1]]))
    nodes = corridor[np.array(walk[::-1])]
    return np.array([beside[a, b] - 1 for a, b in pairwise(nodes.tolist())], dtype=np.int64)


def barriers(plane: Plane, paths: list[Path]) -> NDArray[np.float64]:
    """Return for each edge the detour (m) a border makes rather than leave it."""
    detour = np.zeros(len(plane.edges))
    for path in paths:
        edge = path.half_edges // 2
        detour[edge] = np.maximum(detour[edge], BARRIERS[path.kind][1])
    return detour
