"""Handing an import to the store: staged tables, one verb, and every located row placed again when areas change."""

from __future__ import annotations

import csv
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from data.formats import RawTable, safe_cell
from data.imports.eras import TODAY, TimePlacer, time_placer
from data.imports.faults import Faults
from data.imports.kinds import kind_spec, kind_specs
from data.imports.options import ImportOptions
from data.imports.placing import Placement, Placer
from data.settings import home
from data.store import open_store, stage, staging_folder, workspaces
from data.store.accounts import LOCAL_ADMINISTRATOR
from data.store.engine import folder, store_path
from data.store.opening import Store
from data.store.reading import to_microseconds
from data.writer import write
from geo.errors import Say, StoreError, say

Progress = Callable[[float, str], None]
EVER = (datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC))
FIRST_PLACED = ("buildings", "households")
DRAFT = ".making-"
"""How the hidden workspace of a first import begins; the process that makes it follows."""


def find_store(workspace: str) -> Store | None:
    """
    Return the workspace's store as it is now, None if it does not exist yet; a demonstration takes no real data.

    It stays at this edition, so that all that is worked out from it belongs together.
    """
    if folder(workspace).name.startswith("."):
        raise StoreError(
            say("a workspace name that does not start with a dot"),
            say("{name!r}", name=workspace),
            say("choose another name"),
        )
    if workspace not in workspaces():
        return None
    store = open_store(workspace)
    if store.is_synthetic:
        raise StoreError(
            say("a workspace of real data"),
            say("{name} holds the synthetic demonstration", name=workspace),
            say("import into a workspace of its own with --workspace NAME"),
        )
    return Store(workspace, store.path, edition=store.edition)


@contextmanager
def making_store(store: Store | None, workspace: str, options: ImportOptions, actor: str) -> Iterator[Store]:
    """
    Give the store. For a first import it is made under a hidden name and takes its own when all has gone well.

    So a first import that fails or is killed leaves no half-made workspace; what a killed one left goes with the next.
    """
    if store is not None:
        yield store
        return
    drop_drafts()
    draft = f"{DRAFT}{os.getpid()}-{uuid.uuid4().hex[:8]}"
    payload = {"title": options.title or workspace, "time_zone": options.time_zone or "Asia/Shanghai"}
    made = write(draft, "create_workspace", payload, actor=actor)
    try:
        yield Store(draft, store_path(draft), edition=int(made["edition"]))
        administrator = LOCAL_ADMINISTRATOR.account_id
        write(draft, "swap_workspace", {"into": workspace, "only_new": True}, actor=administrator)
    except BaseException:
        if store_path(draft).exists():
            write(draft, "drop_workspace", {"confirm": draft}, actor=LOCAL_ADMINISTRATOR.account_id)
        raise


def drop_drafts() -> None:
    """Remove the hidden workspaces of first imports whose process is gone."""
    for path in home().glob(f"{DRAFT}*"):
        number = path.name.removeprefix(DRAFT).partition("-")[0]
        if number.isdecimal() and not Path(f"/proc/{number}").exists():
            shutil.rmtree(path, ignore_errors=True)


def hand_over(
    workspace: str, verb: str, payload: dict[str, Any], *, actor: str, progress: Progress | None = None
) -> dict[str, Any]:
    """Ask the writer to publish; where it refuses or the caller is stopped, the payload's staged tables are removed."""
    try:
        return write(workspace, verb, payload, actor=actor, progress=progress)
    except BaseException:
        names = [payload.get(name) for name in ("table", "disagreements", "past", "lineage", "heirs")]
        names += (payload.get("placements") or {}).values()
        for name in names:
            if name:
                (staging_folder(workspace) / name).unlink(missing_ok=True)
        raise


def source_of(raw: RawTable, options: ImportOptions, crs: str | None, rows: int) -> dict[str, Any]:
    """Return where the rows came from, as the sources page shows it."""
    return {
        "import_id": uuid.uuid4().hex,
        "file": raw.file,
        "licence": options.licence,
        "attribution": options.attribution,
        "checksum": raw.checksum,
        "rows": rows,
        "options": {"crs": crs, "encoding": raw.encoding, "format": raw.format, "layer": raw.layer},
    }


