"""From rows to columns of a kind: names recognised, every value read, what cannot be read named with its row."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any

import numpy as np

from data.ingest.parsing import Row, RowFault, Rows, shorten
from data.store.tables import KINDS
from geo.errors import Say, say

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
EARLIEST_US = (datetime(1990, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND
LATEST_US = (datetime(2200, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND
LONGEST = 2_000
LONGEST_ID = 120
EXTRA: dict[str, dict[str, tuple[str, ...]]] = {
    "fixes": {
        "source": (),
        "source_id": (),
        "unit_kind": ("kind", "unit_type"),
        "unit_name": ("name",),
        "is_valid": ("valid",),
    },
    "incidents": {"source_id": (), "status": ("stage",)},
    "incident_events": {"source": (), "source_id": (), "due_at": ()},
}
"""Names a feed may use beside the fields of the kind."""


@lru_cache
def names_of(kind: str) -> dict[str, str]:
    """Return {name in lower case: field} of everything a feed may call a field; a field's own name wins."""
    spec, extra = KINDS[kind], EXTRA[kind]
    fields = [one for one in spec.fields if not one.derived]
    known: dict[str, str] = {}
    for name, others in (*((one.name, one.synonyms) for one in fields), *extra.items()):
        for other in others:
            known.setdefault(other.lower(), name)
    return known | {one.name: one.name for one in fields} | {name: name for name in extra}


def to_columns(rows: Sequence[Row], kind: str) -> dict[str, list[Any]]:
    """
    Return the known fields of rows as lists; of two names for one field the field's own wins where it has a value.

    Examples
    --------
    >>> to_columns([{"unit": "a", "lng": 1}, {"unit_id": "b"}], "fixes")
    {'unit_id': ['a', 'b'], 'lon': [1, None]}
    """
    known, keys = names_of(kind), set().union(*rows) if rows else set()
    spelled: dict[str, list[str]] = {}
    for key in sorted(keys, key=lambda key: (known.get(key.strip().lower()) != key, key)):
        if (name := known.get(key.strip().lower())) is not None:
            spelled.setdefault(name, []).append(key)
    columns = {}
    order = list(dict.fromkeys(known.values()))
    for name in sorted(spelled, key=order.index):
        first, *others = spelled[name]
        column = [row.get(first) for row in rows]
        for other in others:
            column = [row.get(other) if value is None else value for value, row in zip(column, rows, strict=True)]
        columns[name] = column
    return columns


def read_moment(value: Any, zone: tzinfo | None) -> int | None:
    """
    Return microseconds since 1970 UTC of an ISO time with its zone, or of seconds, milliseconds or microseconds.

    None if it is none of these, has no zone where `zone` gives none, or lies outside 1990 to 2200.

    Examples
    --------
    >>> read_moment("2026-11-22T08:00:00+08:00", None), read_moment(1795305600, None), read_moment("08:00", None)
    (1795305600000000, 1795305600000000, None)
    """
    try:
        if type(value) is str:
            try:
                moment = datetime.fromisoformat(value.strip())
            except ValueError:
                return read_moment(float(value), None)
            if moment.tzinfo is None:
                if zone is None:
                    return None
                moment = moment.replace(tzinfo=zone)
            found = (moment - EPOCH) // MICROSECOND
        elif isinstance(value, int | float) and not isinstance(value, bool):
            size = abs(value)
            found = int(value * (1_000_000 if size < 1e11 else 1_000 if size < 1e14 else 1))
        else:
            return None
    except (ValueError, OverflowError):
        return None
    return found if EARLIEST_US <= found < LATEST_US else None


def read_number(value: Any) -> float | None:
    """Return a finite number, also one written as text; None if it is none."""
    if isinstance(value, bool):
        return None
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def read_text(value: Any) -> str | None:
    """Return a text or number as text without spaces around it; None for anything else, or if nothing is left."""
    if type(value) is not str:
        if not isinstance(value, int | float) or isinstance(value, bool):
            return None
        value = str(value)
    text = value.strip()
    if not text or len(text) > LONGEST:
        return None
    return text if text.isprintable() else " ".join(text.split()) if _has_only_spaces(text) else None


