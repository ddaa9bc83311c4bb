"""The planar graph of the county's cells: half-edges, faces, edge shapes, rings of any grouping of faces."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Plane:
    """
    A planar graph. Half-edge 2e runs along edge e, half-edge 2e + 1 against it; each has a face on its left.

    `face` is -1 outside the county; `following[h]` is the next half-edge around the same face.
    """

    vertices: Array
    edges: Ints
    following: Ints
    face: Ints
    face_area: Array
    face_centre: Array

    @property
    def origin(self) -> Ints:
        """The vertex each half-edge starts from."""
        return self.edges.reshape(-1)

    @property
    def sides(self) -> Ints:
        """Faces left and right of each edge, shape (edges, 2)."""
        return self.face.reshape(-1, 2)

    @cached_property
    def lengths(self) -> Array:
        """Length of each edge."""
        return np.hypot(*(self.vertices[self.edges[:, 1]] - self.vertices[self.edges[:, 0]]).T)


def build_plane(vertices: Array, edges: Ints, *, fixed: int, least_m: float = 4.0) -> Plane:
    """Find the faces of a planar graph. The first `fixed` vertices never move; shorter edges are stretched."""
    degree = np.bincount(edges.reshape(-1), minlength=len(vertices))
    vertices = _stretch(vertices, edges, np.arange(len(vertices)) < fixed, least_m)
    following = _following(vertices, edges)
    if (degree < 2).any():
        raise ValueError(f"{(degree < 2).sum()} loose ends in the graph of cells")
    count, face = connected_components(
        csr_array((np.ones(len(following)), (np.arange(len(following)), following))), directed=True, connection="weak"
    )
    area, centre = _areas(vertices[edges.reshape(-1)], following, face, count)
    number = np.full(count, -1)
    number[area > 0] = np.arange((area > 0).sum())
    if (area <= 0).sum() != 1:
        raise ValueError(f"{(area <= 0).sum()} outer faces in the graph of cells, expected 1")
    return Plane(vertices, edges, following, number[face], area[area > 0], centre[area > 0])


def _stretch(vertices: Array, edges: Ints, fixed: NDArray[np.bool_], least_m: float) -> Array:
    vertices = vertices.copy()
    for _ in range(4):
        run = vertices[edges[:, 1]] - vertices[edges[:, 0]]
        length = np.hypot(*run.T)
        short = np.flatnonzero(length < least_m)
        unit = run[short] / np.maximum(length[short], 1e-9)[:, None]
        free = (~fixed[edges[short]]).astype(float)
        push = (least_m * 1.05 - length[short])[:, None] * free / np.maximum(free.sum(axis=1, keepdims=True), 1)
        np.add.at(vertices, edges[short, 0], -unit * push[:, :1])
        np.add.at(vertices, edges[short, 1], unit * push[:, 1:])
    return vertices


def _following(vertices: Array, edges: Ints) -> Ints:
    origin, target = edges.reshape(-1), edges[:, ::-1].reshape(-1)
    run = vertices[target] - vertices[origin]
    order = np.lexsort((np.arctan2(run[:, 1], run[:, 0]), origin))
    first = np.searchsorted(origin[order], origin[order], side="left")
    last = np.searchsorted(origin[order], origin[order], side="right") - 1
    place = np.arange(len(order))
    clockwise = np.empty(len(order), dtype=np.int64)
    clockwise[order] = order[np.where(place == first, last, place - 1)]
    return clockwise[np.arange(len(order)) ^ 1]


def _areas(start: Array, following: Ints, face: NDArray[np.int32], count: int) -> tuple[Array, Array]:
    base = start.mean(axis=0)
    here, there = start - base, start[following] - base
    cross = here[:, 0] * there[:, 1] - there[:, 0] * here[:, 1]
    area = np.bincount(face, cross, count) / 2
    moment = np.column_stack([np.bincount(face, (here[:, i] + there[:, i]) * cross, count) for i in (0, 1)])
    return area, moment / (6 * np.where(area == 0, 1, area))[:, None] + base


def bend_edges(plane: Plane, roughness: Array, rng: np.random.Generator) -> tuple[Array, Ints]:
    """
    Give each edge its shape once, for both sides: points between its ends.

    A point stays inside the two triangles between the edge and the centres of the faces beside it; those
    triangles share nothing with any other edge's, so no two shapes can cross. Edges on the outline, and beside a
    face that is not star-shaped about its centre, stay straight.

    Parameters
    ----------
    plane
        The graph of cells.
    roughness
        How far the middle may move, as a share of the edge's length. Shape (edges,).

    Returns
    -------
    points, start
        Points of all edges in order, and where each edge's points start (edges + 1 numbers).
    """
    count = np.select([(roughness <= 0) | (plane.lengths < 45), plane.lengths < 190], [0, 1], 3)
    count[~_is_between_stars(plane)] = 0
    start = np.concatenate([[0], np.cumsum(count)])
    edge = np.repeat(np.arange(len(count)), count)
    along = (np.arange(len(edge)) - start[edge] + 1) / (count[edge] + 1)
    middle = rng.normal(0, 0.55, len(count))
    rough = rng.normal(0, 0.35, len(edge))
    rise = (middle[edge] * 4 * along * (1 - along) + rough * (count[edge] > 1)) * roughness[edge] * plane.lengths[edge]
    left, right = _room(plane, edge, along, 0), _room(plane, edge, along, 1)
    rise = np.clip(rise, -0.6 * right, 0.6 * left)
    ends = plane.vertices[plane.edges[edge]]
    run = ends[:, 1] - ends[:, 0]
    normal = np.column_stack([-run[:, 1], run[:, 0]]) / plane.lengths[edge][:, None]
    return ends[:, 0] + along[:, None] * run + rise[:, None] * normal, start


def _room(plane: Plane, edge: Ints, along: Array, side: int) -> Array:
    """How far a point at `along` may move towards the face on one side before it leaves the triangle."""
    start, end = plane.vertices[plane.edges[edge]].transpose(1, 0, 2)
    run, apex = end - start, plane.face_centre[plane.sides[edge, side]] - start
    square = (run**2).sum(axis=1)
    height = np.abs(run[:, 0] * apex[:, 1] - run[:, 1] * apex[:, 0]) / np.sqrt(square)
    foot = (run * apex).sum(axis=1) / square
    return height * np.minimum(along / np.maximum(foot, 1e-9), (1 - along) / np.maximum(1 - foot, 1e-9)).clip(0, 1)


def _is_between_stars(plane: Plane) -> NDArray[np.bool_]:
    """Whether both faces beside an edge are star-shaped about their centres."""
    inside = plane.face >= 0
    here = plane.vertices[plane.origin] - np.vstack([plane.face_centre, [0, 0]])[plane.face]
    there = plane.vertices[plane.origin[plane.following]] - np.vstack([plane.face_centre, [0, 0]])[plane.face]
    turned = here[:, 0] * there[:, 1] - here[:, 1] * there[:, 0] <= 0
    star = np.bincount(plane.face[inside & turned], minlength=len(plane.face_area)) == 0
    return np.asarray(np.append(star, False)[plane.sides].all(axis=1))


def trace_rings(plane: Plane, group: Ints) -> tuple[Ints, Ints]:
    """
    Walk around every group of faces.

    Parameters
    ----------
    plane
        The graph of cells.
    group
        Group of each face; the outside is -1 by itself.

    Returns
    -------
    half_edges, ring
        Half-edges in walking order and the ring each belongs to; a ring's group is the group on its left.
    """
    label = np.append(group, -1)[plane.face]
    border = (label != label[np.arange(len(label)) ^ 1]) & (label >= 0)
    onward = plane.following.copy()
    while True:
        inner = ~border[onward]
        inner[~border] = False
        if not inner.any():
            break
        onward[inner] = plane.following[onward[inner] ^ 1]
    return _walk(np.flatnonzero(border), onward)


def _walk(border: Ints, onward: Ints) -> tuple[Ints, Ints]:
    order, rings = [], []
    step, seen = onward.tolist(), np.zeros(len(onward), dtype=bool).tolist()
    ring = 0
    for first in border.tolist():
        if seen[first]:
            continue
        here = first
        while not seen[here]:
            seen[here] = True
            order.append(here)
            rings.append(ring)
            here = step[here]
        ring += 1
    return np.array(order, dtype=np.int64), np.array(rings, dtype=np.int64)
