"""What an import must be told that the file does not say: target, level, columns, coordinates, time zone."""

from __future__ import annotations

import re
from typing import Any

import streamlit as st

from data.imports import ImportOptions
from data.kinds._spec import KindSpec
from views.importing.evidence import answers

CRS_CHOICES = ("", "EPSG:4326", "EPSG:4490", "gcj02", "bd09")
NEW = "+"
AREA_FIELDS = ("level", "level_title", "parent_level", "id", "name", "parent")
POINT_FIELDS = ("lon", "lat", "area", "address")
ONLY_COLUMNS = ("name", *POINT_FIELDS)
"""Options whose field offers the file's columns and nothing else."""
NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def choose_target(state: Any, known: list[str], t: Any) -> str:
    """Return the workspace to import into: one that exists, or a new one by its name; '' while that is not clear."""
    options = [*known, NEW]
    if st.session_state.get("import_target") not in options:
        st.session_state["import_target"] = state.ws if state.ws in known else options[0]
    target = st.selectbox(
        t("Into the workspace"),
        options,
        key="import_target",
        format_func=lambda one: t("a new workspace") if one == NEW else one,
    )
    if target != NEW:
        return target
    name = st.text_input(t("Name of the new workspace"), key="import_new", placeholder="chicago").strip()
    if name and not NAME.fullmatch(name):
        st.caption(t("Small letters, digits, - and _, beginning with a letter"))
        return ""
    return name


def told_options(kind: KindSpec, columns: list[str]) -> ImportOptions:
    """
    Return the options as the page's fields stand, before they are drawn; what is empty is left to the file.

    A column that this file does not have is taken out of its field.
    """
    for name in ONLY_COLUMNS:
        if st.session_state.get(f"o_{name}") not in (None, "", *columns):
            st.session_state[f"o_{name}"] = ""
    names = [*AREA_FIELDS] if kind.name == "areas" else []
    names += [*POINT_FIELDS] if kind.shape == "point" else []
    values = {name: st.session_state.get(f"o_{name}") for name in (*names, "crs", "encoding", "licence", "attribution")}
    values["time_zone"] = st.session_state.get("o_zone")
    fields = {one: st.session_state.get(f"o_map_{one}") for one in st.session_state.get("o_map", ())}
    values["map"] = {name: column for name, column in fields.items() if column in columns}
    values |= answers()
    return ImportOptions(**{name: value for name, value in values.items() if value})


def ask_options(kind: KindSpec, columns: list[str], *, is_open: bool, t: Any) -> None:
    """Draw the options a reader may give; `told_options` reads them."""
    columns = ["", *columns]
    as_file = t("as the file says")
    turn = st.session_state.get("import_turn", 0)
    with st.expander(t("Options"), expanded=is_open, key=f"wg-options-{turn}-{is_open}"):
        if kind.name == "areas":
            _area_options(columns, t)
        third = st.columns(3)
        third[0].selectbox(
            t("Coordinate system"), CRS_CHOICES, key="o_crs", accept_new_options=True, placeholder=as_file
        )
        third[1].selectbox(
            t("Encoding"),
            ("", "utf-8", "gb18030", "big5"),
            key="o_encoding",
            accept_new_options=True,
            placeholder=as_file,
        )
        third[2].text_input(
            t("Time zone of times without one"), key="o_zone", placeholder=t("for example {zone}", zone="Asia/Shanghai")
        )
        if kind.shape == "point":
            labels = (t("Longitude column"), t("Latitude column"), t("Area column"), t("Address column"))
            for place, name, label in zip(st.columns(4), POINT_FIELDS, labels, strict=True):
                place.selectbox(label, columns, key=f"o_{name}", placeholder=as_file)
        _field_map(kind, columns, t)
        pair = st.columns(2)
        pair[0].text_input(t("Licence"), key="o_licence")
        pair[1].text_input(t("Source to be named"), key="o_attribution")


def _area_options(columns: list[str], t: Any) -> None:
    first, second = st.columns(3), st.columns(3)
    as_file = t("as the file says")
    first[0].text_input(t("Level (short key)"), key="o_level", placeholder="grid")
    first[1].text_input(t("Level (shown)"), key="o_level_title", placeholder="网格")
    first[2].text_input(t("Level above"), key="o_parent_level")
    second[0].selectbox(t("Column with the code"), columns, key="o_id", accept_new_options=True, placeholder=as_file)
    second[1].selectbox(t("Column with the name"), columns, key="o_name", placeholder=as_file)
    second[2].selectbox(
        t("Column with the area above"),
        columns,
        key="o_parent",
        accept_new_options=True,
        placeholder=t("by position"),
    )


def _field_map(kind: KindSpec, columns: list[str], t: Any) -> None:
    chosen = st.multiselect(
        t("Fields to take from a column of your choice"),
        [one.name for one in kind.fields if not one.derived],
        key="o_map",
        format_func=lambda name: t(kind.field(name).title),
        placeholder=t("none"),
    )
    for name in chosen:
        st.selectbox(t(kind.field(name).title), columns, key=f"o_map_{name}", placeholder=t("as the file says"))


def forget_options() -> None:
    """Empty the fields: they were about one file."""
    for key in [one for one in st.session_state if str(one).startswith("o_")]:
        del st.session_state[key]
