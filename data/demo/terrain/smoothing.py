"""Smooth chosen lines of the planar graph without ever turning a face inside out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from data.demo.terrain.plane import Plane

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

# a triangle between an edge and a face's centre keeps at least this share of its area, an edge of its length
KEPT_SHARE = 0.3


def chain_triples(chains: Iterable[Ints]) -> Ints:
    """Return (vertex, one before, one after) for the inner vertices of chains; a vertex goes to its first chain."""
    found = [np.column_stack([chain[1:-1], chain[:-2], chain[2:]]) for chain in chains if len(chain) > 2]
    triples = np.concatenate(found)
    return triples[np.sort(np.unique(triples[:, 0], return_index=True)[1])]


def border_triples(plane: Plane, group: Ints) -> Ints:
    """Return (vertex, one before, one after) where a border between two groups of faces passes straight through."""
    label = np.append(group, -1)[plane.sides]
    edges = plane.edges[label[:, 0] != label[:, 1]]
    here, there = edges.reshape(-1), edges[:, ::-1].reshape(-1)
    order = np.argsort(here, kind="stable")
    here, there = here[order], there[order]
    count = np.bincount(here, minlength=len(plane.vertices))
    first = np.searchsorted(here, np.flatnonzero(count == 2))
    return np.column_stack([here[first], there[first], there[first + 1]])


def smooth_vertices(plane: Plane, triples: Ints, *, rounds: int) -> Plane:
    """
    Move vertices towards the middle of the two beside them on their line.

    Every face stays star-shaped about its centre: a triangle between an edge and the centre that would keep less
    than `KEPT_SHARE` of its area holds its two vertices back. A face that is not star-shaped to begin with, at a
    corner of the outline, does not move at all. With the outline in place this keeps the graph planar.

    Parameters
    ----------
    plane
        The graph of cells.
    triples
        (vertex, one before, one after), each vertex at most once. Shape (n, 3).
    rounds
        How often; each round takes 0.6 of the way.
    """
    frozen = np.zeros(len(plane.vertices), dtype=bool)
    frozen[plane.edges[(plane.sides < 0).any(axis=1)]] = True
    least_area, least_length = _triangles(plane, plane.vertices), plane.lengths
    crooked = np.append(np.bincount(plane.face[least_area <= 0], minlength=len(plane.face_area)) > 0, False)
    frozen[plane.origin[crooked[plane.face]]] = True
    triples = triples[~frozen[triples[:, 0]]]
    vertices = plane.vertices
    for _ in range(rounds):
        moved = vertices.copy()
        middle = (vertices[triples[:, 1]] + vertices[triples[:, 2]]) / 2
        moved[triples[:, 0]] += 0.6 * (middle - moved[triples[:, 0]])
        vertices = _hold_back(plane, vertices, moved, KEPT_SHARE * least_area, KEPT_SHARE * least_length)
    here = vertices[plane.origin]
    there = here[plane.following]
    cross = (here[:, 0] * there[:, 1] - there[:, 0] * here[:, 1])[plane.face >= 0]
    area = np.bincount(plane.face[plane.face >= 0], cross, len(plane.face_area)) / 2
    return replace(plane, vertices=vertices, face_area=area.astype(np.float64))


def _triangles(plane: Plane, vertices: Array) -> Array:
    """Twice the area between each half-edge and the centre of the face on its left; infinite outside."""
    centre = np.vstack([plane.face_centre, [0, 0]])[plane.face]
    start, end = (vertices[plane.edges] - centre.reshape(-1, 2, 1, 2).transpose(1, 0, 2, 3)).transpose(2, 1, 0, 3)
    cross = start[..., 0] * end[..., 1] - start[..., 1] * end[..., 0]
    cross[:, 1] *= -1
    return np.where(plane.face >= 0, cross.reshape(-1), np.inf)


def _hold_back(plane: Plane, before: Array, moved: Array, least_area: Array, least_length: Array) -> Array:
    while True:
        bad = (_triangles(plane, moved) < least_area).reshape(-1, 2).any(axis=1)
        bad |= np.hypot(*(moved[plane.edges[:, 1]] - moved[plane.edges[:, 0]]).T) < least_length
        held = np.unique(plane.edges[bad])
        held = held[(moved[held] != before[held]).any(axis=1)]
        if not len(held):
            return moved
        moved[held] = before[held]
