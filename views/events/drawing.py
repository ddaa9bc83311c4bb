"""The plan on the map: tools to put things down, the fields of the chosen one, and what is still open."""

from __future__ import annotations

from typing import Any

import streamlit as st

from data.events.session import EventSession
from geo.crowd.event.drawing import coordinates, find
from geo.crowd.event.findings import place_of
from views.events.checks import known_checks, show_checks
from views.events.fields import show_fields
from views.events.shapes_file import show_shapes_file
from views.events.words import LISTS
from views.frame import show_empty
from views.map_frame import map_frame
from views.parts.controls import map_state
from views.parts.texts import number, plain
from views.scene import Scene

BAR = "event_bar"
GROUND = "area_outlines,water,roads,buildings"


def show_drawing(scene: Scene, session: EventSession) -> None:
    """Draw the part; an act on the map runs this part alone."""
    st.session_state[BAR] = _in_bar(session)
    st.fragment(_drawing)(scene, session)


def _in_bar(session: EventSession) -> tuple[object, ...]:
    """What the bar above the part shows; as long as it stays so, an act draws this part alone, and once."""
    return bool(session.past), bool(session.future), session.is_changed, session.version, id(session.refusal)


def _drawing(scene: Scene, session: EventSession) -> None:
    told = st.session_state.get("event_map")
    acts = getattr(told, "act", None) if told is not None else None
    if isinstance(acts, dict):
        session.take_acts(readable(acts))
    shown, panel = st.columns([7, 5], gap="small")
    with shown:
        show_event_map(scene, session)
    with panel:
        _show_numbers(scene, session)
        _show_chosen(scene, session)
        show_findings(scene, session)
        show_shapes_file(scene, session)
        _show_things(scene, session)


def readable(told: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the acts of a message that have a number."""
    acts = told.get("acts")
    rows = acts if isinstance(acts, list) else []
    return [one for one in rows if isinstance(one, dict) and str(one.get("seq", "")).isdigit()]


def show_event_map(scene: Scene, session: EventSession, **drawn: Any) -> None:
    """Draw the map with the plan; what was done on it or beside it is taken, and shown in the bar above too."""
    body = session.map_state() | {"fit": session.event.event_id} | drawn
    state = map_state(scene, metric="", pick="", click="", layers=GROUND, event=body)
    result = map_frame(state, key="event_map", height="page", title=scene.t("Event"), document="/map/event")
    acts = result.get("act")
    if isinstance(acts, dict) and session.take_acts(readable(acts)):
        st.rerun(scope="fragment")
    if st.session_state.get(BAR) != _in_bar(session):
        st.rerun()


def _show_numbers(scene: Scene, session: EventSession) -> None:
    t, event = scene.t, session.event
    ground = sum(one.usable_m2 for one in event.areas)
    peak = event.peak_at_once()
    found = known_checks(session)
    refused = sum(one["is_refused"] for one in found)
    cells = (
        (t("Usable ground"), f"{number(ground)} m²", t("{count} viewing areas", count=number(len(event.areas)))),
        (t("Most people at once"), number(peak) if peak else "–",
         t("{m2} m² a person", m2=number(ground / peak, 1)) if peak else t("not stated yet")),
        (t("Ways out"), f"{number(sum(x.clear_width_m for x in event.exits), 1)} m",
         t("{count} exits", count=number(len(event.exits)))),
        (t("Open checks"), number(len(found)), t("{count} to put right first", count=number(refused))),
    )  # fmt: skip
    with st.container(key="wg-event-numbers"):
        for column, (title, value, note) in zip(st.columns(4), cells, strict=True):
            column.metric(title, value, note, delta_color="off", delta_arrow="off")


def _show_chosen(scene: Scene, session: EventSession) -> None:
    t = scene.t
    if session.picked is None:
        if not session.event.areas:
            show_empty(
                t("Nothing drawn yet"),
                remedy=plain(
                    t("Choose “Viewing area” on the map and click the corners of the ground people stand on.")
                ),
            )
        else:
            st.caption(plain(t("Choose a thing on the map or in the lists below to see and change it.")))
        return
    what, thing_id = session.picked
    with st.container(border=True, key="wg-event-thing"):
        one = find(session.event, what, thing_id)
        head = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
        head.markdown(f"**{plain(t(LISTS[what]))} · {plain(getattr(one, 'name', '') or thing_id)}**")
        head.button(t("Take away"), key=f"event_drop_{what}_{thing_id}", on_click=session.perform,
                    args=({"verb": "drop", "list": what, "id": thing_id},), icon=":material/delete:")  # fmt: skip
        show_fields(scene, session, what, thing_id, one)
        if not coordinates(one):
            st.caption(plain(t("It has no place on the map yet.")))


def show_findings(scene: Scene, session: EventSession) -> None:
    """List what is open, what must be put right first; each takes the map to its place."""
    t, rows = scene.t, known_checks(session)
    if not rows:
        st.success(
            plain(t("The drawing holds together; whether the crowd fits stands under Capacity.")),
            icon=":material/task_alt:",
        )
        return
    with st.expander(t("{count} open checks", count=number(len(rows))), expanded=len(rows) <= 8):
        show_checks(scene, session, rows, key="event_finding")


def _show_things(scene: Scene, session: EventSession) -> None:
    t = scene.t
    for what, title in LISTS.items():
        rows = [] if what == "front" else getattr(session.event, what)
        if not rows or what in ("phases", "teams"):
            continue
        with st.expander(f"{t(title)} · {number(len(rows))}"):
            for at, (thing_what, thing_id, one) in enumerate(session.event.things()):
                if thing_what != what:
                    continue
                label = plain(f"{thing_id} · {one.name}" if one.name else thing_id)
                key = f"event_pick_{what}_{thing_id}_{at}"
                spot = place_of(one)
                spots = [] if spot[0] is None else [spot]
                st.button(label, type="tertiary", key=key, on_click=session.look, args=(spots, what, thing_id))
