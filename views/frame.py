"""What stands around every page: navigation, who and where, the marks, the sums, the messages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import streamlit as st

from data.language import translate, translate_error
from data.store import workspaces
from geo.errors import GridError
from views.parts.texts import address, escaped, moment, number, plain
from views.scene import Scene, choose
from views.state import State, to_common_query, to_query

PAGES = (
    ("overview", "Overview", ":material/dashboard:"),
    ("map", "Map", ":material/map:"),
    ("live", "Live", ":material/sensors:"),
    ("coverage", "Coverage", ":material/analytics:"),
    ("area", "Area card", ":material/badge:"),
    ("planning", "Planning", ":material/polyline:"),
    ("event", "Event", ":material/festival:"),
    ("import", "Import", ":material/upload_file:"),
    ("about", "About this data", ":material/info:"),
)
LANGUAGE_NAMES = {"zh_CN": "中文", "en": "English"}
STYLE = Path(__file__).with_name("page.css")
OPTION = re.compile(r"--[a-z]+(?:-[a-z]+)*")
OPTION_TITLES = {
    "--level": "Level (short key)",
    "--level-title": "Level (shown)",
    "--parent-level": "Level above",
    "--id": "Column with the code",
    "--name": "Column with the name",
    "--parent": "Column with the area above",
    "--crs": "Coordinate system",
    "--encoding": "Encoding",
    "--time-zone": "Time zone of times without one",
    "--lon": "Longitude column",
    "--lat": "Latitude column",
    "--area": "Area column",
    "--address": "Address column",
    "--map": "Fields to take from a column of your choice",
    "--workspace": "Into the workspace",
}
"""What messages call by the command line's name stands on the Import page under these titles."""
LINKS = {"light": "#1f5a9e", "dark": "#7fb2ea"}
UPLOAD_WORDS = """
[data-testid="stFileUploaderDropzoneInstructions"]{display:none}
[data-testid="stFileUploaderDropzone"] button p{font-size:0}
[data-testid="stFileUploaderDropzone"] button p::after{content:"选择文件";font-size:.95rem}
"""


def show_style(state: State) -> None:
    """Put the project's own type and spacing on the page, and the reader's words on Streamlit's upload box."""
    st.html(STYLE)
    own = f":root{{--wg-link:{LINKS[theme_of(state)]}}}"
    st.html(f"<style>{own}{UPLOAD_WORDS if state.lang == 'zh_CN' else ''}</style>")


def show_sidebar(state: State, scene: Scene | None, pages: dict[str, Any], t: Callable[..., str]) -> None:
    """Draw the navigation (keeping the common part of the state) and the switches for workspace, person, language."""
    with st.sidebar:
        st.html(f'<div class="wg-brand">{escaped(t("Wangge"))}<small>{escaped(t("grid governance"))}</small></div>')
        for name, title, icon in PAGES:
            st.page_link(pages[name], label=t(title), icon=icon, query_params=to_common_query(state), width="stretch")
        st.divider()
        _switch_workspace(state, t)
        if scene is not None:
            _switch_person(scene, t)
        _switch_language(state, t)
        _switch_theme(state, t)


def show_header(scene: Scene, title: str, *, sums: str = "") -> None:
    """Draw the line every page begins with: what, of which workspace, as of when, for whom, the mark, the sums."""
    t, store, state = scene.t, scene.store, scene.state
    account = scene.desk.account
    role = t(account.role.replace("_", " "))
    who = account.name if role in account.name else f"{account.name} · {role}"
    edition = escaped(t("edition {edition}", edition=store.edition))
    parts = [f"<h1>{escaped(title)}</h1>"]
    if store.is_synthetic:
        parts.append(f'<span class="wg-mark" data-mark="synthetic">{escaped(t("SYNTHETIC demonstration data"))}</span>')
    parts += [
        f"<span><b>{escaped(store.title or state.ws)}</b></span>",
        f"<span>{escaped(t('{start} to {end}', start=state.start, end=state.end))}</span>",
        f'<span title="{edition}" data-edition="{store.edition}">{escaped(as_of(scene))}</span>',
        f'<span data-account="{escaped(account.account_id)}">{escaped(who)}</span>',
    ]
    if sums:
        parts.append(f'<span class="wg-sum">{escaped(sums)}</span>')
    dark = " wg-dark" if theme_of(state) == "dark" else ""
    st.html(f'<header class="wg-head{dark}">{"".join(parts)}</header>')


def as_of(scene: Scene) -> str:
    """Say when the newest import was published, in the place's own time."""
    sources = scene.desk.sources()
    newest = sources["at"].max() if len(sources) and "at" in sources else None
    return scene.t("as of {at}", at=moment(newest, scene.store.time_zone))


def sums_text(t: Callable[..., str], *, total: float, unassigned: float, unit: str = "") -> str:
    """Say that nothing is lost: placed + unassigned = total."""
    return t(
        "{placed} placed + {unassigned} unassigned = {total} {unit}",
        placed=number(total - unassigned),
        unassigned=number(unassigned),
        total=number(total),
        unit=unit,
    )


