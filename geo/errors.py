"""Every error this project raises on purpose: what was expected, what was found, what to do.

The three parts are templates with named values, so that a page shows them in the reader's language
and a command prints them in English.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

MAX_NAMED = 5


@dataclass(frozen=True)
class Say:
    """
    One translatable sentence: an English template and the values to put in it.

    Examples
    --------
    >>> str(Say("column {column!r} with the id", {"column": "code"}))
    "column 'code' with the id"
    """

    template: str
    values: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format(**self.values)


def say(template: str, **values: Any) -> Say:
    """Write `say("file {name} has no CRS", name=...)`; the template is what translators see."""
    return Say(template, values)


def name_few(ids: Iterable[Any]) -> str:
    """
    Name at most five ids and say how many more there are.

    Examples
    --------
    >>> name_few(["a", "b"])
    'a, b'
    >>> name_few(range(8))
    '0, 1, 2, 3, 4 and 3 more'
    """
    listed = [str(one) for one in ids]
    shown = ", ".join(listed[:MAX_NAMED])
    return shown if len(listed) <= MAX_NAMED else f"{shown} and {len(listed) - MAX_NAMED} more"


class GridError(ValueError):
    """
    Base of every expected failure, so that a page or command catches them in one place.

    Examples
    --------
    >>> error = GridError(say("a CRS"), say("none"), say("give --crs"))
    >>> print(error)
    expected: a CRS; found: none; to do: give --crs
    """

    def __init__(self, expected: Say, found: Say, remedy: Say) -> None:
        self.expected, self.found, self.remedy = expected, found, remedy
        super().__init__(f"expected: {expected}; found: {found}; to do: {remedy}")


class CRSError(GridError):
    """CRS missing, geographic where metres are needed, or different between inputs."""


class SchemaError(GridError):
    """A column, index, geometry type or value breaks a table's contract."""


class FormatError(GridError):
    """A file is not what it claims to be, or cannot be read within its limits."""


class ScopeError(GridError):
    """The caller asked for something outside their area or role."""


class StoreError(GridError):
    """The store is missing, locked, of another version, or refused a write."""


class ChangedError(StoreError):
    """What a write was worked out from has been changed by another write meanwhile: work it out again."""


class PlanError(GridError):
    """An edit that would break a plan: a zone across two villages, a locked unit moved, a line that parts nothing."""
