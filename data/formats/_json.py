"""What kind of JSON a file holds, judged by its beginning and end."""

from __future__ import annotations

import re

GEOJSON_TYPES = (
    "FeatureCollection|Feature|Point|MultiPoint|LineString|MultiLineString|Polygon|MultiPolygon|GeometryCollection"
)
TYPE = re.compile(rb'"type"\s*:\s*"(' + GEOJSON_TYPES.encode() + rb')"', re.IGNORECASE)
TOPOLOGY = re.compile(rb'"type"\s*:\s*"Topology"')


def is_json(head: bytes) -> bool:
    """Return whether the text begins as a JSON object or list does."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def is_topology(head: bytes, tail: bytes) -> bool:
    """Return whether this is TopoJSON."""
    return is_json(head) and bool(TOPOLOGY.search(head) or TOPOLOGY.search(tail))


def is_geojson(head: bytes, tail: bytes) -> bool:
    """Return whether this is GeoJSON: an object, not a list, with a GeoJSON type."""
    starts = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"
    return starts and not is_topology(head, tail) and bool(TYPE.search(head) or TYPE.search(tail))
