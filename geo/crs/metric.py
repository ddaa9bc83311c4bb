"""Metres for measuring: one CRS chosen for the place, and what it costs in accuracy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS, Proj, Transformer

from geo.errors import CRSError, say

TRANSVERSE_MERCATOR_LIMIT_DEGREES = 3.0


@dataclass(frozen=True)
class MetricCRS:
    """A CRS in metres for one place: `kind` and its largest length and area errors (shares) inside the bounds."""

    crs: CRS
    kind: str
    length_error: float
    area_error: float


def choose_metric_crs(bounds: Sequence[float]) -> MetricCRS:
    """
    Choose the CRS in which this place is measured, and say how far its metres may be off.

    A place at most 6° wide gets a transverse Mercator on its own middle meridian (true lengths and angles; a
    county 60 km wide is off by 12 parts in a million); a wider one gets Lambert's azimuthal equal-area projection on
    its middle (true areas).

    Parameters
    ----------
    bounds
        West, south, east, north in CGCS2000/WGS84 degrees; west <= east.

    Raises
    ------
    CRSError
        If the bounds are not longitudes and latitudes in that order.

    Notes
    -----
    Source: Snyder, "Map Projections: A Working Manual", USGS 1395 (1987), p. 60 (scale of the transverse Mercator)
    and p. 185 (Lambert azimuthal equal-area). Errors are measured at nine points of the bounds, not estimated.

    Examples
    --------
    >>> haining = choose_metric_crs((120.3, 30.2, 120.9, 30.6))
    >>> haining.kind, haining.length_error < 2e-5
    ('transverse Mercator', True)
    >>> choose_metric_crs((73, 18, 135, 54)).kind
    'Lambert azimuthal equal-area'
    """
    west, south, east, north = _require_bounds(bounds)
    lon, lat = (west + east) / 2, (south + north) / 2
    if (east - west) / 2 <= TRANSVERSE_MERCATOR_LIMIT_DEGREES:
        kind, name, origin = "transverse Mercator", "tmerc", 0.0
    else:
        kind, name, origin = "Lambert azimuthal equal-area", "laea", round(lat, 2)
    crs = CRS.from_dict(
        {"proj": name, "lat_0": origin, "lon_0": round(lon, 2), "x_0": 0, "y_0": 0, "ellps": "GRS80", "units": "m"}
    )
    return MetricCRS(crs, kind, *_errors(crs, (west, south, east, north)))


def project_points(
    lon: Sequence[float] | np.ndarray, lat: Sequence[float] | np.ndarray, crs: CRS
) -> tuple[np.ndarray, np.ndarray]:
    """
    Turn longitude and latitude (degrees) into metres of `crs`; NaN where a coordinate is missing.

    Examples
    --------
    >>> place = choose_metric_crs((120.0, 30.0, 121.0, 31.0))
    >>> x_m, y_m = project_points([120.5, 120.51, float("nan")], [30.5, 30.5, 30.5], place.crs)
    >>> (x_m[:2] - x_m[0]).round(), bool(np.isnan(x_m[2]))
    (array([  0., 960.]), True)
    """
    x, y = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    east, north = np.full(x.shape, np.nan), np.full(x.shape, np.nan)
    known = np.isfinite(x) & np.isfinite(y)
    east[known], north[known] = _transformer(crs.to_wkt()).transform(x[known], y[known])
    lost = ~(np.isfinite(east) & np.isfinite(north))
    east[lost], north[lost] = np.nan, np.nan
    return east, north


def project_table(table: gpd.GeoDataFrame, crs: CRS) -> gpd.GeoDataFrame:
    """
    Return the table with its shapes in metres of `crs`.

    Raises
    ------
    CRSError
        If the table says no CRS.

    Examples
    --------
    >>> place = choose_metric_crs((120.0, 30.0, 121.0, 31.0))
    >>> square = gpd.GeoDataFrame(geometry=[shapely.box(120.5, 30.5, 120.51, 30.51)], crs="EPSG:4326")
    >>> round(float(project_table(square, place.crs).area.iloc[0]) / 1e6, 3)
    1.064
    """
    if table.crs is None:
        raise CRSError(say("a table with a CRS"), say("none"), say("give --crs"))
    return table.to_crs(crs)


def area_km2(shapes: Sequence[object] | np.ndarray) -> np.ndarray:
    """
    Return the true area of polygons given in degrees, in km², on the GRS80 ellipsoid of CGCS2000.

    By Lambert's equal-area projection at their middle, edges straight between vertices: for edges shorter than
    10 km the difference from geodesics is below one part in a million. Missing and empty shapes have NaN.

    Examples
    --------
    >>> area_km2([shapely.box(120.5, 30.5, 120.51, 30.51), None]).round(4)
    array([1.0642,    nan])
    """
    polygons = np.asarray(shapes, dtype=object)
    out = np.full(len(polygons), np.nan)
    known = ~(shapely.is_missing(polygons) | shapely.is_empty(polygons))
    if known.any():
        west, south, east, north = shapely.total_bounds(polygons[known])
        centre = {"lat_0": (south + north) / 2, "lon_0": (west + east) / 2}
        crs = CRS.from_dict({"proj": "laea", "ellps": "GRS80", "units": "m", **centre})
        turn = _transformer(crs.to_wkt())
        metres = shapely.transform(polygons[known], lambda pairs: np.column_stack(turn.transform(*pairs.T)))
        out[known] = shapely.area(metres) / 1e6
    return out


@lru_cache(maxsize=16)
def _transformer(wkt: str) -> Transformer:
    return Transformer.from_crs("EPSG:4326", CRS.from_wkt(wkt), always_xy=True)


def _require_bounds(bounds: Sequence[float]) -> tuple[float, float, float, float]:
    west, south, east, north = (float(edge) for edge in bounds)
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise CRSError(
            say("west, south, east, north in degrees"),
            say("{bounds}", bounds=", ".join(f"{edge:g}" for edge in (west, south, east, north))),
            say("check for swapped axes or metres"),
        )
    return west, south, east, north


def _errors(crs: CRS, bounds: tuple[float, float, float, float]) -> tuple[float, float]:
    lon, lat = np.meshgrid(np.linspace(bounds[0], bounds[2], 3), np.linspace(bounds[1], bounds[3], 3))
    factors = Proj(crs).get_factors(lon.ravel(), lat.ravel())
    scales = np.concatenate([np.ravel(factors.tissot_semimajor), np.ravel(factors.tissot_semiminor)])
    return float(np.abs(scales - 1).max()), float(np.abs(np.ravel(factors.areal_scale) - 1).max())
