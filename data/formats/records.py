"""JSON lists of records, one object each, or one object a line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa

from data.formats._encoding import decode_text
from data.formats._json import is_geojson, is_json, is_topology
from data.formats._spec import FormatSpec, Reading, ReadRequest
from data.formats._text import any_text
from data.formats._wkt import with_shapes
from geo.errors import FormatError, say

WRAPPERS = ("data", "rows", "records", "list", "result", "items")


def read_records(path: Path, request: ReadRequest) -> Reading:
    """Read a list of objects; numbers keep the digits that stand in the file."""
    text, encoding = decode_text(path.read_bytes(), request.encoding)
    rows = rows_in(text)
    names = list(dict.fromkeys(str(name) for row in rows for name in row))
    table = pa.table({name: pa.array([any_text(row.get(name)) for row in rows], pa.large_string()) for name in names})
    return with_shapes(Reading(table=table, encoding=encoding))


def rows_in(text: str) -> list[dict[str, Any]]:
    """Return the objects of a JSON text: a list, a list under a usual name, or one object a line."""
    try:
        content = load(text)
    except (ValueError, RecursionError) as error:
        lines = [line for line in text.splitlines() if line.strip()]
        try:
            content = [load(line) for line in lines] if len(lines) > 1 else None
        except (ValueError, RecursionError):
            content = None
        if content is None:
            raise refuse(say("text that is not JSON ({reason})", reason=str(error)[:120])) from None
    if isinstance(content, dict):
        content = next((content[name] for name in WRAPPERS if isinstance(content.get(name), list)), [content])
    if not isinstance(content, list) or not content or not all(isinstance(row, dict) for row in content):
        raise refuse(say("JSON of another shape"))
    return content


def load(text: str) -> Any:
    """Return the JSON value of a text, numbers as the text they are written in."""
    return json.loads(text, parse_int=str, parse_float=str)


def refuse(found: Any) -> FormatError:
    """Return the refusal of JSON that is not a table."""
    return FormatError(
        say("a JSON list of objects, one a row, or GeoJSON"),
        found,
        say("export the table again, as CSV if in doubt"),
    )


SPEC = FormatSpec(
    title="JSON records",
    endings=(".json", ".jsonl", ".ndjson"),
    matches=lambda head, tail, ending: (  # noqa: ARG005
        is_json(head) and not is_geojson(head, tail) and not is_topology(head, tail)
    ),
    read=read_records,
)
