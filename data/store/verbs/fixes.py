"""Publishing position fixes: one Parquet file a day and import, seen once the manifest names it."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import ColumnElement, func, select

from data.store.fixes import SCHEMA, FixArchive, write_day
from data.store.publishing import Publishing
from data.store.reading import is_one_of
from data.store.staging import staged_path
from data.store.tables import FIX_MANIFEST, FOREVER, KINDS
from data.store.verbs.call import Call, earlier_result, import_record, known_areas, require_unchanged
from geo.errors import SchemaError, name_few, say

DAY_ZONE = "UTC"


def publish_fixes(call: Call) -> dict[str, Any]:
    """
    Publish staged position fixes, split by UTC day.

    Payload: `table` (staged), `mode` = append (default; a fix of a unit and moment that is there already is left out)
    or replace (the days it has end first), `source`, `notices`, `based_on`. Returns edition, import_id, rows,
    rows_before, rows_after, repeated_rows, changes.
    """
    call.take("table", optional=("mode", "source", "notices", "based_on"))
    mode = call.payload.get("mode", "append")
    if mode not in ("append", "replace"):
        raise SchemaError(say("mode append or replace"), say("{mode!r}", mode=mode), say("correct the mode"))
    source = call.source()
    if earlier := earlier_result(call, source["import_id"]):
        return earlier
    publishing = call.publishing()
    path = staged_path(call.workspace, call.payload["table"])
    try:
        result = _publish(call, publishing, read_fixes(path), mode, source)
    except BaseException:
        publishing.abandon()
        raise
    path.unlink(missing_ok=True)
    return result


def _publish(call: Call, publishing: Publishing, fixes: pa.Table, mode: str, source: dict[str, Any]) -> dict[str, Any]:
    require_unchanged(call, publishing, ("areas", "past_areas", "levels"))
    before = count_fixes(publishing)
    _require_areas(publishing, fixes)
    added, repeated = _write_days(call, publishing, fixes, mode)
    after = count_fixes(publishing)
    result = {
        "edition": publishing.edition,
        "import_id": source["import_id"],
        "rows": added,
        "rows_before": before,
        "rows_after": after,
        "repeated_rows": repeated,
        "changes": {
            "inserted": added,
            "updated": 0,
            "unchanged": repeated,
            "removed": before + added - after,
            "kept": after - added - repeated,
        },
    }
    what = {"kind": "fixes", "mode": mode, "import_id": source["import_id"], "file": source.get("file")}
    records = import_record(publishing, source, kind="fixes", level=None, result=result)
    publishing.finish(what, rows=(before, after), also=records)
    return result


def read_fixes(path: Any) -> pa.Table:
    """Return staged fixes in the archive's columns; SchemaError if unit, time or place is missing."""
    table = pq.read_table(path)
    known = {field.name for field in KINDS["fixes"].fields}
    names = [name for name in table.column_names if not name.startswith("__index_level_")]
    unknown = [name for name in names if name not in known]
    missing = [f.name for f in KINDS["fixes"].fields if f.required and f.name not in names]
    missing += [n for n in ("unit_id", "at") if n in names and table[n].null_count]
    if unknown or missing or not getattr(table.schema.field("at").type, "tz", None):
        raise SchemaError(
            say("fixes with {columns}, times with a zone", columns=", ".join(SCHEMA.names)),
            say("unknown: {unknown}; missing: {missing}", unknown=name_few(unknown), missing=name_few(missing)),
            say("correct the columns"),
        )
    columns = [_as(table[f.name], f.type) if f.name in names else pa.nulls(table.num_rows, f.type) for f in SCHEMA]
    fixes = pa.table(columns, schema=SCHEMA)
    if fixes["fix_id"].null_count:
        moments = fixes["at"].cast(pa.int64()).cast(pa.large_string())
        units = fixes["unit_id"].cast(pa.large_string())
        made = pc.binary_join_element_wise(units, moments, pa.scalar("@", pa.large_string()))
        fixes = fixes.set_column(0, "fix_id", pc.coalesce(fixes["fix_id"], made))
    return fixes


