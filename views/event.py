"""Event: a site and a crowd on the map, what the ground can hold, how people leave, posts, roster and the day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from data.events.session import EventSession
from views.events.board import show_board
from views.events.capacity import show_capacity
from views.events.choosing import show_bar, show_first_steps, with_event
from views.events.desk import open_session
from views.events.document import show_document
from views.events.drawing import show_drawing
from views.events.egress import show_egress
from views.events.people import show_people
from views.events.posts import show_posts
from views.events.roster import show_roster
from views.events.tide import show_tide
from views.frame import show_header, show_no_areas
from views.scene import Scene, choose, is_echo

STYLE = """<style>
.stApp { --wg-top: 11.4rem !important; }
[class*="st-key-wg-event-numbers"] [data-testid="stMetricValue"] { font-size: 1.25rem; line-height: 1.3; }
[class*="st-key-wg-event-numbers"] [data-testid="stMetricLabel"] p { font-size: .72rem; }
[class*="st-key-wg-event-numbers"] [data-testid="stMetricDelta"] { font-size: .7rem; background: none; padding: 0; }
.st-key-wg-event-bar button, .st-key-wg-event-stages button,
.st-key-wg-event-clock button { min-height: 2rem; padding: .15rem .6rem; }
.st-key-wg-event-bar button p, .st-key-wg-event-stages button p,
.st-key-wg-event-clock button p { font-size: .85rem; white-space: nowrap; }
[class*="st-key-wg-checks"] button { min-height: 0; padding: .1rem 0; text-align: left; justify-content: flex-start; }
.st-key-wg-event-clock { min-height: 3.6rem; }
.st-key-wg-event-notices { padding: .3rem .6rem; gap: .15rem; }
.st-key-wg-event-notices [data-testid="stVerticalBlock"] { gap: .15rem; }
.st-key-wg-event-notices button { min-height: 1.6rem; padding: 0 .6rem; }
.wg-notice { font-size: .84rem; line-height: 1.5; }
.wg-level { padding: 1px 7px; border-radius: 3px; }
</style>"""
Part = Callable[[Scene, EventSession], None]


def parts() -> dict[str, tuple[str, Part]]:
    """Return the parts of an event's page in the order of the work: (title, what draws it)."""
    return {
        "plan": ("Plan on the map", show_drawing),
        "people": ("Time and people", show_people),
        "capacity": ("Capacity", show_capacity),
        "egress": ("Egress", show_egress),
        "tide": ("Clock", show_tide),
        "posts": ("Posts", show_posts),
        "roster": ("Roster", show_roster),
        "board": ("The day", show_board),
        "document": ("Document", show_document),
    }


def render(scene: Scene, pages: dict[str, Any]) -> None:
    """Draw the page."""
    t = scene.t
    st.html(STYLE)
    show_header(scene, t("Event"))
    if not scene.levels:
        show_no_areas(scene, pages)
        return
    scene = with_event(scene)
    state = scene.state
    if not show_bar(scene):
        show_first_steps(scene)
        return
    session = open_session(scene)
    known = parts()
    st.session_state["w_event_tab"] = state.tab if state.tab in known else next(iter(known))

    def chosen() -> None:
        tab = st.session_state["w_event_tab"] or ""
        if not is_echo(state.change(tab=tab)):
            choose(state, tab=tab)

    tab = st.segmented_control(
        t("Part"), list(known), key="w_event_tab", on_change=chosen, format_func=lambda name: t(known[name][0]),
        label_visibility="collapsed", required=True,
    )  # fmt: skip
    known[tab or next(iter(known))][1](scene, session)
