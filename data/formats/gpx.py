"""GPX: way points, routes and tracks, longitude and latitude on WGS84 by its standard."""

from __future__ import annotations

from pathlib import Path

import pyogrio

from data.formats._gdal import read_layer, unreadable
from data.formats._spec import FormatSpec, Reading, ReadRequest
from data.formats._text import refuse_entities

POINTS_OF_TRACKS = "track_points"
LAYERS = ("waypoints", "tracks", "routes")


def read_gpx(path: Path, request: ReadRequest) -> Reading:
    """Read one sort of feature: for fixes the points of the tracks, else the only sort there is or the one named."""
    refuse_entities(path, "GPX")
    layer = request.layer or (POINTS_OF_TRACKS if request.kind == "fixes" else only_layer(path))
    reading = read_layer(path, ReadRequest(layer=layer, kind=request.kind), driver="GPX")
    filled = [name for name in reading.table.column_names if reading.table.column(name).null_count < len(reading.table)]
    reading.table = reading.table.select(filled) if len(reading.table) else reading.table
    reading.crs = "EPSG:4326"
    return reading


def only_layer(path: Path) -> str | None:
    """Return the one layer with features; None, which is asked about, where several have some."""
    try:
        counts = {name: pyogrio.read_info(path, layer=name, force_feature_count=True)["features"] for name in LAYERS}
    except Exception as error:
        raise unreadable("GPX", error) from error
    filled = [name for name, count in counts.items() if count]
    return filled[0] if len(filled) == 1 else None


SPEC = FormatSpec(
    title="GPX",
    endings=(".gpx",),
    matches=lambda head, tail, ending: head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") and b"<gpx" in head,  # noqa: ARG005
    read=read_gpx,
    drivers=("GPX",),
)
