"""TopoJSON: several layers with shared borders; it cannot declare a CRS, so the caller must."""

from __future__ import annotations

from pathlib import Path

from data.formats._gdal import read_layer
from data.formats._json import is_topology
from data.formats._spec import FormatSpec, Reading, ReadRequest


def read_topojson(path: Path, request: ReadRequest) -> Reading:
    """Read one layer of a TopoJSON file."""
    reading = read_layer(path, request, driver="TopoJSON")
    reading.crs = None
    return reading


SPEC = FormatSpec(
    title="TopoJSON",
    endings=(".topojson", ".json"),
    matches=lambda head, tail, ending: is_topology(head, tail),  # noqa: ARG005
    read=read_topojson,
    drivers=("TopoJSON",),
)
