"""How many incidents happened in each area."""

from __future__ import annotations

import pandas as pd

from geo.contracts import require_areas
from geo.intervals import poisson_interval
from geo.metrics._spec import MetricSpec, Window
from geo.metrics._tally import is_recorded, measured, no_data, rows_in, rows_per_area


def incident_count(areas: pd.DataFrame, incidents: pd.DataFrame, *, window: Window) -> pd.DataFrame:
    """
    How many incidents happened in each area.

    Every incident of the period counts, void ones too, so that the areas and the unassigned add up to the total. An
    area without any has 0; NaN if no incident is recorded at all.

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
        Indexed like `areas`: value, low, high, records. The interval is what the same risk would bring in other
        periods like this one.

    Raises
    ------
    SchemaError
        If `areas` is not indexed by unique area_id.

    Notes
    -----
    Source: Garwood (1936), Biometrika 28, 437-442, for the interval. Cost: O(n).

    Examples
    --------
    Four incidents lie in A, two in B, none in C:

    >>> from geo.metrics._drawn import WEEK, drawn
    >>> found = incident_count(drawn("areas"), drawn("incidents"), window=WEEK)
    >>> found[["value", "records"]].T.to_dict("list")
    {'A': [4.0, 4.0], 'B': [2.0, 2.0], 'C': [0.0, 0.0]}
    """
    require_areas(areas)
    if not is_recorded(incidents):
        return no_data(areas)
    count = rows_per_area(areas, rows_in(incidents, "occurred_at", window))
    low, high = poisson_interval(count)
    return measured(areas, count, count, low=low, high=high)


SPEC = MetricSpec(
    title="Incidents",
    unit="incidents counted",
    needs=("areas", "incidents"),
    compute=incident_count,
    source="Garwood (1936), Biometrika 28, 437-442, for the interval.",
    help="Incidents that occurred in the period, void ones included.",
    higher_is_better=False,
    additive=True,
    settings=(),
    decimals=0,
)
