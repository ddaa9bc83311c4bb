"""Numbers of a .dbf as they are written in it: a code of twenty digits or "68,500" is no floating-point number."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from data.formats._text import float_text

HEADER_BYTES, FIELD_BYTES = 32, 32
NUMERIC = (b"N", b"F")
EXACT_DIGITS = 15


def with_written_numbers(table: pa.Table, path: Path) -> pa.Table:
    """
    Return a table of a .dbf with the columns as text whose numbers floating point does not keep as they are written.

    Columns are matched by their order. A table whose rows or columns cannot be matched is returned as it is.
    """
    fields, rows = read_header(path)
    names = [name for name in table.column_names if name != "geometry"]
    if len(fields) != len(names) or rows is None:
        return table
    rows = rows[rows[:, 0] != ord("*")]
    if len(rows) != table.num_rows:
        return table
    for (kind, start, width), name in zip(fields, names, strict=True):
        if kind not in NUMERIC:
            continue
        written = [bytes(one).decode("latin-1").strip(" \0") for one in rows[:, start : start + width]]
        if all(is_kept(text) for text in set(written)):
            continue
        values = pa.array([text if text.strip("*") else None for text in written], pa.large_string())
        table = table.set_column(table.column_names.index(name), name, values)
    return table


def read_header(path: Path) -> tuple[list[tuple[bytes, int, int]], np.ndarray | None]:
    """Return (type, start, width) of each field, and the records; None where the file is cut short."""
    content = path.read_bytes()
    if len(content) < HEADER_BYTES:
        return [], None
    count = int.from_bytes(content[4:8], "little")
    begin, length = int.from_bytes(content[8:10], "little"), int.from_bytes(content[10:12], "little")
    fields, start = [], 1
    for at in range(HEADER_BYTES, begin - 1, FIELD_BYTES):
        if content[at : at + 1] in (b"\r", b""):
            break
        width = content[at + 16]
        fields.append((content[at + 11 : at + 12], start, width))
        start += width
    body = content[begin : begin + count * length]
    if not count or length < start or len(body) < count * length:
        return fields, None
    return fields, np.frombuffer(body, np.uint8).reshape(count, length)


def is_kept(text: str) -> bool:
    """
    Return whether floating point says a number as it is written, leading and trailing zeros aside.

    Examples
    --------
    >>> [is_kept(text) for text in ("12.50", "", "33048100100012345678", "68,500", "****")]
    [True, True, False, False, True]
    """
    if not text.strip("*"):
        return True
    try:
        value = float(text)
    except ValueError:
        return False
    digits = "".join(one for one in text if one.isdigit()).strip("0")
    return len(digits) <= EXACT_DIGITS and float_text(value) is not None
