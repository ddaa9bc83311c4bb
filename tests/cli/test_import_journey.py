"""The import journey without a page: repair on the way in, saved mappings, counts, defects followed."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

import cli
from data.store import open_store
from tests.imports.broken_shapefile import GRIDS, broken_shapes, write_broken, write_villages


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("commands")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WANGGE_HOME", str(folder / "home"))
        write_villages(folder)
        write_broken(folder)
        run("import", folder / "villages.gpkg", "--as", "areas", "--level", "village", "--id", "code")
        yield folder


def run(*words, code=0):
    """Run a command in this process; what it prints as JSON, or as text."""
    done = CliRunner().invoke(cli.app, [*map(str, words), "--workspace", "w"])
    assert done.exit_code == code, (done.exit_code, done.output, done.exception)
    text = done.stdout
    return json.loads(text) if "--json" in words else done.output


def test_from_the_shp_alone_to_defects_accepted_and_fixed(place):
    shp, areas = place / "网格.shp", ("--as", "areas", "--json")
    told = ("--level", "grid", "--id", "网格编码", "--encoding", "gbk")
    first = run("import", shp, *areas, *told, "--save-mapping", "月报")
    assert first["changes"] == {"inserted": 6, "updated": 0, "unchanged": 0, "removed": 0, "kept": 0}
    assert set(first["defects"]) >= {"overlap", "gap"}
    listed = run("mappings", "--json")["mappings"]
    assert [(one["name"], one["options"]["encoding"]) for one in listed] == [("月报", "gbk")]
    found = run("defects", "--state", "open", "--json")
    gap = next(one for one in found["defects"] if one["kind"] == "gap")
    assert run("defects", "accept", gap["key"], "--reason", "水塘", "--json")["state"] == "accepted"
    run("defects", "accept", gap["key"], code=2)
    run("defects", "accept", "gap|nowhere", "--reason", "x", code=2)
    assert run("defects", "--json")["counts"]["accepted"] == 1
    run("defects", "--out", place / "d.gpkg")
    assert (place / "d.gpkg").is_file()
    consent = ",".join(list(GRIDS)[1:4])
    second = run("import", shp, *areas, "--mapping", "月报", "--repair", "--consent", consent)
    assert second["changes"]["updated"] + second["changes"]["unchanged"] == 6
    assert second["defects"] == {}
    states = run("defects", "--json")["counts"]
    assert (states["open"], states["accepted"]) == (0, 0)
    assert states["fixed"] == sum(first["defects"].values())


def test_a_source_is_recognised_and_its_mapping_let_go(place):
    run("import", place / "villages.gpkg", "--as", "areas", "--level", "village", "--save-mapping", "villages")
    output = run("import", place / "villages.gpkg", "--as", "areas", "--level", "village")
    assert "saved mapping villages" in output
    assert "2 unchanged" in output
    assert "villages" in run("mappings")
    run("mappings", "drop", "villages")
    assert "villages" not in {one["name"] for one in run("mappings", "--json")["mappings"]}
    run("mappings", "drop", "villages", code=2)
    run("import", place / "villages.gpkg", "--as", "areas", "--mapping", "villages", code=2)


def test_consent_without_repair_is_refused(place):
    before = open_store("w").edition
    run("import", place / "网格.shp", "--as", "areas", "--level", "grid", "--consent", "A", code=2)
    assert open_store("w").edition == before
    assert len(broken_shapes()) == len(GRIDS)
