"""About this data: where it comes from, how much there is, what could not be placed and why."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

import data.kinds
from data.settings import SETTINGS
from geo.catalogue import discover
from views.frame import show_header, show_sums
from views.scene import Scene
from views.tables import to_csv
from views.texts import moment, number, plain

REASONS = {
    "inside": "inside one area",
    "boundary": "on a shared edge: given to the area whose code sorts first",
    "outside": "outside every area",
    "no_location": "no coordinates, no known address, no known area",
    "overlap": "inside several areas: given to the code that sorts first",
    "stacked": "areas stacked on one footprint: given to the area above",
    "address": "placed by its address",
    "stated": "placed by the area it states",
}
REQUIREMENTS = Path(__file__).resolve().parent.parent / "requirements.txt"


def render(scene: Scene, pages: dict[str, Any]) -> None:
    """Draw the page."""
    del pages
    t = scene.t
    show_header(scene, t("About this data"))
    _show_mark(scene)
    left, right = st.columns(2)
    with left:
        _show_levels(scene)
        _show_kinds(scene)
    with right:
        _show_coordinates(scene)
        _show_sources(scene)
    _show_reasons(scene)
    _show_disagreements(scene)
    with st.expander(t("Settings with their sources")):
        st.dataframe(_settings(scene), hide_index=True)
    with st.expander(t("Software licences")):
        st.dataframe(_licences(t), hide_index=True)


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
            t("Areas"): one.count,
            t("Households"): scene.areas.loc[scene.areas["level"] == one.key, "households"].sum(),
        }
        for one in scene.levels
    ]
    st.markdown(f"**{plain(t('Levels'))}**")
    st.dataframe(pd.DataFrame(rows), hide_index=True)


def _show_kinds(scene: Scene) -> None:
    t = scene.t
    kinds = discover(data.kinds)
    totals = count_kinds(scene.key, scene.desk)
    rows = [{t("Kind"): t(spec.title), t("Rows"): totals[name]} for name, spec in kinds.items()]
    st.markdown(f"**{plain(t('Rows by kind'))}**")
    st.dataframe(pd.DataFrame(rows), hide_index=True)


@st.cache_resource(max_entries=32, show_spinner=False)
def count_kinds(edition_key: tuple[str, str, int], _desk: Any) -> dict[str, int]:
    """Count the rows of every kind once per edition and account."""
    del edition_key
    return {name: _desk.total(name) for name in discover(data.kinds)}


@st.cache_resource(max_entries=200, show_spinner=False)
def count_reasons(edition_key: tuple[str, str, int], kind: str, _desk: Any) -> pd.Series:
    """Count the rows of a kind by placing reason once per edition and account."""
    del edition_key
    return _desk.count_by_reason(kind)


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
    shown["kind"] = [t(one) for one in shown["kind"]]
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
    st.dataframe(shown.rename(columns=titles), column_order=list(titles.values()), hide_index=True)


def _show_reasons(scene: Scene) -> None:
    """Per kind: every row counted once under the reason it is where it is; the ones nowhere can be downloaded."""
    t = scene.t
    st.markdown(f"**{plain(t('Where rows were placed, and why'))}**")
    kinds = {name: spec for name, spec in discover(data.kinds).items() if spec.located}
    first = list(kinds).index("incidents")
    name = st.selectbox(
        t("Kind"), list(kinds), key="about_kind", index=first, format_func=lambda one: t(kinds[one].title)
    )
    counts = count_reasons(scene.key, name, scene.desk)
    if not len(counts):
        st.caption(t("No rows of this kind"))
        return
    rows = [
        {t("Reason"): t(one), t("Rows"): int(count), t("Meaning"): t(REASONS.get(one, one))}
        for one, count in counts.items()
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True)
    unassigned = int(counts.reindex(["outside", "no_location"]).fillna(0).sum())
    show_sums(t, total=int(counts.sum()), unassigned=unassigned, unit=t(kinds[name].title))
    if unassigned and name != "fixes":
        st.download_button(
            t("Download the rows without an area"),
            lambda: to_csv(_unassigned(scene, name)),
            file_name=f"{name}-unassigned.csv",
            key="about_rows",
        )


def _unassigned(scene: Scene, name: str) -> pd.DataFrame:
    rows = scene.desk.rows(name)
    found = pd.DataFrame(rows[rows["area_id"].isna()]).drop(columns="geometry", errors="ignore")
    return found.assign(mark="SYNTHETIC") if scene.store.is_synthetic else found


def _show_disagreements(scene: Scene) -> None:
    t, found = scene.t, scene.desk.disagreements()
    st.markdown(f"**{plain(t('Stated area contradicts the point'))}** · {number(len(found))}")
    st.caption(plain(t("The point decides where the row is counted; what the row states is kept as it came.")))
    if len(found):
        st.dataframe(found.head(500), hide_index=True)
        st.download_button(
            t("Download all"),
            lambda: to_csv(found),
            file_name="disagreements.csv",
            mime="text/csv",
            key="about_disagree",
        )


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


@st.cache_data(show_spinner=False)
def _licence_rows() -> list[tuple[str, str, str]]:
    names = [one.split(">")[0].split("<")[0].strip() for one in REQUIREMENTS.read_text().splitlines()]
    rows = []
    for name in [one for one in names if one and not one.startswith("#")]:
        try:
            facts = metadata(name.split("[")[0])
        except PackageNotFoundError:
            continue
        licence = facts.get("License-Expression") or facts.get("License") or ""
        if not licence or len(licence) > 60:
            trove = [
                one.split("::")[-1].strip() for one in facts.get_all("Classifier") or [] if one.startswith("License")
            ]
            licence = ", ".join(trove) or licence[:60]
        rows.append((name, facts["Version"], licence))
    return rows


def _licences(t: Any) -> pd.DataFrame:
    own = [(t("Wangge"), "0.1.0", "Apache-2.0"), ("Leaflet", "1.9.4", "BSD-2-Clause"), ("Noto Sans SC", "", "OFL-1.1")]
    return pd.DataFrame([*own, *_licence_rows()], columns=[t("Software"), t("Version"), t("Licence")])
