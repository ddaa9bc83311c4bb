"""Edges of areas, and which of them are shared exactly: the same two ends, the ground on either side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

MIX = tuple(np.uint64(one) for one in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93))


@dataclass(frozen=True, eq=False)
class Edges:
    """Edges with the ground of their `owner` on the left: `ends` (n, 4) holds x, y of start and end; `ring` numbers."""

    ends: np.ndarray
    owner: np.ndarray
    ring: np.ndarray

    def __len__(self) -> int:
        return len(self.ends)

    def turned(self) -> Edges:
        """Return the same edges walked the other way."""
        return Edges(self.ends[:, [2, 3, 0, 1]], self.owner, self.ring)

    def then(self, other: Edges) -> Edges:
        """Return these edges and others; rings of the others are numbered on."""
        after = int(self.ring.max(initial=-1)) + 1
        ring = np.concatenate([self.ring, other.ring + after])
        return Edges(np.concatenate([self.ends, other.ends]), np.concatenate([self.owner, other.owner]), ring)


def build_edges(shapes: np.ndarray) -> Edges:
    """
    Return the edges of valid polygons, the ground on the left; repeated points make no edge.

    Examples
    --------
    >>> edges = build_edges(np.array([shapely.box(0, 0, 1, 1)]))
    >>> edges.ends.tolist()[0], len(edges)
    ([1.0, 0.0, 1.0, 1.0], 4)
    """
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(shapely.orient_polygons(parts), return_index=True)
    corner, ring = shapely.get_coordinates(rings, return_index=True)
    first = np.flatnonzero((ring[:-1] == ring[1:]) & (corner[:-1] != corner[1:]).any(axis=1))
    ends = np.concatenate([corner[first], corner[first + 1]], axis=1) + 0.0
    return Edges(ends, owner[part[ring[first]]].astype(np.int32), ring[first].astype(np.int32))


def is_shared(edges: Edges, group: np.ndarray | None = None) -> np.ndarray:
    """
    Return True for edges that exactly one other edge of the same group answers: equal ends, walked the other way.

    Such edges cancel: the number of areas that cover the ground is the same on both sides of them. `group` keeps
    edges apart that may not answer each other. Bits decide, so a border a nanometre off is not shared.

    Examples
    --------
    >>> pair = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> int(is_shared(build_edges(pair)).sum())
    2
    """
    ends, count = edges.ends, len(edges)
    shared = np.zeros(count, dtype=bool)
    if count < 2:
        return shared
    turned = (ends[:, 0] > ends[:, 2]) | ((ends[:, 0] == ends[:, 2]) & (ends[:, 1] > ends[:, 3]))
    flat = np.where(turned[:, None], ends[:, [2, 3, 0, 1]], ends)
    key = _hash(flat, group)
    order = np.argsort(key, kind="stable")
    key = key[order]
    starts = np.flatnonzero(np.append(True, key[1:] != key[:-1]))
    length = np.diff(np.append(starts, count))
    one = starts[length == 2]
    left, right = order[one], order[one + 1]
    answers = (flat[left] == flat[right]).all(axis=1) & (turned[left] != turned[right])
    if group is not None:
        answers &= group[left] == group[right]
    shared[left[answers]] = shared[right[answers]] = True
    return shared


def _hash(flat: np.ndarray, group: np.ndarray | None) -> np.ndarray:
    bits = np.ascontiguousarray(flat).view(np.uint64)
    key = np.zeros(len(flat), dtype=np.uint64) if group is None else group.astype(np.uint64) * MIX[2]
    for column in range(4):
        key ^= bits[:, column] * MIX[column]
        key ^= key >> np.uint64(29)
        key *= MIX[(column + 1) % 4]
        key ^= key >> np.uint64(32)
    return key


def faces_between(edges: Edges, chosen: np.ndarray) -> np.ndarray:
    """
    Return the polygons that the chosen edges enclose, cut where edges cross; an array of Polygons, maybe empty.

    Examples
    --------
    >>> pair = build_edges(np.array([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)]))
    >>> [float(face.area) for face in faces_between(pair, np.ones(8, dtype=bool))]
    [1.0, 1.0, 1.0]
    """
    at = np.flatnonzero(chosen)
    if not len(at):
        return np.empty(0, dtype=object)
    ends, ring = edges.ends[at], edges.ring[at]
    goes_on = (ring[1:] == ring[:-1]) & (ends[1:, :2] == ends[:-1, 2:]).all(axis=1)
    is_first = np.append(True, ~goes_on)
    line = np.cumsum(is_first) - 1
    last = np.flatnonzero(np.append(is_first[1:], True))
    points = np.concatenate([ends[:, :2], ends[last, 2:]])
    number = np.concatenate([line, line[last]])
    order = np.argsort(number, kind="stable")
    lines = shapely.linestrings(points[order], indices=number[order])
    noded = shapely.get_parts(shapely.union_all(lines))
    return np.asarray(shapely.get_parts(shapely.polygonize(noded)), dtype=object)
