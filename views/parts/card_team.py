"""The team of an area, 1+3+N, each with the stand-in who takes over."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from views.frame import show_empty
from views.parts.static_table import show_table
from views.parts.texts import number, plain
from views.scene import Scene

PLACES = {
    "grid_head": "1",
    "full_time": "3",
    "part_time": "3",
    "adviser": "3",
    "micro_grid_head": "N",
    "volunteer": "N",
}
"""Where a role stands in 1+3+N: the head; full-time, part-time and adviser; everybody else who helps."""


def show_team(scene: Scene, area_id: str, people: pd.DataFrame) -> None:
    """Draw the team; say whose it is where the area has none of its own, and who has no stand-in."""
    t = scene.t
    st.markdown(f"**{plain(t('Team'))}** · {plain(t('1+3+N with stand-ins'))}")
    if people.empty:
        remedy = plain(t("Load people with their area on the Import page."))
        show_empty(t("Nobody is assigned to this area"), remedy=remedy)
        return
    owner = str(people["area_id"].iloc[0])
    if owner != area_id:
        st.caption(
            plain(t("The area has no team of its own; this is the team of {name}.", name=scene.area_name(owner)))
        )
    ordered = sort_team(people)
    shown = pd.DataFrame(
        {
            "1+3+N": ordered["role"].map(PLACES).fillna("").to_numpy(),
            t("Role"): [t(str(one).replace("_", " ")) for one in ordered["role"]],
            t("Name"): ordered["name"].to_numpy(),
            t("Phone"): ordered["phone"].to_numpy(),
            t("Stand-in"): [one if isinstance(one, str) and one else t("none named") for one in ordered["stand_in"]],
            t("Organisation"): ordered["organisation"].to_numpy(),
        }
    )
    show_table(shown)
    missing = int(ordered["stand_in"].isna().sum())
    if missing:
        st.caption(t("{count} without a stand-in", count=number(missing)))


def sort_team(people: pd.DataFrame) -> pd.DataFrame:
    """
    Return the people head first, then the three, then the rest, each group by name.

    Examples
    --------
    >>> sort_team(pd.DataFrame({"role": ["volunteer", "grid_head"], "name": ["A", "B"]}))["name"].tolist()
    ['B', 'A']
    """
    order = {role: place for place, role in enumerate(PLACES)}
    ranks = people["role"].map(order).fillna(len(order))
    return people.assign(_rank=ranks).sort_values(["_rank", "name"], kind="stable").drop(columns="_rank")
