"""Buildings: how many each micro-grid needs, where they stand, how large they are, what their address is."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.demo.contents.chance import stream
from data.demo.contents.ground import Ground, Plane

BUILDINGS = 100_000
HOUSEHOLDS = 300_000
NATURAL_SIZE_M = {
    "town": (42.0, 13.0),
    "village_group": (12.5, 10.0),
    "rental": (22.0, 11.0),
    "dedicated": (46.0, 24.0),
}
SPACING = {"town": (1.45, 2.3), "village_group": (1.3, 1.9), "rental": (1.2, 1.7), "dedicated": (1.4, 1.6)}
KINDS = {"town": "apartments", "village_group": "house", "rental": "rented_house", "dedicated": "works"}
ROUNDS, SHRINK = 12, 0.75


def build_buildings(ground: Ground, *, seed: int) -> gpd.GeoDataFrame:
    """
    Build every footprint's buildings: each inside its micro-grid, along the nearest road, hardly overlapping.

    The households of a micro-grid are shared out over its buildings exactly. A tower whose stairwells are
    micro-grids of their own is one block cut into one building a stairwell. `clear_m` and `micro` (not published)
    are the distance within which a point beside the building is still in its footprint, and its row in `ground.micro`.
    """
    rng = stream(seed, "buildings")
    wanted = _wanted(ground.footprints)
    sites = _sites(ground.footprints, wanted, rng)
    blocks = _blocks(ground.footprints, sites, rng)
    table = _numbered(ground, blocks, rng)
    return gpd.GeoDataFrame(table, geometry="geometry", crs=4326)


def _wanted(footprints: pd.DataFrame) -> np.ndarray:
    """Blocks per footprint; houses in village groups make up the county's usual households per building."""
    households, kind = footprints["households"].to_numpy(), footprints["area_class"].to_numpy()
    blocks = np.ceil(households / np.select([kind == "town", kind == "rental"], [12.0, 3.5], default=12.0))
    blocks = np.where(kind == "dedicated", np.clip(blocks, 3, 9), blocks)
    tower = footprints["stairwells"].to_numpy() > 1
    blocks[tower] = 1
    village = kind == "village_group"
    counted = np.where(tower, footprints["stairwells"], blocks)[~village].sum()
    rest = max(households.sum() * BUILDINGS / HOUSEHOLDS - counted, 1.0)
    share = np.clip(households[village].sum() / rest, 1.0, 3.0)
    blocks[village] = np.ceil(households[village] / share - 0.5)
    return np.maximum(blocks, 1).astype(np.int64)


