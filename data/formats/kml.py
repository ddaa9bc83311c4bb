"""KML (and KMZ): longitude and latitude on WGS84 by its standard."""

from __future__ import annotations

from pathlib import Path

from data.formats._gdal import read_layer
from data.formats._spec import FormatSpec, Reading, ReadRequest
from geo.errors import FormatError, say

STYLE = ("begin", "end", "altitudeMode", "tessellate", "extrude", "visibility", "drawOrder", "icon", "snippet")


def read_kml(path: Path, request: ReadRequest) -> Reading:
    """Read one folder of a KML document."""
    refuse_entities(path)
    reading = read_layer(path, request, driver="LIBKML")
    filled = [name for name in reading.table.column_names if name not in STYLE or name == "geometry"]
    reading.table = reading.table.select(filled)
    reading.crs = "EPSG:4326"
    return reading


def refuse_entities(path: Path) -> None:
    """Refuse a document that defines entities: they can be made to fill the memory."""
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            if b"<!ENTITY" in block or b"<!DOCTYPE" in block:
                raise FormatError(
                    say("a KML file of placemarks"),
                    say("one with a document type of its own"),
                    say("export it again as plain KML"),
                )


SPEC = FormatSpec(
    title="KML",
    endings=(".kml", ".kmz"),
    matches=lambda head, tail, ending: head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") and b"<kml" in head,  # noqa: ARG005
    read=read_kml,
    drivers=("LIBKML",),
)
