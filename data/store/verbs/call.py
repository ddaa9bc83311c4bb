"""What every verb is given, and the checks they share."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import CompoundSelect, Engine, Executable, delete, insert, select, union

from data.store.accounts import Account
from data.store.engine import folder, store_path, write_engine
from data.store.publishing import Progress, Publishing, now_microseconds, to_text
from data.store.staging import StagedTable, staged_path
from data.store.tables import EDITIONS, FOREVER, IMPORTS, KIND_TABLES, KINDS, LEVELS, PAST_AREAS, VERSIONED
from geo.areas.hierarchy import Hierarchy
from geo.errors import ChangedError, SchemaError, StoreError, name_few, say

GROUND_TABLES = ("areas", "past_areas", "levels", "buildings", "households")
"""What the place of a row depends on."""
SOURCE_KEYS = ("import_id", "file", "licence", "attribution", "checksum", "options", "rows", "kind")


@dataclass(frozen=True)
class Call:
    """One call of a verb: whose, on which workspace, with what."""

    workspace: str
    verb: str
    payload: Mapping[str, Any]
    actor: str
    account: Account | None
    progress: Progress | None = None
    engines: list[Engine] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """The workspace's folder."""
        return folder(self.workspace)

    @property
    def engine(self) -> Engine:
        """The writable store, opened at first use and closed by the writer when the verb is done."""
        if not self.engines:
            self.engines.append(write_engine(store_path(self.workspace)))
        return self.engines[0]

    def take(self, *required: str, optional: Iterable[str] = ()) -> None:
        """Raise a SchemaError unless the payload has every required key and no unknown one."""
        known = {*required, *optional}
        missing = [key for key in required if key not in self.payload]
        unknown = sorted(set(self.payload) - known)
        if missing or unknown:
            raise SchemaError(
                say("{verb} with {keys}", verb=self.verb, keys=", ".join(sorted(known))),
                say("missing: {missing}; unknown: {unknown}", missing=name_few(missing), unknown=name_few(unknown)),
                say("correct the call"),
            )

    def publishing(self) -> Publishing:
        """Begin an edition."""
        return Publishing(self.engine, self.verb, self.actor, self.progress)

    def staged(self, kind: str, name: str, *, only: Iterable[str] | None = None) -> StagedTable:
        """Return a staged table, checked."""
        return StagedTable(staged_path(self.workspace, name), kind, only=tuple(only) if only else None)

    def source(self) -> dict[str, Any]:
        """Return where the data came from, with an import id (made up where the caller gave none)."""
        source = dict(self.payload.get("source") or {})
        unknown = sorted(set(source) - set(SOURCE_KEYS))
        extra = {name: source.pop(name) for name in unknown}
        source["options"] = {**extra, **(source.get("options") or {})}
        source.setdefault("import_id", uuid.uuid4().hex)
        return source


def require_unchanged(call: Call, publishing: Publishing, tables: Iterable[str] = tuple(VERSIONED)) -> None:
    """
    Raise a ChangedError if one of these tables was published after the edition the caller worked from.

    That edition is `based_on` in the payload; without it the caller vouches for what is handed over.
    """
    based_on = call.payload.get("based_on")
    if based_on is None:
        return
    statement = select(EDITIONS.c.tables).where(EDITIONS.c.edition > int(based_on))
    with publishing.engine.connect() as connection:
        published = {name for names in connection.execute(statement).scalars() for name in orjson.loads(names)}
    changed = sorted(published & set(tables))
    if changed:
        raise ChangedError(
            say("a workspace as it was when this was worked out, edition {edition}", edition=int(based_on)),
            say("another write has changed {tables} since", tables=name_few(changed)),
            say("do it again; nothing was changed"),
        )


@dataclass(frozen=True)
class Verb:
    """A function that writes, the right its actor needs (a field of `Rights`; '' for none)."""

    run: Callable[[Call], dict[str, Any]]
    right: str
    needs_store: bool = True


