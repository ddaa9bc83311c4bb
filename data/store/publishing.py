"""One edition on its way: rows are added and ended in short transactions, seen by nobody until the last one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Engine, Executable, Table, and_, delete, func, insert, select, update

from data.settings import DEFAULTS
from data.store.reading import is_one_of, to_microseconds
from data.store.staging import StagedTable
from data.store.tables import AUDIT, EDITIONS, FOREVER, UNDER_WAY, VERSIONED, WORKSPACE

Progress = Callable[[float, str], None]
IDS_A_STATEMENT = 50_000


def now_microseconds() -> int:
    """Return the present moment as the store keeps times."""
    return to_microseconds(datetime.now(UTC))


def to_text(value: Any) -> str:
    """Return a value as the JSON text the store keeps, keys sorted."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS, default=str).decode()


class Publishing:
    """
    The edition a verb is making. `finish` is the switch: everything before it is invisible and is cleared away.

    An edition is numbered by the millisecond it was begun, or one more than the last, so that no two workspaces and
    no two lives of one workspace share a number and caches by edition are safe.
    """

    def __init__(self, engine: Engine, verb: str, actor: str, progress: Progress | None = None) -> None:
        self.engine, self.verb, self.actor = engine, verb, actor
        self._progress = progress
        self.tables: dict[str, None] = {}
        self.opened = self.closed = 0
        with engine.begin() as connection:
            clear_unfinished(connection)
            self.before = int(connection.execute(select(WORKSPACE.c.edition)).scalar_one())
            self.edition = max(self.before + 1, time.time_ns() // 1_000_000)
            row = {"edition": self.edition, "verb": verb, "actor": actor, "at": now_microseconds()}
            connection.execute(insert(UNDER_WAY).values(row))

    def report(self, share: float, text: str) -> None:
        """Tell whoever waits how far it is."""
        if self._progress is not None:
            self._progress(share, text)

    def count(self, table: Table, *conditions: ColumnElement[bool]) -> int:
        """Return how many rows a table will have in this edition as it stands."""
        statement = select(func.count()).select_from(table).where(table.c.until_edition == FOREVER, *conditions)
        with self.engine.connect() as connection:
            return int(connection.execute(statement).scalar_one())

    def end(self, table: Table, *conditions: ColumnElement[bool]) -> int:
        """End present rows with this edition; returns how many."""
        self.tables[table.name] = None
        statement = update(table).where(
            table.c.until_edition == FOREVER, table.c.since_edition < self.edition, *conditions
        )
        with self.engine.begin() as connection:
            ended = connection.execute(statement.values(until_edition=self.edition)).rowcount
        self.closed += ended
        return int(ended)

    def end_keys(self, table: Table, key: str, ids: list[Any]) -> int:
        """End the present rows of these keys."""
        parts = (ids[at : at + IDS_A_STATEMENT] for at in range(0, len(ids), IDS_A_STATEMENT))
        return sum(self.end(table, is_one_of(table.c[key], part)) for part in parts)

    def add(self, table: Table, columns: list[str], rows: Iterable[tuple[Any, ...]]) -> int:
        """Add rows that begin with this edition, in one transaction."""
        self.tables[table.name] = None
        sql = insert_sql(table, columns, since_edition=self.edition, until_edition=FOREVER, origin_edition=self.edition)
        with self.engine.begin() as connection:
            cursor: Any = connection.connection.cursor()
            cursor.executemany(sql, rows)
            added = max(cursor.rowcount, 0)
        self.opened += added
        return added

    def add_staged(self, table: Table, staged: StagedTable, *, low: float = 0.0, high: float = 1.0) -> int:
        """Add every row of a staged table, a bounded number in each transaction."""
        done = 0
        for batch in staged.batches(int(DEFAULTS["ingest_rows"])):
            done += self.add(table, staged.stored_columns(), batch)
            self.report(low + (high - low) * done / staged.rows, "publishing")
        return done

    def finish(
        self, what: dict[str, Any], *, rows: tuple[int, int] | None = None, also: Iterable[Executable] = ()
    ) -> None:
        """
        Switch to this edition: audit, edition number and `also` in one transaction.

        `rows` are the rows of the tables concerned before and after, for the audit.
        """
        with self.engine.begin() as connection:
            self.record(connection, what, rows=rows)
            for statement in also:
                connection.execute(statement)
            connection.execute(delete(UNDER_WAY))
        self.report(1.0, "published")

    def record(self, connection: Connection, what: dict[str, Any], *, rows: tuple[int, int] | None = None) -> None:
        """Write audit and edition in the caller's transaction."""
        at = now_microseconds()
        connection.execute(
            insert(AUDIT).values(
                at=at,
                actor=self.actor,
                verb=self.verb,
                what=to_text(what),
                rows_before=rows[0] if rows else None,
                rows_after=rows[1] if rows else None,
                edition=self.edition,
            )
        )
        connection.execute(
            insert(EDITIONS).values(
                edition=self.edition, verb=self.verb, actor=self.actor, at=at, tables=to_text(list(self.tables))
            )
        )
        connection.execute(update(WORKSPACE).values(edition=self.edition))

    def abandon(self) -> None:
        """Clear away what was added so far; the store is as it was before."""
        with self.engine.begin() as connection:
            clear_unfinished(connection)


def clear_unfinished(connection: Connection) -> None:
    """Remove the rows of editions that were never finished: a writer ended in the middle of its work."""
    if connection.execute(select(func.count()).select_from(UNDER_WAY)).scalar_one() == 0:
        return
    edition = connection.execute(select(WORKSPACE.c.edition)).scalar_one()
    for table in VERSIONED.values():
        connection.execute(delete(table).where(table.c.since_edition > edition))
        unfinished = and_(table.c.until_edition > edition, table.c.until_edition < FOREVER)
        connection.execute(update(table).where(unfinished).values(until_edition=FOREVER))
    connection.execute(delete(UNDER_WAY))


def insert_sql(table: Table, columns: list[str], **fixed: int) -> str:
    """
    Return the INSERT for bulk rows as tuples, without a dict for each row; `fixed` columns are the same in all.

    Examples
    --------
    >>> insert_sql(UNDER_WAY, ["verb", "actor"], edition=7)
    'INSERT INTO "under_way" ("verb", "actor", "edition") VALUES (?, ?, 7)'
    """
    names = ", ".join(f'"{table.c[name].name}"' for name in (*columns, *fixed))
    values = [*("?" for _ in columns), *(str(int(value)) for value in fixed.values())]
    return f'INSERT INTO "{table.name}" ({names}) VALUES ({", ".join(values)})'
