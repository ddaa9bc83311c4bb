"""Borders between polygons: which units share a stretch, and how many metres of it."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.planning.graph import Graph, build_graph


def border_graph(shapes: NDArray[np.object_]) -> Graph:
    """
    Build the graph of polygons that share a stretch of border (rook); meeting at a corner is not enough.

    Units stacked on one footprint are neighbours along its whole outline, and beside whatever the footprint is beside.
    Borders need not have the same vertices on both sides, but must lie exactly on each other.

    Parameters
    ----------
    shapes
        Polygons in a metric CRS. Shape (n_units,); a missing or empty one has no neighbour.

    Notes
    -----
    Source: definition. Edges with equal ends are matched by sorting; pairs that touch otherwise are intersected.

    Examples
    --------
    A and B share a border of 1 m, C meets both at a corner only:

    >>> graph = border_graph(np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), shapely.box(2, 1, 3, 2)]))
    >>> graph.other.tolist(), graph.border_m.tolist()
    ([1, 0], [1.0, 1.0])
    """
    kept = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    found = shapely.STRtree(shapes[kept]).query(shapes[kept], predicate="intersects")
    near = kept[found[:, found[0] < found[1]]]
    key = near[0] * len(shapes) + near[1]
    keys, length = _equal_edges(shapes)
    border = np.zeros(len(key))
    place = np.searchsorted(keys, key)
    known = place < len(keys)
    known[known] = keys[place[known]] == key[known]
    border[known] = length[place[known]]
    rest = np.flatnonzero(~known)
    edges = shapely.boundary(shapes)
    border[rest] = shapely.length(shapely.intersection(edges[near[0][rest]], edges[near[1][rest]]))
    is_beside = border > 0
    return build_graph(len(shapes), near.T[is_beside], border[is_beside])


def shared_borders(shapes: NDArray[np.object_], pairs: NDArray[np.int64]) -> NDArray[np.object_]:
    """
    Return the common border of each pair of polygons as lines.

    Examples
    --------
    >>> squares = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> float(shared_borders(squares, np.array([[0, 1]]))[0].length)
    1.0
    """
    edges = shapely.boundary(shapes)
    return np.asarray(shapely.intersection(edges[pairs[:, 0]], edges[pairs[:, 1]]), dtype=object)


def _equal_edges(shapes: NDArray[np.object_]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Pairs (low row * count + high row, sorted) with an edge of the same two ends, and the length of those edges."""
    rings, owner = shapely.get_rings(shapes, return_index=True)
    corner, ring = shapely.get_coordinates(rings, return_index=True)
    at = np.flatnonzero(ring[:-1] == ring[1:])
    flat = np.concatenate([corner[at], corner[at + 1]], axis=1)
    turned = (flat[:, 0] > flat[:, 2]) | ((flat[:, 0] == flat[:, 2]) & (flat[:, 1] > flat[:, 3]))
    flat[turned] = flat[turned][:, [2, 3, 0, 1]]
    order = np.lexsort((owner[ring[at]], *flat.T))
    flat, holder = flat[order], owner[ring[at]][order]
    length = np.hypot(flat[:, 2] - flat[:, 0], flat[:, 3] - flat[:, 1])
    keys, lengths, step = [np.empty(0, dtype=np.int64)], [np.empty(0)], 1
    while step < len(flat):
        same = (flat[:-step] == flat[step:]).all(axis=1)
        if not same.any():
            break
        keys.append(holder[:-step][same] * len(shapes) + holder[step:][same])
        lengths.append(length[:-step][same])
        step += 1
    found, where = np.unique(np.concatenate(keys), return_inverse=True)
    return found, np.bincount(where, np.concatenate(lengths), minlength=len(found)).astype(float)
