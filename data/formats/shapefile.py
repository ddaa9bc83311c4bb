"""Shapefile: encoding from its .cpg, else from its own text; CRS from its .prj, else none."""

from __future__ import annotations

from pathlib import Path

import pyogrio

from data.formats._encoding import canonical_encoding, detect_encoding
from data.formats._gdal import read_layer
from data.formats._spec import FormatSpec, Reading, ReadRequest
from geo.errors import FormatError, say

HEADER_BYTES = 32
SAMPLE_BYTES = 1 << 20


def read_shapefile(path: Path, request: ReadRequest) -> Reading:
    """Read a shapefile; its .dbf, .shx, .prj and .cpg lie beside it."""
    if part_of(path, ".shx") is None:
        pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": True})
    encoding = find_encoding(path, request.encoding)
    bare = ReadRequest(encoding=request.encoding, kind=request.kind)
    reading = read_layer(path, bare, driver="ESRI Shapefile", encoding=encoding)
    reading.encoding = encoding or reading.encoding
    if part_of(path, ".prj") is None:
        reading.crs = None
    if part_of(path, ".dbf") is None:
        reading.notices.append(say("the shapefile has no .dbf beside it: its rows have a shape and nothing else"))
    return reading


def part_of(path: Path, ending: str) -> Path | None:
    """Return the file beside `path` with another ending, in small or capital letters."""
    found = (path.with_suffix(one) for one in (ending, ending.upper()))
    return next((one for one in found if one.exists()), None)


def find_encoding(path: Path, wanted: str | None) -> str | None:
    """Return the encoding of the attributes: as told, as the .cpg says, or as the .dbf's text reads best."""
    if wanted:
        return canonical_encoding(wanted)
    declared = part_of(path, ".cpg")
    if declared is not None:
        return encoding_named(declared.read_text("latin-1"))
    table = part_of(path, ".dbf")
    if table is None:
        return None
    with table.open("rb") as file:
        return detect_encoding(text_bytes(file.read(SAMPLE_BYTES)))


def encoding_named(text: str) -> str:
    """
    Return the encoding a .cpg names.

    Examples
    --------
    >>> encoding_named("UTF-8\\n"), encoding_named("936"), encoding_named("ISO 88591")
    ('utf-8', 'gb18030', 'iso8859-1')
    """
    name = text.strip().removeprefix("ANSI ").removeprefix("OEM ").strip()
    if name.isdigit() and name not in ("936", "950"):
        name = f"cp{name}"
    try:
        return canonical_encoding(name.replace("ISO 8859", "ISO-8859-").replace("--", "-"))
    except FormatError:
        return "utf-8"


def text_bytes(content: bytes) -> bytes:
    """
    Return field names and records of a .dbf without its binary header, as bytes of text to judge.

    A full sample is cut at its last space, so that no character is halved at its end.
    """
    if len(content) < HEADER_BYTES:
        return b""
    start = int.from_bytes(content[8:10], "little")
    names = b" ".join(
        content[at : at + 11].split(b"\0")[0] for at in range(HEADER_BYTES, max(start - HEADER_BYTES, 0), 32)
    )
    records = content[start:].rstrip(b"\x1a")
    if len(content) >= SAMPLE_BYTES:
        records = records[: records.rfind(b" ") + 1]
    return names + b" " + records


SPEC = FormatSpec(
    title="Shapefile",
    endings=(".shp", ".dbf"),
    matches=lambda head, tail, ending: head.startswith(b"\x00\x00\x27\x0a") or ending == ".dbf",  # noqa: ARG005
    read=read_shapefile,
    drivers=("ESRI Shapefile",),
)
