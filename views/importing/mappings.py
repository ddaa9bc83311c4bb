"""Choices saved for a source: filled in when its columns are recognised, saved under a name, let go again."""

from __future__ import annotations

from typing import Any

import streamlit as st

from data.imports import ImportOptions
from data.imports.mappings import SavedMapping, drop_mapping, keep_mapping, recognise, saved_mappings
from data.imports.publish import find_store
from geo.errors import GridError
from views.frame import show_error
from views.importing.options import ONLY_COLUMNS
from views.parts.texts import plain

CHOSEN, FOR_FILE, SAVE_AS, FAULT = "import_mapping", "import_mapping_for", "import_save_as", "import_mapping_fault"
FIELDS = {
    "level": "o_level",
    "level_title": "o_level_title",
    "parent_level": "o_parent_level",
    "id": "o_id",
    "name": "o_name",
    "parent": "o_parent",
    "lon": "o_lon",
    "lat": "o_lat",
    "area": "o_area",
    "address": "o_address",
    "crs": "o_crs",
    "encoding": "o_encoding",
    "time_zone": "o_zone",
    "licence": "o_licence",
    "attribution": "o_attribution",
}
"""Option a mapping remembers -> the field of the page that holds it."""


def known_mappings(workspace: str) -> list[SavedMapping]:
    """Return the mappings of a workspace; none where it is yet to be made or holds the demonstration."""
    try:
        return saved_mappings(find_store(workspace))
    except GridError:
        return []


def choose_mapping(kind: str, columns: list[str], path: str, workspace: str, t: Any) -> None:
    """Fill in what was saved for files of these columns, once for each file; another mapping may be chosen."""
    known = [one for one in known_mappings(workspace) if one.kind == kind]
    if not known:
        return
    by_name = {one.name: one for one in known}
    if st.session_state.get(FOR_FILE) != (path, workspace):
        st.session_state[FOR_FILE] = (path, workspace)
        found = recognise(known, kind, columns)
        st.session_state[CHOSEN] = found.name if found else ""
        if found is not None:
            fill_in(found, columns)

    def chosen() -> None:
        if name := st.session_state[CHOSEN]:
            fill_in(by_name[name], columns)

    if st.session_state.get(CHOSEN) not in ("", *by_name):
        st.session_state[CHOSEN] = ""
    first, second = st.columns([2, 3], vertical_alignment="bottom")
    first.selectbox(
        t("Saved mapping"),
        ["", *by_name],
        key=CHOSEN,
        format_func=lambda one: one or t("none"),
        on_change=chosen,
    )
    name = st.session_state[CHOSEN]
    found = recognise(known, kind, columns)
    if name and found is not None and found.name == name:
        second.caption(plain(t("Recognised by its columns: the choices saved as {name} are filled in.", name=name)))


def fill_in(mapping: SavedMapping, columns: list[str]) -> None:
    """Put what a mapping remembers into the fields of the page; a column the file has not is left out."""
    for option, key in FIELDS.items():
        value = mapping.options.get(option, "")
        st.session_state[key] = "" if option in ONLY_COLUMNS and value not in columns else value
    fields = {name: column for name, column in mapping.options.get("map", {}).items() if column in columns}
    st.session_state["o_map"] = list(fields)
    for name, column in fields.items():
        st.session_state[f"o_map_{name}"] = column


def ask_name(t: Any) -> None:
    """Ask under which name to remember the choices; empty for not at all."""
    st.text_input(
        t("Remember the choices as"),
        key=SAVE_AS,
        placeholder=f"{t('Remember the choices as')} …",
        label_visibility="collapsed",
        help=t("Columns, coordinate system and encoding of this source; known again by its columns."),
        width=220,
    )


def save_asked(kind: str, columns: list[str], options: ImportOptions, workspace: str, actor: str) -> None:
    """Save the choices if a name was given; what goes wrong is told and undoes no import."""
    name = str(st.session_state.pop(SAVE_AS, "") or "").strip()
    if not name:
        return
    try:
        keep_mapping(workspace, name, kind, columns, options, actor=actor)
    except GridError as error:
        st.session_state[FAULT] = error


def show_mappings(workspace: str, actor: str, kinds: Any, lang: str, t: Any) -> None:
    """Draw the list of saved mappings with what each remembers and a button that lets it go."""
    fault = st.session_state.pop(FAULT, None)
    if fault is not None:
        show_error(fault, lang)
    known = known_mappings(workspace)
    if not known:
        return
    with st.expander(t("Saved mappings ({count})", count=len(known))):
        st.caption(plain(t("To change one, drop its file, change the choices and save them under the same name.")))
        for one in known:
            told = [f"{name} = {value}" for name, value in one.options.items() if name != "map"]
            told += [f"{field} = {column}" for field, column in one.options.get("map", {}).items()]
            first, second, third = st.columns([3, 7, 2], vertical_alignment="center")
            title = t(kinds[one.kind].title) if one.kind in kinds else one.kind
            first.markdown(f"**{plain(one.name)}** · {plain(title)}")
            second.caption(plain(" · ".join(told) or t("as the file says")))
            third.button(t("Delete"), key=f"mapping_drop_{one.name}", on_click=_drop, args=(workspace, one.name, actor))


def _drop(workspace: str, name: str, actor: str) -> None:
    try:
        drop_mapping(workspace, name, actor=actor)
    except GridError as error:
        st.session_state[FAULT] = error
