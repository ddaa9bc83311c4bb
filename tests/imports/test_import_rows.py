"""Rows through the door: matched, checked, placed, keyed; what cannot be used is set aside, what is wrong refused."""

from __future__ import annotations

import csv

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from data.imports import ImportOptions, import_file
from data.store import open_store
from geo.errors import CRSError, GridError, SchemaError

ACTOR = "administrator"
HEAD = "事件编号,发生时间,经度,纬度,事件类别,状态,返工次数,网格\n"


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """A home with one town of two grids, made once; each test adds rows of its own keys."""
    home = tmp_path_factory.mktemp("rows")
    patch = pytest.MonkeyPatch()
    patch.setenv("WANGGE_HOME", str(home))
    shapes = [shapely.box(120, 30, 121, 31), shapely.box(121, 30, 122, 31)]
    gpd.GeoDataFrame({"code": ["01", "02"]}, geometry=shapes, crs="EPSG:4326").to_file(home / "g.gpkg")
    import_file(home / "g.gpkg", "areas", ImportOptions(level="grid", id="code"), workspace="w", actor=ACTOR)
    yield home
    patch.undo()


def load(path, kind, **options):
    return import_file(path, kind, ImportOptions(**options), workspace="w", actor=ACTOR)


def incidents(base, rows, name="i.csv", encoding="utf-8", head=HEAD):
    (base / name).write_bytes((head + "".join(row + "\n" for row in rows)).encode(encoding))
    return base / name


def stored(kind="incidents"):
    table = open_store("w").table(kind)
    return table.set_index(table.columns[0])


def test_a_gbk_file_with_chinese_headers(base):
    rows = ["0071,2026-01-02 08:00,120.5,30.5,市容环境,已结案,0,01", "0072,2026/1/2 9:30,,,消防隐患,,1,2"]
    report = load(incidents(base, rows, encoding="gbk"), "incidents", crs="EPSG:4326", time_zone="Asia/Shanghai")
    assert report.reasons == {"inside": 1, "stated": 1}
    assert sum(report.reasons.values()) == report.rows_taken == 2
    assert report.unknown_columns == []
    found = stored().loc[["0071", "0072"]]
    assert found["category"].tolist() == ["市容环境", "消防隐患"]
    assert found["area_id"].tolist() == ["01", "02"]
    assert found["status"].tolist()[0] == "closed"
    assert found["occurred_at"].tolist()[0] == pd.Timestamp("2026-01-02 00:00", tz="UTC")


def test_rejects_stand_beside_their_reason(base):
    good = [f"r{n},2026-01-02T08:00Z,120.5,30.5,x,,0," for n in range(40)]
    bad = ["r90,2026-01-02T08:00Z,200.5,30.5,x,,0,", "r91,,120.5,30.5,x,,0,", "r92,2026-01-02T08:00Z,120.5,30.5,x,,0"]
    again = ["r1,2026-01-02T08:00Z,121.5,30.5,=cmd,,0,"]
    report = load(incidents(base, good + bad + again), "incidents", crs="EPSG:4326")
    assert report.rows_read == 44
    assert report.rows_taken == 40
    assert sum(count for _, count in report.rejected) == 4
    assert stored().loc["r1", "area_id"] == "02"
    with report.reject_file.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert {row["row"]: row["reason"] for row in rows if row["row"] in ("41", "42")} == {
        "41": "longitude or latitude is off the Earth",
        "42": "no occurred at",
    }
    assert rows[0]["事件编号"] == "r1"


def test_a_corrected_file_corrects_and_does_not_double(base):
    load(incidents(base, ["c1,2026-01-02T08:00Z,120.5,30.5,x,,0,"]), "incidents", crs="EPSG:4326")
    before = len(stored())
    load(incidents(base, ["c1,2026-01-02T08:00Z,121.5,30.5,y,,0,"]), "incidents", crs="EPSG:4326")
    assert len(stored()) == before
    assert stored().loc["c1", ["category", "area_id"]].tolist() == ["y", "02"]


