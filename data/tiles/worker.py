"""The process that builds tiles, `python -m data.tiles.worker`: low priority, limits, one at a time for a workspace."""

from __future__ import annotations

import logging
import os
import resource
import subprocess
import sys
from pathlib import Path

from data.settings import DEFAULTS
from data.store.opening import Store
from data.tiles.building import build_tiles, write_note
from data.tiles.editions import FAILURE, areas_edition, is_building, tile_folder, tile_state
from geo.errors import GridError

LOG = logging.getLogger("wangge.tiles")
ROOT = Path(__file__).resolve().parents[2]
NICE = 15
_STARTED: list[subprocess.Popen[bytes]] = []
"""Builders this process started: kept so that each is reaped when the next one is asked for."""


def start_build(store: Store) -> bool:
    """
    Start a process that builds the tiles of a workspace, if it needs them and has none; say whether one was started.

    It runs on when this process ends, and ends by itself. Nobody waits for it: until it is done, maps draw from shapes.
    """
    _STARTED[:] = [one for one in _STARTED if one.poll() is None]
    if tile_state(store).state != "waiting":
        return False
    tile_folder(store.workspace).mkdir(parents=True, exist_ok=True)
    _STARTED.append(
        subprocess.Popen(
            [sys.executable, "-m", "data.tiles.worker", store.workspace],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    )
    return True


def main(workspace: str) -> int:
    """Build until the tiles are those of the present areas; note why where that fails."""
    os.nice(NICE)
    memory = int(DEFAULTS["tile_memory_mb"]) << 20
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from data.store import open_store

    while tile_state(store := open_store(workspace)).state in ("waiting", "building"):
        if is_building(workspace):
            return 1
        edition = areas_edition(store)
        try:
            build_tiles(workspace)
        except (GridError, MemoryError, OSError) as error:
            if areas_edition(store) == edition:
                write_note(tile_folder(workspace) / FAILURE, {"edition": edition, "text": str(error)})
                return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
