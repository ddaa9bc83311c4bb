"""The tables of a workspace: one per kind of data/kinds, and the store's own.

Rows are versioned by edition: a row is there from `since_edition` until `until_edition` (excluded). A publish adds
rows of a coming edition and ends others, in short transactions, and nobody sees any of it until one last transaction
moves `workspace.edition` on. The same two numbers give back the former state exactly when an import is undone;
`origin_edition` says which publish brought a row, also after it was taken away and came back.
"""

from __future__ import annotations

from typing import Any

import shapely
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)

import data.kinds
from data.kinds._spec import KindSpec
from geo.catalogue import discover

SCHEMA_VERSION = "0005"
FOREVER = 2**53 - 1
KINDS: dict[str, KindSpec] = discover(data.kinds)
METADATA = MetaData()
BOUNDS = ("min_lon", "min_lat", "max_lon", "max_lat")
VERSION = ("since_edition", "until_edition", "origin_edition")
OWN = ("row_number", *VERSION)
"""Columns the store keeps for itself."""


class Shape(TypeDecorator[Any]):
    """A geometry, kept as WKB: shapely in, shapely out. On a spatial server the same type becomes its own geometry."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Any) -> bytes | None:
        return shapely.to_wkb(value) if isinstance(value, shapely.Geometry) else value

    def process_result_value(self, value: Any, _dialect: Any) -> Any:
        return None if value is None else shapely.from_wkb(value)


TYPES = {
    "text": Text,
    "int": BigInteger,
    "float": Float,
    "bool": Boolean,
    "time": BigInteger,
    "date": Text,
}


def has_shape(spec: KindSpec) -> bool:
    """Say whether rows of this kind carry a line or polygon; points are two numbers."""
    return spec.columns[-1] == "geometry"


def derived_columns(kind: str) -> tuple[str, ...]:
    """Columns the store fills itself: the bounds of a shape, and for areas a point inside (`lon`, `lat`)."""
    if not has_shape(KINDS[kind]):
        return ()
    return ("lon", "lat", *BOUNDS) if kind == "areas" else BOUNDS


def _versioned(name: str, *columns: Column[Any], key: tuple[str, ...] = ()) -> Table:
    table = Table(
        name,
        METADATA,
        Column("row_number", Integer, primary_key=True),
        *columns,
        Column("since_edition", BigInteger, nullable=False),
        Column("until_edition", BigInteger, nullable=False),
        Column("origin_edition", BigInteger, nullable=False),
    )
    if key:
        Index(f"{name}_key", *(table.c[k] for k in key), table.c.until_edition, unique=True)
    return table


def _kind_columns(spec: KindSpec) -> list[Column[Any]]:
    columns: list[Column[Any]] = [Column(f.name, TYPES[f.dtype], nullable=f.name != spec.key) for f in spec.fields]
    columns += [Column(name, Float) for name in derived_columns(spec.name)]
    return columns + ([Column("geometry", Shape)] if has_shape(spec) else [])


def _kind_table(spec: KindSpec) -> Table:
    table = _versioned(spec.name, *_kind_columns(spec), key=(spec.key,))
    area = "area_id" if "area_id" in table.c and spec.key != "area_id" else ""
    if spec.time_field:
        Index(f"{spec.name}_time", table.c[spec.time_field])
    if area:
        Index(f"{spec.name}_area", *(table.c[c] for c in (area, spec.time_field) if c))
    if spec.name == "incident_events":
        Index("incident_events_incident", table.c.incident_id)
    return table


KIND_TABLES = {name: _kind_table(spec) for name, spec in KINDS.items() if name != "fixes"}
LEVELS = _versioned(
    "levels",
    Column("key", Text, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("title", Text, nullable=False),
    key=("key",),
)
FIX_MANIFEST = _versioned(
    "fix_manifest",
    Column("day", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("first_at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    key=("file",),
)
NOTICES = _versioned(
    "notices",
    Column("import_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
)
DISAGREEMENTS = _versioned(
    "disagreements",
    Column("kind", Text, nullable=False),
    Column("row_id", Text, nullable=False),
    Column("stated_area_id", Text, nullable=False),
    Column("area_id", Text),
    key=("kind", "row_id"),
)
PAST_AREAS = _versioned("past_areas", *_kind_columns(KINDS["areas"]), key=("area_id", "valid_to"))
"""Areas that no longer hold, each with the day it ended; `areas` has those that do."""
SET_AREAS = _versioned(
    "set_areas",
    Column("set_name", Text, nullable=False),
    *_kind_columns(KINDS["areas"]),
    key=("set_name", "area_id"),
)
"""Named boundary sets that are not in force: every area of every level, under the name of the set."""
LINEAGE = _versioned(
    "lineage",
    Column("from_area_id", Text, nullable=False),
    Column("to_area_id", Text, nullable=False),
    Column("level", Text),
    Column("kind", Text, nullable=False),
    Column("on_date", Text, nullable=False),
    Column("share_of_households", Float),
    Column("share_of_area", Float),
    Column("actor", Text, nullable=False),
    key=("from_area_id", "to_area_id", "on_date"),
)
EVENT_PLANS = _versioned(
    "event_plans",
    Column("event_id", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("area_ids", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
    Column("copied_from", Text),
    key=("event_id",),
)
"""Event plans as EVENT.json, every version of each: one that was replaced is ended, never removed."""
_OTHERS = (LEVELS, FIX_MANIFEST, NOTICES, DISAGREEMENTS, PAST_AREAS, SET_AREAS, LINEAGE, EVENT_PLANS)
VERSIONED = {**KIND_TABLES, **{t.name: t for t in _OTHERS}}

WORKSPACE = Table(
    "workspace",
    METADATA,
    Column("uid", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("is_synthetic", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("edition", BigInteger, nullable=False),
)
ACCOUNTS = Table(
    "accounts",
    METADATA,
    Column("account_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("area_id", Text),
)
SETTING_VALUES = Table(
    "settings",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
EDITIONS = Table(
    "editions",
    METADATA,
    Column("edition", BigInteger, primary_key=True),
    Column("verb", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("tables", Text, nullable=False),
)
IMPORTS = Table(
    "imports",
    METADATA,
    Column("import_id", Text, primary_key=True),
    Column("edition", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("level", Text),
    Column("file_name", Text),
    Column("sha256", Text),
    Column("licence", Text),
    Column("attribution", Text),
    Column("rows", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("options", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("undone_edition", BigInteger),
)
AUDIT = Table(
    "audit",
    METADATA,
    Column("audit_number", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("rows_before", BigInteger),
    Column("rows_after", BigInteger),
    Column("edition", BigInteger, nullable=False),
)
UNDER_WAY = Table(
    "under_way",
    METADATA,
    Column("edition", BigInteger, primary_key=True),
    Column("verb", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
PLANS = Table(
    "plans",
    METADATA,
    Column("plan_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("unit_level", Text, nullable=False),
    Column("within", Text),
    Column("branched_from", Text),
    Column("branched_version", BigInteger),
    Column("state", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("submitted_by", Text),
    Column("approved_by", Text),
    Column("on_date", Text),
    Column("import_id", Text),
)
"""Plans of boundaries: the zones of one level, made of the areas of the next; `version` is the newest one."""
PLAN_VERSIONS = Table(
    "plan_versions",
    METADATA,
    Column("plan_id", Text, primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("actor", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("comment", Text, nullable=False),
    Column("based_on", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("zones", Text, nullable=False),
)
"""What a plan was at each save: rows are added, never changed."""
PLAN_EVENTS = Table(
    "plan_events",
    METADATA,
    Column("event_number", Integer, primary_key=True),
    Column("plan_id", Text, nullable=False, index=True),
    Column("version", BigInteger, nullable=False),
    Column("act", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("what", Text, nullable=False),
)
PLAN_EDITORS = Table(
    "plan_editors",
    METADATA,
    Column("plan_id", Text, primary_key=True),
    Column("actor", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
)
"""Who has a plan open for editing, and when they were last seen."""
ROSTER_VERSIONS = Table(
    "roster_versions",
    METADATA,
    Column("roster_id", Text, primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("event_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("area_ids", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("people", Text, nullable=False),
)
"""Rosters as they were saved: `document` knows people by id alone, `people` holds their names and telephones."""
BOARDS = Table(
    "boards",
    METADATA,
    Column("board_id", Text, primary_key=True),
    Column("event_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("area_ids", Text, nullable=False),
    Column("is_drill", Boolean, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
BOARD_FACTS = Table(
    "board_facts",
    METADATA,
    Column("board_id", Text, primary_key=True),
    Column("sequence", BigInteger, primary_key=True),
    Column("source", Text, nullable=False),
    Column("source_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("happened_at", BigInteger, nullable=False),
    Column("told_at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Index("board_facts_source", "board_id", "source", "source_id", unique=True),
)
"""What happened on an event day, in the order it was told; a row is never changed."""
