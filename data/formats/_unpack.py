"""What lies inside a .gz or .zip, unpacked into the reader's own folder within a limit."""

from __future__ import annotations

import errno
import gzip
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from geo.errors import FormatError, name_few, say

ZIPPED_KINDS = (
    *(".shp", ".geojson", ".json", ".topojson", ".gpkg", ".fgb", ".kml", ".csv", ".tsv", ".xlsx", ".parquet"),
    *(".geojsonl", ".ndjson", ".gpx", ".tab", ".mif", ".dxf", ".pbf"),
)
SIDE_FILES = (".dbf", ".shx", ".prj", ".cpg", ".dat", ".map", ".id", ".ind", ".mid")
BLOCK_BYTES = 1 << 20


def unpack(path: Path, folder: Path, *, wanted: str | None, limit_bytes: int) -> tuple[Path, bool]:
    """
    Return the file to read and whether `wanted` named it inside an archive.

    A .gz is unpacked; a .zip or .kmz must hold one readable file, or `wanted` must name one of them.
    """
    with path.open("rb") as file:
        head = file.read(4)
    if head[:2] == b"\x1f\x8b":
        return gunzip(path, folder, limit_bytes), False
    if head == b"PK\x03\x04" and path.suffix.lower() not in (".xlsx", ".xlsm"):
        return unzip(path, folder, wanted, limit_bytes)
    return path, False


def gunzip(path: Path, folder: Path, limit_bytes: int) -> Path:
    """Unpack a .gz; the ending is what stands before .gz."""
    target = folder / (path.stem if path.suffix.lower() == ".gz" else path.name)
    try:
        with gzip.open(path, "rb") as packed, target.open("wb") as out:
            copy_limited(packed, out, limit_bytes)
    except (OSError, EOFError, zlib.error) as error:
        raise broken(path, error) from None
    return target


def unzip(path: Path, folder: Path, wanted: str | None, limit_bytes: int) -> tuple[Path, bool]:
    """Unpack the one readable file of a .zip with the files beside it, under plain names."""
    try:
        with zipfile.ZipFile(path) as archive:
            inside = {name: decode_name(info) for info in archive.infolist() for name in [info.filename]}
            readable = [name for name in inside if is_readable(inside[name])]
            stems = {name: PurePosixPath(inside[name]).stem for name in readable}
            named = [name for name in readable if wanted in (stems[name], PurePosixPath(inside[name]).name)]
            chosen = named or readable
            if len(chosen) != 1:
                raise FormatError(
                    say("an archive with one readable file, or the name of one of them"),
                    say("{layers}", layers=name_few(PurePosixPath(inside[name]).name for name in readable) or "—"),
                    say("say which one with --layer"),
                )
            return extract(archive, inside, chosen[0], folder, limit_bytes), bool(named)
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error, NotImplementedError, RuntimeError) as error:
        raise broken(path, error) from None


def decode_name(info: zipfile.ZipInfo) -> str:
    """Return a member's name; names not marked as UTF-8 are usually GBK here."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename


def is_readable(name: str) -> bool:
    """Return whether a member is a file we read, not a system's leftover."""
    path = PurePosixPath(name)
    return path.suffix.lower() in ZIPPED_KINDS and not name.startswith("__MACOSX") and not path.name.startswith(".")


def extract(archive: zipfile.ZipFile, inside: dict[str, str], chosen: str, folder: Path, limit_bytes: int) -> Path:
    """Write the chosen member and its side files as data.<ending>: no name from the archive reaches the disk."""
    main = PurePosixPath(inside[chosen])
    target = folder / f"data{main.suffix.lower()}"
    for name, shown in inside.items():
        other = PurePosixPath(shown)
        beside = other.with_suffix("") == main.with_suffix("") and other.suffix.lower() in SIDE_FILES
        if name == chosen or beside:
            with archive.open(name) as packed, (folder / f"data{other.suffix.lower()}").open("wb") as out:
                limit_bytes = copy_limited(packed, out, limit_bytes)
    return target


def copy_limited(source: object, out: object, limit_bytes: int) -> int:
    """Copy a stream; refuse one that unpacks to more than the limit. Return what is left of the limit."""
    while block := source.read(BLOCK_BYTES):  # type: ignore[attr-defined]
        limit_bytes -= len(block)
        if limit_bytes < 0:
            raise FormatError(
                say("an archive that fits the reader's memory when unpacked"),
                say("one that is larger"),
                say("split it, or raise the setting reader_memory_mb"),
            )
        out.write(block)  # type: ignore[attr-defined]
    return limit_bytes


def broken(path: Path, error: Exception) -> FormatError:
    """Return the refusal of a damaged archive; one that only outgrows the reader's limit is raised as it is."""
    if getattr(error, "errno", None) == errno.EFBIG:
        raise error
    return FormatError(
        say("a whole archive"),
        say("{file} is damaged ({reason})", file=path.name, reason=str(error)[:120]),
        say("copy or download it again"),
    )
