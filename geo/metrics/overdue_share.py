"""What part of the period's incidents is open past its due time."""

from __future__ import annotations

import pandas as pd

from geo.metrics._handling import handling_at
from geo.metrics._spec import MetricSpec, Window
from geo.metrics._tally import moment, rows_in, share


def overdue_share(areas: pd.DataFrame, incidents: pd.DataFrame, *, window: Window) -> pd.DataFrame:
    """
    What part of the period's incidents is open past its due time.

    Judged at the end of the period, or now if that is earlier. The denominator holds every incident with a due
    time, open or closed; void ones are left out; NaN where none is left.

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
        Indexed like `areas`: value, low, high, records. Percent, 0 to 100; records are the incidents with a due
        time.

    Raises
    ------
    SchemaError
        If `areas` is not indexed by unique area_id.

    Notes
    -----
    Source: Wilson (1927), JASA 22, 209-212, for the interval. Cost: O(n).

    Examples
    --------
    In A one of four is open and past its due time:

    >>> from geo.metrics._drawn import WEEK, drawn
    >>> found = overdue_share(drawn("areas"), drawn("incidents"), window=WEEK)
    >>> found["value"].to_dict()
    {'A': 25.0, 'B': 0.0, 'C': nan}
    """
    chosen = rows_in(incidents, "occurred_at", window)
    state = handling_at(chosen, moment(window))
    return share(areas, chosen, state.is_overdue, state.has_due)


SPEC = MetricSpec(
    title="Overdue share",
    unit="%",
    needs=("areas", "incidents"),
    compute=overdue_share,
    source="Wilson (1927), JASA 22, 209-212, for the interval.",
    help="Incidents open past their due time among all that have one.",
    higher_is_better=False,
    additive=False,
    settings=(),
    decimals=1,
)
