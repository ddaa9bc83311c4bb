"""How many hours ago each area was last visited."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo.contracts import require_areas
from geo.metrics._spec import MetricSpec, Window
from geo.metrics._tally import counted, measured, moment, positions


def hours_since_last_visit(areas: pd.DataFrame, visits: pd.DataFrame, *, window: Window) -> pd.DataFrame:
    """
    How many hours ago each area was last visited.

    Looks back from the end of the period, or from now if that is earlier, as far as visits are on record, also
    before the period. NaN where no visit is known: that is not the same as never.

    Parameters
    ----------
    areas
        Areas of one level, indexed by unique `area_id`, with area_km2 (km²) and households. Shape (n_areas,).
    visits
        Visits up to the end of the period, with area_id and started_at (aware UTC); may be empty.
    window
        The period, start included, end excluded.

    Returns
    -------
    measured
        Indexed like `areas`: value, low, high, records. Hours, >= 0; records are the visits known.

    Raises
    ------
    SchemaError
        If `areas` is not indexed by unique area_id.

    Notes
    -----
    Source: definition. Cost: O(n).

    Examples
    --------
    At the end of the week the last visit to A is 12 hours old, that to B two days:

    >>> from geo.metrics._drawn import WEEK, drawn
    >>> found = hours_since_last_visit(drawn("areas"), drawn("visits"), window=WEEK)
    >>> found["value"].to_dict()
    {'A': 12.0, 'B': 48.0, 'C': nan}
    """
    require_areas(areas)
    known = visits[(visits["started_at"] <= moment(window)).to_numpy(bool)]
    place = positions(known["area_id"], areas.index)
    hours = (moment(window) - known["started_at"]).dt.total_seconds().to_numpy(dtype=float) / 3600
    shortest = np.full(len(areas) + 1, np.inf)
    np.minimum.at(shortest, place, hours)
    value = np.where(np.isinf(shortest[:-1]), np.nan, shortest[:-1])
    return measured(areas, value, counted(place, len(areas)))


SPEC = MetricSpec(
    title="Time since the last visit",
    unit="h",
    needs=("areas", "visits"),
    compute=hours_since_last_visit,
    source="definition.",
    help="Hours between the last known visit and the end of the period.",
    higher_is_better=False,
    additive=False,
    settings=(),
    decimals=0,
    is_estimate=False,
)
