"""The live table of grids: those to put right first; a row chosen is the grid worked on, two are merged."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from data.planning.editor.session import EditSession
from data.planning.editor.shown import zone_table
from views.parts.texts import number, plain
from views.scene import Scene

MOST_ROWS, TABLE_PX = 8, 320
MARKS = {1: "▲", -1: "▼"}


def show_zones(scene: Scene, session: EditSession) -> None:
    """Draw the table and act on a chosen row."""
    t = scene.t
    table = zone_table(session)
    shown = _columns(scene, session, table)
    picked = st.dataframe(
        shown, hide_index=True, key="plan_zones", on_select="rerun", selection_mode="multi-row",
        height="content" if len(shown) <= MOST_ROWS else TABLE_PX,
        column_config={
            t("Grid"): st.column_config.TextColumn(width=140),
            t("Band"): st.column_config.TextColumn(width="small"),
            t("Compactness"): st.column_config.NumberColumn(format="%.2f"),
        },
    )  # fmt: skip
    rows = picked["selection"]["rows"] if picked else []
    chosen = [int(table["zone"][row]) for row in rows if row < len(table)]
    last = st.session_state.get("plan_zones_last")
    if chosen != last:
        st.session_state["plan_zones_last"] = chosen
        if chosen:
            session.perform({"verb": "pick", "zone": chosen[-1]})
            st.rerun(scope="fragment")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            t("Merge the {count} chosen", count=len(chosen)) if len(chosen) > 1 else t("Merge chosen grids"),
            key="plan_merge", disabled=len(chosen) < 2, icon=":material/merge:",
            on_click=session.perform, args=({"verb": "merge", "zones": chosen},),
        )  # fmt: skip
        picked_name = next((name for zone, name in zip(table["zone"], table["name"], strict=True)
                            if zone == session.zone), "")  # fmt: skip
        note = t("Worked on: {zone}", zone=picked_name) if picked_name else t("Tick grids to work on or merge them")
        st.caption(plain(note))


def _columns(scene: Scene, session: EditSession, table: pd.DataFrame) -> pd.DataFrame:
    t = scene.t
    word = [_state(t, row) for row in table.to_dict("records")]
    pairs = zip(table["name"], table["zone"], strict=True)
    grids = [f"● {name}" if zone == session.zone else name for name, zone in pairs]
    shown: dict[str, Any] = {
        t("Grid"): grids,
        t("Village"): [scene.area_name(one) for one in table["parent"]],
        t("Households"): table["size"],
        t("Band"): word,
        t("Change"): [_change(row) for row in table.to_dict("records")],
        t("Parts"): table["parts"],
        t("Compactness"): table["compactness"],
    }  # fmt: skip
    if table["parent"].nunique() < 2:
        shown.pop(t("Village"))
    if session.bench.has_workload:
        shown[t("Incidents")] = table["workload"].astype(int)
    return pd.DataFrame(shown)


def _state(t: Any, row: dict[str, Any]) -> str:
    if row["is_exempt"]:
        return t("no band")
    if row["excess"]:
        mark = MARKS[1 if row["size"] > row["high"] else -1]
        return f"{mark} {number(row['excess'])}"
    return t("✕ in pieces") if row["parts"] > 1 else t("fits")


def _change(row: dict[str, Any]) -> str:
    """Households that came and went against today."""
    parts = [f"+{number(row['came'])}" if row["came"] else "", f"−{number(row['gone'])}" if row["gone"] else ""]
    return " ".join(one for one in parts if one)
