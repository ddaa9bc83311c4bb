"""The tiles, ids and names of areas as one person may see them: everything outside their area is left out."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.store.caches import EditionCache
from data.tiles.archive import Archive, open_archive
from data.tiles.editions import archive_path, areas_edition
from data.tiles.features import layer_of, sides_px
from data.tiles.mvt import keep_features

BLOCK = 16_384
"""Areas whose ids or names travel together."""
_VIEWS = EditionCache(limit=24)


@dataclass(frozen=True)
class LevelView:
    """One level as a person sees it: `allowed` is True for what they may see (None: all), `side` is in px at zoom 0."""

    layer: str
    table: Any
    allowed: NDArray[np.bool_] | None
    numbers: NDArray[np.int64]
    side: float


@dataclass(frozen=True)
class TileView:
    """The tiles of one edition inside one scope."""

    edition: int
    seal: str
    levels: dict[str, LevelView]
    archive: Archive

    def tile(self, z: int, x: int, y: int, level: str | None) -> bytes:
        """Return one tile, gzipped; empty where the caller sees nothing of it."""
        found = self.archive.tile(z, x, y)
        if found is None:
            return b""
        chosen = {one.layer: one.allowed for one in self.levels.values()}
        only = self.levels[level].layer if level else None
        kept = keep_features(gzip.decompress(found), chosen, only=only)
        return gzip.compress(kept, compresslevel=5, mtime=0) if kept else b""

    def facts(self) -> dict[str, dict[str, Any]]:
        """Return for each level the zooms of its tiles, its areas, and those the caller sees."""
        zooms = self.archive.zooms()
        found = {}
        for level, view in self.levels.items():
            first, last = zooms.get(view.layer, (0, -1))
            found[level] = {
                "layer": view.layer,
                "first": first,
                "last": last,
                "areas": len(view.table),
                "side": view.side,
                "seen": len(view.numbers),
            }
        return found

    def ids(self, level: str, block: int) -> dict[str, Any]:
        """Return numbers and ids of a block of areas of a level."""
        numbers, table = self._block(level, block)
        return {"numbers": numbers, "ids": table.index.astype(str).tolist()}

    def names(self, level: str, block: int) -> dict[str, Any]:
        """Return what a map says of the areas of a block: name, parent, class, a point inside and the box around."""
        numbers, table = self._block(level, block)
        columns = {
            name: [None if v != v else v for v in table[name].tolist()] for name in ("name", "parent_id", "area_class")
        }
        return {
            "numbers": numbers,
            "columns": columns,
            "unit": 1e-6,
            "labels": _micro(table[["lon", "lat"]].to_numpy(dtype=float)),
            "boxes": _micro(table.geometry.bounds.to_numpy()),
        }

    def _block(self, level: str, block: int) -> tuple[NDArray[np.int64], Any]:
        view = self.levels[level]
        first, last = np.searchsorted(view.numbers, (block * BLOCK, (block + 1) * BLOCK))
        numbers = view.numbers[first:last]
        return numbers, view.table.iloc[numbers]


def _micro(degrees: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.ascontiguousarray(np.rint(degrees * 1e6).astype(np.int64))


def tile_view(desk: Any, within: str | None = None) -> TileView | None:
    """
    Return the tiles as the desk's person sees them, inside `within` if it is given; None where there are none yet.

    What decides who sees which feature is the desk's own list of areas, read at the same edition as the tiles.
    """
    store = desk.store
    edition, path = areas_edition(store), archive_path(store)
    try:
        stamp = path.stat().st_mtime_ns
    except FileNotFoundError:
        return None

    def build() -> TileView:
        whole = store.all_areas()
        seen = desk.areas(geometry=False, within=within).index
        seal = sha256(repr((store.uid, edition, stamp, desk.account.area_id, within)).encode()).hexdigest()[:16]
        levels = {}
        for rank, (key, _, _) in enumerate(store.level_rows()):
            table = whole[(whole["level"] == key).to_numpy()]
            allowed = np.asarray(table.index.isin(seen))
            mask = None if allowed.all() else allowed
            sides = sides_px(np.asarray(table.geometry.array, dtype=object))
            side = float(np.median(sides)) if len(sides) else 0.0
            levels[key] = LevelView(layer_of(rank), table, mask, np.flatnonzero(allowed), side)
        return TileView(edition, seal, levels, open_archive(path, stamp))

    key = (store.uid, edition, stamp, desk.account.area_id, within)
    view: TileView = _VIEWS.get(key, build)
    return view
