"""How people leave: the band of times, where they wait, how dense it gets minute by minute, and what would help."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from data.events.session import EventSession
from views.events.density import show_density
from views.events.microscopic import done_reports, show_microscopic
from views.events.working import show_stranded, show_worked_out
from views.parts.charts import CONFIG
from views.parts.texts import number, plain
from views.scene import Scene

CODE_NAMES = {"sfpe_effective": "SFPE, boundary layers off", "sfpe_opening": "SFPE, whole opening"}


def show_egress(scene: Scene, session: EventSession) -> None:
    """Draw the part."""
    show_worked_out(scene, session, _egress)


def minutes(seconds: float | None) -> str:
    """
    Write a duration as minutes; a dash for one that never ends.

    Examples
    --------
    >>> minutes(274.0), minutes(None)
    ('4.6', '–')
    """
    return "–" if seconds is None or seconds != seconds or seconds == float("inf") else number(seconds / 60, 1)


def _egress(scene: Scene, session: EventSession, report: dict[str, Any]) -> None:
    t, egress = scene.t, report["egress"]
    total, queues = egress["total"], [one for one in egress["queues"] if one["p50_people"]]
    show_stranded(scene, report)
    cells = (
        (t("Everybody out, likely"), f"{minutes(total['p50_s'])} min", t("median of {runs} runs", runs=total["runs"])),
        (t("19 of 20 runs"), f"{minutes(total['p95_s'])} min",
         t("at most {min} min with 95 % confidence", min=minutes(total["p95_upper_s"]))),
        (t("People"), number(egress["people"]), t("at the peak, ± 10 % from run to run")),
        (t("Longest queue"), number(queues[0]["p50_people"]) if queues else "0",
         _link(session, queues[0]["link"]) if queues else t("nobody waits")),
    )  # fmt: skip
    with st.container(key="wg-event-numbers"):
        for column, (title, value, note) in zip(st.columns(4), cells, strict=True):
            column.metric(title, value, note, delta_color="off", delta_arrow="off")
    left, right = st.columns([7, 5], gap="small")
    with left:
        show_density(scene, session, report)
        show_microscopic(scene, session)
    with right:
        _show_band(scene, session, egress)
        _show_variants(scene, egress)
        _show_queues(scene, session, egress)


def _show_band(scene: Scene, session: EventSession, egress: dict[str, Any]) -> None:
    """One line an area: from the quickest method to the slowest, the network's middle as a dot, JuPedSim's runs."""
    t = scene.t
    st.markdown(f"**{plain(t('Minutes to clear each area'))}** · {plain(t('all methods, never one number'))}")
    figure = go.Figure()
    rows = egress["areas"][::-1]
    for one in rows:
        if one["low_s"] is None or one["high_s"] is None:
            continue
        figure.add_scatter(
            x=[one["low_s"] / 60, one["high_s"] / 60], y=[one["name"]] * 2, mode="lines", showlegend=False,
            line={"color": "#9db7cc", "width": 9}, hoverinfo="skip",
        )  # fmt: skip
    marks = [(one["name"], code) for one in rows for code in one["codes"] if code["seconds"] is not None]
    figure.add_scatter(
        x=[code["seconds"] / 60 for _, code in marks], y=[name for name, _ in marks], mode="markers",
        text=[code["method"] for _, code in marks], name=t("code arithmetic"),
        marker={"symbol": "line-ns-open", "size": 11, "color": "#3d4a57"},
        hovertemplate="%{text}: %{x:.1f} min<extra></extra>",
    )  # fmt: skip
    known = [one for one in rows if one["network"]["p50_s"] is not None]
    figure.add_scatter(
        x=[one["network"]["p50_s"] / 60 for one in known], y=[one["name"] for one in known], mode="markers",
        name=t("network, median"), marker={"size": 9, "color": "#1f5a9e"},
        hovertemplate="%{x:.1f} min<extra></extra>",
    )  # fmt: skip
    names = {one["area_id"]: one["name"] for one in rows}
    walked = [one for one in done_reports(session) if one["area_id"] in names]
    if walked:
        points = [
            (names[one["area_id"]], seconds) for one in walked for seconds in one["clear_s"] if seconds is not None
        ]
        figure.add_scatter(
            x=[seconds / 60 for _, seconds in points], y=[name for name, _ in points], mode="markers",
            name=t("Microscopic (JuPedSim)"), marker={"symbol": "diamond", "size": 8, "color": "#a8480b"},
            hovertemplate="%{x:.1f} min<extra></extra>",
        )  # fmt: skip
    figure.update_layout(
        height=80 + 30 * max(len(rows), 3),
        margin={"l": 4, "r": 8, "t": 34, "b": 34},
        legend={"orientation": "h", "y": 1, "yanchor": "bottom"},
        xaxis={"title": "min", "rangemode": "tozero"},
    )
    st.plotly_chart(figure, config=CONFIG, key="event_band")


def _show_variants(scene: Scene, egress: dict[str, Any]) -> None:
    t = scene.t
    names = {
        "as_drawn": t("As drawn, nothing changed"), "released_in_turn": t("Areas let go in turn, as the clock says"),
        "one_way": t("Routes one-way"), "widest_exit_shut": t("The widest exit of each area shut"),
        "one_metre_more": t("A metre more at the longest queue"), "one_exit_more": t("One more exit of 2 m"),
    }  # fmt: skip
    rows = [
        {t("What if"): names.get(one["name"], one["name"]), t("Everybody out (min)"): minutes(one["total_s"]),
         t("Gained (min)"): minutes(one["gain_s"])}
        for one in egress["variants"]
    ]  # fmt: skip
    st.markdown(f"**{plain(t('What would help'))}**")
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="event_variants")


def _link(session: EventSession, link: str) -> str:
    """An exit with the area it is of; an end of a route as the network calls it."""
    areas = {one.area_id: one.name for one in session.event.areas}
    found = next((one for one in session.event.exits if one.exit_id == link), None)
    name = areas.get(found.area_id, "") if found is not None else ""
    return f"{link} · {name}" if name else link


def _show_queues(scene: Scene, session: EventSession, egress: dict[str, Any]) -> None:
    t = scene.t
    rows = [
        {t("Where"): _link(session, one["link"]), t("Waiting, median run"): number(one["p50_people"]),
         t("in 19 of 20 runs"): number(one["p95_people"])}
        for one in egress["queues"][:8]
    ]  # fmt: skip
    if rows:
        st.markdown(f"**{plain(t('Where people wait'))}**")
        st.dataframe(pd.DataFrame(rows), hide_index=True, key="event_queues")
