"""`wangge check` on the demonstration, on real files, and on copies of them with planted defects."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from typer.testing import CliRunner

import cli
from data.formats import read_file
from geo.areas.checks.measure import measure_m2
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
        assert measure_m2(np.array([row.geometry]), "EPSG:4326")[0] == pytest.approx(row.area_m2, rel=1e-6, abs=1e-3)


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


def plant(table: gpd.GeoDataFrame, key: str) -> dict[str, tuple[float, float, float]]:
    """Plant four defects far apart; return kind -> size in m², longitude, latitude."""
    shapes, planted = np.array(table.geometry, dtype=object), {}
    pairs = np.array(shapely.STRtree(shapes).query(shapes, predicate="touches")).T
    order = np.random.default_rng(5).permutation(len(pairs))
    used: list[int] = []

    def free(row: int) -> bool:
        return all(not shapely.intersects(shapes[row], shapes[other].buffer(0.002)) for other in used)

    def spot(row: int, other: int) -> shapely.Point | None:
        shared = shapely.get_parts(
            shapely.line_merge(shapely.intersection(shapes[row].boundary, shapes[other].boundary))
        )
        shared = [one for one in shared if one.geom_type == "LineString" and one.length > 2e-3]
        return shared[0].interpolate(0.5, normalized=True) if shared else None

    for kind, size in (("overlap", 1.0), ("gap", 400.0), ("moved", None), ("duplicate_id", None)):
        for row, other in pairs[order]:
            point = spot(row, other) if free(row) and free(other) else None
            if point is None or table[key].iloc[row] == table[key].iloc[other]:
                continue
            used += [int(row), int(other)]
            break
        if kind == "duplicate_id":
            table.loc[table.index[row], key] = table[key].iloc[other]
            area = measure_m2(shapes[[row]], "EPSG:4326")[0] + measure_m2(shapes[[other]], "EPSG:4326")[0]
            planted[kind] = (area, *shapes[row].representative_point().coords[0])
            continue
        radius = (size or 9.0) ** 0.5 / 111_195 * 0.9
        disc = point.buffer(radius)
        left, right = shapely.difference(shapes[row], disc), shapely.difference(shapes[other], disc)
        if kind == "overlap":
            table.loc[table.index[row], "geometry"] = shapely.union(shapes[row], disc)
            lost = shapely.intersection(table.geometry.iloc[row], shapes[other])
        elif kind == "gap":
            table.loc[table.index[row], "geometry"], table.loc[table.index[other], "geometry"] = left, right
            lost = shapely.intersection(shapely.union(shapes[row], shapes[other]), disc)
        else:
            ring = np.array(shapely.get_coordinates(shapely.get_parts(shapes[row])[0].exterior))
            at = int(np.argmin(np.hypot(*(ring - [point.x, point.y]).T)))
            before = ring[at].copy()
            ring[np.all(ring == before, axis=1)] += 30 / 111_195
            moved = shapely.Polygon(ring)
            table.loc[table.index[row], "geometry"] = moved
            lost = shapely.symmetric_difference(moved, shapes[row])
        planted[kind] = (measure_m2(np.array([lost]), "EPSG:4326")[0], point.x, point.y)
    return planted


@pytest.mark.slow
@pytest.mark.parametrize(("source", "key"), [(BEATS, "beat_num"), (NEIGHBOURHOODS, "AREA_SHORT_CODE")])
def test_planted_defects_in_a_copy_are_found_located_and_sized(real, tmp_path, source, key):
    name, words = source
    table = gpd.read_file(real / name)
    planted = plant(table, key)
    copy = tmp_path / "copy.gpkg"
    pyogrio.write_dataframe(table, copy)
    code, result = check(copy, *words)
    assert code == 1

    def near(place: tuple[float, float], metres: float) -> list[dict]:
        x, y = place
        scale = np.cos(np.radians(y))
        found = [one for one in result["defects"] if one["lon"] is not None]
        return [one for one in found if np.hypot((one["lon"] - x) * scale, one["lat"] - y) * 111_195 < metres]

    size, *place = planted["overlap"]
    (overlap,) = [one for one in near(place, 5) if one["kind"] == "overlap"]
    assert overlap["area_m2"] == pytest.approx(size, rel=1e-3)
    assert 0.5 < size < 3
    size, *place = planted["gap"]
    (gap,) = [one for one in near(place, 40) if one["kind"] == "gap"]
    assert gap["area_m2"] == pytest.approx(size, rel=1e-3)
    assert near(planted["moved"][1:], 3_000)
    doubled = [one for one in result["defects"] if one["kind"] == "duplicate_id"]
    assert len(doubled) == 1
    assert doubled[0]["area_m2"] == pytest.approx(planted["duplicate_id"][0], rel=1e-3)


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
