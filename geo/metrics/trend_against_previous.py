"""By how many percent incidents rose or fell against the period of equal length just before."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo.contracts import require_areas
from geo.intervals import ratio_interval
from geo.metrics._spec import MetricSpec, Window
from geo.metrics._tally import is_recorded, measured, moment, no_data, rows_per_area

RECORD_SLACK = pd.Timedelta(days=1)


def trend_against_previous(areas: pd.DataFrame, incidents: pd.DataFrame, *, window: Window) -> pd.DataFrame:
    """
    By how many percent incidents rose or fell against the period of equal length just before.

    Compares what has passed of the period with as much time right before it. Void incidents count. NaN where there
    was none before, or where the record does not reach back to the previous period.

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
        Indexed like `areas`: value, low, high, records. Percent, -100 and up: +100 is twice as many; records are
        the incidents of both periods. If the interval holds 0, chance alone may explain the change.

    Raises
    ------
    SchemaError
        If `areas` is not indexed by unique area_id.

    Notes
    -----
    Source: Przyborowski and Wilenski (1940), Biometrika 31, 313-323; Clopper and Pearson (1934), Biometrika 26,
    404-413, for the interval. Cost: O(n).

    Examples
    --------
    In A four after one, in B two after two:

    >>> from geo.metrics._drawn import WEEK, drawn
    >>> found = trend_against_previous(drawn("areas"), drawn("incidents"), window=WEEK)
    >>> found["value"].to_dict()
    {'A': 300.0, 'B': 0.0, 'C': nan}
    """
    require_areas(areas)
    until, start = moment(window), pd.Timestamp(window.start)
    before = start - (until - start)
    at = incidents["occurred_at"]
    if until <= start or not is_recorded(incidents) or not (at < before + RECORD_SLACK).any():
        return no_data(areas)
    now_count = rows_per_area(areas, incidents, ((at >= start) & (at < until)).to_numpy(bool))
    old_count = rows_per_area(areas, incidents, ((at >= before) & (at < start)).to_numpy(bool))
    low, high = ratio_interval(now_count, old_count)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(old_count > 0, now_count / old_count, np.nan)
    low, high = (np.where(old_count > 0, 100 * (edge - 1), np.nan) for edge in (low, high))
    return measured(areas, 100 * (ratio - 1), now_count + old_count, low=low, high=high)


SPEC = MetricSpec(
    title="Change against the previous period",
    unit="%",
    needs=("areas", "incidents"),
    compute=trend_against_previous,
    source=(
        "Przyborowski and Wilenski (1940), Biometrika 31, 313-323; Clopper and Pearson (1934), "
        "Biometrika 26, 404-413, for the interval."
    ),
    help="Percent change of incidents against the equally long period just before.",
    higher_is_better=False,
    additive=False,
    settings=(),
    decimals=1,
)
