"""The editor: the map with the plan and its tools, beside it what the plan comes to; one fragment of the page."""

from __future__ import annotations

import streamlit as st

from data.planning.editor.held import keep_session
from data.planning.editor.session import EditSession
from data.planning.editor.shown import map_plan
from views.frame import show_error
from views.map_frame import map_frame
from views.parts.controls import map_state
from views.parts.texts import plain
from views.planner.desk import WHOLE_PAGE, begin_plan, open_session
from views.planner.figures import show_figures
from views.planner.life import show_life, show_work
from views.planner.proposals import show_proposals
from views.planner.unsaved import show_start_over, show_unsaved
from views.planner.zones import show_zones
from views.scene import Scene

PROGRESS_S = 0.6


def show_editor(scene: Scene) -> None:
    """Draw the editor; while an automatic plan is at work it looks again by itself."""
    session = open_session(scene)
    running = session.work is not None or (session.job is not None and session.job.is_running)
    st.fragment(_editor, run_every=PROGRESS_S if running else None)(scene, session, running)


def _editor(scene: Scene, session: EditSession, is_watching: bool) -> None:
    if st.session_state.pop(WHOLE_PAGE, False):
        st.rerun()
    told = st.session_state.get("plan_map")
    acts = getattr(told, "act", None) if told is not None else None
    if isinstance(acts, dict) and isinstance(acts.get("acts"), list):
        session.take_acts([one for one in acts["acts"] if isinstance(one, dict) and str(one.get("seq", "")).isdigit()])
    shown, panel = st.columns([7, 5], gap="small")
    with shown, st.container(key="plan-map-side"):
        _show_map(scene, session)
    with panel:
        show_figures(scene, session)
        _show_buttons(scene, session)
        _show_progress(scene, session, is_watching)
        show_work(scene, session, is_watching=is_watching)
        if session.refusal is not None:
            show_error(session.refusal, scene.state.lang)
        show_unsaved(scene, session)
        show_proposals(scene, session)
        show_zones(scene, session)
        show_life(scene, session)
    keep_session(session, scene.desk.account)


def _show_map(scene: Scene, session: EditSession) -> None:
    state = map_state(
        scene, level=session.bench.unit_level, metric="", pick="", click="", layers="", plan=map_plan(session)
    )  # fmt: skip
    result = map_frame(
        state, key="plan_map", height="page", title=scene.t("Planning"), document="/map/plan", keeps_view=True
    )
    acts = result.get("act")
    if isinstance(acts, dict) and session.take_acts([one for one in acts.get("acts", []) if isinstance(one, dict)]):
        st.rerun(scope="fragment")


def _show_buttons(scene: Scene, session: EditSession) -> None:
    t, history = scene.t, session.history
    running = session.job is not None and session.job.is_running
    with st.container(horizontal=True, gap="small", key="wg-plan-buttons"):
        st.button(t("Undo"), key="plan_undo", disabled=not history.can_undo, icon=":material/undo:",
                  on_click=session.perform, args=({"verb": "undo"},))  # fmt: skip
        st.button(t("Redo"), key="plan_redo", disabled=not history.can_redo, icon=":material/redo:",
                  on_click=session.perform, args=({"verb": "redo"},))  # fmt: skip
        misfits = session.draft.misfits()
        chosen = [session.zone] if session.zone in misfits else None
        label = t("Rebalance this grid") if chosen else t("Rebalance")
        st.button(label, key="plan_rebalance", disabled=not misfits or running, icon=":material/balance:",
                  on_click=session.propose, args=(chosen,))  # fmt: skip
        st.button(t("Automatic plan"), key="plan_minimal", type="primary", disabled=running,
                  icon=":material/auto_fix_high:", on_click=begin_plan, args=(scene, session, "draft"),
                  help=t("Every grid in band and in one piece, with as little change as can be"))  # fmt: skip
        st.button(t("Draw anew"), key="plan_anew", disabled=running, on_click=begin_plan,
                  args=(scene, session, "nothing"), help=t("All grids anew, whatever they are today"))  # fmt: skip
        show_start_over(scene, session)


def _show_progress(scene: Scene, session: EditSession, is_watching: bool) -> None:
    """How far an automatic plan is, with a way to stop it; when it is done the page stops looking."""
    t, job = scene.t, session.job
    if job is None:
        return
    if job.is_running and not is_watching:
        st.rerun()
    if job.is_running:
        where = scene.area_name(job.place) if job.place else ""
        st.progress(min(job.share, 1.0), text=plain(t("Planning {place}", place=where)))
        st.button(t("Stop"), key="plan_stop", on_click=job.stopped.set, icon=":material/stop:")
        return
    session.job = None
    st.rerun()
