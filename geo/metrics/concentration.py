"""How unevenly an area's incidents fall on its parts: 0 is the same in each part, towards 1 is all in one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo.contracts import require_areas
from geo.lorenz import gini_by_group
from geo.metrics._spec import MetricSpec, Window
from geo.metrics._tally import counted, measured, positions, rows_in


def concentration(
    areas: pd.DataFrame, children: pd.DataFrame, incidents: pd.DataFrame, *, window: Window
) -> pd.DataFrame:
    """
    How unevenly an area's incidents fall on its parts: 0 is the same in each part, towards 1 is all in one.

    Gini coefficient of the incident counts of the area's own parts, parts without incidents included. NaN where an
    area has fewer than two parts or no incident in any.

    Parameters
    ----------
    areas
        Areas of one level, indexed by unique `area_id`, with area_km2 (km²) and households. Shape (n_areas,).
    children
        Areas of the next finer level, indexed by area_id, with parent_id; empty at the finest level.
    incidents
        Incidents up to the end of the period, with area_id (None = unassigned) and times in aware UTC; may be
        empty.
    window
        The period, start included, end excluded.

    Returns
    -------
    measured
        Indexed like `areas`: value, low, high, records. 0 to 1 - 1/n for n parts; records are the incidents placed
        in a part. No interval is given.

    Raises
    ------
    SchemaError
        If `areas` is not indexed by unique area_id.

    Notes
    -----
    Source: Gini (1912), Variabilità e mutabilità; sorted form in Cowell (2011), Measuring Inequality, appendix A.
    Cost: O(n log n).

    Examples
    --------
    A's parts have three and one incidents: 2 x (1 x 1 + 2 x 3) / (2 x 4) - 3 / 2 = 0.25:

    >>> from geo.metrics._drawn import WEEK, drawn
    >>> found = concentration(drawn("areas"), drawn("children"), drawn("incidents"), window=WEEK)
    >>> found["value"].to_dict()
    {'A': 0.25, 'B': nan, 'C': nan}
    """
    require_areas(areas)
    chosen = rows_in(incidents, "occurred_at", window)
    parent = positions(children["parent_id"], areas.index)
    per_part = counted(positions(chosen["child_id"], children.index), len(children))
    parts, total = counted(parent, len(areas)), counted(parent, len(areas), per_part)
    value = gini_by_group(per_part, parent, len(areas))
    return measured(areas, np.where((parts >= 2) & (total > 0), value, np.nan), total)


SPEC = MetricSpec(
    title="Concentration",
    unit="0 to 1",
    needs=("areas", "children", "incidents"),
    compute=concentration,
    source="Gini (1912), Variabilità e mutabilità; sorted form in Cowell (2011), Measuring Inequality, appendix A.",
    help="Gini coefficient of the incidents over the area's own parts.",
    higher_is_better=None,
    additive=False,
    settings=(),
    decimals=2,
)
