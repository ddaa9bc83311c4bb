"""FlatGeobuf."""

from __future__ import annotations

from pathlib import Path

from data.formats._gdal import read_layer
from data.formats._spec import FormatSpec, Reading, ReadRequest


def read_flatgeobuf(path: Path, request: ReadRequest) -> Reading:
    """Read a FlatGeobuf file."""
    return read_layer(path, request, driver="FlatGeobuf")


SPEC = FormatSpec(
    title="FlatGeobuf",
    endings=(".fgb",),
    matches=lambda head, tail, ending: head.startswith(b"fgb\x03"),  # noqa: ARG005
    read=read_flatgeobuf,
    drivers=("FlatGeobuf",),
)
