"""One fact of the day, and what makes it acceptable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from geo.crowd.board.plan import stamp
from geo.errors import SchemaError, name_few, say


@dataclass(frozen=True, kw_only=True)
class Fact:
    """
    Something that happened `at` a moment, told by `actor`, from `source` under its `source_id`.

    `sequence` is its place in the log, from 1; 0 before it has one. The log is told twice under one (source,
    source_id) keeps it once.
    """

    kind: str
    at: datetime
    payload: Mapping[str, Any] = field(default_factory=dict)
    actor: str = ""
    source: str = ""
    source_id: str = ""
    sequence: int = 0

    def document(self) -> dict[str, Any]:
        """Return the fact as plain values."""
        return {**vars(self), "at": stamp(self.at), "payload": dict(self.payload)}


@dataclass(frozen=True, kw_only=True)
class FactSpec:
    """A kind of fact: its title, the payload it must have, may have, and which lists of the plan its ids are from."""

    title: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    refers: Mapping[str, str] = field(default_factory=dict)
    numbers: tuple[str, ...] = ()


def require_payload(fact: Fact, spec: FactSpec, known: Mapping[str, set[str]]) -> None:
    """
    Raise a SchemaError unless the payload has every key and no other, known ids, and numbers of 0 or more.

    Examples
    --------
    >>> from datetime import UTC
    >>> fact = Fact(kind="counted", at=datetime(2026, 9, 27, tzinfo=UTC), payload={"entrance_id": "E9", "people": -1})
    >>> spec = FactSpec(title="counted", required=("entrance_id", "people"), refers={"entrance_id": "entrances"},
    ...                 numbers=("people",))
    >>> try:
    ...     require_payload(fact, spec, {"entrances": {"E1"}})
    ... except SchemaError as error:
    ...     print(error.found)
    entrance_id 'E9', people -1
    """
    given = fact.payload
    faults = [f"no {key}" for key in spec.required if given.get(key) in (None, "")]
    faults += [f"{key}?" for key in sorted(set(given) - {*spec.required, *spec.optional})]
    faults += [
        f"{key} {given[key]!r}"
        for key, where in spec.refers.items()
        if given.get(key) not in (None, "") and given[key] not in known.get(where, set())
    ]
    faults += [f"{key} {given[key]!r}" for key in spec.numbers if key in given and not _is_count(given[key])]
    if fact.at.tzinfo is None:
        faults.append("at without zone")
    if faults:
        raise SchemaError(
            say("{kind} with {keys}", kind=fact.kind, keys=", ".join((*spec.required, *spec.optional)) or "-"),
            say("{faults}", faults=name_few(faults)),
            say("correct it and send it again; nothing was kept"),
        )


def _is_count(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")
