"""CSV, TSV and their cousins: separator and encoding are found, every value stays text."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pc

from data.formats._encoding import decode_text
from data.formats._gdal import unreadable
from data.formats._spec import FormatSpec, Reading, ReadRequest
from data.formats._text import unique_names
from data.formats._wkt import with_shapes
from geo.errors import FormatError, say

SEPARATORS = (",", "\t", ";", "|")
ENDINGS = (".csv", ".tsv", ".txt", ".tab")


def read_delimited(path: Path, request: ReadRequest) -> Reading:
    """Read a delimited text. Lines with another number of columns are set aside with their line, not guessed at."""
    text, encoding = decode_text(path.read_bytes(), request.encoding)
    first = next((line for line in text.splitlines() if line.strip()), "")
    if not first:
        raise FormatError(say("a table with a header row"), say("an empty file"), say("export it again"))
    if "\0" in text[:4096]:
        raise FormatError(say("a text file of columns"), say("a binary file"), say("give it the ending of what it is"))
    separator = find_separator(first)
    rejects: list[tuple[int, str, str]] = []
    try:
        table = parse(text, separator, request.header, rejects)
    except pa.ArrowException as error:
        raise unreadable("CSV", error) from error
    return with_shapes(Reading(table=table, encoding=encoding, rejects=rejects))


def find_separator(header: str) -> str:
    """
    Return the separator that splits the header most often; a comma where nothing does.

    Examples
    --------
    >>> find_separator("编号;名称;户数"), find_separator("a\\tb"), find_separator("one")
    (';', '\\t', ',')
    """
    counts = {one: header.count(one) for one in SEPARATORS}
    best = max(SEPARATORS, key=lambda one: counts[one])
    return best if counts[best] else ","


def parse(text: str, separator: str, header: bool, rejects: list[tuple[int, str, str]]) -> pa.Table:
    """Return the table as text columns; lines of another width go to `rejects`."""

    def set_aside(row: Any) -> str:
        rejects.append((row.number or 0, row.text, f"{row.actual_columns} columns instead of {row.expected_columns}"))
        return "skip"

    names, body = split_header(text, separator, header)
    if not body.strip():
        return pa.table({name: pa.array([], pa.large_string()) for name in names})
    return pc.read_csv(
        io.BytesIO(body.encode("utf-8")),
        read_options=pc.ReadOptions(column_names=names, use_threads=False, block_size=1 << 24),
        parse_options=pc.ParseOptions(delimiter=separator, newlines_in_values=True, invalid_row_handler=set_aside),
        convert_options=pc.ConvertOptions(
            column_types={name: pa.large_string() for name in names}, strings_can_be_null=True, null_values=[""]
        ),
    )


def split_header(text: str, separator: str, header: bool) -> tuple[list[str], str]:
    """
    Return column names and the text below them; without a header the columns are called 1, 2, 3 ...

    Examples
    --------
    >>> split_header('id,"a name"\\n1,x\\n', ",", True)
    (['id', 'a name'], '1,x\\n')
    """
    stream = io.StringIO(text, newline="")
    first: list[str] = []
    for first in csv.reader(iter(stream.readline, ""), delimiter=separator):
        if any(cell.strip() for cell in first):
            break
    if not header:
        return [str(number + 1) for number in range(len(first))], text
    return unique_names(first), text[stream.tell() :]


SPEC = FormatSpec(
    title="CSV",
    endings=ENDINGS,
    matches=lambda head, tail, ending: (  # noqa: ARG005
        ending in ENDINGS and not (ending == ".tab" and head.lstrip().lower().startswith(b"!table"))
    ),
    read=read_delimited,
)
