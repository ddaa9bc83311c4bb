"""How many minutes pass until somebody is there, for the middle one of the incidents."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo.contracts import require_areas
from geo.metrics._handling import handling_at, minutes_between
from geo.metrics._spec import MetricSpec, Window
from geo.metrics._tally import medians, moment, positions, rows_in


def median_minutes_to_arrive(areas: pd.DataFrame, incidents: pd.DataFrame, *, window: Window) -> pd.DataFrame:
    """
    How many minutes pass until somebody is there, for the middle one of the incidents.

    From the report (else the occurrence) to the arrival. An incident still waiting counts as longer than every
    arrival, so that waiting cannot flatter; where half are waiting the median is unknown (NaN). Void ones and those
    without a written time are left out, never 0.

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
        Indexed like `areas`: value, low, high, records. Minutes; the interval needs at least six incidents.

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
    In A 20, 30 and 40 minutes and one still waiting: the middle lies between 30 and 40:

    >>> from geo.metrics._drawn import WEEK, drawn
    >>> found = median_minutes_to_arrive(drawn("areas"), drawn("incidents"), window=WEEK)
    >>> found[["value", "records"]].T.to_dict("list")
    {'A': [35.0, 4.0], 'B': [15.0, 1.0], 'C': [nan, 0.0]}
    """
    require_areas(areas)
    chosen = rows_in(incidents, "occurred_at", window)
    state = handling_at(chosen, moment(window))
    minutes = np.where(state.is_waiting, np.inf, minutes_between(chosen, "arrived_at", moment(window)))
    return medians(areas, positions(chosen["area_id"], areas.index), np.where(state.is_known, minutes, np.nan))


SPEC = MetricSpec(
    title="Median time to arrive",
    unit="min",
    needs=("areas", "incidents"),
    compute=median_minutes_to_arrive,
    source="median and the interval of its order statistics; Hahn and Meeker (1991), Statistical Intervals, 5.2.",
    help="Middle value of the minutes from report to arrival; those still waiting count as longest.",
    higher_is_better=False,
    additive=False,
    settings=(),
    decimals=0,
)
