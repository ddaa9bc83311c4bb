"""Classes of a coloured map: where they break, what they are called, and which areas are too uncertain to colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from geo.errors import SchemaError, name_few, say

SCHEMES = ("quantile", "natural", "equal", "manual")
SAMPLE = 800
NO_CLASS = -1


@dataclass(frozen=True, eq=False)
class Classes:
    """
    Classes of values: class i holds `breaks[i]` <= value < `breaks[i + 1]`, the last one its upper edge too.

    `codes` is the class of each value as given, -1 where there is no value. `counts` says how many values each
    class holds. With one value only, or none, there is one class or none.
    """

    scheme: str
    breaks: np.ndarray
    labels: tuple[str, ...]
    codes: np.ndarray
    counts: np.ndarray


def class_breaks(
    values: Sequence[float] | np.ndarray | pd.Series,
    *,
    scheme: str = "quantile",
    classes: int = 5,
    breaks: Sequence[float] | None = None,
    decimals: int = 1,
) -> Classes:
    """
    Cut values into classes for a map: equally many in each (quantile), where they bunch (natural), equal steps
    (equal), or as told (manual).

    Inner edges are rounded to `decimals`, so that a legend says what the map does; classes that rounding or ties
    leave empty are dropped, but not those of equal steps. NaN and infinite values have no class.

    Parameters
    ----------
    values
        One value per area. Shape (n,).
    scheme
        quantile (natural where ties leave one class), natural (Fisher-Jenks; where there are more than 800 values,
        on 800 spread evenly over the sorted ones), equal or manual.
    classes
        How many at most, 1 to 12.
    breaks
        Inner edges for `manual`; edges outside the values make classes that stay empty but are kept.
    decimals
        Decimals the metric can bear.

    Raises
    ------
    SchemaError
        If there is no such scheme, `classes` is out of range, or manual breaks are missing, equal or not finite.

    Notes
    -----
    Source: Fisher (1958), JASA 53, 789-798, and Jenks (1977) for natural breaks.
    Cost: O(n log n); natural O(k m²) on m <= 800 values.

    Examples
    --------
    >>> found = class_breaks([1, 2, 3, 4, float("nan")], scheme="quantile", classes=2, decimals=0)
    >>> found.breaks.tolist(), found.codes.tolist(), found.labels
    ([1.0, 3.0, 4.0], [0, 0, 1, 1, -1], ('1 – 3', '3 – 4'))
    """
    _require_scheme(scheme, classes, breaks)
    given = np.asarray(values, dtype=float)
    known = given[np.isfinite(given)]
    if scheme == "manual":
        edges = _with_ends(np.array(sorted(breaks or ()), dtype=float), known)
    elif len(known) == 0:
        return Classes(scheme, np.empty(0), (), np.full(len(given), NO_CLASS), np.empty(0, dtype=int))
    else:
        edges = _rounded_edges(known, scheme, classes, decimals)
        if scheme == "quantile" and len(edges) == 2 and classes > 1:
            edges = _rounded_edges(known, "natural", classes, decimals)
    codes = _codes(given, edges)
    counts = np.bincount(codes[codes >= 0], minlength=len(edges) - 1)
    if scheme == "manual":
        inner = [f"{edge:,.{decimals}f}" for edge in edges[1:-1]]
        labels = (f"< {inner[0]}", *(f"{low} – {high}" for low, high in pairwise(inner)), f"≥ {inner[-1]}")
        return Classes(scheme, edges, labels, codes, counts)
    if scheme != "equal" and (counts == 0).any():
        edges = np.append(edges[:-1][counts > 0], edges[-1])
        codes = _codes(given, edges)
        counts = np.bincount(codes[codes >= 0], minlength=len(edges) - 1)
    return Classes(scheme, edges, _labels(edges, decimals), codes, counts)


def is_unsure(table: pd.DataFrame, *, small_count: float, uncertain_ratio: float) -> pd.Series:
    """
    Tell which values few records stand behind, so that a map shows them softly rather than in a loud colour.

    True where there is a value and either fewer than `small_count` records, or an interval wider than
    `uncertain_ratio` times the value. No data is not unsure: it is no data.

    Examples
    --------
    >>> table = pd.DataFrame({"value": [4.0, 50.0, None], "low": [1.1, 37.0, None], "high": [10.2, 66.0, None],
    ...     "records": [4, 50, 0]}, index=["A", "B", "C"])
    >>> is_unsure(table, small_count=5, uncertain_ratio=1.0).to_dict()
    {'A': True, 'B': False, 'C': False}
    """
    width = (table["high"] - table["low"]).to_numpy(dtype=float)
    value = table["value"].to_numpy(dtype=float)
    with np.errstate(invalid="ignore"):
        is_wide = width > uncertain_ratio * np.abs(value)
    few = table["records"].to_numpy() < small_count
    return pd.Series(np.isfinite(value) & (few | is_wide), index=table.index, name="is_unsure")


def _require_scheme(scheme: str, classes: int, breaks: Sequence[float] | None) -> None:
    if scheme not in SCHEMES:
        raise SchemaError(
            say("one of {schemes}", schemes=", ".join(SCHEMES)),
            say("{scheme}", scheme=scheme),
            say("choose one of these"),
        )
    if not 1 <= classes <= 12:
        raise SchemaError(say("1 to 12 classes"), say("{count}", count=classes), say("choose fewer classes"))
    edges = list(breaks or ())
    if scheme == "manual" and (not edges or len(set(edges)) != len(edges) or not np.isfinite(edges).all()):
        raise SchemaError(
            say("different numbers as class breaks"),
            say("{breaks}", breaks=name_few(edges) or "none"),
            say("give the values where a class ends"),
        )


def _rounded_edges(known: np.ndarray, scheme: str, classes: int, decimals: int) -> np.ndarray:
    inner = np.unique(np.round(_inner_edges(np.sort(known), scheme, classes), decimals))
    return _with_ends(inner[(inner > known.min()) & (inner <= known.max())], known)


def _inner_edges(ordered: np.ndarray, scheme: str, classes: int) -> np.ndarray:
    distinct = np.unique(ordered)
    count = min(classes, len(distinct))
    if count < 2:
        return np.empty(0)
    if scheme == "equal":
        return np.linspace(ordered[0], ordered[-1], count + 1)[1:-1]
    if scheme == "quantile":
        return np.quantile(ordered, np.arange(1, count) / count, method="higher")
    return _natural_edges(ordered, count)


def _natural_edges(ordered: np.ndarray, classes: int) -> np.ndarray:
    """Edges with the least sum of squared distances from the class means (Fisher's exact dynamic programme)."""
    if len(ordered) > SAMPLE:
        ordered = ordered[np.linspace(0, len(ordered) - 1, SAMPLE).round().astype(int)]
    value, weight = np.unique(ordered, return_counts=True)
    count, size = min(classes, len(value)), len(value)
    value = value - value.mean()
    mass, first, second = (np.append(0.0, np.cumsum(weight * value**power)) for power in (0, 1, 2))
    low, high = np.arange(size)[:, None], np.arange(1, size + 1)[None, :]
    with np.errstate(invalid="ignore", divide="ignore"):
        within = second[high] - second[low] - (first[high] - first[low]) ** 2 / (mass[high] - mass[low])
    within = np.where(high > low, within, np.inf)
    best, starts = within[0], []
    for _ in range(count - 1):
        total = np.append(np.inf, best[:-1])[:, None] + within
        starts.append(total.argmin(axis=0))
        best = total.min(axis=0)
    tops, end = [], size - 1
    for start in reversed(starts):
        tops.append(start[end])
        end = start[end] - 1
    distinct = np.unique(ordered)
    cut = np.array(tops[::-1], dtype=int)
    return (distinct[cut - 1] + distinct[cut]) / 2


def _with_ends(inner: np.ndarray, known: np.ndarray) -> np.ndarray:
    low = min(known.min(), inner[0]) if len(known) and len(inner) else (known.min() if len(known) else inner[0])
    high = max(known.max(), inner[-1]) if len(known) and len(inner) else (known.max() if len(known) else inner[-1])
    return np.concatenate([[low], inner, [high]])


def _codes(given: np.ndarray, edges: np.ndarray) -> np.ndarray:
    codes = np.clip(np.searchsorted(edges[1:-1], given, side="right"), 0, len(edges) - 2)
    return np.where(np.isfinite(given), codes, NO_CLASS)


def _labels(edges: np.ndarray, decimals: int) -> tuple[str, ...]:
    shown = [f"{edge:,.{decimals}f}" for edge in edges]
    return tuple(low if low == high else f"{low} – {high}" for low, high in pairwise(shown))
