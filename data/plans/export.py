"""A plan as a file for GIS: its zones, or its units with their zone, each with the code it would get."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from data.export import MARK, describe, project_shapes
from data.formats import write_file
from data.plans.coming import coming_areas
from data.plans.draft import Draft
from data.plans.ground import ground_for
from data.plans.records import PlanRecord, read_draft, read_plan
from geo.errors import SchemaError, say
from geo.planning.graph import label_parts
from geo.planning.measures.compactness import polsby_popper

if TYPE_CHECKING:
    from data.store.desk import Desk

ZONES, UNITS = "zones", "units"


def plan_zones(desk: Desk, plan: PlanRecord, draft: Draft) -> gpd.GeoDataFrame:
    """
    Return the zones of a draft: code, zone, name, parent_id, class, households, low, high, in_band, parts, units,
    compactness (Polsby-Popper), change (kept, changed, new) and reason; sorted by code; EPSG:4326.
    """
    ground = ground_for(desk, plan.level, plan.within, draft)
    drawn, names = ground.plan(draft)
    coming = coming_areas(desk, plan, draft)
    areas = coming.areas.set_index("area_id").loc[[coming.codes[str(name)] for name in names]]
    pieces = np.unique(np.column_stack([drawn.zone, label_parts(ground.units.graph, drawn.zone)]), axis=0)
    kind = drawn.groups() % max(len(ground.units.kinds), 1)
    bands = [ground.units.bands[one] for one in kind]
    sizes = drawn.sizes()
    present = desk.store.all_areas()
    table = gpd.GeoDataFrame(
        {
            "code": areas.index,
            "zone": [str(name) for name in names],
            "name": areas["name"].to_numpy(object),
            "parent_id": areas["parent_id"].to_numpy(object),
            "class": [ground.units.kinds[one] for one in kind],
            "households": sizes,
            "low": [None if band.is_exempt else band.low for band in bands],
            "high": [None if band.is_exempt else band.high for band in bands],
            "in_band": [band.excess(int(size)) == 0 for band, size in zip(bands, sizes, strict=True)],
            "parts": np.bincount(pieces[:, 0], minlength=drawn.count),
            "units": np.bincount(drawn.zone, minlength=drawn.count),
            "change": [_change(present, code, shape) for code, shape in areas["geometry"].items()],
            "reason": [draft.zones[str(name)].reason if str(name) in draft.zones else "" for name in names],
        },
        geometry=areas["geometry"].to_numpy(object),
        crs="EPSG:4326",
    )
    table["compactness"] = polsby_popper(np.asarray(table.to_crs(ground.crs).geometry, dtype=object)).round(4)
    return table.sort_values("code", ignore_index=True)


def _change(present: gpd.GeoDataFrame, code: object, shape: object) -> str:
    if code not in present.index:
        return "new"
    return "kept" if present.loc[str(code), "geometry"].equals(shape) else "changed"


def plan_units(desk: Desk, plan: PlanRecord, draft: Draft) -> gpd.GeoDataFrame:
    """Return the units of a draft: unit_id, name, households, zone, zone_code, zone_today, coming_code; EPSG:4326."""
    ground = ground_for(desk, plan.level, plan.within, draft)
    coming = coming_areas(desk, plan, draft)
    table = ground.table
    zone = draft.zone.reindex(table.index).astype(object)
    return gpd.GeoDataFrame(
        {
            "unit_id": np.asarray(table.index, dtype=object),
            "name": table["name"].to_numpy(object),
            "households": table["households"].to_numpy(),
            "zone": zone.to_numpy(object),
            "zone_code": [coming.codes[str(one)] for one in zone],
            "zone_today": table["zone"].to_numpy(object),
            "coming_code": [coming.renamed.get(str(one), str(one)) for one in table.index],
        },
        geometry=table.geometry.to_numpy(),
        crs="EPSG:4326",
    )


def export_plan(
    desk: Desk, plan_id: str, path: Path, *, version: int | None = None, of: str = ZONES, crs: str | None = None
) -> int:
    """
    Write a plan's zones or units in the format the file's ending says (`wangge export`), and return the rows.

    Demonstration data carry the word SYNTHETIC in a column of every row and in the layer's name.

    Raises
    ------
    GridError
        If there is no such plan or version, or the format cannot hold it.
    """
    plan = read_plan(desk, plan_id)
    draft = read_draft(desk, plan_id, version)
    if of not in (ZONES, UNITS):
        raise SchemaError(say("zones or units"), say("{of!r}", of=of), say("choose one"))
    rows = plan_zones(desk, plan, draft) if of == ZONES else plan_units(desk, plan, draft)
    table: pd.DataFrame = project_shapes(rows, crs)
    table.insert(0, "plan_id", plan.plan_id)
    table.insert(1, "version", plan.version if version is None else version)
    synthetic = desk.store.is_synthetic
    if synthetic:
        table.insert(0, "marking", MARK)
    layer = f"plan_{of}" + (f"_{MARK}" if synthetic else "")
    told = f"{plan.name}; {describe(desk, of, synthetic)}"
    return write_file(table, path, layer=layer, description=told)
