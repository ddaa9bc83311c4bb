"""The plan book: a file to print, HTML or Word, with a summary and for each village a map and a table of its zones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from data.plans.book_content import Book, open_book
from data.plans.records import read_draft, read_plan
from geo.errors import FormatError, say

if TYPE_CHECKING:
    from data.store.desk import Desk

Progress = Callable[[float, str], None]
ENDINGS = (".html", ".htm", ".docx")


def write_book(
    desk: Desk,
    plan_id: str,
    path: Path,
    *,
    version: int | None = None,
    language: str = "zh_CN",
    progress: Progress | None = None,
) -> int:
    """
    Write the book of a plan and return how many villages it has; the file appears whole or not at all.

    The ending says the form: .html, or .docx for Word. Demonstration data are marked SYNTHETIC on every page.

    Raises
    ------
    FormatError
        If the file ends otherwise.
    GridError
        If there is no such plan or version, or it does not fit the units of today.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise FormatError(
            say("a plan book in a file that ends in .html or .docx"), say("{name}", name=path.name), say("rename it")
        )
    plan = read_plan(desk, plan_id)
    book = open_book(desk, plan, read_draft(desk, plan_id, version), version or plan.version, language)
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(_rendered(book, ending, progress))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return book.count


def _rendered(book: Book, ending: str, progress: Progress | None) -> bytes:
    if ending == ".docx":
        from data.plans.book_word import word_book

        return word_book(book, progress)
    from data.plans.book_html import html_book

    return html_book(book, progress)
