"""Each format the gate promises to take, with two areas in it: the same codes, names and shapes out of every one."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely

from data.formats import read_file
from data.formats._detect import catalogue
from tests.formats.test_more_formats import (
    SQUARES,
    make_dxf,
    make_gpx,
    make_lines,
    make_list,
    make_tab,
    make_wkt,
    read_here,
)

NAMES = ["東興里", "大安區"]


def squares() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"code": ["007", "008"], "name": NAMES}, geometry=SQUARES, crs=4326)


def by_driver(driver: str, **how: object):
    return lambda path: pyogrio.write_dataframe(squares(), path, driver=driver, **how)


def make_geoarrow(path: Path) -> None:
    squares().to_parquet(path, geometry_encoding="geoarrow")


def make_kmz(path: Path) -> None:
    inside = path.with_name("doc.kml")
    by_driver("LIBKML")(inside)
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(inside, "doc.kml")
    inside.unlink()


def make_big5(path: Path) -> None:
    """Loose parts in Big5; the .cpg says so in one of its many spellings."""
    pyogrio.write_dataframe(squares(), path, encoding="Big5")
    path.with_suffix(".cpg").write_text("950")


def make_big5_zip(path: Path) -> None:
    """A folder of parts in an archive whose names are in Big5 too, and nothing that says so."""
    inside = path.with_name("里.shp")
    pyogrio.write_dataframe(squares(), inside, encoding="Big5")
    with zipfile.ZipFile(path, "w") as archive:
        for part in sorted(path.parent.glob("里.*")):
            if part.suffix != ".cpg":
                archive.write(part, f"區域/里{part.suffix}")
            part.unlink()


def make_topology(path: Path) -> None:
    """Two squares that share an arc, quantised by a transform."""
    arcs = [[[1, 0], [0, 1]], [[1, 0], [-1, 0], [0, 1], [1, 0]], [[1, 1], [1, 0], [0, -1], [-1, 0]]]
    shapes = [
        {"type": "Polygon", "arcs": [[0, ~1]], "properties": {"code": "007", "name": NAMES[0]}},
        {"type": "Polygon", "arcs": [[0, 2]], "properties": {"code": "008", "name": NAMES[1]}},
    ]
    told = {
        "type": "Topology",
        "transform": {"scale": [0.1, 0.1], "translate": [120.1, 30.1]},
        "objects": {"areas": {"type": "GeometryCollection", "geometries": shapes}},
        "arcs": arcs,
    }
    path.write_text(json.dumps(told, ensure_ascii=False), "utf-8")


def make_sheet(path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["code", "name", "边界"])
    for code, name, shape in squares().itertuples(index=False):
        book.worksheets[0].append([code, name, shape.wkt])
    book.save(path)


def make_tabbed(path: Path) -> None:
    rows = [f"{code}\t{name}\t{shape.wkt}" for code, name, shape in squares().itertuples(index=False)]
    path.write_bytes("\n".join(["code\tname\twkt", *rows]).encode("utf-16"))


FILES = {
    "a.gpkg": by_driver("GPKG"),
    "a.geojson": by_driver("GeoJSON"),
    "a.ndjson": by_driver("GeoJSONSeq"),
    "a.shp": by_driver("ESRI Shapefile", encoding="UTF-8"),
    "big5.shp": make_big5,
    "big5.zip": make_big5_zip,
    "a.kml": by_driver("LIBKML"),
    "a.kmz": make_kmz,
    "a.fgb": by_driver("FlatGeobuf"),
    "a.parquet": lambda path: squares().to_parquet(path),
    "geoarrow.parquet": make_geoarrow,
    "a.topojson": make_topology,
    "a.tab": by_driver("MapInfo File", ENCODING="UTF-8"),
    "a.mif": by_driver("MapInfo File", FORMAT="MIF", ENCODING="UTF-8"),
    "a.xlsx": make_sheet,
    "a.tsv": make_tabbed,
}


@pytest.mark.parametrize("name", FILES)
def test_two_areas_come_out_of_every_format(tmp_path, name):
    FILES[name](tmp_path / name)
    raw = read_here(tmp_path / name, tmp_path)
    frame = raw.frame.rename(columns={"Name": "name"})
    order = np.argsort(frame["code"].to_numpy(object), kind="stable")
    assert frame["code"].iloc[order].tolist() == ["007", "008"]
    assert frame["name"].iloc[order].tolist() == NAMES
    single = [shapely.get_parts(one)[0] for one in raw.geometry[order]]
    found, wanted = (shapely.normalize(np.array(shapes, dtype=object)) for shapes in (single, SQUARES))
    assert shapely.equals_exact(found, wanted, 1e-9).all()
    bare = {".topojson", ".xlsx", ".tsv"}
    assert raw.crs == (None if Path(name).suffix in bare else "EPSG:4326")


def test_no_format_is_left_out():
    """Every format of the catalogue is made by a test here or beside; OpenStreetMap extracts are real ones."""
    beside = {"a.dxf": make_dxf, "a.gpx": make_gpx, "a.geojsonl": make_lines, "a.json": make_list, "a.csv": make_wkt}
    assert all(callable(one) for one in (*beside.values(), make_tab))
    endings = {Path(name).suffix for name in (*FILES, *beside)} | {".pbf"}
    missing = [name for name, spec in catalogue().items() if not endings & set(spec.endings)]
    assert missing == []


def test_roads_rivers_and_buildings_of_a_real_extract(real):
    counts = {}
    for kind in ("roads", "water", "buildings"):
        raw = read_file(real / "osm" / "Helsinki.osm.pbf", kind=kind)
        counts[kind] = len(raw.frame)
        assert raw.crs == "EPSG:4326"
        assert raw.frame["osm_id"].notna().all()
        shapes = raw.geometry[~shapely.is_missing(raw.geometry)]
        west, south, east, north = shapely.total_bounds(shapes)
        assert (west > 24) & (east < 26) & (south > 60) & (north < 60.5)
    assert counts["roads"] > counts["water"] > 0
    assert counts["buildings"] > 100
