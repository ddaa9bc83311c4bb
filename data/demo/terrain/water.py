"""The base map: roads and rivers as lines along borders, the estuary, the seawall and its viewing points."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.demo.terrain.paths import Path
from data.demo.terrain.plane import trace_rings
from data.demo.terrain.polygons import VertexTable

CRS = "EPSG:4326"
WATER_KINDS = ("river", "canal")
# the coast: the outline between its corners nearest to these points, west and east
COAST_ENDS = ((120.408358, 30.318838), (120.870594, 30.265509))
# from the coast's eastern end round the bay to its western end, far past every window that shows the county
SEA_CORNERS = (
    (120.905, 30.29),
    (120.96, 30.34),
    (121.00, 30.43),
    (121.06, 30.54),
    (121.25, 30.66),
    (121.60, 30.80),
    (123.20, 30.95),
    (123.20, 28.60),
    (118.20, 28.60),
    (119.30, 29.70),
    (119.80, 30.00),
    (120.08, 30.13),
    (120.22, 30.215),
    (120.30, 30.248),
    (120.36, 30.285),
)
VIEWING_POINTS = (
    "观潮胜地公园",
    "占鳌塔",
    "镇海铁牛",
    "中山亭",
    "天风海涛亭",
    "观潮诗碑亭",
    "鱼鳞石塘",
    "海神庙前塘",
    "宣德门外塘",
)
VIEWING_SPAN = (120.53613, 120.56387)
"""Middles of the first and last of nine stretches that make 3,000 m of seawall."""


def build_roads(
    vertices: VertexTable, paths: list[Path], bridges: list[tuple[str, shapely.LineString]]
) -> gpd.GeoDataFrame:
    """Return the roads, then the bridges, with the columns of the kind roads."""
    roads = [path for path in paths if path.kind not in WATER_KINDS]
    return gpd.GeoDataFrame(
        {
            "road_id": [f"R{number:04d}" for number in range(1, len(roads) + len(bridges) + 1)],
            "name": [*(path.name for path in roads), *(name for name, _ in bridges)],
            "road_class": [*(path.kind for path in roads), *(["bridge"] * len(bridges))],
        },
        geometry=[*(vertices.line(path.half_edges) for path in roads), *(line for _, line in bridges)],
        crs=CRS,
    )


def build_water(vertices: VertexTable, paths: list[Path]) -> gpd.GeoDataFrame:
    """Return rivers, canals, the estuary and the seawall, with the columns of the kind water."""
    rivers = [path for path in paths if path.kind in WATER_KINDS]
    coast = _coast(vertices)
    rows: list[tuple[str, str, shapely.Geometry]] = [
        (path.name, path.kind, vertices.line(path.half_edges)) for path in rivers
    ]
    rows += [("钱塘江海塘", "seawall", shapely.LineString(coast)), ("钱塘江河口", "sea", _sea(coast))]
    return gpd.GeoDataFrame(
        {
            "water_id": [f"W{number:04d}" for number in range(1, len(rows) + 1)],
            "name": [row[0] for row in rows],
            "water_class": [row[1] for row in rows],
        },
        geometry=[row[2] for row in rows],
        crs=CRS,
    )


def _coast(vertices: VertexTable) -> NDArray[np.float64]:
    """Walk the outline from its western to its eastern coast corner."""
    half_edges, _ = trace_rings(vertices.plane, np.zeros(len(vertices.plane.face_area), dtype=np.int64))
    ring = vertices.lon_lat[vertices.walk(half_edges)[0]]
    west, east = (int(np.argmin(np.hypot(*(ring - np.array(end)).T))) for end in COAST_ENDS)
    return np.roll(ring, -west, axis=0)[: (east - west) % len(ring) + 1]


def _sea(coast: NDArray[np.float64]) -> shapely.Polygon:
    """The estuary south of the coast, drawn on past the county's ends as far as a base map needs."""
    return shapely.Polygon(np.vstack([coast, SEA_CORNERS]))


def build_viewing_points(water: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the nine points, west to east, a few metres inland of the seawall."""
    seawall = water.loc[water["water_class"] == "seawall", "geometry"].iloc[0]
    points = []
    for lon in np.linspace(*VIEWING_SPAN, len(VIEWING_POINTS)):
        crossing = shapely.intersection(seawall, shapely.LineString([(lon, 30.2), (lon, 30.5)]))
        points.append((round(lon, 7), round(shapely.get_coordinates(crossing)[:, 1].max() + 0.0003, 7)))
    return pd.DataFrame({"name": VIEWING_POINTS, "lon": [p[0] for p in points], "lat": [p[1] for p in points]})
