"""What part of the incidents was sent back at least once because the work was not done well."""

from __future__ import annotations

import pandas as pd

from geo.metrics._handling import handling_at
from geo.metrics._spec import MetricSpec, Window
from geo.metrics._tally import moment, rows_in, share


def rework_share(areas: pd.DataFrame, incidents: pd.DataFrame, *, window: Window) -> pd.DataFrame:
    """
    What part of the incidents was sent back at least once because the work was not done well.

    Void incidents and those where nobody wrote down how often are left out; NaN where none is left.

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
        Indexed like `areas`: value, low, high, records. Percent, 0 to 100.

    Raises
    ------
    SchemaError
        If `areas` is not indexed by unique area_id.

    Notes
    -----
    Source: Wilson (1927), JASA 22, 209-212, for the interval. Cost: O(n).

    Examples
    --------
    In A two of four were returned:

    >>> from geo.metrics._drawn import WEEK, drawn
    >>> found = rework_share(drawn("areas"), drawn("incidents"), window=WEEK)
    >>> found["value"].to_dict()
    {'A': 50.0, 'B': 0.0, 'C': nan}
    """
    chosen = rows_in(incidents, "occurred_at", window)
    is_known = chosen["rework_count"].notna().to_numpy() & handling_at(chosen, moment(window)).is_known
    return share(areas, chosen, (chosen["rework_count"] > 0).to_numpy(dtype=bool, na_value=False), is_known)


SPEC = MetricSpec(
    title="Rework share",
    unit="%",
    needs=("areas", "incidents"),
    compute=rework_share,
    source="Wilson (1927), JASA 22, 209-212, for the interval.",
    help="Incidents returned at least once, among those where this is recorded.",
    higher_is_better=False,
    additive=False,
    settings=(),
    decimals=1,
)
