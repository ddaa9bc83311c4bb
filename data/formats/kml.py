"""KML (and KMZ): longitude and latitude on WGS84 by its standard."""

from __future__ import annotations

from pathlib import Path

from data.formats._gdal import read_layer
from data.formats._spec import FormatSpec, Reading, ReadRequest
from data.formats._text import refuse_entities

STYLE = ("begin", "end", "altitudeMode", "tessellate", "extrude", "visibility", "drawOrder", "icon", "snippet")


def read_kml(path: Path, request: ReadRequest) -> Reading:
    """Read one folder of a KML document."""
    refuse_entities(path, "KML")
    reading = read_layer(path, request, driver="LIBKML")
    filled = [name for name in reading.table.column_names if name not in STYLE or name == "geometry"]
    reading.table = reading.table.select(filled)
    reading.crs = "EPSG:4326"
    return reading


SPEC = FormatSpec(
    title="KML",
    endings=(".kml", ".kmz"),
    matches=lambda head, tail, ending: head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") and b"<kml" in head,  # noqa: ARG005
    read=read_kml,
    drivers=("LIBKML",),
)
