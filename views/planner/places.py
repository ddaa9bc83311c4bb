"""Where to plan: the towns with how many of their grids are out of band, and the grids that are, worst first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from geo.planning.units import Band
from views.frame import show_empty
from views.parts.texts import number, plain
from views.scene import Scene, choose

EXEMPT = "dedicated"
MOST_UNITS = 3000
"""Units one place may have to be edited by hand on one map."""
LISTED = 200


def zone_level(scene: Scene) -> str:
    """Return the level plans are made for: the one above the finest."""
    keys = scene.level_keys
    return keys[-2] if len(keys) > 1 else ""


def band_of(scene: Scene) -> tuple[int, int]:
    """Return the band in use: that of the address, else of the settings."""
    if scene.state.band:
        low, high = scene.state.band.split("-")
        return int(low), int(high)
    low, high = scene.desk.setting("grid_band_households")
    return int(low), int(high)


def choose_band(scene: Scene, place: Any) -> None:
    """Offer the band: how many households a grid may have."""
    t, (low, high) = scene.t, band_of(scene)
    st.session_state["w_band_low"], st.session_state["w_band_high"] = low, high

    def chosen() -> None:
        first, last = sorted((int(st.session_state["w_band_low"]), int(st.session_state["w_band_high"])))
        usual = tuple(int(one) for one in scene.desk.setting("grid_band_households"))
        choose(scene.state, band="" if (first, last) == usual else f"{first}-{last}")

    left, right = place.columns(2)
    left.number_input(t("Households from"), 1, 99_999, key="w_band_low", on_change=chosen, step=10)
    right.number_input(t("to"), 1, 99_999, key="w_band_high", on_change=chosen, step=10)


def choose_place(scene: Scene, place: Any) -> None:
    """Offer the areas one can plan inside: every area above the grids."""
    t, state = scene.t, scene.state
    keys = scene.level_keys
    above = keys[: keys.index(zone_level(scene))]
    areas = scene.areas[scene.areas["level"].isin(above).to_numpy()]
    names = {area: " › ".join(scene.area_name(one) for one in scene.path(area)[-2:]) for area in areas.index}
    order = sorted(names, key=lambda area: scene.path(area))
    options = ["", *(one for one in order if areas.at[one, "level"] != above[0] or len(above) == 1)]
    st.session_state["w_plan_area"] = state.area if state.area in options else ""

    def chosen() -> None:
        choose(state, area=st.session_state["w_plan_area"], view="", pick="", plan="")

    place.selectbox(
        t("Place to plan"), options, key="w_plan_area", on_change=chosen,
        format_func=lambda one: names.get(one, t("The whole place: which grids are out of band?")),
    )  # fmt: skip


def units_inside(scene: Scene) -> int:
    """Return how many units the chosen place has."""
    finest = scene.level_keys[-1]
    tree = scene.desk.hierarchy()
    return len(tree.members(finest, scene.state.area or None))


def grid_sizes(scene: Scene) -> pd.DataFrame:
    """Return every grid in view with its band: name, village, town, size, excess (0 in band), is_exempt."""
    level = zone_level(scene)
    grids = scene.areas[(scene.areas["level"] == level).to_numpy()]
    tree = scene.desk.hierarchy()
    if scene.state.area:
        grids = grids[tree.is_within(grids.index.to_numpy(), scene.state.area)]
    band = Band(*band_of(scene))
    sizes = grids["households"].fillna(0).astype(int)
    exempt = (grids["area_class"] == EXEMPT).to_numpy(bool)
    excess = [0 if free else band.excess(size) for size, free in zip(sizes, exempt, strict=True)]
    paths = [scene.path(one) for one in grids.index]
    table = pd.DataFrame(
        {
            "grid": grids.index, "name": [scene.area_name(one) for one in grids.index],
            "parent": [path[-2] if len(path) > 1 else "" for path in paths],
            "above": [path[-3] if len(path) > 2 else "" for path in paths],
            "size": sizes.to_numpy(), "excess": excess, "is_exempt": exempt,
            "side": np.where(sizes.to_numpy() > band.high, 1, -1),
        }
    )  # fmt: skip
    return table.sort_values(["excess", "grid"], ascending=[False, True], ignore_index=True)


def show_places(scene: Scene) -> None:
    """Show the towns with their grids in and out of band, and those out of band; each leads to its place."""
    t = scene.t
    table = grid_sizes(scene)
    if not len(table):
        show_empty(
            t("No grids here to plan"), remedy=t("Import the grids and micro-grids first, with their households.")
        )
        return
    counted = table[~table["is_exempt"]]
    out = counted[counted["excess"] > 0]
    low, high = band_of(scene)
    words = t(
        "{out} of {all} grids are out of the band {low}–{high}",
        out=number(len(out)), all=number(len(counted)), low=low, high=high,
    )  # fmt: skip
    free = t("{count} dedicated grids have no band", count=number(len(table) - len(counted)))
    st.markdown(f"**{plain(words)}** · {plain(free)}")
    left, right = st.columns([5, 7])
    with left:
        _show_towns(scene, table)
    with right:
        _show_out(scene, out)


def _show_towns(scene: Scene, table: pd.DataFrame) -> None:
    t = scene.t
    key = table["above"].where(table["above"] != "", table["parent"])
    counted = table.assign(key=key, out=(table["excess"] > 0) & ~table["is_exempt"])
    rows = counted.groupby("key").agg(grids=("grid", "size"), out=("out", "sum")).sort_values(
        ["out", "grids"], ascending=False
    )  # fmt: skip
    shown = pd.DataFrame(
        {t("Place"): [scene.area_name(one) for one in rows.index], t("Grids"): rows["grids"].to_numpy(),
         t("Out of band"): rows["out"].to_numpy()}
    )  # fmt: skip
    st.caption(plain(t("Choose a place to open its plan")))
    picked = st.dataframe(
        shown, hide_index=True, key="plan_towns", on_select="rerun", selection_mode="single-row", height=430
    )
    _go(scene, picked, list(rows.index), "plan_towns_last")


def _show_out(scene: Scene, out: pd.DataFrame) -> None:
    t = scene.t
    if not len(out):
        show_empty(
            t("Every grid is in the band"), remedy=plain(t("Choose another band above, or a place to redraw by hand."))
        )
        return
    first = out.head(LISTED)
    off = [f"{'▲' if side > 0 else '▼'} {by}" for side, by in zip(first["side"], first["excess"], strict=True)]
    shown = pd.DataFrame(
        {
            t("Grid"): first["name"], t("Village"): [scene.area_name(one) for one in first["parent"]],
            t("Town"): [scene.area_name(one) if one else "" for one in first["above"]],
            t("Households"): first["size"],
t("Off the band"): off,
        }
    )  # fmt: skip
    st.caption(plain(t("The grids out of band, furthest first; choose one to open its village")))
    picked = st.dataframe(
        shown, hide_index=True, key="plan_out", on_select="rerun", selection_mode="single-row", height=430
    )
    _go(scene, picked, list(first["parent"]), "plan_out_last")


def _go(scene: Scene, picked: Any, areas: list[str], key: str) -> None:
    rows = picked["selection"]["rows"] if picked else []
    chosen = areas[rows[0]] if rows and rows[0] < len(areas) else ""
    if chosen and st.session_state.get(key) != chosen:
        st.session_state[key] = chosen
        choose(scene.state, area=chosen, view="", pick="")
        st.rerun()
    if not rows:
        st.session_state[key] = ""
