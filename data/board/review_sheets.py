"""The review of a day as a workbook: a sheet for the sums, posts, stages and counts."""

from __future__ import annotations

from dataclasses import asdict
from io import BytesIO
from typing import Any

import pandas as pd

from data.formats import safe_cell
from data.language import translator
from geo.crowd.board.plan import BoardPlan
from geo.crowd.board.review import Review

SHEETS = {"posts": "Posts", "stages": "Stages", "counts": "Counts"}
SUMS = {
    "alarms": "Alarms",
    "never_taken": "Alarms never taken up",
    "alarm_median_s": "Taken up, median (s)",
    "incidents": "Incidents",
    "never_reached": "Incidents never reached",
    "incident_median_s": "Reached, median (s)",
    "tasks": "Tasks",
    "done_in_time": "Tasks in time",
    "done_late": "Tasks done late",
    "not_done": "Tasks not done",
    "unexplained": "People never counted in",
}
HEADS = {
    "post_id": "post id",
    "post": "Post",
    "planned_min": "Planned (min)",
    "manned_min": "Manned (min)",
    "empty_min": "Nobody there (min)",
    "arrivals": "Arrivals",
    "late": "Late",
    "worst_late_min": "Worst delay (min)",
    "never_came": "Never came",
    "replaced": "Stood in",
    "stage_id": "stage id",
    "stage": "Stage",
    "planned_at": "Planned (UTC)",
    "came_at": "Came (UTC)",
    "minutes_late": "Minutes late",
    "area_id": "area id",
    "area": "Area",
    "at": "At (UTC)",
    "expected": "Expected",
    "counted": "Counted",
}


def review_sums(review: Review) -> dict[str, Any]:
    """Return what of a review is one number each."""
    return {key: value for key, value in asdict(review).items() if key not in SHEETS}


def review_bytes(review: Review, *, plan: BoardPlan, language: str) -> bytes:
    """
    Return the workbook as the bytes of an .xlsx file, its heads in a language; it runs nothing as a formula.

    Posts, stages and areas stand with their names of the plan beside their ids.
    """
    t, content = translator(language), BytesIO()
    names = {
        "post": {one.post_id: one.name for one in plan.posts},
        "stage": {one.stage_id: one.name for one in plan.stages},
        "area": {one.area_id: one.name for one in plan.areas},
    }
    sums = [{t("Figure"): t(SUMS[key]), t("Value"): value} for key, value in review_sums(review).items()]
    tables = {t("Sums"): sums}
    for name, title in SHEETS.items():
        rows = [_named(asdict(one), names) for one in getattr(review, name)]
        tables[t(title)] = [{t(HEADS[key]): safe_cell(value) for key, value in row.items()} for row in rows]
    with pd.ExcelWriter(content, engine="openpyxl") as book:
        for title, cells in tables.items():
            pd.DataFrame(cells).to_excel(book, sheet_name=title, index=False)
    return content.getvalue()


def _named(row: dict[str, Any], names: dict[str, dict[str, str]]) -> dict[str, Any]:
    """A row that begins with an id, with the name of the thing behind it."""
    key, *others = row
    what = key.removesuffix("_id")
    return {key: row[key], what: names[what].get(row[key], ""), **{one: row[one] for one in others}}
