"""The sortable table of areas that picks a row everywhere, and the files that hold exactly its rows."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from views.parts.tables import coverage_facts, shown_coverage, to_csv, to_xlsx
from views.scene import Scene, choose


def show_area_table(scene: Scene, table: pd.DataFrame) -> None:
    """The sortable table; choosing a row picks that area everywhere."""
    t, spec = scene.t, scene.metric
    form = "localized"
    columns = {
        "name": st.column_config.TextColumn(t("Area"), pinned=True, width=130),
        "above": st.column_config.TextColumn(t("Lies in"), width=215),
        "value": st.column_config.NumberColumn(scene.titled(scene.state.metric), format=form),
        "low": st.column_config.NumberColumn(t("at least"), format=form, help=t("lower end of the 95 % interval")),
        "high": st.column_config.NumberColumn(t("at most"), format=form, help=t("upper end of the 95 % interval")),
        "records": st.column_config.NumberColumn(t("Records"), format="localized", width=80),
        "mark": st.column_config.TextColumn(t("Sure?"), help=t("few records or a wide interval: read with care")),
        "rank": st.column_config.NumberColumn(t("Rank"), width=60),
        "before": st.column_config.NumberColumn(t("Compared period"), format=form),
        "change": st.column_config.NumberColumn(t("Change"), format=form),
        "area_id": st.column_config.TextColumn(t("Code"), width=150),
    }
    shown = table.reset_index().rename(columns={"index": "area_id"}).round(spec.decimals)
    shown["mark"] = [t("unsure") if one else "" for one in shown["is_unsure"]]
    order = ["name", "value", "before", "change", "above", "rank", "records", "low", "high", "mark", "area_id"]
    order = [one for one in order if one in shown and (one in ("name", "value") or shown[one].notna().any())]
    rows = _chosen_rows(scene, shown, order, columns)
    chosen = str(shown.at[rows[0], "area_id"]) if rows else ""
    if chosen != scene.state.pick and (chosen or scene.state.pick in table.index):
        st.session_state["coverage_own"] = chosen
        choose(scene.state, pick=chosen)
        st.rerun()


def _chosen_rows(scene: Scene, shown: pd.DataFrame, order: list[str], columns: dict[str, Any]) -> list[int]:
    """Draw the table and return the chosen row; a pick made elsewhere begins a new table with that row chosen."""
    pick, known = scene.state.pick, list(shown["area_id"])
    about = (scene.state.metric, scene.state.level, scene.state.area, tuple(order))
    if st.session_state.get("coverage_own", "") != pick or st.session_state.get("coverage_about") != about:
        st.session_state["coverage_own"], st.session_state["coverage_about"] = pick, about
        st.session_state["coverage_turn"] = st.session_state.get("coverage_turn", 0) + 1
    rows = [known.index(pick)] if pick in known else []
    picked = st.dataframe(
        shown,
        column_order=order,
        column_config=columns,
        hide_index=True,
        placeholder=scene.t("no data"),
        height=395,
        on_select="rerun",
        selection_mode="single-row",
        selection_default={"selection": {"rows": rows}},
        key=f"coverage_table_{st.session_state['coverage_turn']}",
    )
    return list(picked["selection"]["rows"]) if pick in known or not pick else rows


def show_downloads(scene: Scene, table: pd.DataFrame, found: Any) -> None:
    """Hand out the rows shown, with the unassigned row, as CSV or XLSX."""
    t, state = scene.t, scene.state
    name = f"wangge-{state.ws}-{state.metric}-{state.level}-{state.start}-{state.end}"
    with st.container(horizontal=True):
        st.download_button(
            t("Download CSV"),
            lambda: to_csv(shown_coverage(scene, table, found)),
            file_name=f"{name}.csv",
            mime="text/csv",
        )
        st.download_button(
            t("Download XLSX"),
            lambda: to_xlsx(shown_coverage(scene, table, found), facts=coverage_facts(scene, found), t=t),
            file_name=f"{name}.xlsx",
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )
