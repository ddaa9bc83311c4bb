"""Borders between polygons: which units share a stretch, and how many metres of it."""

from __future__ import annotations

from dataclasses import dataclass

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
    Source: definition. Edges with equal ends are matched by sorting; polygons with other edges that touch each other
    are intersected.

    Examples
    --------
    A and B share a border of 1 m, C meets both at a corner only:

    >>> graph = border_graph(np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), shapely.box(2, 1, 3, 2)]))
    >>> graph.other.tolist(), graph.border_m.tolist()
    ([1, 0], [1.0, 1.0])
    """
    keys, length, _ = _equal_edges(shapes)
    return _with_others(shapes, np.arange(len(shapes)), keys, length)


@dataclass(frozen=True)
class Rim:
    """
    Polygons with edges that are no edge of another: `rows`, and which of their edges (ring by ring) those are.
    """

    rows: NDArray[np.int64]
    is_loose: NDArray[np.bool_]


def border_graph_and_rim(shapes: NDArray[np.object_]) -> tuple[Graph, Rim]:
    """
    Build the graph of polygons that do not overlap, and say where they have no neighbour with the same edge.

    The graph is that of `border_graph`, sooner: only polygons on the rim can share more than equal edges.

    Examples
    --------
    >>> squares = np.array([shapely.box(x, y, x + 1, y + 1) for x in range(3) for y in range(3)])
    >>> rim = border_graph_and_rim(squares)[1]
    >>> rim.rows.tolist(), int(rim.is_loose.sum())
    ([0, 1, 2, 3, 5, 6, 7, 8], 12)
    """
    keys, length, rim = _equal_edges(shapes)
    return _with_others(shapes, rim.rows, keys, length), rim


def _with_others(
    shapes: NDArray[np.object_], rows: NDArray[np.int64], keys: NDArray[np.int64], length: NDArray[np.float64]
) -> Graph:
    """The graph of pairs with equal edges, and of those of `rows` whose borders lie on each other otherwise."""
    rows = rows[~(shapely.is_missing(shapes[rows]) | shapely.is_empty(shapes[rows]))]
    found = rows[shapely.STRtree(shapes[rows]).query(shapes[rows], predicate="intersects")]
    near = found[:, found[0] < found[1]]
    near = near[:, ~np.isin(near[0] * len(shapes) + near[1], keys)]
    border = shapely.length(shared_borders(shapes, near.T))
    pairs = np.concatenate([np.column_stack(np.divmod(keys, max(len(shapes), 1))), near.T[border > 0]])
    return build_graph(len(shapes), pairs, np.concatenate([length, border[border > 0]]))


def shared_borders(shapes: NDArray[np.object_], pairs: NDArray[np.int64]) -> NDArray[np.object_]:
    """
    Return the common border of each pair of polygons as lines.

    Examples
    --------
    >>> squares = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> float(shared_borders(squares, np.array([[0, 1]]))[0].length)
    1.0
    """
    one, other = (shapely.boundary(shapes[rows]) for rows in pairs.T)
    return np.asarray(shapely.intersection(one, other), dtype=object)


def _equal_edges(
    shapes: NDArray[np.object_],
) -> tuple[NDArray[np.int64], NDArray[np.float64], Rim]:
    """
    Pairs (low row * count + high row, sorted) with an edge of the same two ends, and the length of those edges.

    And where an edge is no other's.
    """
    rings, owner = shapely.get_rings(shapes, return_index=True)
    corner, ring = shapely.get_coordinates(rings, return_index=True)
    at = np.flatnonzero(ring[:-1] == ring[1:])
    flat = np.concatenate([corner[at], corner[at + 1]], axis=1)
    of_edge = owner[ring[at]]
    order = order_edges(flat, of_edge)
    flat, holder = flat[order], of_edge[order]
    length = np.hypot(flat[:, 2] - flat[:, 0], flat[:, 3] - flat[:, 1])
    keys, lengths, step = [np.empty(0, dtype=np.int64)], [np.empty(0)], 1
    alone = np.ones(len(flat), dtype=bool)
    while step < len(flat):
        same = (flat[:-step] == flat[step:]).all(axis=1)
        if not same.any():
            break
        alone[:-step][same] = alone[step:][same] = False
        keys.append(holder[:-step][same] * len(shapes) + holder[step:][same])
        lengths.append(length[:-step][same])
        step += 1
    found, where = np.unique(np.concatenate(keys), return_inverse=True)
    length = np.bincount(where, np.concatenate(lengths), minlength=len(found)).astype(float)
    rows = np.unique(holder[alone])
    is_loose = np.zeros(len(flat), dtype=bool)
    is_loose[order[alone]] = True
    on_rim = np.zeros(len(shapes), dtype=bool)
    on_rim[rows] = True
    return found, length, Rim(rows, is_loose[on_rim[of_edge]])


def order_edges(ends: NDArray[np.float64], owner: NDArray[np.int64]) -> NDArray[np.int64]:
    """
    Turn edges (x, y, x, y) so that both directions are one, in place; return an order that brings equal ones together.

    Equal edges follow each other by owner.

    Examples
    --------
    >>> edges = np.array([[0, 0, 1, 1], [5, 5, 6, 6], [1, 1, 0, 0]], dtype=float)
    >>> order_edges(edges, np.array([2, 0, 1])).tolist() in ([2, 0, 1], [1, 2, 0])
    True
    """
    turned = (ends[:, 0] > ends[:, 2]) | ((ends[:, 0] == ends[:, 2]) & (ends[:, 1] > ends[:, 3]))
    ends[turned] = ends[turned][:, [2, 3, 0, 1]]
    ends += 0.0
    bits = np.ascontiguousarray(ends).view(np.uint64)
    key = np.zeros(len(ends), dtype=np.uint64)
    for column in range(4):
        key = (key ^ bits[:, column]) * np.uint64(0x9E3779B97F4A7C15)
        key ^= key >> np.uint64(29)
    by_owner = np.argsort(owner, kind="stable")
    order = by_owner[np.argsort(key[by_owner], kind="stable")]
    same_key = key[order][1:] == key[order][:-1]
    if (ends[order][1:][same_key] != ends[order][:-1][same_key]).any():
        return np.lexsort((owner, *ends.T))
    return order
