"""What we write we read again, to the last digit; and each format of the catalogue is known by what it holds."""

from __future__ import annotations

import gzip
import zipfile

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely

from data.formats import read_file, write_file
from data.formats._detect import catalogue
from data.formats._write import WRITERS
from geo.errors import FormatError, GridError, SchemaError

CODES = ["007", "33048100100012345678", "330481001002003"]
NAMES = ["网格一", "=2+5", "Zürich, “A”"]


def sample() -> gpd.GeoDataFrame:
    shapes = [shapely.box(120 + n, 30, 120.5 + n, 30.5) for n in range(3)]
    table = pd.DataFrame(
        {
            "area_id": CODES,
            "name": NAMES,
            "households": pd.array([1, None, 3], dtype="Int64"),
            "share": [0.1, 2.0, -1.5],
        }
    )
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4326")


@pytest.mark.parametrize("ending", sorted(WRITERS))
def test_round_trip(tmp_path, ending):
    path = tmp_path / f"out{ending}"
    assert write_file(sample(), path, layer="areas", description="d") == 3
    raw = read_file(path)
    frame = raw.frame.rename(columns={"Name": "name"})
    frame = frame.assign(where=range(3)).sort_values("area_id", key=lambda s: s.map(CODES.index))
    assert frame["area_id"].tolist() == CODES
    found = [name.removeprefix("'") if ending in (".csv", ".xlsx") else name for name in frame["name"]]
    assert found == NAMES
    assert frame["households"].fillna("-").replace("", "-").tolist() == ["1", "-", "3"]
    if ending in (".csv", ".xlsx"):
        assert frame["name"].iloc[1] == "'=2+5"
    assert raw.crs == (None if ending in (".csv", ".xlsx") else "EPSG:4326")
    shapes = raw.geometry[frame["where"].to_numpy()]
    assert shapely.equals(shapely.normalize(shapes), shapely.normalize(sample().geometry.to_numpy())).all()


def test_every_format_declares_itself():
    specs = catalogue()
    assert len(specs) >= 11
    for name, spec in specs.items():
        assert spec.title, name
        assert all(ending.startswith(".") and ending == ending.lower() for ending in spec.endings), name


def test_a_shapefile_has_its_encoding_beside_it(tmp_path):
    write_file(sample(), tmp_path / "areas.shp", layer="areas")
    assert (tmp_path / "areas.cpg").read_text() == "UTF-8"
    assert {path.suffix for path in tmp_path.iterdir()} == {".shp", ".shx", ".dbf", ".prj", ".cpg"}


def test_a_shapefile_holds_one_sort_of_shape(tmp_path):
    mixed = gpd.GeoDataFrame({"id": [1, 2]}, geometry=[shapely.Point(0, 0), shapely.box(0, 0, 1, 1)], crs="EPSG:4326")
    with pytest.raises(SchemaError, match="gpkg"):
        write_file(mixed, tmp_path / "mixed.shp", layer="mixed")
    assert list(tmp_path.iterdir()) == []


def test_geojson_refuses_metres(tmp_path):
    with pytest.raises(SchemaError, match="EPSG:32651"):
        write_file(sample().to_crs("EPSG:32651"), tmp_path / "a.geojson", layer="a")


def test_unknown_endings_are_refused(tmp_path):
    with pytest.raises(FormatError, match=r"\.docx"):
        write_file(sample(), tmp_path / "a.docx", layer="a")


def test_long_numbers_of_geojson_keep_their_digits(tmp_path):
    path = tmp_path / "a.geojson"
    path.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":33048100100012345678,"n":1},'
        '"geometry":{"type":"Point","coordinates":[120,30]}},{"type":"Feature","properties":{"id":33048100100012345679,'
        '"n":null},"geometry":null}]}'
    )
    raw = read_file(path)
    assert raw.frame["id"].tolist() == ["33048100100012345678", "33048100100012345679"]
    assert raw.frame["n"].fillna("-").tolist() == ["1", "-"]


def test_workbook_codes_and_times(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["网格编码", "时间", "户数"])
    sheet.append(["0071", pd.Timestamp("2026-01-02 03:04:05").to_pydatetime(), 12.0])
    sheet.append([330481001000, None, None])
    book.create_sheet("other").append(["x"])
    book.save(tmp_path / "a.xlsx")
    raw = read_file(tmp_path / "a.xlsx")
    assert raw.frame.fillna("-").values.tolist() == [["0071", "2026-01-02T03:04:05", "12"], ["330481001000", "-", "-"]]
    assert any("other" in str(notice) for notice in raw.notices)
    assert read_file(tmp_path / "a.xlsx", layer="other").frame.columns.tolist() == ["x"]


