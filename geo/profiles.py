"""When things happen: by hour and weekday, by day or week, and how values are spread."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

HOURS_OF_WEEK = 7 * 24
Step = Literal["day", "week"]


def hour_of_week(times: pd.Series, time_zone: str) -> np.ndarray:
    """
    Return the hour of the week of each aware time, in the hours of the place: 0 = Monday 0 o'clock, 167 = Sunday 23.

    -1 where the time is missing.

    Examples
    --------
    >>> hour_of_week(pd.Series(pd.to_datetime(["2026-06-01T01:30Z", None])), "Asia/Shanghai").tolist()
    [9, -1]
    """
    local = pd.DatetimeIndex(times).tz_convert(time_zone)
    hours = np.asarray(local.day_of_week) * 24 + np.asarray(local.hour)
    return np.where(local.isna(), -1, np.nan_to_num(hours, nan=-1)).astype(np.int64)


def hour_by_weekday(times: pd.Series, time_zone: str) -> pd.DataFrame:
    """
    Count rows by weekday and hour of the place: 7 rows (0 = Monday) by 24 columns; missing times are left out.

    Examples
    --------
    >>> table = hour_by_weekday(pd.Series(pd.to_datetime(["2026-06-01T01:30Z"] * 2)), "Asia/Shanghai")
    >>> int(table.loc[0, 9]), int(table.to_numpy().sum())
    (2, 2)
    """
    hour = hour_of_week(times, time_zone)
    cells = np.bincount(hour[hour >= 0], minlength=HOURS_OF_WEEK).reshape(7, 24)
    return pd.DataFrame(cells, index=pd.RangeIndex(7, name="weekday"), columns=pd.RangeIndex(24, name="hour"))


def counts_over_time(
    times: pd.Series,
    *,
    start: pd.Timestamp,
    end: pd.Timestamp,
    time_zone: str,
    by: Step = "day",
    weights: np.ndarray | None = None,
) -> pd.DataFrame:
    """
    Count rows per day or week of the place from `start` (included) to `end` (excluded), days without any as 0.

    Returns `at` (aware local midnight the day, or the Monday, begins with) and `value`. The first and last day or
    week may be cut by the period. `weights` sums these instead of counting rows.

    Examples
    --------
    >>> times = pd.Series(pd.to_datetime(["2026-06-01T01:00Z", "2026-06-01T15:00Z", "2026-06-02T17:00Z"]))
    >>> table = counts_over_time(times, start=pd.Timestamp("2026-06-01", tz="Asia/Shanghai"),
    ...     end=pd.Timestamp("2026-06-04", tz="Asia/Shanghai"), time_zone="Asia/Shanghai")
    >>> table["value"].tolist()
    [2.0, 0.0, 1.0]
    """
    first, last = (pd.Timestamp(edge).tz_convert(time_zone) for edge in (start, end))
    chosen = ((times >= start) & (times < end)).to_numpy(bool)
    local = pd.DatetimeIndex(times[chosen]).tz_convert(time_zone).tz_localize(None)
    opening = _opening(pd.DatetimeIndex([first]).tz_localize(None), by)[0]
    closing = (last - pd.Timedelta(microseconds=1)).tz_localize(None)
    starts = pd.date_range(opening, max(closing, opening), freq="D" if by == "day" else "7D", unit="us")
    place = starts.get_indexer(_opening(local, by).as_unit("us"))
    used = None if weights is None else np.asarray(weights, dtype=float)[chosen]
    value = np.bincount(place, weights=used, minlength=len(starts)).astype(float)
    return pd.DataFrame(
        {"at": starts.tz_localize(time_zone, nonexistent="shift_forward", ambiguous=True), "value": value}
    )


def spread(values: np.ndarray, *, bins: int = 20) -> pd.DataFrame:
    """
    Count areas per equal step of value, for a histogram: low, high, areas; NaN values are left out.

    The last step holds its upper edge. One row where all values are equal, none where there is no value.

    Examples
    --------
    >>> spread(np.array([0.0, 1.0, 2.0, 2.0, np.nan]), bins=2).to_dict("list")
    {'low': [0.0, 1.0], 'high': [1.0, 2.0], 'areas': [1, 3]}
    """
    known = np.asarray(values, dtype=float)
    known = known[np.isfinite(known)]
    if len(known) == 0:
        return pd.DataFrame({"low": [], "high": [], "areas": []})
    if known.min() == known.max():
        return pd.DataFrame({"low": [known[0]], "high": [known[0]], "areas": [len(known)]})
    areas, edges = np.histogram(known, bins=bins)
    return pd.DataFrame({"low": edges[:-1], "high": edges[1:], "areas": areas})


def _opening(days: pd.DatetimeIndex, by: Step) -> pd.DatetimeIndex:
    """Midnight of each day, or of its Monday."""
    midnight = days.normalize()
    return midnight if by == "day" else midnight - pd.to_timedelta(midnight.day_of_week, unit="D")
