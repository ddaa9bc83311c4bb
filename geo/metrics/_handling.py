"""What state an incident was in at one moment, told from its times rather than from today's status."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

WAITING = ("reported", "accepted", "dispatched")


@dataclass(frozen=True, eq=False)
class Handling:
    """
    One bool per incident. `is_known` leaves out void incidents and those of unknown handling.

    An incident is closed at the moment if it was closed by then, or if it is closed at a time nobody wrote down.
    """

    is_known: np.ndarray
    is_closed: np.ndarray
    is_open: np.ndarray
    is_overdue: np.ndarray
    has_due: np.ndarray
    is_waiting: np.ndarray


def handling_at(incidents: pd.DataFrame, moment: pd.Timestamp) -> Handling:
    """Judge every incident at `moment`."""
    status = incidents["status"].astype(object).fillna("").to_numpy()
    has_end = incidents["closed_at"].notna().to_numpy()
    is_known = (status != "void") & ((status != "") | has_end)
    is_closed = is_known & ((incidents["closed_at"] <= moment).to_numpy() | ((status == "closed") & ~has_end))
    is_open = is_known & ~is_closed
    has_due = is_known & incidents["due_at"].notna().to_numpy()
    is_overdue = is_open & (incidents["due_at"] < moment).to_numpy()
    has_arrival = incidents["arrived_at"].notna().to_numpy()
    later = (incidents["arrived_at"] > moment).to_numpy()
    is_waiting = is_open & ((~has_arrival & np.isin(status, WAITING)) | later)
    return Handling(is_known, is_closed, is_open, is_overdue, has_due, is_waiting)


def minutes_between(incidents: pd.DataFrame, column: str, moment: pd.Timestamp) -> np.ndarray:
    """Minutes from the report (else the occurrence) to `column`; NaN where unknown, later than `moment` or negative."""
    since = incidents["reported_at"].fillna(incidents["occurred_at"])
    until = incidents[column].where(incidents[column] <= moment)
    minutes = (until - since).dt.total_seconds().to_numpy(dtype=float) / 60
    return np.where(minutes >= 0, minutes, np.nan)
