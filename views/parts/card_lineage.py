"""Where an area came from and what became of it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from data.store.boundaries import timeline, versions
from views.parts.static_table import show_table
from views.parts.texts import number, plain
from views.scene import Scene


def N_(text: str) -> str:
    """Mark a text for the translators."""
    return text


KIND_TITLES = {
    "split": N_("split"),
    "merge": N_("merged"),
    "rename": N_("renamed"),
    "code_change": N_("new code"),
    "border": N_("border moved"),
    "redrawn": N_("redrawn"),
}


def show_lineage(scene: Scene, area_id: str) -> None:
    """Say from when until when the area holds, what it was formed from and what it became."""
    t, links = scene.t, scene.desk.lineage()
    row = scene.areas.loc[area_id]
    if pd.notna(row.get("valid_to")):
        st.warning(plain(t("until {day}", day=row["valid_to"].date().isoformat())))
    if not len(links):
        return
    formed, became = links[links["to_area_id"] == area_id], links[links["from_area_id"] == area_id]
    for day, group in formed.groupby("on_date"):
        _tell(scene, t("formed on {day} from", day=day.date().isoformat()), group, "from_area_id")
    for day, group in became.groupby("on_date"):
        _tell(scene, t("until {day}, then", day=day.date().isoformat()), group, "to_area_id")


def _tell(scene: Scene, title: str, group: pd.DataFrame, column: str) -> None:
    t = scene.t
    named = [
        f"{scene.area_name(one)} ({t(KIND_TITLES[kind])})"
        for one, kind in zip(group[column], group["kind"], strict=True)
    ]
    st.caption(plain(f"{title} {', '.join(named)}"))


def show_boundaries(scene: Scene) -> None:
    """The times between which no border changed, with how many areas held, and the named sets."""
    t, line = scene.t, timeline(scene.store)
    table = versions(scene.store)
    rows: list[dict[str, Any]] = []
    for era, first in enumerate([None, *line.days]):
        counts = table.iloc[line.rows(era)]["level"].value_counts()
        counted = " · ".join(f"{t(one.title)} {number(int(counts.get(one.key, 0)))}" for one in scene.levels)
        rows.append({t("From"): first.isoformat() if first else t("the beginning"), t("Areas"): counted})
    st.markdown(f"**{plain(t('Boundaries over time'))}**")
    show_table(pd.DataFrame(rows))
    sets = scene.desk.boundary_sets()
    if sets:
        st.caption(plain(f"{t('Named sets, not in force')}: {', '.join(sets)}"))
