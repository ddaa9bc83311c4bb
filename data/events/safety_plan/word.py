"""A document as a Word file: real headings and tables, map sheets as pictures, marks at the head of every page."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from docx import Document as new_document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from data.events.safety_plan.png import png_of
from data.events.safety_plan.structure import Document, Heading, Image, Paragraph, Picture, Table

FONT = "Noto Sans SC"
RED = RGBColor(0xB0, 0x00, 0x20)
PAPER_MM, MARGIN_MM = (210, 297), 16


def word_of(document: Document) -> bytes:
    """Return the document as the bytes of a .docx, A4; texts stand in it as they are, nothing in them is run."""
    book = new_document()
    _set_up(book, document)
    book.add_heading(document.title, 0)
    for one in document.blocks:
        if isinstance(one, Heading):
            book.add_heading(one.text, one.level).paragraph_format.page_break_before = one.level == 1
        elif isinstance(one, Paragraph):
            _paragraph(book, one)
        elif isinstance(one, Picture):
            _picture(book, one.title, png_of(one))
        elif isinstance(one, Image):
            _picture(book, one.title, one.png)
        else:
            _table(book, one)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _set_up(book: Any, document: Document) -> None:
    """Paper, fonts that have Chinese, the marks and the page number."""
    book.core_properties.title = document.title
    book.core_properties.author = ""
    book.core_properties.comments = ""
    book.core_properties.language = document.language.replace("_", "-")
    for name in ("Normal", "Title", "Heading 1", "Heading 2"):
        style = book.styles[name]
        style.font.name = FONT
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), FONT)
    book.styles["Normal"].font.size = Pt(10)
    page = book.sections[0]
    page.page_width, page.page_height = Mm(PAPER_MM[0]), Mm(PAPER_MM[1])
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Mm(MARGIN_MM)
    head = page.header.paragraphs[0]
    marks = head.add_run(" · ".join(document.marks))
    marks.bold, marks.font.color.rgb = True, RED
    head.add_run(f"{'  ' if document.marks else ''}{document.running}")
    foot = page.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _field(foot, "PAGE")


def _field(paragraph: Any, code: str) -> None:
    """A field Word fills in by itself, such as the number of the page."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    paragraph._p.append(field)


def _picture(book: Any, title: str, png: bytes) -> None:
    """A picture as wide as the text, with its words for readers who do not see it."""
    drawn = book.add_picture(BytesIO(png), width=Mm(PAPER_MM[0] - 2 * MARGIN_MM))
    drawn._inline.docPr.set("descr", title)


def _paragraph(book: Any, one: Paragraph) -> None:
    run = book.add_paragraph().add_run(one.text)
    if one.is_warning:
        run.bold, run.font.color.rgb = True, RED


def _table(book: Any, one: Table) -> None:
    """A table whose head repeats on every page and whose rows stay whole."""
    drawn = book.add_table(rows=1, cols=len(one.heads), style="Light Grid Accent 1")
    for row, texts in ((drawn.rows[0], one.heads), *((drawn.add_row(), texts) for texts in one.rows)):
        whole = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(whole)
        for at, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            line = cell.paragraphs[0]
            run = line.add_run(text)
            run.font.size, run.bold = Pt(8), texts is one.heads
            if at in one.numbers:
                line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    drawn.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    book.add_paragraph()
