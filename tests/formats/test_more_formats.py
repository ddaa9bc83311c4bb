"""The rest of the formats people bring, hostile files among them, and round trips that change nothing."""

from __future__ import annotations

import json
import tempfile
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from data.formats import RawTable, read_file, write_file
from data.imports.columns import blank_to_missing
from data.worker import REPORT, error_from, load_result, report_of
from geo.errors import FormatError, GridError

SQUARES = [shapely.box(120.1, 30.1, 120.2, 30.2), shapely.box(120.2, 30.1, 120.3, 30.2)]


def read_here(path: Path, folder: Path, **asked: object) -> RawTable:
    """Read as the reader process does, in this one: for files that do no harm."""
    room = Path(tempfile.mkdtemp(dir=folder))
    request = {"layer": None, "encoding": None, "kind": None, "header": True} | asked
    before, tempfile.tempdir = tempfile.tempdir, str(room)
    try:
        report = report_of({"path": str(path), "folder": str(room), "request": request, "limits": {"memory_mb": 2048}})
    finally:
        tempfile.tempdir = before
    if "error" in report:
        raise error_from(report["error"])
    (room / REPORT).write_text(json.dumps(report), "utf-8")
    return load_result(room, path)


def squares() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"code": ["007", "008"], "name": ["简体国语网格", "东风村"]}, geometry=SQUARES, crs=4326)


def features() -> list[dict]:
    return json.loads(squares().to_json(drop_id=True))["features"]


def make_tab(path: Path) -> None:
    pyogrio.write_dataframe(squares(), path, driver="MapInfo File", ENCODING="CP936")


def make_dxf(path: Path) -> None:
    lines = squares()[["geometry"]].set_geometry(squares().boundary)
    pyogrio.write_dataframe(lines.assign(Layer="outline"), path, driver="DXF")


def make_gpx(path: Path) -> None:
    points = gpd.GeoDataFrame(
        {"name": ["甲", "乙"]}, geometry=[shapely.Point(120, 30), shapely.Point(121, 30)], crs=4326
    )
    pyogrio.write_dataframe(points, path, driver="GPX", layer="waypoints")


def make_lines(path: Path) -> None:
    path.write_bytes("\n".join("\x1e" + json.dumps(one, ensure_ascii=False) for one in features()).encode("gbk"))


def make_list(path: Path) -> None:
    path.write_text(json.dumps(features(), ensure_ascii=False), "utf-8")


def make_wkt(path: Path) -> None:
    rows = [f'{code},{name},"SRID=4490;{shape.wkt}"' for code, name, shape in squares().itertuples(index=False)]
    path.write_text("code,name,形状\n" + "\n".join(rows), "utf-8")


@pytest.mark.parametrize(
    ("name", "make", "crs", "encoding"),
    [
        ("a.tab", make_tab, "EPSG:4326", "UTF-8"),
        ("a.mif", make_tab, "EPSG:4326", "UTF-8"),
        ("a.geojsonl", make_lines, "EPSG:4326", "gb18030"),
        ("a.json", make_list, "EPSG:4326", "utf-8"),
        ("a.csv", make_wkt, "EPSG:4490", "utf-8"),
    ],
)
def test_areas_come_in_whatever_they_are_written_in(tmp_path, name, make, crs, encoding):
    make(tmp_path / name)
    raw = read_here(tmp_path / name, tmp_path)
    assert raw.frame[["code", "name"]].to_dict("list") == {"code": ["007", "008"], "name": ["简体国语网格", "东风村"]}
    assert shapely.equals(raw.geometry, np.array(SQUARES)).all()
    assert (raw.crs, raw.encoding) == (crs, encoding)


def test_closed_lines_of_a_drawing_are_areas(tmp_path):
    make_dxf(tmp_path / "a.dxf")
    raw = read_here(tmp_path / "a.dxf", tmp_path)
    assert shapely.equals(raw.geometry, np.array(SQUARES)).all()
    assert raw.crs is None
    assert "2" in str(raw.notices[0])


def test_way_points_and_the_points_of_a_track(tmp_path):
    make_gpx(tmp_path / "a.gpx")
    assert read_here(tmp_path / "a.gpx", tmp_path).frame["name"].tolist() == ["甲", "乙"]
    point = '<trkpt lat="30" lon="120"><time>2026-01-02T00:00:00Z</time></trkpt>'
    head = '<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>'
    (tmp_path / "t.gpx").write_text(f"{head}{point * 3}</trkseg></trk></gpx>")
    assert len(read_here(tmp_path / "t.gpx", tmp_path, kind="fixes").frame) == 3
    assert len(read_here(tmp_path / "t.gpx", tmp_path).frame) == 1


def test_a_long_code_in_a_dbf_keeps_its_digits(tmp_path):
    pyogrio.write_dataframe(squares(), tmp_path / "a.shp", encoding="UTF-8")
    body = (tmp_path / "a.dbf").read_bytes()
    at = body.index(b"code") + 11
    head = body[:at] + b"N" + body[at + 1 :]
    (tmp_path / "a.dbf").write_bytes(head.replace(b"007 ".ljust(20), b"33048100100012345678"))
    assert read_here(tmp_path / "a.shp", tmp_path).frame["code"].tolist() == ["33048100100012345678", "008"]


def test_nothing_is_written_beside_a_file_without_its_index(tmp_path):
    pyogrio.write_dataframe(squares(), tmp_path / "a.shp", encoding="UTF-8")
    (tmp_path / "a.shx").unlink()
    before = sorted(path.name for path in tmp_path.iterdir())
    assert len(read_file(tmp_path / "a.shp").frame) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == before


