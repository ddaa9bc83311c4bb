"""Reading through GDAL (pyogrio): one layer of a local file, geometry as WKB, no network, no virtual file system."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyogrio

from data.formats._spec import Reading, ReadRequest
from geo.errors import FormatError, name_few, say


def read_layer(path: Path, request: ReadRequest, *, driver: str, encoding: str | None = None, **how: Any) -> Reading:
    """Read one layer of `path`; several layers and none named is refused, because a guess would load the wrong one."""
    layer = choose_layer(path, request.layer, driver)
    try:
        info, table = pyogrio.read_arrow(path, layer=layer, encoding=encoding, datetime_as_string=True, **how)
    except Exception as error:
        raise unreadable(driver, error) from error
    crs = info["crs"] if info["geometry_type"] is not None else None
    return Reading(table=name_geometry(table, info["geometry_name"]), crs=crs, encoding=info["encoding"], layer=layer)


def choose_layer(path: Path, wanted: str | None, driver: str) -> str | None:
    """Return the layer to read: the one named, or the only one."""
    try:
        found = [str(name) for name, _ in pyogrio.list_layers(path)]
        opened = pyogrio.read_info(path, layer=found[0])["driver"] if found else driver
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
