"""The sheets of a roster as a workbook: by post, by person, what is missing, how it was made."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from data.formats import safe_cell
from data.language import translator
from data.rosters.report import shortfall_rows, stay_rows
from data.rosters.run import RosterRun

FONT = "Noto Sans SC"
HEADS = {
    "post_id": "post id",
    "post": "post",
    "role": "role",
    "start": "from",
    "end": "to",
    "hours": "hours",
    "person_id": "person id",
    "name": "name",
    "phone": "phone",
    "group": "group",
    "team": "team",
    "people": "people missing",
}
BY_POST = ("post_id", "post", "start", "end", "hours", "role", "name", "person_id", "phone", "group", "team")
BY_PERSON = ("person_id", "name", "group", "team", "start", "end", "hours", "post", "post_id", "role", "phone")
MISSING = ("post_id", "post", "role", "start", "end", "people")
WIDTHS = {"post": 22, "name": 20, "group": 14, "team": 20, "phone": 16, "start": 13, "end": 13}


def write_workbook(run: RosterRun, out: Path, *, language: str) -> None:
    """Write the workbook, whole or not at all; it prints page by page with its heads, and runs nothing as a formula."""
    part = out.with_name(f".{out.stem}.part{out.suffix}")
    try:
        part.write_bytes(workbook_bytes(run, language=language))
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def workbook_bytes(run: RosterRun, *, language: str) -> bytes:
    """Return the workbook as the bytes of an .xlsx file."""
    from openpyxl import Workbook

    t = translator(language)
    rows = stay_rows(run)
    people = sorted(rows, key=lambda one: (one["group"], one["team"], one["person_id"], one["start"]))
    book = Workbook()
    book.remove(book.active)
    _sheet(book, t("By post"), BY_POST, rows, t)
    _sheet(book, t("By person"), BY_PERSON, people, t)
    _sheet(book, t("Missing"), MISSING, shortfall_rows(run), t)
    _sheet(book, t("People on the roll"), ("kind", "post_hours", "on_roll", "needed", "there", "missing"),
           [{**vars(one), "missing": one.missing} for one in run.roll], t)  # fmt: skip
    _about(book, run, t)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _sheet(book: Any, title: str, columns: tuple[str, ...], rows: list[dict[str, Any]], t: Any) -> None:
    from openpyxl.styles import Font, PatternFill

    sheet = book.create_sheet(title)
    sheet.append([t(HEADS.get(key, ROLL_HEADS.get(key, key))) for key in columns])
    for row in rows:
        sheet.append([safe_cell(row[key]) for key in columns])
    for cell in sheet[1]:
        cell.font, cell.fill = Font(name=FONT, bold=True), PatternFill("solid", fgColor="DDE6EE")
    for line in sheet.iter_rows(min_row=2):
        for cell in line:
            cell.font = Font(name=FONT)
            if cell.data_type == "f":
                cell.data_type = "s"
    for at, key in enumerate(columns):
        sheet.column_dimensions[sheet.cell(1, at + 1).column_letter].width = WIDTHS.get(key, 11)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


ROLL_HEADS = {
    "kind": "role",
    "post_hours": "hours at posts",
    "on_roll": "people it takes",
    "needed": "rounded up",
    "there": "people there",
    "missing": "people missing",
}


def about_lines(run: RosterRun, t: Any) -> list[tuple[str, str]]:
    """Return what is said about a roster under its title: how much is missing, how far that is proven, how made."""
    roster = run.roster
    return [
        (t("event"), run.task.name or run.task.event_id),
        (t("status"), t(roster.status)),
        (t("person-hours needed"), f"{roster.needed_hours:,.0f}"),
        (t("person-hours missing"), f"{roster.objective:,.0f}"),
        (t("no roster misses less than"), f"{roster.bound:,.0f}"),
        (t("people on duty"), f"{len({one.person_id for one in roster.assignments}):,} / {len(run.staff.people):,}"),
        (t("hard rules broken"), str(len(run.broken))),
        (t("solver"), f"{roster.solver}; {t('seed')} {roster.seed}"),
    ]


def _about(book: Any, run: RosterRun, t: Any) -> None:
    from openpyxl.styles import Font

    sheet = book.create_sheet(t("About this roster"))
    for line in about_lines(run, t):
        sheet.append([safe_cell(part) for part in line])
    for row in sheet.iter_rows():
        for cell in row:
            cell.font = Font(name=FONT)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 28, 60
