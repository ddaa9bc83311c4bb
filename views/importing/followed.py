"""Defects of the areas in the workspace, followed until they are fixed, and the word that one may stay."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from data.defects.following import STATES, accept_defect, list_defects
from data.defects.titles import TITLES
from data.language import translate_say
from geo.errors import GridError
from views.frame import show_error
from views.parts.texts import number, plain
from views.scene import Scene

STATE, FAULT = "followed_state", "followed_fault"
MOST_ROWS = 2_000


def show_followed(scene: Scene) -> None:
    """Draw the defects on record with their state; an open one is accepted with a reason."""
    t, lang = scene.t, scene.state.lang
    found = _list(scene)
    if found.empty:
        return
    titles = {"open": t("open defects"), "accepted": t("accepted"), "fixed": t("fixed")}
    counts = found["state"].value_counts()
    with st.expander(f"{t('Defects on record')} · " + " · ".join(
        f"{titles[one]} {number(int(counts.get(one, 0)))}" for one in STATES
    )):  # fmt: skip
        state = st.segmented_control(
            t("State"), list(STATES), key=STATE, default="open", format_func=titles.__getitem__, required=True
        )
        rows = found[found["state"] == state].head(MOST_ROWS).reset_index(drop=True)
        shown = pd.DataFrame(
            {
                t("Level"): [scene.level_title(one) for one in rows["level"]],
                t("Defect"): [translate_say(TITLES[one], lang) for one in rows["kind"]],
                t("Area codes"): rows["ids"],
                "m²": rows["area_m2"],
                t("Households"): rows["households"],
                t("Reason"): rows["reason"],
                t("By"): rows["by"],
            }
        )
        done = st.dataframe(
            shown,
            hide_index=True,
            height=min(38 + 35 * max(len(rows), 1), 248),
            key=f"followed_{state}",
            on_select="rerun",
            selection_mode="single-row",
        )
        chosen = [rows.loc[row] for row in done["selection"]["rows"] if row < len(rows)]
        if chosen and state == "open":
            _ask_reason(scene, chosen[0])
        elif state == "open" and len(rows):
            st.caption(plain(t("Choose a row to say why that defect may stay; a later import without it fixes it.")))
    fault = st.session_state.pop(FAULT, None)
    if fault is not None:
        show_error(fault, lang)


def _list(scene: Scene) -> Any:
    """Return the defects on record, worked out once for an edition and an acceptance."""
    key = (scene.key, st.session_state.get("followed_turn", 0))
    kept = st.session_state.get("followed_list")
    if kept is None or kept[0] != key:
        kept = (key, list_defects(scene.desk))
        st.session_state["followed_list"] = kept
    return kept[1]


def _ask_reason(scene: Scene, row: Any) -> None:
    t = scene.t
    with st.form("followed_accept", border=False):
        reason = st.text_input(t("Why may it stay?"), key="followed_reason", placeholder=t("for example: a lake"))
        if st.form_submit_button(t("Accept this defect"), type="primary"):
            try:
                accept_defect(scene.desk, str(row["key"]), str(row["level"]), reason)
            except GridError as error:
                st.session_state[FAULT] = error
            st.session_state["followed_turn"] = st.session_state.get("followed_turn", 0) + 1
            st.rerun()
