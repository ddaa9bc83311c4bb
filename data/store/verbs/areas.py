"""Publishing areas, and placing rows again when areas have changed: both in one edition, so no sum ever breaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow.compute as pc
from sqlalchemy import Executable, Table, select, text

from data.settings import DEFAULTS
from data.store.publishing import Publishing
from data.store.staging import StagedTable
from data.store.tables import FOREVER, KIND_TABLES, KINDS, LEVELS, OWN
from data.store.verbs.boundaries import end_set, keep_lineage, keep_past
from data.store.verbs.call import (
    Call,
    coming_areas,
    earlier_result,
    import_record,
    require_known_areas,
    require_unchanged,
)
from data.store.verbs.changes import count_changes, last_row
from data.store.verbs.fixes import replace_fixes, require_fixes_placed
from geo.errors import SchemaError, name_few, say

AREA_PAYLOAD = (
    "levels", "replaces", "placements", "source", "notices", "based_on", "past", "lineage", "fixes_since",
)  # fmt: skip
END_MOVED = """
UPDATE "{table}" SET until_edition = :edition
WHERE until_edition = :forever AND since_edition < :edition AND EXISTS (
    SELECT 1 FROM placed WHERE placed.id = "{table}"."{key}"
    AND ("{table}".area_id IS NOT placed.area_id OR "{table}".reason IS NOT placed.reason))
