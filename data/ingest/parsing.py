"""From the body of a request to rows: NDJSON, JSON, CSV and a tracking server's forwarded positions."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import Any

import orjson

from geo.errors import FormatError, Say, say

FORMATS = ("ndjson", "json", "csv")
KNOT_M_S = 1852 / 3600
LONGEST_SHOWN = 60
Row = dict[str, Any]


@dataclass(frozen=True)
class RowFault:
    """Why one row was not taken. `row` counts from 1 in the order sent; a header line is not counted."""

    row: int
    row_id: str | None
    expected: Say
    found: Say
    remedy: Say


@dataclass
class Rows:
    """Rows that are objects, the number of each, how many there were in all, and what is wrong with the others."""

    rows: list[Row]
    numbers: list[int]
    total: int
    faults: list[RowFault] = field(default_factory=list)


def shorten(value: Any) -> str:
    """
    Return a value as a short text without control characters, for a message.

    Examples
    --------
    >>> shorten("a" * 100)[-4:], shorten(None)
    ('aaa…', 'None')
    """
    text = "".join(one if one.isprintable() else " " for one in str(value)[: LONGEST_SHOWN + 1])
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def read_body(body: bytes, form: str, *, most_rows: int, most_depth: int) -> Rows:
    """
    Return the rows of a body; a row that is no object is set aside with its fault.

    Raises
    ------
    FormatError
        If the body as a whole cannot be read, is empty, or has too many rows.
    """
    if not body.strip():
        raise FormatError(say("at least one row"), say("an empty body"), say("send the rows in the body"))
    found: list[Any]
    faults: list[RowFault] = []
    if form == "csv":
        found = _read_csv(body)
    elif form == "ndjson":
        found, faults = _read_lines(body)
    else:
        value = _read_json(body)
        found = value if isinstance(value, list) else [value]
    if len(found) > most_rows:
        raise FormatError(
            say("at most {most} rows in one request", most=most_rows),
            say("{count}", count=len(found)),
            say("send them in several requests; `ingest_body_rows` says how many one may hold"),
        )
    if not faults and _is_flat(body, form, found):
        return Rows(found, list(range(1, len(found) + 1)), len(found))
    broken = {fault.row for fault in faults}
    rows, numbers = [], []
    for number, one in enumerate(found, 1):
        if isinstance(one, dict):
            if _is_shallow(one, most_depth):
                rows.append(one)
                numbers.append(number)
            else:
                faults.append(_too_deep(number, most_depth))
        elif number not in broken:
            faults.append(
                RowFault(number, None, say("an object of names and values"), say("{value}", value=shorten(one)),
                         say("send each row as one object"))
            )  # fmt: skip
    return Rows(rows, numbers, len(found), faults)


def _is_flat(body: bytes, form: str, found: list[Any]) -> bool:
    """Say for sure that every row is an object of plain values: there are no more brackets than rows need."""
    brackets = body.count(b"{") + body.count(b"[")
    needed = len(found) + (form == "json" and body.lstrip()[:1] == b"[")
    return form != "csv" and brackets == needed and set(map(type, found)) == {dict}


def _too_deep(number: int, most: int) -> RowFault:
    return RowFault(
        number, None, say("values nested at most {most} deep", most=most), say("deeper"), say("send plain values")
    )


def _is_shallow(value: Any, most: int) -> bool:
    layer = [one for one in value.values() if isinstance(one, dict | list)]
    while layer:
        most -= 1
        if most <= 0:
            return False
        inner = (one.values() if isinstance(one, dict) else one for one in layer)
        layer = [part for parts in inner for part in parts if isinstance(part, dict | list)]
    return True


def _read_json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise FormatError(
            say("a JSON object or array"),
            say("{error}", error=shorten(error)),
            say("send whole, valid JSON; one object a line is NDJSON (application/x-ndjson)"),
        ) from None


def _read_lines(body: bytes) -> tuple[list[Any], list[RowFault]]:
    lines = [line for line in body.split(b"\n") if line.strip()]
    try:
        found = orjson.loads(b"[" + b",".join(lines) + b"]")
        if len(found) == len(lines):
            return found, []
    except orjson.JSONDecodeError:
        pass
    values: list[Any] = []
    faults = []
    for number, line in enumerate(lines, 1):
        try:
            values.append(orjson.loads(line))
        except orjson.JSONDecodeError as error:
            values.append(None)
            faults.append(
                RowFault(number, None, say("one JSON object on the line"), say("{error}", error=shorten(error)),
                         say("correct this line and send it again"))
            )  # fmt: skip
    return values, faults


def _read_csv(body: bytes) -> list[Any]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = body.decode("gb18030")
        except UnicodeDecodeError:
            raise FormatError(say("CSV in UTF-8 or GB18030"), say("other bytes"), say("send it in UTF-8")) from None
    try:
        reader = csv.DictReader(io.StringIO(text), restkey="", strict=True)
        return [{key: value for key, value in row.items() if value not in ("", None)} for row in reader]
    except csv.Error as error:
        raise FormatError(
            say("CSV with a header line"), say("{error}", error=shorten(error)), say("correct the file")
        ) from None


def read_forwarded(row: Row) -> Row | None:
    """
    Return the fix of one position as a Traccar server forwards it; None if it is none. Its speeds are in knots.

    Examples
    --------
    >>> read_forwarded({"device": {"uniqueId": "u"}, "position": {"id": 7, "fixTime": 0, "longitude": 1.0,
    ...     "latitude": 2.0, "speed": 10}})["speed_m_s"]
    5.14
    """
    device, position = row.get("device"), row.get("position")
    if not isinstance(device, dict) or not isinstance(position, dict):
        return None
    speed = position.get("speed")
    return {
        "unit_id": device.get("uniqueId"),
        "unit_name": device.get("name"),
        "unit_kind": device.get("category"),
        "at": position.get("fixTime", position.get("deviceTime")),
        "lon": position.get("longitude"),
        "lat": position.get("latitude"),
        "accuracy_m": position.get("accuracy") or None,
        "speed_m_s": round(speed * KNOT_M_S, 2) if isinstance(speed, int | float) and speed >= 0 else None,
        "source": "traccar",
        "source_id": position.get("id"),
        "is_valid": position.get("valid", True) is not False,
    }
