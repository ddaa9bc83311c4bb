"""Points well inside polygons, where a test of what lies over them cannot depend on rounding."""

from __future__ import annotations

import numpy as np
import shapely

SHALLOW = 0.05
"""A point nearer to the border than this share of the mean width is too near."""


def inner_points(polygons: np.ndarray) -> np.ndarray:
    """
    Return a point inside each polygon, away from its border.

    Laying borders over each other leaves hairs on a face: long, and thinner than the last digit. The usual point on a
    surface takes the middle height, where such a face may be nothing but hair. Where that point is too near to the
    border, the middle of the largest triangle of a constrained triangulation is taken. Empty ones have an empty point.

    Examples
    --------
    A square of one on a hair of ten:

    >>> face = shapely.Polygon([(0, 0), (1, 0), (1, 1), (1e-15, 1), (1e-15, 11), (0, 11)])
    >>> point = inner_points(np.array([face]))[0]
    >>> bool(point.y < 1), bool(shapely.distance(point, face.boundary) > 0.1)
    (True, True)
    """
    points = np.asarray(shapely.point_on_surface(polygons), dtype=object)
    if not len(points):
        return points
    length = shapely.length(polygons)
    width = np.divide(2 * shapely.area(polygons), length, out=np.zeros(len(points)), where=length > 0)
    depth = shapely.distance(points, shapely.boundary(polygons))
    for row in np.flatnonzero(depth < SHALLOW * width).tolist():
        triangles = shapely.get_parts(shapely.constrained_delaunay_triangles(polygons[row]))
        if len(triangles):
            middle = shapely.centroid(triangles[np.argmax(shapely.area(triangles))])
            if shapely.distance(middle, shapely.boundary(polygons[row])) > depth[row]:
                points[row] = middle
    return points
