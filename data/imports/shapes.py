"""Shapes of areas: repair, parts of one id, shared footprints, and how much of one lies in another."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

METRES_PER_DEGREE = 111_195.0
SLIVER_SHARE = 0.001
SLIVER_M2 = 1.0
POLYGONS = (3, 6)


def area_m2(shapes: np.ndarray) -> np.ndarray:
    """
    Return the area of shapes in longitude and latitude, in square metres, good to about one percent.

    Good enough to tell a sliver from an overlap; figures people read use an equal-area projection.
    """
    bounds = shapely.bounds(shapes)
    middle = np.nan_to_num((bounds[:, 1] + bounds[:, 3]) / 2)
    return shapely.area(shapes) * METRES_PER_DEGREE**2 * np.cos(np.radians(middle))


def repair_polygons(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """
    Return valid polygons and which rows were repaired; what is left of lines and points by the repair is dropped.

    Examples
    --------
    >>> bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    >>> fixed, repaired = repair_polygons(np.array([bow, shapely.box(0, 0, 1, 1)]))
    >>> shapely.area(fixed).tolist(), repaired.tolist()
    ([0.5, 1.0], [True, False])
    """
    broken = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    fixed = shapes.copy()
    for row in np.flatnonzero(broken):
        fixed[row] = only_polygons(shapely.make_valid(shapes[row]))
    return fixed, broken


def only_polygons(shape: shapely.Geometry) -> shapely.Geometry:
    """Return the polygons of a shape as one polygon or multipolygon."""
    if shapely.get_type_id(shape) in POLYGONS:
        return shape
    parts = shapely.get_parts(shape)
    kept = [part for part in parts if shapely.get_type_id(part) in POLYGONS]
    return shapely.union_all(kept) if kept else shapely.Polygon()


def merge_parts(shapes: np.ndarray) -> tuple[shapely.Geometry, float]:
    """
    Return the union of the parts of one area, and the largest share of a part that lies inside another.

    Examples
    --------
    >>> whole, share = merge_parts(np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]))
    >>> whole.area, share
    (2.0, 0.0)
    """
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = left < right
    left, right = left[pairs], right[pairs]
    shared = shapely.area(shapely.intersection(shapes[left], shapes[right]))
    smaller = np.minimum(shapely.area(shapes[left]), shapely.area(shapes[right]))
    share = float(np.max(shared / np.where(smaller > 0, smaller, 1), initial=0.0))
    return shapely.union_all(shapes), share


def footprint_ids(ids: np.ndarray, shapes: np.ndarray) -> np.ndarray:
    """
    Return the footprint of each area: its own id, or the first id (as text) of the areas with the very same shape.

    Examples
    --------
    >>> square = shapely.box(0, 0, 1, 1)
    >>> footprint_ids(np.array(["b", "a", "c"], object), np.array([square, square, shapely.box(1, 0, 2, 1)])).tolist()
    ['a', 'a', 'c']
    """
    keys = pd.Series([shapely.to_wkb(one) for one in shapely.normalize(shapes)])
    return pd.Series(ids, dtype=object).groupby(keys, sort=False).transform("min").to_numpy(object)


def largest_overlap(shapes: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """
    Return, for each shape, the position of the other that holds most of it (-1 for none) and that share of its area.

    Equal shares go to the one that comes first.
    """
    best, share = np.full(len(shapes), -1), np.zeros(len(shapes))
    tree = shapely.STRtree(others)
    row, other = tree.query(shapes, predicate="intersects")
    covered = shapely.covers(others[other], shapes[row])
    total = np.maximum(shapely.area(shapes), 1e-300)
    held = total[row].copy()
    partly = np.flatnonzero(~covered)
    held[partly] = shapely.area(shapely.intersection(shapes[row[partly]], others[other[partly]]))
    ranked = np.lexsort((other, -held, row))
    first = ranked[np.unique(row[ranked], return_index=True)[1]]
    given = first[held[first] > 0]
    best[row[given]], share[row[given]] = other[given], held[given] / total[row[given]]
    return best, share


def count_overlaps(shapes: np.ndarray) -> tuple[int, int, list[tuple[int, int]]]:
    """
    Return how many pairs of different footprints overlap, how many of these by no more than a sliver, and the worst.

    A sliver is at most a thousandth of the smaller area.
    """
    if bool(shapely.coverage_is_valid(shapes)):
        return 0, 0, []
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = left < right
    left, right = left[pairs], right[pairs]
    shared = area_m2(shapely.intersection(shapes[left], shapes[right]))
    sizes = area_m2(shapes)
    found = np.flatnonzero(shared > SLIVER_M2)
    is_sliver = shared[found] <= SLIVER_SHARE * np.minimum(sizes[left[found]], sizes[right[found]])
    worst = found[np.argsort(-shared[found], kind="stable")][:5]
    return len(found), int(is_sliver.sum()), list(zip(left[worst].tolist(), right[worst].tolist(), strict=True))
