"""The areas of a file on their way in: their defects beside what is there, and the file as a repair would leave it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.defects.checking import Checked, Progress, check_limits
from data.defects.following import level_bands
from data.defects.reading import SHIFTED, read_areas
from data.defects.repairing import RepairOptions, repair_checked
from data.formats import RawTable
from data.imports.areas import require_shapes
from data.imports.columns import match_columns
from data.imports.ground import known_ground
from data.imports.guard import choose_way
from data.imports.kinds import kind_spec
from data.imports.levels import Merged
from data.imports.options import ImportOptions
from data.settings import DEFAULTS
from data.store.opening import Store
from geo.areas.find import find_defects
from geo.areas.repair.preview import RepairPreview
from geo.errors import GridError, Say, say

DEGREES = "EPSG:4326"
SAME_DEGREES = ("EPSG:4326", "EPSG:4490", "OGC:CRS84")


def check_coming(
    raw: RawTable,
    options: ImportOptions,
    store: Store | None,
    merged: Merged | None = None,
    *,
    progress: Progress | None = None,
) -> Checked:
    """
    Return the defects of the areas of a file as it stands, against the parents they would get; nothing is changed.

    Shapes stay in the file's own coordinates, so that borders are compared as they were drawn; where coordinates are
    corrected or shifted they are put right first and are then longitude and latitude. `merged` is what the import
    would make of the file (`Preview.merged`): without it, because the file is refused, parents are left out.
    `progress` is told the share done and the step that begins; what it raises ends the check.

    Raises
    ------
    GridError
        If the file has no polygons, no id column, or no known coordinate system.
    """
    there, told = put_right(raw, options, store)
    areas, notices = read_areas(there, told)
    parents = None
    if merged is not None:
        areas, parents = with_parents(areas, merged, str(options.level))
    values = {name: store.setting(name) for name in DEFAULTS} if store is not None else dict(DEFAULTS)
    report = find_defects(
        areas,
        limits=check_limits(values),
        parents=parents,
        bands=level_bands(str(options.level), values),
        progress=progress,
    )
    return Checked(report=report, areas=areas, parents=parents, notices=[*notices, *report.notices], frame=there.frame)


def put_right(raw: RawTable, options: ImportOptions, store: Store | None) -> tuple[RawTable, ImportOptions]:
    """Return a file whose own coordinates are what they are said to be, and the options left to be told of it."""
    shapes = require_shapes(raw)
    x, y = shapely.get_coordinates(shapes).T
    way = choose_way(raw.crs, options, raw.file, x, y, known_ground(store, without_level=options.level))
    crs = way.crs
    if way.axes or way.shift or way.scale != 1 or way.crs in SHIFTED:
        shapes, crs = way.shapes(shapes), DEGREES
    return replace(raw, geometry=shapes, crs=crs), replace(options, crs=None, correct=())


def with_parents(
    areas: gpd.GeoDataFrame, merged: Merged, level: str
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame | None]:
    """Return the areas with the parent each one would get, and these parents in the same CRS; None where none has."""
    codes = merged.new["area_id"].astype(str).str.removeprefix(f"{level}:")
    parent_of = dict(zip(codes, merged.new["parent_id"], strict=True)) | dict(
        zip(merged.new["area_id"], merged.new["parent_id"], strict=True)
    )
    stated = [None if one is None else parent_of.get(str(one)) for one in areas["area_id"]]
    areas = areas.assign(parent_id=np.array(stated, dtype=object))
    above = merged.all_areas[merged.all_areas["area_id"].isin({one for one in stated if isinstance(one, str)})]
    if not len(above):
        return areas.drop(columns="parent_id"), None
    table = pd.DataFrame({"area_id": above["area_id"].to_numpy(object)})
    parents = gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(above["geometry"].to_numpy(object)), crs=DEGREES)
    if str(areas.crs) in SAME_DEGREES:
        return areas, parents.set_crs(areas.crs, allow_override=True)
    return areas, parents.to_crs(areas.crs)


def repaired_raw(
    raw: RawTable, options: ImportOptions, store: Store | None, merged: Merged | None
) -> tuple[RawTable, ImportOptions, dict[str, Any]]:
    """
    Return the file as its repair leaves it, the options that go with it, and what the repair was, for the record.

    Raises
    ------
    GridError
        If the file cannot be checked, or an area that consents is not in it.
    """
    assert options.repair is not None
    there, told = put_right(raw, options, store)
    checked = check_coming(raw, options, store, merged)
    preview = repair_checked(checked, options.repair)
    table = with_households(checked, told, preview.areas["row"].to_numpy())
    largest = preview.largest_change
    record = {
        "changed": int((preview.changes["rules"] != "").sum()),
        "largest_change": largest
        and {name: one if isinstance(one, str) else float(one) for name, one in largest.items()},
        "consent": sorted(map(str, options.repair.consent)),
        "left": len(preview.left),
    }
    fixed = replace(
        there,
        frame=table,
        geometry=preview.areas.geometry.to_numpy(),
        crs=str(preview.areas.crs),
        notices=[*there.notices, repair_notice(preview)],
    )
    return fixed, replace(told, repair=None), record


def with_households(checked: Checked, options: ImportOptions, rows: np.ndarray) -> pd.DataFrame:
    """
    Return the first row of each area as the file has it, with the households of all the area's parts.

    Rows of one id that the check did not take for parts stay as they are.
    """
    table = checked.frame.iloc[rows].reset_index(drop=True)
    column = match_columns(kind_spec("areas"), checked.frame, options).columns.get("households")
    if column is None or "households" not in checked.areas:
        return table
    ids = checked.areas["area_id"].iloc[rows]
    sums = checked.areas.groupby("area_id")["households"].sum(min_count=1).reindex(ids).reset_index(drop=True)
    repeated = checked.areas["area_id"][checked.areas["area_id"].duplicated()]
    several = (ids.isin(repeated) & ~ids.duplicated(keep=False)).to_numpy()
    texts = pd.Series([None if pd.isna(one) else f"{one:.15g}" for one in sums], dtype=object)
    return table.assign(**{column: table[column].astype(object).mask(several, texts)})


def repair_notice(preview: RepairPreview) -> Say:
    """Say in one sentence what a repair changes."""
    largest = preview.largest_change
    count = int((preview.changes["rules"] != "").sum())
    if largest is None:
        return say("{count} areas repaired; no ground moved", count=count)
    return say(
        "{count} areas repaired; the largest change is {share} % ({area_m2} m²) of {area}",
        count=count,
        share=f"{100 * largest['change_share']:.4g}",
        area_m2=f"{largest['change_m2']:,.2f}",
        area=largest["area_id"],
    )


def preview_coming(checked: Checked, options: RepairOptions) -> RepairPreview | GridError:
    """Return what a repair would do, or why it cannot be done."""
    try:
        return repair_checked(checked, options)
    except GridError as error:
        return error
