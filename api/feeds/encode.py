"""Shapes as whole numbers, each the difference from the one before: small, exact on shared borders, quick to draw."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

DETAILS = ((25.0, 1e-5), (5.0, 1e-5), (0.0, 1e-6), (150.0, 1e-5))
"""For each detail: metres a border may move, degrees of one step of the numbers sent; 3 is for a whole province."""
METRES_PER_DEGREE = 111_000.0


def simplify_areas(shapes: NDArray[Any], footprints: NDArray[Any], tolerance_m: float) -> NDArray[Any]:
    """
    Simplify areas that tile the ground so that shared borders stay shared.

    Areas stacked on one footprint are simplified once. A tolerance of 0 leaves the shapes as they are.
    """
    if tolerance_m <= 0 or len(shapes) == 0:
        return shapes
    _, first, back = np.unique(footprints.astype(str), return_index=True, return_inverse=True)
    simple = shapely.coverage_simplify(shapes[first], tolerance_m / METRES_PER_DEGREE, simplify_boundary=True)
    kept = np.where(shapely.is_empty(simple), shapes[first], simple)
    return kept[back]


def encode_shapes(shapes: NDArray[Any], unit: float) -> list[list[list[int]]]:
    """
    Return for each shape its lines, each a flat list: lon, lat in steps of `unit`, then the differences.

    Outer rings run against the clock and holes with it. Points that fall together are left out; a line that
    shrinks to a point is left out too.

    Examples
    --------
    >>> encode_shapes(np.array([shapely.LineString([(1, 1), (1.5, 1), (1.5, 2)])]), 0.5)
    [[[2, 2, 1, 0, 0, 2]]]
    """
    if len(shapes) == 0:
        return []
    kinds = shapely.get_type_id(shapes)
    areal = np.isin(kinds, (3, 6))
    oriented = shapes.copy()
    oriented[areal] = shapely.orient_polygons(shapes[areal], exterior_cw=False)
    parts, owner = shapely.get_parts(oriented, return_index=True)
    is_area = shapely.get_type_id(parts) == 3
    rings, ring_owner = shapely.get_rings(parts[is_area], return_index=True)
    lines = np.concatenate([parts[shapely.get_type_id(parts) == 1], rings])
    line_owner = np.concatenate([owner[shapely.get_type_id(parts) == 1], owner[is_area][ring_owner]])
    return _differences(lines, line_owner, len(shapes), unit, least=2)


def _differences(
    lines: NDArray[Any], owner: NDArray[Any], count: int, unit: float, *, least: int
) -> list[list[list[int]]]:
    coordinates, line = shapely.get_coordinates(lines, return_index=True)
    steps = np.rint(coordinates / unit).astype(np.int64)
    starts = np.r_[True, line[1:] != line[:-1]] if len(line) else np.zeros(0, bool)
    moved = np.r_[np.zeros((1, 2), np.int64), np.diff(steps, axis=0)] if len(steps) else steps
    moved[starts] = steps[starts]
    keep = starts | (moved != 0).any(axis=1)
    moved, line = moved[keep], line[keep]
    ends = np.searchsorted(line, np.arange(len(lines) + 1))
    flat = moved.reshape(-1).tolist()
    encoded: list[list[list[int]]] = [[] for _ in range(count)]
    for i, whose in enumerate(owner.tolist()):
        first, last = int(ends[i]), int(ends[i + 1])
        if last - first >= least:
            encoded[whose].append(flat[2 * first : 2 * last])
    return encoded
