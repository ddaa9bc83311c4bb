"""Defects of the areas in a workspace: kept with each import, followed until a later one no longer has them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import orjson
import pandas as pd
import shapely
from sqlalchemy import select

from data.defects.checking import check_limits
from data.formats import write_file
from data.settings import DEFAULTS
from data.store.engine import folder
from data.store.reading import fetch, to_frame
from data.store.tables import AUDIT
from geo.areas.defects import DefectReport
from geo.areas.find import find_defects
from geo.errors import SchemaError, say

if TYPE_CHECKING:
    from data.store import Desk, Store

STATES = ("open", "accepted", "fixed")
COLUMNS = ("key", "level", "state", "kind", "ids", "area_m2", "households", "lon", "lat", "harm", "message")
KEPT = (*COLUMNS, "reason", "by", "import_id", "fixed_by", "geometry")
ACCEPT = "accept_defect"


def check_level(new: pd.DataFrame, all_areas: pd.DataFrame, level: str, store: Store | None) -> DefectReport:
    """Return the defects of the areas about to be published, against their parents, by the workspace's settings."""
    values = dict(DEFAULTS) if store is None else {name: store.setting(name) for name in DEFAULTS}
    parents = all_areas[all_areas["area_id"].isin(set(new["parent_id"].dropna()))]
    return find_defects(
        _in_degrees(new),
        limits=check_limits(values),
        parents=_in_degrees(parents) if len(parents) else None,
        bands=level_bands(level, values),
    )


def level_bands(level: str, values: dict[str, Any]) -> dict[str, tuple[float, float]] | None:
    """
    Return the household bands of a level by class of area; None where the settings have none.

    Examples
    --------
    >>> level_bands("grid", DEFAULTS), level_bands("town", DEFAULTS)
    ({'': (300, 500)}, None)
    """
    if level == "grid":
        return {"": tuple(values["grid_band_households"])}
    if level != "micro_grid":
        return None
    names = {"": "micro_grid", "village_group": "village_group", "rental": "rental"}
    return {key: tuple(values[f"{name}_band_households"]) for key, name in names.items()}


def _in_degrees(areas: pd.DataFrame) -> gpd.GeoDataFrame:
    kept = [name for name in ("area_id", "parent_id", "area_class", "households") if name in areas]
    table = areas[kept].reset_index(drop=True)
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(areas["geometry"].to_numpy(), crs="EPSG:4326"))


def report_path(workspace: str, import_id: str) -> Path:
    """Return where the defects of an import are kept, as JSON; the shapes lie beside it as .gpkg."""
    return folder(workspace) / "defects" / f"{import_id}.json"


def keep_report(workspace: str, import_id: str, report: DefectReport) -> Path:
    """Write the report beside the store and return its path; shapes as a GeoPackage where there are defects."""
    path = report_path(workspace, import_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = report.to_dict()
    for one, defect in zip(kept["defects"], report.defects, strict=True):
        one["key"] = defect.key
        one["wkb"] = None if defect.shape is None else shapely.to_wkb(defect.shape, hex=True)
    draft = path.with_suffix(".part")
    draft.write_bytes(orjson.dumps(kept, option=orjson.OPT_SERIALIZE_NUMPY))
    draft.replace(path)
    if report.defects:
        write_file(report.to_table(), path.with_suffix(".gpkg"), layer="defects", description="defects of areas")
    return path


def drop_report(workspace: str, import_id: str) -> None:
    """Take the report of an import that failed away again."""
    for ending in (".json", ".gpkg"):
        report_path(workspace, import_id).with_suffix(ending).unlink(missing_ok=True)


def list_defects(desk: Desk) -> gpd.GeoDataFrame:
    """
    Return every defect on record inside the desk's scope, with its state, the most harmful open ones first.

    open: in the last standing import of its level; accepted: open, and somebody said why it stays; fixed: in an
    earlier import of the level, gone from the last (`fixed_by`). An undone import counts as never made. Columns: KEPT.
    """
    sources = desk.sources()
    standing = sources[(sources["kind"] == "areas") & ~sources["is_undone"].astype(bool)]
    accepted = _accepted(desk)
    rows: list[dict[str, Any]] = []
    for level, imports in standing.groupby("level", sort=False):
        rows += _follow(desk.store.workspace, str(level), imports["import_id"].tolist(), accepted)
    within = None if desk.account.area_id is None else set(desk.areas(geometry=False).index)
    rows = [row for row in rows if within is None or within & set(row["ids"].split(", "))]
    rows.sort(key=lambda row: (STATES.index(row["state"]), row["harm"], -row["area_m2"], row["key"]))
    table = {name: [row[name] for row in rows] for name in KEPT if name != "geometry"}
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries([row["geometry"] for row in rows], crs="EPSG:4326"))


def _follow(workspace: str, level: str, import_ids: list[str], accepted: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the defects of one level; `import_ids` newest first."""
    reports = [(one, _read(workspace, one)) for one in import_ids]
    rows: dict[str, dict[str, Any]] = {}
    for number, (import_id, defects) in enumerate(reports):
        for one in defects:
            if one["key"] in rows:
                continue
            told = accepted.get(f"{level}|{one['key']}") if number == 0 else None
            rows[one["key"]] = {
                **{name: one.get(name) for name in COLUMNS},
                "ids": ", ".join(one["ids"]),
                "level": level,
                "state": "fixed" if number else "accepted" if told else "open",
                "reason": told["reason"] if told else "",
                "by": told["by"] if told else "",
                "import_id": import_id,
                "fixed_by": reports[number - 1][0] if number else "",
                "geometry": shapely.from_wkb(one["wkb"]) if one["wkb"] else None,
            }
    return list(rows.values())


def _read(workspace: str, import_id: str) -> list[dict[str, Any]]:
    path = report_path(workspace, import_id)
    return list(orjson.loads(path.read_bytes())["defects"]) if path.is_file() else []


def _accepted(desk: Desk) -> dict[str, Any]:
    """Return level and key of each accepted defect -> why and by whom, from the audit; the last word counts."""
    dtypes = {"actor": "text", "what": "text"}
    statement = select(AUDIT.c.actor, AUDIT.c.what).where(AUDIT.c.verb == ACCEPT).order_by(AUDIT.c.audit_number)
    with desk.store.reading() as connection:
        rows = to_frame(fetch(connection, statement, dtypes), dtypes)
    found = {}
    for actor, text in zip(rows["actor"], rows["what"], strict=True):
        what = orjson.loads(text)
        found[f"{what['level']}|{what['key']}"] = {"reason": what["reason"], "by": actor}
    return found


def accept_defect(desk: Desk, key: str, level: str, reason: str) -> None:
    """
    Say that a defect stays and why; the audit keeps who said it.

    Raises
    ------
    SchemaError
        If there is no such open defect inside the desk's scope, or no reason.
    """
    from data.writer import write

    defects = list_defects(desk)
    known = defects[(defects["key"] == key) & (defects["level"] == level) & (defects["state"] != "fixed")]
    if known.empty or not reason.strip():
        raise SchemaError(
            say("an open defect and the reason why it stays"),
            say("no open defect {key}", key=key) if known.empty else say("no reason"),
            say("choose one of the list and say why"),
        )
    what = {"level": level, "key": key, "reason": reason.strip()}
    write(desk.store.workspace, "add_audit", {"verb": ACCEPT, "what": what}, actor=desk.account.account_id)
