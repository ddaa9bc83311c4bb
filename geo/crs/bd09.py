"""BD-09, the offset Baidu puts on top of GCJ-02, to and from CGCS2000/WGS84 degrees."""

from __future__ import annotations

import numpy as np

from geo.crs.gcj02 import Degrees, Pair, gcj02_from_wgs84, is_offset_area, wgs84_from_gcj02

TURN = np.pi * 3000 / 180
EAST_SHIFT, NORTH_SHIFT = 0.0065, 0.006
ROUNDS = 8


def bd09_from_wgs84(lon: Degrees, lat: Degrees) -> Pair:
    """
    Shift true longitude and latitude to BD-09, as Baidu maps draw them.

    Outside the rectangle around China nothing is shifted. NaN stays NaN. Degrees in and out, any equal shape.

    Notes
    -----
    Source: the public formula of Baidu's offset, applied after GCJ-02.

    Examples
    --------
    >>> lon, lat = bd09_from_wgs84(116.39123, 39.90738)
    >>> round(float(lon), 4), round(float(lat), 4)
    (116.4038, 39.9151)
    """
    x, y = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    shifted = is_offset_area(x, y)
    east, north = _baidu(*gcj02_from_wgs84(x, y))
    return np.where(shifted, east, x), np.where(shifted, north, y)


def wgs84_from_bd09(lon: Degrees, lat: Degrees) -> Pair:
    """
    Bring BD-09 degrees back to CGCS2000/WGS84, to well below a millimetre inside China.

    Found by repeated correction. A point whose answer lies outside the rectangle around China stays as it is.

    Examples
    --------
    >>> lon, lat = wgs84_from_bd09(*bd09_from_wgs84([120.68], [30.51]))
    >>> round(float(lon[0]), 7), round(float(lat[0]), 7)
    (120.68, 30.51)
    """
    x, y = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    mid_x, mid_y = x - EAST_SHIFT, y - NORTH_SHIFT
    for _ in range(ROUNDS):
        east, north = _baidu(mid_x, mid_y)
        mid_x, mid_y = mid_x - (east - x), mid_y - (north - y)
    true_x, true_y = wgs84_from_gcj02(mid_x, mid_y)
    shifted = is_offset_area(true_x, true_y)
    return np.where(shifted, true_x, x), np.where(shifted, true_y, y)


def _baidu(lon: np.ndarray, lat: np.ndarray) -> Pair:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * TURN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * TURN)
    return radius * np.cos(angle) + EAST_SHIFT, radius * np.sin(angle) + NORTH_SHIFT
