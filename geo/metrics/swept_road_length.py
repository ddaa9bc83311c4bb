"""How many kilometres of street patrols passed within sight."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from geo.contracts import require_areas, require_metric_crs
from geo.metrics._spec import MetricSpec, Window
from geo.metrics._sweep import swept_length
from geo.metrics._tally import counted, is_recorded, measured, no_data, positions, rows_in, rows_per_area


def swept_road_length(
    areas: pd.DataFrame,
    roads: gpd.GeoDataFrame,
    fixes: pd.DataFrame,
    *,
    window: Window,
    sweep_radius_m: float,
    fix_gap_s: float,
) -> pd.DataFrame:
    """
    How many kilometres of street patrols passed within sight.

    A stretch is swept once a track runs within `sweep_radius_m` of it, however often. Tracks are straight between
    fixes and broken where fixes are more than `fix_gap_s` apart. 0 where none was swept; NaN if no road or no fix
    is recorded at all.

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
        Indexed like `areas`: value, low, high, records. Kilometres, >= 0, each end of a stretch to a tenth of the
        radius; records are fixes.

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
    In A the track runs 1 m beside 400 m of street and again along its last 500 m, plus the sight ahead:

    >>> from geo.metrics._drawn import WEEK, drawn
    >>> found = swept_road_length(drawn("areas"), drawn("roads"), drawn("fixes"), window=WEEK,
    ...     sweep_radius_m=25.0, fix_gap_s=300)
    >>> found["value"].round(2).to_dict()
    {'A': 0.98, 'B': 0.0, 'C': 0.0}
    """
    require_areas(areas)
    require_metric_crs(roads, "roads")
    if not is_recorded(fixes) or not len(roads):
        return no_data(areas)
    chosen = rows_in(fixes, "at", window)
    _, swept = swept_length(roads, chosen, sweep_radius_m=sweep_radius_m, fix_gap_s=fix_gap_s)
    place = positions(roads["area_id"], areas.index)
    return measured(areas, counted(place, len(areas), swept) / 1000, rows_per_area(areas, chosen))


SPEC = MetricSpec(
    title="Street length swept",
    unit="km",
    needs=("areas", "roads", "fixes"),
    compute=swept_road_length,
    source="definition; the buffer of a track, sampled along the road.",
    help="Kilometres of street within sight of a patrol's track.",
    higher_is_better=True,
    additive=True,
    settings=("sweep_radius_m", "fix_gap_s"),
    decimals=1,
    is_estimate=False,
)
