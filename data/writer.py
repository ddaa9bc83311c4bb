"""
Writing: one process at a time changes a store.

`write` sends a verb to the writer process where one runs, else takes the workspace's lock and writes by itself.
`python -m data.writer` is that process: the service starts it and it ends when its standard input closes, which also
happens when the service is killed. Where two services run over one home folder the second one's writer stands by, and
takes over when the first ends.
"""

from __future__ import annotations

import os
import select
import sqlite3
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError

from data.settings import DEFAULTS
from data.store.accounts import Account, require_right
from data.store.engine import reading, require_store, store_path, workspaces, write_engine
from data.store.locks import write_lock
from data.store.opening import Store
from data.store.tables import SCHEMA_VERSION
from data.wire import Server, ask, is_alive
from geo.errors import GridError, SchemaError, StoreError, say

Progress = Callable[[float, str], None]
STAND_BY_S = 1.0
STANDS_BY = "another service writes for this folder; this one stands by"
CHANGES_AREAS = ("publish_areas", "undo_import", "swap_workspace", "effect_plan", "roll_back_plan")
"""Verbs after which the tiles of the areas are made anew, by a process nobody waits for."""


def write(
    workspace: str,
    verb: str,
    payload: Mapping[str, Any],
    *,
    actor: str,
    progress: Progress | None = None,
    wait_s: float | None = None,
) -> dict[str, Any]:
    """
    Change a workspace: all of it happens, on the disk, or none of it.

    Parameters
    ----------
    workspace
        Name of the dataset.
    verb
        One of data.store.verbs.VERBS; its docstring says what `payload` holds.
    payload
        Plain values; tables are named by their file in the staging folder.
    actor
        account_id of the person who does it; it stands in the audit and decides whether they may.
    progress
        Called with a share from 0 to 1 and a text.
    wait_s
        How long to wait for another write (default: setting `writer_wait_s`).

    Raises
    ------
    SchemaError
        If the payload or a staged table is wrong.
    ScopeError
        If the person may not do it.
    StoreError
        If the store is missing or of a newer version, another write does not end, or the disk refuses.
    """
    wait = float(DEFAULTS["writer_wait_s"] if wait_s is None else wait_s)
    if is_alive():
        request = {"workspace": workspace, "verb": verb, "payload": dict(payload), "actor": actor, "wait_s": wait}
        return ask(request, progress)
    return run_verb(workspace, verb, payload, actor=actor, progress=progress, wait_s=wait)


def run_verb(
    workspace: str, verb: str, payload: Mapping[str, Any], *, actor: str, progress: Progress | None, wait_s: float
) -> dict[str, Any]:
    """Run one verb in this process, under the workspace's lock."""
    from data.store.verbs import VERBS, Call

    if verb not in VERBS:
        raise SchemaError(say("one of {verbs}", verbs=", ".join(VERBS)), say("{verb!r}", verb=verb), say("correct it"))
    chosen = VERBS[verb]
    names = [workspace, *([str(payload["into"])] if "into" in payload else [])]
    for name in names:
        store_path(name)
    with write_lock(*names, wait_s=wait_s):
        account = _prepare(workspace, actor, chosen.right) if chosen.needs_store else None
        call = Call(workspace, verb, payload, actor, account, progress)
        try:
            result = chosen.run(call)
        except (sqlite3.Error, DBAPIError, OSError) as error:
            raise StoreError(
                say("the store to take the write"),
                say("{error}", error=str(error)),
                say("see that the disk is not full and nobody else holds the file; nothing was changed"),
            ) from error
        finally:
            for engine in call.engines:
                engine.dispose()
    if verb in CHANGES_AREAS:
        _start_tiles(names[-1])
    return result


def _start_tiles(workspace: str) -> None:
    """Have the tiles made; what goes wrong there never undoes a write, and the map asks for them again."""
    from data.tiles.worker import start_build

    if not workspace.startswith("."):
        with suppress(GridError, OSError, sqlite3.Error):
            start_build(Store(workspace, store_path(workspace)))


def _prepare(workspace: str, actor: str, right: str) -> Account:
    """Bring the store up to date and return the person who acts; ScopeError if they may not."""
    path = require_store(workspace)
    _bring_up_to_date(path)
    account = Store(workspace, path).account(actor)
    require_right(account, right)
    return account


def _bring_up_to_date(path: Path) -> None:
    with reading(path) as connection:
        found = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    if found > SCHEMA_VERSION:
        raise StoreError(
            say("a store of version {version}", version=SCHEMA_VERSION),
            say("version {found}", found=found),
            say("update the program; the store was written by a newer one"),
        )
    if found < SCHEMA_VERSION:
        from data.store.migrations import migrate

        engine = write_engine(path)
        migrate(engine)
        engine.dispose()


def bring_all_up_to_date() -> None:
    """
    Bring every store an older version of the program wrote up to date; rows stay as they are.

    A store that cannot be is left alone: opening it says why.
    """
    for workspace in workspaces():
        with suppress(GridError, OSError, sqlite3.Error, DBAPIError), write_lock(workspace, wait_s=0):
            _bring_up_to_date(store_path(workspace))


def _server_when_free() -> Server | None:
    """Wait while another process serves this folder; None where standard input closes first."""
    is_told = False
    while True:
        try:
            return Server(run_verb)
        except StoreError:
            if not is_told:
                print(STANDS_BY, flush=True)
            is_told = True
        if select.select([sys.stdin], [], [], STAND_BY_S)[0] and not os.read(sys.stdin.fileno(), 65536):
            return None


def main() -> None:
    """Serve until standard input closes, then end; a verb under way is given a moment to finish."""
    from data.ingest.server import IngestServer
    from data.plans.due import watch

    bring_all_up_to_date()
    ends = threading.Event()
    server = _server_when_free()
    if server is None:
        return
    ingest = IngestServer()
    ingest.start()
    threading.Thread(target=server.serve, name="writer", daemon=True).start()
    threading.Thread(target=watch, args=(ends,), name="plans", daemon=True).start()
    print("ready", flush=True)
    while sys.stdin.buffer.read(65536):
        pass
    ends.set()
    ingest.close()
    server.close()
    os._exit(0)


if __name__ == "__main__":
    main()
