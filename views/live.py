"""Live: the wall. What happens now and who is near, or any past time again; with `kiosk=1` nothing but the map."""

from __future__ import annotations

from typing import Any

import streamlit as st

from views.frame import show_header, show_no_areas, theme_of
from views.map_frame import map_frame
from views.scene import Scene, choose

TOLD = ("area", "category", "stage", "unit", "at", "speed", "sound")
PAGE_STYLE = "<style>.stApp { --wg-top: 4.9rem !important; }</style>"
KIOSK_STYLE = """<style>
[data-testid="stSidebar"], .stAppHeader, [data-testid="stExpandSidebarButton"] { display: none !important; }
.stMainBlockContainer { padding: 0 !important; }
.wg-frame iframe { border: 0 !important; border-radius: 0 !important; }
.stMain { overflow: hidden !important; }
</style>"""


def render(scene: Scene, pages: dict[str, Any]) -> None:
    """Draw the page."""
    t, state = scene.t, scene.state
    is_kiosk = state.kiosk == "1" and bool(scene.levels)
    st.html(KIOSK_STYLE if is_kiosk else PAGE_STYLE)
    if not is_kiosk:
        show_header(scene, t("Live"))
    if not scene.levels:
        show_no_areas(scene, pages)
        return
    wall = {name: getattr(state, name) for name in (*TOLD, "kiosk")}
    level = scene.areas.at[state.area, "level"] if state.area else ""
    asked = {
        "ws": state.ws,
        "lang": state.lang,
        "theme": theme_of(state),
        "view": state.view,
        "edition": scene.store.edition,
        "live": wall | {"area_level": level},
    }
    height = "window" if is_kiosk else "page"
    told = map_frame(asked, key="live", height=height, title=t("Live"), document="/map/live")
    act_on_wall(scene, told.get("live"))


def act_on_wall(scene: Scene, told: Any) -> None:
    """Put what the person chose on the wall into the address, once."""
    if not isinstance(told, dict) or told == st.session_state.get("live_told"):
        return
    st.session_state["live_told"] = told
    values = {name: str(told.get(name) or "") for name in TOLD}
    if values["area"] and values["area"] not in scene.areas.index:
        return
    if values != {name: getattr(scene.state, name) for name in TOLD}:
        choose(scene.state, **values)