def _as(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        column = pc.cast(column, column.type.value_type)
    return column.cast(kind, safe=False)


def _write_days(
    call: Call, publishing: Publishing, fixes: pa.Table, mode: str, *, low: float = 0.0, high: float = 0.95
) -> tuple[int, int]:
    days = pc.strftime(fixes["at"].cast(pa.timestamp("s", tz=DAY_ZONE), safe=False), format="%Y-%m-%d")
    listed = sorted(pc.unique(days).to_pylist())
    if mode == "replace":
        publishing.end(FIX_MANIFEST, is_one_of(FIX_MANIFEST.c.day, listed))
    rows, repeated = [], 0
    for number, day in enumerate(listed):
        publishing.report(low + (high - low) * number / len(listed), "publishing")
        part = fixes.filter(pc.equal(days, day)).sort_by([("unit_id", "ascending"), ("at", "ascending")])
        fresh = _new_only(_archive(call, publishing, day), part)
        repeated += part.num_rows - fresh.num_rows
        if fresh.num_rows:
            rows.append(write_day(call.folder, day, str(publishing.edition), fresh))
    columns = ["day", "file", "rows", "first_at", "last_at", "sha256"]
    publishing.add(FIX_MANIFEST, columns, [tuple(row[c] for c in columns) for row in rows])
    return sum(row["rows"] for row in rows), repeated


def _archive(call: Call, publishing: Publishing, *days: str) -> FixArchive:
    c = FIX_MANIFEST.c
    statement = select(c.day, c.file, c.rows, c.first_at, c.last_at).where(c.until_edition == FOREVER)
    if days:
        statement = statement.where(c.day.in_(days))
    with publishing.engine.connect() as connection:
        return FixArchive(call.folder, tuple(tuple(row) for row in connection.execute(statement)))


def _new_only(archive: FixArchive, fixes: pa.Table) -> pa.Table:
    """Leave out fixes of a unit and moment that are there already, or that come twice."""
    key = pa.table({"unit_id": fixes["unit_id"], "at": fixes["at"].cast(pa.int64()), "row": range(fixes.num_rows)})
    first = key.group_by(["unit_id", "at"]).aggregate([("row", "min")])
    if archive.files:
        present = archive.read_arrow(None, None, columns=["unit_id", "at"])
        present = pa.table({"unit_id": present["unit_id"].cast(pa.string()), "at": present["at"].cast(pa.int64())})
        first = first.join(present, ["unit_id", "at"], join_type="left anti")
    return fixes.take(first["row_min"].combine_chunks().sort())


def _require_areas(publishing: Publishing, fixes: pa.Table) -> None:
    with publishing.engine.connect() as connection:
        known = set(connection.execute(known_areas()).scalars())
    require_in(known, set(pc.unique(fixes["area_id"]).to_pylist()))


def require_in(known: Any, found: set[Any]) -> None:
    """Raise a SchemaError if fixes name areas that are not there."""
    lost = sorted(area_id for area_id in found if area_id is not None and area_id not in known)
    if lost:
        raise SchemaError(
            say("{kind} placed in areas of the workspace", kind="fixes"),
            say("areas that are not there: {ids}", ids=name_few(lost)),
            say("place the rows again and publish both together"),
        )


def replace_fixes(
    call: Call, publishing: Publishing, name: str, since: int | None = None, *, low: float = 0.0, high: float = 0.95
) -> int:
    """
    Publish fixes again, placed anew, within another verb's edition; the rows must be the same ones.

    All fixes, or with `since` (microseconds) all those of the files that hold any fix from then on. Progress is told
    from `low` to `high`.
    """
    path = staged_path(call.workspace, name)
    fixes = read_fixes(path)
    later = () if since is None else (FIX_MANIFEST.c.last_at >= since,)
    before = count_fixes(publishing, *later)
    if fixes.num_rows != before:
        raise SchemaError(
            say("all {before} fixes, placed again", before=before),
            say("{rows}", rows=fixes.num_rows),
            say("stage every fix of the workspace"),
        )
    publishing.end(FIX_MANIFEST, *later)
    _require_areas(publishing, fixes)
    added, _ = _write_days(call, publishing, fixes, "append", low=low, high=high)
    path.unlink(missing_ok=True)
    return added


def require_fixes_placed(call: Call, publishing: Publishing) -> None:
    """Raise a SchemaError if the fixes that are there name areas that will be gone."""
    with publishing.engine.connect() as connection:
        known = set(connection.execute(known_areas()).scalars())
    archive = _archive(call, publishing)
    for day, *rest in archive.files:
        one = FixArchive(call.folder, ((day, *rest),))  # type: ignore[arg-type]
        found = one.read_arrow(None, None, columns=["area_id"])["area_id"]
        require_in(known, set(pc.unique(found.cast(pa.string())).to_pylist()))


def count_fixes(publishing: Publishing, *conditions: ColumnElement[bool]) -> int:
    """Return how many fixes the coming edition has, in the files that meet the conditions."""
    rows = func.coalesce(func.sum(FIX_MANIFEST.c.rows), 0)
    statement = select(rows).where(FIX_MANIFEST.c.until_edition == FOREVER, *conditions)
    with publishing.engine.connect() as connection:
        return int(connection.execute(statement).scalar_one())
