"""Shapefile: encoding from its .cpg or language byte where the text bears them out; CRS from its .prj, else none."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pyogrio

from data.formats._dbf import with_written_numbers
from data.formats._encoding import canonical_encoding, detect_encoding, is_text_in
from data.formats._gdal import read_layer
from data.formats._spec import FormatSpec, Reading, ReadRequest
from geo.errors import FormatError, say

HEADER_BYTES = 32
SAMPLE_BYTES = 1 << 20
LANGUAGE_AT = 29
LANGUAGES = {0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "big5", 0x78: "big5", 0x13: "cp932", 0x7B: "cp932"}
LANGUAGES |= {0x4E: "cp949", 0x79: "cp949", 0x64: "cp852", 0x65: "cp866", 0xC8: "cp1250", 0xC9: "cp1251"}


def read_shapefile(path: Path, request: ReadRequest) -> Reading:
    """Read a shapefile; its .dbf, .shx, .prj and .cpg lie beside it."""
    if part_of(path, ".shx") is None:
        path = copy_parts(path)
        pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": True})
    try:
        return read_parts(path, request)
    finally:
        pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": None})


def read_parts(path: Path, request: ReadRequest) -> Reading:
    """Read a shapefile that has its index."""
    encoding = find_encoding(path, request.encoding)
    bare = ReadRequest(encoding=request.encoding, kind=request.kind)
    reading = read_layer(path, bare, driver="ESRI Shapefile", encoding=encoding)
    reading.encoding = encoding or reading.encoding
    table = part_of(path, ".dbf")
    if table is not None:
        reading.table = with_written_numbers(reading.table, table)
    if part_of(path, ".prj") is None:
        reading.crs = None
    if part_of(path, ".dbf") is None:
        reading.notices.append(say("the shapefile has no .dbf beside it: its rows have a shape and nothing else"))
    return reading


def part_of(path: Path, ending: str) -> Path | None:
    """Return the file beside `path` with another ending, in small or capital letters."""
    found = (path.with_suffix(one) for one in (ending, ending.upper()))
    return next((one for one in found if one.exists()), None)


def copy_parts(path: Path) -> Path:
    """Return a copy in the reader's own folder, where a missing index may be made: nothing is written beside a file."""
    folder = Path(tempfile.mkdtemp())
    for ending in (".shp", ".dbf", ".prj", ".cpg"):
        part = part_of(path, ending)
        if part is not None:
            shutil.copyfile(part, folder / f"{path.stem}{ending}")
    return folder / f"{path.stem}{path.suffix.lower()}"


def find_encoding(path: Path, wanted: str | None) -> str | None:
    """Return the encoding of the attributes: as told, as the .cpg says, or as the .dbf's text reads best."""
    if wanted:
        return canonical_encoding(wanted)
    declared = part_of(path, ".cpg")
    named = encoding_named(declared.read_text("latin-1")) if declared is not None else None
    table = part_of(path, ".dbf")
    if table is None:
        return named
    with table.open("rb") as file:
        content = file.read(SAMPLE_BYTES)
    sample = text_bytes(content)
    named = named or LANGUAGES.get(content[LANGUAGE_AT] if len(content) > LANGUAGE_AT else 0)
    return named if named and is_text_in(sample, named) else detect_encoding(sample)


def encoding_named(text: str) -> str | None:
    """
    Return the encoding a .cpg names, None where it names none that is known.

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
        return None


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
