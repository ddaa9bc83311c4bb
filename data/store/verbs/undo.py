"""Undoing an import: what was there before comes back exactly, as a new edition."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Executable, Table, and_, func, literal, select, true, update

from data.store.publishing import Publishing
from data.store.tables import FIX_MANIFEST, FOREVER, IMPORTS, KIND_TABLES, KINDS, OWN, VERSION, VERSIONED
from data.store.verbs.call import Call, coming_areas, require_import, require_known_areas
from data.store.verbs.fixes import require_fixes_placed
from geo.errors import StoreError, name_few, say


def undo_import(call: Call) -> dict[str, Any]:
    """
    Take an import back: its rows end, the rows it ended begin again. Payload: `import_id`.

    Refused where a later import has changed the same rows, or was placed by the areas or addresses of this one: that
    one is undone first.
    Returns edition, import_id, rows (ended), restored.
    """
    call.take("import_id")
    return undo_with(call, str(call.payload["import_id"]))


def undo_with(
    call: Call, import_id: str, *, what: dict[str, Any] | None = None, also: Iterable[Executable] = ()
) -> dict[str, Any]:
    """Take an import back as `undo_import` does; `what` goes into the audit, `also` runs with the switch."""
    row, names = require_import(call, import_id)
    publishing = call.publishing()
    try:
        later = _changed_later(publishing, row.edition, names) or _placed_later(publishing, row.edition, names)
        if later:
            raise StoreError(
                say("an import whose rows nothing has changed since"),
                say("rows changed again or placed since in {tables}", tables=name_few(later)),
                say("undo the later imports of these tables first"),
            )
        ended = restored = 0
        for name in names:
            table = VERSIONED[name]
            publishing.report(0.5, "undoing")
            ended += publishing.end(table, table.c.origin_edition == row.edition)
            restored += _restore(publishing, table, row.edition)
        coming_areas(publishing)
        require_known_areas(publishing)
        require_fixes_placed(call, publishing)
        undone = update(IMPORTS).where(IMPORTS.c.import_id == row.import_id).values(undone_edition=publishing.edition)
        told = {"import_id": row.import_id, "tables": names} | (what or {})
        publishing.finish(told, rows=(ended, restored), also=[undone, *also])
    except BaseException:
        publishing.abandon()
        raise
    return {"edition": publishing.edition, "import_id": row.import_id, "rows": ended, "restored": restored}


def _changed_later(publishing: Publishing, edition: int, names: list[str]) -> list[str]:
    """Name the tables where a row the import brought is gone, or one it ended has another successor."""
    changed = []
    with publishing.engine.connect() as connection:
        for name in names:
            table = VERSIONED[name]
            c, other = table.c, table.alias()
            brought = select(func.count()).where(c.since_edition == edition, c.origin_edition == edition)
            standing = select(func.count()).where(c.until_edition == FOREVER, c.origin_edition == edition)
            counts = [connection.execute(statement).scalar_one() for statement in (brought, standing)]
            keys = _key_columns(table)
            succeeded = (
                select(func.count())
                .select_from(table)
                .join(other, and_(true(), *(c[key] == other.c[key] for key in keys)))
                .where(c.until_edition == edition, other.c.until_edition == FOREVER, other.c.origin_edition != edition)
            )
            if counts[0] != counts[1] or (keys and connection.execute(succeeded).scalar_one()):
                changed.append(name)
    return changed


def _placed_later(publishing: Publishing, edition: int, names: list[str]) -> list[str]:
    """Name the tables whose rows were placed later by what would go, and the ground placed rows would come back to."""
    areas = KIND_TABLES["areas"]
    located = [name for name, spec in KINDS.items() if spec.located and name in KIND_TABLES]
    with publishing.engine.connect() as connection:

        def stands(table: Table, *conditions: ColumnElement[bool]) -> bool:
            later = and_(table.c.until_edition == FOREVER, table.c.origin_edition > edition, *conditions)
            return connection.execute(select(func.count()).select_from(table).where(later)).scalar_one() > 0

        if "areas" in names:
            return [name for name in (*located, FIX_MANIFEST.name) if stands(VERSIONED[name])]
        found = []
        if any(_ends_rows(connection, VERSIONED[name], edition) for name in names if name in located) and stands(areas):
            found = [areas.name]
        if {"buildings", "households"} & set(names):
            tables = {name: KIND_TABLES[name] for name in located if name != "buildings"}
            found += [name for name, table in tables.items() if stands(table, table.c.reason == "address")]
        return found


def _ends_rows(connection: Connection, table: Table, edition: int) -> bool:
    ended = select(func.count()).select_from(table).where(table.c.until_edition == edition)
    return connection.execute(ended).scalar_one() > 0


def _key_columns(table: Table) -> list[str]:
    """Return the columns of a table's unique index, without the edition."""
    unique = [index for index in table.indexes if index.unique]
    return [c.name for c in unique[0].columns if c.name != "until_edition"] if unique else []


def _restore(publishing: Publishing, table: Table, edition: int) -> int:
    names = [c.name for c in table.columns if c.name not in OWN]
    values = [table.c[name] for name in names]
    versions = [literal(publishing.edition), literal(FOREVER), table.c.origin_edition]
    source = select(*values, *versions).where(table.c.until_edition == edition).order_by(table.c.row_number)
    with publishing.engine.begin() as connection:
        return int(connection.execute(table.insert().from_select([*names, *VERSION], source)).rowcount)
