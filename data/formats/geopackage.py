"""GeoPackage: an SQLite file of layers."""

from __future__ import annotations

from pathlib import Path

from data.formats._gdal import read_layer
from data.formats._spec import FormatSpec, Reading, ReadRequest


def read_geopackage(path: Path, request: ReadRequest) -> Reading:
    """Read one layer of a GeoPackage."""
    return read_layer(path, request, driver="GPKG")


SPEC = FormatSpec(
    title="GeoPackage",
    endings=(".gpkg",),
    matches=lambda head, tail, ending: head.startswith(b"SQLite format 3\0"),  # noqa: ARG005
    read=read_geopackage,
    drivers=("GPKG",),
)
