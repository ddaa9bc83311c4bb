"""Who writes: one file lock per workspace, held for as long as one verb runs."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from data.settings import home
from geo.errors import StoreError, say

FOLDER = ".writer"
PAUSE_S = 0.02


def writer_folder() -> Path:
    """Return the folder of locks and the writer's socket, for this user only."""
    path = home() / FOLDER
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


@contextmanager
def write_lock(*workspaces: str, wait_s: float) -> Iterator[None]:
    """
    Hold the right to write these workspaces.

    Raises
    ------
    StoreError
        If another process keeps it for longer than `wait_s`.
    """
    with ExitStack() as held:
        for workspace in sorted(set(workspaces)):
            file = held.enter_context((writer_folder() / f"{workspace}.lock").open("a+"))
            _wait(file, workspace, wait_s)
        yield


def _wait(file: IO[str], workspace: str, wait_s: float) -> None:
    until = time.monotonic() + wait_s
    while not try_lock(file):
        if time.monotonic() >= until:
            file.seek(0)
            raise StoreError(
                say("to write {name} within {wait} s", name=workspace, wait=round(wait_s, 1)),
                say("process {pid} is still writing", pid=file.read().strip() or "?"),
                say("try again when it is done; `writer_wait_s` says how long to wait"),
            )
        time.sleep(PAUSE_S)
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()


def try_lock(file: IO[str]) -> bool:
    """Take an exclusive lock on an open file if nobody has it; it ends with the process, however that ends."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
