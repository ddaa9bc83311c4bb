"""A table that is part of the page itself: it wraps on a phone, prints whole and can be copied as text."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import streamlit as st

from views.parts.texts import NO_DATA, escaped

SHORT = 14
"""A column of no longer words than these never breaks them: names, roles, telephone numbers."""


def table_html(table: pd.DataFrame, *, right: Iterable[str] = ()) -> str:
    """
    Return a table as HTML; every cell is text, `right` names the columns that are numbers.

    Examples
    --------
    >>> table_html(pd.DataFrame({"a": ["<b>", None]}), right=["a"]).count("&lt;b&gt;")
    1
    """
    aside = set(right)
    cells = {name: _class(table[name], name in aside) for name in table.columns}
    head = "".join(f"<th{cells[name]}>{escaped(name)}</th>" for name in table.columns)
    rows = (
        "".join(f"<td{cells[name]}>{_shown(one)}</td>" for name, one in zip(table.columns, row, strict=True))
        for row in table.itertuples(index=False, name=None)
    )
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    inside = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f'<div class="wg-scroll"><table class="wg-table">{inside}</table></div>'


def show_table(table: pd.DataFrame, *, right: Iterable[str] = ()) -> None:
    """Draw a short table; `right` names the columns that are numbers."""
    st.html(table_html(table, right=right))


def _class(column: pd.Series, is_right: bool) -> str:
    if is_right:
        return ' class="wg-right"'
    return ' class="wg-short"' if column.map(lambda one: len(str(one))).max() <= SHORT else ""


def _shown(value: object) -> str:
    missing = value is None or value is pd.NA or value is pd.NaT or value != value or value == ""
    return NO_DATA if missing else escaped(value)
