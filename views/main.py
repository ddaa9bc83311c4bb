"""The script behind every page: read the address, open the workspace, draw the frame, run the page."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import streamlit as st

from data.language import translator
from geo.errors import GridError, say
from views import about, area_card, coverage_page, event, import_page, live, overview, planning
from views import map as map_page
from views.frame import PAGES, show_empty, show_error, show_faults, show_header, show_sidebar, show_style, show_welcome
from views.scene import Scene, find_workspace, keep_address, open_scene
from views.state import State, read_state

ICON = Path(__file__).resolve().parent.parent / "assets" / "wangge" / "icon.png"
WIDE = ("map", "live", "planning", "event")
MODULES: dict[str, ModuleType] = {
    "overview": overview,
    "map": map_page,
    "live": live,
    "coverage": coverage_page,
    "area": area_card,
    "planning": planning,
    "event": event,
    "about": about,
}


def main() -> None:
    """Draw one run of the service."""
    keep_address()
    state, faults = read_state(st.query_params)
    ws, more = find_workspace(state)
    state = state.change(ws=ws)
    scene, refusal = None, None
    if ws:
        try:
            scene, late = open_scene(state)
            state, more = scene.state, [*more, *late]
        except GridError as error:
            refusal = error
    t = translator(state.lang)
    titles = {name: t(title) for name, title, _ in PAGES}
    pages: dict[str, Any] = {}
    for name, _, _ in PAGES:
        run = partial(_run, name, scene, state, pages, refusal, t)
        pages[name] = st.Page(run, title=titles[name], url_path=name, default=name == "overview")
    st.set_page_config(
        page_title=t("Wangge"),
        page_icon=ICON if ICON.is_file() else None,
        layout="wide",
    )
    current = st.navigation(list(pages.values()), position="hidden")
    st.set_page_config(initial_sidebar_state="collapsed" if current.url_path in WIDE else "auto")
    st.session_state["page_path"] = current.url_path
    show_style(state)
    show_sidebar(state, scene, pages, t)
    show_faults([*faults, *more], state.lang)
    current.run()


def _run(
    name: str,
    scene: Scene | None,
    state: State,
    pages: dict[str, Any],
    refusal: GridError | None,
    t: Callable[..., str],
) -> None:
    """Run one page; an expected refusal becomes one message."""
    if refusal is not None:
        show_error(refusal, state.lang)
        return
    try:
        if name == "import":
            _show_import(scene, state, t)
        elif scene is None:
            show_welcome(pages, t)
        else:
            MODULES[name].render(scene, pages)
    except GridError as error:
        show_error(error, state.lang)
    except Exception:
        number = secrets.token_hex(4)
        logging.getLogger("wangge").exception("page %s failed, fault %s", name, number)
        fault = GridError(
            say("the page {name}", name=name),
            say("a fault of the service, number {number}", number=number),
            say("reload; if it comes again, give the number to the administrator: the log holds the details"),
        )
        show_error(fault, state.lang)


def _show_import(scene: Scene | None, state: State, t: Callable[..., str]) -> None:
    if scene is not None:
        show_header(scene, t("Import"))
    else:
        show_empty(t("No workspace yet"), remedy=t("Name one below and drop a file: areas first."))
    import_page.render(scene, state, t)


main()
