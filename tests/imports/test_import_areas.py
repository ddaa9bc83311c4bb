"""Areas through the door: parts, parents, levels, repairs; and what is refused changes nothing."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from data.imports import ImportOptions, import_file, preview_file
from data.store import open_store, workspaces
from geo.errors import CRSError, GridError, SchemaError

ACTOR = "administrator"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("WANGGE_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return tmp_path


def write(path, ids, shapes, crs="EPSG:4326", **columns):
    gpd.GeoDataFrame({"code": ids, **columns}, geometry=shapes, crs=crs).to_file(path)
    return path


def load(path, level, **more):
    options = ImportOptions(level=level, id=more.pop("id", "code"), **more)
    return import_file(path, "areas", options, workspace="w", actor=ACTOR)


def said(report) -> str:
    return " | ".join(str(notice) for notice in report.notices)


def box(x, y, w=1.0, h=1.0):
    return shapely.box(120 + x, 30 + y, 120 + x + w, 30 + y + h)


def test_levels_parts_and_parents(home):
    towns = write(home / "towns.gpkg", ["01", "02"], [box(0, 0, 2, 2), box(2, 0, 2, 2)], name=["East", "West"])
    load(towns, "town", level_title="镇")
    bow = shapely.Polygon([(122, 30), (123, 31), (123, 30), (122, 31)])
    grids = write(
        home / "grids.gpkg",
        ["a", "a", "b", "c"],
        [box(0, 0), box(1, 1), box(1, 0), bow],
        up=["1", "1", "1", "2"],
    )
    report = load(grids, "grid", parent="up")
    assert (report.rows_read, report.rows_taken) == (4, 3)
    assert "merged as parts of one area: a" in said(report)
    assert "without leading zeros: 1, 2" in said(report)
    assert "invalid polygons were repaired: c" in said(report)
    store = open_store("w")
    assert [row[:2] for row in store.level_rows()] == [("town", 0), ("grid", 1)]
    areas = store.all_areas()
    assert areas["parent_id"].reindex(["a", "b", "c"]).tolist() == ["01", "01", "02"]
    assert areas.loc["a"].geometry.area == 2.0


def test_parents_by_the_largest_overlap_and_a_level_in_between(home):
    load(write(home / "t.gpkg", ["T1", "T2"], [box(0, 0, 2, 2), box(2, 0, 2, 2)]), "town")
    cells = [box(0, 0), box(1, 0, 1.2), box(2.2, 0, 0.8), box(3, 0)]
    report = load(write(home / "g.gpkg", ["a", "b", "c", "d"], cells), "grid")
    assert "3 of 4 areas lie at least 99% inside one" in said(report)
    assert "1 areas straddle two parents: b" in said(report)
    assert open_store("w").all_areas()["parent_id"].reindex(list("abcd")).tolist() == ["T1", "T1", "T2", "T2"]
    halves = [box(0, 0, 1, 2), box(1, 0, 1, 2), box(2, 0, 2, 2)]
    load(write(home / "v.gpkg", ["V1", "V2", "V3"], halves), "village")
    store = open_store("w")
    assert [row[0] for row in store.level_rows()] == ["town", "village", "grid"]
    assert store.hierarchy().path("a") == ["T1", "V1", "a"]
    assert store.hierarchy().path("d") == ["T2", "V3", "d"]


def test_touching_rows_of_one_id_dissolve(home):
    path = write(
        home / "b.gpkg", ["1", "2", "3"], [box(0, 0), box(1, 0), box(2, 0)], d=["x", "x", "y"], s=["1", "1", "1"]
    )
    report = load(path, "sector", id="d+'-'+s")
    assert report.rows_taken == 2
    assert open_store("w").all_areas().loc["x-1"].geometry.area == 2.0


def test_codes_used_by_another_level_are_told_apart(home):
    load(write(home / "t.gpkg", ["1", "2"], [box(0, 0, 2), box(2, 0, 2)]), "town")
    report = load(
        write(home / "g.gpkg", ["1", "2", "3"], [box(0, 0), box(1, 0), box(2, 0)], up=["1", "1", "2"]),
        "grid",
        parent="up",
    )
    assert "are used by another level too" in said(report)
    assert open_store("w").hierarchy().children("1") == ["grid:1", "grid:2"]
    load(write(home / "m.gpkg", ["m"], [box(0, 0, 0.5)], up=["2"]), "micro", parent="up", parent_level="grid")
    assert open_store("w").hierarchy().path("m") == ["1", "grid:2", "m"]


def test_a_corrected_level_replaces_the_old_one_and_rows_are_placed_again(home):
    load(write(home / "a.gpkg", ["a"], [box(0, 0, 2)]), "grid")
    (home / "i.csv").write_text("id,time,lon,lat\n1,2026-01-01T00:00Z,120.5,30.5\n2,2026-01-01T00:00Z,121.5,30.5\n")
    options = ImportOptions(crs="EPSG:4326")
    import_file(home / "i.csv", "incidents", options, workspace="w", actor=ACTOR)
    load(write(home / "b.gpkg", ["a", "b"], [box(0, 0), box(1, 0)]), "grid")
    store = open_store("w")
    assert store.all_areas().index.tolist() == ["a", "b"]
    assert store.table("incidents").set_index("incident_id")["area_id"].to_dict() == {"1": "a", "2": "b"}


def test_stacked_areas_share_a_footprint(home):
    report = load(write(home / "a.gpkg", ["m2", "m1", "g"], [box(0, 0), box(0, 0), box(1, 0)]), "micro")
    assert "share a footprint" in said(report)
    assert open_store("w").all_areas()["footprint_id"].to_dict() == {"g": "g", "m1": "m1", "m2": "m1"}


def test_other_crs_land_where_they_should(home):
    import numpy as np

    from geo.crs.gcj02 import gcj02_from_wgs84

    shape = box(0.5, 0.5, 0.01, 0.01)
    shifted = shapely.transform(shape, lambda x, y: gcj02_from_wgs84(np.asarray(x), np.asarray(y)), interleaved=False)
    write(home / "utm.gpkg", ["u"], gpd.GeoSeries([shape], crs="EPSG:4326").to_crs("EPSG:32651"), crs="EPSG:32651")
    load(home / "utm.gpkg", "one")
    write(home / "gcj.geojson", ["v"], [shifted])
    report = load(home / "gcj.geojson", "two", crs="gcj02", parent=None)
    assert "read as gcj02" in said(report)
    for area_id in ("u", "v"):
        found = open_store("w").all_areas().loc[area_id].geometry
        assert shapely.hausdorff_distance(found, shape) < 2e-6


def without_prj(path):
    path.with_suffix(".prj").unlink()
    return path


def faulty(home, name):
    good = [box(0, 0), box(2, 0)]
    makers = {
        "no crs": lambda: without_prj(write(home / "x.shp", ["a", "b"], good)),
        "overlapping id": lambda: write(home / "x.gpkg", ["a", "a"], [box(0, 0), box(0.5, 0)]),
        "two parents": lambda: write(home / "x.gpkg", ["a", "a"], good, parent_id=["p", "q"]),
        "missing id column": lambda: write(home / "x.gpkg", ["a", "b"], good).rename(home / "y.gpkg"),
        "no id": lambda: write(home / "x.gpkg", ["a", None], good),
        "empty": lambda: write(home / "x.geojson", [], []),
        "points": lambda: write(home / "x.gpkg", ["a"], [shapely.Point(120, 30)]),
        "no shape": lambda: write(home / "x.gpkg", ["a", "b"], [box(0, 0), None]),
        "swapped": lambda: write(home / "x.gpkg", ["a"], [shapely.box(30, 120, 31, 121)]),
        "unknown parent": lambda: write(home / "x.gpkg", ["a", "b"], good, parent_id=["T", "nobody"]),
        "text in a number": lambda: write(home / "x.gpkg", ["a", "b"], good, households=["12", "many"]),
        "not geodata": lambda: (home / "x.geojson").write_text("<html></html>"),
    }
    made = makers[name]()
    return made if hasattr(made, "suffix") else home / "x.geojson"


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("no crs", CRSError, "--crs"),
        ("overlapping id", SchemaError, "overlap: a"),
        ("two parents", SchemaError, "two parents: a"),
        ("missing id column", SchemaError, "columns code"),
        ("no id", SchemaError, "no id"),
        ("empty", SchemaError, "no rows"),
        ("points", SchemaError, "not a polygon"),
        ("no shape", SchemaError, "no shape"),
        ("swapped", CRSError, "exchanged"),
        ("unknown parent", SchemaError, "nobody"),
        ("text in a number", SchemaError, "many"),
        ("not geodata", GridError, "web page"),
    ],
)
def test_bad_areas_change_nothing(home, name, error, words):
    load(write(home / "t.gpkg", ["T"], [box(0, 0, 4)]), "town")
    before = open_store("w").edition
    path = faulty(home, name)
    with pytest.raises(error, match=words) as refusal:
        load(path, "grid", id="nothing" if name == "missing id column" else "code")
    assert str(refusal.value.remedy)
    store = open_store("w")
    assert store.edition == before
    assert store.all_areas().index.tolist() == ["T"]


def test_a_refused_first_import_makes_no_workspace(home):
    with pytest.raises(GridError):
        load(faulty(home, "no crs"), "grid")
    assert workspaces() == []


def test_preview_changes_nothing_and_names_the_fault(home):
    path = write(home / "x.gpkg", ["a", "b"], [box(0, 0), box(1, 0)], 名称=["甲", "乙"])
    good = preview_file(path, "areas", ImportOptions(level="grid", id="code"), workspace="w")
    assert good.error is None
    assert good.columns == {"area_id": "code", "name": "名称"}
    assert good.table["name"].tolist() == ["甲", "乙"]
    bad = preview_file(path, "areas", ImportOptions(level="grid", id="wrong"), workspace="w")
    assert "wrong" in str(bad.error)
    assert workspaces() == []


def test_the_demonstration_takes_no_real_data(home):
    from data.writer import write as tell

    tell("w", "create_workspace", {"title": "demo", "synthetic": True}, actor=ACTOR)
    with pytest.raises(GridError, match="--workspace"):
        load(write(home / "t.gpkg", ["T"], [box(0, 0, 4)]), "town")


def test_valid_from_is_kept(home):
    load(write(home / "t.gpkg", ["T"], [box(0, 0, 4)]), "town", valid_from="2025-07-01")
    assert open_store("w").all_areas()["valid_from"].tolist() == [pd.Timestamp("2025-07-01")]
