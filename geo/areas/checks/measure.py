"""Square metres and longitude, latitude of shapes in any CRS."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from geo.crs.metric import area_km2

SEMI_MAJOR_M, ECCENTRICITY_SQUARED = 6_378_137.0, 0.006_694_380_022_90
"""The ellipsoid of CGCS2000 (GRS80)."""
SMALL = {"degrees": 0.02, "units": 2_000.0}
"""Shapes up to this wide and high have one scale: it varies by less than a part in a million inside them."""
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


def measure_drawn_m2(shapes: np.ndarray, crs: object) -> np.ndarray:
    """
    Return the true area of polygons in m² with their edges straight in the coordinates of `crs`, as they were drawn.

    Ground in doubt often has hairs: two edges along each other, one with a corner in its middle. Projected, that
    corner leaves the other edge (by centimetres on a kilometre), and the hair
    seems to have an area. Small shapes are therefore measured where they were drawn, by the scale at their middle;
    larger ones as `measure_m2` does, those of several parts part by part. 0 for empty and missing ones.

    Examples
    --------
    A hair of no area two kilometres long, with a corner in one side:

    >>> hair = shapely.Polygon([(120.5, 30.5), (120.51, 30.51), (120.515, 30.515)])
    >>> measure_drawn_m2(np.array([hair]), "EPSG:4326").round(3), measure_m2(np.array([hair]), "EPSG:4326").round()
    (array([0.]), array([56.]))
    """
    sizes = np.zeros(len(shapes))
    if not len(shapes):
        return sizes
    known = CRS.from_user_input(crs)
    bounds = shapely.bounds(shapes)
    wide = np.nan_to_num(np.maximum(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1]))
    small = wide <= SMALL["degrees" if known.is_geographic else "units"]
    if not small.all():
        sizes[~small] = _measure_parts_m2(shapes[~small], crs)
    at = np.flatnonzero(small & ~np.isnan(bounds[:, 0]))
    if len(at):
        x, y = bounds[at, ::2].mean(axis=1), bounds[at, 1::2].mean(axis=1)
        sizes[at] = shapely.area(shapes[at]) * _m2_per_square_unit(known, x, y)
    return sizes


def _measure_parts_m2(shapes: np.ndarray, crs: object) -> np.ndarray:
    """Large shapes: those in one piece as they are projected, the parts of others each by its own size."""
    sizes = measure_m2(shapes, crs)
    several = np.flatnonzero(shapely.get_num_geometries(shapes) > 1)
    if len(several):
        parts, row = shapely.get_parts(shapes[several], return_index=True)
        sizes[several] = np.bincount(row, measure_drawn_m2(parts, crs), minlength=len(several))
    return sizes


def _m2_per_square_unit(known: CRS, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the m² on the ellipsoid of one square unit of a CRS at each place, by central differences."""
    step = 1e-4 if known.is_geographic else 10.0
    aside = np.array([[1, 0], [-1, 0], [0, 1], [0, -1]]) * step
    around = (np.column_stack([x, y])[None] + aside[:, None]).reshape(-1, 2)
    lon, lat = shapely.get_coordinates(to_lon_lat(np.asarray(shapely.points(around), dtype=object), known)).T.reshape(
        2, 4, len(x)
    )
    turned = ((lon[0] - lon[1]) * (lat[2] - lat[3]) - (lon[2] - lon[3]) * (lat[0] - lat[1])) / (2 * step) ** 2
    latitude = np.radians(lat.mean(axis=0))
    root = 1 - ECCENTRICITY_SQUARED * np.sin(latitude) ** 2
    per_square_degree = (np.radians(SEMI_MAJOR_M) / root) ** 2 * (1 - ECCENTRICITY_SQUARED) * np.cos(latitude)
    return np.asarray(np.abs(turned) * per_square_degree)


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
