"""Boundaries over time: which areas were in force at a moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
import pandas as pd

from geo.contracts import raise_faults, text_ids
from geo.errors import SchemaError, name_few, say

OPEN_START, OPEN_END = -(2**62), 2**62
MISSING = np.iinfo(np.int64).min


@dataclass(frozen=True, eq=False)
class Timeline:
    """
    Areas with their dates, cut into eras: stretches of time in which no border changes.

    Era 0 has no beginning and the last era no end. `days` are the first days of the eras after the first, `starts`
    the same as moments (midnight of the place, UTC).
    """

    days: tuple[date, ...]
    starts: pd.DatetimeIndex
    _first: np.ndarray = field(repr=False)
    _last: np.ndarray = field(repr=False)

    @classmethod
    def build(cls, table: pd.DataFrame, *, time_zone: str) -> Timeline:
        """
        Cut the time of an area table into eras.

        An area holds from midnight of `valid_from` until midnight of `valid_to`, which is the first day it no longer
        holds; a missing date is an open end. The earliest areas of a level stand for the time before them too: no
        other borders are on record.

        Parameters
        ----------
        table
            One row for each version of an area: area_id, level, valid_from, valid_to (dates, missing is open).
        time_zone
            IANA name of the zone whose midnights count.

        Raises
        ------
        SchemaError
            If an area ends before it begins, or two rows of one id hold at the same time.

        Notes
        -----
        Source: definition. Cost: O(n log n).

        Examples
        --------
        A holds until the end of October, A1 and A2 from November on:

        >>> table = pd.DataFrame({"area_id": ["A", "A1", "A2"], "level": "grid",
        ...     "valid_from": pd.to_datetime([None, "2026-11-01", "2026-11-01"]),
        ...     "valid_to": pd.to_datetime(["2026-11-01", None, None])})
        >>> timeline = Timeline.build(table, time_zone="Asia/Shanghai")
        >>> [timeline.rows(era).tolist() for era in range(len(timeline))]
        [[0], [1, 2]]
        >>> timeline.at(pd.to_datetime(["2026-10-31T15:59Z", "2026-10-31T16:00Z", None])).tolist()
        [0, 1, 1]
        """
        first, last = _days(table["valid_from"], OPEN_START), _days(table["valid_to"], OPEN_END)
        _require_periods(text_ids(table["area_id"]), first, last)
        earliest = pd.Series(first).groupby(table["level"].to_numpy(object)).transform("min").to_numpy()
        first = np.where(first == earliest, OPEN_START, first)
        changes = np.unique(np.concatenate([first[first != OPEN_START], last[last != OPEN_END]]))
        local = pd.DatetimeIndex(changes.astype("datetime64[D]").astype("datetime64[us]"))
        midnights = local.tz_localize(time_zone, nonexistent="shift_forward", ambiguous=True).tz_convert("UTC")
        low, high = (np.searchsorted(changes, one, side="right") for one in (first, last))
        high = np.where(last == OPEN_END, len(changes) + 1, high)
        return cls(tuple(one.date() for one in local), midnights, low, high)

    def __len__(self) -> int:
        return len(self.days) + 1

    def at(self, moments: pd.Series | pd.DatetimeIndex) -> np.ndarray:
        """Return the era of each aware moment (int64); a missing one belongs to the last era."""
        at = pd.DatetimeIndex(moments).as_unit("us").asi8.copy()
        at[at == MISSING] = OPEN_END
        return np.searchsorted(self.starts.asi8, at, side="right")

    def between(self, start: datetime, end: datetime) -> range:
        """Return the eras of a period from `start` (included) to `end` (excluded), in order; one at least."""
        low = int(self.starts.searchsorted(pd.Timestamp(start), side="right"))
        high = int(self.starts.searchsorted(pd.Timestamp(end), side="left"))
        return range(low, max(low, high) + 1)

    def rows(self, era: int) -> np.ndarray:
        """Return the rows of the table that hold in an era, in table order."""
        return np.flatnonzero((self._first <= era) & (self._last > era))

    def span(self, era: int) -> tuple[pd.Timestamp | None, pd.Timestamp | None]:
        """Return when an era begins (included) and ends (excluded); None where it has no such end."""
        start = self.starts[era - 1] if era > 0 else None
        return start, self.starts[era] if era < len(self.starts) else None


def _days(dates: pd.Series, missing: int) -> np.ndarray:
    """Return dates as days since 1970."""
    days = pd.to_datetime(dates).to_numpy(dtype="datetime64[D]").astype(np.int64)
    return np.where(days == MISSING, missing, days)


def _require_periods(ids: np.ndarray, begin: np.ndarray, end: np.ndarray) -> None:
    order = np.lexsort((begin, ids))
    same = ids[order][1:] == ids[order][:-1]
    doubled = ids[order][1:][same & (begin[order][1:] < end[order][:-1])]
    faults = []
    if (begin >= end).any():
        faults.append(say("an end that is not after the beginning: {ids}", ids=name_few(ids[begin >= end])))
    if len(doubled):
        faults.append(say("two boundaries at the same time: {ids}", ids=name_few(sorted(set(doubled)))))
    raise_faults(
        SchemaError, say("areas that each hold in one stretch of time at a time"), faults, say("correct the dates")
    )
