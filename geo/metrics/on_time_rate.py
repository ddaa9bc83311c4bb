"""What part of the incidents whose time is up was closed in time."""

from __future__ import annotations

import pandas as pd

from geo.metrics._handling import handling_at
from geo.metrics._spec import MetricSpec, Window
from geo.metrics._tally import moment, rows_in, share


def on_time_rate(areas: pd.DataFrame, incidents: pd.DataFrame, *, window: Window) -> pd.DataFrame:
    """
    What part of the incidents whose time is up was closed in time.

    Judged are incidents closed at a known time and open ones past their due time, at the end of the period or now.
    Closed exactly at the due time is in time. Void ones, those without a due time, and open ones still in time are
    left out.

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
        Indexed like `areas`: value, low, high, records. Percent, 0 to 100; NaN where none is judged.

    Raises
    ------
    SchemaError
        If `areas` is not indexed by unique area_id.

    Notes
    -----
    Source: Wilson (1927), JASA 22, 209-212, for the interval. Cost: O(n).

    Examples
    --------
    In A one was closed in time, one late, one is open past its time, and one still has time:

    >>> from geo.metrics._drawn import WEEK, drawn
    >>> found = on_time_rate(drawn("areas"), drawn("incidents"), window=WEEK)
    >>> found["value"].round(1).to_dict()
    {'A': 33.3, 'B': 100.0, 'C': nan}
    """
    chosen = rows_in(incidents, "occurred_at", window)
    state = handling_at(chosen, moment(window))
    is_timed = state.is_closed & chosen["closed_at"].notna().to_numpy()
    is_judged = state.has_due & (is_timed | state.is_overdue)
    in_time = is_timed & (chosen["closed_at"] <= chosen["due_at"]).to_numpy()
    return share(areas, chosen, in_time, is_judged)


SPEC = MetricSpec(
    title="On-time rate",
    unit="%",
    needs=("areas", "incidents"),
    compute=on_time_rate,
    source="Wilson (1927), JASA 22, 209-212, for the interval.",
    help="Closed by their due time, among incidents closed or past it.",
    higher_is_better=True,
    additive=False,
    settings=(),
    decimals=1,
)
