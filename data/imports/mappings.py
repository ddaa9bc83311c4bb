"""Choices saved for a source of files under a name: which column is what, which coordinates and encoding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import select

from data.imports.columns import plain
from data.imports.options import ImportOptions
from data.store.opening import Store
from data.store.reading import fetch, to_frame
from data.store.tables import AUDIT
from data.writer import write
from geo.errors import SchemaError, name_few, say

KEEP, DROP = "keep_mapping", "drop_mapping"
REMEMBERED = (
    "level",
    "level_title",
    "parent_level",
    "id",
    "name",
    "parent",
    "map",
    "lon",
    "lat",
    "area",
    "address",
    "crs",
    "time_zone",
    "encoding",
    "layer",
    "licence",
    "attribution",
)
"""The options a mapping remembers. Consent to a correction or a repair is about one file and is never remembered."""


@dataclass(frozen=True, kw_only=True)
class SavedMapping:
    """What was saved: for which kind, the columns of the file it was made for, the options told, by whom."""

    name: str
    kind: str
    columns: tuple[str, ...]
    options: dict[str, Any]
    by: str

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "name": self.name,
            "kind": self.kind,
            "columns": list(self.columns),
            "options": self.options,
            "by": self.by,
        }


def signature(columns: Iterable[str]) -> frozenset[str]:
    """
    Return what a source is recognised by: its column names, in whatever order and spelling of spaces and capitals.

    Examples
    --------
    >>> signature(["网格 编码", "Name"]) == signature(["name", "网格编码"])
    True
    """
    return frozenset(plain(str(name)) for name in columns)


def saved_mappings(store: Store | None) -> list[SavedMapping]:
    """Return the mappings of a workspace by name, each as it was saved last; they are kept in its audit."""
    if store is None:
        return []
    dtypes = {"actor": "text", "verb": "text", "what": "text"}
    columns = (AUDIT.c.actor, AUDIT.c.verb, AUDIT.c.what)
    statement = select(*columns).where(AUDIT.c.verb.in_((KEEP, DROP))).order_by(AUDIT.c.audit_number)
    with store.reading() as connection:
        rows = to_frame(fetch(connection, statement, dtypes), dtypes)
    found: dict[str, SavedMapping] = {}
    for actor, verb, text in zip(rows["actor"], rows["verb"], rows["what"], strict=True):
        what = orjson.loads(text)
        found.pop(what["name"], None)
        if verb == KEEP:
            found[what["name"]] = SavedMapping(**{**what, "columns": tuple(what["columns"])}, by=actor)
    return sorted(found.values(), key=lambda one: one.name)


def recognise(mappings: Iterable[SavedMapping], kind: str, columns: Iterable[str]) -> SavedMapping | None:
    """Return the mapping made for a file of exactly these columns; None where there is none, or more than one."""
    wanted = signature(columns)
    found = [one for one in mappings if one.kind == kind and signature(one.columns) == wanted]
    return found[0] if len(found) == 1 else None


def require_mapping(store: Store | None, name: str, kind: str) -> SavedMapping:
    """
    Return a mapping by its name.

    Raises
    ------
    SchemaError
        If there is none of that name for this kind.
    """
    known = saved_mappings(store)
    found = next((one for one in known if one.name == name and one.kind == kind), None)
    if found is None:
        names = name_few(f"{one.name} ({one.kind})" for one in known) or "—"
        raise SchemaError(
            say("a saved mapping for {kind}: {names}", kind=kind, names=names),
            say("{name!r}", name=name),
            say("choose one of these, or save one with --save-mapping NAME"),
        )
    return found


def with_mapping(options: ImportOptions, mapping: SavedMapping) -> ImportOptions:
    """
    Return options with what the mapping remembers, where nothing is told.

    Examples
    --------
    >>> saved = SavedMapping(name="x", kind="places", columns=(), options={"crs": "gcj02", "id": "no"}, by="a")
    >>> merged = with_mapping(ImportOptions(id="code"), saved)
    >>> merged.crs, merged.id
    ('gcj02', 'code')
    """
    told = {name: value for name, value in mapping.options.items() if name in REMEMBERED and name != "map"}
    missing = {name: value for name, value in told.items() if not getattr(options, name)}
    return replace(options, **missing, map={**mapping.options.get("map", {}), **options.map})


def remembered(options: ImportOptions) -> dict[str, Any]:
    """
    Return what a mapping keeps of options: what was told, nothing that was not.

    Examples
    --------
    >>> remembered(ImportOptions(level="grid", map={"households": "户数"}, accept=("far_away",)))
    {'level': 'grid', 'map': {'households': '户数'}}
    """
    told = {name: getattr(options, name) for name in REMEMBERED}
    return {name: dict(value) if name == "map" else value for name, value in told.items() if value}


def keep_mapping(
    workspace: str, name: str, kind: str, columns: Iterable[str], options: ImportOptions, *, actor: str
) -> None:
    """
    Save choices under a name; a mapping of that name gives way.

    Raises
    ------
    GridError
        If the name is empty or too long, or the person may not import.
    """
    what = {"name": name, "kind": kind, "columns": [str(one) for one in columns], "options": remembered(options)}
    write(workspace, KEEP, what, actor=actor)


def drop_mapping(workspace: str, name: str, *, actor: str) -> None:
    """Forget the mapping of a name."""
    write(workspace, DROP, {"name": name}, actor=actor)
