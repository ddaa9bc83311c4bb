"""Shapes that a table writes as text (well-known text), read inside the reader's own process."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc
import shapely

from data.formats._spec import Reading

WKT = re.compile(
    r"\s*(SRID=(?P<srid>\d+);)?\s*(MULTI)?(POINT|LINESTRING|POLYGON)(\s+Z?M?)?\s*(\(|EMPTY)|\s*(SRID=\d+;)?\s*GEOMETRYC",
    re.IGNORECASE,
)
LOOKED_AT, DEEPEST = 20, 8


def with_shapes(reading: Reading) -> Reading:
    """
    Return a table whose first column of well-known text has become its geometry; unchanged where there is none.

    A number before the text ("SRID=4490;...") is the CRS where all rows agree. The column stays as text too where a
    row of it cannot be read, so that nothing is lost.
    """
    table = reading.table
    if "geometry" in table.column_names and pa.types.is_binary(table.schema.field("geometry").type):
        return reading
    name = next((one for one in table.column_names if is_wkt(table.column(one))), None)
    if name is None:
        return reading
    texts = table.column(name).to_pylist()
    found = [WKT.match(text) if text else None for text in texts]
    bare = [
        None if not text or match is None or text.count("(") > nesting_limit(text) else text.split(";", 1)[-1]
        for text, match in zip(texts, found, strict=True)
    ]
    shapes = shapely.from_wkt(bare, on_invalid="ignore")
    wkb = pa.array([None if one is None else shapely.to_wkb(one) for one in shapes], pa.binary())
    lost = any(text and shape is None for text, shape in zip(texts, shapes, strict=True))
    if not lost:
        table = table.drop_columns(name)
    elif name == "geometry":
        table = table.rename_columns([one if one != name else "geometry_text" for one in table.column_names])
    srids = {match["srid"] for match in found if match} if any(found) else set()
    srid = srids.pop() if len(srids) == 1 else None
    reading.table = table.append_column("geometry", wkb)
    reading.crs = f"EPSG:{srid}" if srid else reading.crs
    return reading


def is_wkt(column: pa.ChunkedArray) -> bool:
    """Return whether the first values of a text column are all well-known text."""
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return False
    values = pc.drop_null(column).slice(0, LOOKED_AT).to_pylist()
    filled = [value for value in values if value.strip()]
    return bool(filled) and all(WKT.match(value) for value in filled)


def nesting_limit(text: str) -> float:
    """
    Return how many brackets a text may open: no limit unless they follow each other deeper than any shape does.

    Examples
    --------
    >>> nesting_limit("POLYGON ((0 0, 1 1, 1 0, 0 0))"), nesting_limit("GEOMETRYCOLLECTION (" * 9)
    (inf, 0)
    """
    return 0 if text.upper().count("GEOMETRYC") > DEEPEST else float("inf")
