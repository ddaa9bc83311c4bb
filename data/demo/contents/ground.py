"""What every content builder needs to know of the county: its finest areas, their parents, and a plane in metres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from data.demo.geometry import County

METRES_PER_DEGREE = 111_195.0


@dataclass(frozen=True)
class Plane:
    """Metres east and north of a corner of the county; exact enough over 50 km, and the same on every machine."""

    lon_0: float
    lat_0: float
    lon_m: float

    def to_metres(self, lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """
        Turn degrees into metres.

        Examples
        --------
        >>> plane = Plane(120.0, 30.0, 96_000.0)
        >>> [float(v) for v in plane.to_metres(120.5, 30.0)]
        [48000.0, 0.0]
        """
        return (lon - self.lon_0) * self.lon_m, (lat - self.lat_0) * METRES_PER_DEGREE

    def to_degrees(self, x_m: np.ndarray, y_m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Turn metres into degrees, rounded to 1e-7 (a centimetre)."""
        return np.round(x_m / self.lon_m + self.lon_0, 7), np.round(y_m / METRES_PER_DEGREE + self.lat_0, 7)

    def project(self, shapes: np.ndarray) -> np.ndarray:
        """Turn shapes in degrees into shapes in metres."""
        return shapely.transform(shapes, lambda xy: np.column_stack(self.to_metres(xy[:, 0], xy[:, 1])))


@dataclass(frozen=True)
class Ground:
    """
    `micro` has one row per finest area (sorted by area_id): its class, households, footprint and parents.

    `footprints` has one row per footprint: polygon in metres, its micro-grids in order, class, road and angle.
    `streets` are road segments in metres; `areas` the county's areas as published.
    """

    areas: pd.DataFrame
    micro: pd.DataFrame
    footprints: pd.DataFrame
    streets: pd.DataFrame
    plane: Plane
    viewing_points: pd.DataFrame

    def level(self, key: str) -> pd.DataFrame:
        """Return the areas of one level without geometry, sorted by id."""
        return self.areas[self.areas["level"] == key].drop(columns="geometry").sort_values("area_id")


def build_ground(county: County) -> Ground:
    """Read the county's areas and roads into the tables the builders share."""
    areas = pd.DataFrame(county.areas)
    west, south, _, north = shapely.total_bounds(areas["geometry"].to_numpy())
    plane = Plane(west, south, METRES_PER_DEGREE * float(np.cos(np.radians((south + north) / 2))))
    streets = _streets(county.roads[county.roads["road_class"] != "bridge"], plane)
    micro = _micro_grids(areas)
    return Ground(areas, micro, _footprints(micro, streets, plane), streets, plane, pd.DataFrame(county.viewing_points))


def _micro_grids(areas: pd.DataFrame) -> pd.DataFrame:
    parents = areas.set_index("area_id")["parent_id"]
    names = areas.set_index("area_id")["name"]
    micro = areas[areas["level"] == "micro_grid"].sort_values("area_id").reset_index(drop=True)
    micro["grid_id"] = micro["parent_id"]
    micro["village_id"] = micro["grid_id"].map(parents)
    micro["town_id"] = micro["village_id"].map(parents)
    micro["town"] = micro["town_id"].map(names)
    micro["village"] = micro["village_id"].map(names)
    micro["households"] = micro["households"].astype(np.int64)
    for column in ("area_class", "dedicated_kind"):
        micro[column] = micro[column].fillna("")
    return micro


def _streets(roads: pd.DataFrame, plane: Plane) -> pd.DataFrame:
    """One row per straight piece of road, at most 60 m long."""
    shapes = plane.project(roads.geometry.to_numpy())
    shapes, of = shapely.get_parts(shapes, return_index=True)
    shapes = shapely.segmentize(shapes, 60.0)
    xy, line = shapely.get_coordinates(shapes, return_index=True)
    joined = line[1:] == line[:-1]
    start, end, road = xy[:-1][joined], xy[1:][joined], of[line[:-1][joined]]
    return pd.DataFrame(
        {
            "road": road,
            "name": roads["name"].fillna("").to_numpy()[road],
            "road_class": roads["road_class"].to_numpy()[road],
            "x_0": start[:, 0],
            "y_0": start[:, 1],
            "x_1": end[:, 0],
            "y_1": end[:, 1],
        }
    )


def _footprints(micro: pd.DataFrame, streets: pd.DataFrame, plane: Plane) -> pd.DataFrame:
    first = micro.drop_duplicates("footprint_id")
    shapes = plane.project(first["geometry"].to_numpy())
    centre = shapely.point_on_surface(shapes)
    table = pd.DataFrame(
        {
            "footprint_id": first["footprint_id"].to_numpy(),
            "first": first.index.to_numpy(),
            "stairwells": micro.groupby("footprint_id", sort=False).size().reindex(first["footprint_id"]).to_numpy(),
            "area_class": first["area_class"].to_numpy(),
            "households": micro.groupby("footprint_id")["households"].sum().reindex(first["footprint_id"]).to_numpy(),
            "shape": shapes,
            "area_m2": shapely.area(shapes),
            "x_m": shapely.get_x(centre),
            "y_m": shapely.get_y(centre),
        }
    )
    named = streets[(streets["name"] != "") & ~streets["road_class"].isin(["motorway", "trunk"])]
    named = streets if named.empty else named
    pieces: Any = shapely.linestrings(named[["x_0", "y_0", "x_1", "y_1"]].to_numpy().reshape(-1, 2, 2))
    nearest = shapely.STRtree(pieces).nearest(centre)
    chosen = named.iloc[nearest]
    table["road"] = chosen["name"].to_numpy()
    ends = chosen[["x_0", "y_0", "x_1", "y_1"]].to_numpy()
    table["angle"] = np.arctan2(ends[:, 3] - ends[:, 1], ends[:, 2] - ends[:, 0])
    return table
