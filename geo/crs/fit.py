"""How well the places of a file fit what is already known there: areas, an outline, roads."""

from __future__ import annotations

import numpy as np
import shapely

METRES_PER_DEGREE = 111_195.0
HALF, PART = 0.5, 0.8


def fit_areas(shapes: np.ndarray, known: np.ndarray) -> float:
    """
    Return how well polygons fit known ones that tile the ground, 0 to 1, weighted by their area.

    A polygon made of known areas (those that lie mostly inside it are not larger than it by a quarter) fits as well
    as it overlaps them (intersection over union); a part of one fits as well as that one holds it. Known areas must
    not overlap each other. Missing, empty and invalid shapes do not count; NaN where
    nothing counts.

    Parameters
    ----------
    shapes, known
        Polygons in one CRS, degrees or metres. Shape (n,) and (m,).

    Notes
    -----
    Source: definition. Cost: O(n log m) and one intersection for each pair that only partly overlaps.

    Examples
    --------
    >>> tiles = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> fit_areas(np.array([shapely.box(0, 0, 2, 1)]), tiles), fit_areas(np.array([shapely.box(0.2, 0, 0.8, 1)]), tiles)
    (1.0, 1.0)
    >>> round(fit_areas(np.array([shapely.box(0.5, 0, 2.5, 1)]), tiles), 2)
    0.5
    """
    usable = shapes[_is_surface(shapes)]
    ground = known[_is_surface(known)]
    size = shapely.area(usable)
    if not len(usable) or not len(ground) or not size.sum() > 0:
        return float("nan")
    shapely.prepare(usable)
    row, other = shapely.STRtree(ground).query(usable, predicate="intersects")
    own, parts = usable[row], ground[other]
    whole = shapely.area(parts)
    shared = whole.copy()
    partly = ~shapely.contains_properly(own, parts)
    shared[partly] = shapely.area(shapely.intersection(own[partly], parts[partly]))
    held = np.zeros(len(usable))
    np.maximum.at(held, row, shared / size[row])
    mostly = shared > HALF * whole
    inside = np.bincount(row[mostly], shared[mostly], len(usable))
    made_of = np.bincount(row[mostly], whole[mostly], len(usable))
    is_whole = (made_of > 0) & (size > PART * made_of)
    fit = np.where(is_whole, inside / (size + made_of - inside), held)
    return float(np.average(fit, weights=size))


def share_inside(lon: np.ndarray, lat: np.ndarray, known: np.ndarray) -> float:
    """
    Return the share of points that lie in any of the known areas; NaN without points.

    Examples
    --------
    >>> share_inside(np.array([0.5, 5.0]), np.array([0.5, 5.0]), np.array([shapely.box(0, 0, 1, 1)]))
    0.5
    """
    if not len(lon):
        return float("nan")
    _, hit = shapely.STRtree(np.asarray(shapely.points(lon, lat), dtype=object)).query(
        known[_is_surface(known)], predicate="intersects"
    )
    return float(len(np.unique(hit)) / len(lon))


def share_in_stated(lon: np.ndarray, lat: np.ndarray, stated: np.ndarray) -> float:
    """
    Return the share of points that lie in the area each of them states; points that state none do not count.

    Examples
    --------
    >>> square = shapely.box(0, 0, 1, 1)
    >>> share_in_stated(np.array([0.5, 5.0, 9.0]), np.array([0.5, 5.0, 9.0]), np.array([square, square, None]))
    0.5
    """
    known = ~shapely.is_missing(stated)
    if not known.any():
        return float("nan")
    shapely.prepare(stated[known])
    return float(shapely.intersects_xy(stated[known], lon[known], lat[known]).mean())


def median_distance_m(lon: np.ndarray, lat: np.ndarray, lines: np.ndarray) -> float:
    """
    Return the median distance from points to the nearest line, in metres; NaN without points or lines.

    Good to one percent within a county: degrees are stretched to metres at the middle latitude.

    Examples
    --------
    >>> road = np.array([shapely.LineString([(120.0, 0.0), (121.0, 0.0)])])
    >>> round(median_distance_m(np.array([120.5]), np.array([0.001]), road))
    111
    """
    if not len(lon) or not len(lines):
        return float("nan")
    squeeze = float(np.cos(np.radians(np.mean(lat))))
    flat = shapely.transform(lines, lambda pairs: pairs * (squeeze, 1.0))
    _, distance = shapely.STRtree(flat).query_nearest(
        shapely.points(lon * squeeze, lat), return_distance=True, all_matches=False
    )
    return float(np.median(distance) * METRES_PER_DEGREE)


def metres_between(lon: np.ndarray, lat: np.ndarray, other_lon: np.ndarray, other_lat: np.ndarray) -> np.ndarray:
    """
    Return the distances between pairs of near points in degrees, in metres, to one percent.

    Examples
    --------
    >>> metres_between(np.array([120.0]), np.array([0.0]), np.array([120.001]), np.array([0.0])).round().tolist()
    [111.0]
    """
    squeeze = np.cos(np.radians((lat + other_lat) / 2))
    return np.hypot((other_lon - lon) * squeeze, other_lat - lat) * METRES_PER_DEGREE


def _is_surface(shapes: np.ndarray) -> np.ndarray:
    return np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes) & shapely.is_valid(shapes)