def placer_for(store: Store | None, *, without: str = "") -> Placer | TimePlacer | None:
    """Return the placer for a store's areas, buildings and households; None while there are no areas."""
    if store is None or not len(store.all_areas()):
        return None
    return time_placer(store, without=without)


def place_new(table: pd.DataFrame, kind: str, placer: Placer | TimePlacer | None) -> Placement:
    """Place rows about to be published; while there are no areas a row with a point is outside."""
    if placer is not None:
        return placer.place(table, kind)
    has_point = table["lon"].notna().to_numpy() if "lon" in table.columns else np.zeros(len(table), dtype=bool)
    nothing = np.full(len(table), None, dtype=object)
    reason = np.where(has_point, "outside", "no_location").astype(object)
    empty = pd.DataFrame(columns=["kind", "row_id", "stated_area_id", "area_id"])
    return Placement(nothing, reason, empty)


def replace_all(
    store: Store,
    areas: pd.DataFrame,
    order: list[str],
    progress: Progress,
    *,
    past: pd.DataFrame | None = None,
    since: datetime | None = None,
    inside: set[str] | None = None,
) -> dict[str, pd.DataFrame]:
    """
    Return the new placement of the located rows of the store against coming areas, by kind.

    Each row goes by the areas of its own time, `past` being those that will have ended. With `since` only rows of
    that moment or later, and those without a time, are placed; with `inside` only rows that lie in these areas.
    """
    located = [name for name, spec in kind_specs().items() if spec.located and name != "fixes"]
    kinds = [*FIRST_PLACED, *(name for name in located if name not in FIRST_PLACED)]
    placer = time_placer(store, areas=areas, past=past, order=order)
    placed: dict[str, pd.DataFrame] = {}
    for number, kind in enumerate(kinds):
        progress(number / (len(kinds) + 1), "placing rows")
        table = _from(store.table(kind, geometry=False), kind_spec(kind).time_field, since)
        rows = _lying(table, inside)
        if not len(rows):
            continue
        found = placer.place(table.iloc[rows].reset_index(drop=True), kind)
        key = kind_spec(kind).key
        keys = table[key].iloc[rows].reset_index(drop=True)
        placed[kind] = pd.DataFrame({key: keys, "area_id": found.area_id, "reason": found.reason})
        if kind in FIRST_PLACED:
            where = table["area_id"].astype(object).where(table["area_id"].notna(), None).to_numpy(copy=True)
            where[rows] = found.area_id
            setattr(today_of(placer), kind, table.assign(area_id=where))
            today_of(placer).forget_addresses()
    fixes = fixes_since(store, since)
    if len(fixes):
        rows = _lying(fixes, inside)
        rows = rows[(fixes["at"].iloc[rows] >= since).to_numpy()] if since is not None else rows
        found = placer.place(fixes.iloc[rows].reset_index(drop=True), "fixes")
        where, why = (
            fixes[name].astype(object).where(fixes[name].notna(), None).to_numpy(copy=True)
            for name in ("area_id", "reason")
        )
        where[rows], why[rows] = found.area_id, found.reason
        placed["fixes"] = fixes.assign(area_id=where, reason=why)
    return placed


def _lying(table: pd.DataFrame, inside: set[str] | None) -> np.ndarray:
    """Return the places of the rows that lie in some areas; of all where none are named."""
    return np.arange(len(table)) if inside is None else np.flatnonzero(table["area_id"].isin(list(inside)).to_numpy())


def today_of(placer: Placer | TimePlacer) -> Placer:
    """Return the placer of today's areas."""
    return placer.placer(TODAY) if isinstance(placer, TimePlacer) else placer


def _from(table: pd.DataFrame, time_field: str, since: datetime | None) -> pd.DataFrame:
    if since is None or not time_field:
        return table
    return table[(table[time_field].isna() | (table[time_field] >= since)).to_numpy(bool)].reset_index(drop=True)


