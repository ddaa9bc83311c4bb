"""Finer areas where a place has none: made from its streets, rivers and buildings, looked at, then taken in."""

from __future__ import annotations

import tempfile
from pathlib import Path

import streamlit as st

from data.acts import Sessions
from data.formats import write_file
from data.language import translate_say
from data.planning.editor.bench import ground_edition
from data.plans.ground import bands_for
from data.plans.made import MadeAreas
from data.plans.making import Making
from views.frame import show_error
from views.parts.texts import number, plain
from views.scene import Scene, choose

PROGRESS_S = 0.6
FINEST = "micro_grid"
LISTED = 100


@st.cache_resource(show_spinner=False)
def _makings() -> Sessions[list[Making]]:
    return Sessions()


def offers_making(scene: Scene) -> bool:
    """Whether there are buildings and no micro-grids yet: then finer areas can be made."""
    if not scene.levels or FINEST in scene.level_keys:
        return False
    return bool(len(scene.desk.rows("buildings", columns=["building_id"])))


def show_making(scene: Scene) -> None:
    """Offer to make finer areas of the finest level there is; while at work the part looks again by itself."""
    held = _held(scene)
    running = bool(held) and held[0].is_running
    st.fragment(_show, run_every=PROGRESS_S if running else None)(scene, held, running)


def _held(scene: Scene) -> list[Making]:
    state = scene.state
    key = (state.ws, scene.desk.account.account_id, state.area, ground_edition(scene.desk))
    found: list[Making] = _makings().get(key, list)
    return found


def _show(scene: Scene, held: list[Making], is_watching: bool) -> None:
    t = scene.t
    making = held[0] if held else None
    if making is not None and making.is_running != is_watching:
        st.rerun()
    with st.container(border=True, key="wg-plan-making"):
        st.markdown(f"**{plain(t('Make finer areas from streets and buildings'))}**")
        if making is None:
            _ask(scene, held)
        elif making.is_running:
            st.progress(min(max(making.share, 0.0), 1.0), text=plain(_doing(scene, making.text)))
            st.button(t("Stop"), key="making_stop", on_click=making.stopped.set, icon=":material/stop:")
        elif making.is_taken:
            held.clear()
            choose(scene.state, view="", pick="")
            st.rerun()
        else:
            if making.error is not None:
                show_error(making.error, scene.state.lang)
            if making.made is not None:
                _show_made(scene, making, making.made)
            st.button(t("Start over"), key="making_over", on_click=held.clear)


def _doing(scene: Scene, told: str) -> str:
    """What is being done: a step of the making, or the area that is being planned."""
    t = scene.t
    steps = {
        "blocks between streets": t("Blocks between streets"),
        "cells of buildings": t("Ground of each building"),
        "who lies beside whom": t("Who lies beside whom"),
    }
    return steps.get(told) or (t("Planning {place}", place=scene.area_name(told)) if told in scene.areas.index else "")


def _ask(scene: Scene, held: list[Making]) -> None:
    t = scene.t
    keys = scene.level_keys
    levels = [key for key in ("grid", FINEST) if key not in keys]
    words = t(
        "Streets, rivers and borders of {level} areas cut the ground into blocks, buildings share a block's ground out;"
        " these pieces are grouped into the band, inside one area each",
        level=scene.level_title(keys[-1]),
    )  # fmt: skip
    st.caption(plain(words))
    titles = {"grid": t("Grids"), FINEST: t("Micro-grids")}
    forms = {"cells": t("Ground of each building"), "blocks": t("Whole blocks")}
    first, second, third, fourth = st.columns([3, 4, 2, 2], vertical_alignment="bottom")
    level = first.selectbox(t("Areas to make"), levels[::-1], key="making_level", format_func=lambda one: titles[one])
    of = second.radio(t("Made of"), list(forms), key="making_of", format_func=lambda one: forms[one], horizontal=True)
    usual = bands_for(scene.store, level)[""]
    low = third.number_input(t("Households from"), 1, 99_999, usual.low, key=f"making_low_{level}")
    high = fourth.number_input(t("to"), 1, 99_999, usual.high, key=f"making_high_{level}")
    told = None if (int(low), int(high)) == (usual.low, usual.high) else (int(low), int(high))

    def begin() -> None:
        held.append(Making(scene.desk, level, keys[-1], scene.state.area or None, of, told))

    st.button(t("Make them"), key="making_begin", type="primary", on_click=begin, icon=":material/dashboard:")


def _show_made(scene: Scene, making: Making, made: MadeAreas) -> None:
    t = scene.t
    words = t(
        "{count} areas of {households} households, {in_band} of {counted} in the band,"
        " made of {pieces} pieces of ground",
        count=number(len(made.areas)), households=number(int(made.areas["households"].sum())),
        in_band=number(made.in_band), counted=number(made.counted), pieces=number(made.run.units.count),
    )  # fmt: skip
    st.markdown(plain(words))
    if made.outside:
        st.warning(plain(t("{count} buildings lie in no area and are left out", count=number(made.outside))))
    if made.reasons:
        with st.expander(t("Why {count} areas are not in band everywhere", count=len(made.reasons))):
            st.markdown("\n".join(_reasons(scene, made)))
    with st.container(horizontal=True):
        title = t("Grids") if made.level == "grid" else t("Micro-grids")
        st.button(t("Take them in as areas"), key="making_take", type="primary", on_click=making.take, args=(title,))
        st.download_button(
            t("GeoPackage"), lambda: _geopackage(made), file_name=f"{made.level}.gpkg", icon=":material/download:",
            key="making_gpkg", on_click="ignore",
        )  # fmt: skip


def _reasons(scene: Scene, made: MadeAreas) -> list[str]:
    lang, lines = scene.state.lang, []
    for place, sentences in list(made.reasons.items())[:LISTED]:
        said = "; ".join(translate_say(one, lang) for one in sentences)
        lines.append(f"- {plain(scene.area_name(place))}: {plain(said)}")
    return lines


def _geopackage(made: MadeAreas) -> bytes:
    with tempfile.TemporaryDirectory(prefix="wangge-made-") as folder:
        path = Path(folder) / "areas.gpkg"
        write_file(made.areas, path, layer=made.level)
        return path.read_bytes()
