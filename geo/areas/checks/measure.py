"""Square metres and longitude, latitude of shapes in any CRS."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from geo.crs.metric import area_km2

DEGREES = ("EPSG:4326", "EPSG:4490", "OGC:CRS84")


def to_lon_lat(shapes: np.ndarray, crs: object) -> np.ndarray:
    """
    Return shapes in CGCS2000/WGS84 degrees, longitude first; missing ones stay missing.

    Examples
    --------
    >>> to_lon_lat(np.array([shapely.Point(120.5, 30.5)]), "EPSG:4490")[0].wkt
    'POINT (120.5 30.5)'
    """
    known = CRS.from_user_input(crs)
    authority = known.to_authority()
    if (authority and ":".join(authority) in DEGREES) or not len(shapes):
        return np.asarray(shapes, dtype=object)
    return np.asarray(gpd.GeoSeries(shapes, crs=known).to_crs("EPSG:4326"), dtype=object)


def measure_m2(shapes: np.ndarray, crs: object) -> np.ndarray:
    """
    Return the true area of polygons in m² on the ellipsoid of CGCS2000; 0 for empty and missing ones.

    Examples
    --------
    >>> measure_m2(np.array([shapely.box(120.5, 30.5, 120.51, 30.51), None]), "EPSG:4326").round()
    array([1064199.,       0.])
    """
    if not len(shapes):
        return np.zeros(0)
    return np.nan_to_num(area_km2(to_lon_lat(shapes, crs)) * 1e6)


def mean_width_m(shapes: np.ndarray, sizes_m2: np.ndarray, crs: object) -> np.ndarray:
    """
    Return the average width of narrow polygons in metres: area by half the length of the border.

    Examples
    --------
    >>> strip = np.array([shapely.box(500000, 3000000, 500100, 3000001)])
    >>> mean_width_m(strip, np.array([100.0]), "EPSG:32651").round(2)
    array([0.99])
    """
    if not len(shapes):
        return np.zeros(0)
    degrees = to_lon_lat(shapes, crs)
    middle = np.nan_to_num(shapely.bounds(degrees)[:, [1, 3]].mean(axis=1))
    corner, owner = shapely.get_coordinates(degrees, return_index=True)
    x, y = corner[:, 0] * np.cos(np.radians(middle[owner])), corner[:, 1]
    flat = shapely.set_coordinates(degrees.copy(), np.column_stack([x, y]) * 111_195.0)
    half = shapely.length(flat) / 2
    return np.divide(sizes_m2, half, out=np.zeros(len(half)), where=half > 0)
