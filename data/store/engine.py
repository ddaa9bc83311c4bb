"""Where a workspace lies, and the two ways to open its file: read only for everybody, writable for the one writer."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import ClauseElement, Engine, create_engine, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.pool import StaticPool

from data.settings import DEFAULTS, home
from data.store.tables import SCHEMA_VERSION
from geo.errors import StoreError, name_few, say

FILE_NAME = "store.sqlite"
_NAME = re.compile(r"\.?\w[\w.-]{0,62}")
_TAKEN = (".writer", "cookie.key")
"""What lies beside the workspaces in the home folder."""


def folder(workspace: str) -> Path:
    """
    Return the folder of a workspace, whether or not it exists.

    Raises
    ------
    StoreError
        If the name is not letters, digits, `_`, `-` and `.` (at most 64), which could leave the home folder, or stands
        for something else there.
    """
    if not _NAME.fullmatch(workspace) or workspace.casefold() in _TAKEN:
        raise StoreError(
            say("a workspace name of at most 64 letters, digits, dots and dashes"),
            say("{name!r}", name=workspace),
            say("choose another name"),
        )
    return home() / workspace


def store_path(workspace: str) -> Path:
    """Return the file of a workspace's state."""
    return folder(workspace) / FILE_NAME


def workspaces() -> list[str]:
    """
    Return the names of the workspaces that exist, sorted.

    One whose name starts with a dot is under construction: it can be opened but is not listed.
    """
    names = (path.parent.name for path in home().glob(f"*/{FILE_NAME}"))
    return sorted(name for name in names if _NAME.fullmatch(name) and not name.startswith("."))


def require_store(workspace: str) -> Path:
    """Return the store's file, or raise a StoreError that says which workspaces there are."""
    path = store_path(workspace)
    if not path.is_file():
        there = workspaces()
        raise StoreError(
            say("a workspace called {name!r}", name=workspace),
            say("only {names}", names=name_few(there)) if there else say("no workspace at all"),
            say("run `wangge demo`, import a file, or name one with --workspace"),
        )
    return path


def _unreadable(path: Path, error: Exception) -> StoreError:
    return StoreError(
        say("a store that can be read"),
        say("{file}: {error}", file=f"{path.parent.name}/{path.name}", error=str(error)),
        say("see that no other program holds it and that the disk is not full; else restore a backup"),
    )


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the store read only for one short piece of work: one transaction, so one state."""
    try:
        connection = sqlite3.connect(
            f"{path.as_uri()}?mode=ro", uri=True, timeout=DEFAULTS["reader_wait_s"], isolation_level=None
        )
    except sqlite3.Error as error:
        raise _unreadable(path, error) from error
    try:
        connection.execute("PRAGMA temp_store=MEMORY")
        connection.execute("BEGIN")
        yield connection
    except sqlite3.Error as error:
        raise _unreadable(path, error) from error
    finally:
        connection.close()


def require_version(connection: sqlite3.Connection) -> None:
    """Raise a StoreError unless the store was made for this version of the program."""
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    found = row[0] if row else ""
    if found == SCHEMA_VERSION:
        return
    remedy = (
        say("update the program; the store was written by a newer one")
        if found > SCHEMA_VERSION
        else say("start the service once, or run any command that writes: it brings the store up to date")
    )
    raise StoreError(
        say("a store of version {version}", version=SCHEMA_VERSION), say("version {found}", found=found), remedy
    )


def write_engine(path: Path) -> Engine:
    """Return the engine the writer uses: WAL, every commit on the disk before it is acknowledged."""

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            path, timeout=DEFAULTS["reader_wait_s"], isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA temp_store=MEMORY")
        connection.execute("PRAGMA cache_size=-65536")
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=StaticPool)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


@lru_cache(maxsize=1)
def _dialect() -> Any:
    return sqlite.dialect(paramstyle="named")


def compile_sql(statement: ClauseElement) -> tuple[str, dict[str, Any]]:
    """Return the SQL text and the parameters of a Core statement, for a plain cursor (four times faster to read)."""
    compiled = statement.compile(dialect=_dialect(), compile_kwargs={"render_postcompile": True})
    return str(compiled), dict(compiled.params)
