"""Opening a workspace for reading: what is true for everybody, and the door to one person's desk."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import orjson
import pandas as pd
import pyarrow as pa
from sqlalchemy import ColumnElement, select

from data.settings import DEFAULTS
from data.store.accounts import Account
from data.store.caches import EditionCache
from data.store.engine import compile_sql, reading, require_store, require_version
from data.store.fixes import FixArchive
from data.store.masks import mask_table
from data.store.reading import column_dtypes, fetch, in_order, is_current, select_kind, to_frame
from data.store.segments import segment_paths
from data.store.tables import ACCOUNTS, BOUNDS, FIX_MANIFEST, KINDS, LEVELS, SETTING_VALUES, WORKSPACE
from geo.areas.hierarchy import Hierarchy
from geo.errors import ScopeError, StoreError, name_few, say

if TYPE_CHECKING:
    from data.store.desk import Desk

CACHED_ROWS_BYTES = 256 * 2**20
_ROWS = EditionCache(limit=CACHED_ROWS_BYTES, weigh=lambda table: int(table.nbytes))
"""Answers to the last queries, as Arrow: the next page asks for the same households and incidents again."""
_CACHE = EditionCache(limit=24)
"""Levels, areas, hierarchy, search texts: about four things for each of six editions."""


class Store:
    """
    One workspace, read only. `edition` is live, unless the store belongs to a desk, which stays at its edition.

    Safe in threads: every piece of work opens the file for itself, shortly.
    """

    def __init__(self, workspace: str, path: Path, *, edition: int | None = None) -> None:
        self.workspace, self.path, self._edition = workspace, path, edition

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """Open the file read only for one piece of work."""
        return reading(self.path)

    @property
    def edition(self) -> int:
        """The number of what is published: it grows with every publish and is the key of every cache."""
        return self._edition if self._edition is not None else int(self._fact("edition"))

    def _fact(self, name: str) -> Any:
        with self.reading() as connection:
            return connection.execute(*compile_sql(select(WORKSPACE.c[name]))).fetchone()[0]

    @cached_property
    def uid(self) -> str:
        """Names this store among all that ever had its place: two workspaces never share a cache."""
        return str(self._fact("uid"))

    @property
    def title(self) -> str:
        """What people call the workspace."""
        return str(self._fact("title"))

    @property
    def is_synthetic(self) -> bool:
        """True if everything in it was generated for demonstration."""
        return bool(self._fact("is_synthetic"))

    @property
    def time_zone(self) -> str:
        """IANA name of the hours and weekdays people live by."""
        return str(self.setting("time_zone"))

    def cached(self, part: str, build: Any) -> Any:
        """Return `build()` as of this edition, built once in this process."""
        return _CACHE.get((self.uid, self.edition, part), build)

    def setting(self, name: str) -> Any:
        """
        Return the workspace's value of a setting, else the default of data/settings.py.

        Raises
        ------
        StoreError
            If there is no setting of this name.
        """
        if name not in DEFAULTS:
            raise StoreError(
                say("the name of a setting in docs/settings.md"), say("{name!r}", name=name), say("correct the name")
            )
        with self.reading() as connection:
            statement = select(SETTING_VALUES.c.value).where(SETTING_VALUES.c.name == name)
            row = connection.execute(*compile_sql(statement)).fetchone()
        if row is None:
            return DEFAULTS[name]
        value = orjson.loads(row[0])
        return tuple(value) if isinstance(value, list) else value

    def accounts(self) -> list[Account]:
        """Return the people of this workspace; those who answer for the whole place first, then by id."""
        columns = (ACCOUNTS.c.account_id, ACCOUNTS.c.name, ACCOUNTS.c.role, ACCOUNTS.c.area_id)
        with self.reading() as connection:
            rows = connection.execute(*compile_sql(select(*columns))).fetchall()
        found = [Account(*row) for row in rows]
        return sorted(found, key=lambda a: (a.area_id is not None, a.role != "administrator", a.account_id))

    def account(self, account_id: str) -> Account:
        """Return one person; ScopeError if there is nobody of this id."""
        people = {account.account_id: account for account in self.accounts()}
        if account_id not in people:
            raise ScopeError(
                say("an account of workspace {name}", name=self.workspace),
                say("{account!r}; there are {people}", account=account_id, people=name_few(people)),
                say("choose one of them"),
            )
        return people[account_id]

    def desk(self, account_id: str) -> Desk:
        """Return the reader bound to one person's area and role, at the present edition."""
        from data.store.desk import Desk

        pinned = Store(self.workspace, self.path, edition=self.edition)
        return Desk(pinned, self.account(account_id))

    def level_rows(self) -> list[tuple[str, int, str]]:
        """Return (key, rank, title) of each level, coarsest first."""

        def build() -> list[tuple[str, int, str]]:
            columns = (LEVELS.c.key, LEVELS.c.rank, LEVELS.c.title)
            statement = select(*columns).where(is_current(LEVELS, self.edition)).order_by(LEVELS.c.rank, LEVELS.c.key)
            with self.reading() as connection:
                return connection.execute(*compile_sql(statement)).fetchall()

        return self.cached("levels", build)

    def all_areas(self) -> gpd.GeoDataFrame:
        """Return every area of every level with its geometry, sorted and indexed by id; cached, do not change it."""

        def build() -> gpd.GeoDataFrame:
            areas = self.table("areas").set_index("area_id")
            areas.sindex  # noqa: B018  built here once, not by the first thread that asks
            return areas

        return self.cached("areas", build)

    def hierarchy(self) -> Hierarchy:
        """Return the tree of all areas; cached."""

        def build() -> Hierarchy:
            areas = self.all_areas()
            return Hierarchy.from_table(
                list(areas.index),
                list(areas["level"]),
                list(areas["parent_id"]),
                level_order=[key for key, _, _ in self.level_rows()],
            )

        return self.cached("hierarchy", build)

    def table(self, kind: str, *, columns: Sequence[str] | None = None, geometry: bool = True) -> pd.DataFrame:
        """
        Return a whole table, unmasked and without scope: for imports and checks inside `data`, never for a page.

        Fixes are read by `fixes_table`.
        """
        dtypes = column_dtypes(kind)
        usual = [name for name in dtypes if name not in BOUNDS]
        names = [name for name in (columns or usual) if geometry or name != "geometry"]
        with self.reading() as connection:
            found = fetch(connection, select_kind(kind, names, self.edition), {n: dtypes[n] for n in names})
        return to_frame(in_order(found, KINDS[kind]), dtypes)

    def select_rows(
        self, kind: str, columns: Sequence[str], *conditions: ColumnElement[bool], in_clear: bool = True
    ) -> pa.Table:
        """Return rows as Arrow in their order, masked unless `in_clear`; the last answers are kept by edition."""
        statement = select_kind(kind, columns, self.edition, *conditions)
        sql, parameters = compile_sql(statement)
        dtypes = column_dtypes(kind)

        def build() -> pa.Table:
            with self.reading() as connection:
                found = fetch(connection, statement, {name: dtypes[name] for name in columns})
            found = in_order(found, KINDS[kind])
            return found if in_clear else mask_table(found, KINDS[kind])

        key = (self.uid, self.edition, in_clear, sql, tuple(sorted(parameters.items())))
        return _ROWS.get(key, build)

    def fix_archive(self, *, unsealed: bool = False) -> FixArchive:
        """
        Return the position fixes of this edition: the days and files its manifest vouches for.

        With `unsealed` also those that came in since and stand in segments. A segment is listed before the manifest
        is read, and kept for a while after it was sealed, so that no fix is missed or met twice meanwhile.
        """
        listed = segment_paths(self.path.parent) if unsealed else []
        columns = (FIX_MANIFEST.c.day, FIX_MANIFEST.c.file, FIX_MANIFEST.c.rows)
        statement = select(*columns).where(is_current(FIX_MANIFEST, self.edition))
        bounds = (FIX_MANIFEST.c.first_at, FIX_MANIFEST.c.last_at)
        with self.reading() as connection:
            rows = connection.execute(*compile_sql(statement.add_columns(*bounds))).fetchall()
            known = select(FIX_MANIFEST.c.file).where(FIX_MANIFEST.c.since_edition <= self.edition)
            names = connection.execute(*compile_sql(known.where(FIX_MANIFEST.c.file.like("%segment-%")))).fetchall()
        sealed = {Path(name).stem for (name,) in names}
        open_ones = tuple(path for path in listed if path.stem not in sealed)
        return FixArchive(self.path.parent, tuple(sorted(rows)), open_ones)

    def fixes_table(self, start: datetime, end: datetime, *, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return all fixes of a period, without scope: for imports and checks inside `data`, never for a page."""
        return self.fix_archive().read(start, end, columns=columns)


def open_store(workspace: str = "main") -> Store:
    """
    Open a workspace for reading.

    Raises
    ------
    StoreError
        If there is no such workspace, or its store was written by another version of the program.
    """
    path = require_store(workspace)
    with reading(path) as connection:
        require_version(connection)
    return Store(workspace, path)
