"""Least posts for full cover, with backup where posts or ties leave a choice, and why it cannot be where it cannot."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from geo.crowd.posts.problem import Placement, Sites, require_weights, site_rules
from geo.crowd.posts.reach import Flags, Ints, Reach
from geo.crowd.posts.solve.concave import dominated_columns, same_rows
from geo.crowd.posts.solve.mip import INFEASIBLE, INFINITY, OPTIMAL, Limits, Programme, Solved, solve_programme
from geo.errors import name_few, say


def least_posts(reach: Reach, *, sites: Sites | None = None, limits: Limits | None = None) -> Placement:
    """
    Place as few posts as reach every demand point (LSCP); fixed posts are counted too.

    `objective` is the number of posts. Where some points are out of everyone's reach the status is infeasible, and
    `reasons` names them; `smallest_radius` says which radius would do.

    Notes
    -----
    Source: Toregas, Swain, ReVelle and Bergman 1971. Before solving, of equal or nested demand points the harder one
    is kept, and of nested sites the larger one, until nothing changes.

    Examples
    --------
    >>> from geo.crowd.posts.reach import reach_of_flags
    >>> placed = least_posts(reach_of_flags([[1, 1, 0], [0, 1, 0], [0, 0, 1]]))
    >>> placed.posts.tolist(), placed.objective
    ([1, 2], 2.0)
    >>> lost = least_posts(reach_of_flags([[1, 0], [0, 0]]))
    >>> lost.status, str(lost.reasons[0])
    ('infeasible', 'no site reaches the demand points in rows 2')
    """
    rules, limits = sites or site_rules(reach.sites), limits or Limits()
    began = limits.clock()
    table = sparse.csr_array(reach.matrix())
    lost = np.flatnonzero(table @ rules.is_open.astype(float) < 0.5)
    if len(lost):
        return _unreachable(reach, rules, lost)
    free = np.flatnonzero(rules.is_open & ~rules.is_fixed)
    left = table[table @ rules.is_fixed.astype(float) < 0.5][:, free]
    rows, columns = reduce_cover(sparse.csr_array(left))
    solved = _fewest(sparse.csr_array(left)[rows][:, columns], limits)
    held = rules.is_fixed.copy()
    fixed = int(held.sum())
    if solved.x is None:
        return replace(_unreachable(reach, rules, lost), status=solved.status, bound=fixed + solved.bound, reasons=())
    held[free[columns[solved.x > 0.5]]] = True
    posts = np.flatnonzero(held)
    cover = reach.cover(posts)
    return Placement(
        model="least posts",
        status=solved.status,
        objective=float(len(posts)),
        bound=fixed + solved.bound,
        posts=posts,
        cover=cover,
        share=(cover > 0).astype(float),
        solver="HiGHS",
        is_least=True,
        seconds=limits.clock() - began,
    )


def _unreachable(reach: Reach, rules: Sites, lost: Ints) -> Placement:
    cover = reach.cover(np.flatnonzero(rules.is_fixed))
    return Placement(
        model="least posts",
        status=INFEASIBLE,
        objective=None,
        bound=None,
        posts=np.empty(0, np.int64),
        cover=cover,
        share=(cover > 0).astype(float),
        solver="before solving",
        is_least=True,
        reasons=(say("no site reaches the demand points in rows {rows}", rows=name_few(lost + 1)),),
        advice=(say("a larger radius, or a site nearer to them"),),
    )


def reduce_cover(table: sparse.csr_array) -> tuple[Ints, Ints]:
    """
    Return rows and columns that still matter for covering all rows by the fewest columns.

    A row goes where another row's columns are among its own; a column goes where another reaches the same and more.

    Examples
    --------
    >>> rows, columns = reduce_cover(sparse.csr_array([[1.0, 1, 0], [0, 1, 0], [0, 0, 1]]))
    >>> rows.tolist(), columns.tolist()
    ([0, 2], [1, 2])
    """
    rows, columns = same_rows(table)[0], np.arange(table.shape[1])
    for _ in range(20):
        inner = sparse.csr_array(table[rows][:, columns])
        is_small = dominated_columns(inner, sparse.csr_array(inner.T))
        columns = columns[~is_small]
        inner = sparse.csr_array(table[rows][:, columns])
        is_implied = implied_rows(inner)
        rows = rows[~is_implied]
        if not is_small.any() and not is_implied.any():
            break
    return rows, columns


def implied_rows(table: sparse.csr_array) -> Flags:
    """Return the rows that are covered whenever another one is: a row's columns are all among theirs."""
    across = sparse.csr_array(table.T)
    size = np.diff(table.indptr)
    if float(np.diff(across.indptr).astype(float) @ np.diff(across.indptr)) > 2e8:
        return np.zeros(len(size), bool)
    shared = sparse.coo_array(table @ across)
    inside = (shared.data == size[shared.row]) & (shared.row != shared.col)
    harder, easier = shared.row[inside], shared.col[inside]
    out = np.zeros(len(size), bool)
    out[easier[(size[easier] > size[harder]) | (harder < easier)]] = True
    return out


