"""Position fixes not yet sealed: append-only SQLite files of their own, on the disk before they are acknowledged."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa

from geo.errors import StoreError, say

FOLDER = "ingest"
NAME = re.compile(r"segment-\d{16}")
COLUMNS = ("at", "unit_id", "lon", "lat", "accuracy_m", "speed_m_s", "area_id", "reason", "marks", "fix_id")
CHUNK_ROWS = 20_000
MAKE = (
    "CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS batches (number INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, "
    "source TEXT NOT NULL, rows INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS fixes (at INTEGER NOT NULL, unit_id TEXT NOT NULL, lon REAL NOT NULL, "
    "lat REAL NOT NULL, accuracy_m REAL, speed_m_s REAL, area_id TEXT, reason TEXT NOT NULL, marks TEXT, fix_id TEXT, "
    "PRIMARY KEY (at, unit_id)) WITHOUT ROWID",
)
ADD = f"INSERT OR IGNORE INTO fixes ({', '.join(COLUMNS)}) VALUES ({', '.join('?' for _ in COLUMNS)})"
Key = tuple[int, str]


def segment_paths(folder: Path) -> list[Path]:
    """Return the segment files of a workspace, oldest first."""
    return sorted(path for path in (folder / FOLDER).glob("segment-*.sqlite") if NAME.fullmatch(path.stem))


def created_us(path: Path) -> int:
    """Return when a segment was begun, microseconds since 1970 UTC."""
    return int(path.stem.removeprefix("segment-"))


class Segment:
    """
    One segment open for writing: rows are added, then `commit` puts them all on the disk at once.

    A row's key is its time and unit: a second row of one unit and moment is never kept. A fix without an id is read
    back as unit@time.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path, self.name = path, path.stem
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=32)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-65536", "wal_autocheckpoint=4000"):
            self._connection.execute(f"PRAGMA {pragma}")
        with self._connection:
            for statement in MAKE:
                self._connection.execute(statement)
        self.rows = int(self._connection.execute("SELECT coalesce(sum(rows), 0) FROM batches").fetchone()[0])
        self._is_open = False

    @property
    def created_us(self) -> int:
        """When it was begun, microseconds since 1970 UTC."""
        return created_us(self.path)

    def fact(self, name: str) -> int | None:
        """Return one number the segment keeps about itself."""
        row = self._connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if row is None else int(row[0])

    def note(self, name: str, value: int) -> None:
        """Keep one number about the segment."""
        self._begin()
        self._connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def _begin(self) -> None:
        if not self._is_open:
            self._connection.execute("BEGIN IMMEDIATE")
            self._is_open = True

    def add(self, rows: Iterable[tuple[Any, ...]], *, at: int, actor: str, source: str, count: int) -> None:
        """Add rows (values of COLUMNS) and the batch they came in; nothing is safe before `commit`."""
        self._begin()
        self._connection.executemany(ADD, rows)
        self._connection.execute(
            "INSERT INTO batches (at, actor, source, rows) VALUES (?, ?, ?, ?)", (at, actor, source, count)
        )
        self.rows += count

    def present(self, keys: Sequence[Key]) -> set[Key]:
        """Return which of these times and units are here, those not committed yet too."""
        ask = self._connection.execute
        sql = "SELECT 1 FROM fixes WHERE at = ? AND unit_id = ?"
        return {key for key in keys if ask(sql, key).fetchone() is not None}

    def high_water(self) -> dict[str, int]:
        """Return the newest time of each unit."""
        return dict(self._connection.execute("SELECT unit_id, max(at) FROM fixes GROUP BY unit_id").fetchall())

    def commit(self) -> None:
        """Put everything added on the disk; when this returns it survives a power cut."""
        if self._is_open:
            self._connection.execute("COMMIT")
            self._is_open = False

    def finish(self) -> None:
        """Put everything on the disk: the segment is full, from now on it is only looked at."""
        self.note("is_finished", 1)
        self.commit()
        self._connection.execute("PRAGMA cache_size=-4096")

    def close(self) -> None:
        """Close the file; what was not committed is gone."""
        self._connection.close()


def segment_batches(path: Path) -> dict[str, int]:
    """Return the rows of a closed segment by who sent them."""
    with closing(_open(path)) as connection:
        return dict(connection.execute("SELECT actor, sum(rows) FROM batches GROUP BY actor ORDER BY actor").fetchall())


def count_segment(path: Path) -> int:
    """Return how many fixes a segment holds."""
    with closing(_open(path)) as connection:
        return int(connection.execute("SELECT coalesce(sum(rows), 0) FROM batches").fetchone()[0])


def segment_fact(path: Path, name: str) -> int | None:
    """Return one number a segment keeps about itself."""
    with closing(_open(path)) as connection:
        row = connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return None if row is None else int(row[0])


def _open(path: Path) -> sqlite3.Connection:
    try:
        return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=5, isolation_level=None)
    except sqlite3.Error as error:
        raise StoreError(
            say("a segment of position fixes that can be read"),
            say("{file}: {error}", file=path.name, error=str(error)),
            say("see that the disk is not full and the folder `ingest` can be read"),
        ) from error


def read_segment(
    path: Path, schema: pa.Schema, columns: Sequence[str], *, low_us: int | None = None, high_us: int | None = None
) -> pa.Table:
    """Return the rows of a segment with times from `low_us` (included) to `high_us` (excluded), as Arrow columns."""
    low, high = -(2**62) if low_us is None else low_us, 2**62 if high_us is None else high_us
    types = [schema.field(name).type for name in columns]
    plain = [pa.int64() if pa.types.is_timestamp(kind) else kind for kind in types]
    raw = [pa.string() if pa.types.is_dictionary(kind) else kind for kind in plain]
    batches = []
    with closing(_open(path)) as connection:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'fixes'").fetchone() is not None:
            read = ["coalesce(fix_id, unit_id || '@' || at)" if name == "fix_id" else name for name in columns]
            cursor = connection.execute(f"SELECT {', '.join(read)} FROM fixes WHERE at >= ? AND at < ?", (low, high))
            while rows := cursor.fetchmany(CHUNK_ROWS):
                parts = zip(*rows, strict=True)
                batches.append([pa.array(part, kind) for part, kind in zip(parts, raw, strict=True)])
    arrays = [pa.chunked_array([batch[place] for batch in batches], raw[place]) for place in range(len(columns))]
    return pa.table([array.cast(kind) for array, kind in zip(arrays, types, strict=True)], names=list(columns))
