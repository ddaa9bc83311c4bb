"""What part of the households lives within reach of a place of one kind, by default a governance station."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.spatial import KDTree

from geo.contracts import require_areas
from geo.metrics._spec import MetricSpec, Window
from geo.metrics._tally import counted, measured, no_data, positions


def households_near_place_share(
    areas: pd.DataFrame,
    households: pd.DataFrame,
    places: pd.DataFrame,
    *,
    window: Window,  # noqa: ARG001
    service_radius_m: float,
    service_place_kind: str,
) -> pd.DataFrame:
    """
    What part of the households lives within reach of a place of one kind, by default a governance station.

    Straight-line distance; exactly at the radius is near. A place outside the area serves too. Households whose
    position is unknown are left out; NaN where none is left or no place of the kind is known.

    Parameters
    ----------
    areas
        Areas of one level, indexed by unique `area_id`, with area_km2 (km²) and households. Shape (n_areas,).
    households
        One row per household with area_id and x_m, y_m (metres, NaN where unknown); may be empty.
    places
        Places with kind, x_m and y_m (metres); may be empty.
    window
        The period, start included, end excluded.
    service_radius_m
        Straight-line distance that counts as near, metres, > 0; exactly at it is near.
    service_place_kind
        The kind of place measured against.

    Returns
    -------
    measured
        Indexed like `areas`: value, low, high, records. Percent of located households, 0 to 100; records are those
        households. A count, not an estimate: no interval.

    Raises
    ------
    SchemaError
        If `areas` is not indexed by unique area_id.

    Notes
    -----
    Source: definition; the service radius of location science (covered means distance at most the radius). Cost:
    O(n log p).

    Examples
    --------
    Of A's four households three live at most 500 m from the station at (1000, 500):

    >>> from geo.metrics._drawn import WEEK, drawn
    >>> found = households_near_place_share(drawn("areas"), drawn("households"), drawn("places"), window=WEEK,
    ...     service_radius_m=500.0, service_place_kind="governance_station")
    >>> found["value"].to_dict()
    {'A': 75.0, 'B': 0.0, 'C': nan}
    """
    require_areas(areas)
    sites = places.loc[(places["kind"] == service_place_kind).to_numpy(bool), ["x_m", "y_m"]].to_numpy(dtype=float)
    sites = sites[np.isfinite(sites).all(axis=1)]
    homes = households[["x_m", "y_m"]].to_numpy(dtype=float)
    is_located = np.isfinite(homes).all(axis=1)
    if not len(sites) or not is_located.any():
        return no_data(areas)
    place = positions(households["area_id"], areas.index)[is_located]
    distance_m = KDTree(sites).query(homes[is_located])[0]
    total = counted(place, len(areas))
    near = counted(place[distance_m <= service_radius_m], len(areas))
    with np.errstate(invalid="ignore", divide="ignore"):
        return measured(areas, 100 * near / total, total)


SPEC = MetricSpec(
    title="Households near a place",
    unit="%",
    needs=("areas", "households", "places"),
    compute=households_near_place_share,
    source="definition; the service radius of location science (covered means distance at most the radius).",
    help="Located households within the service radius of a place of the chosen kind.",
    higher_is_better=True,
    additive=False,
    settings=("service_radius_m", "service_place_kind"),
    decimals=1,
    is_estimate=False,
)
