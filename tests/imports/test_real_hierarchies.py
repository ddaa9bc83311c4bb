"""The three real hierarchies, Toronto's incidents and Wuxi's fixes through the one door."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

from data.imports import ImportOptions, import_file
from data.store import open_store

ACTOR = "administrator"


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("real")
    patch = pytest.MonkeyPatch()
    patch.setenv("WANGGE_HOME", str(folder))
    yield folder
    patch.undo()


def load(path, workspace, kind="areas", **options):
    return import_file(path, kind, ImportOptions(**options), workspace=workspace, actor=ACTOR)


def counts(workspace):
    store = open_store(workspace)
    return [int((store.all_areas()["level"] == key).sum()) for key, _, _ in store.level_rows()]


@pytest.mark.slow
def test_chicago_nests(real):
    districts, beats = real / "chicago/districts.geojson", real / "chicago/beats.geojson"
    first = load(districts, "chicago", level="district", id="dist_num")
    second = load(beats, "chicago", level="sector", id="district+sector", parent="district")
    third = load(beats, "chicago", level="beat", id="beat_num", parent="district+sector")
    assert [(one.rows_read, one.rows_taken) for one in (first, second, third)] == [(25, 23), (277, 68), (277, 275)]
    assert any("without leading zeros" in str(notice) for notice in second.notices)
    assert counts("chicago") == [23, 68, 275]
    store = open_store("chicago")
    areas, tree = store.all_areas(), store.hierarchy()
    beats_only = areas[areas["level"] == "beat"]
    above = areas.loc[tree.at_level(list(beats_only.index), "district")].geometry.to_numpy()
    shapes = beats_only.geometry.to_numpy()
    share = shapely.area(shapely.intersection(shapes, above)) / shapely.area(shapes)
    assert share.min() > 0.999


@pytest.mark.slow
def test_toronto_almost_nests_and_its_incidents_add_up(real):
    load(real / "toronto/divisions.geojson", "toronto", level="division", id="DIV", name="UNIT_NAME")
    report = load(
        real / "toronto/neighbourhoods.geojson",
        "toronto",
        level="neighbourhood",
        id="AREA_SHORT_CODE",
        name="AREA_NAME",
    )
    assert counts("toronto") == [16, 140]
    assert any("straddle" in str(notice) for notice in report.notices)
    options = {"crs": "EPSG:4326", "map": {"hour": "occurrencehour"}, "time_zone": "America/Toronto"}
    found = load(real / "toronto/incidents.csv.gz", "toronto", "incidents", **options)
    assert found.rows_taken == 210_992 == sum(found.reasons.values())
    store = open_store("toronto")
    rows = store.table("incidents", columns=["incident_id", "occurred_at", "lon", "lat", "area_id", "reason"])
    assert len(rows) == 210_992
    assert rows["occurred_at"].min().year == 1966
    lifted = store.hierarchy().at_level(rows["area_id"], "division")
    assert sum(one is not None for one in lifted) + sum(one is None for one in lifted) == 210_992
    sample = rows.sample(2000, random_state=1)
    areas = store.all_areas()
    finest = areas[areas["level"] == "neighbourhood"].sort_index()
    for row in sample.itertuples():
        if row.reason in ("inside", "boundary") and row.area_id in finest.index:
            assert shapely.intersects_xy(finest.geometry.loc[row.area_id], row.lon, row.lat)


@pytest.mark.slow
def test_taiwan_in_chinese_with_prefix_codes(real):
    path, common = real / "taiwan/villages.topojson.json", {"crs": "EPSG:4326"}
    load(path, "taiwan", layer="counties", level="county", id="COUNTYCODE", name="COUNTYNAME", **common)
    load(path, "taiwan", layer="towns", level="town", id="TOWNCODE", name="TOWNNAME", parent="COUNTYCODE", **common)
    report = load(
        path, "taiwan", layer="villages", level="village", id="VILLCODE", name="VILLNAME", parent="TOWNCODE", **common
    )
    assert counts("taiwan") == [22, 368, 7701]
    assert any(str(notice).startswith("7 invalid polygons were repaired") for notice in report.notices)
    areas = open_store("taiwan").all_areas()
    assert shapely.is_valid(areas.geometry.to_numpy()).all()
    towns = areas[areas["level"] == "town"]
    assert all(code.startswith(parent) for code, parent in zip(towns.index, towns["parent_id"], strict=True))


@pytest.mark.slow
def test_wuxi_fixes_keep_units_and_outliers(real):
    options = {"crs": "EPSG:4326", "time_zone": "Asia/Shanghai"}
    report = load(real / "wuxi_gps/taxi.csv", "wuxi", "fixes", **options)
    assert report.rows_read == 20_188 == report.rows_taken + sum(count for _, count in report.rejected)
    fixes = open_store("wuxi").fix_archive().read(None, None)
    assert len(fixes) == report.rows_taken
    assert fixes["unit_id"].astype("str").str.startswith("00").all()
    assert fixes["unit_id"].nunique() == 475
    assert (fixes["lon"] < 110).any()
    assert set(fixes["reason"].astype("str")) == {"outside"}


def test_helsinki_roads_water_and_buildings(real):
    for kind in ("roads", "water", "buildings"):
        assert load(real / "osm/Helsinki.osm.pbf", "helsinki", kind).rows_taken > 10
    assert len(open_store("helsinki").table("roads")) == pytest.approx(1500, abs=1500)
    assert np.isfinite(open_store("helsinki").table("buildings")["lon"]).all()
    assert isinstance(open_store("helsinki").table("water"), pd.DataFrame)
