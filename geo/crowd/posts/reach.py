"""Who reaches whom: pairs of a demand point and a site at most a radius apart, and the distances behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.spatial import cKDTree

from geo.errors import SchemaError, name_few, say

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
DENSE_PAIRS = 20_000_000
SLACK = 1 + 1e-9


@dataclass(frozen=True)
class Reach:
    """
    The pairs within the radius, sorted by demand, then site: `demand[k]` and `site[k]` are `distance_m[k]` apart.

    `demands` and `sites` say how many there are in all, with or without a pair.
    """

    demands: int
    sites: int
    demand: Ints
    site: Ints
    distance_m: Floats

    def matrix(self) -> sparse.csr_array:
        """Return the pairs as ones of a sparse matrix, one row a demand point, one column a site."""
        ones = np.ones(len(self.demand))
        start = np.concatenate([[0], np.cumsum(np.bincount(self.demand, minlength=self.demands))])
        return sparse.csr_array((ones, self.site, start), shape=(self.demands, self.sites))

    def cover(self, posts: Sequence[int] | Ints) -> Ints:
        """
        Return how many of the posts reach each demand point; a site named twice counts twice.

        Examples
        --------
        >>> reach_of_matrix([[10, 40], [30, 30]], radius_m=30).cover([0, 1]).tolist()
        [1, 2]
        """
        held = np.bincount(np.asarray(posts, dtype=np.int64), minlength=self.sites)
        return np.bincount(self.demand, held[self.site], minlength=self.demands).astype(np.int64)


@dataclass(frozen=True)
class Distances:
    """
    What a distance is taken from: points in metres, or a full matrix. Exactly one of the two is there.

    A pair that cannot be walked at all is infinite in the matrix.
    """

    demand_xy: Floats | None = None
    site_xy: Floats | None = None
    matrix_m: Floats | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Demand points and sites."""
        if self.matrix_m is not None:
            return self.matrix_m.shape[0], self.matrix_m.shape[1]
        assert self.demand_xy is not None
        assert self.site_xy is not None
        return len(self.demand_xy), len(self.site_xy)

    def within(self, radius_m: float | ArrayLike) -> Reach:
        """Return the pairs at most `radius_m` apart, a number or one for each demand point."""
        if self.matrix_m is not None:
            return reach_of_matrix(self.matrix_m, radius_m=radius_m)
        assert self.demand_xy is not None
        assert self.site_xy is not None
        return reach_of_points(self.demand_xy, self.site_xy, radius_m=radius_m)

    def dense(self, rows: slice = slice(None)) -> Floats:
        """Return the distances of some demand points to every site, in metres."""
        if self.matrix_m is not None:
            return self.matrix_m[rows]
        assert self.demand_xy is not None
        assert self.site_xy is not None
        return straight_m(self.demand_xy[rows], self.site_xy)


def straight_m(demand_xy: Floats, site_xy: Floats) -> Floats:
    """
    Return straight distances, one row a demand point, one column a site.

    Examples
    --------
    >>> straight_m(np.array([[0.0, 0.0]]), np.array([[3.0, 4.0], [0.0, 2.0]])).tolist()
    [[5.0, 2.0]]
    """
    across = demand_xy[:, :1] - site_xy[:, 0]
    along = demand_xy[:, 1:] - site_xy[:, 1]
    return np.sqrt(across * across + along * along)


