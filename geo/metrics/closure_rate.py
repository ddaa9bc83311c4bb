"""What part of the period's incidents has been closed."""

from __future__ import annotations

import pandas as pd

from geo.metrics._handling import handling_at
from geo.metrics._spec import MetricSpec, Window
from geo.metrics._tally import moment, rows_in, share


def closure_rate(areas: pd.DataFrame, incidents: pd.DataFrame, *, window: Window) -> pd.DataFrame:
    """
    What part of the period's incidents has been closed.

    Judged at the end of the period, or now if that is earlier. The denominator holds the open and the overdue, so
    that waiting cannot flatter; void incidents and those of unknown handling are left out.

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
        Indexed like `areas`: value, low, high, records. Percent, 0 to 100; NaN where no incident of known handling
        is left.

    Raises
    ------
    SchemaError
        If `areas` is not indexed by unique area_id.

    Notes
    -----
    Source: Wilson (1927), JASA 22, 209-212, for the interval. Cost: O(n).

    Examples
    --------
    In A two of four are closed:

    >>> from geo.metrics._drawn import WEEK, drawn
    >>> found = closure_rate(drawn("areas"), drawn("incidents"), window=WEEK)
    >>> found["value"].to_dict()
    {'A': 50.0, 'B': 100.0, 'C': nan}
    """
    chosen = rows_in(incidents, "occurred_at", window)
    state = handling_at(chosen, moment(window))
    return share(areas, chosen, state.is_closed, state.is_known)


SPEC = MetricSpec(
    title="Closure rate",
    unit="%",
    needs=("areas", "incidents"),
    compute=closure_rate,
    source="Wilson (1927), JASA 22, 209-212, for the interval.",
    help="Closed incidents among all of known handling, the open and overdue included.",
    higher_is_better=True,
    additive=False,
    settings=(),
    decimals=1,
)
