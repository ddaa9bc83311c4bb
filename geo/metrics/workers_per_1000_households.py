"""How many grid workers there are for every thousand households."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geo.contracts import require_areas
from geo.metrics._spec import MetricSpec, Window
from geo.metrics._tally import is_recorded, no_data, rate, rows_per_area


def workers_per_1000_households(
    areas: pd.DataFrame,
    people: pd.DataFrame,
    *,
    window: Window,  # noqa: ARG001
    non_worker_roles: Sequence[str],
) -> pd.DataFrame:
    """
    How many grid workers there are for every thousand households.

    Counts people assigned to the area or a part of it, but those of `non_worker_roles`. Somebody assigned to a
    coarser area is unassigned here. NaN where the number of households is unknown or 0, or nobody is recorded at all.

    Parameters
    ----------
    areas
        Areas of one level, indexed by unique `area_id`, with area_km2 (km²) and households. Shape (n_areas,).
    people
        People with role and area_id; may be empty.
    window
        The period, start included, end excluded.
    non_worker_roles
        Roles that are left out, such as volunteers, reserves, advisers and police.

    Returns
    -------
    measured
        Indexed like `areas`: value, low, high, records. Workers per 1,000 households, >= 0; records are workers. A
        count, not an estimate: no interval.

    Raises
    ------
    SchemaError
        If `areas` is not indexed by unique area_id.

    Notes
    -----
    Source: definition; team of a grid 1+3+N. Cost: O(n).

    Examples
    --------
    Two workers for 1,000 households, one for 500; the volunteer does not count:

    >>> from geo.metrics._drawn import WEEK, drawn
    >>> found = workers_per_1000_households(drawn("areas"), drawn("people"), window=WEEK,
    ...     non_worker_roles=("volunteer", "police"))
    >>> found["value"].to_dict()
    {'A': 2.0, 'B': 2.0, 'C': nan}
    """
    require_areas(areas, ["households"])
    if not is_recorded(people):
        return no_data(areas)
    is_worker = ~people["role"].astype(object).isin(list(non_worker_roles)).to_numpy(bool)
    count = rows_per_area(areas, people, is_worker)
    table = rate(areas, count, count, count, areas["households"].to_numpy(dtype=float) / 1000)
    return table.assign(low=np.nan, high=np.nan)


SPEC = MetricSpec(
    title="Workers per 1,000 households",
    unit="workers / 1,000 households",
    needs=("areas", "people"),
    compute=workers_per_1000_households,
    source="definition; team of a grid 1+3+N.",
    help="Grid workers assigned to the area per thousand households.",
    higher_is_better=True,
    additive=False,
    settings=("non_worker_roles",),
    decimals=1,
    is_estimate=False,
)
