"""The sessions of this service: one for each person, place, band and plan; a reload of the page finds it again."""

from __future__ import annotations

import time
from typing import Any

import streamlit as st

from data.acts import Sessions
from data.planning.editor.bench import from_drawn, open_bench
from data.planning.editor.session import EditSession
from data.planning.run import effort_for
from data.plans import read_draft, read_plan
from views.planner.places import band_of, zone_level
from views.scene import Scene


@st.cache_resource(show_spinner=False)
def _sessions() -> Sessions[EditSession]:
    return Sessions()


def session_key(scene: Scene) -> tuple[Any, ...]:
    """Return what a session belongs to."""
    state = scene.state
    return (state.ws, scene.desk.account.account_id, state.area, band_of(scene), state.plan, scene.store.edition)


def open_session(scene: Scene) -> EditSession:
    """Return the session of this person at this place, opened where there is none: today's grids, or a saved plan."""

    def make() -> EditSession:
        bench = open_bench(scene.desk, zone_level(scene), scene.state.area or None, band=band_of(scene))
        if not scene.state.plan:
            return EditSession(bench)
        plan = read_plan(scene.desk, scene.state.plan)
        if plan.state in ("in_force", "rolled_back", "dropped"):
            return EditSession(bench)
        drawn = read_draft(scene.desk, plan.plan_id)
        found = EditSession(bench, from_drawn(bench, drawn, scene.desk))
        found.reasons = {zone: text.reason for zone, text in drawn.zones.items() if text.reason}
        found.plan_version = plan.version
        return found

    return _sessions().get(session_key(scene), make)


def drop_session(scene: Scene) -> None:
    """Let the session go: the page begins again with today's grids or the saved plan."""
    st.session_state["plan_whole_page"] = True
    _sessions().drop(session_key(scene))


def hand_over(scene: Scene, session: EditSession, plan_id: str) -> None:
    """Keep a session under the plan it was saved as, so that undo goes on working."""
    key = session_key(scene)
    sessions = _sessions()
    sessions.drop(key)
    moved = (*key[:4], plan_id, key[5])
    sessions.get(moved, lambda: session)


def begin_plan(scene: Scene, session: EditSession, mode: str) -> None:
    """Start an automatic plan in the background."""
    names = ("plan_steps", "plan_restarts", "plan_seeds", "plan_exact_units", "plan_exact_work", "plan_load_weight")
    settings = {name: scene.desk.setting(name) for name in names}
    effort = effort_for(session.draft.ground.count, settings, has_today=mode == "draft")
    session.start_plan(mode, effort, time.perf_counter)
