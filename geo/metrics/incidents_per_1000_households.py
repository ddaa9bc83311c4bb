"""How many incidents happened for every thousand households of each area."""

from __future__ import annotations

import pandas as pd

from geo.contracts import require_areas
from geo.intervals import poisson_interval
from geo.metrics._spec import MetricSpec, Window
from geo.metrics._tally import is_recorded, no_data, rate, rows_in, rows_per_area


def incidents_per_1000_households(areas: pd.DataFrame, incidents: pd.DataFrame, *, window: Window) -> pd.DataFrame:
    """
    How many incidents happened for every thousand households of each area.

    NaN where the number of households is unknown or 0 (a dedicated area), or no incident is recorded at all.

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
        Indexed like `areas`: value, low, high, records. Incidents per 1,000 households, >= 0.

    Raises
    ------
    SchemaError
        If `areas` is not indexed by unique area_id.

    Notes
    -----
    Source: Garwood (1936), Biometrika 28, 437-442, for the interval. Cost: O(n).

    Examples
    --------
    Four incidents among 1,000 households, two among 500, none where nobody lives:

    >>> from geo.metrics._drawn import WEEK, drawn
    >>> found = incidents_per_1000_households(drawn("areas"), drawn("incidents"), window=WEEK)
    >>> found["value"].to_dict()
    {'A': 4.0, 'B': 4.0, 'C': nan}
    """
    require_areas(areas, ["households"])
    if not is_recorded(incidents):
        return no_data(areas)
    count = rows_per_area(areas, rows_in(incidents, "occurred_at", window))
    return rate(areas, count, *poisson_interval(count), areas["households"].to_numpy(dtype=float) / 1000)


SPEC = MetricSpec(
    title="Incidents per 1,000 households",
    unit="incidents / 1,000 households",
    needs=("areas", "incidents"),
    compute=incidents_per_1000_households,
    source="Garwood (1936), Biometrika 28, 437-442, for the interval.",
    help="Incidents of the period per thousand households living there.",
    higher_is_better=False,
    additive=False,
    settings=(),
    decimals=1,
)
