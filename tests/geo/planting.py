"""Partitions drawn at random, and defects planted in them with their size known."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from geo.areas.defects import Limits

CRS = "EPSG:4549"
ORIGIN = (500_000.0, 3_370_000.0)
STEP_M = 100.0
LIMITS = Limits(tolerance_m2=0.01, sliver_m2=0.5, sliver_width_m=0.1, nested_share=0.99, one_drawing_share=0.5)


def lattice(rng: np.random.Generator, columns: int, rows: int) -> np.ndarray:
    """Corner points of a jittered lattice: shape (rows + 1, columns + 1, 2), metres; the outer border is straight."""
    x, y = np.meshgrid(np.arange(columns + 1) * STEP_M, np.arange(rows + 1) * STEP_M)
    points = np.stack([x, y], axis=2) + np.array(ORIGIN)
    points[1:-1, 1:-1] += rng.uniform(-25, 25, (rows - 1, columns - 1, 2))
    return points


def cells_of(points: np.ndarray) -> gpd.GeoDataFrame:
    """One polygon a cell, sharing corners bit for bit; ids in reading order from the south-west."""
    rows, columns = points.shape[0] - 1, points.shape[1] - 1
    corners = np.stack([points[:-1, :-1], points[:-1, 1:], points[1:, 1:], points[1:, :-1]], axis=2)
    polygons = shapely.polygons(corners.reshape(rows * columns, 4, 2))
    ids = [f"{row:03d}{column:03d}" for row in range(rows) for column in range(columns)]
    table = {"area_id": np.array(ids, dtype=object), "label": [f"area {one}" for one in ids], "households": 60.0}
    return gpd.GeoDataFrame(table, geometry=polygons, crs=CRS)


def blocks_of(points: np.ndarray, size: int) -> gpd.GeoDataFrame:
    """Parents of `size` x `size` cells each, with every corner of the cells on their border."""
    cells = cells_of(points)
    block = [f"{int(one[:3]) // size:03d}{int(one[3:]) // size:03d}" for one in cells["area_id"]]
    groups = cells.geometry.groupby(np.array(block))
    shapes = {key: shapely.coverage_union_all(group.to_numpy()) for key, group in groups}
    return gpd.GeoDataFrame({"area_id": list(shapes)}, geometry=list(shapes.values()), crs=CRS)


def bend_edge(cell: shapely.Polygon, depth_m: float) -> shapely.Polygon:
    """
    Move the middle of the cell's east side by `depth_m`: outwards if positive; the neighbour does not follow.

    The ground gained or lost is a triangle of half the depth times 40 % of the side.
    """
    south, north = (np.array(cell.exterior.coords[n]) for n in (1, 2))
    along = north - south
    outward = np.array([along[1], -along[0]]) / np.hypot(*along)
    low, middle, high = (south + along * share for share in (0.3, 0.5, 0.7))
    points = list(cell.exterior.coords)[:-1]
    return shapely.Polygon([*points[:2], low, middle + outward * depth_m, high, *points[2:]])


def side_m(cell: shapely.Polygon) -> float:
    """Length of the cell's east side."""
    south, north = (np.array(cell.exterior.coords[n]) for n in (1, 2))
    return float(np.hypot(*(north - south)))
