"""Real hierarchies by the command line: areas + unassigned = total = rows in, at every level."""

import csv
import io

import numpy as np
import pandas as pd
import pytest
import shapely

from data.store import open_store
from tests.conftest import environment, run_wangge

ROWS = 3_000
VIEWS = ("area", "unassigned", "total")
DAYS = ("2026-06-01", "2026-07-01")
TAIWAN = (
    ("counties", "county", "COUNTYCODE", "COUNTYNAME", ()),
    ("towns", "town", "TOWNCODE", "TOWNNAME", ("--parent", "COUNTYCODE")),
    ("villages", "village", "VILLCODE", "VILLNAME", ("--parent", "TOWNCODE")),
)


def run(home, *words):
    done = run_wangge(*words, home=home)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def taiwan_home(real, tmp_path_factory):
    home, path = tmp_path_factory.mktemp("taiwan"), real / "taiwan" / "villages.topojson.json"
    for layer, level, code, name, parent in TAIWAN:
        words = ("--layer", layer, "--crs", "EPSG:4326", "--level", level, "--id", code, "--name", name, *parent)
        run(home, "import", path, "--as", "areas", "--workspace", "taiwan", *words)
    return home


def random_incidents(areas, random):
    """Points inside and outside, on corners that areas share, without a place, and at an area that is only stated."""
    west, south, east, north = areas.total_bounds
    wide, high = 0.1 * (east - west), 0.1 * (north - south)
    corners = shapely.get_coordinates(areas.geometry.to_numpy())
    lon, lat = random.uniform(west - wide, east + wide, ROWS), random.uniform(south - high, north + high, ROWS)
    chosen = corners[random.integers(0, len(corners), ROWS // 10)]
    lon[: len(chosen)], lat[: len(chosen)] = chosen.T
    minute = random.integers(0, 30 * 24 * 60 - 1, ROWS)
    table = pd.DataFrame(
        {
            "incident_id": [f"r{n}" for n in range(ROWS)],
            "occurred_at": (pd.Timestamp(DAYS[0]) + pd.to_timedelta(minute, unit="min")).strftime("%Y-%m-%d %H:%M"),
            "category": random.choice(["噪声", "积水"], ROWS),
            "lon": lon,
            "lat": lat,
            "area_id": "",
        }
    )
    table.loc[ROWS - 200 :, ["lon", "lat"]] = np.nan
    table.loc[ROWS - 100 :, "area_id"] = random.choice(np.asarray(areas.index, dtype=object), 100)
    return table


def by_plain_predicates(areas, tree, table, level):
    """
    Rows per area of a level by shapely: in the finest area that holds the point, on a border the id that sorts first.

    A point that no finest area holds may lie in a coarser one.
    """
    points = shapely.points(table["lon"], table["lat"])
    ids = table["area_id"].where(table["area_id"] != "").astype(object)
    for finer in reversed(tree.level_order):
        chosen = areas[areas["level"] == finer].sort_index()
        row, hit = shapely.STRtree(chosen.geometry.to_numpy()).query(points, predicate="intersects")
        first = pd.Series(hit).groupby(row).min()
        first = first[ids.isna().to_numpy()[first.index]]
        ids[first.index] = chosen.index.to_numpy()[first.to_numpy()]
    placed = ids.where(ids.notna(), None)
    return pd.Series(tree.at_level(list(placed), level), dtype=object).value_counts()


def check_totals(home, workspace, folder, counts):
    with environment(WANGGE_HOME=str(home)):
        store = open_store(workspace)
        areas, tree = store.all_areas(), store.hierarchy()
    table = random_incidents(areas, np.random.default_rng(5))
    file = folder / f"{workspace}.csv"
    table.to_csv(file, index=False)
    where = ("--crs", "EPSG:4326", "--time-zone", "Asia/Shanghai")
    run(home, "import", file, "--as", "incidents", "--workspace", workspace, *where)
    assert [int((areas["level"] == level).sum()) for level in tree.level_order] == counts
    for level, count in zip(tree.level_order, counts, strict=True):
        out = folder / f"{workspace}-{level}.csv"
        period = ("--from", DAYS[0], "--to", DAYS[1])
        words = ("--level", level, *period, "--metric", "incident_count", "--out", out, "--workspace", workspace)
        run(home, "coverage", *words)
        found = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
        value = {view: [float(one["incident_count"]) for one in found if one["row"] == view] for view in VIEWS}
        assert len(value["area"]) == count
        assert sum(value["area"]) + value["unassigned"][0] == value["total"][0] == ROWS
        expected = by_plain_predicates(areas, tree, table, level)
        counted = {one["area_id"]: float(one["incident_count"]) for one in found if one["row"] == "area"}
        assert {i: n for i, n in counted.items() if n} == expected.to_dict()
        assert value["unassigned"][0] >= 100


@pytest.mark.slow
def test_chicago_adds_up_on_its_three_levels(chicago_home, tmp_path):
    check_totals(chicago_home, "chicago", tmp_path, [23, 68, 275])


@pytest.mark.slow
def test_taiwan_adds_up_on_its_three_levels(taiwan_home, tmp_path):
    check_totals(taiwan_home, "taiwan", tmp_path, [22, 368, 7_701])
