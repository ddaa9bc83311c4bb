"""Reading through GDAL (pyogrio): one layer of a local file, geometry as WKB, no network, no virtual file system."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyogrio
import pyogrio.raw

from data.formats._spec import Reading, ReadRequest
from geo.errors import FormatError, name_few, say

CURVES = frozenset((8, 9, 10, 11, 12, 13, 14))


def read_layer(path: Path, request: ReadRequest, *, driver: str, encoding: str | None = None, **how: Any) -> Reading:
    """Read one layer of `path`; several layers and none named is refused, because a guess would load the wrong one."""
    layer = choose_layer(path, request.layer, driver, encoding=encoding)
    try:
        info, table = pyogrio.read_arrow(path, layer=layer, encoding=encoding, datetime_as_string=True, **how)
    except Exception as error:
        raise unreadable(driver, error) from error
    table, curved = with_straight_lines(table, info["geometry_name"], path, layer)
    crs = info["crs"] if info["geometry_type"] is not None else None
    reading = Reading(
        table=name_geometry(table, info["geometry_name"]), crs=crs, encoding=info["encoding"], layer=layer
    )
    if curved:
        reading.notices.append(say("{count} curved shapes were taken as short straight lines", count=curved))
    return reading


def with_straight_lines(table: pa.Table, name: str | None, path: Path, layer: str | None) -> tuple[pa.Table, int]:
    """Return the table with curves (which nothing after this reads) as GDAL straightens them, and their number."""
    actual = name or "wkb_geometry"
    if actual not in table.column_names:
        return table, 0
    codes = [None if one is None else geometry_code(one) for one in table.column(actual).to_pylist()]
    curved = sum(code in CURVES for code in codes)
    if not curved:
        return table, 0
    straight = pyogrio.raw.read(path, layer=layer, columns=[])[2]
    at = table.column_names.index(actual)
    return table.set_column(at, actual, pa.array([None if one is None else bytes(one) for one in straight])), curved


def geometry_code(wkb: bytes) -> int:
    """
    Return the kind of shape a WKB holds, without its Z and M.

    Examples
    --------
    >>> geometry_code(bytes([1, 3, 0, 0, 128])), geometry_code(bytes([1, 242, 3, 0, 0]))
    (3, 10)
    """
    code = int.from_bytes(wkb[1:5], "little" if wkb[:1] == b"\x01" else "big")
    return int((code & 0x1FFFFFFF) % 1000)


def choose_layer(path: Path, wanted: str | None, driver: str, *, encoding: str | None = None) -> str | None:
    """Return the layer to read: the one named, or the only one."""
    try:
        found = [str(name) for name, _ in pyogrio.list_layers(path)]
        opened = pyogrio.read_info(path, layer=found[0], encoding=encoding)["driver"] if found else driver
    except Exception as error:
        raise unreadable(driver, error) from error
    if opened != driver:
        raise FormatError(
            say("a {format} file", format=driver),
            say("a file that opens as {format}", format=opened),
            say("give the file the ending of what it is"),
        )
    if not found:
        raise FormatError(
            say("a {format} file with a layer of features", format=driver),
            say("no layer in it"),
            say("export the layer again"),
        )
    if wanted is None and len(found) == 1:
        return found[0]
    if wanted in found:
        return wanted
    raise FormatError(
        say("the name of one layer of the file"),
        say("{wanted}; the file has {layers}", wanted=wanted or "—", layers=name_few(found)),
        say("say which one with --layer"),
    )


def unreadable(driver: str, error: Exception) -> FormatError:
    """Return the refusal of a file that GDAL cannot read, with GDAL's reason in its own words."""
    reason = str(error).strip().splitlines() or [type(error).__name__]
    return FormatError(
        say("a {format} file", format=driver),
        say("a file that cannot be read as one ({reason})", reason=reason[0][:200]),
        say("open it in the program that made it and export it again"),
    )


def name_geometry(table: pa.Table, name: str | None) -> pa.Table:
    """Return the table with its geometry column called `geometry`; an attribute of that name gives way."""
    actual = name or "wkb_geometry"
    if actual not in table.column_names:
        return table
    position = table.column_names.index(actual)
    wkb = table.column(position)
    rest = table.remove_column(position)
    rest = rest.rename_columns([one if one != "geometry" else "geometry_text" for one in rest.column_names])
    storage = wkb.type.storage_type if isinstance(wkb.type, pa.ExtensionType) else wkb.type
    return rest.append_column("geometry", wkb.cast(storage))
