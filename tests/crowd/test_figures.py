"""Working out an event's figures can be cancelled: nothing half done stands, and what stood before stands again."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

import data.events.figures as figures
import views.events.working as working
from data.events.figures import FiguresJob
from data.events.session import EventSession
from tests.crowd.test_safety_plan import fair


class Held:
    """Stands for the report: tells how far it is over and over, until it is let go."""

    def __init__(self) -> None:
        self.told, self.free = threading.Event(), threading.Event()

    def __call__(self, event, *, progress, **_):
        while not self.free.wait(0.005):
            progress(0.5, "egress")
            self.told.set()
        return {"event": event.name}


@pytest.fixture
def held(monkeypatch):
    report = Held()
    monkeypatch.setattr(figures, "egress_report", report)
    yield report
    report.free.set()


def test_a_cancelled_job_ends_with_nothing(held):
    job = FiguresJob(fair(400)).start()
    assert held.told.wait(30)
    assert job.is_running
    job.cancel()
    assert (job.is_running, job.is_cancelled) == (False, True)
    job.wait()
    assert (job.report, job.refusal) == (None, None)


def test_cancelling_what_is_done_changes_nothing(held):
    held.free.set()
    job = FiguresJob(fair(400)).start().wait()
    job.cancel()
    assert (job.is_cancelled, job.report) == (False, {"event": fair(400).name})


def test_the_real_report_ends_soon_after_it_is_cancelled():
    job = FiguresJob(fair(400), runs=50)
    job.cancel()
    job.start().wait()
    assert (job.share, job.report) == (0.0, None)


def test_the_figures_before_stand_again_and_are_not_begun_by_themselves(held):
    held.free.set()
    session = EventSession(fair(400), 1)
    first = working.figures_of(session).wait()
    held.free.clear()
    session.take(replace(session.event, name="Fair, moved"))
    second = working.figures_of(session)
    assert second is not first
    assert held.told.wait(30)
    working._cancel(session)
    assert session.figures is first
    assert working.figures_of(session) is first
    session.take(replace(session.event, name="Fair, moved again"))
    third = working.figures_of(session)
    assert third is not first
    held.free.set()
    assert third.wait().report == {"event": "Fair, moved again"}
    assert third.before is None


def capacity_part() -> None:
    from functools import partial
    from types import SimpleNamespace

    import streamlit as st

    from data.language import translate
    from tests.crowd.test_figures import SESSIONS
    from views.events.working import show_worked_out

    scene = SimpleNamespace(t=partial(translate, language="en"), state=SimpleNamespace(lang="en"))
    show_worked_out(scene, SESSIONS[0], lambda _, __, report: st.write(report["event"]))


SESSIONS: list[EventSession] = []


def test_the_page_has_a_button_for_it_and_one_to_begin_again(held):
    SESSIONS[:] = [EventSession(fair(400), 1)]
    page = AppTest.from_function(capacity_part, default_timeout=60).run()
    assert page.button(key="event_cancel").label == "Cancel"
    page.button(key="event_cancel").click().run()
    assert not page.exception
    assert [one.value.replace("\\", "") for one in page.warning] == ["Cancelled: there are no figures of this plan."]
    held.free.set()
    page.button(key="event_again").click().run()
    SESSIONS[0].figures.wait()
    page.run()
    assert (not page.warning, [one.value for one in page.markdown]) == (True, [SESSIONS[0].event.name])
