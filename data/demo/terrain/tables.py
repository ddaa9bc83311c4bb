"""The table of areas: codes, names, classes, households and polygons of all five levels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.demo.terrain.classes import CLASSES, DEDICATED_KINDS, TOWN, give_households
from data.demo.terrain.hierarchy import Hierarchy, scaled_counts
from data.demo.terrain.names import code_villages, name_grid, name_villages, reading_order
from data.demo.terrain.polygons import VertexTable
from data.kinds.areas import SPEC
from data.sources.haining_outline import DISTRICT_CODE
from data.sources.haining_towns import TOWNS

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
VALID_FROM = date(2025, 1, 1)


@dataclass(frozen=True)
class MicroGrids:
    """The micro-grids in the order of their footprints: which footprint, class, serial in the grid, households."""

    footprint: Ints
    grid: Ints
    kind: Ints
    serial: Ints
    unit: Ints
    households: Ints


def build_area_tables(
    vertices: VertexTable,
    hierarchy: Hierarchy,
    cell: Ints,
    rng: np.random.Generator,
    *,
    scale: float,
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Return the areas of all levels and, by micro-grid, what the contents are placed by."""
    shapes = [vertices.polygons(group) for group in area_groups(hierarchy, cell)]
    centres = [shapely.get_coordinates(shapely.centroid(one)) for one in shapes]
    micro = _list_micro_grids(centres[4], hierarchy, rng, scale)
    shapes[4] = shapes[4][micro.footprint]
    levels = _above_micro(centres, hierarchy, micro, rng)
    levels.append(_micro_rows(hierarchy, micro, levels[-1]))
    for rows, polygons in zip(levels, shapes, strict=True):
        rows["geometry"] = polygons
    table = pd.concat([rows.sort_values("area_id") for rows in levels], ignore_index=True)
    table["valid_from"], table["valid_to"] = VALID_FROM, None
    areas = gpd.GeoDataFrame(table[list(SPEC.columns)], geometry="geometry", crs="EPSG:4326")
    return areas, _micro_facts(vertices, hierarchy, cell, micro, levels[-1])


def area_groups(hierarchy: Hierarchy, cell: Ints) -> list[Ints]:
    """Return the area of each face at every level, coarse to fine, by position."""
    footprint = hierarchy.cell_footprint[cell]
    grid = hierarchy.footprint_grid[footprint]
    village = hierarchy.grid_village[grid]
    return [np.zeros_like(village), hierarchy.village_town[village], village, grid, footprint]


def _list_micro_grids(centres: Array, hierarchy: Hierarchy, rng: np.random.Generator, scale: float) -> MicroGrids:
    place = reading_order(centres, hierarchy.footprint_grid)
    footprint = np.repeat(np.arange(len(hierarchy.stack)), hierarchy.stack)
    unit = np.arange(len(footprint)) - np.repeat(np.cumsum(hierarchy.stack) - hierarchy.stack, hierarchy.stack) + 1
    grid = hierarchy.footprint_grid[footprint]
    order = np.lexsort((unit, place[footprint], grid))
    serial = np.empty(len(footprint), dtype=np.int64)
    serial[order] = np.arange(len(order)) - np.searchsorted(grid[order], grid[order]) + 1
    households = give_households(
        kind=hierarchy.kind[footprint],
        grid=grid,
        grid_kind=hierarchy.plan.kind,
        total=scaled_counts(scale)["households"],
        rng=rng,
    )
    return MicroGrids(footprint, grid, hierarchy.kind[footprint], serial, unit, households)


def _above_micro(
    centres: list[Array], hierarchy: Hierarchy, micro: MicroGrids, rng: np.random.Generator
) -> list[pd.DataFrame]:
    held = np.bincount(micro.grid, micro.households).astype(np.int64)
    in_village = np.bincount(hierarchy.grid_village, held).astype(np.int64)
    in_town = np.bincount(hierarchy.village_town, in_village).astype(np.int64)
    county = _rows("county", [DISTRICT_CODE], ["海宁市"], [None], in_town.sum(keepdims=True))
    towns = _rows("town", [t.code for t in TOWNS], [t.name for t in TOWNS], [DISTRICT_CODE] * len(TOWNS), in_town)
    villages = _village_rows(centres[2], hierarchy, held, in_village, rng)
    return [county, towns, villages, _grid_rows(centres[3], hierarchy, held, villages, rng)]


