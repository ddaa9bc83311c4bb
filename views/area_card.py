"""Area card: everything a person should know about one area before going there; made to be printed."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

import data.kinds
from geo.catalogue import discover
from views.answers import ask
from views.area_facts import area_facts
from views.controls import map_state
from views.frame import show_empty, show_header, show_no_areas
from views.map_frame import map_frame
from views.scene import Scene, choose
from views.state import to_common_query
from views.texts import NO_DATA, moment, number, plain

MOST_LINKS = 40
CODED = ("kind", "purpose", "status", "urgency")
KEY_METRICS = (
    "incident_count",
    "incidents_per_1000_households",
    "open_share",
    "overdue_share",
    "hours_since_last_visit",
    "closure_rate",
    "visit_count",
    "workers_per_1000_households",
)


def render(scene: Scene, pages: dict[str, Any]) -> None:
    """Draw the page."""
    t = scene.t
    show_header(scene, t("Area card"))
    if not scene.levels:
        show_no_areas(scene, pages)
        return
    _find_area(scene)
    area_id = scene.state.area
    if not area_id:
        _show_choices(scene, pages)
        return
    _show_title(scene, pages, area_id)
    facts = area_facts(scene, area_id)
    left, right = st.columns([7, 5])
    with left:
        _show_counts(scene, facts)
        _show_metrics(scene, area_id)
        _show_team(scene, facts["people"])
    with right:
        level = scene.areas.at[area_id, "level"]
        parent = scene.path(area_id)[-2:-1]
        around = map_state(scene, area=parent[0] if parent else "", level=level, pick=area_id, view="")
        map_frame(around, key=f"card_map_{area_id}", height=330, hears_view=False)
        _show_links(scene, pages, t("Neighbours"), facts["neighbours"])
        children = scene.areas.index[scene.areas["parent_id"] == area_id].tolist()
        _show_links(scene, pages, t("Areas inside"), children)
    _show_rows(scene, t("Open items"), "incidents", facts["open"])
    _show_rows(scene, t("Last visits"), "visits", facts["visits"])
    _show_rows(scene, t("Places"), "places", facts["places"])
    _show_rows(scene, t("Resources"), "resources", facts["resources"])


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
    result = map_frame(map_state(scene, pick="", click="select"), key="card_choose", height=440, hears_view=False)
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


def _show_counts(scene: Scene, facts: dict[str, Any]) -> None:
    t = scene.t
    names = {
        "households": t("Households"),
        "residents": t("Residents"),
        "rentals": t("Rented"),
        "firms": t("Firms"),
        "places_count": t("Places"),
        "open_count": t("Open items"),
    }
    with st.container(horizontal=True, gap="small"):
        for name, title in names.items():
            st.metric(title, number(facts[name]), border=True, width=118)


def _show_metrics(scene: Scene, area_id: str) -> None:
    """Key metrics with the parent's value beside."""
    t, rows = scene.t, []
    above = scene.path(area_id)[-2:-1]
    for name in [one for one in KEY_METRICS if one in scene.metrics]:
        spec = scene.metrics[name]
        here = _value(scene, name, area_id)
        parent = _value(scene, name, above[0]) if above else None
        rows.append(
            {
                t("Metric"): scene.titled(name),
                t("Here"): number(here, spec.decimals),
                scene.area_name(above[0]) if above else t("Above"): number(parent, spec.decimals),
            }
        )
    st.markdown(f"**{plain(t('Key metrics'))}** · {scene.state.start} – {scene.state.end}")
    frame = pd.DataFrame(rows)
    align = {one: st.column_config.TextColumn(one, alignment="right") for one in frame.columns[1:]}
    st.dataframe(frame, hide_index=True, column_config=align)


def _value(scene: Scene, metric: str, area_id: str) -> float | None:
    table = ask(scene, metric=metric, level=scene.areas.at[area_id, "level"], within=area_id).table
    return float(table.at[area_id, "value"]) if area_id in table.index else None


def _show_team(scene: Scene, people: pd.DataFrame) -> None:
    """The team of 1+3+N, each with the stand-in."""
    t = scene.t
    st.markdown(f"**{plain(t('Team'))}** · {plain(t('1+3+N with stand-ins'))}")
    if people.empty:
        show_empty(
            t("Nobody is assigned to this area"), remedy=plain(t("Load people with their area on the Import page."))
        )
        return
    shown = pd.DataFrame(
        {
            t("Role"): [t(str(one).replace("_", " ")) for one in people["role"]],
            t("Name"): people["name"].to_numpy(),
            t("Phone"): people["phone"].to_numpy(),
            t("Stand-in"): people["stand_in"].to_numpy(),
            t("Organisation"): people["organisation"].to_numpy(),
        }
    )
    st.dataframe(shown, hide_index=True)


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


def _show_rows(scene: Scene, title: str, kind: str, rows: pd.DataFrame) -> None:
    """One table of rows with the kind's own headings, times in the place's own time; nothing where there are none."""
    st.markdown(f"**{plain(title)}** · {number(len(rows))}")
    if rows.empty:
        return
    t, spec = scene.t, discover(data.kinds)[kind]
    shown = rows.head(50).copy()
    for name in shown.columns:
        if isinstance(shown[name].dtype, pd.DatetimeTZDtype):
            shown[name] = [moment(one, scene.store.time_zone) if pd.notna(one) else "" for one in shown[name]]
        elif name in CODED:
            shown[name] = [t(str(one).replace("_", " ")) if pd.notna(one) else "" for one in shown[name]]
    shown = shown.rename(columns={one: t(spec.field(one).title) for one in shown})
    st.dataframe(shown, hide_index=True, placeholder=NO_DATA, height=min(38 + 35 * len(shown), 320))
