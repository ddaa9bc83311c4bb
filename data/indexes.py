"""Indexes kept: in memory by what they were built from, and in a file that is mapped, not read."""

from __future__ import annotations

import hashlib
import os
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import orjson
import shapely

from geo.errors import FormatError, say
from geo.locate import LocateIndex

MAGIC = b"WANGGEIX"
VERSION = 2
ALIGNED = 64
KEPT = 24
"""Indexes kept in memory: the levels of a few editions."""
_kept: OrderedDict[str, LocateIndex] = OrderedDict()
_lock = Lock()


def index_of(area_ids: Sequence[Any], polygons: Sequence[Any]) -> LocateIndex:
    """Return the index of these areas, the one built before where ids and polygons are the same."""
    shapes = np.asarray(polygons, dtype=object)
    digest = hashlib.blake2b(digest_size=16)
    for area_id, wkb in zip(area_ids, shapely.to_wkb(shapes), strict=True):
        digest.update(repr(area_id).encode() + b"\0")
        digest.update(wkb or b"\0")
    key = digest.hexdigest()
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    index = LocateIndex.build(area_ids, list(shapes))
    with _lock:
        _kept[key] = index
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return index


def save_index(index: LocateIndex, path: Path) -> None:
    """Write an index to one file, whole or not at all; the same index gives the same bytes."""
    tables = index.tables()
    at, parts = 0, []
    for name, table in tables.items():
        whole = np.ascontiguousarray(table)
        digest = hashlib.sha256(whole.data).hexdigest()
        kind = table.dtype.descr if table.dtype.names else table.dtype.str
        parts.append({"name": name, "dtype": kind, "shape": table.shape, "at": at, "digest": digest})
        at += -(-whole.nbytes // ALIGNED) * ALIGNED
    head = orjson.dumps({"version": VERSION, "tables": parts})
    start = -(-(len(MAGIC) + 8 + len(head)) // ALIGNED) * ALIGNED
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(MAGIC + len(head).to_bytes(8, "little") + head)
            for one, table in zip(parts, tables.values(), strict=True):
                file.seek(start + int(str(one["at"])))
                file.write(np.ascontiguousarray(table).tobytes())
            file.truncate(start + at)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def load_index(path: Path, *, is_checked: bool = True) -> LocateIndex:
    """
    Map an index file into memory; several processes share its pages.

    Raises
    ------
    FormatError
        If the file is not an index, is of another version, is cut off, or (where `is_checked`) was changed.
    """
    with path.open("rb") as file:
        lead = file.read(len(MAGIC) + 8)
        size = int.from_bytes(lead[len(MAGIC) :], "little")
        if not lead.startswith(MAGIC) or size > path.stat().st_size:
            raise _refusal(path, "another file")
        try:
            head = orjson.loads(file.read(size))
        except orjson.JSONDecodeError:
            raise _refusal(path, "a damaged file") from None
    if head["version"] != VERSION:
        raise _refusal(path, f"version {head['version']}")
    start = -(-(len(lead) + size) // ALIGNED) * ALIGNED
    tables = {}
    for one in head["tables"]:
        kind = one["dtype"] if isinstance(one["dtype"], str) else [tuple(field) for field in one["dtype"]]
        tables[one["name"]] = _mapped(path, np.dtype(kind), tuple(one["shape"]), start + one["at"])
        if is_checked and hashlib.sha256(tables[one["name"]].data).hexdigest() != one["digest"]:
            raise _refusal(path, "a damaged file")
    return LocateIndex.from_tables(tables)


def _mapped(path: Path, kind: np.dtype, shape: tuple[int, ...], at: int) -> np.ndarray:
    """Return a table of the file; its pages are copied only where written to, which nothing does."""
    if 0 in shape:
        return np.empty(shape, dtype=kind)
    if at + kind.itemsize * int(np.prod(shape)) > path.stat().st_size:
        raise _refusal(path, "a damaged file")
    return np.asarray(np.memmap(path, dtype=kind, mode="c", offset=at, shape=shape)).view(np.ndarray)


def _refusal(path: Path, found: str) -> FormatError:
    return FormatError(
        say("an index file of version {version}", version=VERSION),
        say("{name}: {why}", name=path.name, why=found),
        say("build it again"),
    )
