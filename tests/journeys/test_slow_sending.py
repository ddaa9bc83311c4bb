"""Where a busy service sends late, the map stays the map it was while somebody draws on it."""

import os

import pytest

from tests.browser import WatchedPage
from tests.conftest import Service
from tests.journeys.steps import EventPage

pytestmark = pytest.mark.browser
LON, LAT = 120.54, 30.418
SLOW = "import streamlit.runtime.runtime as runtime\n\nruntime.MESSAGE_FLUSH_INTERVAL_SECS = 0.2\n"


@pytest.fixture
def slow_page(browser, demo_home, tmp_path, monkeypatch):
    """A page of a service that waits 0.2 s between two sendings, twenty times as long as it does."""
    (tmp_path / "sitecustomize.py").write_text(SLOW, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}")
    running = Service(demo_home, tmp_path / "service.log")
    running.wait()
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="en")
    context.set_default_timeout(120_000)
    watched = WatchedPage(context.new_page(), running.url)
    yield watched
    problems = watched.problems()
    context.close()
    running.stop()
    assert not problems, "\n".join(problems)
    assert "Traceback" not in running.text(), running.text()[-4000:]


def test_drawing_and_typing_at_once_never_makes_the_map_anew(slow_page):
    page, event = slow_page.page, EventPage(slow_page)
    event.begin("Fair on a slow day")
    event.look(LON, LAT)
    gone: list[str] = []
    page.on("framedetached", lambda frame: gone.append(frame.url))
    event.draw("areas", [(LON, LAT), (LON + 0.004, LAT), (LON + 0.004, LAT - 0.001), (LON, LAT - 0.001)], 1)
    for at in range(6):
        event.draw("exits", [(LON + 0.0005 * (at + 1), LAT)], at + 2)
        box = page.locator(f".st-key-event_exits_X{at + 1}_clear_width_m input")
        box.fill(str(at + 2))
        box.press("Enter")
    slow_page.settle()
    event.sees("27.0 m")
    assert gone == []
    code = page.locator(".st-key-event_exits_X6_exit_id input")
    code.fill("X1")
    code.press("Enter")
    event.sees("a code that is not used yet")
    event.drawn(7)
    assert gone == [], "a refusal above the map moves it"
