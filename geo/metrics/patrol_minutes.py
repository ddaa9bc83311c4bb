"""How many minutes patrols were in each area, summed over units."""

from __future__ import annotations

import pandas as pd

from geo.contracts import require_areas
from geo.metrics._spec import MetricSpec, Window
from geo.metrics._tally import counted, is_recorded, measured, no_data, positions, rows_in
from geo.metrics._tracks import seconds_present


def patrol_minutes(areas: pd.DataFrame, fixes: pd.DataFrame, *, window: Window, fix_gap_s: float) -> pd.DataFrame:
    """
    How many minutes patrols were in each area, summed over units.

    The time from a fix to the unit's next fix belongs to the area and period of the first; a gap longer than
    `fix_gap_s` counts nothing, so silence is never presence. Two units at once count twice. 0 where none came; NaN if
    no fix is recorded at all.

    Parameters
    ----------
    areas
        Areas of one level, indexed by unique `area_id`, with area_km2 (km²) and households. Shape (n_areas,).
    fixes
        Position fixes, with unit_id, at (aware UTC), area_id, x_m and y_m (metres); may be empty.
    window
        The period, start included, end excluded.
    fix_gap_s
        Fixes further apart in time than this are not joined, seconds, > 0.

    Returns
    -------
    measured
        Indexed like `areas`: value, low, high, records. Minutes, >= 0; records are fixes. A count, not an estimate:
        no interval.

    Raises
    ------
    SchemaError
        If `areas` is not indexed by unique area_id.

    Notes
    -----
    Source: definition. Cost: O(n log n).

    Examples
    --------
    In A two steps of 2 minutes, a gap of ten that does not count, and one minute on the way to B:

    >>> from geo.metrics._drawn import WEEK, drawn
    >>> found = patrol_minutes(drawn("areas"), drawn("fixes"), window=WEEK, fix_gap_s=300)
    >>> found[["value", "records"]].T.to_dict("list")
    {'A': [5.0, 4.0], 'B': [3.0, 3.0], 'C': [0.0, 0.0]}
    """
    require_areas(areas)
    if not is_recorded(fixes):
        return no_data(areas)
    chosen = rows_in(fixes.assign(present_s=seconds_present(fixes, fix_gap_s)), "at", window)
    place = positions(chosen["area_id"], areas.index)
    seconds = counted(place, len(areas), chosen["present_s"].to_numpy())
    return measured(areas, seconds / 60, counted(place, len(areas)))


SPEC = MetricSpec(
    title="Patrol time",
    unit="min",
    needs=("areas", "fixes"),
    compute=patrol_minutes,
    source="definition.",
    help="Minutes of patrol presence known from fixes; gaps do not count.",
    higher_is_better=True,
    additive=True,
    settings=("fix_gap_s",),
    decimals=0,
    is_estimate=False,
)
