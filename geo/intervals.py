"""95 % intervals for what a few records can bear: shares, counts, ratios of counts, medians."""

from __future__ import annotations

import numpy as np
from scipy import special

TAIL = 0.025
Z = float(special.ndtri(1 - TAIL))
Bounds = tuple[np.ndarray, np.ndarray]


def wilson_interval(part: np.ndarray, whole: np.ndarray) -> Bounds:
    """
    Tell between which two values a share really lies, with 95 % confidence, when `part` of `whole` was seen.

    NaN where `whole` is 0.

    Notes
    -----
    Source: Wilson (1927), JASA 22, 209-212; method 3 of Newcombe (1998), Statistics in Medicine 17, 857-872.

    Examples
    --------
    81 of 263, as in Newcombe's table I:

    >>> [round(float(edge[0]), 4) for edge in wilson_interval(np.array([81]), np.array([263]))]
    [0.2553, 0.3662]
    """
    seen, total = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    total = np.where(total > 0, total, np.nan)
    share, square = seen / total, Z * Z
    middle = share + square / (2 * total)
    half = Z * np.sqrt(share * (1 - share) / total + square / (4 * total * total))
    scale = 1 + square / total
    low = np.where(seen == 0, 0.0, (middle - half) / scale)
    high = np.where(seen == total, 1.0, (middle + half) / scale)
    return np.where(np.isnan(total), np.nan, low), np.where(np.isnan(total), np.nan, high)


def poisson_interval(count: np.ndarray) -> Bounds:
    """
    Tell between which two values the expected number of events lies, with 95 % confidence, when `count` happened.

    Exact; events are taken as independent of each other.

    Notes
    -----
    Source: Garwood (1936), Biometrika 28, 437-442.

    Examples
    --------
    >>> [round(float(edge[0]), 3) for edge in poisson_interval(np.array([10]))]
    [4.795, 18.39]
    """
    seen = np.asarray(count, dtype=float)
    low = np.where(seen > 0, special.gammaincinv(np.maximum(seen, 1), TAIL), 0.0)
    return low, special.gammaincinv(seen + 1, 1 - TAIL)


def ratio_interval(count: np.ndarray, before: np.ndarray) -> Bounds:
    """
    Tell between which two values the ratio of two counts over equal periods lies, with 95 % confidence.

    Exact, by the share of `count` in the sum of both. NaN where both are 0; high is infinite where `before` is 0.

    Notes
    -----
    Source: Przyborowski and Wilenski (1940), Biometrika 31, 313-323, with the limits of
    Clopper and Pearson (1934), Biometrika 26, 404-413.

    Examples
    --------
    Ten now, ten before: the ratio is one, and may well be 0.37 or 2.68.

    >>> [round(float(edge[0]), 2) for edge in ratio_interval(np.array([10]), np.array([10]))]
    [0.37, 2.68]
    """
    now, then = np.asarray(count, dtype=float), np.asarray(before, dtype=float)
    low = np.where(now > 0, special.betaincinv(np.maximum(now, 1), then + 1, TAIL), 0.0)
    high = np.where(then > 0, special.betaincinv(now + 1, np.maximum(then, 1), 1 - TAIL), 1.0)
    with np.errstate(divide="ignore"):
        edges = low / (1 - low), np.where(high < 1, high / (1 - high), np.inf)
    none = now + then == 0
    return np.where(none, np.nan, edges[0]), np.where(none, np.nan, edges[1])


def median_ranks(size: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """
    Return which ordered values (0 = smallest) enclose the median with at least 95 % confidence.

    -1 where fewer than six values allow no such interval.

    Notes
    -----
    Source: order statistics and the binomial distribution; Hahn and Meeker (1991), "Statistical Intervals", 5.2.

    Examples
    --------
    Of ten values the second and the ninth (97.9 %), of five none:

    >>> low, high = median_ranks(np.array([10, 5]))
    >>> low.tolist(), high.tolist()
    ([1, -1], [8, -1])
    """
    sizes = np.asarray(size, dtype=np.int64)
    distinct, place = np.unique(sizes, return_inverse=True)
    enough = np.maximum(distinct, 6)
    ranks = np.floor(special.bdtrik(TAIL, enough, 0.5)).astype(np.int64)
    low = np.where(distinct < 6, -1, ranks)[place]
    return np.where(low < 0, -1, low), np.where(low < 0, -1, sizes - 1 - low)
