"""Files made to harm the reader: each is refused or read harmlessly, within its limits, and reaches nothing else."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
import stat
import subprocess
import sys
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from data.formats import read_file, write_file
from data.formats._write import FORMULA
from data.imports.columns import blank_to_missing
from geo.errors import FormatError, GridError
from tests.conftest import ROOT

LIMITS = {"seconds": 20, "memory_mb": 1500}
SECRET = "a line of a file nobody gave"


@pytest.fixture
def secret(tmp_path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text(SECRET)
    return path


@pytest.fixture(scope="module")
def listener():
    """A web server on this machine that counts who asks."""
    asked: list[str] = []

    class Count(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Count)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def outcome(path: Path, **limits: int) -> str:
    """Every word of what came of a file: its cells, or the refusal; nothing else may come out of the reader."""
    try:
        raw = read_file(path, **(LIMITS | limits))
    except GridError as refusal:
        return f"refused: {refusal}" if str(refusal.remedy) else "refused without a remedy"
    return f"{raw.frame.to_dict('list')} {raw.crs} {raw.geometry}"


def test_paths_of_virtual_file_systems_are_no_files(tmp_path, listener):
    url, asked = listener
    gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(1, 2)], crs=4326).to_file(tmp_path / "a.gpkg")
    for name in (
        f"/vsicurl/{url}/a.geojson",
        f"/vsizip/{tmp_path}/a.zip",
        "/vsistdin/",
        url,
        f"GPKG:{tmp_path}/a.gpkg:a",
    ):
        with pytest.raises(FormatError, match="no file"):
            read_file(name)
    assert asked == []


def test_the_reader_has_no_network(listener):
    url, asked = listener
    code = (
        "import urllib.request; from data.worker import limit_self; limit_self({'seconds': 20, 'memory_mb': 2000});"
        f"urllib.request.urlopen('{url}', timeout=5)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "URLError" in done.stderr
    assert asked == []


def test_references_to_other_places_are_not_followed(tmp_path, listener, secret):
    url, asked = listener
    point = '{"type":"Feature","properties":{"a":1},"geometry":{"type":"Point","coordinates":[120,30]}}'
    link = {"type": "link", "properties": {"href": f"{url}/crs", "type": "proj4"}}
    (tmp_path / "link.geojson").write_text(
        f'{{"type":"FeatureCollection","crs":{json.dumps(link)},"features":[{point}]}}'
    )
    kml = '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><NetworkLink><Link><href>{url}/more.kml</href></Link>'
    kml += "</NetworkLink><Placemark><name>甲</name><Point><coordinates>120,30</coordinates></Point></Placemark>"
    (tmp_path / "link.kml").write_text(kml.replace("{url}", url) + "</Document></kml>")
    names = {"type": "name", "properties": {"name": str(secret)}}
    (tmp_path / "name.geojson").write_text(
        f'{{"type":"FeatureCollection","crs":{json.dumps(names)},"features":[{point}]}}'
    )
    for name in ("link.geojson", "link.kml", "name.geojson"):
        assert SECRET not in outcome(tmp_path / name)
    assert asked == []


def test_a_member_that_is_a_link_or_a_device_reads_nothing_else(tmp_path, secret):
    link = zipfile.ZipInfo("a.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as archive:
        archive.writestr(link, str(secret))
    assert SECRET not in outcome(tmp_path / "link.zip")
    os.symlink(secret, tmp_path / "b.dbf")
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(FormatError, match="no file"):
        read_file(tmp_path / "pipe.csv")


def bomb_of_zeros(path: Path) -> None:
    """A gigabyte of one letter in a megabyte, twice packed."""
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.csv", "w", force_zip64=True) as out,
    ):
        out.write(b"id\n")
        for _ in range(1_000):
            out.write(b"1" * (1 << 20))


def bomb_of_arcs(path: Path) -> None:
    """One arc of a thousand corners in a shape, a million times over."""
    arc = [[n % 7, n % 5] for n in range(1_000)]
    shape = {"type": "Polygon", "arcs": [[0] * 1_000_000], "properties": {"a": 1}}
    topology = {
        "type": "Topology",
        "objects": {"x": {"type": "GeometryCollection", "geometries": [shape]}},
        "arcs": [arc],
    }
    path.write_text(json.dumps(topology))


def bomb_of_rows(path: Path) -> None:
    """A view that never ends, registered as a layer."""
    gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(1, 2)], crs=4326).to_file(path, layer="a")
    with sqlite3.connect(path) as link:
        link.execute("DROP TABLE IF EXISTS rtree_a_geom")
        link.execute(
            "CREATE VIEW b AS WITH RECURSIVE n(fid) AS (SELECT 1 UNION ALL SELECT fid + 1 FROM n) "
            "SELECT n.fid, a.geom FROM n, a"
        )
        for table in ("gpkg_contents", "gpkg_geometry_columns"):
            link.execute(f"UPDATE {table} SET table_name = 'b' WHERE table_name = 'a'")


def bomb_of_entities(path: Path) -> None:
    """A workbook whose texts are entities of entities."""
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    texts = f'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY e0 "lol">{levels}]>'
    texts += '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&e9;</t></si></sst>'
    rebuild_workbook(path, texts)


def rebuild_workbook(path: Path, texts: str) -> None:
    """Write a workbook whose shared texts are these."""
    plain = path.with_name("plain.xlsx")
    write_file(pd.DataFrame({"a": ["x"]}), plain, layer="a")
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            body = source.read(name)
            if name == "xl/sharedStrings.xml":
                continue
            if name == "xl/worksheets/sheet1.xml":
                head, _, _ = body.partition(b"<sheetData>")
                body = head + b'<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData></worksheet>'
            target.writestr(name, body)
        target.writestr("xl/sharedStrings.xml", texts)


def bomb_of_pages(path: Path) -> None:
    """A Parquet file of a billion equal values in a few kilobytes."""
    batch = pa.table({"id": pa.array(["x" * 100] * 1_000_000).dictionary_encode()})
    with pq.ParquetWriter(path, batch.schema, compression="zstd") as writer:
        for _ in range(30):
            writer.write_table(batch)


def claims_many(path: Path) -> None:
    """A FlatGeobuf whose header is cut short after claiming more features than there are atoms."""
    gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(1, 2)], crs=4326).to_file(path, driver="FlatGeobuf")
    body = bytearray(path.read_bytes())
    body[8:12] = (0xFFFFFFF0).to_bytes(4, "little")
    path.write_bytes(bytes(body))


def claims_corners(path: Path) -> None:
    """A GeoPackage whose only ring claims a billion corners."""
    gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.box(1, 2, 3, 4)], crs=4326).to_file(path, layer="a")
    with sqlite3.connect(path) as link:
        link.execute("DROP TRIGGER IF EXISTS rtree_a_geom_update1")
        triggers = [name for (name,) in link.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        for name in triggers:
            link.execute(f"DROP TRIGGER {name}")
        ((blob,),) = link.execute("SELECT geom FROM a").fetchall()
        at = blob.index(b"\x05\x00\x00\x00", 40)
        link.execute("UPDATE a SET geom = ?", (blob[:at] + (1_000_000_000).to_bytes(4, "little") + blob[at + 4 :],))


def nested_features(path: Path) -> None:
    """Collections in collections, a hundred thousand deep."""
    inner = '{"type":"GeometryCollection","geometries":[' * 100_000
    path.write_text('{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":' + inner)


BOMBS = {
    "zeros.zip": bomb_of_zeros,
    "arcs.topojson": bomb_of_arcs,
    "rows.gpkg": bomb_of_rows,
    "entities.xlsx": bomb_of_entities,
    "pages.parquet": bomb_of_pages,
    "many.fgb": claims_many,
    "corners.gpkg": claims_corners,
    "nested.geojson": nested_features,
}


@pytest.mark.parametrize("name", BOMBS)
def test_what_would_grow_without_end_is_ended(tmp_path, name):
    BOMBS[name](tmp_path / name)
    before = sorted(one.name for one in tmp_path.iterdir())
    told = outcome(tmp_path / name, seconds=10, memory_mb=1000)
    assert len(told) < 10_000
    if name != "corners.gpkg":
        assert told.startswith("refused: "), told[:200]
    assert sorted(one.name for one in tmp_path.iterdir()) == before


def test_entities_of_a_workbook_reach_no_file(tmp_path, secret):
    texts = f'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY x SYSTEM "file://{secret}">]>'
    texts += '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&x;</t></si></sst>'
    rebuild_workbook(tmp_path / "a.xlsx", texts)
    assert SECRET not in outcome(tmp_path / "a.xlsx")


def test_a_file_that_reads_to_more_than_the_disk_may_hold_is_refused(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"id,name\n" + b"1234567,abcdefgh\n" * 300_000))
    assert "reader_output_mb" in outcome(tmp_path / "a.csv.gz", output_mb=3)


texts = st.text(st.sampled_from("=+-@＝＋－＠'\t\r\n 1.5aA甲|!"), min_size=1, max_size=8)


@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(texts, min_size=1, max_size=20))
@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_no_cell_of_a_spreadsheet_is_a_formula_and_each_comes_back(tmp_path, ending, given_texts):
    table = pd.DataFrame({"id": [f"n{n}" for n in range(len(given_texts))], "=word": given_texts})
    path = tmp_path / f"a{ending}"
    path.unlink(missing_ok=True)
    write_file(table, path, layer="a")
    frame = read_plainly(path)
    assert frame.columns.tolist() == ["id", "'=word"]
    for cell in frame["'=word"]:
        plain = str(cell)
        assert plain.startswith("'") or not FORMULA.match(plain) or is_number(plain)
    back = blank_to_missing(frame["'=word"].str.replace("\r\n", "\n").str.replace("\r", "\n")).fillna("")
    want = pd.Series(given_texts).str.replace("\r\n", "\n").str.replace("\r", "\n").str.strip()
    assert back.tolist() == want.tolist()


def read_plainly(path: Path) -> pd.DataFrame:
    """The cells as a spreadsheet gets them; none of a workbook is of the type formula."""
    if path.suffix == ".csv":
        return pd.read_csv(path, dtype=str, keep_default_na=False)
    book = openpyxl.load_workbook(path)
    rows = [list(row) for row in book.worksheets[0].iter_rows()]
    book.close()
    assert "f" not in {cell.data_type for row in rows for cell in row}
    names, *body = [[cell.value for cell in row] for row in rows]
    return pd.DataFrame(body, columns=names, dtype=str)


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