HOSTILE = {
    "vrt.kml": (b"<OGRVRTDataSource><OGRVRTLayer name='x'/></OGRVRTDataSource>", "something else"),
    "entities.gpx": (b"<?xml version='1.0'?><!DOCTYPE gpx [<!ENTITY a 'aa'>]><gpx>&a;</gpx>", "document type"),
    "wide.kml": ("<?xml version='1.0'?><!DOCTYPE kml [<!ENTITY a 'b'>]><kml/>".encode("utf-16"), "something else"),
    "elsewhere.tab": (b'!table\n!version 300\nDefinition Table\n Type NATIVE\n File "/etc/passwd"\n', "other files"),
    "seamless.tab": (b'!table\n!version 300\n"\\IsSeamless" = "TRUE"\n', "other files"),
    "deep.json": (b"[" * 200_000, "not JSON"),
    "deep.geojson": (b'{"type":"FeatureCollection","features":' + b"[" * 200_000, "cannot be read"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused(tmp_path, name):
    content, words = HOSTILE[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(GridError, match=words) as refusal:
        read_file(tmp_path / name, seconds=60)
    assert str(refusal.value.remedy)


def test_a_shape_nested_too_deep_breaks_nobody(tmp_path):
    (tmp_path / "deep.csv").write_text("id,shape\n1,POINT (1 2)\n2," + "GEOMETRYCOLLECTION(" * 100_000)
    raw = read_file(tmp_path / "deep.csv")
    assert raw.geometry.tolist() == [shapely.Point(1, 2), None]
    assert raw.frame["shape"].iloc[1].startswith("GEOMETRYCOLLECTION(")


def test_a_ring_that_claims_a_billion_corners_is_refused(tmp_path):
    squares().iloc[:1].to_file(tmp_path / "a.shp")
    body = bytearray((tmp_path / "a.shp").read_bytes())
    body[100 + 8 + 40 : 100 + 8 + 44] = (1_000_000_000).to_bytes(4, "little")
    (tmp_path / "a.shp").write_bytes(bytes(body))
    try:
        raw = read_file(tmp_path / "a.shp", seconds=60)
    except FormatError:
        return
    assert raw.geometry.tolist() == [None]


def test_an_archive_in_an_archive_or_with_a_path_reaches_nothing(tmp_path):
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.writestr("/etc/x.csv", "id\n1\n")
    with zipfile.ZipFile(tmp_path / "out.zip", "w") as archive:
        archive.write(tmp_path / "in.zip", "in.zip")
    with pytest.raises(FormatError, match="archive"):
        read_file(tmp_path / "out.zip")
    assert read_file(tmp_path / "in.zip").frame["id"].tolist() == ["1"]
    assert not Path("/etc/x.csv").exists()


words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp", "Co", "Cn"]), max_size=12
)
numbers = st.one_of(st.none(), st.integers(-(2**40), 2**40))
corner = st.tuples(st.floats(73, 135).map(lambda x: round(x, 7)), st.floats(18, 54).map(lambda y: round(y, 7)))
rows = st.lists(st.tuples(words, numbers, corner), min_size=1, max_size=6)
ENDINGS = (".gpkg", ".geojson", ".fgb", ".parquet", ".shp", ".zip", ".csv", ".xlsx", ".kml")


@pytest.mark.parametrize("ending", ENDINGS)
@settings(
    max_examples=3,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows)
def test_out_and_in_and_out_again_changes_nothing(tmp_path, ending, given_rows):
    """Codes, words of any script, formulas, whole numbers and shapes come back as they were, twice."""
    shapes = [shapely.box(x, y, x + 0.01, y + 0.01) for _, _, (x, y) in given_rows]
    columns = {
        "code": [f"0{n}" for n in range(len(given_rows))],
        "word": [word for word, _, _ in given_rows],
        "count": pd.array([count for _, count, _ in given_rows], dtype="Int64"),
    }
    table = gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")
    folder = Path(tempfile.mkdtemp(dir=tmp_path))
    first = back_from(table, folder / f"a{ending}")
    want = [tuple(None if pd.isna(v) else v for v in row) for row in zip(*columns.values(), strict=True)]
    want = [(code, word or None, None if count is None else str(count)) for code, word, count in want]
    assert tuples(first) == want
    again = gpd.GeoDataFrame(
        first.frame.drop(columns="where", errors="ignore").apply(blank_to_missing),
        geometry=first.geometry,
        crs=first.crs or 4326,
    )
    second = back_from(again, folder / f"b{ending}")
    assert tuples(second) == want
    for found in (first.geometry, second.geometry):
        single = shapely.normalize(shapely.get_parts(found))
        assert shapely.equals_exact(single, shapely.normalize(np.array(shapes)), 1e-9).all()


def back_from(table: gpd.GeoDataFrame, path: Path) -> RawTable:
    """Write and read; rows in the order of their codes (FlatGeobuf sorts by place)."""
    write_file(table, path, layer="areas")
    raw = read_here(path, path.parent)
    order = np.argsort(raw.frame["code"].to_numpy(object), kind="stable")
    raw.frame, raw.geometry = raw.frame.iloc[order].reset_index(drop=True), raw.geometry[order]
    return raw


def tuples(raw: RawTable) -> list[tuple[str | None, ...]]:
    texts = [blank_to_missing(raw.frame[name]) for name in ("code", "word", "count")]
    return [tuple(None if pd.isna(one) else one for one in row) for row in zip(*texts, strict=True)]
