"""What the coordinate guard found, with the points before and after, and the two answers a person can give."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

import geo.crs.detectors
from data.language import translate_say
from geo.catalogue import discover
from geo.crs.detectors import Evidence
from views.parts.texts import plain

CORRECT, ACCEPT = "import_correct", "import_accept"
BEFORE, AFTER = "#8a8f98", "#2b6cb0"


def show_evidence(evidence: list[Evidence], lang: str, t: Any) -> None:
    """Draw one panel for each finding; a correction and an acceptance are a button each, never taken unasked."""
    titles = {name: spec.title for name, spec in discover(geo.crs.detectors).items()}
    for one in evidence:
        with st.container(border=True, key=f"wg-evidence-{one.detector}"):
            st.markdown(f"**{plain(t(titles[one.detector]))}** · {plain(translate_say(one.found, lang))}")
            if one.verdict == "note":
                continue
            st.caption(plain(translate_say(one.remedy, lang)))
            if len(one.before) or len(one.after):
                st.plotly_chart(
                    before_and_after(one, t), config={"displayModeBar": False}, key=f"evidence_{one.detector}"
                )
            with st.container(horizontal=True):
                if one.correction is not None:
                    label = t("Correct: {how}", how=one.correction[1])
                    st.button(label, key=f"correct_{one.detector}", on_click=agree, args=one.correction)
                if one.detector != "no_crs":
                    label = t("It is right as it is")
                    st.button(label, key=f"accept_{one.detector}", on_click=agree, args=("accept", one.detector))


def before_and_after(one: Evidence, t: Any) -> go.Figure:
    """Return the points as the file has them and as the correction would put them, in degrees, drawn to scale."""
    figure = go.Figure()
    for points, name, colour, symbol in (
        (one.before, t("as in the file"), BEFORE, "x"),
        (one.after, t("as corrected"), AFTER, "circle"),
    ):
        if len(points):
            marker = {"color": colour, "symbol": symbol, "size": 6}
            figure.add_scatter(x=points[:, 0], y=points[:, 1], mode="markers", name=name, marker=marker)
    shown = np.concatenate([one.before, one.after])
    stretch = 1 / max(float(np.cos(np.radians(np.median(shown[:, 1])))), 0.1)
    figure.update_layout(height=280, margin={"l": 0, "r": 0, "t": 8, "b": 0}, xaxis_title=t("longitude"))
    figure.update_yaxes(title=t("latitude"), scaleanchor="x", scaleratio=stretch)
    return figure


def agree(how: str, value: str) -> None:
    """Keep an answer: a CRS goes into its field, a correction or an acceptance into the list of its sort."""
    if how == "crs":
        st.session_state["o_crs"] = value
        return
    name = ACCEPT if how == "accept" else CORRECT
    st.session_state[name] = tuple(dict.fromkeys((*st.session_state.get(name, ()), value)))


def answers() -> dict[str, tuple[str, ...]]:
    """Return what a person has agreed to for the file at hand."""
    return {"correct": st.session_state.get(CORRECT, ()), "accept": st.session_state.get(ACCEPT, ())}


def forget_answers() -> None:
    """Drop the answers: they were about one file."""
    for name in (CORRECT, ACCEPT):
        st.session_state.pop(name, None)
