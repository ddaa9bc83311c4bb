"""Turn the network's curves into paths along the edges of the cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
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
    ways = _Ways(plane)
    middles = np.array([curve.points[len(curve.points) // 2] for curve in curves])
    spacing = terrain.spacing_m(middles)
    laid = []
    for number in sorted(range(len(curves)), key=lambda one: BARRIERS[curves[one].kind][0]):
        curve = curves[number]
        half_edges = ways.follow(curve, float(spacing[number]))
        if len(half_edges) >= 3:
            laid.append(Path(curve.kind, curve.name, half_edges))
    return laid


class _Ways:
    """The edges by their vertices, ready to be followed."""

    def __init__(self, plane: Plane) -> None:
        self.plane, self.tree = plane, cKDTree(plane.vertices)
        here, there = plane.edges.reshape(-1), plane.edges[:, ::-1].reshape(-1)
        self.key = here * len(plane.vertices) + there
        self.order = np.argsort(self.key)
        self.middle = plane.vertices[plane.edges].mean(axis=1)
        value = np.arange(len(here)) + 1
        self.graph = csr_array((value, (here, there)), shape=(len(plane.vertices),) * 2)

    def follow(self, curve: Curve, spacing: float) -> Ints:
        """Return the half-edges of the way that keeps closest to the curve; none if its ends are not joined."""
        near = self.tree.query_ball_point(curve.points, 1.3 * spacing)
        corridor = np.unique(np.concatenate([np.array(one, dtype=np.int64) for one in near]))
        if len(corridor) < 4:
            return np.zeros(0, dtype=np.int64)
        graph = self.graph[corridor][:, corridor].tocoo()
        edge = (graph.data - 1) // 2
        away = cKDTree(_dense(curve.points)).query(self.middle[edge])[0] / spacing
        cost = csr_array((self.plane.lengths[edge] * (0.15 + 9 * away**2), (graph.row, graph.col)), shape=graph.shape)
        first, last = cKDTree(self.plane.vertices[corridor]).query(curve.points[[0, -1]])[1].tolist()
        far, before = dijkstra(cost, indices=first, return_predecessors=True)
        if not np.isfinite(far[last]):
            return np.zeros(0, dtype=np.int64)
        walk = [last]
        while walk[-1] != first:
            walk.append(int(before[walk[-1]]))
        nodes = corridor[np.array(walk[::-1])]
        wanted = nodes[:-1] * len(self.plane.vertices) + nodes[1:]
        return np.asarray(self.order[np.searchsorted(self.key, wanted, sorter=self.order)])


def _dense(points: NDArray[np.float64]) -> NDArray[np.float64]:
    share = np.linspace(0, 1, 6, endpoint=False)[:, None]
    return np.concatenate([points[:-1] + one * (points[1:] - points[:-1]) for one in share] + [points[-1:]])


def barriers(plane: Plane, paths: list[Path]) -> NDArray[np.float64]:
    """Return for each edge the detour (m) a border makes rather than leave it."""
    detour = np.zeros(len(plane.edges))
    for path in paths:
        edge = path.half_edges // 2
        detour[edge] = np.maximum(detour[edge], BARRIERS[path.kind][1])
    return detour
