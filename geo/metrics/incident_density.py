"""How many incidents happened per square kilometre of each area."""

from __future__ import annotations

import pandas as pd

from geo.contracts import require_areas
from geo.intervals import poisson_interval
from geo.metrics._spec import MetricSpec, Window
from geo.metrics._tally import is_recorded, no_data, rate, rows_in, rows_per_area


def incident_density(areas: pd.DataFrame, incidents: pd.DataFrame, *, window: Window) -> pd.DataFrame:
    """
    How many incidents happened per square kilometre of each area.

    Incidents of the period divided by the area's size on the ellipsoid. NaN where the size is unknown or 0, or no
    incident is recorded at all.

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
        Indexed like `areas`: value, low, high, records. Incidents per km², >= 0.

    Raises
    ------
    SchemaError
        If `areas` is not indexed by unique area_id.

    Notes
    -----
    Source: Garwood (1936), Biometrika 28, 437-442, for the interval. Cost: O(n).

    Examples
    --------
    Four incidents on 2 km², two on 1 km²:

    >>> from geo.metrics._drawn import WEEK, drawn
    >>> found = incident_density(drawn("areas"), drawn("incidents"), window=WEEK)
    >>> found["value"].to_dict()
    {'A': 2.0, 'B': 2.0, 'C': 0.0}
    """
    require_areas(areas, ["area_km2"])
    if not is_recorded(incidents):
        return no_data(areas)
    count = rows_per_area(areas, rows_in(incidents, "occurred_at", window))
    return rate(areas, count, *poisson_interval(count), areas["area_km2"].to_numpy(dtype=float))


SPEC = MetricSpec(
    title="Incident density",
    unit="incidents / km²",
    needs=("areas", "incidents"),
    compute=incident_density,
    source="Garwood (1936), Biometrika 28, 437-442, for the interval.",
    help="Incidents of the period per square kilometre.",
    higher_is_better=False,
    additive=False,
    settings=(),
    decimals=2,
)
