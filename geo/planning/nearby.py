"""Neighbours of units that stand apart, such as buildings: those whose surroundings meet."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import QhullError, Voronoi

from geo.planning.graph import Graph, build_graph

REACH = 2.0
"""A border of two surroundings counts at most this many times the distance of the two points."""


def nearby_graph(x_m: NDArray[np.float64], y_m: NDArray[np.float64], parent: NDArray[np.int64]) -> Graph:
    """
    Build the graph of natural neighbours: two points of one parent whose Voronoi cells share a border.

    A parent's points always hang together. The border is the length of the common cell edge, at most twice the
    distance of the two points, because cells at the rim run to infinity. Points on one spot are neighbours.

    Parameters
    ----------
    x_m, y_m
        Points in metres of one CRS. Shape (n_units,).
    parent
        The area each point lies in, as a number. Shape (n_units,).

    Notes
    -----
    Source: Sibson 1981 (natural neighbours).

    Examples
    --------
    Four corners of a square and its middle; the middle is beside all, corners beside the next corner:

    >>> x, y = np.array([0.0, 10, 10, 0, 5]), np.array([0.0, 0, 10, 10, 5])
    >>> graph = nearby_graph(x, y, np.zeros(5, dtype=np.int64))
    >>> graph.other[graph.start[4]:].tolist()
    [0, 1, 2, 3]
    """
    order = np.argsort(parent, kind="stable")
    cuts = np.flatnonzero(np.diff(parent[order])) + 1
    points = np.column_stack([x_m, y_m])
    pairs, borders = [np.empty((0, 2), dtype=np.int64)], [np.empty(0)]
    for rows in np.split(order, cuts):
        near, border = _neighbours(points[rows])
        pairs.append(rows[near])
        borders.append(border)
    return build_graph(len(points), np.concatenate(pairs), np.concatenate(borders))


def _neighbours(points: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    spots, where = np.unique(points, axis=0, return_inverse=True)
    where = where.ravel()
    first = np.full(len(spots), -1, dtype=np.int64)
    first[where[::-1]] = np.arange(len(points))[::-1]
    same = np.flatnonzero(first[where] != np.arange(len(points)))
    twins = np.column_stack([first[where[same]], same])
    near, border = _voronoi(spots - spots.mean(axis=0)) if len(spots) > 1 else (np.empty((0, 2), np.int64), np.empty(0))
    return np.concatenate([first[near], twins]), np.concatenate([border, np.ones(len(twins))])


def _voronoi(spots: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    try:
        cells = Voronoi(spots) if len(spots) > 3 else None
    except QhullError:
        cells = None
    if cells is None:
        return _in_a_row(spots)
    near = np.asarray(cells.ridge_points, dtype=np.int64)
    apart = np.hypot(*(spots[near[:, 0]] - spots[near[:, 1]]).T)
    border = apart.copy()
    ends = np.array([ridge if len(ridge) == 2 else (-1, -1) for ridge in cells.ridge_vertices])
    closed = (ends >= 0).all(axis=1)
    span = cells.vertices[ends[closed, 0]] - cells.vertices[ends[closed, 1]]
    border[closed] = np.hypot(*span.T)
    return near, np.clip(border, 0.01, REACH * apart)


def _in_a_row(spots: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Few points, or points on one line: each beside the next along the longer side."""
    axis = int(np.argmax(np.ptp(spots, axis=0)))
    order = np.lexsort((spots[:, 1 - axis], spots[:, axis]))
    near = np.column_stack([order[:-1], order[1:]]).astype(np.int64)
    return near, np.hypot(*(spots[near[:, 0]] - spots[near[:, 1]]).T)
