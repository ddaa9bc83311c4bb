"""A file that lies far outside the county."""

from __future__ import annotations

import numpy as np
import shapely

from geo.crs.detectors._spec import Coordinates, DetectorSpec, Evidence, Ground, Limits, is_on_earth, pairs
from geo.crs.fit import metres_between
from geo.errors import say


def far_away(coordinates: Coordinates, ground: Ground, limits: Limits) -> Evidence | None:
    """
    Ask about a file most of which lies further from the known areas than `far_km`; a few stray points are no cause.

    Measured from the box around the areas. Points off the Earth are left to the other checks.

    Examples
    --------
    >>> place = Ground(levels=(np.array([shapely.box(120.4, 30.3, 121, 30.6)]),))
    >>> x, y = np.array([125.0]), np.array([43.8])
    >>> limits = Limits(misfit_ratio=0.75, points=10, far_km=50, coarse_share=0.95)
    >>> round(far_away(Coordinates(x=x, y=y, lon=x, lat=y, crs="EPSG:4326"), place, limits).numbers["distance_km"])
    1510
    """
    if not len(coordinates.lon) or not len(ground.areas) or not ground.is_county:
        return None
    on_earth = is_on_earth(coordinates.lon, coordinates.lat)
    lon, lat = coordinates.lon[on_earth], coordinates.lat[on_earth]
    if not len(lon):
        return None
    west, south, east, north = shapely.total_bounds(ground.areas)
    away = metres_between(lon, lat, np.clip(lon, west, east), np.clip(lat, south, north)) / 1000
    far = away > limits.far_km
    if far.mean() <= 0.5:
        return None
    return Evidence(
        detector="far_away",
        verdict="ask",
        found=say(
            "{share} % of the points more than {far_km} km from {ground}; the middle one {distance_km} km",
            share=round(far.mean() * 100),
            far_km=round(limits.far_km),
            distance_km=round(float(np.median(away))),
            ground=ground.title,
        ),
        remedy=say("check the file and its coordinate system; if it is right, say --accept far_away"),
        numbers={"distance_km": float(np.median(away)), "share": float(far.mean())},
        before=pairs(lon, lat),
    )


SPEC = DetectorSpec(title="Far outside the county", detect=far_away, source="county choice (guard_far_km)")
