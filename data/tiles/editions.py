"""Which edition of the areas a workspace is at, where its tiles lie, and whether they are there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from data.store.caches import EditionCache
from data.store.engine import compile_sql, folder
from data.store.locks import try_lock
from data.store.opening import Store
from data.store.reading import is_current
from data.store.tables import EDITIONS, KIND_TABLES

FOLDER, LOCK, PROGRESS, FAILURE = "tiles", ".lock", ".progress.json", ".failure.json"
MOST_ROWS_A_PUBLISH = '%"areas"%'
_EDITIONS = EditionCache(limit=64)


def tile_folder(workspace: str) -> Path:
    """Return the folder of a workspace's tiles, whether or not it exists."""
    return folder(workspace) / FOLDER


def areas_edition(store: Store) -> int:
    """Return the last edition that changed an area: the one all tiles, ids and names of areas go by."""

    def read() -> int:
        statement = select(func.max(EDITIONS.c.edition)).where(
            EDITIONS.c.edition <= store.edition, EDITIONS.c.tables.like(MOST_ROWS_A_PUBLISH)
        )
        with store.reading() as connection:
            found = connection.execute(*compile_sql(statement)).fetchone()
        return int(found[0] or 0)

    return int(_EDITIONS.get((store.uid, store.edition, "edition"), read))


def most_areas(store: Store) -> int:
    """Return how many areas the fullest level has, without reading one."""

    def read() -> int:
        areas = KIND_TABLES["areas"]
        statement = select(func.count()).where(is_current(areas, store.edition)).group_by(areas.c.level)
        with store.reading() as connection:
            return max((int(row[0]) for row in connection.execute(*compile_sql(statement))), default=0)

    return int(_EDITIONS.get((store.uid, areas_edition(store), "most"), read))


def needs_tiles(store: Store) -> bool:
    """Say whether a level of this workspace has more areas than are sent as shapes."""
    return most_areas(store) > int(store.setting("tiles_from_areas"))


def archive_path(store: Store, edition: int | None = None) -> Path:
    """Return where the tiles of an edition of the areas lie (the present one if none is named)."""
    return tile_folder(store.workspace) / f"{areas_edition(store) if edition is None else edition}.pmtiles"


def is_building(workspace: str) -> bool:
    """Say whether a process builds tiles for this workspace: it holds a lock that ends with it."""
    path = tile_folder(workspace) / LOCK
    if not path.exists():
        return False
    with path.open("a+") as file:
        return not try_lock(file)


@dataclass(frozen=True)
class TileState:
    """Where a workspace's tiles stand: `state` is ready, building, waiting, failed or small (none are needed)."""

    state: str
    edition: int
    share: float = 0.0
    text: str = ""


def tile_state(store: Store) -> TileState:
    """Return where the tiles of the present edition of the areas stand."""
    edition = areas_edition(store)
    if archive_path(store, edition).exists():
        return TileState("ready", edition, 1.0)
    if not needs_tiles(store):
        return TileState("small", edition)
    failed = read_note(store.workspace, FAILURE)
    if failed.get("edition") == edition:
        return TileState("failed", edition, text=str(failed.get("text", "")))
    if is_building(store.workspace):
        told = read_note(store.workspace, PROGRESS)
        return TileState("building", edition, float(told.get("share", 0.0)), str(told.get("text", "")))
    return TileState("waiting", edition)


def read_note(workspace: str, name: str) -> dict[str, Any]:
    """Return what a builder noted; empty where there is nothing, or something half written."""
    try:
        found = json.loads((tile_folder(workspace) / name).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
