"""Reading a PMTiles archive: its directory is read once, a tile is a slice of the file."""

from __future__ import annotations

import gzip
import json
import mmap
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pmtiles.tile import deserialize_directory, deserialize_header, zxy_to_tileid

from data.tiles.features import layer_of

HEADER_BYTES = 127


class Archive:
    """One archive, open for as long as it is kept; safe in threads, and readable after its file is removed."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.header: dict[str, Any] = dict(deserialize_header(self._data[:HEADER_BYTES]))
        entries = self._entries(self.header["root_offset"], self.header["root_length"])
        self._ids = np.array([one.tile_id for one in entries], dtype=np.int64)
        self._runs = np.array([one.run_length for one in entries], dtype=np.int64)
        self._starts = np.array([one.offset for one in entries], dtype=np.int64)
        self._lengths = np.array([one.length for one in entries], dtype=np.int64)
        place, size = self.header["metadata_offset"], self.header["metadata_length"]
        self.metadata: dict[str, Any] = json.loads(gzip.decompress(self._data[place : place + size]))

    def _entries(self, offset: int, length: int) -> list[Any]:
        found = []
        for one in deserialize_directory(self._data[offset : offset + length]):
            if one.run_length:
                found.append(one)
            else:
                found += self._entries(self.header["leaf_directory_offset"] + one.offset, one.length)
        return found

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """Return one tile, gzipped as it is kept; None where there is nothing."""
        number = zxy_to_tileid(z, x, y)
        at = int(np.searchsorted(self._ids, number, side="right")) - 1
        if at < 0 or number >= self._ids[at] + self._runs[at]:
            return None
        start = int(self.header["tile_data_offset"] + self._starts[at])
        return self._data[start : start + int(self._lengths[at])]

    def tile_numbers(self) -> NDArray[np.int64]:
        """Return the number of every tile there is, in order."""
        each = np.repeat(self._ids, self._runs)
        return each + np.arange(len(each)) - np.repeat(np.cumsum(self._runs) - self._runs, self._runs)

    def zooms(self) -> dict[str, tuple[int, int]]:
        """Return the first and the last zoom of each layer, as its builder described them."""
        found = json.loads(self.metadata["description"])
        return {layer: (int(first), int(last)) for layer, (first, last) in found.items()}


def describe_zooms(zooms: Mapping[str, tuple[int, int]], levels: list[str]) -> str:
    """Return the zooms of each level as the text an archive carries in its description."""
    return json.dumps({layer_of(levels.index(level)): list(each) for level, each in zooms.items()})


@lru_cache(maxsize=12)
def open_archive(path: Path, stamp: int) -> Archive:  # noqa: ARG001
    """Return the archive at `path`, opened once for each `stamp`: the time it was made, since it may be made again."""
    return Archive(path)
