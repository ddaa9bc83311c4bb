"""Counting rows into areas: the arithmetic every metric shares."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geo.contracts import require_areas
from geo.intervals import median_ranks, wilson_interval
from geo.metrics._spec import Window

NONE = -1
Numbers = np.ndarray | float


def moment(window: Window) -> pd.Timestamp:
    """Return when what is open or overdue is judged: now, or the end of the period if that is earlier."""
    return min(pd.Timestamp(window.now), pd.Timestamp(window.end))


def rows_in(table: pd.DataFrame, column: str, window: Window) -> pd.DataFrame:
    """Return the rows whose `column` lies in the period, start included, end excluded."""
    at = table[column]
    return table[((at >= pd.Timestamp(window.start)) & (at < pd.Timestamp(window.end))).to_numpy(bool)]


def is_recorded(table: pd.DataFrame) -> bool:
    """
    Tell whether this kind was recorded in the period, so that no row means none happened, not unknown.

    What `attrs["is_recorded"]` says; without it, an empty table is no record.
    """
    return bool(table.attrs.get("is_recorded", len(table) > 0))


def positions(ids: pd.Series | np.ndarray, index: pd.Index) -> np.ndarray:
    """Return where each id stands in `index`; -1 for a missing or unknown one."""
    if isinstance(ids, pd.Series) and isinstance(ids.dtype, pd.CategoricalDtype):
        known = index.get_indexer(pd.Index(ids.cat.categories, dtype=object))
        return np.append(known, NONE)[ids.cat.codes.to_numpy()]
    return index.get_indexer(pd.Index(np.asarray(ids, dtype=object), dtype=object))


def counted(place: np.ndarray, size: int, weights: np.ndarray | None = None) -> np.ndarray:
    """Return rows (or the sum of `weights`) per position, positions of -1 left out."""
    return np.bincount(place + 1, weights=weights, minlength=size + 1)[1:].astype(float)


def rows_per_area(areas: pd.DataFrame, table: pd.DataFrame, chosen: np.ndarray | None = None) -> np.ndarray:
    """Return how many rows (those where `chosen`) each area has."""
    place = positions(table["area_id"], areas.index)
    return counted(place if chosen is None else place[chosen], len(areas))


def measured(
    areas: pd.DataFrame, value: Numbers, records: Numbers, *, low: Numbers = np.nan, high: Numbers = np.nan
) -> pd.DataFrame:
    """Return the table every metric gives: value, low, high, records, indexed like `areas`."""
    size = len(areas)
    columns = {"value": value, "low": low, "high": high}
    table = pd.DataFrame(
        {name: np.broadcast_to(np.asarray(one, dtype=float), size).copy() for name, one in columns.items()},
        index=areas.index,
    )
    table["records"] = np.broadcast_to(np.asarray(records), size).astype(np.int64)
    return table


def no_data(areas: pd.DataFrame) -> pd.DataFrame:
    """Return the table of a metric that has nothing to go by: NaN everywhere, no records."""
    return measured(areas, np.nan, 0)


def share(areas: pd.DataFrame, table: pd.DataFrame, part: np.ndarray, whole: np.ndarray) -> pd.DataFrame:
    """Return the percentage of the `whole` rows that are also `part`, with Wilson's interval; NaN without any."""
    require_areas(areas)
    total = rows_per_area(areas, table, whole)
    seen = rows_per_area(areas, table, whole & part)
    low, high = wilson_interval(seen, total)
    with np.errstate(invalid="ignore", divide="ignore"):
        return measured(areas, 100 * seen / total, total, low=100 * low, high=100 * high)


def rate(
    areas: pd.DataFrame, count: np.ndarray, low: np.ndarray, high: np.ndarray, base: Sequence[float] | np.ndarray
) -> pd.DataFrame:
    """Return `count` and its interval per unit of `base`; NaN where the base is missing or 0."""
    per = np.asarray(base, dtype=float)
    per = np.where(per > 0, per, np.nan)
    return measured(areas, count / per, count, low=low / per, high=high / per)


def medians(areas: pd.DataFrame, place: np.ndarray, values: np.ndarray) -> pd.DataFrame:
    """
    Return the median of `values` per area with the interval of its order statistics.

    An infinite value stands for "not yet": where it reaches the median, the median is unknown (NaN).
    """
    kept = (place != NONE) & ~np.isnan(values)
    place, values = place[kept], values[kept]
    order = np.lexsort((values, place))
    ordered = np.append(values[order], np.nan)
    sizes = np.bincount(place, minlength=len(areas))
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]) if len(sizes) else sizes
    low, high = median_ranks(sizes)
    none = len(ordered) - 1

    def at(rank: np.ndarray, known: np.ndarray) -> np.ndarray:
        found = ordered[np.where(known, starts + rank, none)]
        return np.where(np.isinf(found), np.nan, found)

    middle = (at((sizes - 1) // 2, sizes > 0) + at(sizes // 2, sizes > 0)) / 2
    return measured(areas, middle, sizes, low=at(low, low >= 0), high=at(high, high >= 0))


def instants(times: pd.Series) -> np.ndarray:
    """Return aware times as whole microseconds since 1970 (int64); NaT is the smallest integer."""
    return pd.DatetimeIndex(times).as_unit("us").asi8
