"""`wangge check` on the demonstration and on real files; copies with planted defects are in test_check_planted.py."""

from __future__ import annotations

import json

import geopandas as gpd
import pytest
import shapely
from typer.testing import CliRunner

import cli
from data.formats import read_file
from tests.cli.planted import true_m2
from tests.conftest import run_wangge

RUNNER = CliRunner()
VILLAGES = ("taiwan/villages.topojson.json", ("--layer", "villages", "--id", "VILLCODE", "--crs", "4326"))
BEATS = ("chicago/beats.geojson", ("--id", "beat_num"))
NEIGHBOURHOODS = ("toronto/neighbourhoods.geojson", ("--id", "AREA_SHORT_CODE"))


def check(*words: object) -> tuple[int, dict]:
    """Run the command in this process; return its exit code and its JSON."""
    done = RUNNER.invoke(cli.app, ["check", *map(str, words), "--json"], catch_exceptions=False)
    return done.exit_code, json.loads(done.stdout)


def kinds(result: dict) -> dict[str, int]:
    return {kind: count for kind, count in result["counts"].items() if count}


def test_the_demonstration_is_clean_on_every_level(demo_home, tmp_path):
    levels = ("county", "town", "village", "grid", "micro_grid")
    files = {level: tmp_path / f"{level}.gpkg" for level in levels}
    for level, file in files.items():
        done = run_wangge("export", "areas", "--level", level, "--out", file, home=demo_home)
        assert done.returncode == 0, done.stderr
    parents = dict(zip(levels[1:], levels[:-1], strict=True))
    for level in ("town", "micro_grid"):
        above = ("--parent", files[parents[level]], "--parent-id", "area_id")
        scheme = ("--code-scheme", "micro_grid_17") if level == "micro_grid" else ()
        code, result = check(files[level], "--id", "area_id", *above, *scheme)
        assert (code, result["defects"], result["notices"][:-1]) == (0, [], [])
        assert result["proof"]["borders_equal_bit_for_bit"]
        assert abs(result["proof"]["parent_area_difference_m2"]) < 1e-3
    assert result["footprints"] < result["areas"]  # the stairwells of a tower
    band = ("--households", "households", "--class", "area_class", "--band", "10", "60")
    code, result = check(files["micro_grid"], "--id", "area_id", *band)
    assert code == 1
    assert set(kinds(result)) == {"out_of_band"}


@pytest.mark.slow
def test_taiwan_has_seven_invalid_and_its_overlaps_and_gaps_stand_on_the_map(real, tmp_path):
    name, words = VILLAGES
    out = tmp_path / "defects.gpkg"
    code, result = check(real / name, *words, "--out", out)
    assert code == 1
    assert kinds(result) == {"invalid": 7, "overlap": 3, "gap": 8}
    assert result["proof"] is None
    table = gpd.read_file(out)
    assert len(table) == len(result["defects"]) == 18
    villages = read_file(real / name, layer="villages", kind="areas")
    shapes = dict(zip(villages.frame["VILLCODE"], villages.geometry, strict=True))
    for row in table[table["kind"] != "invalid"].itertuples():
        ids = row.ids.split(", ")
        hit = [shapely.intersects_xy(shapes[one], row.lon, row.lat) for one in ids]
        assert all(hit) if row.kind == "overlap" else not any(hit)
        assert true_m2(row.geometry) == pytest.approx(row.area_m2, rel=1e-4, abs=1e-3)


@pytest.mark.slow
def test_chicago_nests_and_the_codes_are_explained(real):
    name, words = BEATS
    parents = ("--parent", real / "chicago/districts.geojson", "--parent-id", "dist_num")
    code, result = check(real / name, *words, *parents)
    assert (code, result["areas"], result["defects"]) == (0, 275, [])
    assert any("without leading zeros, as '07' and '7'" in one for one in result["notices"])
    assert any("3 rows share 1 ids" in one and "3100" in one for one in result["notices"])
    assert result["proof"]["parents"] == 23


@pytest.mark.slow
def test_toronto_has_38_that_straddle(real):
    name, words = NEIGHBOURHOODS
    parents = ("--parent", real / "toronto/divisions.geojson", "--parent-id", "DIV")
    code, result = check(real / name, *words, *parents)
    assert code == 1
    assert kinds(result)["two_parents"] == 38
    assert all(len(one["ids"]) >= 3 for one in result["defects"] if one["kind"] == "two_parents")


def test_refusals_say_what_to_do(tmp_path):
    file = tmp_path / "a.geojson"
    gpd.GeoDataFrame({"code": ["A"]}, geometry=[shapely.box(0, 0, 1, 1)], crs="EPSG:4326").to_file(file)
    for words, told in (
        (("--id", "nothing"), "nothing"),
        (("--id", "code", "--code-scheme", "mine"), "code scheme"),
        (("--id", "code", "--band", "5", "1"), "--band MIN MAX"),
        (("--id", "code", "--parent-id", "x"), "--parent FILE"),
    ):
        done = RUNNER.invoke(cli.app, ["check", str(file), *words], catch_exceptions=False)
        assert done.exit_code == 2, words
        assert told in done.stderr


def test_a_repaired_copy_has_every_column_and_passes_the_check(tmp_path):
    squares = [shapely.box(x, 3_370_000, x + 100, 3_370_100) for x in (500_000, 500_099, 500_199.5)]
    rows = {"code": ["01", "02", "03"], "head": ["甲", "乙", "丙"]}
    file, fixed = tmp_path / "a.gpkg", tmp_path / "b.gpkg"
    gpd.GeoDataFrame(rows, geometry=squares, crs="EPSG:4549").to_file(file)
    words = (file, "--id", "code", "--repair", fixed)
    code, result = check(*words, "--max-change", "0.001")
    assert code == 1
    assert result["repair"]["left"][0]["ids"] == ["01", "02"]
    code, result = check(*words, "--max-change", "0.001", "--consent", "01,02,03")
    assert code == 0
    assert result["repair"]["largest_change"]["change_share"] == pytest.approx(0.01, rel=1e-3)
    code, again = check(fixed, "--id", "code")
    assert (code, again["defects"]) == (0, [])
    assert list(gpd.read_file(fixed)["head"]) == ["甲", "乙", "丙"]