def _has_only_spaces(text: str) -> bool:
    return all(one.isprintable() or one in "\n\r\t" for one in text)


class Reading:
    """One batch being read: the columns of its rows, and which rows are out with what fault."""

    def __init__(self, rows: Rows, kind: str, columns: dict[str, list[Any]] | None = None) -> None:
        self.rows, self.kind = rows, kind
        self.columns = to_columns(rows.rows, kind) if columns is None else columns
        self.count = len(rows.rows)
        self.ids: list[str | None] = [None] * self.count
        self.faults: dict[int, RowFault] = {}

    def fault(self, row: int, expected: Say, found: Say, remedy: Say) -> None:
        """Set a row aside; its first fault is the one named."""
        number = self.rows.numbers[row]
        self.faults.setdefault(row, RowFault(number, self.ids[row], expected, found, remedy))

    def read(self, name: str, reader: Callable[[Any], Any], wanted: Say, *, required: bool = False) -> list[Any]:
        """Return a column read value by value; a value that cannot be read, or a required one missing, is a fault."""
        column = self.columns.get(name)
        if column is None:
            column = [None] * self.count
        found = [None if value is None or value == "" else reader(value) for value in column]
        if required or any(value is not None for value in column):
            for row, (raw, value) in enumerate(zip(column, found, strict=True)):
                if value is None and (required or raw not in (None, "")):
                    self.fault(
                        row,
                        say("{what} in {field}", what=wanted, field=name),
                        say("{value}", value=shorten(raw)) if raw not in (None, "") else say("nothing"),
                        say("correct this row and send it again"),
                    )
        return found

    def texts(self, name: str, *, required: bool = False) -> list[str | None]:
        """Return a column of texts."""
        column = self.columns.get(name)
        if column is not None and set(map(type, column)) == {str} and all(column):
            whole = "".join(column)
            if whole.isprintable() and " " not in whole and max(map(len, column)) <= LONGEST:
                return column
        return self.read(name, read_text, say("a text without control characters"), required=required)

    def numbers(
        self, name: str, *, low: float = -math.inf, high: float = math.inf, required: bool = False
    ) -> list[Any]:
        """Return a column of numbers from `low` to `high`."""
        column = self.columns.get(name)
        if column is not None and set(map(type, column)) <= {int, float}:
            found = np.array(column, dtype=np.float64)
            if bool(((found >= low) & (found <= high) & np.isfinite(found)).all()):
                return list(found.tolist())

        def reader(value: Any) -> float | None:
            found = read_number(value)
            return found if found is not None and low <= found <= high else None

        wanted = say("a number from {low} to {high}", low=low, high=high)
        return self.read(name, reader, wanted, required=required)

    def moments(self, name: str, zone: tzinfo | None, *, required: bool = False) -> list[int | None]:
        """Return a column of times."""
        wanted = say("a time with its zone, as 2026-11-22T08:00:00+08:00, or seconds since 1970,")
        known: dict[Any, int | None] = {}

        def reader(value: Any) -> int | None:
            if type(value) is not str:
                return read_moment(value, zone)
            if value not in known:
                known[value] = read_moment(value, zone)
            return known[value]

        return self.read(name, reader, wanted, required=required)

    def usable(self) -> list[int]:
        """Return the rows without a fault."""
        return [row for row in range(self.count) if row not in self.faults]

    def all_faults(self) -> list[RowFault]:
        """Return every fault, those of the body too, by row."""
        return sorted([*self.rows.faults, *self.faults.values()], key=lambda fault: fault.row)


def join_ids(sources: Iterable[str | None], ids: Iterable[str | None]) -> list[str | None]:
    """
    Return `source:id`, the plain id where there is no source, None where there is no id.

    Examples
    --------
    >>> join_ids(["a", None, "a"], ["1", "2", None])
    ['a:1', '2', None]
    """
    return [f"{source}:{one}" if source and one else one for source, one in zip(sources, ids, strict=True)]
