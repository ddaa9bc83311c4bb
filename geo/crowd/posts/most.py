"""Most cover with a number of posts: once, or once and again as a backup."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from geo.crowd.posts.problem import Placement, Sites, require_posts, require_weights, site_rules
from geo.crowd.posts.reach import Flags, Floats, Ints, Reach
from geo.crowd.posts.solve.concave import Core, build_core, dominated_columns
from geo.crowd.posts.solve.exact import solve_core
from geo.crowd.posts.solve.mip import Limits


def most_cover(
    reach: Reach,
    weight: ArrayLike,
    *,
    posts: int,
    sites: Sites | None = None,
    backup_weight: float = 0.0,
    limits: Limits | None = None,
) -> Placement:
    """
    Place posts so that the weight they reach is largest (MCLP), with a backup counted beside it if asked.

    objective = weight reached by at least one post + `backup_weight` x weight reached by at least two. Fixed posts
    count among the `posts`. All `posts` are placed: those that reach nothing new stand where they back up most.
    Demand points no site reaches stay uncovered and say so in `cover`.

    Parameters
    ----------
    reach
        Who reaches whom: distance at most the radius.
    weight
        People, households or another weight of each demand point, 0 or more.
    posts
        How many posts, the fixed ones included.
    sites
        Fixed and forbidden sites; capacities are for `most_served`.
    backup_weight
        What a second post is worth against the first, from 0 to 1.

    Raises
    ------
    SchemaError
        If a weight is unusable, or there are fewer sites than posts, or more fixed ones.

    Notes
    -----
    Source: Church and ReVelle 1974 (MCLP); Hogan and ReVelle 1986 (backup coverage, BACOP2). Exact by HiGHS after
    joining equal demand points, leaving out dominated sites and deciding sites by Lagrangean prices.

    Examples
    --------
    Three places of 10, 20 and 30 people; the site in the middle reaches the first two, the others one each:

    >>> from geo.crowd.posts.reach import reach_of_flags
    >>> reach = reach_of_flags([[1, 1, 0], [0, 1, 0], [0, 0, 1]])
    >>> placed = most_cover(reach, [10, 20, 30], posts=1)
    >>> placed.posts.tolist(), placed.objective, placed.status
    ([1], 30.0, 'optimal')
    >>> most_cover(reach, [10, 20, 30], posts=2).objective
    60.0
    """
    values, limits = require_weights(weight, reach.demands), limits or Limits()
    rules = sites or site_rules(reach.sites)
    count = require_posts(posts, rules)
    gains = np.column_stack([values, values * backup_weight]) if backup_weight > 0 else values[:, None]
    return place_by_gains(
        reach, gains, posts=count, sites=rules, most=np.ones(reach.sites, np.int64), limits=limits,
        model="backup cover" if backup_weight > 0 else "most cover",
    )  # fmt: skip


def place_by_gains(
    reach: Reach, gains: Floats, *, posts: int, sites: Sites, most: Ints, limits: Limits, model: str
) -> Placement:
    """Place posts where demand point i gains `gains[i, k]` by its post number k + 1, not increasing with k."""
    began = limits.clock()
    held = np.where(sites.is_fixed, 1, 0).astype(np.int64)
    table = reach.matrix()
    count = np.round(table @ held.astype(float)).astype(np.int64)
    base = float((gains * (np.arange(gains.shape[1]) < count[:, None])).sum())
    free = np.flatnonzero(sites.is_open & (most > held))
    core = build_core(table[:, free], _shifted(gains, count), posts=posts - int(held.sum()), most=(most - held)[free])
    chosen, value, bound, status, solver = _solve(core, limits)
    held[free] += chosen
    held = _fill(reach, gains[:, 0], held, posts, sites, most)
    cover = reach.cover(np.repeat(np.arange(reach.sites), held))
    return Placement(
        model=model,
        status=status,
        objective=base + value,
        bound=base + bound,
        posts=np.repeat(np.arange(reach.sites), held),
        cover=cover,
        share=(cover > 0).astype(float),
        solver=solver,
        seconds=limits.clock() - began,
    )


def _shifted(gains: Floats, count: Ints) -> Floats:
    """Gains from the next post on, where fixed posts reach a point already."""
    wide = np.pad(gains, ((0, 0), (0, gains.shape[1])))
    at = np.minimum(count, gains.shape[1])[:, None] + np.arange(gains.shape[1])
    return np.asarray(np.take_along_axis(wide, at, axis=1))


def _solve(core: Core, limits: Limits) -> tuple[Ints, float, float, str, str]:
    """Solve without the columns another makes needless, which holds where only the first post gains."""
    chosen = np.zeros(len(core.most), dtype=np.int64)
    is_needless = np.diff(core.columns.indptr) == 0
    if (core.gain[:, 1:] == 0).all():
        is_needless |= dominated_columns(core.rows, core.columns)
    keep = np.flatnonzero(~is_needless)
    if core.posts <= 0 or not len(keep):
        return chosen, 0.0, 0.0, "optimal", "nothing to choose"
    inner = sparse.csr_array(core.rows)[:, keep]
    small = Core(
        inner, sparse.csr_array(inner.T), core.gain, min(core.posts, int(core.most[keep].sum())), core.most[keep]
    )
    answer = solve_core(small, limits)
    chosen[keep] = answer.held
    return chosen, answer.value, answer.bound, answer.status, answer.solver


def _fill(reach: Reach, weight: Floats, held: Ints, posts: int, sites: Sites, most: Ints) -> Ints:
    """Place what is left where it backs up most."""
    left = posts - int(held.sum())
    if left <= 0:
        return held
    can: Flags = sites.is_open & (held < most)
    worth = np.bincount(reach.site, weight[reach.demand], minlength=reach.sites)
    order = np.argsort(np.where(can, -worth, np.inf), kind="stable")
    held = held.copy()
    for j in order[: int(can.sum())]:
        room = int(min(left, most[j] - held[j]))
        held[j] += room
        left -= room
    return held