def test_rows_without_a_number_get_the_same_one_each_time(base):
    path = incidents(base, ["2026-01-02T08:00Z,120.1,30.1", "2026-01-02T08:00Z,120.1,30.1"], head="time,lon,lat\n")
    before = len(stored())
    assert load(path, "incidents", crs="EPSG:4326").rows_taken == 2
    load(path, "incidents", crs="EPSG:4326")
    assert len(stored()) == before + 2


@pytest.mark.parametrize(
    ("rows", "options", "error", "words"),
    [
        (["b1,2026-01-02 08:00,120.5,30.5,x,,0,"], {"crs": "4326"}, SchemaError, "--time-zone"),
        (["b1,2026-01-02T08:00Z,120.5,30.5,x,,0,"], {}, CRSError, "--crs"),
        (["b1,2026-01-02T08:00Z,30.5,120.5,x,,0,"], {"crs": "4326"}, CRSError, "exchange"),
        (["b1,2026-01-02T08:00Z,east,30.5,x,,0,"], {"crs": "4326"}, SchemaError, "not numbers: east"),
        (["b1,2026-01-02T08:00Z,120.5,30.5,x,,two,"], {"crs": "4326"}, SchemaError, "whole numbers: two"),
        (["b1,2026-01-02T08:00Z,,,x,,0,"], {"crs": "4326"}, SchemaError, "no location"),
        (["b1,soon,120.5,30.5,x,,0,"], {"crs": "4326"}, SchemaError, "not times: soon"),
        (["b1,2026-01-02T08:00Z,120.5,30.5,x,perhaps,0,"], {"crs": "4326"}, SchemaError, "perhaps"),
        (["b1,2026-01-02T08:00Z,120.5,30.5,x,,0,"], {"crs": "4326", "map": {"colour": "状态"}}, SchemaError, "colour"),
        (["b1,2026-01-02T08:00Z,120.5,30.5,x,,0,"], {"crs": "4326", "map": {"title": "nix"}}, SchemaError, "nix"),
        (["b1,2026-01-02T08:00Z,120.5,30.5,x,,0,"], {"crs": "4326", "time_zone": "Mars"}, SchemaError, "Mars"),
        ([], {"crs": "4326"}, SchemaError, "has none"),
    ],
)
def test_bad_input_changes_nothing(base, rows, options, error, words):
    before = open_store("w").edition
    with pytest.raises(error, match=words) as refusal:
        load(incidents(base, rows), "incidents", **options)
    assert str(refusal.value.remedy)
    assert open_store("w").edition == before


def test_no_column_says_where(base):
    with pytest.raises(SchemaError, match="--lon and --lat"):
        load(incidents(base, ["z1,2026-01-02T08:00Z"], head="id,time\n"), "incidents")


def test_the_hour_in_a_column_of_its_own(base):
    path = incidents(base, ["h1,2014/03/02 05:00:00+00,8,120.5,30.5"], head="id,time,hr,lon,lat\n")
    load(path, "incidents", crs="EPSG:4326", map={"hour": "hr"}, time_zone="America/Toronto")
    assert stored().loc["h1", "occurred_at"] == pd.Timestamp("2014-03-02 13:00", tz="UTC")
    with pytest.raises(SchemaError, match="time zone"):
        load(path, "incidents", crs="EPSG:4326", map={"hour": "hr"})


