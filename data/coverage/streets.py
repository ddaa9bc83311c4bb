"""Roads cut into pieces that each lie in one area."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from data.indexes import index_of
from geo.areas.hierarchy import Hierarchy
from geo.crs.metric import project_table
from geo.locate import locate_finest

STEP_DEGREES = 0.0002
"""About 20 m: how exactly a road is cut where it crosses a border."""


def cut_roads(roads: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, tree: Hierarchy, crs: CRS) -> gpd.GeoDataFrame:
    """
    Cut roads where their area changes, to about 20 m; lengths are conserved.

    A stretch along a border belongs to one side by the rule for points on a shared edge. Roads in the areas of
    `tree` get `place`, the position of their finest area; others -1. The result is in metres of `crs`.
    """
    lines = np.asarray(roads.geometry, dtype=object)
    lines = lines[~(shapely.is_missing(lines) | shapely.is_empty(lines))]
    parts = shapely.get_parts(lines)
    parts = shapely.segmentize(parts[shapely.get_type_id(parts) == 1], STEP_DEGREES)
    if len(parts) == 0:
        return gpd.GeoDataFrame({"place": np.empty(0, dtype=np.int32)}, geometry=[], crs=crs)
    spots, line = shapely.get_coordinates(parts, return_index=True)
    inner = np.flatnonzero(line[:-1] == line[1:])
    middle = (spots[inner] + spots[inner + 1]) / 2
    indexes = {
        level: index_of(chosen.index, chosen.geometry.to_numpy())
        for level, chosen in areas.groupby("level", sort=False)
    }
    place = tree.positions(locate_finest(indexes, tree, middle[:, 0], middle[:, 1]).area_ids)
    is_new = np.append(True, (np.diff(place) != 0) | (np.diff(line[inner]) != 0))
    piece = np.cumsum(is_new) - 1
    corners = np.stack([spots[inner], spots[inner + 1]], axis=1).reshape(-1, 2)
    shapes = shapely.remove_repeated_points(shapely.linestrings(corners, indices=np.repeat(piece, 2)))
    table = gpd.GeoDataFrame(pd.DataFrame({"place": place[is_new]}), geometry=shapes, crs="EPSG:4326")
    return project_table(table, crs)
