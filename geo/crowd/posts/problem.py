"""What is asked and what is answered: the sites with their rules, and a placement with what is proven of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike

from geo.contracts import raise_faults
from geo.crowd.posts.reach import Flags, Floats, Ints
from geo.crowd.posts.solve.mip import FEASIBLE, OPTIMAL
from geo.errors import Say, SchemaError, name_few, say


@dataclass(frozen=True)
class Sites:
    """
    The rules of the sites: `is_fixed` holds a post whatever happens, `is_barred` never does, `capacity` is how much
    weight one post serves (None: as much as it reaches).
    """

    is_fixed: Flags
    is_barred: Flags
    capacity: Floats | None = None

    @property
    def count(self) -> int:
        """How many sites there are."""
        return len(self.is_fixed)

    @property
    def is_open(self) -> Flags:
        """Sites where a post may stand."""
        return ~self.is_barred

    def bar(self, sites: ArrayLike) -> Sites:
        """Return the same sites with some more barred."""
        barred = self.is_barred.copy()
        barred[np.asarray(sites, dtype=np.int64)] = True
        return replace(self, is_barred=barred)


def site_rules(
    count: int,
    *,
    fixed: ArrayLike | None = None,
    barred: ArrayLike | None = None,
    capacity: ArrayLike | None = None,
) -> Sites:
    """
    Return the rules of `count` sites; what is not given is: no site fixed, none barred, no capacity.

    Raises
    ------
    SchemaError
        If a list has another length, a site is both fixed and barred, or a capacity is negative or missing.

    Examples
    --------
    >>> site_rules(3, fixed=[True, False, False], barred=[False, True, False]).is_open.tolist()
    [True, False, True]
    """
    is_fixed = np.zeros(count, bool) if fixed is None else np.asarray(fixed, dtype=bool)
    is_barred = np.zeros(count, bool) if barred is None else np.asarray(barred, dtype=bool)
    room = None if capacity is None else np.asarray(capacity, dtype=float)
    faults = [
        say("{found} values for {sites} sites", found=len(one), sites=count)
        for one in (is_fixed, is_barred, room)
        if one is not None and len(one) != count
    ]
    if not faults:
        both = np.flatnonzero(is_fixed & is_barred)
        faults += [say("fixed and forbidden at once in rows {rows}", rows=name_few(both + 1))] if len(both) else []
        low = np.flatnonzero(~(room >= 0)) if room is not None else np.empty(0, np.int64)
        faults += [say("no capacity, or a negative one, in rows {rows}", rows=name_few(low + 1))] if len(low) else []
    raise_faults(SchemaError, say("one rule for every site"), faults, say("put these sites right"))
    return Sites(is_fixed, is_barred, room)


@dataclass(frozen=True)
class Placement:
    """
    Where posts stand, and what is proven: every field is always there.

    `posts` are site numbers in order (one named twice holds two units); `cover` is how many posts reach each demand
    point; `share` how much of each demand point is served (0 or 1 without capacities). For what is wanted large
    `bound` is what nothing can exceed, for what is wanted small (`is_least`) what nothing can go below. Without an
    answer `posts` is empty, `objective` None, and `reasons` and `advice` say why and what would do.
    """

    model: str
    status: str
    objective: float | None
    bound: float | None
    posts: Ints
    cover: Ints
    share: Floats
    solver: str
    is_least: bool = False
    seconds: float = 0.0
    reasons: tuple[Say, ...] = ()
    advice: tuple[Say, ...] = ()
    served: tuple[Ints, Ints, Floats] | None = None
    """With capacities: demand, site and how much weight the site serves of it."""
    notes: dict[str, float] = field(default_factory=dict)

    @property
    def gap(self) -> float | None:
        """Share of the objective by which the best there can be may still differ; None where nothing is proven."""
        if self.objective is None or self.bound is None or not np.isfinite(self.bound):
            return None
        away = self.objective - self.bound if self.is_least else self.bound - self.objective
        if away <= 0:
            return 0.0
        return away / abs(self.objective) if self.objective else float("inf")

    @property
    def is_feasible(self) -> bool:
        """Whether there is an answer."""
        return self.status in (OPTIMAL, FEASIBLE)


def require_weights(weight: ArrayLike, demands: int) -> Floats:
    """
    Return the weights of the demand points as numbers.

    Raises
    ------
    SchemaError
        If there are no demand points, or a weight is missing, infinite or negative; rows are named.

    Examples
    --------
    >>> require_weights([3, -1], 2)
    Traceback (most recent call last):
    geo.errors.SchemaError: expected: a weight of 0 or more for every demand point; found: none in rows 2; to do: put \
these weights right
    """
    values = np.asarray(weight, dtype=float)
    if values.shape != (demands,) or not demands:
        raise SchemaError(
            say("at least one demand point, each with a weight"),
            say("{weights} weights for {demands} points", weights=values.size, demands=demands),
            say("give one weight a point"),
        )
    wrong = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
    if len(wrong):
        raise SchemaError(
            say("a weight of 0 or more for every demand point"),
            say("none in rows {rows}", rows=name_few(wrong + 1)),
            say("put these weights right"),
        )
    return values


def require_posts(posts: int, sites: Sites) -> int:
    """
    Return how many posts there are, when sites and rules allow that number.

    Raises
    ------
    SchemaError
        If it is not positive, less than the fixed posts, or more than the sites that are not forbidden.

    Examples
    --------
    >>> require_posts(4, site_rules(3))
    Traceback (most recent call last):
    geo.errors.SchemaError: expected: at most as many posts as sites; found: 4 posts, 3 sites that are not forbidden; \
to do: give at most 3 posts, or more sites
    """
    held, free = int(sites.is_fixed.sum()), int(sites.is_open.sum())
    if posts < max(held, 1):
        raise SchemaError(
            say("at least one post, and no fewer than the fixed ones"),
            say("{posts} posts, {fixed} fixed", posts=posts, fixed=held),
            say("give {least} or more", least=max(held, 1)),
        )
    if posts > free:
        raise SchemaError(
            say("at most as many posts as sites"),
            say("{posts} posts, {sites} sites that are not forbidden", posts=posts, sites=free),
            say("give at most {sites} posts, or more sites", sites=free),
        )
    return posts
