"""Where posts stand: asked for a number of posts or the fewest, shown on the map with what each is worth."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from data.events.posts import EventPosts, place_posts
from data.events.session import EventSession
from geo.crowd.event.placing import with_posts
from geo.errors import GridError
from views.events.drawing import GROUND
from views.events.outdated import show_outdated
from views.events.posts_asked import Asked, ask
from views.events.posts_by_number import show_by_number
from views.events.posts_tested import choose_other, show_full_cover, show_response
from views.frame import show_empty, show_error
from views.map_frame import map_frame
from views.parts.controls import map_state
from views.parts.texts import number, plain
from views.scene import Scene


def show_posts(scene: Scene, session: EventSession) -> None:
    """Draw the part."""
    t = scene.t
    if not any(one.shape is not None for one in session.event.areas):
        show_empty(t("No viewing area yet"), remedy=plain(t("Draw the ground people stand on in “Plan on the map”.")))
        return
    asked = ask(scene, session)
    try:
        best = _placed(session.document(), session.event, **asked.question)
    except GridError as error:
        show_error(error, scene.state.lang)
        return
    _show_numbers(scene, best)
    found = choose_other(scene, best)
    left, right = st.columns([7, 5], gap="small")
    with left:
        _show_map(scene, session, found)
    with right:
        _show_table(scene, session, found)
        show_full_cover(scene, best, asked)
    _show_more(scene, session, found, asked)


def _show_more(scene: Scene, session: EventSession, found: EventPosts, asked: Asked) -> None:
    show_response(scene, session, found, asked)
    show_by_number(scene, session, phase_id=asked.phase_id, within_s=asked.within_s, call_s=asked.call_s)


@st.cache_data(show_spinner=True, max_entries=60)
def _placed(document: bytes, _event: Any, **asked: Any) -> EventPosts:
    """Placed once for a plan and a question; `document` tells plans apart."""
    del document
    return place_posts(_event, **asked)


def _show_numbers(scene: Scene, found: EventPosts) -> None:
    t = scene.t
    proven = {"optimal": t("proven the best"), "feasible": t("not proven the best"), "infeasible": t("cannot be done")}
    bound = "" if found.gap is None else t("gap {gap} %", gap=number(100 * found.gap, 1))
    twice = t("{count} by a second post too", count=number(found.backed_up))
    cells = (
        (t("Posts"), number(len(found.rows)), f"{proven.get(found.status, found.status)} · {bound}"),
        (t("People reached in time"), f"{number(100 * found.share, 1)} %",
         f"{t('{reached} of {people}', reached=number(found.reached), people=number(found.people))} · {twice}"),
        (t("A post reaches"), _metres(found.radius_low_m, found.radius_high_m),
         t("slower where the crowd is denser")),
        (t("Checked"), t("no fault") if not found.faults else str(len(found.faults)),
         t("counted again by another program, {seconds} s", seconds=number(found.seconds, 1))),
    )  # fmt: skip
    with st.container(key="wg-event-numbers"):
        for column, (title, value, note) in zip(st.columns(4), cells, strict=True):
            column.metric(title, value, note, delta_color="off", delta_arrow="off")
    for fault in (*found.faults, *found.reasons):
        st.error(plain(fault))


def _metres(low: float, high: float) -> str:
    """A range of metres; one number where both ends are the same to the metre."""
    ends = number(low), number(high)
    return f"{ends[0]} m" if ends[0] == ends[1] else f"{ends[0]}–{ends[1]} m"


def _show_map(scene: Scene, session: EventSession, found: EventPosts) -> None:
    body = session.map_state()
    body["things"] += [
        {"list": "posts", "id": f"post-{one.number}", "name": "", "kind": "post", "mark": str(one.number),
         "at": [[round(one.lon, 7), round(one.lat, 7)]], "open": False}
        for one in found.rows
    ]  # fmt: skip
    seal = hash((body["seal"], tuple((one.lon, one.lat) for one in found.rows)))
    body |= {"fit": session.event.event_id, "faults": [], "seal": str(seal), "picked": None, "fixed": True}
    state = map_state(scene, metric="", pick="", click="", layers=GROUND, event=body)
    map_frame(state, key="event_posts", height=430, title=scene.t("Posts"), document="/map/event", keeps_view=False)


def _show_table(scene: Scene, session: EventSession, found: EventPosts) -> None:
    t = scene.t
    table = pd.DataFrame(
        {
            t("Post"): [one.number for one in found.rows],
            t("Viewing area"): [one.area_id for one in found.rows],
            t("Drawn as"): [one.place_id for one in found.rows],
            t("People reached"): [round(one.reached) for one in found.rows],
            t("Lost when it stands empty"): [round(one.lost_if_empty) for one in found.rows],
            t("Longitude"): [round(one.lon, 6) for one in found.rows],
            t("Latitude"): [round(one.lat, 6) for one in found.rows],
        }
    )
    if not table[t("Drawn as")].any():
        table = table.drop(columns=t("Drawn as"))
    st.dataframe(table, hide_index=True, key="event_posts_table", height="content")
    content = table.to_csv(index=False).encode("utf-8-sig")
    with st.container(horizontal=True):
        st.download_button(
            t("Posts as a table"), content, "posts.csv", "text/csv", icon=":material/download:",
            key="event_posts_file", on_click="ignore",
        )  # fmt: skip
        told = t("As duty posts of the plan, which the roster fills first; posts kept before make room.")
        st.button(
            t("Keep in the plan"), key="event_posts_keep", on_click=_keep, args=(scene, session, found),
            icon=":material/push_pin:", help=told,
        )  # fmt: skip
    _show_kept(scene, session)
    missed = {name: share for name, share in found.by_area.items() if share < 0.9995}
    if missed:
        names = {one.area_id: one.name for one in session.event.areas}
        text = " · ".join(f"{names.get(name, name)} {number(100 * share)} %" for name, share in missed.items())
        st.warning(plain(t("Reached less than whole: {areas}", areas=text)), icon=":material/report:")


def _keep(scene: Scene, session: EventSession, found: EventPosts) -> None:
    """Posts become duty posts of the plan, so that maps, sheets, the roster and the next version have them."""
    spots = [(one.lon, one.lat) for one in found.rows if not one.place_id]
    session.take(with_posts(session.event, spots, name=f"{scene.t('Post')} {{number}}"))


def _show_kept(scene: Scene, session: EventSession) -> None:
    """How many duty posts the plan has, and whether its roster still knows them."""
    t = scene.t
    kept = sum(one.is_post for one in session.event.places)
    if kept:
        st.caption(plain(t("The plan has {count} duty posts; its roster fills them first.", count=number(kept))))
    show_outdated(scene, session)
