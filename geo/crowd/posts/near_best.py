"""Other placements nearly as good, what they have in common, and what each post is worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from geo.crowd.posts.most import most_cover
from geo.crowd.posts.problem import Placement, Sites, require_weights, site_rules
from geo.crowd.posts.reach import Floats, Ints, Reach
from geo.crowd.posts.solve.mip import INFINITY, Limits, Programme, solve_programme


@dataclass(frozen=True)
class NearBest:
    """
    `plans` are the best placement and others in order of cover, `cover` what each reaches.

    `in_all` are the sites all of them hold, `in_some` the others any of them holds. For each post of the best plan,
    `lost_if_empty` is the weight no other post reaches, and `lost_if_barred` what the best plan without that site
    loses (NaN where that was not proven in time).
    """

    plans: tuple[Ints, ...]
    cover: Floats
    in_all: Ints
    in_some: Ints
    lost_if_empty: Floats
    lost_if_barred: Floats


def near_best(
    reach: Reach,
    weight: ArrayLike,
    best: Placement,
    *,
    plans: int = 3,
    differ_by: int = 1,
    most_lost: float = 0.05,
    sites: Sites | None = None,
    limits: Limits | None = None,
) -> NearBest:
    """
    Return up to `plans` more placements, each the best that differs by at least `differ_by` posts from all before it.

    A placement that covers less than (1 - `most_lost`) of the best one ends the search, as does the time.

    Notes
    -----
    Source: no-good cuts; Church and Baez 2020 on showing alternatives of location models.

    Examples
    --------
    Sites 0 and 1 reach the same people; site 2 is in every good plan:

    >>> from geo.crowd.posts.reach import reach_of_flags
    >>> reach = reach_of_flags([[1, 1, 0], [0, 0, 1]])
    >>> found = near_best(reach, [10, 20], most_cover(reach, [10, 20], posts=2), plans=5)
    >>> [plan.tolist() for plan in found.plans], found.in_all.tolist(), found.in_some.tolist()
    ([[0, 2], [1, 2]], [2], [0, 1])
    >>> found.lost_if_empty.tolist(), found.lost_if_barred.tolist()
    ([10.0, 20.0], [0.0, 20.0])
    """
    values, limits = require_weights(weight, reach.demands), limits or Limits()
    rules, began = sites or site_rules(reach.sites), limits.clock()

    def left() -> Limits:
        return replace(limits, seconds=limits.seconds - (limits.clock() - began), gap=0.0)

    found, worth = [best.posts], [_covered(reach, values, best.posts)]
    while len(found) <= plans and left().seconds > 0 and not limits.is_stopped():
        other = _best_other(reach, values, found, differ_by, rules, left())
        if other is None or _covered(reach, values, other) < (1 - most_lost) * worth[0] - 1e-9:
            break
        found.append(other)
        worth.append(_covered(reach, values, other))
    times = np.bincount(np.concatenate(found), minlength=reach.sites)
    alone = best.cover[reach.demand] == 1
    only = np.bincount(reach.site[alone], values[reach.demand[alone]], minlength=reach.sites)
    barred = [_without(reach, values, int(j), best, rules, left, worth[0]) for j in best.posts]
    return NearBest(
        plans=tuple(found),
        cover=np.array(worth),
        in_all=np.flatnonzero(times == len(found)),
        in_some=np.flatnonzero((times > 0) & (times < len(found))),
        lost_if_empty=np.asarray(only[best.posts], dtype=float),
        lost_if_barred=np.array(barred),
    )


def _covered(reach: Reach, values: Floats, posts: Ints) -> float:
    return float(values[reach.cover(posts) > 0].sum())


def _without(
    reach: Reach, values: Floats, site: int, best: Placement, rules: Sites, left: Callable[[], Limits], worth: float
) -> float:
    """What is lost without one site; a fixed one, or one nothing can stand in for, loses what it reaches alone."""
    if left().seconds <= 0:
        return float("nan")
    free = rules.bar([site])
    free = replace(free, is_fixed=free.is_fixed & ~free.is_barred)
    posts = min(len(best.posts), int(free.is_open.sum()))
    if not posts:
        return worth
    other = most_cover(reach, values, posts=posts, sites=free, limits=left())
    return worth - (other.objective or 0.0) if other.status == "optimal" else float("nan")


def _best_other(
    reach: Reach, values: Floats, known: list[Ints], differ_by: int, rules: Sites, limits: Limits
) -> Ints | None:
    table = sparse.csr_array(reach.matrix())
    n, m = table.shape
    posts = len(known[0])
    unlike = np.zeros((len(known), m))
    for row, plan in enumerate(known):
        unlike[row, plan] = 1.0
    problem = Programme(
        cost=np.concatenate([np.zeros(m), -values]),
        low=np.concatenate([rules.is_fixed.astype(float), np.zeros(n)]),
        high=np.concatenate([rules.is_open.astype(float), np.ones(n)]),
        is_whole=np.concatenate([np.ones(m, bool), np.zeros(n, bool)]),
        rows=sparse.block_array(
            [
                [-table, sparse.eye_array(n)],
                [sparse.csr_array(np.ones((1, m))), None],
                [sparse.csr_array(unlike), None],
            ],
            format="csr",
        ),
        row_low=np.concatenate([np.full(n, -INFINITY), [float(posts)], np.full(len(known), -INFINITY)]),
        row_high=np.concatenate([np.zeros(n), [float(posts)], np.full(len(known), float(posts - differ_by))]),
    )
    solved = solve_programme(problem, limits, is_pure=bool((values == np.round(values)).all()))
    return None if solved.x is None else np.flatnonzero(solved.x[:m] > 0.5)
