"""What part of the incidents falls into the busiest hour of the week, such as Fridays from 20 to 21 o'clock."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo.contracts import require_areas
from geo.metrics._spec import MetricSpec, Window
from geo.metrics._tally import NONE, counted, measured, positions, rows_in
from geo.profiles import HOURS_OF_WEEK, hour_of_week


def peak_hour_share(areas: pd.DataFrame, incidents: pd.DataFrame, *, window: Window) -> pd.DataFrame:
    """
    What part of the incidents falls into the busiest hour of the week, such as Fridays from 20 to 21 o'clock.

    Hours and weekdays of the place, not UTC. With few incidents one hour always stands out: read it with the count.
    Spread evenly over the week it would be 0.6 %. NaN where there is no incident.

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
        Indexed like `areas`: value, low, high, records. Percent, 0 to 100. The largest of 168 shares has no simple
        interval: none is given.

    Raises
    ------
    SchemaError
        If `areas` is not indexed by unique area_id.

    Notes
    -----
    Source: definition. Cost: O(n).

    Examples
    --------
    In A two of four lie on Monday from 10 to 11, in B both on Wednesday from 8 to 9:

    >>> from geo.metrics._drawn import WEEK, drawn
    >>> found = peak_hour_share(drawn("areas"), drawn("incidents"), window=WEEK)
    >>> found["value"].to_dict()
    {'A': 50.0, 'B': 100.0, 'C': nan}
    """
    require_areas(areas)
    chosen = rows_in(incidents, "occurred_at", window)
    place = positions(chosen["area_id"], areas.index)
    hour = hour_of_week(chosen["occurred_at"], window.time_zone)
    cells = np.where(place == NONE, NONE, place * HOURS_OF_WEEK + hour)
    table = counted(cells, len(areas) * HOURS_OF_WEEK).reshape(len(areas), HOURS_OF_WEEK)
    total = table.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return measured(areas, 100 * table.max(axis=1, initial=0) / total, total)


SPEC = MetricSpec(
    title="Share of the busiest hour",
    unit="%",
    needs=("areas", "incidents"),
    compute=peak_hour_share,
    source="definition.",
    help="Incidents in the busiest hour of the week; 0.6 % if they were spread evenly.",
    higher_is_better=None,
    additive=False,
    settings=(),
    decimals=1,
)
