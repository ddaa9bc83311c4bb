"""OpenStreetMap extracts (.osm.pbf): the roads, water or buildings in them."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from data.formats._gdal import read_layer
from data.formats._spec import FormatSpec, Reading, ReadRequest

LAYERS = {
    "roads": (("lines", "highway IS NOT NULL"),),
    "buildings": (("multipolygons", "building IS NOT NULL"),),
    "water": (
        ("multipolygons", "\"natural\" IN ('water', 'bay', 'wetland') OR landuse IN ('reservoir', 'basin')"),
        ("lines", "waterway IS NOT NULL"),
    ),
}


def read_osm(path: Path, request: ReadRequest) -> Reading:
    """Read the features of one kind; without a kind, one layer of the extract by name."""
    if request.layer or request.kind not in LAYERS:
        return read_layer(path, request, driver="OSM")
    readings = [
        read_layer(path, ReadRequest(layer=layer), driver="OSM", where=where) for layer, where in LAYERS[request.kind]
    ]
    numbered = [with_number(reading.table) for reading in readings]
    table = pa.concat_tables(numbered, promote_options="permissive")
    return Reading(table=table, crs="EPSG:4326", layer=", ".join(layer for layer, _ in LAYERS[request.kind]))


def with_number(table: pa.Table) -> pa.Table:
    """Return the table with one OSM number: a way's where the relation has none, so that no two kinds of it collide."""
    if "osm_way_id" not in table.column_names:
        return table
    relations, ways = table.column("osm_id").to_pylist(), table.column("osm_way_id").to_pylist()
    numbers = [f"r{relation}" if relation else way for relation, way in zip(relations, ways, strict=True)]
    return table.set_column(table.column_names.index("osm_id"), "osm_id", pa.array(numbers, pa.string()))


SPEC = FormatSpec(
    title="OpenStreetMap PBF",
    endings=(".pbf",),
    matches=lambda head, tail, ending: b"OSMHeader" in head[:64],  # noqa: ARG005
    read=read_osm,
    drivers=("OSM",),
)
