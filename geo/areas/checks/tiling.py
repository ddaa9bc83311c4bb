"""How often the ground is covered: twice is an overlap, not at all but enclosed a gap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geo.areas.checks.edges import Edges, build_edges, faces_between, is_shared
from geo.areas.checks.inner import inner_points
from geo.areas.checks.measure import measure_drawn_m2

NOISE_SHARE = 1e-3
"""Faces smaller than this share of the tolerance are rounding, not ground."""
ROUNDING = 1e-11
"""Borders laid over each other are off by less than this share of their coordinates: 0.1 mm in degrees."""
TRIES = 6


@dataclass(frozen=True, eq=False)
class Tiling:
    """
    `overlaps` are (left row, right row, shape) for each pair of footprints; `gaps` single polygons without cover.

    `is_exact` says that every border between two footprints has the same points on both sides, bit for bit.
    """

    overlaps: list[tuple[int, int, shapely.Geometry]]
    gaps: np.ndarray
    is_exact: bool


def find_tiling(shapes: np.ndarray, crs: object, *, tolerance_m2: float) -> Tiling:
    """
    Return overlaps and enclosed gaps of valid, pairwise different footprints, each larger than `tolerance_m2`.

    Edges that two footprints share exactly cancel: the cover is the same on both of their sides. Only the edges left
    over (the outer border, and wherever borders differ) are laid over each other; the faces between them have one
    cover each, counted at a point inside.

    Examples
    --------
    >>> boxes = np.array([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)])
    >>> found = find_tiling(boxes, "EPSG:32651", tolerance_m2=0.01)
    >>> [(left, right, shape.area) for left, right, shape in found.overlaps], len(found.gaps)
    ([(0, 1, 1.0)], 0)
    """
    edges = build_edges(shapes)
    shared = is_shared(edges)
    faces = faces_between(edges, ~shared)
    sizes = measure_drawn_m2(faces, crs)
    faces = faces[sizes > tolerance_m2 * NOISE_SHARE]
    tree = shapely.STRtree(shapes)
    cover = count_cover(faces, shapes, tree)
    gaps = join_faces(faces[cover == 0])
    gaps = gaps[measure_drawn_m2(gaps, crs) > tolerance_m2]
    overlaps = _overlaps(shapes, faces[cover > 1], tree, crs, tolerance_m2)
    return Tiling(overlaps, gaps, _is_exact(edges, shared, len(overlaps) + len(gaps), shapes))


def count_cover(faces: np.ndarray, shapes: np.ndarray, tree: shapely.STRtree) -> np.ndarray:
    """
    Return how many of `shapes` cover each face: the same number everywhere inside it.

    Where the point looked at happens to lie on a border, another one is tried.
    """
    cover = np.zeros(len(faces), dtype=np.int64)
    if not len(faces):
        return cover
    points = inner_points(faces)
    face, row = tree.query(points, predicate="intersects")
    inside = shapely.contains_properly(shapes[row], points[face])
    np.add.at(cover, face[inside], 1)
    on_border = np.unique(face[~inside])
    for one in on_border.tolist():
        cover[one] = _cover_beside(faces[one], points[one], shapes, tree)
    return cover


def _cover_beside(face: shapely.Geometry, point: shapely.Geometry, shapes: np.ndarray, tree: shapely.STRtree) -> int:
    """Count the cover at a point of the face that lies on no border."""
    ground = face
    for _ in range(TRIES):
        rows = tree.query(point, predicate="intersects")
        inside = shapely.contains_properly(shapes[rows], point)
        if inside.all():
            return int(inside.sum())
        parts = shapely.get_parts(shapely.intersection(ground, shapes[rows[~inside][0]]))
        parts = parts[shapely.get_type_id(parts) == 3] if len(parts) else parts
        if not len(parts):
            return int(inside.sum())
        ground = parts[np.argmax(shapely.area(parts))]
        point = inner_points(np.array([ground], dtype=object))[0]
    return int(inside.sum()) + 1


def rows_beside(shape: shapely.Geometry, tree: shapely.STRtree) -> np.ndarray:
    """
    Return, in order, the rows of a tree that a shape meets, or misses by no more than rounding in its coordinates.

    Examples
    --------
    >>> tree = shapely.STRtree([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)])
    >>> rows_beside(shapely.box(1 + 1e-12, 0, 1.5, 1), tree).tolist()
    [0]
    """
    reach = ROUNDING * float(np.abs(shapely.bounds(shape)).max())
    return np.sort(tree.query(shape, predicate="dwithin", distance=reach))


def join_faces(faces: np.ndarray) -> np.ndarray:
    """Return faces that share an edge as one polygon."""
    if len(faces) < 2:
        return faces
    left, right = shapely.STRtree(faces).query(faces, predicate="intersects")
    if (left == right).all():
        return faces
    return np.asarray(shapely.get_parts(shapely.union_all(faces)), dtype=object)


def _overlaps(
    shapes: np.ndarray, faces: np.ndarray, tree: shapely.STRtree, crs: object, tolerance_m2: float
) -> list[tuple[int, int, shapely.Geometry]]:
    if not len(faces):
        return []
    near = np.unique(tree.query(faces, predicate="intersects")[1])
    some = shapes[near]
    shapely.prepare(some)
    left, right = shapely.STRtree(some).query(some, predicate="intersects")
    left, right = left[left < right], right[left < right]
    crossing = ~shapely.touches(some[left], some[right])
    left, right = left[crossing], right[crossing]
    common = np.array([only_polygons(one) for one in shapely.intersection(some[left], some[right])], dtype=object)
    large = np.flatnonzero(measure_drawn_m2(common, crs) > tolerance_m2)
    return [(int(near[left[one]]), int(near[right[one]]), common[one]) for one in large]


def only_polygons(shape: shapely.Geometry) -> shapely.Geometry:
    """
    Return the polygons of a shape as one polygon or multipolygon, without the lines and points beside them.

    Examples
    --------
    >>> only_polygons(shapely.GeometryCollection([shapely.box(0, 0, 1, 1), shapely.Point(2, 2)])).geom_type
    'Polygon'
    """
    if shapely.get_type_id(shape) in (3, 6):
        return shape
    parts = shapely.get_parts(shapely.get_parts(shape))
    kept = parts[shapely.get_type_id(parts) == 3]
    return shapely.union_all(kept) if len(kept) else shapely.Polygon()


def _is_exact(edges: Edges, shared: np.ndarray, found: int, shapes: np.ndarray) -> bool:
    """Whether no border differs: nothing found, and what is not shared is the outer border alone."""
    rim = np.unique(edges.owner[~shared])
    return found == 0 and bool(shapely.coverage_is_valid(shapes[rim]))
