"""Polygons and lines out of one vertex table, so that shared borders are the same bit for bit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from data.demo.terrain.fields import to_degrees
from data.demo.terrain.plane import Plane, trace_rings

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class VertexTable:
    """Every vertex of the county once, in degrees: the graph's own first, then the points that bend its edges."""

    plane: Plane
    lon_lat: Array
    bend_start: Ints

    @staticmethod
    def build(plane: Plane, bends: Array, bend_start: Ints) -> VertexTable:
        """Convert all vertices to degrees in one go."""
        return VertexTable(plane, to_degrees(np.vstack([plane.vertices, bends])), bend_start)

    def walk(self, half_edges: Ints) -> tuple[Ints, Ints]:
        """Return the vertices along half-edges (each half-edge's last one left to the next) and whose they are."""
        edge, back = half_edges // 2, half_edges % 2 == 1
        count = self.bend_start[edge + 1] - self.bend_start[edge] + 1
        owner = np.repeat(np.arange(len(half_edges)), count)
        place = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
        base = len(self.plane.vertices)
        forward = base + self.bend_start[edge[owner]] + place - 1
        backward = base + self.bend_start[edge[owner] + 1] - place
        vertex = np.where(place == 0, self.plane.origin[half_edges[owner]], np.where(back[owner], backward, forward))
        return vertex, owner

    def polygons(self, group: Ints) -> NDArray[np.object_]:
        """Return one polygon for each group of faces, holes included. `group` has one number per face, from 0."""
        half_edges, ring = trace_rings(self.plane, group)
        vertex, owner = self.walk(half_edges)
        ring_of_vertex = ring[owner]
        first = np.searchsorted(ring_of_vertex, np.arange(ring.max() + 1))
        last = np.append(first[1:], len(vertex))
        closed = np.insert(vertex, last, vertex[first])
        closed_ring = np.insert(ring_of_vertex, last, np.arange(len(first)))
        rings = np.asarray(shapely.linearrings(self.lon_lat[closed], indices=closed_ring))
        owner_group = group[self.plane.face[half_edges[np.searchsorted(ring, np.arange(ring.max() + 1))]]]
        is_hole = ~shapely.is_ccw(rings)
        order = np.lexsort((is_hole, owner_group))
        if len(np.unique(owner_group[~is_hole])) != (~is_hole).sum():
            raise ValueError("an area is in more than one piece")
        return np.asarray(shapely.polygons(rings[order], indices=owner_group[order]))

    def line(self, half_edges: Ints) -> shapely.LineString:
        """Return the line along consecutive half-edges."""
        vertex, _ = self.walk(half_edges)
        end = self.plane.origin[half_edges[-1] ^ 1]
        return shapely.LineString(self.lon_lat[np.append(vertex, end)])
