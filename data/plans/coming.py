"""The areas a plan would bring: zones and units of every attribute, codes given, nothing written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.imports.dated import homes_of, metric_tables
from data.imports.levels import COLUMNS
from data.plans.draft import Draft
from data.plans.ground import Ground, ground_for
from data.plans.records import PlanRecord
from data.store.boundaries import versions
from geo.areas.crosswalk import UNASSIGNED, crosswalk
from geo.contracts import raise_faults
from geo.errors import SchemaError, name_few, say
from geo.planning.codes import continuing_zones, new_codes, serial_width
from geo.planning.measures.comparison import match_plans
from geo.planning.plan import Plan

if TYPE_CHECKING:
    from data.store.desk import Desk


@dataclass(frozen=True, eq=False)
class Coming:
    """
    The areas of two levels as they will be: `areas` in the columns of the store, `levels` zones first.

    `codes` gives the area code of each zone of the draft, `renamed` the new code of each unit that gets one.
    """

    areas: gpd.GeoDataFrame
    levels: tuple[str, ...]
    codes: dict[str, str]
    renamed: dict[str, str]


def coming_areas(desk: Desk, plan: PlanRecord, draft: Draft) -> Coming:
    """
    Return the areas a draft would bring, all of both levels, those it does not touch as they are.

    A zone that goes on keeps its code, class and, unless the draft names it, its name; another gets the next serial
    number of its village, in reading order. A unit whose code is that of its zone with a serial behind follows its
    zone. A zone with the same units as today stays exactly what it is.

    Raises
    ------
    SchemaError
        If the draft does not fit the units of today, or two areas would share a code.
    """
    ground = ground_for(desk, plan.level, plan.within, draft)
    drawn, names = ground.plan(draft)
    present = desk.store.all_areas()
    taken = set(versions(desk.store)["area_id"])
    codes, goes_on = _zone_codes(desk, ground, drawn, taken)
    units, renamed = _units(ground, drawn, codes, present, taken | set(codes))
    zones = _zones(desk, ground, drawn, names, draft, (codes, goes_on))
    gone = set(ground.table["zone"].dropna()) | set(ground.table.index) | set(ground.table["cut_from"].dropna())
    kept = present[present["level"].isin([plan.level, plan.unit_level]).to_numpy() & ~present.index.isin(list(gone))]
    below = _children(present, renamed, ground)
    parts = [zones, units, _rows(kept), below]
    areas = pd.concat([one for one in parts if len(one)], ignore_index=True)
    twice = areas["area_id"][areas["area_id"].duplicated()]
    faults = [say("one code for two areas: {ids}", ids=name_few(twice))] if len(twice) else []
    raise_faults(SchemaError, say("a code of its own for every area"), faults, say("rename one of them"))
    levels = (plan.level, plan.unit_level)
    by_zone = {str(name): code for name, code in zip(names, codes, strict=True)}
    return Coming(gpd.GeoDataFrame(areas, geometry="geometry", crs="EPSG:4326"), levels, by_zone, renamed)


def _zone_codes(desk: Desk, ground: Ground, drawn: Plan, taken: set[str]) -> tuple[list[str], dict[int, int]]:
    units = ground.units
    match = match_plans(units.current, drawn.zone, units.size)
    pairs = list(zip(match.old.tolist(), match.new.tolist(), strict=True))
    share = float(desk.setting("plan_code_share"))
    goes_on = continuing_zones(units.current, drawn.zone, units.size, pairs, least_share=share)
    codes = [units.zones[goes_on[z]] if z in goes_on else "" for z in range(drawn.count)]
    fresh = [z for z, code in enumerate(codes) if not code]
    points = shapely.centroid(_unions(_shapes(ground), drawn.zone, drawn.count)[fresh])
    parents = [_parent(ground, drawn, z) for z in fresh]
    width = serial_width(_coded(ground.table[["zone", "parent"]].dropna().drop_duplicates().itertuples(index=False)))
    found = new_codes(shapely.get_x(points), shapely.get_y(points), parents, taken, width=width)
    for zone, code in zip(fresh, found, strict=True):
        codes[zone] = code
    return codes, goes_on


def _coded(rows: Iterable[Any]) -> list[tuple[str, str]]:
    return [(str(code), str(parent)) for code, parent in rows]


def _shapes(ground: Ground) -> np.ndarray:
    return np.asarray(ground.table.geometry, dtype=object)


def _parent(ground: Ground, drawn: Plan, zone: int) -> str:
    return str(ground.units.parents[ground.units.parent[int(np.argmax(drawn.zone == zone))]])


def _unions(shapes: np.ndarray, zone: np.ndarray, count: int) -> np.ndarray:
    order = np.argsort(zone, kind="stable")
    cuts = np.searchsorted(zone[order], np.arange(1, count))
    return np.array([shapely.union_all(shapes[rows]) for rows in np.split(order, cuts)], dtype=object)


def _units(
    ground: Ground, drawn: Plan, codes: list[str], present: gpd.GeoDataFrame, taken: set[str]
) -> tuple[pd.DataFrame, dict[str, str]]:
    """The units with their zones: a code made of the zone's follows it, and so does that of a piece."""
    table, ids = ground.table, ground.units.ids
    zone_code = np.array(codes, dtype=object)[drawn.zone]
    whole = table["cut_from"].astype(object).where(table["cut_from"].notna(), pd.Series(ids, index=table.index))
    rows = present.loc[whole.to_numpy(object)].copy()
    is_piece = table["cut_from"].notna().to_numpy()
    pairs = _coded(table.loc[~is_piece, ["zone"]].dropna().reset_index().itertuples(index=False))
    width = serial_width(pairs)
    moved = np.array([width > 0 and not str(one).startswith(code) for one, code in zip(ids, zone_code, strict=True)])
    fresh = np.flatnonzero(moved | is_piece)
    points = shapely.centroid(_shapes(ground)[fresh])
    found = new_codes(
        shapely.get_x(points), shapely.get_y(points), [str(zone_code[at]) for at in fresh], taken, width=width
    )
    new_ids = np.array(ids, dtype=object)
    new_ids[fresh] = found
    renamed = {str(ids[at]): str(new_ids[at]) for at in fresh}
    footprint = np.where(rows["footprint_id"].isna(), whole, rows["footprint_id"]).astype(object)
    followed = [str(new_ids[at]) if is_piece[at] else renamed.get(str(one), one) for at, one in enumerate(footprint)]
    rows["area_id"], rows["footprint_id"], rows["parent_id"] = new_ids, followed, zone_code
    if is_piece.any():
        rows["households"] = table["households"].to_numpy()
        rows["geometry"] = _shapes(ground)
    return _rows(rows, has_id=True), renamed


