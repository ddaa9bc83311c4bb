"""The event plans of this service being worked on: one session a person and event; saving, copying, opening a file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import streamlit as st

from data.acts import Sessions
from data.events.keeping import copied, event_plans, open_event, save_event
from data.events.reading import read_event
from data.events.session import EventSession
from geo.crowd.event import Event
from geo.errors import GridError
from views.scene import Scene, choose

ERROR = "event_error"


@st.cache_resource(show_spinner=False)
def _sessions() -> Sessions[EventSession]:
    return Sessions()


def session_key(scene: Scene, event_id: str | None = None) -> tuple[str, str, str]:
    """Return what a session belongs to: workspace, person, event."""
    return scene.state.ws, scene.desk.account.account_id, event_id or scene.state.event


def open_session(scene: Scene) -> EventSession:
    """Return this person's session of the event in the address, opened at its newest version where there is none."""

    def make() -> EventSession:
        event = open_event(scene.desk, scene.state.event)
        return EventSession(event, _newest(scene, event.event_id))

    return _sessions().get(session_key(scene), make)


def reopen(scene: Scene, version: int | None = None) -> None:
    """Let go of what was not saved; with `version` an older one stands, to be saved as the newest."""
    key = session_key(scene)
    _sessions().drop(key)
    if version is not None:
        session = open_session(scene)
        session.take(open_event(scene.desk, scene.state.event, version))


def save(scene: Scene, session: EventSession, note: str) -> None:
    """Save what stands as the next version; a refusal is kept for the page to show."""
    with session.lock:
        try:
            done = save_event(
                scene.state.ws, session.event, actor=scene.desk.account.account_id, note=note, based_on=session.version
            )
        except GridError as error:
            session.refusal = error
            return
        session.refusal = None
        session.mark_saved(int(done["version"]))


def begin(scene: Scene, event: Event, *, note: str = "", copied_from: str | None = None) -> None:
    """Save a new plan and open it."""
    try:
        save_event(
            scene.state.ws, event, actor=scene.desk.account.account_id, note=note, based_on=0, copied_from=copied_from
        )
    except GridError as error:
        st.session_state[ERROR] = error
        return
    _sessions().drop(session_key(scene, event.event_id))
    choose(scene.state, event=event.event_id, tab="")


def begin_copy(scene: Scene, event_id: str, new_id: str, name: str, first: date) -> None:
    """Copy a plan to another day: every time moves by the days between the two first days."""
    try:
        event = open_event(scene.desk, event_id)
        days = (first - first_day(event, first)).days
        begin(scene, copied(event, new_id, days=days, name=name or None), copied_from=event_id)
    except GridError as error:
        st.session_state[ERROR] = error


def begin_from_file(scene: Scene, name: str, content: bytes) -> None:
    """Open an EVENT.json as a plan of this workspace; one that is there gets a new version."""
    try:
        with TemporaryDirectory() as folder:
            path = Path(folder) / (Path(name).name or "event.json")
            path.write_bytes(content)
            event = read_event(path)
        known = event_plans(scene.desk)
        if event.event_id in set(known["event_id"]):
            choose(scene.state, event=event.event_id, tab="")
            _sessions().drop(session_key(scene, event.event_id))
            session = open_session_of(scene, event.event_id)
            session.take(event)
        else:
            begin(scene, event, note=name)
    except GridError as error:
        st.session_state[ERROR] = error


def open_session_of(scene: Scene, event_id: str) -> EventSession:
    """Return this person's session of any event."""
    return _sessions().get(
        session_key(scene, event_id),
        lambda: EventSession(open_event(scene.desk, event_id), _newest(scene, event_id)),
    )


def first_day(event: Event, otherwise: date) -> date:
    """Return the first day of an event's time line; `otherwise` where it has none."""
    return min((one.starts_at.date() for one in event.phases), default=otherwise)


def taken_error() -> Any:
    """Return the refusal of the last act on the list of plans, once."""
    return st.session_state.pop(ERROR, None)


def _newest(scene: Scene, event_id: str) -> int:
    known = event_plans(scene.desk)
    return int(known.loc[known["event_id"] == event_id, "version"].iloc[0])
