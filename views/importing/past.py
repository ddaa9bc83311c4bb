"""Every import on record, newest first; the ones that stand can be undone."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

import data.kinds
from data.writer import write
from geo.catalogue import discover
from geo.errors import GridError
from views.frame import show_error
from views.parts.texts import NO_DATA, moment, number, plain
from views.scene import Scene

MOST = 30
WIDTHS = (3, 2, 5, 2, 2, 2)


def show_past(scene: Scene) -> None:
    """Draw the list of imports as a table with one button a row."""
    t, sources = scene.t, scene.desk.sources()
    st.markdown(f"**{plain(t('Past imports'))}** · {number(len(sources))}")
    if sources.empty:
        return
    heads = (t("Imported at"), t("Kind"), t("File"), t("Rows"), t("By"), "")
    with st.container(key="wg-past", gap=None):
        for column, head in zip(st.columns(WIDTHS, vertical_alignment="center"), heads, strict=True):
            column.caption(head)
        for row in sources.head(MOST).to_dict("records"):
            _show_row(scene, row)
    if len(sources) > MOST:
        st.caption(t("the first {count} of {total}", count=MOST, total=number(len(sources))))


def _show_row(scene: Scene, row: dict[str, Any]) -> None:
    t, kinds = scene.t, discover(data.kinds)
    kind = t(kinds[row["kind"]].title) if row["kind"] in kinds else t(row["kind"])
    texts = (moment(row["at"], scene.store.time_zone), kind, row["file"], number(row["rows"]), row["by"])
    *cells, last = st.columns(WIDTHS, vertical_alignment="center")
    for cell, text in zip(cells, texts, strict=True):
        cell.markdown(plain(NO_DATA if text is None or pd.isna(text) or text == "" else text))
    if row.get("is_undone"):
        last.caption(t("undone"))
        return
    with last.popover(t("Undo"), key=f"undo_ask_{row['import_id']}", width="stretch"):
        st.markdown(
            plain(t("This takes the {count} rows of {file} away again.", count=number(row["rows"]), file=row["file"]))
        )
        st.button(
            t("Undo this import"), key=f"undo_{row['import_id']}", type="primary", on_click=_undo, args=(scene, row)
        )
    fault = st.session_state.pop(f"undo_fault_{row['import_id']}", None)
    if fault is not None:
        show_error(fault, scene.state.lang)


def _undo(scene: Scene, row: dict[str, Any]) -> None:
    account = scene.desk.account.account_id
    try:
        write(scene.state.ws, "undo_import", {"import_id": row["import_id"]}, actor=account)
    except GridError as error:
        st.session_state[f"undo_fault_{row['import_id']}"] = error
