"""The controls pages share. Each shows a part of the state and writes a choice back to the address."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import streamlit as st

import layers
from data.store.boundaries import AS_WAS, TODAY, timeline
from geo.catalogue import discover
from geo.classify import SCHEMES
from layers._classes import MAX_CLASSES, read_scheme
from layers._palettes import PALETTES
from views.parts.texts import plain
from views.scene import Scene, choose
from views.state import State

SCHEME_TITLES = {
    "quantile": "Quantile (equal numbers of areas)",
    "natural": "Natural breaks",
    "equal": "Equal intervals",
    "manual": "Manual breaks",
}
PALETTE_TITLES = {
    "ylgnbu": "Yellow to blue",
    "blues": "Blues",
    "ylorrd": "Yellow to red",
    "viridis": "Viridis (yellow to violet)",
    "cividis": "Cividis (yellow to blue)",
    "puor": "Violet – orange, around zero",
    "rdbu": "Blue – red, around zero",
}
QUICK_DAYS = (7, 30, 90, 365)


def choose_level(scene: Scene, place: Any = st, *, is_bare: bool = False) -> None:
    """Offer the levels finer than the scope."""
    state = scene.state
    scope = scene.areas.at[state.area, "level"] if state.area else None
    keys = scene.level_keys
    offered = keys[keys.index(scope) + 1 :] if scope in keys else keys
    offered = offered or keys[-1:]
    _select(scene, place, "level", scene.t("Level"), offered, scene.level_title, is_bare=is_bare)


def choose_metric(scene: Scene, place: Any = st, *, is_bare: bool = False) -> None:
    """Offer every metric of the catalogue with its unit."""
    _select(scene, place, "metric", scene.t("Metric"), list(scene.metrics), scene.titled, is_bare=is_bare)


def choose_category(scene: Scene, place: Any = st) -> None:
    """Offer the categories on record; the first choice is all of them."""
    t = scene.t
    _select(scene, place, "category", t("Category"), ["", *scene.categories], lambda one: t(one) if one else t("All"))


def choose_period(scene: Scene, place: Any = st) -> None:
    """Offer the first and last day, and the usual lengths counted back from the last."""
    state, t = scene.state, scene.t
    st.session_state["w_period"] = (state.start, state.end)

    def chosen() -> None:
        days = st.session_state["w_period"]
        if isinstance(days, tuple) and len(days) == 2:
            choose(state, start=days[0], end=days[1])

    place.date_input(
        t("Period (both days included)"),
        key="w_period",
        on_change=chosen,
        min_value=date(1900, 1, 1),
        max_value=date(2200, 12, 31),
        format="YYYY-MM-DD",
    )


def choose_length(scene: Scene, place: Any = st) -> None:
    """Offer the usual lengths of a period, counted back from its last day."""
    state, t = scene.state, scene.t
    days = (state.end - state.start).days + 1 if state.start and state.end else 0
    st.session_state["w_days"] = days if days in QUICK_DAYS else None

    def chosen() -> None:
        length = st.session_state["w_days"]
        if length and state.end:
            choose(state, start=state.end - timedelta(days=length - 1))

    place.segmented_control(
        t("Length"),
        QUICK_DAYS,
        key="w_days",
        on_change=chosen,
        format_func=lambda n: t("{count} days", count=n),
        label_visibility="collapsed",
    )


def choose_boundaries(scene: Scene, place: Any = st) -> None:
    """Offer by which borders numbers are told, where there is more than one choice."""
    t, sets = scene.t, scene.desk.boundary_sets()
    if not sets and len(timeline(scene.desk.store)) == 1:
        return
    titles = {AS_WAS: t("As it was"), TODAY: t("Today's areas")} | {name: name for name in sets}
    _select(scene, place, "boundaries", t("Boundaries"), list(titles), titles.__getitem__)


def choose_compare(scene: Scene, place: Any = st) -> None:
    """Offer what the period is held against."""
    t = scene.t
    titles = {"": t("Nothing"), "previous": t("The period before"), "year": t("A year before (same weekdays)")}
    state = scene.state
    if state.compare and state.compare not in titles:
        titles[state.compare] = state.compare.replace("_", " – ")
    _select(scene, place, "compare", t("Compare with"), list(titles), titles.__getitem__)


def choose_classes(scene: Scene) -> None:
    """Offer how values become colours: scheme, number of classes or own breaks, palette."""
    state, t = scene.state, scene.t
    scheme, count, inner = read_scheme(state.classes)
    st.session_state["w_scheme"], st.session_state["w_count"] = scheme, count
    st.session_state["w_breaks"] = ", ".join(f"{one:g}" for one in inner)

    def chosen() -> None:
        choose(state, classes=_classes_text(state))

    st.selectbox(t("Classes by"), SCHEMES, key="w_scheme", on_change=chosen, format_func=lambda s: t(SCHEME_TITLES[s]))
    if scheme == "manual":
        st.text_input(t("Breaks, rising, with commas"), key="w_breaks", on_change=chosen)
    else:
        st.slider(t("Number of classes"), 2, MAX_CLASSES, key="w_count", on_change=chosen)
    _select(scene, st, "palette", t("Colours"), list(PALETTES), lambda name: t(PALETTE_TITLES.get(name, name)))


def show_breadcrumbs(scene: Scene) -> None:
    """Draw the way from the whole place down to the scope; each step goes back up."""
    t, steps = scene.t, scene.path(scene.state.area)
    tops = list(scene.areas.index[scene.areas["level"] == scene.levels[0].key])
    root = scene.area_name(tops[0]) if len(tops) == 1 else t("Everything")
    steps = [one for one in steps if tops != [one]]
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="crumbs"):
        _crumb(scene, "", root, not steps)
        for one in steps:
            st.markdown("›")
            _crumb(scene, one, scene.area_name(one), one == steps[-1])


def drill_into(scene: Scene, area_id: str) -> None:
    """Go one level down into an area; an area of the finest level is picked instead."""
    if area_id not in scene.areas.index:
        return
    level = scene.areas.at[area_id, "level"]
    finer = scene.finer(level)
    if finer == level:
        choose(scene.state, pick=area_id, view="")
    else:
        choose(scene.state, area=area_id, level=finer, pick="", view="")


def act_on_map(scene: Scene, result: dict[str, Any], *, key: str) -> None:
    """Do once what the reader did on the map: pick, drill, switch a layer."""
    state = scene.state
    if _is_new(f"{key}_layers", result.get("layers")):
        state = state.change(layers=result["layers"])
    clicked = result.get("clicked") or {}
    area_id = str(clicked.get("id", ""))
    is_area = clicked.get("kind") == "areas" and area_id in scene.areas.index
    if is_area and _is_new(f"{key}_seq", clicked.get("seq")):
        if clicked.get("action") == "drill":
            drill_into(scene, area_id)
        else:
            choose(state, pick="" if area_id == state.pick else area_id)
        st.rerun()
    if state != scene.state:
        choose(state)


def _is_new(key: str, value: Any) -> bool:
    """True once for each new value a frame tells; what a page shows for the second time is not an act."""
    if value is None or st.session_state.get(key) == value:
        return False
    st.session_state[key] = value
    return True


def map_state(scene: Scene, **changes: Any) -> dict[str, Any]:
    """Return the state as the map document takes it."""
    state = scene.state
    asked = scene.question()
    return {
        "ws": state.ws,
        "lang": state.lang,
        "theme": state.theme or "light",
        "level": state.level,
        "area": state.area,
        "pick": state.pick,
        "metric": state.metric,
        "start": asked.start.isoformat(),
        "end": asked.end.isoformat(),
        "category": state.category,
        "classes": state.classes,
        "palette": state.palette,
        "layers": state.layers,
        "view": state.view,
        "edition": scene.store.edition,
        "boundaries": state.boundaries,
        "borders": "" if scene.borders == TODAY else scene.borders,
    } | changes


def calm_layers(scene: Scene) -> dict[str, str]:
    """Return the layers of a small map: without rows drawn over the colours, until the reader switches them on."""
    if scene.state.layers:
        return {}
    names = [name for name, spec in discover(layers).items() if spec.shown_at_start and spec.feed != "points"]
    return {"layers": ",".join(names)}


def _crumb(scene: Scene, area_id: str, name: str, is_here: bool) -> None:
    if is_here:
        st.markdown(f"**{plain(name)}**")
        return
    target = scene.state.change(area=area_id, level="", pick="", view="")
    level = scene.finer(scene.areas.at[area_id, "level"]) if area_id else ""
    st.button(
        plain(name),
        key=f"crumb_{area_id}",
        type="tertiary",
        on_click=choose,
        args=(target,),
        kwargs={"level": level},
    )


def _select(
    scene: Scene, place: Any, name: str, label: str, options: list[str], title: Any, *, is_bare: bool = False
) -> None:
    key, state = f"w_{name}", scene.state
    value = getattr(state, name)
    st.session_state[key] = value if value in options else options[0]

    def chosen() -> None:
        choose(state, **{name: st.session_state[key]})

    visible = "collapsed" if is_bare else "visible"
    place.selectbox(label, options, key=key, on_change=chosen, format_func=title, label_visibility=visible)


def _classes_text(state: State) -> str:
    scheme, count = st.session_state["w_scheme"], st.session_state.get("w_count") or 5
    if scheme != "manual":
        return f"{scheme}-{count}"
    texts = st.session_state.get("w_breaks", "").replace("，", ",").split(",")
    try:
        inner = sorted({float(one) for one in texts if one.strip()})
    except ValueError:
        return state.classes
    return "manual-" + "_".join(f"{one:g}" for one in inner[:7]) if inner else "manual-0"
