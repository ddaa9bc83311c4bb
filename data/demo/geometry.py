"""The demonstration county's ground: five levels of areas that tile and nest exactly, roads, water, seawall.

SYNTHETIC inside a real outline: only the outline, the twelve towns' names, codes and seats are facts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.demo.terrain.bridges import build_bridges
from data.demo.terrain.cells import cut_by_outline, place_seeds
from data.demo.terrain.fields import Terrain, build_terrain
from data.demo.terrain.hierarchy import build_cell_graph, build_hierarchy, merge_slivers, scaled_counts
from data.demo.terrain.network import Curve, build_network
from data.demo.terrain.paths import Path, barriers, lay_paths
from data.demo.terrain.plane import Plane, bend_edges, build_plane
from data.demo.terrain.polygons import VertexTable
from data.demo.terrain.smoothing import border_triples, chain_triples, smooth_vertices
from data.demo.terrain.tables import area_groups, build_area_tables
from data.demo.terrain.water import build_roads, build_viewing_points, build_water

Progress = Callable[[float, str], None]
LEVELS = (("county", "县市区"), ("town", "镇街道"), ("village", "村社区"), ("grid", "网格"), ("micro_grid", "微网格"))
ROUGHNESS = {"plain": 0.15, "water": 0.05, "road": 0.0}


@dataclass(frozen=True)
class County:
    """
    The demonstration county's ground. All geometry in EPSG:4326 degrees rounded to 7 decimals.

    Attributes
    ----------
    areas
        Every area of the five levels, parents before children, with the columns of the kind areas. Stairwells of
        one tower have the same geometry and footprint_id.
    roads, water
        The base map, with the columns of their kinds. Roads, rivers and canals run along area borders. Bridges
        (road_class "bridge") join every grid and micro-grid that a river or motorway parts.
    viewing_points
        Nine points on the seawall at Yanguan: name, lon, lat.
    micro_grids
        Indexed by the micro-grids' area_id: urbanness (0-1), is_tower, area_m2 of the footprint.
    levels
        (key, Chinese title) of each level, coarse to fine.
    name
        What the county is called.
    """

    areas: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    water: gpd.GeoDataFrame
    viewing_points: pd.DataFrame
    micro_grids: pd.DataFrame
    levels: tuple[tuple[str, str], ...] = LEVELS
    name: str = "海宁市"


def build_county(*, seed: int = 330481, scale: float = 1.0, progress: Progress | None = None) -> County:
    """
    Build the demonstration county's ground from a seed.

    The same seed and scale give the same bytes, in another process too. Areas of one level cover the outline without
    gap or overlap, and every area is exactly the union of its children.

    Parameters
    ----------
    seed
        Where chance starts.
    scale
        Share of the full numbers (228 villages, 816 grids, 12,914 micro-grids, 300,000 households), 0.02 to 1;
        always twelve towns.
    progress
        Called with the share done and what is being done.

    Raises
    ------
    GridError
        If the scale is outside its range.

    Examples
    --------
    >>> county = build_county(scale=0.02)
    >>> county.areas.groupby("level", sort=False).size().to_dict()
    {'county': 1, 'town': 12, 'village': 12, 'grid': 16, 'micro_grid': 258}
    >>> int(county.areas.loc[county.areas["level"] == "county", "households"].iloc[0])
    6000
    """
    scaled_counts(scale)
    tell = progress or _say_nothing
    chance = np.random.default_rng(seed).spawn(6)
    tell(0.0, "outline and network")
    terrain = build_terrain(chance[0], scale=scale)
    curves = build_network(terrain, chance[1])
    tell(0.08, "cells")
    plane, cell = _cut_cells(terrain, curves, chance[2])
    tell(0.3, "roads and rivers along the cells")
    paths = lay_paths(terrain, plane, curves)
    plane = smooth_vertices(plane, _path_triples(plane, paths), rounds=10)
    graph = build_cell_graph(plane, cell, barriers(plane, paths))
    hierarchy = build_hierarchy(terrain, graph, chance[3], lambda share, what: tell(0.45 + 0.35 * share, what))
    tell(0.8, "borders")
    plane = _smooth_borders(plane, paths, area_groups(hierarchy, cell))
    vertices = _shape_borders(plane, paths, chance[4])
    areas, micro_grids = build_area_tables(vertices, hierarchy, cell, chance[5], scale=scale)
    tell(0.95, "base map")
    water = build_water(vertices, paths)
    bridges = build_bridges(vertices, paths, *area_groups(hierarchy, cell)[3:])
    roads = build_roads(vertices, paths, bridges)
    county = County(areas, roads, water, build_viewing_points(water), micro_grids)
    tell(1.0, "county")
    return county


def _say_nothing(_share: float, _message: str) -> None:
    return None


def _cut_cells(terrain: Terrain, curves: list[Curve], rng: np.random.Generator) -> tuple[Plane, NDArray[np.int64]]:
    seeds = place_seeds(terrain, curves, rng)
    vertices, edges, on_outline = cut_by_outline(terrain.outline, seeds)
    plane = build_plane(vertices, edges, fixed=on_outline)
    return plane, merge_slivers(plane, terrain)


def _path_triples(plane: Plane, paths: list[Path]) -> NDArray[np.int64]:
    return chain_triples(np.append(plane.origin[p.half_edges], plane.origin[p.half_edges[-1] ^ 1]) for p in paths)


def _smooth_borders(plane: Plane, paths: list[Path], groups: list[NDArray[np.int64]]) -> Plane:
    """Calm the borders of towns, villages and grids where no river or road already leads them."""
    triples = np.concatenate([border_triples(plane, group) for group in groups[1:4]])
    triples = triples[np.sort(np.unique(triples[:, 0], return_index=True)[1])]
    led = np.unique(plane.edges[np.concatenate([path.half_edges for path in paths]) // 2])
    return smooth_vertices(plane, triples[~np.isin(triples[:, 0], led)], rounds=5)


def _shape_borders(plane: Plane, paths: list[Path], rng: np.random.Generator) -> VertexTable:
    roughness = np.full(len(plane.edges), ROUGHNESS["plain"])
    for path in paths:
        roughness[path.half_edges // 2] = ROUGHNESS["water" if path.kind in ("river", "canal") else "road"]
    bends, bend_start = bend_edges(plane, roughness, rng)
    return VertexTable.build(plane, bends, bend_start)
