"""What kind of JSON a file holds, judged by its beginning and end."""

from __future__ import annotations

import re

GEOJSON_TYPES = (
    "FeatureCollection|Feature|Point|MultiPoint|LineString|MultiLineString|Polygon|MultiPolygon|GeometryCollection"
)
TYPE = re.compile(rb'"type"\s*:\s*"(' + GEOJSON_TYPES.encode() + rb')"', re.IGNORECASE)
TOPOLOGY = re.compile(rb'"type"\s*:\s*"Topology"')


FEATURES = re.compile(rb'^\s*\[\s*\{\s*"(type|id|properties|geometry|bbox)"')


def is_json(head: bytes) -> bool:
    """Return whether the text begins as a JSON object or list does."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\x1e \r\n\t")[:1] in (b"{", b"[")


def is_topology(head: bytes, tail: bytes) -> bool:
    """Return whether this is TopoJSON."""
    return is_json(head) and bool(TOPOLOGY.search(head) or TOPOLOGY.search(tail))


def is_geojson(head: bytes, tail: bytes) -> bool:
    """Return whether this is GeoJSON: an object with a GeoJSON type, one object a line, or a bare list of features."""
    plain = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\x1e \r\n\t")
    starts = plain[:1] == b"{" or bool(FEATURES.match(plain))
    return starts and not is_topology(head, tail) and bool(TYPE.search(head) or TYPE.search(tail))
