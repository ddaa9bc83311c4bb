"""Cover against the number of posts: what each further post adds, who is worst off, and where more stops paying."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from geo.crowd.posts.most import most_cover
from geo.crowd.posts.problem import Sites, require_weights, site_rules
from geo.crowd.posts.reach import Floats, Ints, Reach
from geo.crowd.posts.solve.mip import Limits


@dataclass(frozen=True)
class CoverStep:
    """
    What so many posts reach: `share` of the weight, `bound` the share no placement of as many exceeds, `added` to one
    post less, `worst` the smallest share of any group that has weight, and whose it is.
    """

    posts: int
    share: float
    bound: float
    added: float
    worst: float
    worst_group: str


def cover_by_number(
    reach: Reach,
    weight: ArrayLike,
    groups: Sequence[str],
    *,
    most_posts: int,
    sites: Sites | None = None,
    limits: Limits | None = None,
) -> tuple[CoverStep, ...]:
    """
    Place 1, 2, ... posts for most cover, up to `most_posts` or full cover; every number has `limits.seconds`.

    `groups` names the group (viewing area, village) of every demand point; the share of the worst one says whom the
    most cover leaves behind. A number found worse than one post less within its time takes that placement.

    Examples
    --------
    Two places of 30 and 10 people, one site each:

    >>> from geo.crowd.posts.reach import reach_of_flags
    >>> steps = cover_by_number(reach_of_flags([[1, 0], [0, 1]]), [30, 10], ["A", "B"], most_posts=5)
    >>> [(one.posts, one.share, one.added, one.worst, one.worst_group) for one in steps]
    [(1, 0.75, 0.75, 0.0, 'B'), (2, 1.0, 0.25, 1.0, 'A')]
    """
    values, limits = require_weights(weight, reach.demands), limits or Limits()
    rules = sites or site_rules(reach.sites)
    total = float(values.sum()) or 1.0
    names, number = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    found: list[CoverStep] = []
    most = min(most_posts, int(rules.is_open.sum()))
    best, cover = 0.0, np.zeros(reach.demands, dtype=np.int64)
    for posts in range(max(int(rules.is_fixed.sum()), 1), most + 1):
        if limits.is_stopped():
            break
        placed = most_cover(reach, values, posts=posts, sites=rules, limits=replace(limits, progress=None))
        before, reached = best, float(placed.objective or 0.0)
        if reached > best or not found:
            best, cover = reached, placed.cover
        worst, whose = _worst(values, cover, number, names)
        bound = min(1.0, (placed.bound if placed.bound is not None else total) / total)
        found.append(CoverStep(posts, best / total, max(bound, best / total), (best - before) / total, worst, whose))
        if limits.progress is not None:
            limits.progress(posts / most, "")
        if best >= total * (1 - 1e-12):
            break
    return tuple(found)


def _worst(weight: Floats, cover: Ints, number: Ints, names: np.ndarray) -> tuple[float, str]:
    whole = np.bincount(number, weight, minlength=len(names))
    reached = np.bincount(number, weight * (cover > 0), minlength=len(names))
    share = np.where(whole > 0, reached / np.maximum(whole, 1e-300), np.inf)
    at = int(np.argmin(share))
    return float(share[at]), str(names[at])


def elbow(shares: Sequence[float]) -> int:
    """
    Return after how many posts more of them stop paying: where the curve of the shares of 1, 2, ... posts rises
    furthest above the straight line from nothing to its end; 0 where there are no shares.

    Source: Satopää, Albrecht, Irwin and Raghavan 2011, "Finding a kneedle in a haystack". A hint, not a proof: with one
    post more each still gains what the table says.

    Examples
    --------
    >>> elbow([0.5, 0.8, 0.9, 0.95, 0.97]), elbow([0.2, 0.4, 0.6]), elbow([])
    (2, 1, 0)
    """
    if not len(shares):
        return 0
    rise = np.asarray(shares, dtype=float)
    above = rise - np.arange(1, len(rise) + 1) * rise[-1] / len(rise)
    return int(np.argmax(np.round(above, 12))) + 1
