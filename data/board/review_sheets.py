"""The review of a day as a workbook: a sheet for the sums, posts, stages and counts."""

from __future__ import annotations

from dataclasses import asdict
from io import BytesIO
from typing import Any

import pandas as pd

from data.formats import safe_cell
from geo.crowd.board.review import Review

SHEETS = ("posts", "stages", "counts")


def review_sums(review: Review) -> dict[str, Any]:
    """Return what of a review is one number each."""
    return {key: value for key, value in asdict(review).items() if key not in SHEETS}


def review_bytes(review: Review) -> bytes:
    """Return the workbook as the bytes of an .xlsx file; it runs nothing as a formula."""
    content = BytesIO()
    tables = {"sums": [{"figure": key, "value": value} for key, value in review_sums(review).items()]}
    tables |= {name: [asdict(one) for one in getattr(review, name)] for name in SHEETS}
    with pd.ExcelWriter(content, engine="openpyxl") as book:
        for name, rows in tables.items():
            cells = [{key: safe_cell(value) for key, value in row.items()} for row in rows]
            pd.DataFrame(cells).to_excel(book, sheet_name=name, index=False)
    return content.getvalue()
