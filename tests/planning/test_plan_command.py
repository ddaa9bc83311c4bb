"""`wangge plan` from files to files: what it writes, how it ends, what it refuses."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from typer.testing import CliRunner

from cli import app

ROOT = Path(__file__).resolve().parents[2]
STEP = 0.001


def squares(columns=6, rows=4, **more):
    """Squares of about 100 m in Haining, each with 100 households, in the villages west and east."""
    cells = [(x, y) for y in range(rows) for x in range(columns)]
    shapes = [
        shapely.box(120.5 + x * STEP, 30.4 + y * STEP, 120.5 + (x + 1) * STEP, 30.4 + (y + 1) * STEP) for x, y in cells
    ]
    table = {
        "id": [f"0{x}{y}" for x, y in cells],
        "households": [100] * len(cells),
        "village": ["west" if x < columns / 2 else "east" for x, y in cells],
    }
    return gpd.GeoDataFrame(table | more, geometry=shapes, crs=4326)


def run(folder, units, *options, **files):
    units.to_file(folder / "units.geojson")
    for name, table in files.items():
        table.to_file(folder / f"{name}.geojson")
    words = [
        "plan",
        "--units",
        "units.geojson",
        "--id",
        "id",
        "--size",
        "households",
        "--out",
        "out.csv",
        "--report",
        "r.json",
    ]
    before = Path.cwd()
    os.chdir(folder)
    try:
        done = CliRunner().invoke(app, [*words, *options])
    finally:
        os.chdir(before)
    return done


def results(folder):
    return pd.read_csv(folder / "out.csv", dtype=str), json.loads((folder / "r.json").read_text())


def test_a_plan_and_its_report(tmp_path):
    done = run(tmp_path, squares(), "--within", "village", "--band", "300", "500", "--alternatives", "1")
    assert done.exit_code == 0, done.stderr
    table, report = results(tmp_path)
    assert table["id"].tolist() == squares()["id"].tolist()
    sizes = table["zone"].value_counts() * 100
    assert {zone["zone"]: zone["size"] for zone in report["zones"]} == sizes.to_dict()
    assert all(zone["in_band"] and zone["parts"] == 1 and 0.3 < zone["compactness"] < 0.8 for zone in report["zones"])
    assert report["contiguous"]
    assert [(one["parent"], one["feasible"]) for one in report["parents"]] == [("east", True), ("west", True)]
    assert squares()["village"].groupby(table["zone"]).nunique().max() == 1
    assert report["households_moved"] is None
    assert report["seconds"] > 0


def test_an_infeasible_parent_ends_with_one_and_its_reason(tmp_path):
    units = squares()
    units.loc[units["village"] == "west", "households"] = 46
    done = run(tmp_path, units, "--within", "village", "--band", "300", "500")
    assert done.exit_code == 1
    _, report = results(tmp_path)
    west = next(one for one in report["parents"] if one["parent"] == "west")
    assert not west["feasible"]
    assert west["reason"] == "552 lies in a gap: 1 zones hold at most 500, 2 need at least 600"
    assert "a max of 552 or a min of 276 would do" in west["parts"][0]["advice"][0]
    assert west["reason"] in done.stderr


def test_a_river_is_not_crossed_and_a_bridge_is(tmp_path):
    units = squares(4, 2)
    middle = 120.5 + 2 * STEP
    river = gpd.GeoDataFrame(
        {"barrier": ["hard"]}, geometry=[shapely.LineString([(middle, 30.39), (middle, 30.41)])], crs=4326
    )
    done = run(tmp_path, units, "--band", "800", "800", "--barriers", "rivers.geojson", rivers=river)
    assert done.exit_code == 1
    _, report = results(tmp_path)
    assert "cut off from the rest" in report["parents"][0]["reason"]
    bridge = gpd.GeoDataFrame({"barrier": ["bridge"]}, geometry=[shapely.Point(middle, 30.4 + STEP / 2)], crs=4326)
    both = pd.concat([river, bridge])
    done = run(tmp_path, units, "--band", "800", "800", "--barriers", "rivers.geojson", rivers=both)
    assert done.exit_code == 0, done.stderr


def test_minimal_change_keeps_what_fits(tmp_path):
    today = ["a"] * 12 + ["b"] * 12
    units = squares(6, 4, grid=today)
    units.loc[0, "households"] = 250
    done = run(tmp_path, units, "--band", "1100", "1300", "--current", "grid", "--max-change", "1.0")
    assert done.exit_code == 0, done.stderr
    table, report = results(tmp_path)
    assert report["households_moved"] == 100
    assert report["zones_changed"] == 2
    assert (table["zone"] != today).sum() == 1
    done = run(tmp_path, units, "--band", "1100", "1300", "--current", "grid", "--max-change", "0.1")
    assert done.exit_code == 1
    assert "more than the budget of 10.0%" in done.stderr


def test_classes_have_bands_and_columns_of_their_own(tmp_path):
    units = squares(6, 2, rooms=[20] * 12)
    units["area_class"] = np.where(units["village"] == "west", "town", "rental")
    units.loc[11, "area_class"] = "dedicated"
    (tmp_path / "bands.csv").write_text(
        "class,column,min,max,exempt\ntown,,300,300,\nrental,rooms,40,60,\ndedicated,,,,yes\n", encoding="utf-8"
    )
    done = run(tmp_path, units, "--bands", "bands.csv")
    assert done.exit_code == 0, done.stderr
    _, report = results(tmp_path)
    found = {(zone["class"], zone["size"]) for zone in report["zones"]}
    assert found >= {("town", 300), ("dedicated", 100)}
    assert all(40 <= size <= 60 for kind, size in found if kind == "rental")


def test_an_adjacency_list_is_planned(tmp_path):
    nodes = [{"key": f"n{i}", "id": i, "people": 10} for i in range(8)]
    near = [[{"id": j} for j in (i - 1, i + 1) if 0 <= j < 8] for i in range(8)]
    (tmp_path / "a.json").write_text(json.dumps({"nodes": nodes, "adjacency": near}))
    words = ["plan", "--units", str(tmp_path / "a.json"), "--id", "key", "--size", "people", "--zones", "4"]
    words += ["--deviation", "0.01", "--out", str(tmp_path / "out.csv"), "--report", str(tmp_path / "r.json")]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.stderr
    table, report = results(tmp_path)
    assert table["zone"].value_counts().tolist() == [2, 2, 2, 2]
    assert report["cut_edges"] == 3


@pytest.mark.parametrize(
    ("change", "options", "found"),
    [
        ({"households": None}, [], "no column households"),
        (
            {"households": [-5, 2.5, *[100] * 22]},
            [],
            "a negative households in 000; a households that is no whole number in 010",
        ),
        ({"village": [None, *["west"] * 23]}, ["--within", "village"], "no village for 000"),
        ({}, ["--band", "500", "300"], "band 500 to 300"),
        ({"grid": ["a", "b"] * 12}, ["--current", "grid"], "in pieces: a, b"),
        ({}, ["--zones", "3", "--deviation", "0.1"], "--band, --deviation"),
        ({"id": ["x", "x", *[f"y{i}" for i in range(22)]]}, [], "ids that repeat: x"),
    ],
    ids=["no column", "sizes", "no village", "band", "today in pieces", "two bands", "ids"],
)
def test_bad_input_is_named_and_nothing_is_written(tmp_path, change, options, found):
    units = squares(6, 4, grid=["a"] * 24)
    for column, values in change.items():
        units = units.drop(columns=column) if values is None else units.assign(**{column: values})
    band = [] if "500" in options else ["--band", "300", "500"]
    done = run(tmp_path, units, *band, *options)
    assert done.exit_code == 2
    assert found in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"units.geojson"}


def test_a_barrier_through_a_unit_is_refused_by_name(tmp_path):
    line = shapely.LineString([(120.5 + STEP / 2, 30.39), (120.5 + STEP / 2, 30.4 + 1.0 * STEP)])
    rivers = gpd.GeoDataFrame({"name": ["creek"]}, geometry=[line], crs=4326)
    done = run(tmp_path, squares(), "--band", "300", "500", "--barriers", "rivers.geojson", rivers=rivers)
    assert done.exit_code == 2
    assert "a barrier cuts 000 in two" in done.stderr
    assert not (tmp_path / "out.csv").exists()


def test_a_cancelled_run_leaves_a_draft_and_nothing_else(tmp_path):
    """Many villages, stopped by Ctrl+C after the first words of progress have been solved."""
    units = squares(100, 100)
    units["village"] = [f"v{i // 50:03d}" for i in range(len(units))]
    units["id"] = [f"u{i:05d}" for i in range(len(units))]
    units.to_parquet(tmp_path / "units.parquet")
    code = "import sys; from commands import console; import data.planning.run as r; real = r.plan_units\n" \
           "def told(units, **more):\n" \
           "    more['progress'] = lambda share, text: print(share, flush=True)\n" \
           "    return real(units, **more)\n" \
           "r.plan_units = told; from cli import app; app(sys.argv[1:])"  # fmt: skip
    words = ["plan", "--units", "units.parquet", "--id", "id", "--size", "households", "--within", "village"]
    words += ["--band", "300", "500", "--out", "out.csv", "--report", "r.json"]
    running = subprocess.Popen(
        [sys.executable, "-c", code, *words], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert running.stdout is not None
    first = running.stdout.readline()
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=300)
    assert first, errors
    assert running.returncode == 130, errors
    assert "out.draft.csv" in errors
    draft = pd.read_csv(tmp_path / "out.draft.csv", dtype=str)
    assert len(draft) == len(units)
    assert draft["zone"].notna().any()
    assert draft["zone"].isna().any()
    assert {path.name for path in tmp_path.iterdir()} == {"units.parquet", "out.draft.csv"}


def test_classes_the_bands_do_not_name_are_one(tmp_path):
    sorts = ["town", "rental"] * 12
    (tmp_path / "bands.csv").write_text("class,min,max,exempt\n,300,500,\ndedicated,0,0,yes\n")
    done = run(tmp_path, squares(area_class=sorts), "--within", "village", "--bands", "bands.csv")
    assert done.exit_code == 0, done.stderr
    assert {one["class"] for one in results(tmp_path)[1]["zones"]} == {""}


def banks(tmp_path, *options):
    """Six squares of 100 households in a row, a river between the third and the fourth."""
    river = shapely.LineString([(120.5 + 3 * STEP, 30.39), (120.5 + 3 * STEP, 30.41)])
    barriers = gpd.GeoDataFrame({"barrier": ["hard"]}, geometry=[river], crs=4326)
    street = shapely.LineString([(120.5, 30.4005), (120.5 + 6 * STEP, 30.4005)])
    streets = gpd.GeoDataFrame({"name": ["a street"]}, geometry=[street], crs=4326)
    units = squares(rows=1).assign(village="one")
    return run(
        tmp_path, units, "--within", "village", "--band", "600", "600", *options, barriers=barriers, streets=streets
    )


def test_a_street_over_a_river_is_a_bridge(tmp_path):
    without = banks(tmp_path, "--barriers", "barriers.geojson")
    assert without.exit_code == 1
    done = banks(tmp_path, "--barriers", "barriers.geojson", "--streets", "streets.geojson")
    assert done.exit_code == 0, done.stderr
    assert results(tmp_path)[0]["zone"].nunique() == 1


def test_streets_without_barriers_are_refused(tmp_path):
    done = banks(tmp_path, "--streets", "streets.geojson")
    assert done.exit_code == 2
    assert "--streets without --make or --barriers" in done.stderr
