"""Uploads that hurt: every one of them loads or is refused; none crashes the reader, keeps it busy or is changed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from data.formats import RawTable, read_file
from geo.errors import GridError

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import dirty_table  # noqa: E402

DIRTY = dirty_table.DIRTY
FILES = dirty_table.dirty_files()
pytestmark = pytest.mark.skipif(not DIRTY.is_dir(), reason="real input is not here")
MOST_SECONDS = 20


def outcomes(files: list[Path]) -> list[dict]:
    """What the gate makes of files, in one limited process; a crash of it shows."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(ROOT / "tools" / "dirty_table.py"), "--lines"],
        input="".join(f"{path}\n" for path in files),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=550,
    )
    seen = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert done.returncode == 0, (seen[-1:], done.stderr[-500:])
    return seen


def require_good(seen: list[dict], files: list[Path]) -> None:
    assert [one["path"] for one in seen] == [path.relative_to(DIRTY).as_posix() for path in files]
    assert [one for one in seen if one["outcome"] == "other"] == []
    assert [one for one in seen if one.get("is_replaced") or one.get("is_moved")] == []
    assert all(one["why"] and one["remedy"] for one in seen if one["outcome"] == "refused")


def test_a_sample_loads_or_is_refused():
    sample = FILES[::20]
    require_good(outcomes(sample), sample)


@pytest.mark.prove
def test_every_dirty_file_does_as_the_document_says(proof):
    seen = outcomes(FILES)
    require_good(seen, FILES)
    loaded, slowest = sum(one["outcome"] == "loads" for one in seen), max(one["seconds"] for one in seen)
    line = f"{len(seen)} dirty files through the gate: crashes, hangs over {MOST_SECONDS} s, silent changes"
    told = f"0, 0, 0: {loaded} load, {len(seen) - loaded} are refused with a remedy, the slowest in {slowest:.1f} s"
    proof.note(line, "0, 0, 0", told)
    assert [one for one in seen if one["seconds"] > MOST_SECONDS] == []
    assert dirty_table.page(seen) == dirty_table.PAGE.read_text(encoding="utf-8"), "tools/dirty_table.py"


def test_the_document_counts_every_file():
    text = dirty_table.PAGE.read_text(encoding="utf-8")
    assert f"{len(FILES)} files that hurt" in text
    families = {dirty_table.family_of(path) for path in FILES}
    assert not [family for family in families if f"| {family} |" not in text]
    assert ", 0 end otherwise" in text


@pytest.mark.parametrize("path", FILES[::150], ids=lambda path: path.name)
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


def test_numbers_of_a_dbf_stay_as_they_are_written():
    raw = read_file(DIRTY / "mapshaper/test/data/dbf/comma_separated.dbf")
    assert raw.frame["AUGSTUMS"].iloc[0] == "68,500"
