"""What part of the streets patrols passed within sight."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.contracts import require_areas, require_metric_crs
from geo.metrics._spec import MetricSpec, Window
from geo.metrics._sweep import swept_length
from geo.metrics._tally import counted, is_recorded, measured, no_data, positions, rows_in, rows_per_area


def swept_road_share(
    areas: pd.DataFrame,
    roads: gpd.GeoDataFrame,
    fixes: pd.DataFrame,
    *,
    window: Window,
    sweep_radius_m: float,
    fix_gap_s: float,
) -> pd.DataFrame:
    """
    What part of the streets patrols passed within sight.

    Swept length over all length, see `swept_road_length`. NaN where an area has no street, or no road or fix is
    recorded at all.

    Parameters
    ----------
    areas
        Areas of one level, indexed by unique `area_id`, with area_km2 (km²) and households. Shape (n_areas,).
    roads
        Pieces of road cut at area borders, with area_id, in a CRS with metres; may be empty.
    fixes
        Position fixes, with unit_id, at (aware UTC), area_id, x_m and y_m (metres); may be empty.
    window
        The period, start included, end excluded.
    sweep_radius_m
        How far to each side of its track a patrol sees, metres, > 0.
    fix_gap_s
        Fixes further apart in time than this are not joined, seconds, > 0.

    Returns
    -------
    measured
        Indexed like `areas`: value, low, high, records. Percent of length, 0 to 100; records are fixes. A count,
        not an estimate: no interval.

    Raises
    ------
    SchemaError
        If `areas` is not indexed by unique area_id.
    CRSError
        If `roads` is not in metres.

    Notes
    -----
    Source: definition; the buffer of a track, sampled along the road. Cost: O(n log n).

    Examples
    --------
    In A 0.98 of 2 km, in B nothing of 1 km, in C there is no street:

    >>> from geo.metrics._drawn import WEEK, drawn
    >>> found = swept_road_share(drawn("areas"), drawn("roads"), drawn("fixes"), window=WEEK,
    ...     sweep_radius_m=25.0, fix_gap_s=300)
    >>> found["value"].round(0).to_dict()
    {'A': 49.0, 'B': 0.0, 'C': nan}
    """
    require_areas(areas)
    require_metric_crs(roads, "roads")
    if not is_recorded(fixes) or not len(roads):
        return no_data(areas)
    chosen = rows_in(fixes, "at", window)
    length, swept = swept_length(roads, chosen, sweep_radius_m=sweep_radius_m, fix_gap_s=fix_gap_s)
    place = positions(roads["area_id"], areas.index)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = 100 * counted(place, len(areas), swept) / counted(place, len(areas), length)
    return measured(areas, value, rows_per_area(areas, chosen))


SPEC = MetricSpec(
    title="Streets swept",
    unit="%",
    needs=("areas", "roads", "fixes"),
    compute=swept_road_share,
    source="definition; the buffer of a track, sampled along the road.",
    help="Share of the street length within sight of a patrol's track.",
    higher_is_better=True,
    additive=False,
    settings=("sweep_radius_m", "fix_gap_s"),
    decimals=1,
    is_estimate=False,
)
