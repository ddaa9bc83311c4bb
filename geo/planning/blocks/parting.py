"""Lines as near to one building as to another: the sides of Voronoi regions of points on their outlines."""

from __future__ import annotations

import numpy as np
from numba import njit
from scipy.spatial import Delaunay

from geo.planning.graph import Floats, Ints

SAME_M = 1e-6
"""Corners this close to each other are one: four points on a circle give two that differ in the last digits."""
FAR = 20.0
"""Points that close the plane off stand this many times the size of the ground away."""


def parting_chains(point: Floats, owner: Ints, size_m: float) -> tuple[Floats, Ints]:
    """
    Return the lines that are as near to a point of one owner as to one of another, from fork to fork or end to end.

    Parameters
    ----------
    point, owner
        Points around the origin, in metres, and whose each is. Shapes (n, 2) and (n,).
    size_m
        Size of the ground that matters: lines are right within it, and go on far beyond.

    Returns
    -------
    corner, chain
        Corners of all lines, and the number of the line each belongs to, along the lines. A line that comes back to
        its beginning has that corner twice.

    Examples
    --------
    Two owners on both sides of x = 0 are parted by one line along it:

    >>> corner, chain = parting_chains(np.array([[-1.0, 0], [-1, 2], [1, 0], [1, 2]]), np.array([0, 0, 1, 1]), 10.0)
    >>> float(np.abs(corner[:, 0]).max().round(9)), np.unique(chain).tolist()
    (0.0, [0])
    """
    around = np.linspace(0, 2 * np.pi, 8, endpoint=False)
    far = FAR * size_m * np.column_stack([np.cos(around), np.sin(around)])
    mesh = Delaunay(np.concatenate([point, far]))
    corner = _circle_middles(mesh.points[mesh.simplices])
    side = np.stack([mesh.simplices[:, [1, 2]], mesh.simplices[:, [2, 0]], mesh.simplices[:, [0, 1]]], axis=1)
    one = np.repeat(np.arange(len(corner)), 3)
    other, ends = mesh.neighbors.ravel(), side.reshape(-1, 2)
    once = one < other
    one, other, ends = one[once], other[once], ends[once]
    near = np.abs(corner[one] - corner[other]).max(axis=1) < SAME_M
    group = _joined(one[near], other[near], len(corner))
    whose = np.concatenate([owner, np.full(len(far), -1)])[ends]
    parting = (whose >= 0).all(axis=1) & (whose[:, 0] != whose[:, 1]) & (group[one] != group[other])
    order, chain = _follow(group[one[parting]], group[other[parting]], len(corner))
    return corner[order], chain


def _circle_middles(corners: Floats) -> Floats:
    """The middle of the circle through the three corners of each triangle. Shape (n, 3, 2)."""
    first = corners[:, 0]
    (bx, by), (cx, cy) = (corners[:, 1] - first).T, (corners[:, 2] - first).T
    twice = 2.0 * (bx * cy - by * cx)
    b, c = bx * bx + by * by, cx * cx + cy * cy
    return np.asarray(first + np.column_stack([cy * b - by * c, bx * c - cx * b]) / twice[:, None])


def _follow(one: Ints, other: Ints, count: int) -> tuple[Ints, Ints]:
    """Corners in order along chains of straight pieces, and the number of each corner's chain."""
    both = np.concatenate([one, other])
    piece = np.argsort(both, kind="stable") % max(len(one), 1)
    start = np.concatenate([[0], np.cumsum(np.bincount(both, minlength=count))])
    order, chain = np.empty(2 * len(one), dtype=np.int64), np.empty(2 * len(one), dtype=np.int64)
    length = _walk(one, other, start, piece, order, chain)
    return order[:length], chain[:length]


@njit(cache=True, nogil=True)
def _joined(one: Ints, other: Ints, count: int) -> Ints:
    """The first of all corners each is one with, by pairs of the same."""
    root = np.arange(count)
    for at in range(len(one)):
        a, b = one[at], other[at]
        while root[a] != a:
            root[a] = root[root[a]]
            a = root[a]
        while root[b] != b:
            root[b] = root[root[b]]
            b = root[b]
        root[max(a, b)] = min(a, b)
    for at in range(count):
        root[at] = root[root[at]]
    return root


@njit(cache=True, nogil=True)
def _walk(one: Ints, other: Ints, start: Ints, piece: Ints, order: Ints, chain: Ints) -> int:
    done = np.zeros(len(one), np.bool_)
    at, number = 0, 0
    for turn in range(2):
        for first in range(len(one)):
            ends_here = start[one[first] + 1] - start[one[first]] != 2
            ends_there = start[other[first] + 1] - start[other[first]] != 2
            if done[first] or (turn == 0 and not (ends_here or ends_there)):
                continue
            corner = one[first] if ends_here or turn == 1 else other[first]
            now = first
            order[at], chain[at] = corner, number
            at += 1
            while not done[now]:
                done[now] = True
                corner = other[now] if corner == one[now] else one[now]
                order[at], chain[at] = corner, number
                at += 1
                if start[corner + 1] - start[corner] != 2:
                    break
                next_piece = piece[start[corner]]
                now = piece[start[corner] + 1] if next_piece == now else next_piece
            number += 1
    return at
