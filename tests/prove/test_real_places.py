"""Real input at full size: every row answered as shapely answers, every total as many as the rows."""

import json
import time

import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from tests.conftest import run_wangge

pytestmark = pytest.mark.prove


@pytest.fixture(scope="module")
def real_home(tmp_path_factory, real):
    """Chicago, Toronto and Taiwan, each a workspace, through `wangge import`."""
    home = tmp_path_factory.mktemp("real")
    chicago, toronto, taiwan = real / "chicago", real / "toronto", real / "taiwan"
    steps = {
        "chicago": (
            (chicago / "districts.geojson", "district", ("--id", "dist_num", "--name", "dist_label")),
            (chicago / "beats.geojson", "sector", ("--id", "district+sector", "--parent", "district")),
            (chicago / "beats.geojson", "beat", ("--id", "beat_num", "--parent", "district+sector")),
        ),
        "toronto": (
            (toronto / "divisions.geojson", "division", ("--id", "DIV")),
            (toronto / "neighbourhoods.geojson", "neighbourhood", ("--id", "AREA_SHORT_CODE", "--name", "AREA_NAME")),
        ),
        "taiwan": tuple(
            (
                taiwan / "villages.topojson.json",
                level,
                ("--layer", layer, "--id", f"{key}CODE", "--name", f"{key}NAME", *parent, "--crs", "4326"),
            )
            for level, layer, key, parent in (
                ("county", "counties", "COUNTY", ()),
                ("town", "towns", "TOWN", ("--parent", "COUNTYCODE")),
                ("village", "villages", "VILL", ("--parent", "TOWNCODE")),
            )
        ),
    }
    for workspace, levels in steps.items():
        for file, level, words in levels:
            kind = ("--as", "areas", "--level", level, "--workspace", workspace)
            done = run_wangge("import", file, *kind, *words, home=home)
            assert done.returncode == 0, done.stderr
    return home


def test_locate_is_row_for_row_what_shapely_says(real, tmp_path, proof):
    areas, points = real / "toronto" / "neighbourhoods.geojson", real / "toronto" / "incidents.csv.gz"
    words = (
        "--areas",
        areas,
        "--id",
        "AREA_SHORT_CODE",
        "--points",
        points,
        "--crs",
        "4326",
        "--out",
        tmp_path / "o.parquet",
    )
    done = run_wangge("locate", *words, "--json", home=tmp_path)
    assert done.returncode == 0, done.stderr
    found = pd.read_parquet(tmp_path / "o.parquet")
    polygons = pyogrio.read_dataframe(areas)
    table = pd.read_csv(points)
    shapes = shapely.points(table["Long"], table["Lat"])
    tree = shapely.STRtree(polygons.geometry.to_numpy())
    point, area = tree.query(shapes, predicate="intersects")
    ids = polygons["AREA_SHORT_CODE"].astype(str).to_numpy()
    pairs = pd.DataFrame({"point": point, "id": ids[area]}).groupby("point")["id"].min()
    wanted = pd.Series(None, index=range(len(table)), dtype=object)
    wanted[pairs.index] = pairs.to_numpy()
    different = int((found["area_id"].astype(object).fillna("") != wanted.fillna("")).sum())
    reasons = json.loads(done.stdout)["reasons"]
    listed = ", ".join(f"{reason} {rows:,}" for reason, rows in reasons.items())
    proof.note(
        "`wangge locate`: Toronto's incidents against shapely's predicates",
        "0 rows different",
        f"{different} of {len(table):,} ({listed})",
    )
    assert different == 0
    assert sum(reasons.values()) == len(table) == 210_992
    assert np.array_equal(found["area_id"].isna(), found["reason"].isin(["outside", "no_location"]))


LEVELS = {"chicago": {"district": 23, "sector": 68, "beat": 275}, "toronto": {"division": 16, "neighbourhood": 140}}
LEVELS["taiwan"] = {"county": 22, "town": 368, "village": 7701}


@pytest.mark.parametrize("workspace", LEVELS)
def test_hierarchies_have_all_their_areas(real_home, workspace, proof):
    counts = {level: len(coverage(real_home, workspace, level)["areas"]) for level in LEVELS[workspace]}
    proof.note(f"Areas of {workspace} by level", str(list(LEVELS[workspace].values())), str(list(counts.values())))
    assert counts == LEVELS[workspace]


def coverage(home, workspace: str, level: str) -> dict:
    words = ("coverage", "--level", level, "--from", "1900-01-01", "--to", "2100-01-01", "--metric", "incident_count")
    done = run_wangge(*words, "--workspace", workspace, "--json", home=home)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_toronto_incidents_import_and_add_up(real_home, real, proof):
    words = ("--as", "incidents", "--crs", "4326", "--time-zone", "America/Toronto", "--workspace", "toronto", "--json")
    started = time.perf_counter()
    done = run_wangge("import", real / "toronto" / "incidents.csv.gz", *words, home=real_home)
    seconds = time.perf_counter() - started
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    proof.note("Import of Toronto's 210,992 incidents", "15 s", f"{seconds:.1f} s")
    assert report["rows_read"] == 210_992
    assert sum(report["reasons"].values()) == report["rows_taken"]
    for level in LEVELS["toronto"]:
        answer = coverage(real_home, "toronto", level)
        placed = sum(area["incident_count"] or 0 for area in answer["areas"])
        total = placed + answer["unassigned"]["incident_count"]
        proof.note(f"Toronto by {level}: areas + unassigned", f"{report['rows_taken']:,}", f"{total:,.0f}")
        assert total == answer["total"]["incident_count"] == report["rows_taken"]
    assert seconds < 15


@pytest.mark.parametrize("workspace", ["chicago", "taiwan"])
def test_generated_incidents_add_up_at_every_level(real_home, workspace, proof, tmp_path):
    """Points drawn over the box of the areas, so that some lie in none."""
    from data.store import open_store

    bounds = open_store_in(real_home, workspace, open_store)
    rng = np.random.default_rng(7)
    rows = 20_000
    table = pd.DataFrame({
        "incident_id": [f"R{i:05d}" for i in range(rows)],
        "occurred_at": "2026-11-01T08:00:00+08:00",
        "lon": rng.uniform(bounds[0], bounds[2], rows).round(6),
        "lat": rng.uniform(bounds[1], bounds[3], rows).round(6),
    })  # fmt: skip
    table.to_csv(tmp_path / "i.csv", index=False)
    done = run_wangge(
        "import", tmp_path / "i.csv", "--as", "incidents", "--crs", "4326", "--workspace", workspace, home=real_home
    )
    assert done.returncode == 0, done.stderr
    for level in LEVELS[workspace]:
        answer = coverage(real_home, workspace, level)
        total = sum(area["incident_count"] or 0 for area in answer["areas"]) + answer["unassigned"]["incident_count"]
        proof.note(f"{workspace} by {level}: areas + unassigned", f"{rows:,}", f"{total:,.0f}")
        assert total == rows


def open_store_in(home, workspace, open_store):
    import os

    before = os.environ["WANGGE_HOME"]
    os.environ["WANGGE_HOME"] = str(home)
    try:
        store = open_store(workspace)
        return store.desk("administrator").areas().total_bounds
    finally:
        os.environ["WANGGE_HOME"] = before
