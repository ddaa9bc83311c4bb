"""Patrol tracks: fixes in order of time, broken at gaps, thinned to what a screen shows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import shapely

from api.feeds.encode import DETAILS, encode_shapes
from layers._spec import LayerSpec

MOST_HOURS = 24
STEP_M = (60.0, 20.0, 6.0)


def feed_tracks(
    desk: Any, spec: LayerSpec, *, start: datetime, end: datetime, within: str | None, detail: int
) -> dict[str, Any]:
    """
    Return one line for each unbroken run of fixes of a unit, in the last hours of the period.

    Two fixes further apart in time than the setting `fix_gap_s` are not joined: the way between is not known.
    `from` says where the shown hours begin.
    """
    first = max(start, end - timedelta(hours=MOST_HOURS))
    gap_s = float(desk.setting("fix_gap_s"))
    fixes = desk.fixes(first, end, columns=[*spec.columns, "lon", "lat"], within=within)
    lines, units = _lines(fixes, gap_s, STEP_M[detail])
    unit = DETAILS[detail][1]
    return {
        "edition": desk.store.edition,
        "unit": unit,
        "from": first.isoformat(),
        "total": len(fixes),
        "ids": units,
        "columns": {"unit_id": units},
        "areal": np.zeros(len(units), int),
        "shapes": encode_shapes(lines, unit),
    }


def _lines(fixes: Any, gap_s: float, step_m: float) -> tuple[Any, list[str]]:
    if not len(fixes):
        return np.empty(0, dtype=object), []
    names = fixes["unit_id"].astype("category")
    code = names.cat.codes.to_numpy()
    at = fixes["at"].dt.tz_convert(None).to_numpy().astype("datetime64[ms]").astype(np.int64)
    order = np.lexsort((at, code))
    code, at = code[order], at[order]
    points = fixes[["lon", "lat"]].to_numpy(dtype=float)[order]
    breaks = np.r_[True, (np.diff(code) != 0) | (np.diff(at) > gap_s * 1000)]
    run = np.cumsum(breaks) - 1
    cell = np.floor(points / (step_m / 111_000.0)).astype(np.int64)
    moved = np.r_[True, (np.diff(cell, axis=0) != 0).any(axis=1)] | breaks | np.r_[breaks[1:], True]
    points, run, code = points[moved], run[moved], code[moved]
    lengths = np.bincount(run)
    long = lengths[run] >= 2
    points, run, code = points[long], run[long], code[long]
    if not len(points):
        return np.empty(0, dtype=object), []
    kept, index = np.unique(run, return_inverse=True)
    lines = shapely.linestrings(points, indices=index)
    starts = np.searchsorted(index, np.arange(len(kept)))
    return lines, [str(one) for one in names.cat.categories[code[starts]]]
