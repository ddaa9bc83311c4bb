"""One level of areas out of a file: all of it or a refusal that names every defect."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import shapely

from data.formats import RawTable
from data.imports.columns import Matched, column_values, match_columns
from data.imports.coordinates import is_off_earth, short
from data.imports.faults import Faults, row_labels
from data.imports.ground import KnownGround
from data.imports.guard import choose_way, guard, notices_of
from data.imports.kinds import kind_spec
from data.imports.options import ImportOptions
from data.imports.shapes import (
    POLYGONS,
    SLIVER_SHARE,
    count_overlaps,
    footprint_ids,
    merge_parts,
    repair_polygons,
)
from data.imports.values import read_values
from geo.contracts import raise_faults
from geo.crs.detectors import Evidence
from geo.errors import CRSError, Say, SchemaError, name_few, say

WKT_NAMES = ("geometry", "wkt", "geom", "the_geom", "shape")


@dataclass(kw_only=True)
class LevelTable:
    """
    The areas of one level, ready but for their parents.

    `areas` has one row an area: area_id, level, name, area_class, dedicated_kind, households, footprint_id, valid_from,
    valid_to, geometry (longitude and latitude), and `stated_parent`, the parent as the file writes it.
    """

    areas: pd.DataFrame
    matched: Matched
    crs: str
    rows_read: int
    has_parent_column: bool
    notices: list[Say] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)


def read_level(raw: RawTable, options: ImportOptions, known: KnownGround) -> LevelTable:
    """
    Turn a raw table into the areas of one level; what is `known` of the place tells shifted and exchanged coordinates.

    Raises
    ------
    CRSError
        If no CRS is known, or the coordinates are not what they are said to be (`CoordinateError`).
    SchemaError
        If there are no polygons, no ids, unreadable values, or rows of one id that overlap: all faults at once.
    """
    if not options.level:
        raise SchemaError(say("the level these areas belong to"), say("none"), say("name it with --level"))
    shapes = require_shapes(raw)
    matched = match_columns(kind_spec("areas"), raw.frame, options)
    require_id(matched, raw.frame)
    ids = column_values(raw.frame, matched.columns["area_id"])
    faults = Faults(labels=row_labels(ids, len(ids)))
    check_rows(ids, shapes, faults)
    values = read_area_values(raw, matched, options, faults)
    faults.require_all(
        say("rows that are each one area: an id and a polygon"), say("correct these rows; nothing was imported")
    )
    x, y = shapely.get_coordinates(shapes).T
    way = choose_way(raw.crs, options, raw.file, x, y, known)
    evidence = guard(way, x, y, options, known, raw.file, shapes=shapes)
    placed, crs, notices = way.shapes(shapes), way.crs, [*way.notices, *notices_of(evidence)]
    require_on_earth(placed, crs)
    placed, repaired = repair_polygons(placed)
    if repaired.any():
        notices.append(
            say(
                "{count} invalid polygons were repaired: {ids}",
                count=int(repaired.sum()),
                ids=name_few(ids[repaired].unique()),
            )
        )
    faults.add(shapely.is_empty(placed), say("no shape"))
    faults.require_all(
        say("rows that are each one area: an id and a polygon"), say("correct these rows; nothing was imported")
    )
    rows = values.assign(area_id=ids.to_numpy(object), geometry=placed)
    areas, merged = merge_rows(rows)
    notices += merged + count_defects(areas)
    areas["level"] = options.level
    areas["footprint_id"] = footprint_ids(areas["area_id"].to_numpy(object), areas["geometry"].to_numpy(object))
    return LevelTable(
        areas=areas,
        matched=matched,
        crs=crs,
        rows_read=len(raw.frame),
        has_parent_column="parent_id" in matched.columns,
        notices=[*raw.notices, *matched.notices, *notices],
        evidence=evidence,
    )


def require_shapes(raw: RawTable) -> np.ndarray:
    """Return the shapes of a file: its geometry, or a column of well-known text."""
    if not len(raw.frame):
        raise SchemaError(say("at least one area"), say("{file} has no rows", file=raw.file), say("export it again"))
    if raw.geometry is not None and not shapely.is_missing(raw.geometry).all():
        return raw.geometry
    for name in raw.frame.columns:
        if name.lower() in WKT_NAMES:
            shapes = shapely.from_wkt(
                raw.frame[name].astype(object).where(raw.frame[name].notna(), None), on_invalid="ignore"
            )
            if not shapely.is_missing(shapes).all():
                return np.asarray(shapes, dtype=object)
    raise SchemaError(
        say("polygons"),
        say("{file}: a table without shapes", file=raw.file),
        say("export the layer with its shapes, for example as GeoPackage or GeoJSON"),
    )


def require_id(matched: Matched, frame: pd.DataFrame) -> None:
    """Refuse a file whose id column is not known."""
    if "area_id" not in matched.columns:
        raise SchemaError(
            say("a column with the id of each area"),
            say("the columns {columns}", columns=", ".join(map(str, frame.columns[:30])) or "—"),
            say("name it with --id"),
        )


def check_rows(ids: pd.Series, shapes: np.ndarray, faults: Faults) -> None:
    """Note rows without an id or without a polygon."""
    types = shapely.get_type_id(shapes)
    faults.add(ids.isna(), say("no id"))
    faults.add(shapely.is_missing(shapes) | shapely.is_empty(shapes), say("no shape"))
    is_surface = np.isin(types, POLYGONS) | ((types == 7) & (shapely.area(shapes) > 0))
    faults.add(~is_surface, say("not a polygon"))


def read_area_values(raw: RawTable, matched: Matched, options: ImportOptions, faults: Faults) -> pd.DataFrame:
    """Return the attributes of the areas; the parent as the file writes it in `stated_parent`."""
    columns = {k: v for k, v in matched.columns.items() if k not in ("area_id", "parent_id", "level", "footprint_id")}
    values = read_values(kind_spec("areas"), raw.frame, columns, faults, None)
    if "parent_id" in matched.columns:
        values["stated_parent"] = column_values(raw.frame, matched.columns["parent_id"])
    if "name" not in values:
        values["name"] = column_values(raw.frame, matched.columns["area_id"])
    if options.valid_from:
        values["valid_from"] = require_date(options.valid_from)
    return values


def require_date(text: str) -> pd.Timestamp:
    """
    Return a day.

    Examples
    --------
    >>> require_date("2026-11-22").date().isoformat()
    '2026-11-22'
    """
    from data.imports.times import parse_dates

    day = parse_dates(pd.Series([text], dtype="str"))[0]
    if pd.isna(day):
        raise SchemaError(say("a date such as 2026-11-22"), say("{text}", text=text), say("write it as year-month-day"))
    return day


def require_on_earth(shapes: np.ndarray, crs: str) -> None:
    """Refuse areas that lie off the Earth."""
    edges = shapely.bounds(shapes)
    extremes = np.concatenate([edges[:, 0], edges[:, 2]]), np.concatenate([edges[:, 1], edges[:, 3]])
    off = is_off_earth(*extremes) | ~np.isfinite(extremes[0])
    if off.any():
        raise CRSError(
            say("coordinates in {crs}", crs=short(crs)),
            say("{count} corners off the Earth", count=int(off.sum())),
            say("give the CRS the file is really in with --crs"),
        )


def merge_rows(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[Say]]:
    """
    Return one row an id: rows of one id that lie apart or touch are parts of one area.

    Raises
    ------
    SchemaError
        If rows of one id overlap by more than a sliver, or name different parents: every such id.
    """
    repeated = rows["area_id"].duplicated(keep=False)
    if not repeated.any():
        return rows.reset_index(drop=True), []
    first = rows.drop_duplicates("area_id").set_index("area_id", drop=False)
    overlapping, two_parents, differing = [], [], []
    for area_id, parts in rows[repeated].groupby("area_id", sort=True):
        whole, share = merge_parts(parts["geometry"].to_numpy(object))
        first.at[area_id, "geometry"] = whole  # type: ignore[assignment]
        if share > SLIVER_SHARE:
            overlapping.append(area_id)
        if "stated_parent" in parts and parts["stated_parent"].nunique() > 1:
            two_parents.append(area_id)
        if "households" in parts:
            first.at[area_id, "households"] = parts["households"].sum(min_count=1)
        if parts["name"].nunique() > 1:
            differing.append(area_id)
    faults = [
        say(template, ids=name_few(ids))
        for template, ids in (
            ("one id on areas that overlap: {ids}", overlapping),
            ("one id with two parents: {ids}", two_parents),
        )
        if ids
    ]
    raise_faults(SchemaError, say("one area for each id"), faults, say("give each area an id of its own"))
    count = int(repeated.sum())
    ids = rows.loc[repeated, "area_id"].drop_duplicates()
    notices = [
        say(
            "{rows} rows share {count} ids and were merged as parts of one area: {ids}",
            rows=count,
            count=len(ids),
            ids=name_few(ids),
        )
    ]
    if differing:
        first.loc[differing, "name"] = differing
        notices.append(
            say(
                "{count} merged areas had rows of different names and are called by their id: {ids}",
                count=len(differing),
                ids=name_few(differing),
            )
        )
    return first.reset_index(drop=True), notices


def count_defects(areas: pd.DataFrame) -> list[Say]:
    """Return notices about overlaps between different areas; they are counted here, not refused."""
    shapes = areas["geometry"].to_numpy(object)
    own = footprint_ids(areas["area_id"].to_numpy(object), shapes)
    first = ~pd.Series(own).duplicated().to_numpy()
    pairs, slivers, worst = count_overlaps(shapes[first])
    notices = []
    stacked = int((~first).sum())
    if stacked:
        notices.append(
            say("{count} areas share a footprint with another (stacked)", count=stacked + len(set(own[~first])))
        )
    if pairs:
        ids = areas["area_id"].to_numpy(object)[first]
        named = name_few(f"{ids[a]}/{ids[b]}" for a, b in worst)
        notices.append(
            say(
                "{count} pairs of areas overlap, {slivers} of them by slivers only; largest: {ids}",
                count=pairs,
                slivers=slivers,
                ids=named,
            )
        )
    return notices