def test_buildings_bring_addresses_and_place_what_had_none(base):
    rows = ["a1,2026-01-02T08:00Z,人民路12号3幢402室", "a2,2026-01-02T08:00Z,无此地址"]
    report = load(incidents(base, rows, head="id,time,地址\n"), "incidents")
    assert report.reasons == {"no_location": 2}
    shapes = [shapely.box(121.4, 30.4, 121.41, 30.41), shapely.box(120.4, 30.4, 120.41, 30.41)]
    table = gpd.GeoDataFrame(
        {"id": ["b1", "b2"], "地址": ["人民路12号３栋", "人民路1号"]}, geometry=shapes, crs="EPSG:4326"
    )
    table.to_file(base / "b.gpkg")
    assert load(base / "b.gpkg", "buildings").reasons == {"inside": 2}
    assert stored().loc["a1", ["area_id", "reason"]].tolist() == ["02", "address"]
    assert stored().loc["a2", "reason"] == "no_location"
    (base / "h.csv").write_text("户编号,楼栋编号,是否出租,出租,人数\n00001,b1,x,是,3\n", "utf-8")
    assert load(base / "h.csv", "households").reasons == {"address": 1}
    assert stored("households").loc["00001", "area_id"] == "02"


def test_fixes_keep_their_unit_as_text_and_outliers(base):
    rows = [
        "120.5,30.5,2026-01-02 08:00:00,0086",
        "103.7,40.7,2026-01-02 08:00:10,0086",
        "120.5,30.6,2026-01-02 08:00:00,0086",
    ]
    path = incidents(base, rows, head="longitude,latitude,timestamp,name_id\n")
    report = load(path, "fixes", crs="EPSG:4326", time_zone="Asia/Shanghai")
    assert report.rows_taken == 2
    assert report.reasons == {"inside": 1, "outside": 1}
    archive = open_store("w").fix_archive().read(None, None)
    assert archive["unit_id"].astype("str").unique().tolist() == ["0086"]


@pytest.mark.parametrize(
    ("kind", "text", "options"),
    [
        ("people", "编号,姓名,岗位,网格编码,手机\n007,张三,full_time,1,13800000000\n", {}),
        (
            "duties",
            "班次编号,人员编号,网格编码,开始时间,结束时间\n1,007,01,2026-01-01 08:00,2026-01-01 16:00\n",
            {"time_zone": "Asia/Shanghai"},
        ),
        ("places", "编号,类型,名称,经度,纬度\np1,camera,岗亭,120.5,30.5\n", {"crs": "gcj02"}),
        ("resources", "编号,类型,数量,网格\nr1,沙袋,200,01\n", {}),
        ("counts", "类型,时间,数值,网格\ncrowd,2026-01-01T00:00Z,12,01\n", {}),
        ("visits", "巡查编号,巡查时间,网格\nv1,2026-01-01T00:00Z,02\n", {}),
        ("incident_events", "event_id,事件编号,时间,环节\ne1,0071,2026-01-01T00:00Z,退回\n", {}),
    ],
)
def test_every_other_kind(base, kind, text, options):
    (base / "k.csv").write_text(text, "utf-8")
    assert load(base / "k.csv", kind, **options).rows_taken == 1
    table = open_store("w").table(kind)
    assert len(table) == 1
    if "area_id" in table:
        assert table["area_id"].tolist()[0] in ("01", "02")


def test_lines_for_roads_and_any_shape_for_water(base):
    lines = [shapely.LineString([(120, 30), (121, 31)]), shapely.Point(120, 30)]
    gpd.GeoDataFrame({"name": ["人民路", "x"]}, geometry=lines, crs="EPSG:4326").to_file(base / "r.geojson")
    report = load(base / "r.geojson", "roads")
    assert (report.rows_taken, [str(reason) for reason, _ in report.rejected]) == (1, ["not a line"])
    shapes = [shapely.LineString([(120, 30), (121, 31)]), shapely.box(120, 30, 121, 31)]
    gpd.GeoDataFrame({"name": ["河", "湖"]}, geometry=shapes, crs="EPSG:4326").to_file(base / "w.geojson")
    assert load(base / "w.geojson", "water").rows_taken == 2


def test_an_unknown_kind_is_refused(base):
    with pytest.raises(GridError, match="incidents"):
        load(base / "g.gpkg", "dragons")
