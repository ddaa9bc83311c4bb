"""Take every file of the dirty collection through the gate and write docs/dirty-files.md: what becomes of each."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

REAL = Path(os.environ.get("WANGGE_REAL") or ROOT.parent / "shared" / "real")
DIRTY = REAL / "dirty"
PAGE = ROOT / "docs" / "dirty-files.md"
SECONDS, MEMORY_MB, MOST_REASONS = 500, 6144, 4
HEAD = """# What happens to dirty files

{count} files that hurt, collected by the test suites of mapshaper, geojsonhint, pyogrio and geopandas (with licences,
scripts and expected results among them, as people's folders have), each taken through the gate: reader, encoding,
coordinate guard, checks as areas and as places. A file either loads with its report or is refused with a message that
names the file, the place and the remedy. Written by `tools/dirty_table.py`; `tests/formats/test_dirty_files.py` holds
it: no crash, no hang, no other outcome, no replaced character, no moved corner.

{loaded} load, {refused} are refused, {other} end otherwise.

| family | files | load | refused | why, by the words of the refusal | said about those that load |
|---|---|---|---|---|---|
"""


def dirty_files() -> list[Path]:
    """Return every file of the collection, by path."""
    return sorted(path for path in DIRTY.rglob("*") if path.is_file()) if DIRTY.is_dir() else []


def family_of(path: Path) -> str:
    """Return the family a file is counted in: its collection and folder, two steps deep, and its ending."""
    parts = [one for one in path.relative_to(DIRTY).parts[:-1] if one not in ("test", "tests", "data")]
    names = list(dict.fromkeys(parts))[:3] or ["web page"]
    return f"{'/'.join(names)} {path.suffix.lower() or 'without ending'}"


def examine_file(path: Path) -> dict[str, Any]:
    """Read a file and check it as areas and as places, in this process; return what came of it, never raise."""
    start = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="wangge-copy-") as folder:
            shutil.copyfile(path, Path(folder) / path.name)
            for beside in path.parent.glob(f"{path.stem}.*"):
                shutil.copyfile(beside, Path(folder) / beside.name)
            found = outcome(Path(folder) / path.name)
    except Exception as error:
        found = {"outcome": "other", "why": f"{type(error).__name__}: {error}"[:200]}
    return {"path": path.relative_to(DIRTY).as_posix(), "seconds": time.monotonic() - start} | found


def outcome(path: Path) -> dict[str, Any]:
    """Return whether a file loads or is refused, and the words."""
    from data.worker import REPORT, load_result, report_of

    with tempfile.TemporaryDirectory(prefix="wangge-dirty-") as folder:
        tempfile.tempdir = folder
        request = {"layer": None, "encoding": None, "kind": None, "header": True}
        job = {"path": str(path), "folder": folder, "request": request, "limits": {"memory_mb": MEMORY_MB}}
        report = report_of(job)
        tempfile.tempdir = None
        if "error" in report:
            error = report["error"]
            assert error["found"]["template"], path
            assert error["remedy"]["template"], path
            return {"outcome": "refused", "why": error["found"]["template"], "remedy": error["remedy"]["template"]}
        (Path(folder) / REPORT).write_text(json.dumps(report), "utf-8")
        raw = load_result(Path(folder), path)
    said = [one.template for one in raw.notices] + (["some lines set aside"] if raw.rejects else [])
    replaced = any("\ufffd" in str(value) for value in raw.frame.to_numpy().ravel()[:2000])
    return {
        "outcome": "loads",
        "format": raw.title,
        "rows": len(raw.frame),
        "encoding": raw.encoding,
        "said": said,
        "is_replaced": replaced and "\ufffd".encode() not in path.read_bytes(),
        "is_moved": is_moved(path, raw),
        "checked": {kind: check(raw, kind) for kind in ("areas", "places")},
    }


def is_moved(path: Path, raw: Any) -> bool:
    """Return whether a corner differs from what a plain reading of the same file gives, where that can read it."""
    import numpy as np
    import shapely
    from pyogrio.errors import DataSourceError
    from pyogrio.raw import read

    if raw.geometry is None or raw.format in ("parquet", "delimited", "records", "workbook", "osm", "kml", "dxf"):
        return False
    try:
        _, _, wkb, _ = read(path)
    except (DataSourceError, ValueError, UnicodeDecodeError, RuntimeError):
        return False
    plain = shapely.from_wkb(wkb, on_invalid="ignore")
    if len(plain) != len(raw.geometry):
        return False
    corners = [shapely.get_coordinates(shapely.force_2d(shapes)) for shapes in (plain, raw.geometry)]
    return corners[0].shape != corners[1].shape or not np.array_equal(*corners, equal_nan=True)


def check(raw: Any, kind: str) -> str:
    """Return what the checks of one kind say of a table that was read: "taken" or the words of the refusal."""
    from data.imports import ImportOptions
    from data.imports.areas import read_level
    from data.imports.ground import KnownGround
    from data.imports.rows import read_rows
    from geo.errors import GridError

    first = next(iter(raw.frame.columns), None)
    crs = None if raw.crs else "EPSG:4326"
    try:
        if kind == "areas":
            read_level(raw, ImportOptions(level="grid", id=first, crs=crs), KnownGround())
        else:
            read_rows(raw, kind, ImportOptions(id=first, crs=crs), KnownGround())
    except GridError as refusal:
        return refusal.found.template
    return "taken"


def page(rows: list[dict[str, Any]]) -> str:
    """Return the document for all outcomes."""
    count = Counter(row["outcome"] for row in rows)
    text = HEAD.format(count=len(rows), loaded=count["loads"], refused=count["refused"], other=count["other"])
    families: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        families.setdefault(family_of(DIRTY / row["path"]), []).append(row)
    for family, members in sorted(families.items()):
        of = {name: [one for one in members if one["outcome"] == name] for name in ("loads", "refused", "other")}
        why = Counter(plain_words(one["why"]) for one in (*of["refused"], *of["other"])).most_common(MOST_REASONS)
        said = Counter(plain_words(text) for one in of["loads"] for text in one["said"]).most_common(2)
        cells = [family, len(members), len(of["loads"]), len(of["refused"]), listed(why), listed(said)]
        text += "| " + " | ".join(map(str, cells)) + " |\n"
    return text


def plain_words(template: str) -> str:
    """
    Return a sentence's template as a table may show it.

    Examples
    --------
    >>> plain_words("{file} is empty")
    '… is empty'
    """
    import re

    return re.sub(r"\{[^{}]*\}", "…", template).replace("|", "/")


def listed(counted: list[tuple[str, int]]) -> str:
    """Return reasons with their counts."""
    return "; ".join(f"{text} ({count})" for text, count in counted) or "–"


def main() -> None:
    """Read paths from standard input, else take the whole collection; print one JSON line a file, or write the page."""
    from data.worker import limit_self

    limit_self({"seconds": SECONDS, "memory_mb": MEMORY_MB})
    if "--lines" in sys.argv:
        for line in sys.stdin:
            sys.stdout.write(json.dumps(examine_file(Path(line.strip()))) + "\n")
            sys.stdout.flush()
        return
    rows = [examine_file(path) for path in dirty_files()]
    PAGE.write_text(page(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
