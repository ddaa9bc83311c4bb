"""Corners that one polygon has on the border of another are given to the other too."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.planning.barriers import Shapes
from geo.planning.borders import order_edges
from geo.planning.graph import Floats, Ints


def share_corners(shapes: Shapes, *, reach_m: float, is_loose: NDArray[np.bool_] | None = None) -> Shapes:
    """
    Return polygons that have, along common borders, the same corners on both sides, bit for bit.

    A corner that lies within `reach_m` of another polygon's edge, but not of its ends, becomes a corner of that edge.
    No corner moves. Only edges without a match are looked at.

    Parameters
    ----------
    shapes
        Polygons (in one piece each) in a plane of metres. Shape (n_shapes,).
    is_loose
        Edges that may have no match, ring by ring, where that is known; all are looked at where not given.

    Examples
    --------
    The north of two squares is cut in two, the south is not yet:

    >>> north = [shapely.box(0, 1, 1, 2), shapely.box(1, 1, 2, 2)]
    >>> shapes = np.array([*north, shapely.box(0, 0, 2, 1)])
    >>> [bool(shapely.coverage_is_valid(one)) for one in (shapes, share_corners(shapes, reach_m=0.001))]
    [False, True]
    """
    rings, owner = shapely.get_rings(shapes, return_index=True)
    corner, ring = shapely.get_coordinates(rings, return_index=True)
    start = np.flatnonzero(ring[:-1] == ring[1:])
    start = start if is_loose is None else start[is_loose]
    start = start[_unmatched(corner[start], corner[start + 1])]
    edge, spot = _on_edges(corner[start], corner[start + 1], reach_m)
    if not len(edge):
        return shapes
    at = start[edge]
    along = np.einsum("ij,ij->i", spot - corner[at], corner[at + 1] - corner[at])
    share = along / np.einsum("ij,ij->i", *[corner[at + 1] - corner[at]] * 2)
    key = np.concatenate([np.arange(len(corner), dtype=float), at + share])
    order = np.argsort(key, kind="stable")
    corner, ring = np.concatenate([corner, spot])[order], np.concatenate([ring, ring[at]])[order]
    touched = np.unique(ring[np.flatnonzero(order >= len(key) - len(at))])
    rings = rings.copy()
    mine = np.isin(ring, touched)
    rings[touched] = shapely.linearrings(corner[mine], indices=np.unique(ring[mine], return_inverse=True)[1])
    return _rebuilt(shapes, rings, owner, np.unique(owner[touched]))


def _unmatched(one: Floats, other: Floats) -> NDArray[np.bool_]:
    """Mark the edges that no other edge has both ends of."""
    flat = np.concatenate([one, other], axis=1)
    order = order_edges(flat, np.arange(len(flat)))
    same = (flat[order][:-1] == flat[order][1:]).all(axis=1)
    alone = np.ones(len(flat), dtype=bool)
    alone[order[:-1][same]] = alone[order[1:][same]] = False
    return alone


def _on_edges(one: Floats, other: Floats, reach_m: float) -> tuple[Ints, Floats]:
    """Pairs of an edge and a corner of another that lies on it, but at neither end."""
    spots = np.unique(np.concatenate([one, other]), axis=0)
    edges = shapely.linestrings(np.stack([one, other], axis=1))
    spot, edge = shapely.STRtree(np.asarray(edges)).query(shapely.points(spots), predicate="dwithin", distance=reach_m)
    apart = [np.hypot(*(spots[spot] - end[edge]).T) for end in (one, other)]
    inner = np.minimum(*apart) > reach_m
    return edge[inner].astype(np.int64), spots[spot[inner]]


def _rebuilt(shapes: Shapes, rings: Shapes, owner: Ints, changed: Ints) -> Shapes:
    """The polygons again, those of `changed` from their new rings: the first is the shell, others are holes."""
    out = shapes.copy()
    mine = np.flatnonzero(np.isin(owner, changed))
    place = np.unique(owner[mine], return_inverse=True)[1]
    out[changed] = shapely.polygons(rings[mine], indices=place)
    return out
