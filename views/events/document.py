"""The safety plan as a document: what is open first, the document as it will be printed, and the files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from data.events.safety_plan import PlanFacts, open_rows, safety_plan
from data.events.safety_plan.facts import gathered
from data.events.safety_plan.html import html_of
from data.events.safety_plan.saving import rendered
from data.events.session import EventSession
from data.rosters.keeping import newest_roster
from views.events.checks import show_checks
from views.events.working import show_worked_out
from views.parts.texts import plain
from views.scene import Scene

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PREVIEW_PX, MOST_AT_ONCE = 720, 8


def show_document(scene: Scene, session: EventSession) -> None:
    """Draw the part; a refused plan has no figures, but its draft says what is refused."""
    if any(one.is_refused for one in session.findings):
        _show(scene, session, None)
    else:
        show_worked_out(scene, session, _show, keeps_up=True)


def _show(scene: Scene, session: EventSession, report: dict[str, Any] | None) -> None:
    t, job = scene.t, session.figures
    event = session.event if report is None or job is None else job.event
    is_saved = event == session.saved
    facts = gathered(event, figures=report, version=session.version if is_saved else None,
                     roster=newest_roster(scene.desk, event.event_id))  # fmt: skip
    found = open_rows(facts)
    if found:
        st.warning(plain(t("Draft: {count} checks are open", count=len(found))), icon=":material/edit_note:")
        with st.expander(t("Open checks"), expanded=len(found) <= MOST_AT_ONCE):
            show_checks(scene, session, found, key="event_document_check")
    elif not is_saved:
        st.warning(plain(t("Save the plan first: what is not saved cannot be final.")), icon=":material/save:")
    else:
        st.success(plain(t("No check is open. It can be final.")), icon=":material/check:")
    can_be_final = not found and is_saved
    final = st.checkbox(t("Final, not a draft"), key="event_document_final", disabled=not can_be_final) and can_be_final
    _show_files(scene, facts, final=final)
    with st.expander(t("As it will be printed"), expanded=True):
        st.iframe(html_of(safety_plan(facts, language=scene.state.lang, is_final=final)), height=PREVIEW_PX)


def _show_files(scene: Scene, facts: PlanFacts, *, final: bool) -> None:
    """One button for each form and language; a file is made when it is asked for."""
    t = scene.t
    files = (
        (t("Word, Chinese"), ".docx", "zh_CN", WORD), (t("Word, English"), ".docx", "en", WORD),
        (t("Web page, Chinese"), ".html", "zh_CN", "text/html"), (t("Web page, English"), ".html", "en", "text/html"),
    )  # fmt: skip
    state = "final" if final else "draft"
    with st.container(horizontal=True):
        for label, ending, language, kind in files:
            name = f"{facts.event.event_id}-{state}-{language}{ending}"
            st.download_button(label, _made(facts, ending, language, final=final), name, kind, on_click="ignore",
                               icon=":material/download:", key=f"event_document_{ending[1:]}_{language}")  # fmt: skip


def _made(facts: PlanFacts, ending: str, language: str, *, final: bool) -> Callable[[], bytes]:
    return lambda: rendered(safety_plan(facts, language=language, is_final=final), ending)