def _zones(
    desk: Desk,
    ground: Ground,
    drawn: Plan,
    names: np.ndarray,
    draft: Draft,
    given: tuple[list[str], dict[int, int]],
) -> pd.DataFrame:
    codes, goes_on = given
    present, current = desk.store.all_areas(), ground.units.current
    shapes = _unions(_shapes(ground), drawn.zone, drawn.count)
    sizes = drawn.sizes()
    rows = []
    for z, code in enumerate(codes):
        members = drawn.zone == z
        text = draft.zones.get(str(names[z]))
        name = text.name.strip() if text else ""
        old = goes_on.get(z)
        if old is not None and not ground.table["cut_from"].notna().to_numpy()[members].any():
            is_same = np.array_equal(members, current == old)
            former = present.loc[code]
            if is_same:
                rows.append({**former.to_dict(), "area_id": code, "name": name or former["name"]})
                continue
        like = (
            present.loc[ground.units.zones[_largest(current[members], ground.units.size[members])]]
            if (current[members] >= 0).any()
            else None
        )
        own = present.loc[code] if old is not None else None
        rows.append(
            {
                "area_id": code,
                "level": ground.level,
                "name": name or (own["name"] if own is not None else _default_name(desk, ground.level, code)),
                "parent_id": _parent(ground, drawn, z) or None,
                "area_class": None if like is None else like["area_class"],
                "dedicated_kind": None if like is None else like["dedicated_kind"],
                "households": int(sizes[z]),
                "footprint_id": code,
                "valid_from": None,
                "valid_to": None,
                "geometry": shapes[z],
            }
        )
    return _rows(pd.DataFrame(rows), has_id=True)


def _largest(zones: np.ndarray, size: np.ndarray) -> int:
    known = zones >= 0
    return int(np.argmax(np.bincount(zones[known], size[known] + 1e-9)))


def _default_name(desk: Desk, level: str, code: str) -> str:
    title = next(title for key, _, title in desk.store.level_rows() if key == level)
    serial = code[-3:].lstrip("0-") or code
    return f"第{serial}{title}" if any("\u4e00" <= one <= "\u9fff" for one in title) else f"{title} {serial}"


def _children(present: gpd.GeoDataFrame, renamed: dict[str, str], ground: Ground) -> pd.DataFrame:
    """Areas below a unit that gets another code follow it; below a unit that is cut there may be none."""
    below = present[present["parent_id"].isin(list(renamed)).to_numpy()]
    cut = present[present["parent_id"].isin(list(ground.table["cut_from"].dropna())).to_numpy()]
    faults = [say("areas below a unit that was cut: {ids}", ids=name_few(cut.index))] if len(cut) else []
    raise_faults(SchemaError, say("units without finer areas to be cut"), faults, say("cut the finer level"))
    below = below[~below["level"].isin([ground.level, ground.unit_level]).to_numpy()]
    return _rows(below.assign(parent_id=below["parent_id"].map(renamed)))


def _rows(table: pd.DataFrame, *, has_id: bool = False) -> pd.DataFrame:
    if not len(table):
        return pd.DataFrame(columns=[*COLUMNS])
    plain = pd.DataFrame(table if has_id else table.rename_axis("area_id").reset_index())
    return plain[list(COLUMNS)].astype(object).reset_index(drop=True)


def crosswalk_of(desk: Desk, coming: Coming) -> list[tuple[str, str, float]]:
    """Return (area that is gone, coming area, share): by households, by ground where none is known."""
    found: list[tuple[str, str, float]] = []
    present = desk.store.all_areas()
    for level in coming.levels:
        areas = coming.areas[(coming.areas["level"] == level).to_numpy()].set_index("area_id")
        gone = present[(present["level"] == level).to_numpy() & ~present.index.isin(areas.index)]
        if not len(gone) or not len(areas):
            continue
        near = areas.iloc[np.unique(shapely.STRtree(areas.geometry).query(gone.geometry, predicate="intersects")[1])]
        before, after = metric_tables(gone, near)
        table = crosswalk(before, after, homes=homes_of(desk.store, before))
        table = table[table["to_id"] != UNASSIGNED]
        share = table["share_of_households"].fillna(table["share_of_area"])
        found += list(zip(table["from_id"], table["to_id"], share.astype(float), strict=True))
    return found
