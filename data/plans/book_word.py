"""A plan book as a Word file: the summary, then a page for each village with its map as a picture and its table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from data.events.safety_plan.structure import Block, Document, Heading, Image, Paragraph, clean, table
from data.events.safety_plan.word import word_of
from data.language import translate
from data.plans.book_content import NUMBERS, Book, Village
from data.plans.book_png import village_png


def word_book(book: Book, progress: Callable[[float, str], None] | None = None) -> bytes:
    """Return the book as the bytes of a .docx; `progress` is told each village."""
    title = clean(book.title)
    marks = (book.mark,) if book.mark else ()
    blocks = tuple(_blocks(book, progress))
    return word_of(
        Document(title=title, language=book.language, is_draft=False, marks=marks, running=title, blocks=blocks)
    )


def _blocks(book: Book, progress: Callable[[float, str], None] | None) -> Iterator[Block]:
    yield table((translate("What", book.language), translate("Value", book.language)), book.summary)
    yield Paragraph(clean(book.hint))
    for at, one in enumerate(book.villages, 1):
        yield from _village(book, one)
        if progress is not None:
            progress(at / book.count, one.map.title)


def _village(book: Book, one: Village) -> Iterator[Block]:
    """A picture bears figures and Latin letters alone: zones of other codes go by their number in the table."""
    yield Heading(clean(one.title))
    shown, heads, rows, first = one.map, book.heads, [*one.rows, one.total], 0
    if not all(label.isascii() for label in shown.labels):
        shown = replace(shown, labels=tuple(str(number) for number in range(1, len(shown.labels) + 1)))
        heads, first = (translate("No.", book.language), *heads), 1
        rows = [(label, *row) for label, row in zip(shown.labels, one.rows, strict=True)] + [("", *one.total)]
    yield Image(clean(one.map.title), village_png(shown))
    yield table(heads, rows, numbers=[at + first for at in NUMBERS] + ([0] if first else []))
