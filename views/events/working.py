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


def begin(session: EventSession) -> None:
    """Work the figures of the plan out anew."""
    session.figures = FiguresJob(session.event, before=session.figures).start()


def _cancel(session: EventSession) -> None:
    """End the working-out: the figures before stand again, where there were any."""
    job = session.figures
    if job is None:
        return
    job.cancel()
    if job.is_cancelled:
        session.figures = job.before or job
        session.figures.declined = job.event


def figures_of(session: EventSession) -> FiguresJob:
    """
    Return the figures of the plan as it stands; begun where there are none, and again where the plan has changed, but
    not for a plan they were cancelled for.
    """
    job = session.figures
    if job is None or (job.event != session.event and not job.is_running and job.declined != session.event):
        begin(session)
    assert session.figures is not None
    return session.figures


def show_stranded(scene: Scene, report: dict[str, Any]) -> None:
    """Name the areas that never clear before any figure of theirs."""
    text = "text_zh" if scene.state.lang == "zh_CN" else "text"
    for one in report["checks"]:
        if one["kind"] in ("never_clear", "no_exit_counts"):
            st.warning(plain(one[text]), icon=":material/block:")


def show_share(scene: Scene, session: EventSession, job: FiguresJob) -> None:
    """How far the figures are, with a way not to wait for them."""
    t = scene.t
    words = {"capacity": t("Capacities"), "egress": t("Egress, run after run"), "": t("Beginning")}
    st.progress(min(job.share, 1.0), text=plain(words.get(job.step, t("At work"))))
    st.button(t("Cancel"), key="event_cancel", on_click=_cancel, args=(session,), icon=":material/close:")


def offer_again(scene: Scene, session: EventSession, text: str) -> None:
    """Say why there are no figures of the plan as it stands, with a button that makes them."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.warning(plain(text), icon=":material/update:")
        st.button(scene.t("Work them out again"), key="event_again", type="primary", on_click=begin, args=(session,))


def _part(scene: Scene, session: EventSession, show: Show, is_watching: bool) -> None:
    t = scene.t
    if not session.event.areas:
        show_empty(t("No viewing area yet"), remedy=plain(t("Draw the ground people stand on in “Plan on the map”.")))
        return
    if session.figures is None:
        begin(session)
    job = session.figures
    assert job is not None
    if job.is_running != is_watching:
        st.rerun()
    if job.is_running:
        show_share(scene, session, job)
        return
    if job.event != session.event:
        offer_again(scene, session, t("The plan has changed since these figures were worked out."))
    elif job.is_cancelled:
        offer_again(scene, session, t("Cancelled: there are no figures of this plan."))
    if job.refusal is not None:
        show_error(job.refusal, scene.state.lang)
        return
    if job.report is not None:
        show(scene, session, job.report)