def _sites(footprints: pd.DataFrame, wanted: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Choose lattice points along the local road, tighter round by round until every block has its place."""
    found = []
    missing = np.arange(len(footprints))
    shapely.prepare(footprints["shape"].to_numpy())
    for turn in range(ROUNDS):
        candidates = _lattice(footprints.iloc[missing], wanted[missing], SHRINK**turn, rng)
        candidates["footprint"] = missing[candidates["row"].to_numpy()]
        candidates = candidates.sort_values(["footprint", "order"], kind="stable")
        rank = candidates.groupby("footprint").cumcount().to_numpy()
        candidates = candidates[rank < wanted[candidates["footprint"]]]
        count = np.bincount(candidates["footprint"], minlength=len(footprints))
        full = missing[count[missing] == wanted[missing]]
        found.append(candidates[candidates["footprint"].isin(full)])
        missing = np.setdiff1d(missing, full)
        if not len(missing):
            break
    found.append(_crowded(footprints, missing, wanted))
    return pd.concat(found).sort_values(["footprint", "order"], kind="stable").reset_index(drop=True)


def _lattice(footprints: pd.DataFrame, wanted: np.ndarray, factor: float, rng: np.random.Generator) -> pd.DataFrame:
    """Points of a turned lattice inside each footprint that have room for a block of this size."""
    kind = footprints["area_class"].to_numpy()
    length, width = (np.array([NATURAL_SIZE_M[k][axis] for k in kind]) * factor for axis in (0, 1))
    length *= np.where(footprints["stairwells"] > 1, footprints["stairwells"] / 2, 1)
    step_x, step_y = (np.array([SPACING[k][axis] for k in kind]) * size for axis, size in ((0, length), (1, width)))
    roomy = np.sqrt(footprints["area_m2"].to_numpy() / (wanted * step_x * step_y * 2.2))
    spread = np.clip(roomy, 1, np.where(np.isin(kind, ["town", "dedicated"]), np.inf, 1.7))
    step_x, step_y = step_x * spread, step_y * spread
    reach = np.sqrt(wanted * step_x * step_y) * 1.25 + step_x
    half_x, half_y = (np.ceil(reach / step).astype(np.int64) for step in (step_x, step_y))
    across, up = 2 * half_x + 1, 2 * half_y + 1
    total = across * up
    row = np.repeat(np.arange(len(footprints)), total)
    at = np.arange(total.sum()) - np.repeat(np.cumsum(total) - total, total)
    u = (at % across[row] - half_x[row]) * step_x[row]
    v = (at // across[row] - half_y[row]) * step_y[row]
    angle = footprints["angle"].to_numpy()[row]
    x = footprints["x_m"].to_numpy()[row] + u * np.cos(angle) - v * np.sin(angle)
    y = footprints["y_m"].to_numpy()[row] + u * np.sin(angle) + v * np.cos(angle)
    order = (
        u**2
        + v**2
        + rng.random(len(u)) * (step_x * step_y)[row] * np.where(np.isin(kind, ["town", "dedicated"])[row], 4, 0.9)
    )
    points = pd.DataFrame({"row": row, "x_m": x, "y_m": y, "order": order})
    points["length_m"], points["width_m"] = length[row], width[row]
    shapes = footprints["shape"].to_numpy()
    points = points[shapely.contains_xy(shapes[row], x, y)].sort_values(["row", "order"], kind="stable")
    points = points[points.groupby("row").cumcount().to_numpy() < 3 * wanted[points["row"]]]
    edge = shapely.boundary(shapes)[points["row"]]
    points["clear_m"] = shapely.distance(edge, shapely.points(points["x_m"], points["y_m"]))
    return points[points["clear_m"] > np.hypot(points["length_m"], points["width_m"]) / 2 + 1.0 * factor]


def _crowded(footprints: pd.DataFrame, missing: np.ndarray, wanted: np.ndarray) -> pd.DataFrame:
    """Small blocks on one spot where no lattice fits (a footprint of a few metres)."""
    row = np.repeat(missing, wanted[missing])
    edge = shapely.boundary(footprints["shape"].to_numpy()[row])
    x, y = footprints["x_m"].to_numpy()[row], footprints["y_m"].to_numpy()[row]
    clear = shapely.distance(edge, shapely.points(x, y))
    columns = {"row": row, "x_m": x, "y_m": y, "order": np.arange(len(row), dtype=float), "clear_m": clear}
    return pd.DataFrame({**columns, "length_m": clear, "width_m": clear * 0.8, "footprint": row})


def _blocks(footprints: pd.DataFrame, sites: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Give every site its size and cut towers into one part a stairwell."""
    at = sites["footprint"].to_numpy()
    sites = sites.assign(
        length_m=sites["length_m"] * rng.uniform(0.72, 1.0, len(sites)),
        width_m=sites["width_m"] * rng.uniform(0.78, 1.0, len(sites)),
        angle=footprints["angle"].to_numpy()[at],
        is_corner=(rng.random(len(sites)) < 0.12) & (footprints["stairwells"].to_numpy()[at] == 1),
        cut_x=rng.uniform(0.35, 0.65, len(sites)),
        cut_y=rng.uniform(0.35, 0.6, len(sites)),
    )
    stairs = footprints["stairwells"].to_numpy()[at]
    parts = sites.loc[sites.index.repeat(stairs)].reset_index(drop=True)
    stairs = np.repeat(stairs, stairs)
    parts["stairwell"] = parts.groupby(["footprint", "order"]).cumcount().to_numpy()
    parts["is_stacked"] = stairs > 1
    slice_m = parts["length_m"] / stairs
    shift = (parts["stairwell"] + 0.5) * slice_m - parts["length_m"] / 2
    parts["x_m"] += shift * np.cos(parts["angle"])
    parts["y_m"] += shift * np.sin(parts["angle"])
    parts["length_m"] = slice_m
    parts["clear_m"] = parts["clear_m"] - np.abs(shift)
    return parts


def _outlines(blocks: pd.DataFrame, plane: Plane) -> np.ndarray:
    """Rectangles and L-shapes, turned along their road, in degrees."""
    half_l, half_w = blocks["length_m"].to_numpy() / 2, blocks["width_m"].to_numpy() / 2
    cut_x = np.where(blocks["is_corner"], blocks["cut_x"] * 2 - 1, 1.0) * half_l
    cut_y = np.where(blocks["is_corner"], blocks["cut_y"] * 2 - 1, 1.0) * half_w
    u = np.stack([-half_l, half_l, half_l, cut_x, cut_x, -half_l], axis=1)
    v = np.stack([-half_w, -half_w, cut_y, cut_y, half_w, half_w], axis=1)
    cos, sin = (f(blocks["angle"].to_numpy())[:, None] for f in (np.cos, np.sin))
    x, y = blocks["x_m"].to_numpy()[:, None] + u * cos - v * sin, blocks["y_m"].to_numpy()[:, None] + u * sin + v * cos
    rings = np.stack(plane.to_degrees(x, y), axis=2)
    shapes = np.empty(len(blocks), dtype=object)
    corner = blocks["is_corner"].to_numpy()
    shapes[corner] = shapely.polygons(rings[corner])
    shapes[~corner] = shapely.polygons(rings[~corner][:, [0, 1, 2, 5]])
    return shapes


def _numbered(ground: Ground, blocks: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Put each block in its micro-grid with its number, households, floors and address."""
    first = ground.footprints["first"].to_numpy()[blocks["footprint"]]
    members = ground.micro.groupby("footprint_id", sort=False).indices
    stacked = blocks["is_stacked"].to_numpy()
    micro = first.copy()
    names = ground.footprints["footprint_id"].to_numpy()[blocks["footprint"]]
    stairwell = blocks["stairwell"].to_numpy()
    for i in np.flatnonzero(stacked).tolist():
        micro[i] = members[names[i]][stairwell[i]]
    blocks = blocks.assign(micro=micro).sort_values(["micro", "order"], kind="stable").reset_index(drop=True)
    micro = blocks["micro"].to_numpy()
    grids = ground.micro.iloc[micro].reset_index(drop=True)
    size = grids.groupby(micro).cumcount().to_numpy()
    count = np.bincount(micro, minlength=len(ground.micro))[micro]
    held = grids["households"].to_numpy()
    households = held // count + (size < held % count)
    kind = grids["area_class"].to_numpy()
    floors = _floors(kind, households, blocks["is_stacked"].to_numpy(), rng)
    anchor = shapely.get_coordinates(shapely.point_on_surface(_outlines(blocks, ground.plane)))
    table = pd.DataFrame(
        {
            "building_id": [f"B{i + 1:06d}" for i in range(len(blocks))],
            "name": "",
            "address": _addresses(ground, blocks, grids, size),
            "kind": [KINDS.get(k, "house") for k in kind],
            "floors": floors,
            "households": households,
            "lon": np.round(anchor[:, 0], 7),
            "lat": np.round(anchor[:, 1], 7),
            "area_id": grids["area_id"],
            "reason": np.where(blocks["is_stacked"], "address", "inside"),
            "geometry": _outlines(blocks, ground.plane),
            "clear_m": np.maximum(blocks["clear_m"] - np.hypot(blocks["length_m"], blocks["width_m"]) / 2, 0),
            "micro": micro,
        }
    )
    works = grids["dedicated_kind"].to_numpy()
    table.loc[works != "", "kind"] = works[works != ""]
    return table


def _floors(kind: np.ndarray, households: np.ndarray, stacked: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    low = np.select([stacked, kind == "town", kind == "village_group", kind == "rental"], [11, 5, 2, 3], default=1)
    high = np.select([stacked, kind == "town", kind == "village_group", kind == "rental"], [34, 7, 4, 6], default=6)
    floors = rng.integers(low, high + 1)
    return np.where(stacked, np.maximum(floors, -(-households // 2)), floors)


def _addresses(ground: Ground, blocks: pd.DataFrame, grids: pd.DataFrame, size: np.ndarray) -> pd.Series:
    """Town, road, number, block (and stairwell); town, village, group and house where there are no numbers."""
    group = ground.micro.groupby("village_id").cumcount().to_numpy()[blocks["micro"]] + 1
    road = ground.footprints["road"].to_numpy()[blocks["footprint"]]
    road = np.where(road == "", grids["village"] + "路", road)
    compounds = pd.DataFrame({"town": grids["town"], "road": road, "grid": grids["grid_id"]})
    unique = compounds.drop_duplicates().reset_index(drop=True)
    unique["number"] = unique.groupby(["town", "road"]).cumcount() * 2 + 8
    number = compounds.merge(unique, on=["town", "road", "grid"], how="left")["number"]
    block = compounds.assign(footprint=blocks["footprint"], order=blocks["order"])
    block["key"] = block["footprint"].astype(str) + "/" + block["order"].astype(str)
    keys = block.drop_duplicates(["town", "road", "grid", "key"])
    keys = keys.assign(block=keys.groupby(["town", "road", "grid"]).cumcount() + 1)
    block_number = block.merge(keys[["key", "grid", "block"]], on=["key", "grid"], how="left")["block"]
    street = (
        grids["town"].astype(str)
        + pd.Series(road, dtype="str")
        + number.astype(str)
        + "号"
        + block_number.astype(str)
        + "幢"
    )
    stair = np.where(blocks["is_stacked"], (blocks["stairwell"] + 1).astype(str) + "单元", "")
    houses = [f"{a}{b}{c}组{d + 1}号" for a, b, c, d in zip(grids["town"], grids["village"], group, size, strict=True)]
    return pd.Series(np.where(grids["area_class"] == "village_group", houses, street + stair))
