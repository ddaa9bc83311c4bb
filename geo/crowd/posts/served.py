"""Posts that serve only so much: most weight served within capacities, and the least posts that serve all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from geo.crowd.posts.problem import Placement, Sites, require_posts, require_weights
from geo.crowd.posts.reach import Floats, Reach
from geo.crowd.posts.solve.mip import INFEASIBLE, INFINITY, NOT_FOUND, Limits, Programme, solve_programme
from geo.errors import SchemaError, name_few, say


def most_served(
    reach: Reach, weight: ArrayLike, *, posts: int, sites: Sites, limits: Limits | None = None
) -> Placement:
    """
    Place posts so that the weight served is largest when no post serves more than its capacity (capacitated MCLP).

    A demand point may be served in part, and by several posts: a crowd can be shared, a single person cannot.

    Raises
    ------
    SchemaError
        If the sites have no capacities, or as `most_cover`.

    Notes
    -----
    Source: Current and Storbeck 1988, "Capacitated covering models".

    Examples
    --------
    One post of 25 reaches 10 and 20 people and serves 25 of them:

    >>> from geo.crowd.posts.problem import site_rules
    >>> from geo.crowd.posts.reach import reach_of_flags
    >>> placed = most_served(reach_of_flags([[1], [1]]), [10, 20], posts=1, sites=site_rules(1, capacity=[25]))
    >>> placed.objective, placed.bound
    (25.0, 25.0)
    """
    values = require_weights(weight, reach.demands)
    count = require_posts(posts, sites)
    return _solve(reach, values, sites, posts=count, limits=limits or Limits())


def least_posts_serving(reach: Reach, weight: ArrayLike, *, sites: Sites, limits: Limits | None = None) -> Placement:
    """
    Place as few posts as serve all weight within their capacities (CLSCP-SO).

    Infeasible where a point is out of reach, or the capacities within reach do not hold all weight; `reasons` says
    how much is missing.

    Examples
    --------
    >>> from geo.crowd.posts.problem import site_rules
    >>> from geo.crowd.posts.reach import reach_of_flags
    >>> both = reach_of_flags([[1, 1], [1, 1]])
    >>> least_posts_serving(both, [10, 20], sites=site_rules(2, capacity=[25, 5])).objective
    2.0
    >>> short = least_posts_serving(both, [10, 20], sites=site_rules(2, capacity=[25, 4]))
    >>> short.status, str(short.reasons[0])
    ('infeasible', 'at most 29 of 30 can be served')
    """
    values = require_weights(weight, reach.demands)
    limits = limits or Limits()
    placed = _solve(reach, values, sites, posts=None, limits=limits)
    if placed.status != INFEASIBLE:
        return placed
    most = _solve(reach, values, sites, posts=int(sites.is_open.sum()), limits=limits)
    short = np.flatnonzero(most.share < 1 - 1e-9)
    found = say("at most {served:g} of {all:g} can be served", served=most.objective, all=float(values.sum()))
    advice = say("more capacity, a larger radius or more sites near rows {rows}", rows=name_few(short + 1))
    return replace(placed, reasons=(found,), advice=(advice,))


def _solve(reach: Reach, values: Floats, sites: Sites, *, posts: int | None, limits: Limits) -> Placement:
    if sites.capacity is None:
        raise SchemaError(say("a capacity for every site"), say("none"), say("name the column with the capacities"))
    began = limits.clock()
    keep = sites.is_open[reach.site] & (values[reach.demand] > 0)
    demand, site = reach.demand[keep], reach.site[keep]
    m, pairs, n = reach.sites, len(demand), reach.demands
    capacity = np.minimum(sites.capacity, values.sum())
    one = np.ones(pairs)
    given = sparse.csr_array((one, (demand, np.arange(pairs))), shape=(n, pairs))
    load = sparse.csr_array((one, (site, np.arange(pairs))), shape=(m, pairs))
    only_open = sparse.csr_array(
        (-np.minimum(values[demand], capacity[site]), (np.arange(pairs), site)), shape=(pairs, m)
    )
    blocks = [
        [None, given],
        [-sparse.diags_array(capacity), load],
        [only_open, sparse.eye_array(pairs)],
        [sparse.csr_array(np.ones((1, m))), None],
    ]
    is_most = posts is not None
    low = np.concatenate(
        [np.full(n, -INFINITY) if is_most else values, np.full(m + pairs, -INFINITY), [float(posts) if posts else 0.0]]
    )
    high = np.concatenate([values, np.zeros(m + pairs), [float(posts) if posts is not None else float(m)]])
    solved = solve_programme(
        Programme(
            cost=np.concatenate([np.zeros(m), -one]) if is_most else np.concatenate([np.ones(m), np.zeros(pairs)]),
            low=np.concatenate([sites.is_fixed.astype(float), np.zeros(pairs)]),
            high=np.concatenate([sites.is_open.astype(float), np.full(pairs, INFINITY)]),
            is_whole=np.concatenate([np.ones(m, bool), np.zeros(pairs, bool)]),
            rows=sparse.block_array(blocks, format="csr"), row_low=low, row_high=high,
        ), limits, is_pure=not is_most,
    )  # fmt: skip
    name = "most served" if is_most else "least posts serving all"
    empty = Placement(
        model=name, status=solved.status, objective=None, bound=None, posts=np.empty(0, np.int64),
        cover=np.zeros(n, np.int64), share=np.zeros(n), solver="HiGHS", is_least=not is_most,
    )  # fmt: skip
    if solved.x is None:
        return replace(empty, status=solved.status if solved.status == INFEASIBLE else NOT_FOUND)
    chosen = np.flatnonzero(solved.x[:m] > 0.5)
    flow = np.where(solved.x[m:] > 1e-9, solved.x[m:], 0.0)
    used = flow > 0
    served = np.bincount(demand, flow, minlength=n)
    return replace(
        empty,
        objective=float(served.sum()) if is_most else float(len(chosen)),
        bound=-solved.bound if is_most else solved.bound,
        posts=chosen,
        cover=reach.cover(chosen),
        share=np.divide(served, values, out=np.ones(n), where=values > 0),
        served=(demand[used], site[used], flow[used]),
        seconds=limits.clock() - began,
    )
