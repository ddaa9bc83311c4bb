"""Publishing the rows of a kind."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from data.store.publishing import Publishing
from data.store.reading import is_one_of
from data.store.staging import StagedTable, staged_path
from data.store.tables import DISAGREEMENTS, FOREVER, KIND_TABLES, KINDS, NOTICES
from data.store.verbs.call import (
    GROUND_TABLES,
    Call,
    earlier_result,
    import_record,
    require_known_areas,
    require_unchanged,
)
from data.store.verbs.changes import count_changes, last_row
from geo.errors import SchemaError, name_few, say

MODES = ("upsert", "append", "replace")


def publish_rows(call: Call) -> dict[str, Any]:
    """
    Publish a staged table of one kind.

    Payload: `kind`, `table` (staged), `mode` = upsert (default: rows of the same key end), append (a key that is there
    is refused) or replace (all present rows end), `source`, `disagreements` (staged kind, row_id, stated_area_id,
    area_id), `notices` (texts), `based_on` (the edition the rows were placed in; refused where the areas or addresses
    have changed since). Returns edition, import_id, rows, rows_before, rows_after, changes (`count_changes`).
    """
    call.take("kind", "table", optional=("mode", "source", "disagreements", "notices", "based_on"))
    kind, mode = call.payload["kind"], call.payload.get("mode", "upsert")
    if kind not in KIND_TABLES or kind == "areas" or mode not in MODES:
        raise SchemaError(
            say(
                "one of {kinds}; mode {modes}",
                kinds=", ".join(k for k in KIND_TABLES if k != "areas"),
                modes=", ".join(MODES),
            ),
            say("{kind!r}, mode {mode!r}", kind=kind, mode=mode),
            say("areas and fixes have verbs of their own; else correct the kind or mode"),
        )
    source = call.source()
    if earlier := earlier_result(call, source["import_id"]):
        return earlier
    staged = call.staged(kind, call.payload["table"])
    publishing = call.publishing()
    try:
        result = _publish(call, publishing, staged, mode, source)
    except BaseException:
        publishing.abandon()
        raise
    staged.path.unlink(missing_ok=True)
    return result


def _publish(
    call: Call, publishing: Publishing, staged: StagedTable, mode: str, source: dict[str, Any]
) -> dict[str, Any]:
    table = KIND_TABLES[staged.kind]
    require_unchanged(call, publishing, [name for name in GROUND_TABLES if name != staged.kind])
    before, after_row = publishing.count(table), last_row(publishing, table)
    if mode == "append":
        _require_new(publishing, staged)
    elif mode == "replace":
        publishing.end(table)
    else:
        publishing.end_keys(table, staged.spec.key, staged.keys.to_pylist())
    publishing.add_staged(table, staged, high=0.9)
    if KINDS[staged.kind].located:
        require_known_areas(publishing, [staged.kind])
    add_remarks(call, publishing, staged.kind, source, everything=mode == "replace", keys=staged.keys.to_pylist())
    after = publishing.count(table)
    result = {
        "edition": publishing.edition,
        "import_id": source["import_id"],
        "rows": staged.rows,
        "rows_before": before,
        "rows_after": after,
        "changes": count_changes(publishing, staged.kind, table, after=after_row, before=before),
    }
    what = {"kind": staged.kind, "mode": mode, "import_id": source["import_id"], "file": source.get("file")}
    records = import_record(publishing, source, kind=staged.kind, level=None, result=result)
    publishing.finish(what, rows=(before, after), also=records)
    return result


def _require_new(publishing: Publishing, staged: StagedTable) -> None:
    table, key = KIND_TABLES[staged.kind], staged.spec.key
    present = select(table.c[key]).where(
        table.c.until_edition == FOREVER, is_one_of(table.c[key], staged.keys.to_pylist())
    )
    with publishing.engine.connect() as connection:
        found = list(connection.execute(present.order_by(table.c[key])).scalars())
    if found:
        raise SchemaError(
            say("only new {key}s to append", key=key),
            say("{count} that are there already: {ids}", count=len(found), ids=name_few(found)),
            say("publish with mode upsert, or leave them out"),
        )


def add_remarks(
    call: Call, publishing: Publishing, kind: str, source: dict[str, Any], *, everything: bool, keys: list[str]
) -> None:
    """Keep what an import remarked: notices, and rows whose stated area contradicts their point."""
    notices = [(source["import_id"], kind, str(text)) for text in call.payload.get("notices") or ()]
    if notices:
        publishing.add(NOTICES, ["import_id", "kind", "text"], notices)
    of_kind = DISAGREEMENTS.c.kind == kind
    if everything:
        publishing.end(DISAGREEMENTS, of_kind)
    elif publishing.count(DISAGREEMENTS, of_kind):
        publishing.end(DISAGREEMENTS, of_kind, is_one_of(DISAGREEMENTS.c.row_id, keys))
    name = call.payload.get("disagreements")
    if name:
        columns = ["kind", "row_id", "stated_area_id", "area_id"]
        path = staged_path(call.workspace, name)
        publishing.add(DISAGREEMENTS, columns, read_plain(path, columns))
        path.unlink(missing_ok=True)


def read_plain(path: Any, columns: list[str]) -> list[tuple[Any, ...]]:
    """Return the text columns of a staged table that is of no kind, as tuples."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(path, columns=columns)
    texts = [table[name].cast(pa.large_string()).to_pylist() for name in columns]
    return list(zip(*texts, strict=True))
