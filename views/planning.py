"""Plan: which grids are out of band, an automatic plan, and redrawing by hand with the consequences in sight."""

from __future__ import annotations

from typing import Any

import streamlit as st

from views.frame import show_empty, show_header, show_no_areas
from views.parts.texts import number, plain
from views.planner.editor import show_editor
from views.planner.making import offers_making, show_making
from views.planner.places import MOST_UNITS, choose_band, choose_place, show_places, units_inside, zone_level
from views.planner.unsaved import show_where_unsaved
from views.scene import Scene

STYLE = """<style>
.stApp { --wg-top: 10.6rem !important; }
.wg-figures { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: .8rem; line-height: 1.35; }
.wg-figures span, .wg-figures small { display: block; font-size: .72rem; }
.wg-figures b { display: block; font-size: 1.25rem; font-weight: 400; font-variant-numeric: tabular-nums; }
.wg-figures small { opacity: .65; }
[data-testid="stColumn"]:has(> div .st-key-plan-map-side) { position: sticky; top: 3.2rem; align-self: flex-start; }
.st-key-wg-plan-buttons { gap: .45rem !important; }
.st-key-wg-plan-buttons button { padding: .15rem .6rem; min-height: 2rem; }
.st-key-wg-plan-buttons button [data-testid="stIconMaterial"] { font-size: 1rem; }
.st-key-wg-plan-buttons button p { font-size: .85rem; white-space: nowrap; }
</style>"""


def render(scene: Scene, pages: dict[str, Any]) -> None:
    """Draw the page."""
    t, state = scene.t, scene.state
    st.html(STYLE)
    show_header(scene, t("Planning"))
    if not scene.levels:
        show_no_areas(scene, pages)
        return
    if not zone_level(scene):
        if offers_making(scene):
            show_making(scene)
            return
        show_empty(
            t("Only one level of areas here"),
            remedy=plain(t("A plan makes areas of one level out of finer ones: import micro-grids as well.")),
        )
        return
    with st.container(key="wg-planbar"):
        place, band = st.columns([7, 5], vertical_alignment="bottom")
    choose_place(scene, place)
    choose_band(scene, band)
    keys = scene.level_keys
    is_open = bool(state.area) and keys.index(scene.areas.at[state.area, "level"]) < keys.index(zone_level(scene))
    units = units_inside(scene)
    if is_open and 0 < units <= MOST_UNITS:
        show_editor(scene)
        return
    if is_open and units > MOST_UNITS:
        text = t("{count} micro-grids are too many for one map: choose a town or village below", count=number(units))
        st.info(plain(text))
    if offers_making(scene):
        show_making(scene)
    show_where_unsaved(scene)
    show_places(scene)
