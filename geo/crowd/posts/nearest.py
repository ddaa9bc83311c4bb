"""Posts by distance: least weighted distance (p-median), and least largest distance (p-centre)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from geo.crowd.posts.least import least_posts
from geo.crowd.posts.problem import Placement, Sites, require_posts, require_weights, site_rules
from geo.crowd.posts.reach import Floats, Ints, reach_of_matrix
from geo.crowd.posts.solve.mip import FEASIBLE, INFEASIBLE, INFINITY, OPTIMAL, Limits, Programme, solve_programme
from geo.errors import name_few, say


@dataclass(frozen=True)
class SmallestRadius:
    """
    The least radius at which the posts reach every demand point, and the points that make it so (`binding`).

    `radius_m` is infinite where some point is out of everyone's way; `bound_m` is what is proven it cannot go below.
    """

    radius_m: float
    bound_m: float
    posts: Ints
    binding: Ints

    @property
    def is_proven(self) -> bool:
        """Whether no smaller radius would do."""
        return self.bound_m >= self.radius_m


def smallest_radius(
    distance_m: ArrayLike, *, posts: int | None = None, sites: Sites | None = None, limits: Limits | None = None
) -> SmallestRadius:
    """
    Return the least radius that gives full cover with `posts` posts (p-centre), or with any number (None).

    With any number it is the largest distance to the nearest site that is not forbidden. With a number it is found by
    halving between the distances there are, each decided by `least_posts`.

    Notes
    -----
    Source: Minieka 1970, "The m-center problem".

    Examples
    --------
    >>> apart = [[1.0, 5.0], [6.0, 2.0], [4.0, 3.0]]
    >>> any_number = smallest_radius(apart)
    >>> any_number.radius_m, any_number.binding.tolist()
    (3.0, [2])
    >>> one = smallest_radius(apart, posts=1)
    >>> one.radius_m, one.posts.tolist(), one.binding.tolist()
    (5.0, [1], [0])
    """
    table = np.asarray(distance_m, dtype=float)
    rules, limits = sites or site_rules(table.shape[1]), limits or Limits()
    usable = np.where(rules.is_open[None, :], table, np.inf)
    nearest = usable.min(axis=1)
    floor = float(nearest.max())
    if posts is None or not np.isfinite(floor):
        return SmallestRadius(floor, floor, np.flatnonzero(rules.is_open), np.flatnonzero(nearest == floor))
    began, count = limits.clock(), require_posts(posts, rules)
    steps = np.unique(usable[np.isfinite(usable) & (usable >= floor)])
    best = _farthest_first(usable, rules, count)
    reached = float(usable[:, best].min(axis=1).max())
    low, high = 0, int(np.searchsorted(steps, reached)) if np.isfinite(reached) else len(steps) - 1
    proven = 0
    while low < high:
        middle = (low + high) // 2
        left = replace(limits, seconds=limits.seconds - (limits.clock() - began), progress=None)
        found = least_posts(reach_of_matrix(usable, radius_m=steps[middle]), sites=rules, limits=left)
        if found.is_feasible and len(found.posts) <= count:
            best, high = found.posts, middle
        else:
            is_refuted = found.status == INFEASIBLE or (found.bound or 0) > count
            low, proven = middle + 1, middle + 1 if is_refuted and proven == low else proven
        if left.seconds <= 0 or limits.is_stopped():
            break
    away = usable[:, best].min(axis=1) if len(best) else np.full(len(table), np.inf)
    radius = float(away.max())
    return SmallestRadius(radius, float(min(steps[proven], radius)), best, np.flatnonzero(away == radius))


def _farthest_first(usable: Floats, rules: Sites, posts: int) -> Ints:
    """Place each next post nearest to the demand point that is worst off: at most twice the best radius."""
    chosen = [int(j) for j in np.flatnonzero(rules.is_fixed)]
    away = usable[:, chosen].min(axis=1) if chosen else np.full(len(usable), np.inf)
    while len(chosen) < posts:
        order = np.argsort(usable[int(np.argmax(away))], kind="stable")
        site = next((int(j) for j in order if rules.is_open[j] and j not in chosen), None)
        if site is None:
            break
        chosen.append(site)
        away = np.minimum(away, usable[:, site])
    return np.array(sorted(chosen), dtype=np.int64)


def least_distance(
    distance_m: ArrayLike, weight: ArrayLike, *, posts: int, sites: Sites | None = None, limits: Limits | None = None
) -> Placement:
    """
    Place posts so that the sum of weight x distance to the nearest post is least (p-median), in weight-metres.

    Raises
    ------
    SchemaError
        As `most_cover`.

    Notes
    -----
    Source: Hakimi 1964; written by distances in order (Elloumi 2010, "A tighter formulation of the p-median problem"),
    so that each demand point pays the step to its next nearest site only while no nearer one holds a post.

    Examples
    --------
    >>> placed = least_distance([[0.0, 4.0], [4.0, 0.0], [3.0, 1.0]], [1, 1, 5], posts=1)
    >>> placed.objective, placed.posts.tolist(), placed.status
    (9.0, [1], 'optimal')
    """
    table = np.asarray(distance_m, dtype=float)
    values, limits = require_weights(weight, len(table)), limits or Limits()
    rules, began = sites or site_rules(table.shape[1]), limits.clock()
    count = require_posts(posts, rules)
    free = np.flatnonzero(rules.is_open)
    usable = table[:, free]
    first = _swap_median(usable, values, np.searchsorted(free, np.flatnonzero(rules.is_fixed)), count)
    if not np.isfinite(usable.min(axis=1)).all():
        return _out_of_way(table, rules)
    top = float(usable[np.isfinite(usable)].max()) if usable.size else 0.0
    usable = np.where(np.isfinite(usable), usable, top * len(table) * 2 + 1)
    problem, start = _ordered(usable, values, rules.is_fixed[free], count, first)
    is_pure = bool((values == np.round(values)).all() and (usable == np.round(usable)).all())
    solved = solve_programme(problem, limits, start=start, is_pure=is_pure)
    held = first if solved.x is None else np.flatnonzero(solved.x[: len(free)] > 0.5)
    cost = float((usable[:, held].min(axis=1) * values).sum())
    chosen = free[held]
    near = np.isfinite(table[:, chosen].min(axis=1))
    return Placement(
        model="least distance",
        status=OPTIMAL if solved.status == OPTIMAL else FEASIBLE,
        objective=cost,
        bound=cost if solved.status == OPTIMAL else max(solved.bound, 0.0),
        posts=chosen,
        cover=near.astype(np.int64),
        share=near.astype(float),
        solver="HiGHS",
        is_least=True,
        seconds=limits.clock() - began,
    )


def _out_of_way(table: Floats, rules: Sites) -> Placement:
    lost = np.flatnonzero(~np.isfinite(table[:, rules.is_open].min(axis=1)))
    zero = np.zeros(len(table), np.int64)
    return Placement(
        model="least distance", status=INFEASIBLE, objective=None, bound=None, posts=np.empty(0, np.int64), cover=zero,
        share=zero.astype(float), solver="before solving", is_least=True,
        reasons=(say("no site reaches the demand points in rows {rows}", rows=name_few(lost + 1)),),
        advice=(say("a larger radius, or a site nearer to them"),),
    )  # fmt: skip


def _ordered(usable: Floats, values: Floats, is_fixed: np.ndarray, posts: int, first: Ints) -> tuple[Programme, Floats]:
    """
    Variables: posts, then for each demand point and step to a farther site whether the step is needed.

    step k >= step k - 1 - posts at distance k; of the farthest m - posts + 1 sites one always holds a post.
    """
    n, m = usable.shape
    order = np.argsort(usable, axis=1, kind="stable")[:, : max(m - posts + 1, 1)]
    sorted_m = np.take_along_axis(usable, order, axis=1)
    steps = order.shape[1] - 1
    cost = (np.diff(sorted_m, axis=1) * values[:, None]).ravel()
    base = float((sorted_m[:, 0] * values).sum())
    each = np.arange(n * steps)
    before = each[each % max(steps, 1) != 0] if steps else each
    parts = (
        sparse.csr_array((np.ones(n * steps), (each, order[:, :steps].ravel())), shape=(n * steps, m)),
        sparse.csr_array((np.ones(n * steps), (each, each)), shape=(n * steps, n * steps))
        - sparse.csr_array((np.ones(len(before)), (before, before - 1)), shape=(n * steps, n * steps)),
    )
    need = np.where(each % max(steps, 1) == 0, 1.0, 0.0)
    y = np.zeros(m)
    y[first] = 1.0
    met = np.cumsum(y[order[:, :steps]], axis=1) > 0
    whole = sparse.csr_array(np.ones((1, m)))
    problem = Programme(
        cost=np.concatenate([np.zeros(m), cost, [base]]),
        low=np.concatenate([is_fixed.astype(float), np.zeros(n * steps), [1.0]]),
        high=np.concatenate([np.ones(m), np.ones(n * steps), [1.0]]),
        is_whole=np.concatenate([np.ones(m, bool), np.zeros(n * steps + 1, bool)]),
        rows=sparse.block_array([[parts[0], parts[1], None], [whole, None, sparse.csr_array((1, 1))]], format="csr"),
        row_low=np.concatenate([need, [float(posts)]]),
        row_high=np.concatenate([np.full(n * steps, INFINITY), [float(posts)]]),
    )
    return problem, np.concatenate([y, (~met).astype(float).ravel(), [1.0]])


def _swap_median(usable: Floats, values: Floats, fixed: Ints, posts: int) -> Ints:
    """Place greedily, then exchange posts while that helps (Teitz and Bart 1968)."""
    cap = np.where(np.isfinite(usable), usable, 1e12)
    chosen = [int(j) for j in fixed]
    away = cap[:, chosen].min(axis=1) if chosen else np.full(len(cap), 1e12)
    while len(chosen) < posts:
        total = values @ np.minimum(cap, away[:, None])
        total[chosen] = np.inf
        chosen.append(int(np.argmin(total)))
        away = np.minimum(away, cap[:, chosen[-1]])
    is_moved = True
    while is_moved:
        is_moved = False
        for place in range(len(fixed), posts):
            others = chosen[:place] + chosen[place + 1 :]
            rest = cap[:, others].min(axis=1) if others else np.full(len(cap), 1e12)
            total = values @ np.minimum(cap, rest[:, None])
            total[others] = np.inf
            best = int(np.argmin(total))
            if total[best] < total[chosen[place]] * (1 - 1e-12):
                chosen[place], is_moved = best, True
    return np.array(sorted(chosen), dtype=np.int64)
