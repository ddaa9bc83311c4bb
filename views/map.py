"""Map: the map takes the page; drill by click, breadcrumbs lead back up."""

from __future__ import annotations

from typing import Any

import streamlit as st

from views.answers import ask
from views.controls import (
    act_on_map,
    choose_category,
    choose_classes,
    choose_length,
    choose_level,
    choose_metric,
    choose_period,
    map_state,
    show_breadcrumbs,
)
from views.frame import show_empty, show_header, show_sums
from views.map_frame import map_frame
from views.scene import Scene
from views.state import to_common_query
from views.texts import plain


def render(scene: Scene, pages: dict[str, Any]) -> None:
    """Draw the page."""
    t = scene.t
    show_header(scene, t("Map"))
    if not scene.levels:
        show_empty(
            t("This workspace has no areas yet"),
            remedy=plain(
                t("Load an area file first: its grids, villages or districts. Everything else is placed in them.")
            ),
        )
        st.page_link(pages["import"], label=t("Open the Import page"), query_params=to_common_query(scene.state))
        return
    crumbs, level, metric, more = st.columns([4, 2, 3, 2], vertical_alignment="bottom")
    with crumbs:
        show_breadcrumbs(scene)
    choose_level(scene, level)
    choose_metric(scene, metric)
    with more.popover(t("Period, category, classes"), width="stretch"):
        choose_period(scene)
        choose_length(scene)
        choose_category(scene)
        choose_classes(scene)
    result = map_frame(map_state(scene, click="drill"), key="map", height="page")
    act_on_map(scene, result, key="map")
    found = ask(scene)
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        show_sums(t, total=found.total, unassigned=found.unassigned, unit=t("records"))
        for name, label in (("coverage", "Table and charts of this"), ("area", "Area card")):
            query = to_common_query(scene.state.change(area=scene.state.pick or scene.state.area))
            kept = to_common_query(scene.state) if name == "coverage" else query
            st.page_link(pages[name], label=t(label), query_params=kept)
