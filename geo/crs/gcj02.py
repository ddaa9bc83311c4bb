"""GCJ-02, the offset system of Chinese web maps, to and from CGCS2000/WGS84 degrees."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

SEMI_MAJOR_M = 6_378_245.0
ECCENTRICITY_SQUARED = 0.006_693_421_622_965_943
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271
MIDDLE = (105.0, 35.0)
"""Stands in for points outside the rectangle, where the formula runs away."""
ROUNDS = 6

Degrees = Sequence[float] | np.ndarray | float
Pair = tuple[np.ndarray, np.ndarray]


def is_offset_area(lon: Degrees, lat: Degrees) -> np.ndarray:
    """
    Tell for each point whether the public formula shifts it: its rectangle around China, edges included.

    Examples
    --------
    >>> is_offset_area([120.68, -79.4], [30.51, 43.7]).tolist()
    [True, False]
    """
    x, y = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    return (x >= WEST) & (x <= EAST) & (y >= SOUTH) & (y <= NORTH)


def gcj02_from_wgs84(lon: Degrees, lat: Degrees) -> Pair:
    """
    Shift true longitude and latitude to GCJ-02, as Gaode and Tencent maps draw them (100 to 700 m).

    Outside the rectangle around China nothing is shifted. NaN stays NaN.

    Parameters
    ----------
    lon, lat
        CGCS2000/WGS84 degrees, any equal shape.

    Returns
    -------
    lon, lat
        GCJ-02 degrees, same shape.

    Notes
    -----
    Source: the public formula (Krasovsky 1940 ellipsoid), published as "eviltransform" in 2012.

    Examples
    --------
    >>> lon, lat = gcj02_from_wgs84(116.39123, 39.90738)
    >>> round(float(lon), 4), round(float(lat), 4)
    (116.3975, 39.9088)
    """
    x, y = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    east, north = _shift(x, y)
    shifted = is_offset_area(x, y)
    return np.where(shifted, x + east, x), np.where(shifted, y + north, y)


def wgs84_from_gcj02(lon: Degrees, lat: Degrees) -> Pair:
    """
    Bring GCJ-02 degrees back to CGCS2000/WGS84, to well below a millimetre inside China.

    Found by repeated correction, as the formula has no closed inverse. A point whose answer lies outside the
    rectangle around China stays as it is. NaN stays NaN.

    Examples
    --------
    >>> lon, lat = wgs84_from_gcj02(*gcj02_from_wgs84([120.68], [30.51]))
    >>> round(float(lon[0]), 7), round(float(lat[0]), 7)
    (120.68, 30.51)
    """
    x, y = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    within = is_offset_area(x, y)
    from_x, from_y = np.where(within, x, MIDDLE[0]), np.where(within, y, MIDDLE[1])
    true_x, true_y = from_x, from_y
    for _ in range(ROUNDS):
        east, north = _shift(true_x, true_y)
        true_x, true_y = from_x - east, from_y - north
    shifted = within & is_offset_area(true_x, true_y)
    return np.where(shifted, true_x, x), np.where(shifted, true_y, y)


def _shift(lon: np.ndarray, lat: np.ndarray) -> Pair:
    """Degrees east and north by which the formula moves a true point."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    wave = (20 * np.sin(6 * x * np.pi) + 20 * np.sin(2 * x * np.pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave
    north += (20 * np.sin(y * np.pi) + 40 * np.sin(y / 3 * np.pi)) * 2 / 3
    north += (160 * np.sin(y / 12 * np.pi) + 320 * np.sin(y * np.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave
    east += (20 * np.sin(x * np.pi) + 40 * np.sin(x / 3 * np.pi)) * 2 / 3
    east += (150 * np.sin(x / 12 * np.pi) + 300 * np.sin(x / 30 * np.pi)) * 2 / 3
    radians = np.radians(lat)
    magic = 1 - ECCENTRICITY_SQUARED * np.sin(radians) ** 2
    per_degree_north = np.pi / 180 * SEMI_MAJOR_M * (1 - ECCENTRICITY_SQUARED) / magic**1.5
    per_degree_east = np.pi / 180 * SEMI_MAJOR_M / np.sqrt(magic) * np.cos(radians)
    return east / per_degree_east, north / per_degree_north
