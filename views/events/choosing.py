"""Which event: choose one, begin one, copy last year's, open a file, the demonstration; save, versions, take away."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from data.events.keeping import event_history, event_plans
from data.events.session import EventSession
from geo.crowd.event import Event
from geo.errors import StoreError, name_few, say
from views.events.desk import begin, begin_copy, begin_from_file, open_session, reopen, save, taken_error
from views.frame import show_empty, show_error, show_faults
from views.parts.texts import moment, number, plain, told_apart
from views.scene import Scene, choose

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def with_event(scene: Scene) -> Scene:
    """Return the scene at the event of the address, else at the newest one; an event there is not is named."""
    known = event_plans(scene.desk)["event_id"].tolist()
    if scene.state.event in known:
        return scene
    if scene.state.event:
        fault = StoreError(
            say("an event plan of the workspace"),
            say("{name!r}; there are {names}", name=scene.state.event, names=name_few(known) or "none"),
            say("choose one of these"),
        )
        show_faults([fault], scene.state.lang)
    return replace(scene, state=scene.state.change(event=known[0] if known else ""))


def show_bar(scene: Scene) -> bool:
    """Draw the line that chooses an event and keeps it; say whether one is open."""
    t, state = scene.t, scene.state
    error = taken_error()
    # always there, so that a refusal moves nothing below it: a map that moves is made anew
    refusals = st.container(key="wg-event-refusals")
    if error is not None:
        with refusals:
            show_error(error, state.lang)
    known = event_plans(scene.desk)
    if not len(known):
        return False
    names = told_apart(dict(zip(known["event_id"], known["name"], strict=True)))
    st.session_state["w_event"] = state.event

    def chosen() -> None:
        choose(state, event=st.session_state["w_event"])

    with st.container(horizontal=True, gap="small", key="wg-event-bar", vertical_alignment="bottom"):
        st.selectbox(
            t("Event"), list(names), key="w_event", on_change=chosen, width=320, label_visibility="collapsed",
            format_func=lambda one: names.get(one, one),
        )  # fmt: skip
        session = open_session(scene)
        _keep(scene, session)
        # a key of its own for each event: one begun in it would else stay open over the map
        with st.popover(t("New event"), icon=":material/add:", key=f"event_new_{state.event}"):
            _new(scene, known)
    if session.refusal is not None:
        with refusals:
            show_error(session.refusal, state.lang)
    return True


def _keep(scene: Scene, session: EventSession) -> None:
    t = scene.t
    st.button(t("Undo"), key="event_undo", icon=":material/undo:", on_click=session.undo, disabled=not session.past)
    st.button(t("Redo"), key="event_redo", icon=":material/redo:", on_click=session.redo, disabled=not session.future)
    changed = session.is_changed
    # a key of its own for each version: one saved in it would else stay open over the parts
    with st.popover(t("Save") if changed else t("Saved"), icon=":material/save:", disabled=not changed,
                    key=f"event_keep_{session.event.event_id}_{session.version}"):  # fmt: skip
        note = st.text_input(t("What changed"), key="event_note", placeholder=t("for whoever reads the history"))
        st.button(t("Save as version {version}", version=(session.version or 0) + 1), key="event_save", type="primary",
                  on_click=save, args=(scene, session, note))  # fmt: skip
        st.button(t("Drop what was not saved"), key="event_drop", on_click=reopen, args=(scene,))
    with st.popover(t("Versions"), icon=":material/history:"):
        _show_versions(scene)
    st.download_button(
        t("Event file"), session.document, f"{session.event.event_id}.json", "application/json", key="event_file",
        icon=":material/download:", on_click="ignore",
    )  # fmt: skip


def _show_versions(scene: Scene) -> None:
    t = scene.t
    history = event_history(scene.desk, scene.state.event)
    shown = pd.DataFrame(
        {
            t("Version"): history["version"],
            t("When"): [moment(one, scene.store.time_zone) for one in history["at"]],
            t("Who"): history["actor"],
            t("Note"): history["note"],
        }
    )
    st.dataframe(shown, hide_index=True, key="event_versions")
    version = st.selectbox(t("Bring back version"), list(history["version"]), key="event_version")
    st.button(t("Bring back"), key="event_back", on_click=reopen, args=(scene, int(version)),
              help=t("It stands as a change that is not saved yet; undo takes it back."))  # fmt: skip


def show_first_steps(scene: Scene) -> None:
    """Say how to begin where there is no event yet."""
    t = scene.t
    show_empty(t("No event yet"), remedy=plain(t("Begin one and draw it on the map, or open an event file.")))
    with st.container(border=True, width=560):
        _new(scene, pd.DataFrame({"event_id": [], "name": []}))


def _new(scene: Scene, known: pd.DataFrame) -> None:
    """The three ways to begin: from nothing, from another event, from a file."""
    t = scene.t
    today = datetime.now(ZoneInfo(scene.store.time_zone)).date()
    name = st.text_input(t("Name of the event"), key="event_new_name")
    day = st.date_input(t("Day"), today + timedelta(days=30), key="event_new_day")
    event_id = st.text_input(t("Code"), _free_id(known, day), key="event_new_id", max_chars=64)
    fits = bool(ID.fullmatch(event_id)) and event_id not in set(known["event_id"])
    if not fits:
        st.caption(plain(t("A code of letters, digits, dots and dashes that no other event has")))
    with st.container(horizontal=True):
        st.button(t("Begin with nothing"), key="event_begin", type="primary", disabled=not (name and fits),
                  on_click=_begin_blank, args=(scene, event_id, name))  # fmt: skip
        if len(known):
            names = told_apart(dict(zip(known["event_id"], known["name"], strict=True)))
            source = st.selectbox(t("Copy of"), list(names), key="event_copy_of", format_func=names.__getitem__)
            st.button(t("Copy to this day"), key="event_copy", disabled=not fits, on_click=begin_copy,
                      args=(scene, source, event_id, name, day))  # fmt: skip
    file = st.file_uploader(t("Event file"), type=["json"], key="event_upload")
    if file is not None:
        st.button(t("Open {name}", name=file.name), key="event_open", on_click=begin_from_file,
                  args=(scene, file.name, file.getvalue()))  # fmt: skip
    st.caption(plain(t("{count} events are kept here", count=number(len(known)))))


def _begin_blank(scene: Scene, event_id: str, name: str) -> None:
    event = Event(
        event_id=event_id, name=name, area_id=scene.state.area, time_zone=scene.store.time_zone,
        is_synthetic=scene.store.is_synthetic,
    )  # fmt: skip
    begin(scene, event)


def _free_id(known: pd.DataFrame, day: date) -> str:
    used, number_ = set(known["event_id"]), 1
    while f"event-{day:%Y%m%d}-{number_}" in used:
        number_ += 1
    return f"event-{day:%Y%m%d}-{number_}"
