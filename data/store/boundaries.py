"""The boundaries of a workspace: those of today, of each era before, and named sets that are not in force."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Table, select

from data.kinds._spec import KindSpec
from data.store.engine import compile_sql
from data.store.reading import column_dtypes, fetch, in_order, is_current, to_frame, to_microseconds
from data.store.tables import BOUNDS, KINDS, LINEAGE, PAST_AREAS, SET_AREAS
from geo.areas.hierarchy import Hierarchy
from geo.areas.timeline import Timeline
from geo.errors import SchemaError, name_few, say

if TYPE_CHECKING:
    from data.store.opening import Store

TODAY, AS_WAS = "today", "as_was"
"""The two choices of boundaries every workspace has; any other is the name of a set."""
ERA, SET = "era:", "set:"
Span = tuple[int, int, tuple[str, ...]]
EVER = (-(2**62), 2**62)


def versions(store: Store) -> gpd.GeoDataFrame:
    """Return every area of today, then every past one, with its dates; cached, do not change it."""

    def build() -> gpd.GeoDataFrame:
        present, past = store.table("areas"), _read(store, PAST_AREAS)
        return pd.concat([present, past], ignore_index=True) if len(past) else present

    return store.cached("area versions", build)


def timeline(store: Store) -> Timeline:
    """Return the eras of the workspace's areas; cached."""

    def build() -> Timeline:
        table = versions(store)
        return Timeline.build(table, time_zone=store.time_zone)

    return store.cached("timeline", build)


def set_names(store: Store) -> list[str]:
    """Return the names of the boundary sets that are kept but not in force."""

    def build() -> list[str]:
        statement = select(SET_AREAS.c.set_name).where(is_current(SET_AREAS, store.edition)).distinct()
        with store.reading() as connection:
            return sorted(row[0] for row in connection.execute(*compile_sql(statement)).fetchall())

    return store.cached("boundary sets", build)


def require_boundaries(store: Store, name: str) -> str:
    """Return `as_was`, `today` or the name of a set, or raise a SchemaError that tells the choices."""
    choices = [AS_WAS, TODAY, *set_names(store)]
    if name not in choices:
        raise SchemaError(
            say("boundaries out of {choices}", choices=name_few(choices)),
            say("{name!r}", name=name[:80]),
            say("choose one of these"),
        )
    return name


def key_of(store: Store, boundaries: str, at: datetime) -> str:
    """Return the one set of boundaries that `boundaries` means at a moment: the key of `areas_in`."""
    if boundaries == AS_WAS:
        return era_key(store, int(timeline(store).at(pd.DatetimeIndex([at]))[0]))
    return TODAY if boundaries == TODAY else SET + require_boundaries(store, boundaries)


def keys_of(store: Store, boundaries: str, start: datetime, end: datetime) -> tuple[str, ...]:
    """Return the sets of boundaries a period is told by, in order of time; one but for a change inside the period."""
    if boundaries != AS_WAS:
        return (key_of(store, boundaries, end),)
    return tuple(dict.fromkeys(era_key(store, era) for era in timeline(store).between(start, end)))


def era_key(store: Store, era: int) -> str:
    """Return the key of an era; `today` where its areas are those of today."""
    present = len(store.all_areas())
    return TODAY if np.array_equal(timeline(store).rows(era), np.arange(present)) else f"{ERA}{era}"


def changes_between(store: Store, start: datetime, end: datetime) -> list[date]:
    """Return the days inside a period on which boundaries changed (not its first moment)."""
    line = timeline(store)
    return [line.days[era - 1] for era in line.between(start, end)[1:]]


def areas_in(store: Store, key: str) -> gpd.GeoDataFrame:
    """Return the areas of one set of boundaries, all levels, sorted and indexed by id; cached, do not change it."""
    if key == TODAY:
        return store.all_areas()

    def build() -> gpd.GeoDataFrame:
        if key.startswith(ERA):
            table = versions(store).iloc[timeline(store).rows(int(key.removeprefix(ERA)))]
        else:
            table = _read(store, SET_AREAS, SET_AREAS.c.set_name == key.removeprefix(SET))
        areas = table.set_index("area_id").sort_index()
        areas["parent_id"] = areas["parent_id"].where(areas["parent_id"].isin(areas.index))
        areas.sindex  # noqa: B018  built here once, not by the first thread that asks
        return areas

    return store.cached(f"areas in {key}", build)


def hierarchy_in(store: Store, key: str) -> Hierarchy:
    """Return the tree of one set of boundaries; cached."""
    if key == TODAY:
        return store.hierarchy()

    def build() -> Hierarchy:
        areas = areas_in(store, key)
        order = [level for level, _, _ in store.level_rows()]
        columns = (list(areas.index), list(areas["level"]), list(areas["parent_id"]))
        return Hierarchy.from_table(*columns, level_order=order)

    return store.cached(f"hierarchy in {key}", build)


def lineage_of(store: Store) -> pd.DataFrame:
    """Return which area came of which: from_area_id, to_area_id, level, kind, on_date, shares, actor; by date."""
    dtypes = dict.fromkeys(("from_area_id", "to_area_id", "level", "kind"), "text") | {"on_date": "date"}
    dtypes |= {"share_of_households": "float", "share_of_area": "float", "actor": "text"}

    def build() -> pd.DataFrame:
        statement = select(*(LINEAGE.c[name] for name in dtypes)).where(is_current(LINEAGE, store.edition))
        order = (LINEAGE.c.on_date, LINEAGE.c.from_area_id, LINEAGE.c.to_area_id)
        with store.reading() as connection:
            return to_frame(fetch(connection, statement.order_by(*order), dtypes), dtypes)

    return store.cached("lineage", build)


def spans_of(store: Store, area_id: str) -> tuple[Span, ...]:
    """
    Return what lay inside an area over time: (start, end, area and everything below), times in microseconds.

    Only times at which there was such an area; neighbouring eras with the same content are one.
    """

    def build() -> tuple[Span, ...]:
        line = timeline(store)
        found: list[Span] = []
        for era in range(len(line)):
            tree = hierarchy_in(store, era_key(store, era))
            if area_id not in tree:
                continue
            start, end = line.span(era)
            low = EVER[0] if start is None else to_microseconds(start.to_pydatetime())
            high = EVER[1] if end is None else to_microseconds(end.to_pydatetime())
            ids = tuple(tree.subtree(area_id))
            if found and found[-1][1:] == (low, ids):
                low = found.pop()[0]
            found.append((low, high, ids))
        return tuple(found)

    return store.cached(f"spans of {area_id}", build)


def _read(store: Store, table: Table, *conditions: ColumnElement[bool]) -> Any:
    """Return the current rows of a table that has the columns of areas, in id order."""
    spec: KindSpec = KINDS["areas"]
    dtypes = {name: dtype for name, dtype in column_dtypes("areas").items() if name not in BOUNDS}
    statement = select(*(table.c[name] for name in dtypes)).where(is_current(table, store.edition), *conditions)
    with store.reading() as connection:
        found = fetch(connection, statement, dtypes)
    return to_frame(in_order(found, spec), dtypes)