def test_json_records(tmp_path):
    (tmp_path / "a.json").write_text('{"data": [{"id": 12345678901234567890, "名称": "甲"}, {"id": "01"}]}', "utf-8")
    raw = read_file(tmp_path / "a.json")
    assert raw.format == "records"
    assert raw.frame.fillna("-").values.tolist() == [["12345678901234567890", "甲"], ["01", "-"]]


def test_lines_of_another_width_are_set_aside(tmp_path):
    (tmp_path / "a.csv").write_text('id,name\n1,"a, b"\n2,b,c\n3,"two\nlines"\n', "utf-8")
    raw = read_file(tmp_path / "a.csv")
    assert raw.frame.values.tolist() == [["1", "a, b"], ["3", "two\nlines"]]
    assert [(text, why) for _, text, why in raw.rejects] == [("2,b,c", "3 columns instead of 2")]


def test_a_table_without_header(tmp_path):
    (tmp_path / "a.csv").write_text("01,x\n02,y\n", "utf-8")
    assert read_file(tmp_path / "a.csv", header=False).frame.to_dict("list") == {"1": ["01", "02"], "2": ["x", "y"]}


def test_packed_files(tmp_path):
    text = "id,name\n01,甲\n".encode("gbk")
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(text))
    assert read_file(tmp_path / "a.csv.gz").frame.values.tolist() == [["01", "甲"]]
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("../../one.csv", text)
        archive.writestr("b.csv", "id\n9\n")
    (tmp_path / "head.csv").write_text("id,name")
    assert read_file(tmp_path / "head.csv").frame.columns.tolist() == ["id", "name"]
    with pytest.raises(FormatError, match="--layer"):
        read_file(tmp_path / "two.zip")
    assert read_file(tmp_path / "two.zip", layer="b").frame.values.tolist() == [["9"]]
    assert not (tmp_path.parent.parent / "one.csv").exists()


def test_an_archive_that_grows_too_large_is_refused(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"id\n" + b"1\n" * 300_000_000, compresslevel=1))
    with pytest.raises(GridError, match="reader_memory_mb"):
        read_file(tmp_path / "a.csv.gz", memory_mb=900)


def test_a_layer_must_be_chosen(tmp_path):
    sample().to_file(tmp_path / "a.gpkg", layer="one")
    sample().to_file(tmp_path / "a.gpkg", layer="two")
    with pytest.raises(FormatError, match="one, two"):
        read_file(tmp_path / "a.gpkg")
    assert read_file(tmp_path / "a.gpkg", layer="two").layer == "two"


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.geojson", b"<!DOCTYPE html><html></html>", "web page"),
        ("a.geojson", b"", "empty"),
        ("a.gpkg", b"not a database", "something else"),
        ("a.csv", b"\0\1\2\3" * 50, "binary"),
        ("a.kml", b"<OGRVRTDataSource><OGRVRTLayer name='x'/></OGRVRTDataSource>", "something else"),
        ("a.kml", b"<?xml version='1.0'?><!DOCTYPE kml [<!ENTITY a 'b'>]><kml></kml>", "document type"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": [{]', "cannot be read"),
        ("a.xlsx", b"PK\x03\x04 broken", "cannot be read"),
        ("a.zip", b"PK\x03\x04 broken", "damaged"),
        ("a.parquet", b"PAR1 broken", "cannot be read"),
        ("a.fgb", b"fgb\x03fgb\x00 broken", "no layer"),
        ("a.exe", b"MZ", "something else"),
    ],
)
def test_what_is_no_data_is_refused_in_one_message(tmp_path, name, content, found):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(GridError, match=found) as refusal:
        read_file(tmp_path / name)
    assert str(refusal.value.remedy)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(FormatError, match=r"nothing\.csv"):
        read_file(tmp_path / "nothing.csv")


def test_a_reader_that_needs_too_much_is_ended(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"id,name\n" + b"1234567,abcdefgh\n" * 4_000_000)
    with pytest.raises(FormatError, match="reader_"):
        read_file(tmp_path / "a.csv", seconds=1, memory_mb=700)
