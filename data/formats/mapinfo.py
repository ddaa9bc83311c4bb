"""MapInfo: native tables (TAB with its parts beside it) and interchange files (MIF with its MID)."""

from __future__ import annotations

import re
from pathlib import Path

from data.formats._encoding import canonical_encoding, detect_encoding
from data.formats._gdal import read_layer
from data.formats._spec import FormatSpec, Reading, ReadRequest
from geo.errors import FormatError, say

HEAD_BYTES, SAMPLE_BYTES = 1 << 16, 1 << 20
CHARSET = re.compile(rb'charset\s+"?([\w-]+)"?', re.IGNORECASE)
ELSEWHERE = re.compile(rb"isseamless|open\s+table|create\s+view|type\s+linked|\bfile\s+\"", re.IGNORECASE)
TAB_START, MIF_START = b"!table", b"version"


def read_mapinfo(path: Path, request: ReadRequest) -> Reading:
    """Read a table; one that only points at other files is refused. Text without a named charset is judged."""
    head = first_bytes(path, HEAD_BYTES)
    if head.lstrip().lower().startswith(TAB_START) and ELSEWHERE.search(head):
        raise FormatError(
            say("a MapInfo table with its own data"),
            say("{file} points at other files", file=path.name),
            say("export the table itself, or as GeoPackage"),
        )
    encoding = canonical_encoding(request.encoding) if request.encoding else find_encoding(path, head)
    bare = ReadRequest(kind=request.kind)
    reading = read_layer(path, bare, driver="MapInfo File", encoding=encoding)
    reading.encoding = encoding or reading.encoding
    if reading.crs and "Nonearth" in reading.crs:
        reading.crs = None
    return reading


def find_encoding(path: Path, head: bytes) -> str | None:
    """Return the encoding to read with: none where the table names its charset, else the one its text reads best in."""
    named = CHARSET.search(head)
    if named and named[1].lower() != b"neutral":
        return None
    for ending in (".dat", ".DAT", ".mid", ".MID"):
        beside = path.with_suffix(ending)
        if beside.exists():
            return detect_encoding(first_bytes(beside, SAMPLE_BYTES).replace(b"\0", b" "))
    return None


def first_bytes(path: Path, count: int) -> bytes:
    """Return the beginning of a file."""
    with path.open("rb") as file:
        return file.read(count)


SPEC = FormatSpec(
    title="MapInfo",
    endings=(".tab", ".mif"),
    matches=lambda head, tail, ending: (  # noqa: ARG005
        (ending == ".tab" and head.lstrip().lower().startswith(TAB_START))
        or (ending == ".mif" and head.lstrip().lower().startswith(MIF_START))
    ),
    read=read_mapinfo,
    drivers=("MapInfo File",),
)
