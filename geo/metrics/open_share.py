"""What part of the period's incidents is still open."""

from __future__ import annotations

import pandas as pd

from geo.metrics._handling import handling_at
from geo.metrics._spec import MetricSpec, Window
from geo.metrics._tally import moment, rows_in, share


def open_share(areas: pd.DataFrame, incidents: pd.DataFrame, *, window: Window) -> pd.DataFrame:
    """
    What part of the period's incidents is still open.

    Judged at the end of the period, or now if that is earlier: an incident closed later was open then. Void
    incidents and those of unknown handling are left out; NaN where none is left.

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
        Indexed like `areas`: value, low, high, records. Percent, 0 to 100; records are the incidents of known
        handling.

    Raises
    ------
    SchemaError
        If `areas` is not indexed by unique area_id.

    Notes
    -----
    Source: Wilson (1927), JASA 22, 209-212, for the interval. Cost: O(n).

    Examples
    --------
    In A two of four are open; in B the only one that is not void is closed:

    >>> from geo.metrics._drawn import WEEK, drawn
    >>> found = open_share(drawn("areas"), drawn("incidents"), window=WEEK)
    >>> found[["value", "records"]].T.to_dict("list")
    {'A': [50.0, 4.0], 'B': [0.0, 1.0], 'C': [nan, 0.0]}
    """
    chosen = rows_in(incidents, "occurred_at", window)
    state = handling_at(chosen, moment(window))
    return share(areas, chosen, state.is_open, state.is_known)


SPEC = MetricSpec(
    title="Open share",
    unit="%",
    needs=("areas", "incidents"),
    compute=open_share,
    source="Wilson (1927), JASA 22, 209-212, for the interval.",
    help="Open incidents among those of known handling, judged at the end of the period.",
    higher_is_better=False,
    additive=False,
    settings=(),
    decimals=1,
)
