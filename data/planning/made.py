"""Units made from streets and buildings, from files or from a workspace: the same ground, tables in and a file out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.planning.bands_file import counted_sizes
from geo.contracts import raise_faults, text_ids
from geo.crs.plane import local_plane
from geo.errors import SchemaError, name_few, say
from geo.planning.barriers import Barriers, crossings
from geo.planning.blocks.enclosures import GRID_M
from geo.planning.blocks.made import MadeGround, Streets, class_of_blocks, make_ground, units_of
from geo.planning.graph import Graph
from geo.planning.units import Band, read_sizes
from geo.turns import Stop, Turns, in_turn

Progress = Callable[[float, str], None]
Shapes = np.ndarray
STAIRWELLS, FLOORS = ("stairwells", "单元数"), ("floors", "levels", "层数", "building:levels")


@dataclass(frozen=True, eq=False)
class Sources:
    """
    What units are made from; all shapes in EPSG:4326.

    `limits` are areas no unit crosses: geometry, indexed by id, with a class column where they have one. `streets`
    part blocks. `hard` and `soft` barriers do too; `bridges` join. `buildings` are polygons or points indexed by id,
    with what is counted.
    """

    limits: gpd.GeoDataFrame
    streets: Shapes
    hard: Shapes
    soft: Shapes
    bridges: Shapes
    buildings: gpd.GeoDataFrame


@dataclass(frozen=True, eq=False)
class Made:
    """
    The units made: `table` (indexed by unit id: the limit, size, class, buildings, part, footprint), their `shapes` in
    degrees and `metres` in one plane, their `graph`, and the `outside` buildings that no limit holds (ids).
    """

    table: pd.DataFrame
    shapes: Shapes
    metres: Shapes
    graph: Graph
    outside: np.ndarray


def make_units(
    found: Sources,
    *,
    of: str,
    size: str,
    within: str,
    kind: str | None,
    bands: dict[str, Band],
    counted: dict[str, str],
    settings: dict[str, Any],
    progress: Progress | None = None,
    is_stopped: Stop = lambda: False,
    turns: Turns = in_turn,
) -> Made:
    """
    Make units of buildings: "cells" of one building each, or "blocks" between streets; none crosses a limit.

    What is counted (`size`, or the column of its class in `counted`) is summed over the buildings that stand there.
    A tower with more than its class's band is split by stairwells or floors, where the buildings tell them. The class
    comes from the buildings (of a block: that of most of what it counts) or else from the limits.

    Raises
    ------
    SchemaError
        If buildings have no such column, a size is missing, negative or fractional, ids repeat, there is no limit, or
        no limit holds a building.
    """
    _require_sources(found, [size, *counted.values()], kind)
    plane = local_plane([float(edge) for edge in shapely.total_bounds(np.asarray(found.limits.geometry))])
    limits, buildings = (np.asarray(one.geometry, dtype=object) for one in (found.limits, found.buildings))
    ground = make_ground(
        plane.to_metres(limits), plane.to_metres(buildings), _streets(found, plane.to_metres, settings), of=of,
        shrink_m=settings["plan_cell_shrink_m"], step_m=settings["plan_cell_step_m"],
        progress=progress, is_stopped=is_stopped, turns=turns,
    )  # fmt: skip
    outside = np.asarray(found.buildings.index, dtype=object)[ground.of_building < 0]
    if len(outside) == len(buildings):
        raise SchemaError(
            say("buildings inside the limits"), say("{count} buildings, none inside", count=len(buildings)),
            say("give the limits of the same place, or --crs for whichever file declares none"),
        )  # fmt: skip
    classes = _classes(ground, found, kind, size)
    held = _counted(found.buildings, ground, classes, size, counted)
    made = units_of(ground, held, kind=classes, bands=bands)
    shapes = plane.to_degrees(ground.shapes, limits, grid_m=GRID_M)
    piece = made.table["piece"].to_numpy(dtype=np.int64)
    table = _named(made.table, np.asarray(found.limits.index, dtype=object)[ground.limit[piece]], within)
    table[size] = made.table["households"].to_numpy()
    if kind is not None:
        table[kind] = classes[piece]
    return Made(table, shapes[piece], ground.shapes[piece], made.graph, outside)


def _require_sources(found: Sources, columns: list[str], kind: str | None) -> None:
    buildings, faults = found.buildings, []
    ids = text_ids(buildings.index)
    missing = [name for name in dict.fromkeys(columns) if name not in buildings]
    if missing:
        faults.append(say("no column {names} in the buildings", names=name_few(missing)))
    for name in dict.fromkeys(columns):
        faults += read_sizes(buildings[name], ids)[1] if name in buildings else []
    twice = [index[index.duplicated()].unique() for index in (buildings.index, found.limits.index)]
    faults += [say("ids of buildings that repeat: {ids}", ids=name_few(twice[0]))] if len(twice[0]) else []
    faults += [say("ids of limits that repeat: {ids}", ids=name_few(twice[1]))] if len(twice[1]) else []
    if kind is not None and kind not in buildings and kind not in found.limits:
        faults.append(say("no column {name} in the buildings or the limits", name=kind))
    faults += [] if len(buildings) else [say("no buildings")]
    faults += [] if len(found.limits) else [say("no limits")]
    raise_faults(
        SchemaError, say("limits, and buildings with whole numbers of 0 or more"), faults, say("correct the files")
    )


def _streets(found: Sources, to_metres: Callable[[Shapes], Shapes], settings: dict[str, Any]) -> Streets:
    streets, hard, soft, bridges = (
        as_lines(to_metres(one)) for one in (found.streets, found.hard, found.soft, found.bridges)
    )
    barriers = Barriers(
        hard=hard, soft=soft, bridges=np.concatenate([bridges, crossings(streets, hard)]),
        tolerance_m=float(settings["plan_barrier_tolerance_m"]), reach_m=float(settings["plan_bridge_reach_m"]),
        soft_discount=float(settings["plan_soft_discount"]),
    )  # fmt: skip
    return Streets(np.concatenate([streets, hard, soft]), barriers, float(settings["plan_strip_width_m"]))


def as_lines(shapes: Shapes) -> Shapes:
    """Return lines as they are, the borders of polygons, and points, each part by itself."""
    parts = shapely.get_parts(shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))])
    return np.asarray(shapely.get_parts(np.where(shapely.get_dimensions(parts) == 2, shapely.boundary(parts), parts)))


def _classes(ground: MadeGround, found: Sources, kind: str | None, size: str) -> np.ndarray:
    if kind is not None and kind in found.buildings:
        named = found.buildings[kind].fillna("").astype(str).to_numpy(object)
        return class_of_blocks(ground, named, pd.to_numeric(found.buildings[size]).to_numpy(dtype=np.int64))
    if kind is not None and kind in found.limits:
        return np.asarray(found.limits[kind].fillna("").astype(str).to_numpy(object)[ground.limit], dtype=object)
    return np.full(len(ground.shapes), "", dtype=object)


def _counted(
    buildings: gpd.GeoDataFrame, ground: MadeGround, classes: np.ndarray, size: str, counted: dict[str, str]
) -> pd.DataFrame:
    """What each building counts in the class of the ground it stands on, and its stairwells and floors."""
    table = pd.DataFrame(buildings.drop(columns=buildings.geometry.name))
    table["class of ground"] = np.where(ground.of_building >= 0, classes[np.maximum(ground.of_building, 0)], "")
    sizes = counted_sizes(table, size, "class of ground", counted)
    return pd.DataFrame(
        {
            "households": pd.to_numeric(sizes).to_numpy(dtype=np.int64),
            "stairwells": _whole(table, STAIRWELLS),
            "floors": _whole(table, FLOORS),
        }
    )


def _whole(table: pd.DataFrame, names: tuple[str, ...]) -> np.ndarray:
    column = next((name for name in names if name in table), None)
    if column is None:
        return np.ones(len(table), dtype=np.int64)
    numbers = pd.to_numeric(table[column], errors="coerce").fillna(1).clip(1, 1000)
    return numbers.to_numpy(dtype=np.int64)


def _named(units: pd.DataFrame, limit: np.ndarray, within: str) -> pd.DataFrame:
    """Name units after their limit with a number of the piece, parts of a tower with one more behind a stroke."""
    piece = units["piece"].to_numpy()
    first = pd.Series(piece).groupby(limit).transform("min").to_numpy()
    width = len(str(int((piece - first).max(initial=0)) + 1))
    ground = np.array([f"{a}-{n + 1:0{width}d}" for a, n in zip(limit, piece - first, strict=True)], dtype=object)
    part = units.groupby("piece").cumcount().to_numpy() + 1
    is_part = np.bincount(piece)[piece] > 1
    ids = [f"{name}/{number}" if split else name for name, number, split in zip(ground, part, is_part, strict=True)]
    told = [f"{by} {a}-{b}" if by else "" for by, a, b in zip(units["by"], units["first"], units["last"], strict=True)]
    columns = {within: limit, "buildings": units["buildings"].to_numpy(), "part": told, "footprint_id": ground}
    return pd.DataFrame(columns, index=pd.Index(ids, name="unit_id", dtype=object))
