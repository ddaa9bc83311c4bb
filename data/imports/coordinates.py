"""The door where coordinates become longitude and latitude: the only place that shifts or projects input."""

from __future__ import annotations

import numpy as np
import pyproj
import shapely

from geo.crs.degrees import PLAIN, degrees_of
from geo.errors import CRSError, Say, say


def choose_crs(declared: str | None, told: str | None, file: str) -> tuple[str, list[Say]]:
    """
    Return the CRS to read a file in: what the caller says, else what the file declares.

    Raises
    ------
    CRSError
        If neither says one, or the name is unknown.

    Examples
    --------
    >>> choose_crs(None, "gcj02", "a.csv")
    ('gcj02', [])
    >>> choose_crs(None, None, "a.csv")
    Traceback (most recent call last):
    geo.errors.CRSError: expected: the coordinate system of a.csv; found: none declared; to do: say it with --crs: an \
EPSG code (EPSG:4326 longitude and latitude, EPSG:4490 CGCS2000), gcj02 (Gaode, Tencent) or bd09 (Baidu)
    """
    if told is None and declared is None:
        raise CRSError(
            say("the coordinate system of {file}", file=file),
            say("none declared"),
            say(
                "say it with --crs: an EPSG code (EPSG:4326 longitude and latitude, EPSG:4490 CGCS2000), "
                "gcj02 (Gaode, Tencent) or bd09 (Baidu)"
            ),
        )
    wanted = canonical_crs(told) if told else str(declared)
    if told and declared and wanted != declared:
        return wanted, [
            say("the file declares {declared}; it was read as {told}, as told", declared=short(declared), told=told)
        ]
    return wanted, []


def short(crs: str) -> str:
    """Return the name of a CRS, not its whole definition."""
    return crs if len(crs) < 30 else str(pyproj.CRS.from_user_input(crs).name)


def canonical_crs(text: str) -> str:
    """
    Return a CRS as "EPSG:nnnn", "gcj02" or "bd09".

    Examples
    --------
    >>> canonical_crs("4490"), canonical_crs("epsg:4326"), canonical_crs("GCJ-02")
    ('EPSG:4490', 'EPSG:4326', 'gcj02')
    """
    plain = text.strip().lower().replace("-", "").replace("_", "")
    if plain in ("gcj02", "bd09"):
        return plain
    try:
        crs = pyproj.CRS.from_user_input(f"EPSG:{plain}" if plain.isdigit() else text.strip())
    except pyproj.exceptions.CRSError:
        raise CRSError(
            say("a coordinate system: an EPSG code, gcj02 or bd09"), say("{crs}", crs=text), say("use one of these")
        ) from None
    authority = crs.to_authority()
    return ":".join(authority) if authority else str(crs.to_wkt())


def to_lon_lat(x: np.ndarray, y: np.ndarray, crs: str) -> tuple[np.ndarray, np.ndarray]:
    """Return longitude and latitude of points; NaN stays NaN, a point the CRS cannot hold becomes infinite."""
    return degrees_of(x, y, crs)


def shapes_to_lon_lat(shapes: np.ndarray, crs: str) -> np.ndarray:
    """Return shapes in longitude and latitude, without heights; missing ones stay missing."""
    flat = shapely.force_2d(shapes)
    if crs in PLAIN:
        return np.asarray(flat)
    return np.asarray(shapely.transform(flat, lambda one: np.column_stack(degrees_of(one[:, 0], one[:, 1], crs))))


def is_off_earth(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """
    Return True for points that are given but lie outside ±180° and ±90°.

    Examples
    --------
    >>> is_off_earth(np.array([120.0, 30.0, np.nan]), np.array([30.0, 120.0, 1.0])).tolist()
    [False, True, False]
    """
    with np.errstate(invalid="ignore"):
        off = (np.abs(lon) > 180) | (np.abs(lat) > 90)
    return off & ~np.isnan(lon) & ~np.isnan(lat)


def axes_are_swapped(lon: np.ndarray, lat: np.ndarray, bounds: tuple[float, float, float, float] | None) -> bool:
    """
    Return whether longitude and latitude have most likely been exchanged.

    Certain where most points lie off the Earth as given and on it when exchanged; where `bounds` (west, south, east,
    north of the areas) is known, likely where most points fall outside them as given and inside when exchanged.

    Examples
    --------
    >>> axes_are_swapped(np.array([30.5]), np.array([120.7]), None)
    True
    >>> chicago = (-87.9, 41.6, -87.5, 42.1)
    >>> axes_are_swapped(np.array([41.8]), np.array([-87.6]), chicago)
    True
    >>> axes_are_swapped(np.array([-87.6]), np.array([41.8]), chicago)
    False
    """
    known = np.isfinite(lon) & np.isfinite(lat)
    x, y = lon[known], lat[known]
    if not len(x):
        return False
    if is_off_earth(x, y).mean() > 0.5:
        return bool(is_off_earth(y, x).mean() < 0.5)
    if bounds is None or not np.isfinite(bounds).all():
        return False
    as_given, exchanged = within(x, y, bounds).mean(), within(y, x, bounds).mean()
    return bool(as_given < 0.5 < exchanged)


def within(x: np.ndarray, y: np.ndarray, bounds: tuple[float, float, float, float]) -> np.ndarray:
    """Return True for points inside the box, widened by half its size."""
    west, south, east, north = bounds
    wide, high = max(east - west, 0.01) / 2, max(north - south, 0.01) / 2
    return (x >= west - wide) & (x <= east + wide) & (y >= south - high) & (y <= north + high)
