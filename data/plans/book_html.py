"""A plan book as one HTML file to print: every text escaped, no script, no network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape

from data.plans.book_content import NUMBERS, OUT, Book, Row, Village
from data.plans.book_map import village_map

STYLE = """
@page { size: A4; margin: 16mm }
body { font: 13px/1.5 "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", sans-serif; color: #1b1b1b }
h1 { font-size: 24px } h2 { font-size: 17px; margin: 0 0 6px }
section { break-before: page } svg { width: 100%; border: 1px solid #ddd }
table { border-collapse: collapse; width: 100%; margin: 8px 0 } tr { break-inside: avoid }
th, td { border-bottom: 1px solid #ccc; padding: 3px 6px; text-align: left } td.n, th.n { text-align: right }
.mark { color: #b00020; font-weight: 700; letter-spacing: .06em } .out { font-weight: 700 }
"""


def html_book(book: Book, progress: Callable[[float, str], None] | None = None) -> bytes:
    """Return the book as the bytes of an HTML file; `progress` is told each village."""
    return "".join(_pages(book, progress)).encode("utf-8")


def _pages(book: Book, progress: Callable[[float, str], None] | None) -> Iterator[str]:
    marking = f'<p class="mark">{escape(book.mark)}</p>' if book.mark else ""
    yield f'<!DOCTYPE html><html lang="{book.language[:2]}"><head><meta charset="utf-8">'
    yield f"<title>{escape(book.title)}</title><style>{STYLE}</style></head><body>"
    yield f"{marking}<h1>{escape(book.title)}</h1>"
    cells = "".join(f"<tr><th>{escape(head)}</th><td>{escape(value)}</td></tr>" for head, value in book.summary)
    yield f"<table>{cells}</table><p>{escape(book.hint)}</p>"
    for at, one in enumerate(book.villages, 1):
        yield f"<section>{marking}<h2>{escape(one.title)}</h2>{village_map(one.map)}{_table(book.heads, one)}</section>"
        if progress is not None:
            progress(at / book.count, one.map.title)
    yield "</body></html>"


def _table(heads: Row, village: Village) -> str:
    head = "".join(f'<th class="{_kind(at)}">{escape(text)}</th>' for at, text in enumerate(heads))
    body = [_row(row, is_out=out) for row, out in zip(village.rows, village.is_out, strict=True)]
    return f"<table><tr>{head}</tr>{''.join(body)}{_row(village.total, is_out=False)}</table>"


def _row(row: Row, *, is_out: bool) -> str:
    kinds = [f"{_kind(at)} out" if is_out and at == OUT else _kind(at) for at in range(len(row))]
    cells = (f'<td class="{kind}">{escape(text)}</td>' for kind, text in zip(kinds, row, strict=True))
    return f"<tr>{''.join(cells)}</tr>"


def _kind(column: int) -> str:
    return "n" if column in NUMBERS else ""
