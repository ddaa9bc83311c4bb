"""What a document is made of, whatever it is rendered as: headings, paragraphs, tables, pictures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def clean(text: Any) -> str:
    """
    Return a value as text a document can hold: characters no XML may carry are left out.

    Examples
    --------
    >>> clean("a\\x00b"), clean(3)
    ('ab', '3')
    """
    return _UNPRINTABLE.sub("", str(text))


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 begins a chapter on a new page."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; a warning stands out by its colour and weight."""

    text: str
    is_warning: bool = False


@dataclass(frozen=True)
class Table:
    """A table: heads, rows of as many cells, and which columns hold numbers (set to the right)."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Mark:
    """One thing on a picture: its sort (see `paint.STYLES`), its shape in metres, the number of its legend or none."""

    sort: str
    shape: shapely.Geometry
    number: str = ""


@dataclass(frozen=True)
class Picture:
    """A map sheet: marks in metres, north up, inside west, south, east, north."""

    title: str
    marks: tuple[Mark, ...]
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True)
class Image:
    """A picture that is drawn already: what it shows in words, and its PNG."""

    title: str
    png: bytes


Block = Heading | Paragraph | Table | Picture | Image


@dataclass(frozen=True, kw_only=True)
class Document:
    """
    A document: its title, the marks every page carries (DRAFT, SYNTHETIC), and its blocks in order.

    `running` is what stands at the head of every page after the marks.
    """

    title: str
    language: str
    is_draft: bool
    marks: tuple[str, ...]
    running: str
    blocks: tuple[Block, ...] = field(default=())

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table, in order."""
        return tuple(one for one in self.blocks if isinstance(one, Table))


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]], *, numbers: Sequence[int] = ()) -> Table:
    """
    Return a table of cleaned texts.

    Examples
    --------
    >>> table(("a", "b"), [("x", 1)], numbers=[1]).rows
    (('x', '1'),)
    """
    shown = tuple(tuple(clean(cell) for cell in row) for row in rows)
    return Table(tuple(clean(one) for one in heads), shown, frozenset(numbers))
