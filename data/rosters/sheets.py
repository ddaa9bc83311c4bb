"""The sheets of a roster as a workbook: by post, by person, what is missing, how it was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    "start": "begins",
    "end": "ends",
    "hours": "hours",
    "person_id": "person id",
    "name": "name of the person",
    "phone": "phone",
    "group": "group",
    "team": "team",
    "people": "people missing",
    "note": "note",
}
BY_POST = ("post_id", "post", "start", "end", "hours", "role", "name", "person_id", "phone", "group", "team")
BY_PERSON = ("person_id", "name", "group", "team", "start", "end", "hours", "post", "post_id", "role", "phone")
MISSING = ("post_id", "post", "role", "start", "end", "people")
WIDTHS = {"post": 22, "name": 20, "group": 14, "team": 20, "phone": 16, "start": 13, "end": 13, "note": 34}
WORDS = ("role", "kind")
"""Columns whose values are words of ours."""
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class RosterSheets:
    """
    What the sheets of a roster show, in the words of one language.

    `as_of` stands over every sheet, "" for a roster as it was made. A row of `stays` has the keys of `BY_POST`; on the
    day also `note`, and `is_out` where somebody dropped out of it: it is crossed out and counts for nobody.
    """

    language: str
    event: str
    about: Sequence[tuple[str, str]]
    stays: Rows
    missing: Rows
    roll: Rows
    as_of: str = ""


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
    return book_bytes(sheets_of(run, language=language))


def sheets_of(run: RosterRun, *, language: str) -> RosterSheets:
    """Return what the sheets of a roster show as it was made."""
    return RosterSheets(
        language=language,
        event=run.task.name or run.task.event_id,
        about=about_lines(run, translator(language)),
        stays=stay_rows(run),
        missing=shortfall_rows(run),
        roll=[{**vars(one), "missing": one.missing} for one in run.roll],
    )


def book_bytes(shown: RosterSheets) -> bytes:
    """Return sheets as the bytes of an .xlsx file."""
    from openpyxl import Workbook

    t, note = translator(shown.language), ("note",) if shown.as_of else ()
    people = sorted(shown.stays, key=lambda one: (one["group"], one["team"], one["person_id"], one["start"]))
    book = Workbook()
    book.remove(book.active)
    _sheet(book, t("By post"), (*BY_POST, *note), shown.stays, shown)
    _sheet(book, t("By person"), (*BY_PERSON, *note), people, shown)
    _sheet(book, t("Missing"), MISSING, shown.missing, shown)
    _sheet(book, t("People on the roll"), tuple(ROLL_HEADS), shown.roll, shown)
    _about(book, shown)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _sheet(book: Any, title: str, columns: tuple[str, ...], rows: Rows, shown: RosterSheets) -> None:
    from openpyxl.styles import Font, PatternFill

    t, sheet, head = translator(shown.language), book.create_sheet(title), 2 if shown.as_of else 1
    if shown.as_of:
        sheet.append([safe_cell(shown.as_of)])
        sheet["A1"].font = Font(name=FONT, bold=True)
    sheet.append([t(HEADS.get(key, ROLL_HEADS.get(key, key))) for key in columns])
    for cell in sheet[head]:
        cell.font, cell.fill = Font(name=FONT, bold=True), PatternFill("solid", fgColor="DDE6EE")
    for row in rows:
        sheet.append([safe_cell(t(row[key]) if key in WORDS else row[key]) for key in columns])
        for cell in sheet[sheet.max_row]:
            cell.font = Font(name=FONT, strike=bool(row.get("is_out")) and columns[cell.column - 1] != "note")
            if cell.data_type == "f":
                cell.data_type = "s"
    for at, key in enumerate(columns):
        sheet.column_dimensions[sheet.cell(head, at + 1).column_letter].width = WIDTHS.get(key, 11)
    sheet.freeze_panes = f"A{head + 1}"
    sheet.auto_filter.ref = f"A{head}:{sheet.cell(sheet.max_row, len(columns)).coordinate}"
    sheet.print_title_rows = f"1:{head}"
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


def _about(book: Any, shown: RosterSheets) -> None:
    from openpyxl.styles import Font

    sheet = book.create_sheet(translator(shown.language)("About this roster"))
    for line in shown.about:
        sheet.append([safe_cell(part) for part in line])
    for row in sheet.iter_rows():
        for cell in row:
            cell.font = Font(name=FONT)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 28, 60
