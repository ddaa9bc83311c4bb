"""GeoJSON (RFC 7946): longitude and latitude on WGS84 unless an old `crs` member says otherwise."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from data.formats._encoding import decode_text
from data.formats._gdal import read_layer
from data.formats._json import is_geojson
from data.formats._spec import FormatSpec, Reading, ReadRequest
from data.formats._text import EXACT, any_text

SPACE = "\ufeff\x1e \r\n\t"


def read_geojson(path: Path, request: ReadRequest) -> Reading:
    """
    Read GeoJSON: a collection, one feature a line, or a bare list of features.

    Numbers too long for floating point are read again, digit by digit; text that is not UTF-8 is found out and said.
    """
    plain, encoding = as_collection(path, request.encoding)
    reading = read_layer(plain, request, driver="GeoJSON")
    reading.table = with_exact_numbers(reading.table, plain)
    reading.crs = reading.crs or "EPSG:4326"
    reading.encoding = encoding
    return reading


def as_collection(path: Path, told: str | None) -> tuple[Path, str]:
    """Return a file that holds one GeoJSON object in UTF-8: the file itself, or a copy in the reader's folder."""
    content = path.read_bytes()
    text, encoding = decode_text(content, told)
    body = text.strip(SPACE)
    if body[:1] == "[":
        body = collection_of(body)
    elif (lines := feature_lines(body)) is not None:
        body = collection_of("[" + ",".join(lines) + "]")
    elif encoding == "utf-8":
        return path, encoding
    copy = Path(tempfile.gettempdir()) / "collection.geojson"
    copy.write_text(body, "utf-8")
    return copy, encoding


def feature_lines(body: str) -> list[str] | None:
    """Return the lines of newline-delimited GeoJSON, None where the text is one object."""
    lines = [line.strip(SPACE) for line in body.split("\n")]
    filled = [line for line in lines if line]
    if len(filled) < 2 or not all(line[0] == "{" and line[-1] == "}" for line in filled[:3]):
        return None
    return filled


def collection_of(features: str) -> str:
    """Return a list of features as a collection; bare shapes among them become features without attributes."""
    if '"Feature"' in features:
        return f'{{"type": "FeatureCollection", "features": {features}}}'
    made = [{"type": "Feature", "properties": {}, "geometry": one} for one in json.loads(features)]
    return json.dumps({"type": "FeatureCollection", "features": made}, ensure_ascii=False)


def with_exact_numbers(table: pa.Table, path: Path) -> pa.Table:
    """Return the table with columns of very long numbers as the digits that stand in the file."""
    inexact = [name for name in table.column_names if is_inexact(table.column(name))]
    if not inexact:
        return table
    content = json.loads(path.read_text("utf-8-sig"), parse_int=str)
    features = content.get("features", [content])
    for name in inexact:
        values = [any_text(properties_of(feature).get(name)) for feature in features]
        if len(values) == table.num_rows:
            table = table.set_column(table.column_names.index(name), name, pa.array(values, pa.large_string()))
    return table


def is_inexact(column: pa.ChunkedArray) -> bool:
    """Return whether a column holds numbers that floating point cannot tell apart."""
    if not pa.types.is_floating(column.type):
        return False
    return bool((np.abs(np.nan_to_num(column.to_numpy())) >= EXACT).any())


def properties_of(feature: Any) -> dict[str, Any]:
    """Return a feature's properties, empty if it has none."""
    found = feature.get("properties") if isinstance(feature, dict) else None
    return found if isinstance(found, dict) else {}


SPEC = FormatSpec(
    title="GeoJSON",
    endings=(".geojson", ".json", ".geojsonl", ".geojsons", ".ndjson", ".jsonl"),
    matches=lambda head, tail, ending: is_geojson(head, tail),  # noqa: ARG005
    read=read_geojson,
    drivers=("GeoJSON",),
)
