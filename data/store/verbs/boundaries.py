"""Boundaries over time in the store: areas that end, lineage, and named sets that are kept but not in force."""

from __future__ import annotations

import re
from typing import Any

import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import ColumnElement, select

from data.settings import DEFAULTS
from data.store.boundaries import AS_WAS, TODAY
from data.store.publishing import Publishing
from data.store.reading import is_one_of
from data.store.staging import StagedTable, staged_path, to_stored
from data.store.tables import FOREVER, KIND_TABLES, LEVELS, LINEAGE, PAST_AREAS, SET_AREAS, SETTING_VALUES
from data.store.verbs.call import Call, earlier_result, import_record, require_unchanged
from geo.areas.hierarchy import Hierarchy
from geo.areas.lineage import KINDS
from geo.areas.timeline import Timeline
from geo.errors import SchemaError, StoreError, name_few, say

LINEAGE_COLUMNS = ("from_area_id", "to_area_id", "level", "kind", "on_date", "share_of_households", "share_of_area")
SET_NAME = re.compile(r"[^\s\x00-\x1f:/\\][^\x00-\x1f:/\\]{0,58}[^\s\x00-\x1f:/\\]|[^\s\x00-\x1f:/\\]")


def keep_past(call: Call, publishing: Publishing, *, low: float, high: float) -> None:
    """Add the areas that ended (`past`, a staged table of areas with the day each ended) to a verb's edition."""
    if name := call.payload.get("past"):
        staged = call.staged("areas", name)
        publishing.add_staged(PAST_AREAS, staged, low=low, high=high)
        staged.path.unlink(missing_ok=True)
    require_timeline(publishing)


def require_timeline(publishing: Publishing) -> None:
    """Raise a SchemaError if an id of the coming areas, today's and past, would hold twice at one moment."""
    rows: list[Any] = []
    with publishing.engine.connect() as connection:
        for table in (KIND_TABLES["areas"], PAST_AREAS):
            columns = (table.c.area_id, table.c.level, table.c.valid_from, table.c.valid_to)
            rows += connection.execute(select(*columns).where(table.c.until_edition == FOREVER)).all()
    found = pd.DataFrame(rows, columns=["area_id", "level", "valid_from", "valid_to"], dtype=object)
    if found[["valid_from", "valid_to"]].notna().any(axis=None):
        Timeline.build(found, time_zone=_time_zone(publishing))


def _time_zone(publishing: Publishing) -> str:
    with publishing.engine.connect() as connection:
        statement = select(SETTING_VALUES.c.value).where(SETTING_VALUES.c.name == "time_zone")
        value = connection.execute(statement).scalar_one_or_none()
    return str(orjson.loads(value)) if value else str(DEFAULTS["time_zone"])


def keep_lineage(call: Call, publishing: Publishing) -> int:
    """Add the rows of `lineage` (a staged table of LINEAGE_COLUMNS) to a verb's edition; returns how many."""
    name = call.payload.get("lineage")
    if not name:
        return 0
    path = staged_path(call.workspace, name)
    table = pq.read_table(path)
    _require_lineage(table)
    dtypes = dict.fromkeys(LINEAGE_COLUMNS, "text") | {"on_date": "date"}
    dtypes |= {"share_of_households": "float", "share_of_area": "float"}
    columns = [to_stored(table[name].combine_chunks(), dtypes[name]) for name in LINEAGE_COLUMNS]
    rows = [(*row, publishing.actor) for row in zip(*columns, strict=True)]
    for day in sorted({row[4] for row in rows}):
        pairs = [f"{row[0]}\x1f{row[1]}" for row in rows if row[4] == day]
        pair = LINEAGE.c.from_area_id + "\x1f" + LINEAGE.c.to_area_id
        publishing.end(LINEAGE, LINEAGE.c.on_date == day, is_one_of(pair, pairs))
    added = publishing.add(LINEAGE, [*LINEAGE_COLUMNS, "actor"], rows) if rows else 0
    path.unlink(missing_ok=True)
    return added


def _require_lineage(table: pa.Table) -> None:
    missing = [name for name in LINEAGE_COLUMNS if name not in table.column_names]
    unknown: list[Any] = []
    if not missing:
        unknown = sorted({str(one) for one in pc.unique(table["kind"]).to_pylist()} - set(KINDS))
        missing = [name for name in ("from_area_id", "to_area_id", "on_date") if table[name].null_count]
    if missing or unknown:
        raise SchemaError(
            say("lineage with {columns}; kinds {kinds}", columns=", ".join(LINEAGE_COLUMNS), kinds=", ".join(KINDS)),
            say("missing: {missing}; unknown: {unknown}", missing=name_few(missing), unknown=name_few(unknown)),
            say("correct the rows"),
        )


