"""Figures of a plan on a page: worked out when asked for, shown with progress, marked when the plan has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from data.events.figures import FiguresJob
from data.events.session import EventSession
from views.frame import show_empty, show_error
from views.parts.texts import plain
from views.scene import Scene

LOOK_S = 0.6
Show = Callable[[Scene, EventSession, dict[str, Any]], None]


def show_worked_out(scene: Scene, session: EventSession, show: Show, *, keeps_up: bool = False) -> None:
    """
    Show what is made of the figures: worked out the first time, and anew when somebody asks for it after a change.

    With `keeps_up` they are worked out anew by themselves: what is shown is always of the plan that stands.
    """
    if keeps_up:
        figures_of(session)
    job = session.figures
    running = job is not None and job.is_running
    st.fragment(_part, run_every=LOOK_S if running else None)(scene, session, show, running)


def _begin(session: EventSession) -> None:
    session.figures = FiguresJob(session.event).start()


def figures_of(session: EventSession) -> FiguresJob:
    """Return the figures of the plan as it stands; begun where there are none, and again where the plan has changed."""
    if session.figures is None or (session.figures.event != session.event and not session.figures.is_running):
        _begin(session)
    assert session.figures is not None
    return session.figures


def show_stranded(scene: Scene, report: dict[str, Any]) -> None:
    """Name the areas that never clear before any figure of theirs."""
    text = "text_zh" if scene.state.lang == "zh_CN" else "text"
    for one in report["checks"]:
        if one["kind"] in ("never_clear", "no_exit_counts"):
            st.warning(plain(one[text]), icon=":material/block:")


def show_share(scene: Scene, job: FiguresJob) -> None:
    """How far the figures are."""
    t = scene.t
    words = {"capacity": t("Capacities"), "egress": t("Egress, run after run"), "": t("Beginning")}
    st.progress(min(job.share, 1.0), text=plain(words.get(job.step, t("At work"))))


def _part(scene: Scene, session: EventSession, show: Show, is_watching: bool) -> None:
    t = scene.t
    if not session.event.areas:
        show_empty(t("No viewing area yet"), remedy=plain(t("Draw the ground people stand on in “Plan on the map”.")))
        return
    if session.figures is None:
        _begin(session)
    job = session.figures
    assert job is not None
    if job.is_running != is_watching:
        st.rerun()
    if job.is_running:
        show_share(scene, job)
        return
    if job.event != session.event:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning(plain(t("The plan has changed since these figures were worked out.")), icon=":material/update:")
            st.button(t("Work them out again"), key="event_again", type="primary", on_click=_begin, args=(session,))
    if job.refusal is not None:
        show_error(job.refusal, scene.state.lang)
        return
    if job.report is not None:
        show(scene, session, job.report)
