"""How unevenly something is shared out: the Lorenz curve and the Gini coefficient."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def lorenz_curve(amounts: Sequence[float] | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """
    Return the curve "the least burdened x % of areas have y % of the incidents": two arrays from 0 to 1.

    NaN amounts are left out; where everything is 0 the curve is the line of equality.

    Notes
    -----
    Source: Lorenz (1905), Publications of the American Statistical Association 9, 209-219.

    Examples
    --------
    >>> areas, incidents = lorenz_curve([3, 1])
    >>> areas.tolist(), incidents.tolist()
    ([0.0, 0.5, 1.0], [0.0, 0.25, 1.0])
    """
    values = np.sort(_known(amounts))
    areas = np.linspace(0, 1, len(values) + 1)
    total = values.sum()
    return areas, np.concatenate([[0.0], np.cumsum(values) / total]) if total > 0 else areas


def gini(amounts: Sequence[float] | np.ndarray) -> float:
    """
    Return the Gini coefficient: 0 = all equal, 1 - 1/n = one of n has all; NaN without a positive amount.

    Examples
    --------
    >>> gini([1, 1, 1]), gini([0, 0, 0, 8]), gini([3, 1])
    (0.0, 0.75, 0.25)
    """
    values = _known(amounts)
    if len(values) == 0 or values.sum() <= 0:
        return float("nan")
    return float(gini_by_group(values, np.zeros(len(values), dtype=int), 1)[0])


def gini_by_group(amounts: np.ndarray, group: np.ndarray, group_count: int) -> np.ndarray:
    """
    Return the Gini coefficient of each group of amounts; NaN for an empty group or one without a positive amount.

    `group` holds 0 to group_count - 1, or -1 for a row of no group.

    Examples
    --------
    >>> gini_by_group(np.array([3.0, 1.0, 5.0]), np.array([0, 0, 1]), 3).tolist()
    [0.25, 0.0, nan]
    """
    kept = group >= 0
    amounts, group = amounts[kept], group[kept]
    order = np.lexsort((amounts, group))
    amounts, group = amounts[order], group[order]
    size = np.bincount(group, minlength=group_count)
    rank = np.arange(len(group)) - (np.cumsum(size) - size)[group] + 1
    weighted = np.bincount(group, weights=rank * amounts, minlength=group_count)
    total = np.bincount(group, weights=amounts, minlength=group_count)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0, 2 * weighted / (size * total) - (size + 1) / size, np.nan)


def _known(amounts: Sequence[float] | np.ndarray) -> np.ndarray:
    values = np.asarray(amounts, dtype=float)
    return values[~np.isnan(values)]