"""
ADD_MOVED = """
INSERT INTO "{table}" ({names}, area_id, reason, since_edition, until_edition, origin_edition)
SELECT {values}, placed.area_id, placed.reason, :edition, :forever, :edition
FROM placed JOIN "{table}" k ON k."{key}" = placed.id AND k.until_edition = :edition
"""


def publish_areas(call: Call) -> dict[str, Any]:
    """
    Publish areas of one or several levels, all or nothing, with the new places of the rows they hold.

    Payload: `table` (staged areas; rows of the same area_id end), `levels` (all levels afterwards, coarsest first:
    key, title), `replaces` (level keys whose present areas end), `placements` ({kind: staged key, area_id, reason};
    for fixes a whole staged table), `source`, `notices`, `based_on` (the edition these were worked out in;
    refused where another write came since), `past` (staged areas that end, with the day each ended), `lineage`
    (staged), `fixes_since` (microseconds: the staged fixes are those of the files that hold any from then on),
    `drops_set` (the named boundary set this publishes). Returns edition, import_id, rows, rows_before, rows_after,
    changes (level: `count_changes`).
    """
    call.take("table", optional=(*AREA_PAYLOAD, "drops_set"))
    source = call.source()
    if earlier := earlier_result(call, source["import_id"]):
        return earlier
    staged = call.staged("areas", call.payload["table"])
    publishing = call.publishing()
    try:
        result = publish_into(call, publishing, staged, source)
    except BaseException:
        publishing.abandon()
        raise
    staged.path.unlink(missing_ok=True)
    return result


def publish_into(
    call: Call,
    publishing: Publishing,
    staged: StagedTable,
    source: dict[str, Any],
    *,
    what: Mapping[str, Any] | None = None,
    also: Iterable[Executable] = (),
) -> dict[str, Any]:
    """Publish staged areas in an edition under way and finish it; `what` goes into the audit, `also` with the rest."""
    from data.store.verbs.rows import add_remarks

    require_unchanged(call, publishing)
    areas = KIND_TABLES["areas"]
    before, after_row = publishing.count(areas), last_row(publishing, areas)
    keys = _replace_levels(publishing, call.payload.get("levels"))
    found = sorted({level or "" for level in pc.unique(staged.column("level").combine_chunks()).to_pylist()})
    _require_whole(staged, keys, found)
    had = {level: publishing.count(areas, areas.c.level == level) for level in found}
    if replaced := list(call.payload.get("replaces") or ()):
        publishing.end(areas, areas.c.level.in_(replaced))
    publishing.end_keys(areas, "area_id", staged.keys.to_pylist())
    publishing.add_staged(areas, staged, high=0.4)
    coming_areas(publishing)
    keep_past(call, publishing, low=0.4, high=0.5)
    keep_lineage(call, publishing)
    if name := call.payload.get("drops_set"):
        end_set(publishing, str(name))
    placements = call.payload.get("placements") or {}
    _place_all(call, publishing, placements, low=0.5)
    require_known_areas(publishing)
    if "fixes" not in placements:
        require_fixes_placed(call, publishing)
    add_remarks(call, publishing, "areas", source, everything=False, keys=[])
    after = publishing.count(areas)
    result = {
        "edition": publishing.edition,
        "import_id": source["import_id"],
        "rows": staged.rows,
        "rows_before": before,
        "rows_after": after,
        "changes": {
            level: count_changes(publishing, "areas", areas, areas.c.level == level, after=after_row, before=had[level])
            for level in found
        },
    }
    told = {"kind": "areas", "levels": found, "import_id": source["import_id"], "file": source.get("file")}
    records = import_record(publishing, source, kind="areas", level=", ".join(found), result=result)
    publishing.finish(told | dict(what or {}), rows=(before, after), also=[*records, *also])
    return result


def _replace_levels(publishing: Publishing, levels: Sequence[Mapping[str, Any]] | None) -> list[str]:
    with publishing.engine.connect() as connection:
        columns = (LEVELS.c.key, LEVELS.c.rank, LEVELS.c.title)
        present = {
            row.key: tuple(row)
            for row in connection.execute(
                select(*columns).where(LEVELS.c.until_edition == FOREVER).order_by(LEVELS.c.rank)
            )
        }
    if levels is None:
        return list(present)
    coming = level_rows(levels)
    changed = [row for row in coming if present.get(row[0]) != row]
    gone = (set(present) - {row[0] for row in coming}) | {row[0] for row in changed if row[0] in present}
    if gone:
        publishing.end(LEVELS, LEVELS.c.key.in_(sorted(gone)))
    if changed:
        publishing.add(LEVELS, ["key", "rank", "title"], changed)
    return [row[0] for row in coming]


def level_rows(levels: Sequence[Any]) -> list[tuple[str, int, str]]:
    """
    Return (key, rank, title) of levels given coarsest first, as dicts or as (key, title) or (key, rank, title).

    Examples
    --------
    >>> level_rows([{"key": "county", "title": "县"}, ("town", "镇")])
    [('county', 0, '县'), ('town', 1, '镇')]
    """
    rows = []
    for rank, level in enumerate(levels):
        if isinstance(level, Mapping):
            rows.append((str(level["key"]), rank, str(level.get("title") or level["key"])))
        else:
            rows.append((str(level[0]), rank, str(level[-1])))
    if len({row[0] for row in rows}) != len(rows):
        raise SchemaError(
            say("levels of different keys"), say("{keys}", keys=name_few(row[0] for row in rows)), say("rename one")
        )
    return rows


def _require_whole(staged: StagedTable, keys: list[str], found: list[str]) -> None:
    unknown = [level for level in found if level not in keys]
    if unknown:
        raise SchemaError(
            say("areas of the levels {keys}", keys=", ".join(keys)),
            say("levels {unknown}", unknown=name_few(repr(level) for level in unknown)),
            say("name the level of each area, and list it among the levels"),
        )
    shapes = staged.column("geometry") if "geometry" in staged.columns else None
    empty = staged.keys.filter(shapes.is_null().combine_chunks()) if shapes is not None else staged.keys
    if len(empty):
        raise SchemaError(
            say("a shape for every area"), say("none for {ids}", ids=name_few(empty.to_pylist())), say("add the shapes")
        )


def replace_placements(call: Call) -> dict[str, Any]:
    """
    Give rows another area and reason: after a better address table, for instance.

    Payload: `placements` ({kind: staged key, area_id, reason}), `source`, `based_on`. Rows that stay where they are do
    not change. Returns edition, import_id, rows (changed).
    """
    call.take("placements", optional=("source", "based_on"))
    source = call.source()
    if earlier := earlier_result(call, source["import_id"]):
        return earlier
    publishing = call.publishing()
    placements = call.payload["placements"]
    try:
        require_unchanged(call, publishing)
        changed = _place_all(call, publishing, placements)
        require_known_areas(publishing)
        result = {"edition": publishing.edition, "import_id": source["import_id"], "rows": changed}
        what = {"kinds": sorted(placements), "import_id": source["import_id"]}
        records = import_record(publishing, source, kind="placements", level=None, result=result)
        publishing.finish(what, rows=(changed, changed), also=records)
    except BaseException:
        publishing.abandon()
        raise
    return result


def _place_all(call: Call, publishing: Publishing, placements: Mapping[str, str], *, low: float = 0.0) -> int:
    changed = 0
    for number, (kind, name) in enumerate(sorted(placements.items())):
        here, then = (low + (0.95 - low) * step / len(placements) for step in (number, number + 1))
        publishing.report(here, "placing rows")
        if kind == "fixes":
            changed += replace_fixes(call, publishing, name, call.payload.get("fixes_since"), low=here, high=then)
            continue
        if kind not in KIND_TABLES or not KINDS[kind].located:
            raise SchemaError(
                say("kinds whose rows are placed"), say("{kind!r}", kind=kind), say("leave it out of the placements")
            )
        staged = call.staged(kind, name, only=(KINDS[kind].key, "area_id", "reason"))
        changed += sum(_place(publishing, staged, batch) for batch in staged.batches(int(DEFAULTS["ingest_rows"])))
        staged.path.unlink(missing_ok=True)
    return changed


def _place(publishing: Publishing, staged: StagedTable, batch: Iterable[tuple[Any, ...]]) -> int:
    """End the rows of this batch that move, and add them again where they now lie."""
    table, key = KIND_TABLES[staged.kind], staged.spec.key
    publishing.tables[table.name] = None
    at = {name: position for position, name in enumerate(staged.columns)}
    rows = [(row[at[key]], row[at["area_id"]], row[at["reason"]]) for row in batch]
    given = {"edition": publishing.edition, "forever": FOREVER}
    with publishing.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TEMP TABLE placed (id TEXT PRIMARY KEY, area_id TEXT, reason TEXT)")
        connection.connection.cursor().executemany("INSERT INTO placed VALUES (?, ?, ?)", rows)
        connection.execute(text(END_MOVED.format(table=table.name, key=key)), given)
        moved = connection.execute(text(ADD_MOVED.format(table=table.name, key=key, **_kept(table))), given).rowcount
        connection.exec_driver_sql("DROP TABLE placed")
    publishing.opened += moved
    publishing.closed += moved
    return int(moved)


def _kept(table: Table) -> dict[str, str]:
    own = (*OWN, "area_id", "reason")
    names = [f'"{c.name}"' for c in table.columns if c.name not in own]
    return {"names": ", ".join(names), "values": ", ".join(f"k.{name}" for name in names)}
