"""From any coordinate system to longitude and latitude on CGCS2000/WGS84: the one function that does it."""

from __future__ import annotations

import numpy as np

from geo.crs.bd09 import wgs84_from_bd09
from geo.crs.datum import choose_datum_step
from geo.crs.gcj02 import wgs84_from_gcj02

PLAIN = ("EPSG:4326", "EPSG:4490", "OGC:CRS84")
OFFSET = {"gcj02": wgs84_from_gcj02, "bd09": wgs84_from_bd09}


def degrees_of(x: np.ndarray, y: np.ndarray, crs: str) -> tuple[np.ndarray, np.ndarray]:
    """
    Return longitude and latitude of points of `crs`; NaN stays NaN, a point the CRS cannot hold becomes infinite.

    `crs` is an EPSG code, WKT or PROJ text, "gcj02" or "bd09"; x is east or longitude, whatever order the CRS
    itself prefers. Old datums go by their published step (see `choose_datum_step`), chosen at the middle point.

    Examples
    --------
    >>> lon, lat = degrees_of(np.array([564999.0, np.nan]), np.array([3376000.0, 1.0]), "EPSG:4549")
    >>> lon.round(3).tolist(), lat.round(3).tolist()
    ([120.677, nan], [30.502, nan])
    """
    if crs in PLAIN:
        return x, y
    lon, lat = np.full(len(x), np.nan), np.full(len(y), np.nan)
    known = np.isfinite(x) & np.isfinite(y)
    if known.any():
        px, py = x[known], y[known]
        if crs in OFFSET:
            lon[known], lat[known] = OFFSET[crs](px, py)
        else:
            step = choose_datum_step(crs, float(np.median(px)), float(np.median(py)))
            lon[known], lat[known] = step.move(px, py)
    return lon, lat
