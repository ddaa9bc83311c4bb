"""Placing units that may be busy: most expected cover (MEXCLP), and how many a place needs to be sure (MALP)."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from geo.crowd.posts.most import place_by_gains
from geo.crowd.posts.problem import Placement, Sites, require_weights, site_rules
from geo.crowd.posts.reach import Reach
from geo.crowd.posts.solve.mip import Limits
from geo.errors import SchemaError, say


def most_expected_cover(
    reach: Reach,
    weight: ArrayLike,
    *,
    units: int,
    busy_share: float,
    most_per_site: int | None = None,
    sites: Sites | None = None,
    limits: Limits | None = None,
) -> Placement:
    """
    Place units so that the weight reached by a unit that is idle is largest (MEXCLP).

    Each unit is busy with the same chance q, independently; a place reached by k units gains weight x (1 - q) q^(k-1)
    from the k-th, so that it is served with chance 1 - q^k. Several units may stand at one site. `objective` is that
    expected weight; check the answer with the hypercube model, whose units are busy together.

    Raises
    ------
    SchemaError
        If the busy share is not from 0 to under 1, or the units do not fit on the sites.

    Notes
    -----
    Source: Daskin 1983, "A maximum expected covering location model". The exponent is k - 1: with k the same sites
    are chosen and the objective is too small by the factor q.

    Examples
    --------
    Two places of 10 and 4; with units half busy the second unit is worth more beside the first (2.5) than at the
    small place (2); with idle units it is the other way round:

    >>> from geo.crowd.posts.reach import reach_of_flags
    >>> apart = reach_of_flags([[1, 0], [0, 1]])
    >>> placed = most_expected_cover(apart, [10, 4], units=2, busy_share=0.5)
    >>> placed.posts.tolist(), placed.objective
    ([0, 0], 7.5)
    >>> most_expected_cover(apart, [10, 4], units=2, busy_share=0.0).posts.tolist()
    [0, 1]
    """
    values = require_weights(weight, reach.demands)
    if not 0 <= busy_share < 1:
        raise SchemaError(
            say("a busy share from 0 to under 1"), say("{share:g}", share=busy_share), say("give calls x time / units")
        )
    rules = sites or site_rules(reach.sites)
    each = units if most_per_site is None else most_per_site
    room = int(rules.is_open.sum()) * each
    if not 1 <= units <= room or units < int(rules.is_fixed.sum()):
        raise SchemaError(
            say("as many units as the sites hold"),
            say("{units} units, room for {room}", units=units, room=room),
            say("give fewer units, or more sites"),
        )
    chance = (1 - busy_share) * busy_share ** np.arange(units)
    gains = values[:, None] * chance[None, : max(1, int((chance > 0).sum()))]
    placed = place_by_gains(
        reach, gains, posts=units, sites=rules, most=np.full(reach.sites, each, np.int64), limits=limits or Limits(),
        model="most expected cover",
    )  # fmt: skip
    return replace(placed, share=1 - busy_share ** placed.cover.astype(float) if busy_share else placed.share)


def units_to_be_sure(busy_share: float, reliability: float) -> int:
    """
    Return how many units must reach a place so that with the chance `reliability` one is idle (MALP's b).

    Raises
    ------
    SchemaError
        If either is not above 0 and below 1.

    Notes
    -----
    Source: ReVelle and Hogan 1989: b = ceil(ln(1 - α) / ln q).

    Examples
    --------
    >>> units_to_be_sure(0.3, 0.9), units_to_be_sure(0.5, 0.9)
    (2, 4)
    """
    if not (0 < busy_share < 1 and 0 < reliability < 1):
        raise SchemaError(
            say("two shares above 0 and below 1"),
            say("{busy:g} and {sure:g}", busy=busy_share, sure=reliability),
            say("give shares such as 0.3 and 0.9"),
        )
    return math.ceil(math.log(1 - reliability) / math.log(busy_share) - 1e-12)
