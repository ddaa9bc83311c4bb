"""How many patrol visits were made in each area."""

from __future__ import annotations

import pandas as pd

from geo.contracts import require_areas
from geo.metrics._spec import MetricSpec, Window
from geo.metrics._tally import is_recorded, measured, no_data, rows_in, rows_per_area


def visit_count(areas: pd.DataFrame, visits: pd.DataFrame, *, window: Window) -> pd.DataFrame:
    """
    How many patrol visits were made in each area.

    Every visit of the period counts where it was made. 0 where none was; NaN if no visit is recorded at all.

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
        Indexed like `areas`: value, low, high, records. Visits, >= 0. A count of duty done, not an estimate: no
        interval.

    Raises
    ------
    SchemaError
        If `areas` is not indexed by unique area_id.

    Notes
    -----
    Source: definition. Cost: O(n).

    Examples
    --------
    Two visits of the week lie in A, one in B:

    >>> from geo.metrics._drawn import WEEK, drawn
    >>> found = visit_count(drawn("areas"), drawn("visits"), window=WEEK)
    >>> found["value"].to_dict()
    {'A': 2.0, 'B': 1.0, 'C': 0.0}
    """
    require_areas(areas)
    if not is_recorded(visits):
        return no_data(areas)
    count = rows_per_area(areas, rows_in(visits, "started_at", window))
    return measured(areas, count, count)


SPEC = MetricSpec(
    title="Visits",
    unit="visits made",
    needs=("areas", "visits"),
    compute=visit_count,
    source="definition.",
    help="Patrol visits started in the period.",
    higher_is_better=True,
    additive=True,
    settings=(),
    decimals=0,
    is_estimate=False,
)
