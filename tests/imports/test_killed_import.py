"""An import killed at any moment leaves the store as before; if it had just been done, as after, and never between."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest

from data.defects.following import list_defects
from data.imports import ImportOptions, import_file
from data.settings import home
from data.store import open_store, workspaces
from data.writer import write
from tests.imports.broken_shapefile import write_broken, write_villages
from tests.store.test_publishing import state

ROOT = Path(__file__).resolve().parents[2]
ACTOR = "administrator"
CHILD = """
import sys, data.worker
from data.imports import ImportOptions, import_file
from data.defects import RepairOptions
import data.defects.coming, data.imports.publish_areas, data.store.verbs
print("go", flush=True)
options = ImportOptions(level="grid", repair=RepairOptions())
import_file(sys.argv[1], "areas", options, workspace=sys.argv[2], actor="administrator")
print("done", flush=True)
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Two villages and incidents in them, and the grids that will come between."""
    folder = tmp_path_factory.mktemp("killed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WANGGE_HOME", str(folder / "home"))
        options = ImportOptions(level="village", id="code")
        import_file(write_villages(folder), "areas", options, workspace="w", actor=ACTOR)
        rows = pd.DataFrame({"事件编号": range(2000), "发生时间": "2026-01-02 08:00", "纬度": 30.5012})
        rows["经度"] = [120.68 + number * 0.000011 for number in range(2000)]
        rows.to_csv(folder / "i.csv", index=False)
        told = ImportOptions(crs="EPSG:4326", time_zone="Asia/Shanghai")
        import_file(folder / "i.csv", "incidents", told, workspace="w", actor=ACTOR)
        write_broken(folder)
        yield folder / "网格.shp"


def killed_after(pause_s: float, path: Path, workspace: str) -> None:
    """Import in another process and kill it and all it started `pause_s` after it began, unless it is done."""
    words = [sys.executable, "-c", CHILD, str(path), workspace]
    child = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True)
    try:
        assert child.stdout.readline().strip() == b"go"
        with suppress(subprocess.TimeoutExpired):
            child.wait(pause_s)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, 9)
        child.wait(60)
        child.stdout.close()


def kill_once(pause_s: float, path: Path) -> str:
    """Kill an import into a workspace that has rows to be placed again; say how the store was found."""
    store = open_store("w")
    before, edition = state(store), store.edition
    killed_after(pause_s, path, "w")
    assert [one for one in workspaces() if one != "w"] == []
    found = "before" if open_store("w").edition == edition else "after"
    if found == "before":
        assert state(open_store("w")) == before
        assert [key for key, _, _ in open_store("w").level_rows()] == ["village"]
        assert list_defects(open_store("w").desk(ACTOR)).empty, "a report without its import is not told"
        return found
    placed = open_store("w").desk(ACTOR).rows("incidents", columns=["area_id"])["area_id"].str.len()
    assert (placed == 15).sum() > 1900, "every row is in its grid or in its village, none in what was"
    last = open_store("w").desk(ACTOR).sources().iloc[0]["import_id"]
    write("w", "undo_import", {"import_id": last}, actor=ACTOR)
    assert state(open_store("w")) == before
    return found


@pytest.mark.parametrize("pause_s", [0.4, 2.5])
def test_killed_at_any_moment_the_store_is_as_before_or_as_after(place, pause_s):
    kill_once(pause_s, place)


def test_a_first_import_that_is_killed_leaves_no_workspace(place):
    killed_after(1.8, place, "fresh")
    assert "fresh" not in workspaces() or [row[0] for row in open_store("fresh").level_rows()] == ["grid"]
    if "fresh" in workspaces():
        write("fresh", "drop_workspace", {"confirm": "fresh"}, actor=ACTOR)
    import_file(place, "areas", ImportOptions(level="grid"), workspace="fresh", actor=ACTOR)
    assert [row[0] for row in open_store("fresh").level_rows()] == ["grid"]
    assert [one.name for one in home().glob(".making-*")] == [], "what the killed one left is gone"
    write("fresh", "drop_workspace", {"confirm": "fresh"}, actor=ACTOR)


@pytest.mark.prove
def test_killed_thirty_times(place, proof):
    rng = random.Random(4)
    found = [kill_once(rng.uniform(0, 4.0), place) for _ in range(30)]
    told = f"{found.count('before')} as before, {found.count('after')} whole and undone to as before"
    proof.note("30 kills of an import that moves 2,000 incidents", "as before, or whole; nothing between", told)
    assert found.count("before") > 0
