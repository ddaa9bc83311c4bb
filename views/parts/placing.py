"""Where rows were placed and why: every row once under its reason, and the rows that contradict themselves."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

import data.kinds
from geo.catalogue import discover
from views.frame import show_sums
from views.parts.static_table import show_table
from views.parts.tables import to_csv
from views.parts.texts import NO_DATA, number, plain
from views.scene import Scene

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


@st.cache_resource(max_entries=200, show_spinner=False)
def count_reasons(edition_key: tuple[str, str, int], kind: str, _desk: Any) -> pd.Series:
    """Count the rows of a kind by placing reason once per edition and account."""
    del edition_key
    return _desk.count_by_reason(kind)


def show_reasons(scene: Scene) -> None:
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
        {t("Reason"): t(one), t("Rows"): number(int(count)), t("Meaning"): t(REASONS.get(one, one))}
        for one, count in counts.items()
    ]
    show_table(pd.DataFrame(rows), right=[t("Rows")])
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


def show_disagreements(scene: Scene) -> None:
    """Rows whose stated area is not the one that holds their point."""
    t, found = scene.t, scene.desk.disagreements()
    st.markdown(f"**{plain(t('Stated area contradicts the point'))}** · {number(len(found))}")
    st.caption(plain(t("The point decides where the row is counted; what the row states is kept as it came.")))
    if len(found):
        st.dataframe(_readable(scene, found.head(500)), hide_index=True, height=min(38 + 35 * len(found), 320))
        if len(found) > 500:
            st.caption(t("the first {count} of {total}", count=500, total=number(len(found))))
        st.download_button(
            t("Download all"),
            lambda: to_csv(found),
            file_name="disagreements.csv",
            mime="text/csv",
            key="about_disagree",
        )


def _readable(scene: Scene, found: pd.DataFrame) -> pd.DataFrame:
    """Kinds and areas by their names, headers in the reader's language."""
    t, kinds = scene.t, discover(data.kinds)
    return pd.DataFrame(
        {
            t("Kind"): [t(kinds[one].title) if one in kinds else one for one in found["kind"]],
            t("Row"): found["row_id"].to_numpy(),
            t("States the area"): [_named(scene, one) for one in found["stated_area_id"]],
            t("Lies in the area"): [_named(scene, one) for one in found["area_id"]],
        }
    )


def _named(scene: Scene, area_id: object) -> str:
    if not isinstance(area_id, str):
        return NO_DATA
    name = scene.area_name(area_id)
    return area_id if name == area_id else f"{name} ({area_id})"