def record_lineage(call: Call) -> dict[str, Any]:
    """
    Say which area came of which, where the ground alone does not tell. Payload: `lineage` (staged), `source`.

    A row of the same two areas and day replaces the one there. Returns edition, import_id, rows.
    """
    call.take("lineage", optional=("source",))
    source = call.source()
    if earlier := earlier_result(call, source["import_id"]):
        return earlier
    publishing = call.publishing()
    try:
        rows = keep_lineage(call, publishing)
        result = {"edition": publishing.edition, "import_id": source["import_id"], "rows": rows}
        records = import_record(publishing, source, kind="lineage", level=None, result=result)
        publishing.finish({"import_id": source["import_id"], "rows": rows}, rows=(0, rows), also=records)
    except BaseException:
        publishing.abandon()
        raise
    return result


def keep_boundaries(call: Call) -> dict[str, Any]:
    """
    Keep a whole set of areas under a name, without putting it in force: a draft to count by, or a plan.

    Payload: `name`, `table` (staged areas of every level), `source`, `based_on`. A set of that name is replaced.
    Returns edition, import_id, rows.
    """
    call.take("name", "table", optional=("source", "based_on"))
    name, source = str(call.payload["name"]), call.source()
    require_set_name(name)
    if earlier := earlier_result(call, source["import_id"]):
        return earlier
    staged = call.staged("areas", call.payload["table"])
    publishing = call.publishing()
    try:
        require_unchanged(call, publishing, ("areas", "levels"))
        _require_tree(publishing, staged)
        publishing.end(SET_AREAS, SET_AREAS.c.set_name == name)
        columns = [*staged.stored_columns(), "set_name"]
        for batch in staged.batches(int(DEFAULTS["ingest_rows"])):
            publishing.add(SET_AREAS, columns, ((*row, name) for row in batch))
        result = {"edition": publishing.edition, "import_id": source["import_id"], "rows": staged.rows}
        records = import_record(publishing, source, kind="boundaries", level=name, result=result)
        publishing.finish({"name": name, "import_id": source["import_id"]}, rows=(0, staged.rows), also=records)
    except BaseException:
        publishing.abandon()
        raise
    staged.path.unlink(missing_ok=True)
    return result


def require_set_name(name: str) -> None:
    """Raise a SchemaError unless a boundary set may be called this."""
    if name in (AS_WAS, TODAY) or not SET_NAME.fullmatch(name):
        raise SchemaError(
            say("a name of 1 to 60 characters without : / \\, other than as_was and today"),
            say("{name!r}", name=name[:80]),
            say("choose another name"),
        )


def _require_tree(publishing: Publishing, staged: StagedTable) -> None:
    """The set is a tree of the workspace's levels, every area with its shape."""
    with publishing.engine.connect() as connection:
        statement = select(LEVELS.c.key).where(LEVELS.c.until_edition == FOREVER).order_by(LEVELS.c.rank)
        order = list(connection.execute(statement).scalars())
    columns = [staged.column(name).to_pylist() for name in ("area_id", "level", "parent_id")]
    Hierarchy.from_table(*columns, level_order=order)
    lost = staged.keys.filter(staged.column("geometry").is_null().combine_chunks()).to_pylist()
    if lost:
        raise SchemaError(
            say("a shape for every area"), say("none for {ids}", ids=name_few(lost)), say("add the shapes")
        )


def drop_boundaries(call: Call) -> dict[str, Any]:
    """Let a named set go. Payload: `name`. Returns edition, rows."""
    call.take("name")
    publishing = call.publishing()
    try:
        rows = end_set(publishing, str(call.payload["name"]))
        publishing.finish({"name": call.payload["name"]}, rows=(rows, 0))
    except BaseException:
        publishing.abandon()
        raise
    return {"edition": publishing.edition, "rows": rows}


def end_set(publishing: Publishing, name: str) -> int:
    """End a named set within a verb's edition; StoreError if there is none of this name."""
    of_name: ColumnElement[bool] = SET_AREAS.c.set_name == name
    if not publishing.count(SET_AREAS, of_name):
        raise StoreError(
            say("the name of a boundary set that is kept"),
            say("{name!r}", name=name[:80]),
            say("`wangge boundaries` lists them"),
        )
    return publishing.end(SET_AREAS, of_name)
