"""What part of an area's own parts (a grid's micro-grids, a village's grids) was visited lately."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo.contracts import require_areas
from geo.metrics._spec import MetricSpec, Window
from geo.metrics._tally import counted, is_recorded, measured, moment, no_data, positions, rows_per_area


def visited_child_share(
    areas: pd.DataFrame, children: pd.DataFrame, visits: pd.DataFrame, *, window: Window, visit_window_days: float
) -> pd.DataFrame:
    """
    What part of an area's own parts (a grid's micro-grids, a village's grids) was visited lately.

    A part counts when its last visit is at most `visit_window_days` old at the end of the period, or now if that is
    earlier. NaN where an area has no parts, or no visit is recorded at all.

    Parameters
    ----------
    areas
        Areas of one level, indexed by unique `area_id`, with area_km2 (km²) and households. Shape (n_areas,).
    children
        Areas of the next finer level, indexed by area_id, with parent_id; empty at the finest level.
    visits
        Visits up to the end of the period, with area_id and started_at (aware UTC); may be empty.
    window
        The period, start included, end excluded.
    visit_window_days
        Days a visit stays fresh, > 0.

    Returns
    -------
    measured
        Indexed like `areas`: value, low, high, records. Percent of parts, 0 to 100; records are the visits in the
        window. A count, not an estimate: no interval.

    Raises
    ------
    SchemaError
        If `areas` is not indexed by unique area_id.

    Notes
    -----
    Source: definition. Cost: O(n).

    Examples
    --------
    Of A's two parts one was visited in the last 30 days, B's only part too; C has no parts:

    >>> from geo.metrics._drawn import WEEK, drawn
    >>> found = visited_child_share(drawn("areas"), drawn("children"), drawn("visits"), window=WEEK,
    ...     visit_window_days=30)
    >>> found["value"].to_dict()
    {'A': 50.0, 'B': 100.0, 'C': nan}
    """
    require_areas(areas)
    if not is_recorded(visits):
        return no_data(areas)
    age = moment(window) - visits["started_at"]
    fresh = visits[((age >= pd.Timedelta(0)) & (age <= pd.Timedelta(days=visit_window_days))).to_numpy(bool)]
    parent = positions(children["parent_id"], areas.index)
    child = positions(fresh["child_id"], children.index)
    visited = counted(child, len(children)) > 0
    parts = counted(parent, len(areas))
    with np.errstate(invalid="ignore", divide="ignore"):
        value = 100 * counted(parent[visited], len(areas)) / parts
    return measured(areas, value, rows_per_area(areas, fresh))


SPEC = MetricSpec(
    title="Parts visited",
    unit="%",
    needs=("areas", "children", "visits"),
    compute=visited_child_share,
    source="definition.",
    help="Areas of the next finer level whose last visit is recent enough.",
    higher_is_better=True,
    additive=False,
    settings=("visit_window_days",),
    decimals=1,
    is_estimate=False,
)
