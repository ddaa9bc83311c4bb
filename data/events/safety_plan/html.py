"""A document as one HTML file to read and to print: no script, no network, every text escaped."""

from __future__ import annotations

from base64 import b64encode
from html import escape

from data.events.safety_plan.structure import Block, Document, Heading, Image, Paragraph, Picture, Table
from data.events.safety_plan.svg import svg_of

STYLE = """
@page { size: A4; margin: 16mm 14mm }
body { font: 13px/1.5 "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
  color: #1b1b1b; background: #ffffff; max-width: 62rem; margin: 0 auto; padding: 0 1rem 2rem }
h1 { font-size: 24px } h2 { font-size: 18px; border-bottom: 2px solid #2f5d8a }
h3 { font-size: 15px; margin: 12px 0 4px }
svg, img { width: 100%; border: 1px solid #dddddd } table { border-collapse: collapse; width: 100%; margin: 8px 0 }
th, td { border-bottom: 1px solid #cccccc; padding: 3px 6px; text-align: left; vertical-align: top;
  overflow-wrap: anywhere } th { background: #eef3f7; overflow-wrap: normal; word-break: keep-all }
  td.n, th.n { text-align: right }
.mark { color: #b00020; font-weight: 700; letter-spacing: .06em; margin: 0 }
.warning { color: #b00020; font-weight: 600 }
.scroll { overflow-x: auto } .running { color: #55606b; margin: 0 }
@media print { section { break-before: page } section:first-of-type { break-before: auto } body { padding: 0 }
  h3 { break-after: avoid } svg, img, tr { break-inside: avoid } thead { display: table-header-group }
  .scroll { overflow: visible } }
"""


POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def html_of(document: Document) -> str:
    """
    Return the page. Its marks stand at the head of every printed page: each chapter is a table whose head repeats.

    Examples
    --------
    >>> from data.events.safety_plan.structure import Document, Paragraph
    >>> page = html_of(Document(title="A<b", language="en", is_draft=True, marks=("DRAFT",), running="A",
    ...     blocks=(Paragraph("<script>"),)))
    >>> "<script" in page, "&lt;script&gt;" in page, page.count("DRAFT")
    (False, True, 1)
    """
    head = "".join(f'<p class="mark">{escape(one)}</p>' for one in document.marks)
    head += f'<p class="running">{escape(document.running)}</p>'
    chapters = _chapters(document)
    inner = "".join(
        f"<section>{_paged(head, (_title(document) if at == 0 else '') + ''.join(map(_block, blocks)))}</section>"
        for at, blocks in enumerate(chapters)
    )
    return (
        f'<!DOCTYPE html><html lang="{escape(document.language.replace("_", "-"))}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(document.title)}</title><style>{STYLE}</style></head><body>{inner}</body></html>\n"
    )


def _title(document: Document) -> str:
    return f"<h1>{escape(document.title)}</h1>"


def _paged(head: str, body: str) -> str:
    """A layout table: browsers repeat its head on every printed page."""
    return (
        '<table role="presentation" style="margin:0"><thead><tr><td style="border:0;padding:0">'
        f'{head}</td></tr></thead><tbody><tr style="break-inside:auto"><td style="border:0;padding:0">{body}</td></tr>'
        "</tbody></table>"
    )


def _chapters(document: Document) -> list[list[Block]]:
    """The blocks cut before each heading of level 1."""
    chapters: list[list[Block]] = [[]]
    for one in document.blocks:
        if isinstance(one, Heading) and one.level == 1:
            chapters.append([])
        chapters[-1].append(one)
    return chapters


def _block(one: Block) -> str:
    if isinstance(one, Heading):
        return f"<h{one.level + 1}>{escape(one.text)}</h{one.level + 1}>"
    if isinstance(one, Paragraph):
        return f'<p class="warning">{escape(one.text)}</p>' if one.is_warning else f"<p>{escape(one.text)}</p>"
    if isinstance(one, Picture):
        return svg_of(one)
    if isinstance(one, Image):
        return f'<img alt="{escape(one.title)}" src="data:image/png;base64,{b64encode(one.png).decode()}">'
    return f'<div class="scroll">{_table(one)}</div>'


def _table(one: Table) -> str:
    kind = ['class="n"' if at in one.numbers else "" for at in range(len(one.heads))]
    head = "".join(f"<th {kind[at]}>{escape(text)}</th>" for at, text in enumerate(one.heads))
    rows = "".join(
        f"<tr>{''.join(f'<td {kind[at]}>{escape(text)}</td>' for at, text in enumerate(row))}</tr>" for row in one.rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
