"""About this data: where it comes from, how much there is, what could not be placed and why."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

import data.kinds
from data.defects.following import STATES, list_defects
from data.settings import SETTINGS
from geo.catalogue import discover
from views.frame import show_header
from views.parts.card_lineage import show_boundaries
from views.parts.licences import licence_table
from views.parts.placing import show_disagreements, show_reasons
from views.parts.static_table import show_table
from views.parts.texts import NO_DATA, moment, number, plain
from views.scene import Scene


def render(scene: Scene, pages: dict[str, Any]) -> None:
    """Draw the page."""
    del pages
    t = scene.t
    show_header(scene, t("About this data"))
    _show_mark(scene)
    left, right = st.columns(2)
    with left:
        _show_levels(scene)
        if scene.levels:
            show_boundaries(scene)
        _show_kinds(scene)
    with right:
        _show_coordinates(scene)
        _show_sources(scene)
    _show_defects(scene)
    show_reasons(scene)
    show_disagreements(scene)
    with st.expander(t("Settings with their sources")):
        st.dataframe(_settings(scene), hide_index=True)
    with st.expander(t("Software licences")):
        st.dataframe(licence_table(t), hide_index=True)


def _show_mark(scene: Scene) -> None:
    t = scene.t
    if scene.store.is_synthetic:
        text = t(
            "SYNTHETIC: generated for demonstration. Real are only the county's outline and the names and codes of "
            "its towns; every person, household, incident and track is invented."
        )
        st.warning(plain(text), icon=":material/science:")


def _show_levels(scene: Scene) -> None:
    t = scene.t
    rows = [
        {
            t("Level"): t(one.title),
            t("Key"): one.key,
            t("Areas"): number(one.count),
            t("Households"): number(scene.areas.loc[scene.areas["level"] == one.key, "households"].sum()),
        }
        for one in scene.levels
    ]
    st.markdown(f"**{plain(t('Levels'))}**")
    show_table(pd.DataFrame(rows), right=[t("Areas"), t("Households")])


def _show_kinds(scene: Scene) -> None:
    t = scene.t
    kinds = discover(data.kinds)
    totals = count_kinds(scene.key, scene.desk)
    rows = [{t("Kind"): t(spec.title), t("Rows"): number(totals[name])} for name, spec in kinds.items()]
    st.markdown(f"**{plain(t('Rows by kind'))}**")
    show_table(pd.DataFrame(rows), right=[t("Rows")])


@st.cache_resource(max_entries=32, show_spinner=False)
def count_kinds(edition_key: tuple[str, str, int], _desk: Any) -> dict[str, int]:
    """Count the rows of every kind once per edition and account."""
    del edition_key
    return {name: _desk.total(name) for name in discover(data.kinds)}


def _show_coordinates(scene: Scene) -> None:
    t = scene.t
    st.markdown(f"**{plain(t('Coordinates and times'))}**")
    text = t(
        "Every position is kept as longitude and latitude in CGCS2000/WGS84 (EPSG:4490, EPSG:4326). Input in GCJ-02 or "
        "BD-09 is converted when it is imported, never later. Times are kept as UTC and shown in {zone}.",
        zone=scene.store.time_zone,
    )
    st.markdown(plain(text))


def _show_sources(scene: Scene) -> None:
    t, sources = scene.t, scene.desk.sources()
    st.markdown(f"**{plain(t('Sources'))}** · {number(len(sources))}")
    if sources.empty:
        return
    shown = sources.copy()
    shown["at"] = [moment(one, scene.store.time_zone) for one in shown["at"]]
    kinds = discover(data.kinds)
    shown["kind"] = [t(kinds[one].title) if one in kinds else t(one) for one in shown["kind"]]
    titles = {
        "kind": t("Kind"),
        "file": t("File"),
        "rows": t("Rows"),
        "licence": t("Licence"),
        "attribution": t("Named source"),
        "at": t("Imported at"),
        "by": t("By"),
        "checksum": t("Checksum"),
    }
    forms = {
        t("Rows"): st.column_config.NumberColumn(t("Rows"), format="localized", width=80),
        t("File"): st.column_config.TextColumn(t("File"), width="medium"),
        t("Named source"): st.column_config.TextColumn(t("Named source"), width="medium"),
    }
    shown = shown.rename(columns=titles)
    st.dataframe(shown, column_order=list(titles.values()), column_config=forms, hide_index=True, placeholder=NO_DATA)


def _show_defects(scene: Scene) -> None:
    """Defects of the areas by kind, and how many are open, accepted and fixed."""
    t = scene.t
    counts = count_defects(scene.key, scene.desk)
    st.markdown(f"**{plain(t('Defects of the areas'))}**")
    if counts.empty:
        st.caption(plain(t("none on record")))
        return
    counts = counts.assign(kind=[t(kind) for kind in counts["kind"]])
    titles = {"kind": t("Kind"), "open": t("Open"), "accepted": t("Accepted"), "fixed": t("Fixed")}
    numbers = list(titles.values())[1:]
    shown = counts.rename(columns=titles)
    for name in numbers:
        shown[name] = [number(one) for one in shown[name]]
    show_table(shown, right=numbers)


@st.cache_resource(max_entries=32, show_spinner=False)
def count_defects(edition_key: tuple[str, str, int], _desk: Any) -> pd.DataFrame:
    """Count the defects by kind and state once per edition and account."""
    del edition_key
    found = list_defects(_desk)
    order = list(dict.fromkeys(found.sort_values("harm", kind="stable")["kind"]))
    table = pd.crosstab(found["kind"], found["state"]).reindex(index=order, columns=list(STATES), fill_value=0)
    return table.rename_axis("kind").reset_index()


def _settings(scene: Scene) -> pd.DataFrame:
    t = scene.t
    rows = [
        {
            t("Setting"): one.name,
            t("Value here"): str(scene.desk.setting(one.name)),
            t("Unit"): t(one.unit),
            t("Meaning"): t(one.help),
            t("Source"): t(one.source),
        }
        for one in SETTINGS
    ]
    return pd.DataFrame(rows)
