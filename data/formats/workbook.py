"""Excel workbooks (.xlsx): one sheet, values as people see them, codes as text."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa

from data.formats._gdal import unreadable
from data.formats._spec import FormatSpec, Reading, ReadRequest
from data.formats._text import any_text
from data.formats._wkt import with_shapes
from geo.errors import FormatError, name_few, say

DIGITS_EXACT = 15


def read_workbook(path: Path, request: ReadRequest) -> Reading:
    """Read one sheet: the one named, else the first with anything in it. Formulas give their stored results."""
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        sheets = {sheet.title: rows_of(sheet) for sheet in book.worksheets}
        book.close()
    except Exception as error:
        raise unreadable("Excel (.xlsx)", error) from error
    filled = [name for name, rows in sheets.items() if rows]
    name = request.layer or (filled[0] if filled else None)
    if name is None or name not in sheets or not sheets[name]:
        raise FormatError(
            say("a sheet with a header row"),
            say("{wanted}; sheets with rows: {layers}", wanted=request.layer or "—", layers=name_few(filled) or "—"),
            say("name the sheet with --layer"),
        )
    reading = Reading(table=table_of(sheets[name], header=request.header), layer=name)
    reading = with_shapes(reading)
    add_notices(reading, sheets[name], [one for one in filled if one != name and not request.layer])
    return reading


def rows_of(sheet: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a sheet that hold anything, without trailing empty columns."""
    rows = [row for row in sheet.iter_rows(values_only=True) if any(value not in (None, "") for value in row)]
    width = max((index + 1 for row in rows for index, value in enumerate(row) if value not in (None, "")), default=0)
    return [tuple(row[:width]) + (None,) * (width - len(row)) for row in rows]


def table_of(rows: list[tuple[Any, ...]], *, header: bool) -> pa.Table:
    """Return the cells as columns of text."""
    names = [cell_text(value) or "" for value in rows[0]] if header else [str(n + 1) for n in range(len(rows[0]))]
    body = rows[1:] if header else rows
    columns = [pa.array([cell_text(row[n]) for row in body], pa.large_string()) for n in range(len(names))]
    return pa.Table.from_arrays(columns, names=names)


def cell_text(value: Any) -> str | None:
    """
    Return a cell as text: times as ISO 8601, whole numbers without a decimal point.

    Examples
    --------
    >>> cell_text(330481001000.0), cell_text(dt.datetime(2026, 1, 2, 3, 4)), cell_text("007")
    ('330481001000', '2026-01-02T03:04:00', '007')
    """
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return any_text(value)


def add_notices(reading: Reading, rows: list[tuple[Any, ...]], others: list[str]) -> None:
    """Say what a reader of the sheet should know: other sheets left out, numbers Excel has already rounded."""
    if others:
        reading.notices.append(
            say(
                "sheet {layer} was read; left out: {layers} (choose with --layer)",
                layer=reading.layer,
                layers=name_few(others),
            )
        )
    rounded = sum(isinstance(v, (int, float)) and abs(v) >= 10**DIGITS_EXACT for row in rows for v in row)
    if rounded:
        reading.notices.append(
            say(
                "{count} cells hold numbers of more than 15 digits: Excel has rounded them; store codes as text",
                count=rounded,
            )
        )


SPEC = FormatSpec(
    title="Excel workbook",
    endings=(".xlsx", ".xlsm"),
    matches=lambda head, tail, ending: head.startswith(b"PK") and ending in (".xlsx", ".xlsm"),  # noqa: ARG005
    read=read_workbook,
)