def reach_of_points(demand_xy: ArrayLike, site_xy: ArrayLike, *, radius_m: float | ArrayLike) -> Reach:
    """
    Return which sites each demand point is reached from: straight distance **at most** the radius.

    A post exactly the radius away does reach: the rule is <=, without a tolerance. Cost: by a tree over the sites, so
    memory grows with the pairs found, not with all pairs there are.

    Parameters
    ----------
    demand_xy, site_xy
        Points in metres of one plane, shapes (demands, 2) and (sites, 2).
    radius_m
        One radius, or one for each demand point (a crowd is walked through more slowly where it is dense); not
        negative. 0 reaches a site on the very spot.

    Raises
    ------
    SchemaError
        If a coordinate or radius is missing, infinite, or a radius is negative.

    Examples
    --------
    >>> reach = reach_of_points([[0, 0], [9, 0]], [[0, 5], [9, 5.001]], radius_m=5)
    >>> reach.demand.tolist(), reach.site.tolist(), reach.distance_m.tolist()
    ([0], [0], [5.0])
    """
    demand, site = _points(demand_xy, "demand"), _points(site_xy, "site")
    radius = _radius(radius_m, len(demand))
    if len(demand) * len(site) <= DENSE_PAIRS:
        return reach_of_matrix(straight_m(demand, site), radius_m=radius)
    near = cKDTree(site).query_ball_point(demand, radius * SLACK, return_sorted=True)
    count = np.fromiter((len(one) for one in near), dtype=np.int64, count=len(near))
    rows = np.repeat(np.arange(len(demand)), count)
    columns = np.fromiter((j for one in near for j in one), dtype=np.int64, count=int(count.sum()))
    across, along = (demand[rows] - site[columns]).T
    apart = np.sqrt(across * across + along * along)
    keep = apart <= radius[rows]
    return Reach(len(demand), len(site), rows[keep], columns[keep], apart[keep])


def reach_of_matrix(distance_m: ArrayLike, *, radius_m: float | ArrayLike) -> Reach:
    """
    Return which sites each demand point is reached from, by a full matrix of distances (rows demand, columns sites).

    Distance **at most** the radius reaches. An infinite or missing (NaN) distance never does.

    Raises
    ------
    SchemaError
        If the matrix has not two dimensions, a distance is negative, or a radius is not usable.

    Examples
    --------
    >>> reach_of_matrix([[800.0, 800.1]], radius_m=800).site.tolist()
    [0]
    """
    matrix = np.asarray(distance_m, dtype=float)
    if matrix.ndim != 2:
        raise SchemaError(
            say("distances with rows and columns"), say("{count} dimensions", count=matrix.ndim), say("give a matrix")
        )
    low = np.argwhere(matrix < 0)
    if len(low):
        raise SchemaError(
            say("distances that are not negative"),
            say("negative ones in rows {rows}", rows=name_few(np.unique(low[:, 0]) + 1)),
            say("put them right"),
        )
    radius = _radius(radius_m, len(matrix))
    rows, columns = np.nonzero(matrix <= radius[:, None])
    return Reach(
        matrix.shape[0], matrix.shape[1], rows.astype(np.int64), columns.astype(np.int64), matrix[rows, columns]
    )


def reach_of_flags(matrix: ArrayLike) -> Reach:
    """
    Return the reach of a matrix that already says who reaches whom: 1 yes, 0 no. Its distances are all 0.

    Examples
    --------
    >>> reach_of_flags([[1, 0], [1, 1]]).site.tolist()
    [0, 0, 1]
    """
    flags = np.asarray(matrix, dtype=float) > 0
    return reach_of_matrix(np.where(flags, 0.0, np.inf), radius_m=0.0)


def _points(points: ArrayLike, name: str) -> Floats:
    table = np.asarray(points, dtype=float).reshape(-1, 2)
    lost = np.flatnonzero(~np.isfinite(table).all(axis=1))
    if len(lost):
        raise SchemaError(
            say("a place for every {name} point", name=name),
            say("none in rows {rows}", rows=name_few(lost + 1)),
            say("give their coordinates, or leave them out"),
        )
    return table


def _radius(radius_m: float | ArrayLike, count: int) -> Floats:
    radius = np.broadcast_to(np.asarray(radius_m, dtype=float), (count,)).astype(float)
    if not np.isfinite(radius).all() or (radius < 0).any():
        raise SchemaError(
            say("a radius in metres, 0 or more"),
            say("{names}", names=name_few(np.unique(radius[~(np.isfinite(radius) & (radius >= 0))]))),
            say("give a number such as 300"),
        )
    return radius
