"""How many hours pass until an incident is closed, for the middle one of the incidents."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo.contracts import require_areas
from geo.metrics._handling import handling_at, minutes_between
from geo.metrics._spec import MetricSpec, Window
from geo.metrics._tally import medians, moment, positions, rows_in


def median_hours_to_close(areas: pd.DataFrame, incidents: pd.DataFrame, *, window: Window) -> pd.DataFrame:
    """
    How many hours pass until an incident is closed, for the middle one of the incidents.

    From the report (else the occurrence) to the closing. An open incident counts as longer than every closed one;
    where half are open the median is unknown (NaN). Void ones and those closed at a time nobody wrote down are left
    out.

    Parameters
    ----------
    areas
        Areas of one level, indexed by unique `area_id`, with area_km2 (km²) and households. Shape (n_areas,).
    incidents
        Incidents up to the end of the period, with area_id (None = unassigned) and times in aware UTC; may be
        empty.
    window
        The period, start included, end excluded.

    Returns
    -------
    measured
        Indexed like `areas`: value, low, high, records. Hours; the interval needs at least six incidents.

    Raises
    ------
    SchemaError
        If `areas` is not indexed by unique area_id.

    Notes
    -----
    Source: median and the interval of its order statistics; Hahn and Meeker (1991), Statistical Intervals, 5.2.
    Cost: O(n log n).

    Examples
    --------
    In A only two of four are closed, so the middle one is not known yet; in B one took two hours:

    >>> from geo.metrics._drawn import WEEK, drawn
    >>> found = median_hours_to_close(drawn("areas"), drawn("incidents"), window=WEEK)
    >>> found[["value", "records"]].T.to_dict("list")
    {'A': [nan, 4.0], 'B': [2.0, 1.0], 'C': [nan, 0.0]}
    """
    require_areas(areas)
    chosen = rows_in(incidents, "occurred_at", window)
    state = handling_at(chosen, moment(window))
    hours = np.where(state.is_open, np.inf, minutes_between(chosen, "closed_at", moment(window)) / 60)
    return medians(areas, positions(chosen["area_id"], areas.index), np.where(state.is_known, hours, np.nan))


SPEC = MetricSpec(
    title="Median time to close",
    unit="h",
    needs=("areas", "incidents"),
    compute=median_hours_to_close,
    source="median and the interval of its order statistics; Hahn and Meeker (1991), Statistical Intervals, 5.2.",
    help="Middle value of the hours from report to closing; open incidents count as longest.",
    higher_is_better=False,
    additive=False,
    settings=(),
    decimals=1,
)
