"""Every attribute leaves the reader as text, so that no code ever passes through a floating-point number."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from geo.errors import FormatError, say

EXACT = 2.0**53


def texts_of(table: pa.Table) -> pa.Table:
    """
    Return `table` with unique, non-empty column names and every column but `geometry` as text.

    Whole numbers lose no digit; a float that is whole is written without its ".0"; times keep their zone.

    Examples
    --------
    >>> texts_of(pa.table({"n": [1.0, 2.5, None], "b": [True, False, None]})).to_pydict()
    {'n': ['1', '2.5', None], 'b': ['true', 'false', None]}
    """
    names = unique_names(table.column_names)
    columns = [
        table.column(index)
        if name == "geometry" and is_binary(table.column(index).type)
        else text_of(table.column(index))
        for index, name in enumerate(names)
    ]
    return pa.table(dict(zip(names, columns, strict=True)))


def is_binary(kind: pa.DataType) -> bool:
    """Return whether a column holds bytes, as WKB does."""
    return pa.types.is_binary(kind) or pa.types.is_large_binary(kind)


def unique_names(names: list[str]) -> list[str]:
    """
    Return header names stripped, never empty and never twice.

    Examples
    --------
    >>> unique_names(["id", " id", "", "名称"])
    ['id', 'id_2', 'column_3', '名称']
    """
    seen: dict[str, int] = {}
    result = []
    for number, raw in enumerate(names, start=1):
        name = str(raw).replace("\ufeff", "").strip() or f"column_{number}"
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return result


def text_of(column: pa.ChunkedArray) -> pa.ChunkedArray | pa.Array:
    """Return one column as text."""
    kind = column.type
    if isinstance(kind, pa.DictionaryType):
        return text_of(column.cast(kind.value_type))
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return column.cast(pa.large_string())
    if pa.types.is_floating(kind):
        return pa.array([float_text(v) for v in column.to_pandas().to_numpy(dtype="float64")], pa.large_string())
    if pa.types.is_timestamp(kind):
        return time_text(column)
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_date(kind) or pa.types.is_time(kind):
        return column.cast(pa.string()).cast(pa.large_string())
    if is_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return pa.array([None if v is None else bytes(v).hex() for v in column.to_pylist()], pa.large_string())
    return pa.array([any_text(v) for v in column.to_pylist()], pa.large_string())


def float_text(value: float) -> str | None:
    """
    Return a float as people write it; None for NaN.

    Examples
    --------
    >>> float_text(7.0), float_text(0.1), float_text(float("nan"))
    ('7', '0.1', None)
    """
    if np.isnan(value):
        return None
    return str(int(value)) if value == np.floor(value) and abs(value) < EXACT else repr(float(value))


def time_text(column: pa.ChunkedArray) -> pa.Array:
    """Return times as ISO 8601, with Z where the column has a zone and without where it has none."""
    zoned = column.type.tz is not None
    utc = column.cast(pa.timestamp("us", tz="UTC")) if zoned else column.cast(pa.timestamp("us"))
    texts = pc.strftime(utc, format="%Y-%m-%dT%H:%M:%S")
    return pc.binary_join_element_wise(texts, "Z" if zoned else "", "").cast(pa.large_string())


def any_text(value: Any) -> str | None:
    """Return a value of any type as text: lists and objects as JSON, None as None."""
    if value is None or value is pd.NaT:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return float_text(value)
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def refuse_entities(path: Path, title: str) -> None:
    """Refuse an XML document that defines entities: they can be made to fill the memory or to read other files."""
    left = b""
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            text = (left + block).replace(b"\0", b"")
            if b"<!ENTITY" in text or b"<!DOCTYPE" in text:
                raise FormatError(
                    say("a {format} file without definitions of its own", format=title),
                    say("one with a document type of its own"),
                    say("export it again as plain {format}", format=title),
                )
            left = block[-32:]
