"""Coverage: one question asked of every area: map, table, spread, course and hours of the week, filtered together."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from views.frame import show_header, show_no_areas, show_sums
from views.map_frame import map_frame
from views.parts.answers import ask, compare_table, shared_classes
from views.parts.area_charts import show_area_charts
from views.parts.area_table import show_area_table, show_downloads
from views.parts.controls import (
    act_on_map,
    calm_layers,
    choose_boundaries,
    choose_category,
    choose_compare,
    choose_length,
    choose_level,
    choose_metric,
    choose_period,
    drill_into,
    map_state,
    show_breadcrumbs,
)
from views.parts.texts import boundaries_text, measured, plain
from views.scene import Scene, choose
from views.state import compared_days, to_common_query


def render(scene: Scene, pages: dict[str, Any]) -> None:
    """Draw the page."""
    t = scene.t
    show_header(scene, t("Coverage"))
    if not scene.levels:
        show_no_areas(scene, pages)
        return
    _show_controls(scene)
    days = compared_days(scene.state)
    found = ask(scene)
    before = ask(scene, days=days) if days else None
    table = compare_table(scene, found, before)
    _show_picked(scene, table, pages)
    if days:
        _show_maps(scene, found, before, days)
        beside = st.container()
    else:
        left, beside = st.columns([5, 7])
        with left:
            _show_maps(scene, found, before, days)
    with beside:
        show_area_table(scene, table)
        show_sums(t, total=found.total, unassigned=found.unassigned, unit=t("records"))
        show_downloads(scene, table, found)
    show_area_charts(scene, table, days)
    spec = scene.metric
    st.caption(plain(f"{t(spec.help)} · {t('Unit')}: {t(spec.unit)} · {t('Source')}: {t(found.source)}"))
    st.caption(plain(boundaries_text(t, found)))


def _show_controls(scene: Scene) -> None:
    with st.container(key="wg-controls"):
        _draw_controls(scene)


def _draw_controls(scene: Scene) -> None:
    crumbs, length = st.columns([3, 2], vertical_alignment="center")
    with crumbs:
        show_breadcrumbs(scene)
    choose_length(scene, length)
    choose_boundaries(scene, crumbs)
    row = st.columns([3, 5, 5, 3, 4], vertical_alignment="bottom")
    choose_level(scene, row[0])
    choose_metric(scene, row[1])
    choose_period(scene, row[2])
    choose_category(scene, row[3])
    choose_compare(scene, row[4])


def _show_picked(scene: Scene, table: pd.DataFrame, pages: dict[str, Any]) -> None:
    """Name the picked area with its value, and offer to look inside it or let it go."""
    t, pick = scene.t, scene.state.pick
    if pick not in table.index:
        return
    row, spec = table.loc[pick], scene.metric
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        value = measured(row["value"], spec.unit, spec.decimals, t=t)
        st.markdown(f"**{plain(row['name'])}** · {plain(value)}")
        st.button(t("Look inside"), key="picked_in", on_click=drill_into, args=(scene, pick))
        st.page_link(pages["area"], label=t("Area card"), query_params=to_common_query(scene.state.change(area=pick)))
        st.button(t("Let go"), key="picked_out", on_click=choose, args=(scene.state,), kwargs={"pick": ""})


def _show_maps(scene: Scene, found: Any, before: Any, days: tuple[Any, Any] | None) -> None:
    """One map, or two side by side in the same classes where two periods are compared."""
    shown = map_state(scene, click="select", **calm_layers(scene))
    if not days:
        act_on_map(scene, map_frame(shown, key="coverage_map", height=430, keeps_view=False), key="coverage")
        return
    shown |= {"classes": shared_classes(found, before, scene.state.classes)}
    asked = scene.question(days=days)
    spans = (
        (f"{days[0]} – {days[1]}", {"start": asked.start.isoformat(), "end": asked.end.isoformat()}, "coverage_before"),
        (f"{scene.state.start} – {scene.state.end}", {}, "coverage_map"),
    )
    for column, (title, span, key) in zip(st.columns(2), spans, strict=True):
        with column:
            st.caption(title)
            act_on_map(scene, map_frame(shown | span, key=key, height=400, keeps_view=False), key=key)