def earlier_result(call: Call, import_id: str) -> dict[str, Any] | None:
    """Return what this import gave when it was published before; None if it was not, or was undone."""
    statement = select(IMPORTS.c.result, IMPORTS.c.undone_edition).where(IMPORTS.c.import_id == import_id)
    with call.engine.connect() as connection:
        row = connection.execute(statement).one_or_none()
    if row is None or row.undone_edition is not None:
        return None
    return {**orjson.loads(row.result), "repeated": True}


def import_record(
    publishing: Publishing, source: Mapping[str, Any], *, kind: str, level: str | None, result: dict[str, Any]
) -> list[Executable]:
    """Return the statements that put an import on the sources page (an undone one of the same id gives way)."""
    row = {
        "import_id": source["import_id"],
        "edition": publishing.edition,
        "kind": kind,
        "level": level,
        "file_name": source.get("file"),
        "sha256": source.get("checksum"),
        "licence": source.get("licence"),
        "attribution": source.get("attribution"),
        "rows": result["rows"],
        "actor": publishing.actor,
        "at": now_microseconds(),
        "options": to_text(source["options"]),
        "result": to_text(result),
    }
    return [delete(IMPORTS).where(IMPORTS.c.import_id == row["import_id"]), insert(IMPORTS).values(row)]


def coming_areas(publishing: Publishing) -> Hierarchy:
    """Return the tree of the areas as this edition will have them; SchemaError with every fault if it is none."""
    areas = KIND_TABLES["areas"]
    columns = (areas.c.area_id, areas.c.level, areas.c.parent_id)
    with publishing.engine.connect() as connection:
        rows = connection.execute(select(*columns).where(areas.c.until_edition == FOREVER)).all()
        statement = select(LEVELS.c.key).where(LEVELS.c.until_edition == FOREVER).order_by(LEVELS.c.rank)
        order = list(connection.execute(statement).scalars())
    ids, levels, parents = zip(*rows, strict=True) if rows else ((), (), ())
    return Hierarchy.from_table(list(ids), list(levels), list(parents), level_order=order)


def known_areas() -> CompoundSelect[Any]:
    """Return the query for every area id of the coming edition, today's and past: what a row may be placed in."""
    tables = (KIND_TABLES["areas"], PAST_AREAS)
    return union(*(select(table.c.area_id).where(table.c.until_edition == FOREVER) for table in tables))


def require_known_areas(publishing: Publishing, kinds: Iterable[str] = ()) -> None:
    """Raise a SchemaError if a placed row would name an area that will not exist: sums would lose it."""
    known = known_areas()
    for kind in kinds or [name for name, spec in KINDS.items() if spec.located and name in KIND_TABLES]:
        table = KIND_TABLES[kind]
        lost = select(table.c.area_id).where(
            table.c.until_edition == FOREVER, table.c.area_id.is_not(None), table.c.area_id.not_in(known)
        )
        with publishing.engine.connect() as connection:
            found = list(connection.execute(lost.distinct().limit(50)).scalars())
        if found:
            raise SchemaError(
                say("{kind} placed in areas of the workspace", kind=kind),
                say("areas that are not there: {ids}", ids=name_few(sorted(found))),
                say("place the rows again and publish both together"),
            )


def require_import(call: Call, import_id: str) -> Any:
    """Return the record of an import that stands; StoreError if there is none or it is undone already."""
    with call.engine.connect() as connection:
        row = connection.execute(select(IMPORTS).where(IMPORTS.c.import_id == import_id)).one_or_none()
        tables = connection.execute(select(EDITIONS.c.tables).where(EDITIONS.c.edition == row.edition)) if row else None
        names = orjson.loads(tables.scalar_one()) if tables else []
    if row is None or row.undone_edition is not None:
        raise StoreError(
            say("an import that stands"),
            say("{id!r}, which is undone already", id=import_id) if row else say("no import {id!r}", id=import_id),
            say("choose one of the sources page"),
        )
    return row, names
