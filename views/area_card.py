"""Area card: everything a person should know about one area before going there; made to be printed."""

from __future__ import annotations

from typing import Any

import streamlit as st

from views.frame import show_header, show_no_areas
from views.map_frame import map_frame
from views.parts.card_facts import area_facts
from views.parts.card_lineage import show_lineage
from views.parts.card_tables import show_counts, show_key_metrics, show_rows
from views.parts.card_team import show_team
from views.parts.controls import map_state
from views.parts.texts import number, plain
from views.scene import Scene, choose
from views.state import to_common_query

MOST_LINKS = 40


def render(scene: Scene, pages: dict[str, Any]) -> None:
    """Draw the page."""
    t = scene.t
    show_header(scene, t("Area card"))
    if not scene.levels:
        show_no_areas(scene, pages)
        return
    _find_area(scene)
    area_id = scene.state.area or scene.desk.account.area_id or ""
    if area_id not in scene.areas.index:
        _show_choices(scene, pages)
        return
    _show_title(scene, pages, area_id)
    show_lineage(scene, area_id)
    facts = area_facts(scene, area_id)
    left, right = st.columns([7, 5])
    with left:
        show_counts(scene, facts)
        show_key_metrics(scene, area_id)
        show_team(scene, area_id, facts["people"])
    with right:
        level = scene.areas.at[area_id, "level"]
        parent = scene.path(area_id)[-2:-1]
        around = map_state(scene, area=parent[0] if parent else "", level=level, pick=area_id, view="")
        map_frame(around, key=f"card_map_{area_id}", height=330, keeps_view=False)
        _show_links(scene, pages, t("Neighbours"), facts["neighbours"])
        children = scene.areas.index[scene.areas["parent_id"] == area_id].tolist()
        _show_links(scene, pages, t("Areas inside"), children)
    show_rows(scene, t("Open items"), "incidents", facts["open"])
    show_rows(scene, t("Last visits"), "visits", facts["visits"])
    show_rows(scene, t("Places"), "places", facts["places"])
    show_rows(scene, t("Resources"), "resources", facts["resources"])


def _find_area(scene: Scene) -> None:
    """Search by name or code."""
    t = scene.t
    text = st.text_input(t("Find an area by name or code"), key="card_search", placeholder=t("name, code or address"))
    if not text.strip():
        return
    hits = [one for one in scene.desk.search(text.strip(), limit=12) if one.kind == "areas"]
    if not hits:
        st.caption(t("Nothing found"))
    with st.container(horizontal=True, gap="small"):
        for hit in hits:
            label = f"{plain(hit.title)} · {plain(scene.level_title(hit.level or ''))}"
            st.button(label, key=f"hit_{hit.id}", on_click=_open_card, args=(scene, hit.id))


def _open_card(scene: Scene, area_id: str) -> None:
    st.session_state["card_search"] = ""
    choose(scene.state, area=area_id, pick="", level="", view="")


def _show_choices(scene: Scene, pages: dict[str, Any]) -> None:
    """No area yet: offer a map to click on and the areas of the first level that divides the place."""
    t = scene.t
    st.markdown(plain(t("Choose an area: search above, click on the map, or begin with one of these.")))
    top = scene.areas.index[scene.areas["level"] == scene.levels[min(1, len(scene.levels) - 1)].key].tolist()
    _show_links(scene, pages, "", top)
    result = map_frame(map_state(scene, pick="", click="select"), key="card_choose", height=440, keeps_view=False)
    clicked = result.get("clicked") or {}
    if clicked.get("kind") == "areas" and clicked.get("id") in scene.areas.index:
        choose(scene.state, area=clicked["id"], pick="", level="", view="")
        st.rerun()


def _show_title(scene: Scene, pages: dict[str, Any], area_id: str) -> None:
    """Name, level, code, and the areas above as links."""
    t, row = scene.t, scene.areas.loc[area_id]
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for one in scene.path(area_id)[:-1]:
            query = to_common_query(scene.state.change(area=one, level=""))
            st.page_link(pages["area"], label=f"{plain(scene.area_name(one))} ›", query_params=query)
    kind = t(str(row["area_class"]).replace("_", " ")) if isinstance(row.get("area_class"), str) else ""
    parts = [scene.level_title(row["level"]), area_id, kind]
    st.markdown(f"### {plain(scene.area_name(area_id))}\n{' · '.join(plain(one) for one in parts if one)}")


def _show_links(scene: Scene, pages: dict[str, Any], title: str, area_ids: list[str]) -> None:
    """Links to other cards; two of one name are told apart by the area above."""
    if not area_ids:
        return
    if title:
        st.markdown(f"**{plain(title)}** · {number(len(area_ids))}")
    names = [scene.area_name(one) for one in area_ids]
    with st.container(horizontal=True, gap="xsmall"):
        for one, name in list(zip(area_ids, names, strict=True))[:MOST_LINKS]:
            above = scene.path(one)[-2:-1]
            label = f"{name}（{scene.area_name(above[0])}）" if above and names.count(name) > 1 else name
            query = to_common_query(scene.state.change(area=one, level=""))
            st.page_link(pages["area"], label=plain(label), query_params=query)