def _rows(level: str, ids: list[str], names: list[str], parents: list[str | None], households: Ints) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "area_id": ids,
            "level": level,
            "name": names,
            "parent_id": parents,
            "area_class": "",
            "dedicated_kind": "",
            "households": households,
            "footprint_id": ids,
        }
    )


def _village_rows(
    centres: Array, hierarchy: Hierarchy, held: Ints, in_village: Ints, rng: np.random.Generator
) -> pd.DataFrame:
    count = len(in_village)
    by_class = np.zeros((count, len(CLASSES)))
    np.add.at(by_class, (hierarchy.grid_village, hierarchy.plan.kind), np.maximum(held, 1))
    leading = by_class[:, :3].argmax(axis=1)
    is_community = leading == TOWN
    serial = reading_order(centres, hierarchy.village_town * 2 + ~is_community)
    codes = code_villages(hierarchy.village_town, serial, is_community)
    names = name_villages(hierarchy.village_town, is_community, rng)
    rows = _rows("village", codes, names, [TOWNS[t].code for t in hierarchy.village_town.tolist()], in_village)
    rows["area_class"] = [CLASSES[k] for k in leading.tolist()]
    return rows


def _grid_rows(
    centres: Array, hierarchy: Hierarchy, held: Ints, villages: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    serial = reading_order(centres, hierarchy.grid_village)
    purpose = [DEDICATED_KINDS[k] if k >= 0 else "" for k in hierarchy.plan.dedicated.tolist()]
    parents = villages["area_id"].to_numpy()[hierarchy.grid_village].tolist()
    stems = [
        name.removesuffix("社区").removesuffix("村") for name in villages["name"].to_numpy()[hierarchy.grid_village]
    ]
    names = [
        name_grid(number, stem=stem, dedicated_kind=one, rng=rng)
        for number, stem, one in zip(serial.tolist(), stems, purpose, strict=True)
    ]
    codes = [f"{parent}{number:03d}" for parent, number in zip(parents, serial.tolist(), strict=True)]
    rows = _rows("grid", codes, names, parents, held)
    rows["area_class"] = [CLASSES[k] for k in hierarchy.plan.kind.tolist()]
    rows["dedicated_kind"] = purpose
    return rows


def _micro_rows(hierarchy: Hierarchy, micro: MicroGrids, grids: pd.DataFrame) -> pd.DataFrame:
    parents = grids["area_id"].to_numpy()[micro.grid]
    digits = 3 if micro.serial.max() > 99 else 2
    codes = np.array(
        [f"{p}{s:0{digits}d}" for p, s in zip(parents.tolist(), micro.serial.tolist(), strict=True)], object
    )
    tower = _tower_numbers(hierarchy)
    names = [
        f"{tower[foot]}幢{unit}单元" if tower[foot] else f"{serial}号微网格"
        for foot, unit, serial in zip(micro.footprint.tolist(), micro.unit.tolist(), micro.serial.tolist(), strict=True)
    ]
    rows = _rows("micro_grid", codes.tolist(), names, parents.tolist(), micro.households)
    first = np.searchsorted(micro.footprint, micro.footprint)
    rows["footprint_id"] = codes[first]
    rows["area_class"] = [CLASSES[k] for k in micro.kind.tolist()]
    rows["dedicated_kind"] = grids["dedicated_kind"].to_numpy()[micro.grid]
    return rows


def _tower_numbers(hierarchy: Hierarchy) -> Ints:
    """Number the towers of each village from 1; 0 for a footprint without."""
    village = hierarchy.grid_village[hierarchy.footprint_grid]
    tall = np.flatnonzero(hierarchy.stack > 1)
    order = tall[np.argsort(village[tall], kind="stable")]
    number = np.zeros(len(village), dtype=np.int64)
    number[order] = np.arange(len(order)) - np.searchsorted(village[order], village[order]) + 1
    return number


def _micro_facts(
    vertices: VertexTable, hierarchy: Hierarchy, cell: Ints, micro: MicroGrids, rows: pd.DataFrame
) -> pd.DataFrame:
    ground = np.bincount(hierarchy.cell_footprint[cell], vertices.plane.face_area)
    facts = pd.DataFrame(
        {
            "urbanness": hierarchy.townness[micro.footprint],
            "is_tower": hierarchy.stack[micro.footprint] > 1,
            "area_m2": ground[micro.footprint],
        },
        index=pd.Index(rows["area_id"], name="area_id"),
    )
    return facts.sort_index()
