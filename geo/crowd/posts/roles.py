"""Several kinds of post at once: each role with its own reach, weights and number, sharing the room of the sites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from geo.crowd.posts.problem import Placement, Sites, require_posts, require_weights, site_rules
from geo.crowd.posts.reach import Floats, Ints, Reach
from geo.crowd.posts.solve.mip import INFINITY, NOT_FOUND, Limits, Programme, solve_programme
from geo.errors import SchemaError, say


@dataclass(frozen=True)
class Role:
    """
    One kind of post (medic, police, volunteer): who it reaches, what each demand point is worth to it, how many.

    `sites` are its own fixed and forbidden sites; `importance` weighs its cover against that of other roles.
    """

    name: str
    reach: Reach
    weight: ArrayLike
    posts: int
    sites: Sites | None = None
    importance: float = 1.0


def place_roles(roles: Sequence[Role], *, room: ArrayLike, limits: Limits | None = None) -> dict[str, Placement]:
    """
    Place all roles together so that the sum of importance x weight covered is largest, within the room of each site.

    `room[j]` is how many posts of any role site j holds. Each answer carries the part of its role; status and gap are
    those of the whole. Without a placement that keeps the room every role is infeasible.

    Raises
    ------
    SchemaError
        If two roles share a name, their sites differ in number, or as `most_cover`.

    Examples
    --------
    Two roles both want site 0, which holds one post; the one that would lose more gets it:

    >>> from geo.crowd.posts.reach import reach_of_flags
    >>> reach = reach_of_flags([[1, 0], [0, 1]])
    >>> placed = place_roles([Role("medic", reach, [9, 8], 1), Role("guard", reach, [9, 2], 1)], room=[1, 1])
    >>> {name: (one.posts.tolist(), one.objective) for name, one in placed.items()}
    {'medic': ([1], 8.0), 'guard': ([0], 9.0)}
    """
    names = [role.name for role in roles]
    counts = {role.reach.sites for role in roles}
    space = np.asarray(room, dtype=float)
    if len(set(names)) < len(names) or counts != {len(space)}:
        raise SchemaError(
            say("roles with names of their own and one set of sites"),
            say("{names} with {sites} sites", names=", ".join(names), sites=", ".join(map(str, sorted(counts)))),
            say("give each role every site, and forbid those it cannot use"),
        )
    limits = limits or Limits()
    began = limits.clock()
    rules = [role.sites or site_rules(role.reach.sites) for role in roles]
    weights = [require_weights(role.weight, role.reach.demands) * role.importance for role in roles]
    for role, rule in zip(roles, rules, strict=True):
        require_posts(role.posts, rule)
    solved = solve_programme(_programme(roles, rules, weights, space), limits)
    bound = None if solved.x is None else -solved.bound
    out, at = {}, 0
    for role, weight in zip(roles, weights, strict=True):
        sites, demands = role.reach.sites, role.reach.demands
        posts = np.empty(0, np.int64) if solved.x is None else np.flatnonzero(solved.x[at : at + sites] > 0.5)
        at += sites + demands
        out[role.name] = _part(role, weight, posts, solved.status, bound, solved.objective, limits.clock() - began)
    return out


def _part(
    role: Role, weight: Floats, posts: Ints, status: str, bound: float | None, total: float, seconds: float
) -> Placement:
    cover = role.reach.cover(posts)
    is_found = bound is not None
    covered = float(weight[cover > 0].sum()) / (role.importance or 1.0)
    slack = max(0.0, (bound or 0.0) + total) if is_found else 0.0
    return Placement(
        model="roles together", status=status if is_found or status != NOT_FOUND else NOT_FOUND,
        objective=covered if is_found else None, bound=covered + slack if is_found else None, posts=posts, cover=cover,
        share=(cover > 0).astype(float), solver="HiGHS", seconds=seconds,
        reasons=() if is_found else (say("the sites have too little room for all roles"),),
        advice=() if is_found else (say("more room, more sites or fewer posts"),),
    )  # fmt: skip


def _programme(roles: Sequence[Role], rules: list[Sites], weights: list[Floats], room: Floats) -> Programme:
    """For each role its posts and what it covers; then one row a site for the room."""
    blocks: list[list[object | None]] = []
    parts = []
    shared: list[object] = []
    for order, (role, rule, weight) in enumerate(zip(roles, rules, weights, strict=True)):
        n, m = role.reach.demands, role.reach.sites
        own = sparse.block_array(
            [[-role.reach.matrix(), sparse.eye_array(n)], [sparse.csr_array(np.ones((1, m))), None]], format="csr"
        )
        blocks.append([own if place == order else None for place in range(len(roles))])
        shared.append(sparse.hstack([sparse.eye_array(m), sparse.csr_array((m, n))], format="csr"))
        parts.append(
            (
                np.concatenate([np.zeros(m), -weight]),
                np.concatenate([rule.is_fixed.astype(float), np.zeros(n)]),
                np.concatenate([rule.is_open.astype(float), np.ones(n)]),
                np.concatenate([np.ones(m, bool), np.zeros(n, bool)]),
                np.concatenate([np.full(n, -INFINITY), [float(role.posts)]]),
                np.concatenate([np.zeros(n), [float(role.posts)]]),
            )
        )
    cost, low, high, whole, row_low, row_high = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Programme(
        cost=cost, low=low, high=high, is_whole=whole, rows=sparse.block_array([*blocks, shared], format="csr"),
        row_low=np.concatenate([row_low, np.full(len(room), -INFINITY)]), row_high=np.concatenate([row_high, room]),
    )  # fmt: skip