def _fewest(table: sparse.csr_array, limits: Limits, worth: np.ndarray | None = None) -> Solved:
    count, width = table.shape
    if not count:
        return Solved(OPTIMAL, 0.0, 0.0, np.zeros(width))
    problem = Programme(
        cost=np.ones(width) if worth is None else worth,
        low=np.zeros(width),
        high=np.ones(width),
        is_whole=np.ones(width, bool),
        rows=table,
        row_low=np.ones(count),
        row_high=np.full(count, INFINITY),
    )
    return solve_programme(problem, limits, is_pure=worth is None)


def full_cover_with_backup(
    reach: Reach, weight: ArrayLike, *, posts: int | None = None, sites: Sites | None = None,
    limits: Limits | None = None,
) -> Placement:  # fmt: skip
    """
    Reach every demand point, and with the same posts as much weight as possible a second time (LSCP-B).

    `posts` None takes the least number there can be; a given one must allow full cover. `objective` is the weight
    reached at least twice.

    Notes
    -----
    Source: Daskin and Stern 1981, Hogan and ReVelle 1986.

    Examples
    --------
    Both sites reach both places; one post is enough, two give everyone a backup:

    >>> from geo.crowd.posts.reach import reach_of_flags
    >>> everyone = reach_of_flags([[1, 1], [1, 1]])
    >>> full_cover_with_backup(everyone, [5, 7]).objective, full_cover_with_backup(everyone, [5, 7], posts=2).objective
    (0.0, 12.0)
    """
    values, limits = require_weights(weight, reach.demands), limits or Limits()
    rules, began = sites or site_rules(reach.sites), limits.clock()
    least = least_posts(reach, sites=rules, limits=limits)
    if not least.is_feasible or (posts is not None and posts < len(least.posts)):
        return _too_few(least, posts)
    count = len(least.posts) if posts is None else min(posts, int(rules.is_open.sum()))
    table = sparse.csr_array(reach.matrix())
    n, m = table.shape
    eye = -sparse.eye_array(n, format="csr")
    problem = Programme(
        cost=np.concatenate([np.zeros(m), -values]),
        low=np.concatenate([rules.is_fixed.astype(float), np.zeros(n)]),
        high=np.concatenate([rules.is_open.astype(float), np.ones(n)]),
        is_whole=np.concatenate([np.ones(m, bool), np.zeros(n, bool)]),
        rows=sparse.block_array([[table, eye], [sparse.csr_array(np.ones((1, m))), None]], format="csr"),
        row_low=np.concatenate([np.ones(n), [float(count)]]),
        row_high=np.concatenate([np.full(n, INFINITY), [float(count)]]),
    )
    left = replace(limits, seconds=limits.seconds - (limits.clock() - began))
    solved = solve_programme(problem, left, is_pure=bool((values == np.round(values)).all()))
    if solved.x is None:
        return replace(least, model="full cover with backup", status=solved.status, objective=None, bound=None)
    chosen = np.flatnonzero(solved.x[:m] > 0.5)
    cover = reach.cover(chosen)
    return Placement(
        model="full cover with backup",
        status=solved.status,
        objective=float(values[cover >= 2].sum()),
        bound=-solved.bound,
        posts=chosen,
        cover=cover,
        share=(cover > 0).astype(float),
        solver="HiGHS",
        seconds=limits.clock() - began,
    )


def _too_few(least: Placement, posts: int | None) -> Placement:
    if not least.is_feasible:
        return replace(least, model="full cover with backup")
    need = int(np.ceil((least.bound or 0.0) - 1e-6))
    return replace(
        least,
        model="full cover with backup",
        status=INFEASIBLE if posts is not None and posts < need else "not found",
        objective=None,
        bound=None,
        posts=np.empty(0, np.int64),
        reasons=(say("{posts} posts cannot reach every demand point", posts=posts or 0),),
        advice=(say("{least} posts can", least=len(least.posts)),),
    )
