"""Uploads that hurt: every one of them loads or is refused; none crashes the reader or keeps it busy."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from data.formats import RawTable, read_file
from geo.errors import GridError

REAL = Path(os.environ.get("WANGGE_REAL") or Path(__file__).parents[3] / "shared" / "real")
ROOT = Path(__file__).parents[2]
DIRTY = REAL / "dirty"
pytestmark = pytest.mark.skipif(not DIRTY.is_dir(), reason="real input is not here")
LOOP = """
import json, pathlib, sys, tempfile
from data.worker import limit_self, report_of
limit_self({"seconds": 500, "memory_mb": 6144})
for line in sys.stdin:
    with tempfile.TemporaryDirectory() as folder:
        request = {"layer": None, "encoding": None, "kind": None, "header": True}
        job = {"path": line.strip(), "folder": folder, "request": request, "limits": {"memory_mb": 2048}}
        report = report_of(job)
        print(json.dumps([line.strip(), "error" in report, report.get("error", {}).get("found")]), flush=True)
"""


def dirty_files() -> list[Path]:
    return sorted(path for path in DIRTY.rglob("*") if path.is_file()) if DIRTY.is_dir() else []


@pytest.mark.slow
def test_every_dirty_file_loads_or_is_refused():
    files = dirty_files()
    done = subprocess.run(
        [sys.executable, "-c", LOOP],
        input="".join(f"{path}\n" for path in files),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=550,
    )
    seen = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    assert done.returncode == 0, (seen[-1:], done.stderr[-500:])
    assert [path for path, _, _ in seen] == [str(path) for path in files]
    refused = [path for path, is_refused, _ in seen if is_refused]
    assert len(refused) < len(files) * 0.9
    assert all(found for _, is_refused, found in seen if is_refused)


@pytest.mark.parametrize("path", dirty_files()[::60], ids=lambda path: path.name)
def test_through_the_reader_process(path):
    raw = outcome(path)
    if isinstance(raw, GridError):
        assert str(raw.found)
        assert str(raw.remedy)
        return
    assert raw.geometry is None or len(raw.geometry) == len(raw.frame)
    assert all(dtype in ("str", "object") for dtype in raw.frame.dtypes.astype(str))


def outcome(path: Path) -> RawTable | GridError:
    try:
        return read_file(path, seconds=60)
    except GridError as refusal:
        return refusal


def test_a_web_page_saved_as_geojson():
    with pytest.raises(GridError, match="web page"):
        read_file(DIRTY / "html_page_saved_as.geojson")
