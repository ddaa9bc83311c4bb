"""The figures of one question: highest values, spread, days, hours of the week; a click picks an area everywhere."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from views.frame import show_empty
from views.parts.answers import by_week, daily, event_words
from views.parts.charts import CONFIG, rank_figure, series_figure, spread_figure, week_figure
from views.parts.texts import plain
from views.scene import Scene, choose


def show_area_charts(scene: Scene, table: pd.DataFrame, days: tuple[Any, Any] | None) -> None:
    """Draw the four figures of the page's question; `days` are those of the compared period."""
    t = scene.t
    first, second = st.columns(2)
    with first:
        if table["value"].notna().any():
            _show_values(scene, table)
        else:
            show_empty(t("No area has a value"), remedy=plain(t("Choose a longer period or another category.")))
    with second:
        _show_course(scene, days)


def _show_values(scene: Scene, table: pd.DataFrame) -> None:
    """The highest values as bars, and how many areas have which value."""
    t, spec, pick = scene.t, scene.metric, scene.state.pick
    unit = t(spec.unit)
    picked = float(table.at[pick, "value"]) if pick in table.index else None
    st.markdown(f"**{plain(t('Highest values'))}**")
    chart = st.plotly_chart(
        rank_figure(table, unit=unit, decimals=spec.decimals),
        config=CONFIG,
        key="coverage_rank",
        on_select="rerun",
        selection_mode="points",
    )
    points = chart["selection"]["points"] if chart else []
    _pick_once(scene, str(points[0].get("customdata", "")) if points else "", "coverage_rank_last")
    st.markdown(f"**{plain(t('How many areas have which value'))}**")
    st.plotly_chart(
        spread_figure(table["value"], unit=unit, label=t("areas"), picked=picked), config=CONFIG, key="coverage_spread"
    )


def _show_course(scene: Scene, days: tuple[Any, Any] | None) -> None:
    """The line by day and the hours of the week, of the picked area too."""
    t, metric, pick = scene.t, scene.state.metric, scene.state.pick
    by_day, by_hour, unit = event_words(scene)
    now = daily(scene, metric=metric)
    if not now.notna().any() or not now.sum():
        show_empty(
            t("Nothing on record in this period"), remedy=plain(t("Choose a longer period or another category."))
        )
        return
    st.markdown(f"**{plain(by_day)}**")
    before = daily(scene, metric=metric, days=days) if days else None
    picked = daily(scene, metric=metric, within=pick) if pick else None
    st.plotly_chart(
        series_figure(now, t=t, unit=unit, before=before, picked=picked), config=CONFIG, key="coverage_daily"
    )
    name = f" · {plain(scene.area_name(pick))}" if pick else ""
    st.markdown(f"**{plain(by_hour)}**{name}")
    st.plotly_chart(week_figure(by_week(scene), t=t, unit=unit), config=CONFIG, key="coverage_week")


def _pick_once(scene: Scene, area_id: str, key: str) -> None:
    last = st.session_state.get(key, "")
    st.session_state[key] = area_id
    if area_id and area_id != last and area_id != scene.state.pick:
        choose(scene.state, pick=area_id)
        st.rerun()
