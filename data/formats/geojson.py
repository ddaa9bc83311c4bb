"""GeoJSON (RFC 7946): longitude and latitude on WGS84 unless an old `crs` member says otherwise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from data.formats._gdal import read_layer
from data.formats._json import is_geojson
from data.formats._spec import FormatSpec, Reading, ReadRequest
from data.formats._text import EXACT, any_text


def read_geojson(path: Path, request: ReadRequest) -> Reading:
    """Read a GeoJSON file; numbers too long for floating point are read again, digit by digit."""
    reading = read_layer(path, request, driver="GeoJSON")
    reading.table = with_exact_numbers(reading.table, path)
    reading.crs = reading.crs or "EPSG:4326"
    return reading


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
    endings=(".geojson", ".json"),
    matches=lambda head, tail, ending: is_geojson(head, tail),  # noqa: ARG005
    read=read_geojson,
    drivers=("GeoJSON",),
)
