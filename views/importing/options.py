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


def ask_options(kind: KindSpec, preview: Any, t: Any) -> ImportOptions:
    """Return the options a reader gives; each empty one leaves the decision to the file."""
    columns = ["", *getattr(preview, "file_columns", [])]
    values: dict[str, Any] = {}
    as_file = t("as the file says")
    with st.expander(t("Options"), expanded=getattr(preview, "error", preview) is not None):
        if kind.name == "areas":
            values |= _area_options(columns, t)
        third = st.columns(3)
        values["crs"] = third[0].selectbox(
            t("Coordinate system"), CRS_CHOICES, key="o_crs", accept_new_options=True, placeholder=as_file
        )
        values["encoding"] = third[1].selectbox(
            t("Encoding"),
            ("", "utf-8", "gb18030", "big5"),
            key="o_encoding",
            accept_new_options=True,
            placeholder=as_file,
        )
        values["time_zone"] = third[2].text_input(
            t("Time zone of times without one"), key="o_zone", placeholder=t("for example {zone}", zone="Asia/Shanghai")
        )
        if kind.shape == "point":
            pair = st.columns(4)
            for place, (name, label) in zip(
                pair,
                (
                    ("lon", t("Longitude column")),
                    ("lat", t("Latitude column")),
                    ("area", t("Area column")),
                    ("address", t("Address column")),
                ),
                strict=True,
            ):
                values[name] = place.selectbox(label, columns, key=f"o_{name}", placeholder=as_file)
        values["map"] = _field_map(kind, columns, t)
        pair = st.columns(2)
        values |= answers()
        values["licence"] = pair[0].text_input(t("Licence"), key="o_licence")
        values["attribution"] = pair[1].text_input(t("Source to be named"), key="o_attribution")
    return ImportOptions(**{name: value for name, value in values.items() if value})


def _area_options(columns: list[str], t: Any) -> dict[str, Any]:
    first, second = st.columns(3), st.columns(3)
    as_file = t("as the file says")
    return {
        "level": first[0].text_input(t("Level (short key)"), key="o_level", placeholder="grid"),
        "level_title": first[1].text_input(t("Level (shown)"), key="o_level_title", placeholder="网格"),
        "parent_level": first[2].text_input(t("Level above"), key="o_parent_level"),
        "id": second[0].selectbox(
            t("Column with the code"), columns, key="o_id", accept_new_options=True, placeholder=as_file
        ),
        "name": second[1].selectbox(t("Column with the name"), columns, key="o_name", placeholder=as_file),
        "parent": second[2].selectbox(
            t("Column with the area above"),
            columns,
            key="o_parent",
            accept_new_options=True,
            placeholder=t("by position"),
        ),
    }


def _field_map(kind: KindSpec, columns: list[str], t: Any) -> dict[str, str]:
    fields = [one for one in kind.fields if not one.derived]
    chosen = st.multiselect(
        t("Fields to take from a column of your choice"),
        [one.name for one in fields],
        key="o_map",
        format_func=lambda name: t(kind.field(name).title),
        placeholder=t("none"),
    )
    found = {
        name: st.selectbox(t(kind.field(name).title), columns, key=f"o_map_{name}", placeholder=t("as the file says"))
        for name in chosen
    }
    return {name: column for name, column in found.items() if column}
