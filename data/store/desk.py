"""The guard: everything a person reads comes through their desk, inside their area, masked unless they need it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NoReturn

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import ColumnElement, and_, func, literal, or_, select

from data.kinds._spec import KindSpec
from data.store import boundaries
from data.store.accounts import Account, require_right, rights
from data.store.engine import compile_sql
from data.store.masks import personal_fields
from data.store.opening import Store
from data.store.reading import (
    column_dtypes,
    fetch,
    is_current,
    is_missing,
    is_one_of,
    select_kind,
    to_frame,
    to_microseconds,
)
from data.store.scope import Scope
from data.store.search import Hit, SearchTexts
from data.store.tables import DISAGREEMENTS, IMPORTS, KIND_TABLES, KINDS, NOTICES, has_shape
from geo.areas.hierarchy import Hierarchy
from geo.errors import SchemaError, ScopeError, name_few, say


@dataclass(frozen=True)
class Level:
    """One level of areas; rank 0 is the coarsest. `count` is how many of its areas the reader may see."""

    key: str
    rank: int
    title: str
    count: int


class Desk:
    """
    A reader bound to one person: rows of their area and below only, personal text masked unless their role needs it.

    A desk stays at the edition it was made for, so that all its answers belong together; make a new one for the next
    page or request.
    """

    def __init__(self, store: Store, account: Account) -> None:
        self.store, self.account = store, account

    @property
    def sees_personal(self) -> bool:
        """True if names, phones, addresses and free text come in clear."""
        return rights(self.account).sees_personal

    @cached_property
    def _own(self) -> Scope:
        if self.account.area_id is None:
            return Scope(None)
        return self._below(self.account.area_id)

    def _below(self, area_id: str) -> Scope:
        tree = self.store.hierarchy()
        ids = tuple(tree.subtree(area_id)) if area_id in tree else ()
        return Scope(ids, boundaries.spans_of(self.store, area_id))

    def _scope(self, within: str | None) -> Scope:
        if within is None:
            return self._own
        scope = self._below(within)
        if not self._holds(within, scope):
            self._refuse(within)
        return scope

    def _refuse(self, within: str) -> NoReturn:
        raise ScopeError(
            say("an area inside {area}", area=self.account.area_id or self.store.title),
            say("{within!r}", within=within),
            say("choose an area of your own, or ask for a wider one"),
        )

    def _holds(self, area_id: str, scope: Scope) -> bool:
        """Say whether an area is or was there, and always inside the reader's own."""
        if not scope.area_ids and not scope.spans:
            return False
        own = self._own
        if own.area_ids is None:
            return True
        if scope.area_ids and not own.holds(area_id):
            return False
        return all(self._held_then(area_id, low, high) for low, high, _ in scope.spans)

    def _held_then(self, area_id: str, low: int, high: int) -> bool:
        """Say whether an area lay inside the reader's own all through a stretch of time."""
        covering = [ids for start, end, ids in self._own.spans if start < high and end > low]
        return bool(covering) and all(area_id in ids for ids in covering)

    def levels(self, key: str = boundaries.TODAY) -> list[Level]:
        """
        Return the levels, coarsest first, with how many areas of each the reader sees.

        A person with an area limit gets only the levels of which they see an area.
        """
        counts = self.areas(geometry=False, key=key)["level"].value_counts()
        levels = [Level(key, rank, title, int(counts.get(key, 0))) for key, rank, title in self.store.level_rows()]
        return levels if self.account.area_id is None else [level for level in levels if level.count]

    def areas(
        self, level: str | None = None, within: str | None = None, geometry: bool = True, key: str = boundaries.TODAY
    ) -> Any:
        """
        Return the areas of a level (of all levels where None), indexed by area_id, sorted by id as text.

        A GeoDataFrame in EPSG:4326, or a DataFrame where `geometry` is False. `lon`, `lat` is a point inside.
        The parent of the topmost area a limited person sees is outside their scope and shown as missing.
        `key` names the set of boundaries (`boundaries.key_of`): those of today where it is not given.
        """
        areas = boundaries.areas_in(self.store, key)
        seen = self._seen(within, key)
        if seen is not None:
            areas = areas.loc[seen]
        if level is not None:
            areas = areas[(areas["level"] == level).to_numpy()]
        shown = areas.copy(deep=False) if geometry else pd.DataFrame(areas.drop(columns="geometry"))
        if self._own.area_ids is not None and self.account.area_id in shown.index:
            shown.loc[self.account.area_id, "parent_id"] = None
        return shown

    def _seen(self, within: str | None, key: str) -> list[str] | None:
        """Return the areas of one set of boundaries inside `within` and the reader's own; None for all."""
        tree = boundaries.hierarchy_in(self.store, key)
        own = self.account.area_id
        if within is None and own is None:
            return None
        if within is not None and within not in tree:
            self._scope(within)
        inner, outer = within or own, own or within
        mine = tree.subtree(str(outer)) if outer in tree else []
        if within is not None and within in tree and within not in mine:
            self._refuse(within)
        return tree.subtree(str(inner)) if inner in tree and inner in mine else []

    def boundary_sets(self) -> list[str]:
        """Return the names of the boundary sets that are kept but not in force."""
        return boundaries.set_names(self.store)

    def lineage(self) -> pd.DataFrame:
        """Return which area came of which, in the reader's area: both ends, or one where the other lies outside."""
        table = boundaries.lineage_of(self.store)
        if self._own.area_ids is None:
            return table
        mine = {area_id for _, _, ids in self._own.spans for area_id in ids} | set(self._own.area_ids)
        return table[table["from_area_id"].isin(mine) | table["to_area_id"].isin(mine)].reset_index(drop=True)

    def hierarchy(self, key: str = boundaries.TODAY) -> Hierarchy:
        """Return the tree of the areas the reader sees; its root is their own area."""
        if self._own.area_ids is None:
            return boundaries.hierarchy_in(self.store, key)

        def build() -> Hierarchy:
            areas = self.areas(geometry=False, key=key)
            order = [key for key, _, _ in self.store.level_rows()]
            columns = (list(areas.index), list(areas["level"]), list(areas["parent_id"]))
            return Hierarchy.from_table(*columns, level_order=order)

        return self.store.cached(f"hierarchy of {self.account.area_id} in {key}", build)

    def rows(
        self,
        kind: str,
        *,
        columns: Sequence[str] | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        within: str | None = None,
        where: Mapping[str, Any] | None = None,
        bbox: tuple[float, float, float, float] | None = None,
    ) -> Any:
        """
        Return the rows of a kind the reader may see, sorted by time, then key.

        Parameters
        ----------
        kind
            A kind of data/kinds; for `fixes` use `fixes`.
        columns
            Only these (all of the kind where None): a year of incidents reads in a fraction of the time.
        start, end
            The period of the kind's time field: `start` included, `end` excluded, both aware. Rows without a time
            are in no period.
        within
            Only rows of this area and below. Roads and water have no area and come whole.
        where
            {column: value, or list of values, or None for missing}. Personal columns only for those who see them.
        bbox
            (west, south, east, north) in degrees: rows whose point or shape touches it.

        Returns
        -------
        rows
            A GeoDataFrame in EPSG:4326 if `geometry` is among the columns, else a DataFrame. Types: `to_frame`.

        Raises
        ------
        SchemaError
            If there is no such kind or column.
        ScopeError
            If `within` lies outside the reader's area, or `where` asks for personal text they may not see.
        """
        spec = self._require_kind(kind)
        dtypes = column_dtypes(kind)
        names = list(dict.fromkeys(columns)) if columns is not None else list(spec.columns)
        _require_columns(spec, dtypes, [*names, *(where or {})])
        conditions = [self._scope(within).condition(kind, self.store.edition)]
        conditions += _in_period(spec, start, end)
        conditions += self._matching(spec, where or {})
        conditions += _in_box(kind, bbox)
        order = [n for n in (spec.time_field, spec.key) if n]
        needed = list(dict.fromkeys([*names, *order]))
        found = self.store.select_rows(kind, needed, *conditions, in_clear=self.sees_personal)
        return to_frame(found.select(names), dtypes)

    def fixes(
        self,
        start: datetime,
        end: datetime,
        *,
        columns: Sequence[str] | None = None,
        within: str | None = None,
        units: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """
        Return position fixes from `start` (included) to `end` (excluded), sorted by time, then unit.

        Only the days and columns asked for are read, fixes that came in a moment ago too. `unit_id`, `area_id`,
        `reason` and `marks` are categories; `fix_id` and `marks` (why a fix is not trusted) come only when asked for.
        """
        dtypes = {field.name: field.dtype for field in KINDS["fixes"].fields}
        _require_columns(KINDS["fixes"], dtypes, columns or ())
        condition = _fix_condition(self._scope(within))
        if units is not None:
            chosen = pc.field("unit_id").isin(list(units))
            condition = chosen if condition is None else condition & chosen
        return self.store.fix_archive(unsealed=True).read(start, end, columns=columns, condition=condition)

    def total(self, kind: str, *, start: datetime | None = None, end: datetime | None = None) -> int:
        """Return how many rows of a kind the reader sees, in a period if one is given."""
        spec = self._require_kind(kind, with_fixes=True)
        if kind == "fixes":
            return self._total_fixes(start, end)
        conditions = [self._own.condition(kind, self.store.edition), *_in_period(spec, start, end)]
        table = KIND_TABLES[kind]
        statement = select(func.count()).select_from(table).where(is_current(table, self.store.edition), *conditions)
        with self.store.reading() as connection:
            return int(connection.execute(*compile_sql(statement)).fetchone()[0])

    def _total_fixes(self, start: datetime | None, end: datetime | None) -> int:
        archive = self.store.fix_archive(unsealed=True)
        if self._own.area_ids is None and start is None and end is None:
            return archive.rows
        condition = _fix_condition(self._own)
        return archive.read_arrow(start, end, columns=["at"], condition=condition).num_rows

    def count_by_reason(self, kind: str) -> pd.Series:
        """
        Return how many rows were placed for each reason; every row the reader sees counts once.

        A row nobody placed has the reason "" (none); kinds that are not located have only that one.
        """
        self._require_kind(kind, with_fixes=True)
        if kind == "fixes":
            condition = _fix_condition(self._own)
            found = self.store.fix_archive(unsealed=True).read_arrow(
                None, None, columns=["reason"], condition=condition
            )
            counted = pc.value_counts(found["reason"].cast("string")).to_pylist()
            counts = {one["values"] or "": one["counts"] for one in counted}
        else:
            table = KIND_TABLES[kind]
            reason = func.coalesce(table.c.reason, "") if "reason" in table.c else literal("")
            condition = and_(is_current(table, self.store.edition), self._own.condition(kind, self.store.edition))
            statement = select(reason, func.count()).select_from(table).where(condition).group_by(reason)
            with self.store.reading() as connection:
                counts = dict(connection.execute(*compile_sql(statement)).fetchall())
        return pd.Series(counts, name="rows", dtype="int64").rename_axis("reason").sort_index()

    def search(self, text: str, limit: int = 20) -> list[Hit]:
        """
        Find areas by name or code, places by name or number, buildings by address or name, in the reader's area.

        Exact before prefix before substring; areas from coarse to fine, then places, then buildings.
        """
        texts: SearchTexts = self.store.cached("search", lambda: SearchTexts.build(self.store))
        mine = self._own.area_ids
        return texts.find(text, area_ids=None if mine is None else set(mine), limit=limit)

    def sources(self) -> pd.DataFrame:
        """
        Return where the data came from, newest first: one row per import, undone ones marked.

        Columns: import_id, kind, level, file, licence, attribution, rows, at, by, checksum, options, is_undone.
        """
        shown = {
            "import_id": IMPORTS.c.import_id,
            "kind": IMPORTS.c.kind,
            "level": IMPORTS.c.level,
            "file": IMPORTS.c.file_name,
            "licence": IMPORTS.c.licence,
            "attribution": IMPORTS.c.attribution,
            "rows": IMPORTS.c.rows,
            "at": IMPORTS.c.at,
            "by": IMPORTS.c.actor,
            "checksum": IMPORTS.c.sha256,
            "options": IMPORTS.c.options,
            "is_undone": IMPORTS.c.undone_edition.is_not(None),
        }
        dtypes = dict.fromkeys(shown, "text") | {"rows": "int", "at": "time", "is_undone": "bool"}
        statement = select(*shown.values()).where(IMPORTS.c.edition <= self.store.edition)
        with self.store.reading() as connection:
            found = fetch(connection, statement.order_by(IMPORTS.c.edition.desc(), IMPORTS.c.import_id), dtypes)
        return to_frame(found, dtypes)

    def disagreements(self) -> pd.DataFrame:
        """Return rows whose stated area is not where their point lies: kind, row_id, stated_area_id, area_id."""
        dtypes = dict.fromkeys(("kind", "row_id", "stated_area_id", "area_id"), "text")
        conditions = [is_current(DISAGREEMENTS, self.store.edition)]
        if self._own.area_ids is not None:
            conditions.append(is_one_of(DISAGREEMENTS.c.area_id, self._own.area_ids))
        statement = select(*(DISAGREEMENTS.c[n] for n in dtypes)).where(*conditions)
        with self.store.reading() as connection:
            found = fetch(connection, statement.order_by(DISAGREEMENTS.c.kind, DISAGREEMENTS.c.row_id), dtypes)
        return to_frame(found, dtypes)

    def notices(self) -> pd.DataFrame:
        """Return what imports remarked: import_id, kind, text; only for people with no area limit."""
        dtypes = dict.fromkeys(("import_id", "kind", "text"), "text")
        conditions = [is_current(NOTICES, self.store.edition)]
        if self._own.area_ids is not None:
            conditions.append(literal(False))
        statement = select(*(NOTICES.c[n] for n in dtypes)).where(*conditions).order_by(NOTICES.c.row_number)
        with self.store.reading() as connection:
            return to_frame(fetch(connection, statement, dtypes), dtypes)

    def setting(self, name: str) -> Any:
        """Return the workspace's value of a setting, else its default."""
        return self.store.setting(name)

    def reveal(self, kind: str, row_id: str, field: str, reason: str) -> str:
        """
        Return one personal value in clear; who asked for which row and why is in the audit before it is shown.

        Raises
        ------
        ScopeError
            If the role may not reveal, the row lies outside the reader's area (or does not exist: which of the two
            is not told), or no reason is given.
        """
        from data.writer import write

        spec = self._require_kind(kind)
        require_right(self.account, "reveals")
        if field not in personal_fields(spec):
            raise SchemaError(
                say("a personal field of {kind}", kind=kind),
                say("{field!r}", field=field),
                say("choose one of {fields}", fields=", ".join(sorted(personal_fields(spec))) or "-"),
            )
        if not reason.strip():
            raise ScopeError(say("a reason for the reveal"), say("none"), say("say what the value is needed for"))
        table = KIND_TABLES[kind]
        conditions = (self._own.condition(kind, self.store.edition), table.c[spec.key] == row_id)
        with self.store.reading() as connection:
            statement = select_kind(kind, [field], self.store.edition, *conditions)
            row = connection.execute(*compile_sql(statement)).fetchone()
        if row is None:
            raise ScopeError(
                say("a row of {kind} in your area", kind=kind), say("{row!r}", row=row_id), say("check its number")
            )
        what = {"kind": kind, "row_id": row_id, "field": field, "reason": reason.strip()}
        write(self.store.workspace, "add_audit", {"verb": "reveal", "what": what}, actor=self.account.account_id)
        return "" if row[0] is None else str(row[0])

    def _require_kind(self, kind: str, *, with_fixes: bool = False) -> KindSpec:
        known = [name for name in KINDS if with_fixes or name != "fixes"]
        if kind not in known:
            raise SchemaError(
                say("a kind of table: {kinds}", kinds=", ".join(known)),
                say("{kind!r}", kind=kind),
                say("correct the kind; position fixes are read by `fixes`"),
            )
        return KINDS[kind]

    def _matching(self, spec: KindSpec, where: Mapping[str, Any]) -> list[ColumnElement[bool]]:
        hidden = () if self.sees_personal else sorted(personal_fields(spec) & set(where))
        if hidden:
            raise ScopeError(
                say("a condition on columns {name} may read", name=self.account.name),
                say("personal columns {columns}", columns=name_few(hidden)),
                say("leave them out, or switch to a person whose role needs them"),
            )
        return [_equals(KIND_TABLES[spec.name].c[name], value) for name, value in where.items()]


def _fix_condition(scope: Scope) -> Any:
    """Return the condition on fixes of a scope; None for all."""
    if scope.area_ids is None:
        return None
    if not scope.has_history:
        return pc.field("area_id").isin(list(scope.area_ids))
    found = pc.scalar(False)
    for low, high, ids in scope.spans:
        inside = pc.field("area_id").isin(list(ids))
        for limit, compare in ((low, pc.greater_equal), (high, pc.less)):
            if abs(limit) < boundaries.EVER[1]:
                inside &= compare(pc.field("at"), pa.scalar(limit, pa.timestamp("us", tz="UTC")))
        found |= inside
    return found


def _equals(column: ColumnElement[Any], value: Any) -> ColumnElement[bool]:
    if isinstance(value, datetime):
        return column == to_microseconds(value)
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        return column.is_(None) if is_missing(value) else column == value
    values = list(value)
    listed = is_one_of(column, [one for one in values if not is_missing(one)])
    return or_(listed, column.is_(None)) if any(is_missing(one) for one in values) else listed


def _require_columns(spec: KindSpec, dtypes: Mapping[str, str], names: Sequence[str]) -> None:
    unknown = sorted(set(names) - set(dtypes))
    if unknown:
        raise SchemaError(
            say("columns of {kind}: {columns}", kind=spec.name, columns=", ".join(dtypes)),
            say("{unknown}", unknown=name_few(unknown)),
            say("correct the names"),
        )


def _in_period(spec: KindSpec, start: datetime | None, end: datetime | None) -> list[ColumnElement[bool]]:
    if start is None and end is None:
        return []
    if not spec.time_field:
        raise SchemaError(
            say("a kind with a time"), say("{kind}, which has none", kind=spec.name), say("leave out the period")
        )
    column = KIND_TABLES[spec.name].c[spec.time_field]
    conditions = [column >= to_microseconds(start)] if start is not None else []
    return conditions + ([column < to_microseconds(end)] if end is not None else [])


def _in_box(kind: str, bbox: tuple[float, float, float, float] | None) -> list[ColumnElement[bool]]:
    if bbox is None:
        return []
    table = KIND_TABLES[kind]
    west, south, east, north = bbox
    if has_shape(KINDS[kind]):
        c = table.c
        return [c.min_lon <= east, c.max_lon >= west, c.min_lat <= north, c.max_lat >= south]
    if "lon" not in table.c:
        raise SchemaError(say("a kind with a place"), say("{kind}, which has none", kind=kind), say("leave out bbox"))
    return [table.c.lon.between(west, east), table.c.lat.between(south, north)]