def fixes_since(store: Store, since: datetime | None) -> pd.DataFrame:
    """Return every fix, or every fix of the files that hold any from `since` on: what is published again whole."""
    archive = store.fix_archive()
    if since is not None:
        moment = to_microseconds(since)
        archive = replace(archive, files=tuple(one for one in archive.files if one[4] >= moment))
    return archive.read(*EVER, columns=list(_fix_columns()))


def _fix_columns() -> tuple[str, ...]:
    from data.store.fixes import SCHEMA

    return tuple(SCHEMA.names)


def publish_kind(
    workspace: str,
    kind: str,
    table: pd.DataFrame,
    found: Placement | None,
    source: dict[str, Any],
    notices: list[Say],
    *,
    actor: str,
    based_on: int,
    progress: Progress,
) -> dict[str, Any]:
    """Publish rows of a kind that is not areas, placed as the workspace was at the edition `based_on`."""
    payload: dict[str, Any] = {
        "table": stage_kind(workspace, table),
        "source": source,
        "notices": [str(one) for one in notices],
        "based_on": based_on,
    }
    if kind == "fixes":
        return hand_over(workspace, "publish_fixes", payload, actor=actor, progress=progress)
    payload["kind"] = kind
    if found is not None and len(found.disagreements):
        payload["disagreements"] = stage(workspace, found.disagreements, "disagreements")
    return hand_over(workspace, "publish_rows", payload, actor=actor, progress=progress)


def stage_kind(workspace: str, table: pd.DataFrame) -> str:
    """Stage a table, with its shapes where it has any."""
    if "geometry" not in table.columns:
        return stage(workspace, table)
    return stage(
        workspace,
        gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(table["geometry"], index=table.index), crs="EPSG:4326"),
    )


def replace_addressed(workspace: str, *, actor: str) -> None:
    """Place the rows without a point again, after buildings or households have changed."""
    store = find_store(workspace)
    placer = placer_for(store)
    if store is None or placer is None:
        return
    placements: dict[str, str] = {}
    for kind, spec in kind_specs().items():
        if not spec.located or kind in ("fixes", "buildings"):
            continue
        table = store.table(kind, geometry=False)
        if "lon" in table.columns:
            table = table[table["lon"].isna() | (table["reason"] == "stacked")].reset_index(drop=True)
        if not len(table):
            continue
        found = placer.place(table, kind)
        elsewhere = pd.Series(found.area_id).fillna("") != table["area_id"].astype(object).fillna("")
        moved = (elsewhere | (pd.Series(found.reason) != table["reason"].astype(object))).to_numpy()
        if moved.any():
            fresh = pd.DataFrame({spec.key: table[spec.key], "area_id": found.area_id, "reason": found.reason})
            placements[kind] = stage(store.workspace, fresh[moved].reset_index(drop=True))
    if placements:
        payload = {"placements": placements, "based_on": store.edition}
        hand_over(workspace, "replace_placements", payload, actor=actor)


def rejects_path(workspace: str, import_id: str) -> Path:
    """Return where the rows that an import set aside are kept."""
    return folder(workspace) / "rejects" / f"{import_id}.csv"


def write_rejects(workspace: str, import_id: str, raw: RawTable, faults: Faults) -> Path | None:
    """
    Write the rows that were not taken, as they were, with their number and reason; None if all were.

    Cells that a spreadsheet would run as a formula are written as text.
    """
    bad = np.flatnonzero(~faults.is_usable)
    if not len(bad) and not raw.rejects:
        return None
    path = rejects_path(workspace, import_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(["row", "reason", *map(safe_cell, raw.frame.columns)])
        rows = raw.frame.iloc[bad].astype(object).where(raw.frame.iloc[bad].notna(), "")
        for number, values in zip(bad, rows.itertuples(index=False, name=None), strict=True):
            out.writerow([number + 1, str(faults.reasons[faults.code[number]]), *map(safe_cell, values)])
        for line, text, why in raw.rejects:
            out.writerow([line, why, safe_cell(text)])
    path.chmod(0o600)
    return path
