"""What a patrol's fixes say: in which order it moved, and how long it stayed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo.metrics._tally import instants

MICROSECONDS = 1_000_000


def track_order(fixes: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the order of the fixes by unit and time, and for each but the last in it the seconds to the next fix."""
    unit = fixes["unit_id"]
    codes = unit.cat.codes.to_numpy() if isinstance(unit.dtype, pd.CategoricalDtype) else pd.factorize(unit)[0]
    at = instants(fixes["at"])
    order = np.arange(len(codes))
    if not _is_sorted(codes, at):
        order = np.lexsort((at, codes))
    seconds = np.diff(at[order]) / MICROSECONDS
    return order, np.where(np.diff(codes[order]) == 0, seconds, np.nan)


def seconds_present(fixes: pd.DataFrame, fix_gap_s: float) -> np.ndarray:
    """
    Return for each fix how long the unit is known to have stayed on: to its next fix, 0 across a gap.

    Where the table carries `present_s`, worked out over more fixes than it shows, that is the answer.
    """
    if "present_s" in fixes.columns:
        return fixes["present_s"].to_numpy(dtype=float)
    present = np.zeros(len(fixes))
    order, seconds = track_order(fixes)
    if len(order):
        present[order[:-1]] = np.where(seconds <= fix_gap_s, seconds, 0.0)
    return present


def _is_sorted(codes: np.ndarray, at: np.ndarray) -> bool:
    step = np.diff(codes)
    return bool(np.all((step > 0) | ((step == 0) & (np.diff(at) >= 0))))
