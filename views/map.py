"""Map: the map takes the page; drill by click, breadcrumbs lead back up."""

from __future__ import annotations

from typing import Any

import streamlit as st

from data.store.boundaries import AS_WAS
from views.frame import show_header, show_no_areas, sums_text
from views.map_frame import map_frame
from views.parts.answers import ask
from views.parts.controls import (
    act_on_map,
    choose_boundaries,
    choose_category,
    choose_classes,
    choose_length,
    choose_level,
    choose_metric,
    choose_period,
    map_state,
    show_breadcrumbs,
)
from views.parts.texts import boundaries_text
from views.scene import Scene
from views.state import to_common_query


def render(scene: Scene, pages: dict[str, Any]) -> None:
    """Draw the page."""
    t = scene.t
    if not scene.levels:
        show_header(scene, t("Map"))
        show_no_areas(scene, pages)
        return
    found = ask(scene)
    sums = sums_text(t, total=found.total, unassigned=found.unassigned, unit=t("records"))
    if found.boundaries != AS_WAS or found.changes:
        sums = f"{sums} · {boundaries_text(t, found)}"
    show_header(scene, t("Map"), sums=sums)
    with st.container(key="wg-mapbar"):
        crumbs, level, metric, more, links = st.columns([5, 2, 4, 3, 2], vertical_alignment="center")
    with crumbs:
        show_breadcrumbs(scene)
    choose_level(scene, level, is_bare=True)
    choose_metric(scene, metric, is_bare=True)
    with more.popover(t("Period, category, classes"), width="stretch"):
        choose_period(scene)
        choose_length(scene)
        choose_boundaries(scene)
        choose_category(scene)
        choose_classes(scene)
    links.page_link(pages["coverage"], label=t("Table"), query_params=to_common_query(scene.state))
    result = map_frame(map_state(scene, click="drill"), key="map", height="page", title=t("Map"))
    act_on_map(scene, result, key="map")