def show_sums(t: Callable[..., str], *, total: float, unassigned: float, unit: str = "") -> None:
    """Show that nothing is lost: placed + unassigned = total."""
    st.html(f'<div class="wg-sum">{escaped(sums_text(t, total=total, unassigned=unassigned, unit=unit))}</div>')


def show_faults(faults: Iterable[GridError], lang: str) -> None:
    """Show every fault of the address as one message; what it quotes stays text."""
    texts = [plain(translate_error(one, lang)) for one in faults]
    if texts:
        st.warning("  \n".join(texts), icon=":material/rule:")


def show_error(error: GridError, lang: str) -> None:
    """Show one refusal in three parts: expected, found, what to do; options are called as the page calls them."""
    text = OPTION.sub(lambda found: _option_label(found[0], lang), translate_error(error, lang))
    st.error(plain(text), icon=":material/block:")


def _option_label(option: str, lang: str) -> str:
    title = OPTION_TITLES.get(option)
    return f"“{translate(title, lang)}”" if title else option


def show_empty(text: str, *, remedy: str) -> None:
    """Say that there is nothing to show, and what to do next."""
    with st.container(border=True):
        st.markdown(f"**{plain(text)}**")
        st.markdown(remedy)


def show_no_areas(scene: Scene, pages: dict[str, Any]) -> None:
    """Say what a workspace without areas needs first."""
    t = scene.t
    text = t("Load an area file first: its grids, villages or districts. Everything else is placed in them.")
    show_empty(t("This workspace has no areas yet"), remedy=plain(text))
    st.page_link(pages["import"], label=t("Open the Import page"), query_params=to_common_query(scene.state))


def theme_of(state: State) -> str:
    """Return the theme in use: the address decides, then what the browser shows, then light."""
    if state.theme:
        return state.theme
    try:
        return st.context.theme.type or "light"
    except (AttributeError, RuntimeError):
        return "light"


def _switch_workspace(state: State, t: Callable[..., str]) -> None:
    known = workspaces()
    if not known:
        return
    st.session_state["w_ws"] = state.ws

    def chosen() -> None:
        st.query_params.from_dict(to_query(State(ws=st.session_state["w_ws"], lang=state.lang, theme=state.theme)))

    st.selectbox(t("Workspace"), known, key="w_ws", on_change=chosen)


def _switch_person(scene: Scene, t: Callable[..., str]) -> None:
    account = scene.desk.account
    if not scene.store.is_synthetic:
        st.caption(f"{plain(t('Signed in'))}: {plain(account.name)}")
        return
    back = address(st.session_state.get("page_path", ""), to_common_query(scene.state))
    links = []
    for one in scene.store.accounts():
        mark = ' aria-current="true"' if one.account_id == account.account_id else ""
        href = address(f"auth/as/{one.account_id}", {"ws": scene.state.ws, "next": back})
        where = scene.area_name(one.area_id) if one.area_id else t("everything")
        label = f"{one.name} · {t(one.role.replace('_', ' '))} · {where}"
        links.append(f'<a href="{escaped(href)}" target="_self"{mark}>{escaped(label)}</a>')
    with st.popover(f"{t('Signed in')}: {plain(account.name)}", width="stretch"):
        st.html(f'<nav class="wg-side">{"".join(links)}</nav>')


def _switch_language(state: State, t: Callable[..., str]) -> None:
    st.session_state["w_lang"] = state.lang

    def chosen() -> None:
        choose(state, lang=st.session_state["w_lang"] or state.lang)

    st.segmented_control(
        t("Language"),
        list(LANGUAGE_NAMES),
        key="w_lang",
        format_func=LANGUAGE_NAMES.__getitem__,
        on_change=chosen,
        required=True,
    )


def _switch_theme(state: State, t: Callable[..., str]) -> None:
    path = st.session_state.get("page_path", "")
    links = []
    for theme, label in (("light", t("Light theme")), ("dark", t("Dark theme"))):
        mark = ' aria-current="true"' if theme == theme_of(state) else ""
        href = address(path, to_query(state.change(theme=theme)))
        links.append(f'<a href="{escaped(href)}" target="_self"{mark}>{escaped(label)}</a>')
    st.html(f'<nav class="wg-side">{"".join(links)}</nav>')


def show_welcome(pages: dict[str, Any], t: Callable[..., str]) -> None:
    """Say what to do when there is no workspace at all."""
    st.html(f'<header class="wg-head"><h1>{escaped(t("Wangge"))}</h1></header>')
    left, right = st.columns(2)
    with left:
        show_empty(t("Look around first: the demonstration county"), remedy=t("Run this once, then reload the page:"))
        st.code("wangge demo", language="bash")
    with right:
        show_empty(
            t("Begin with your own data"),
            remedy=plain(t("An area file first: grids, villages or districts. Then incidents, patrols and people.")),
        )
        st.page_link(pages["import"], label=t("Open the Import page"), icon=":material/upload_file:")
