"""A file that says nothing of its coordinate system: refused, with what fits best."""

from __future__ import annotations

import numpy as np

from geo.crs.degrees import degrees_of
from geo.crs.detectors._spec import Coordinates, DetectorSpec, Evidence, Ground, Limits, is_on_earth, pairs, share_near
from geo.crs.gauss_krueger import gauss_krueger_candidates
from geo.errors import say

MERCATOR_EDGE_M = 20_037_509.0


def no_crs(coordinates: Coordinates, ground: Ground, _limits: Limits) -> Evidence | None:
    """
    Refuse coordinates of which nobody says what they are, and name the system that brings them to the known areas.

    Tried are degrees, GCJ-02, BD-09, the Gauss-Krueger zones of CGCS2000 that the eastings allow, and web Mercator.
    A system is named only where it brings most points near the known areas; of the three kinds of degrees the
    first, because which of them it is only the source knows.

    Examples
    --------
    >>> import shapely
    >>> place = Ground(levels=(np.array([shapely.box(120.4, 30.3, 121, 30.6)]),))
    >>> none = np.empty(0)
    >>> file = Coordinates(x=np.array([40565000.0]), y=np.array([3376000.0]), lon=none, lat=none, crs=None)
    >>> no_crs(file, place, Limits(misfit_ratio=0.75, points=10, far_km=50, coarse_share=0.95)).correction
    ('crs', 'EPSG:4528')
    """
    if coordinates.crs is not None:
        return None
    best, share, lon, lat = "", 0.0, np.empty(0), np.empty(0)
    for name in candidates(coordinates.x, coordinates.y):
        east, north = degrees_of(coordinates.x, coordinates.y, name)
        near = share_near(east, north, ground.areas)
        if near > max(share, 0.5):
            best, share, lon, lat = name, near, east, north
    remedy = say(
        "say it with --crs: an EPSG code (EPSG:4326 longitude and latitude, EPSG:4490 CGCS2000), "
        "gcj02 (Gaode, Tencent) or bd09 (Baidu)"
    )
    found = say("none declared")
    if best:
        found = say(
            "none declared; read as {crs}, {share} % of the points lie where the areas are",
            crs=best,
            share=round(share * 100),
        )
    return Evidence(
        detector="no_crs",
        verdict="refuse",
        found=found,
        remedy=remedy,
        numbers={"share_near": share},
        correction=("crs", best) if best else None,
        after=pairs(lon, lat),
    )


def candidates(x: np.ndarray, y: np.ndarray) -> list[str]:
    """
    Return the systems numbers like these can be of.

    Examples
    --------
    >>> candidates(np.array([120.5]), np.array([30.5]))
    ['EPSG:4326', 'gcj02', 'bd09']
    >>> candidates(np.array([40565000.0]), np.array([3376000.0]))
    ['EPSG:4528']
    """
    if is_on_earth(x, y).mean() > 0.5:
        return ["EPSG:4326", "gcj02", "bd09"]
    found = gauss_krueger_candidates(float(np.median(x)))
    if max(np.abs(x).max(), np.abs(y).max()) <= MERCATOR_EDGE_M:
        found = [*found, "EPSG:3857"]
    return found


SPEC = DetectorSpec(title="No coordinate system", detect=no_crs, source="definition; EPSG:4491-4554")
