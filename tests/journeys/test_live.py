"""The wall: what happens appears and leaves, a cut leaves no trace, and any past time comes again exactly."""

from __future__ import annotations

import json
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from data.writer import write
from tests.api.ground import SIDE, SOUTH, WEST, build_ground
from tests.browser import WatchedPage
from tests.conftest import Service

pytestmark = pytest.mark.browser
SETTLED = "() => !!(window.Wangge && Wangge.live && Wangge.live.settled && Wangge.live.frame && !Wangge.isBusy())"
AT = "2026-11-20T03:00Z"


def wall(watched: WatchedPage) -> Any:
    """The document of the wall, once it shows something."""
    for _ in range(1200):
        frames = [frame for frame in watched.page.frames if "/map/live" in frame.url]
        if frames:
            watched.poll(SETTLED, frame=frames[0], what="the wall to show something")
            return frames[0]
        watched.page.wait_for_timeout(100)
    raise AssertionError(f"no wall on {watched.page.url}")


def test_playing_on_ends_where_a_snapshot_begins(browser_page):
    """Four minutes played one by one, and the snapshot of the end: the same state."""
    browser_page.page.goto(f"{browser_page.home}/map/live?ws=main&lang=en&at={AT}&speed=1")
    frame = wall(browser_page)
    start = frame.evaluate("Wangge.live.digest()")
    browser_page.poll(f"() => Wangge.live.loadedTo() > Date.parse('{AT}') + 240e3", what="what happened after")
    played = frame.evaluate(
        """() => { const live = Wangge.live, first = live.replayAt();
        for (let minute = 1; minute <= 4; minute++) live.advance(first + minute * 60e3);
        return live.digest(); }"""
    )
    assert played != start
    frame.evaluate("() => Wangge.live.seek(Wangge.live.replayAt())")
    browser_page.poll(SETTLED)
    assert frame.evaluate("Wangge.live.digest()") == played


def test_replay_plays_and_its_time_stands_in_the_address(browser_page):
    browser_page.goto(f"/live?ws=main&lang=en&at={AT}&speed=600")
    frame = wall(browser_page)
    panel = frame.locator(".wl-panel")
    assert "Replay" in panel.locator(".wl-mode").inner_text()
    rows = panel.locator(".wl-row")
    assert rows.count() > 3
    first = frame.evaluate("Wangge.live.digest()")
    frame.locator(".wl-play").click()
    browser_page.poll(
        f"() => Wangge.live.replayAt() > Date.parse('{AT}') + 30 * 60e3", frame=frame, what="half an hour"
    )
    frame.locator(".wl-play").click()
    assert frame.evaluate("Wangge.live.digest()") != first
    stood = frame.evaluate(
        "new Date(Math.floor(Wangge.live.replayAt() / 60e3) * 60e3).toISOString().slice(0, 16) + 'Z'"
    )
    browser_page.poll(
        f"() => new URLSearchParams(location.search).get('at') === '{stood}'", what="the address to follow"
    )
    slider = frame.locator(".wl-slider")
    slider.focus()
    slider.press("Home")
    browser_page.poll(
        "() => Wangge.live.replayAt() === Wangge.live.begin()", frame=frame, what="the first time on record"
    )
    browser_page.poll(SETTLED, frame=frame)


def test_filters_hold_for_map_list_and_address(browser_page):
    browser_page.goto(f"/live?ws=main&lang=en&at={AT}")
    frame = wall(browser_page)
    everything = frame.evaluate("Wangge.live.shown(Wangge.live.incidents).length")
    category = frame.evaluate("Wangge.live.shown(Wangge.live.incidents)[0].row.category")
    frame.locator("[data-filter=category]").select_option(category)
    browser_page.poll(
        "() => { const live = Wangge.live, own = live.filter.category;"
        " return own && live.shown(live.incidents).every((one) => one.row.category === own); }",
        frame=frame,
    )
    few = frame.evaluate("Wangge.live.shown(Wangge.live.incidents).length")
    assert 0 < few < everything
    browser_page.poll(f"() => document.querySelectorAll('.wl-row').length === {few}", frame=frame, what="the list")
    browser_page.poll("() => location.search.includes('category=')", what="the address to follow")
    frame.locator("[data-filter=category]").select_option("")
    frame.locator("[data-filter=area]").select_option("330481110")
    browser_page.poll("() => Wangge.live.inside && Wangge.areas.level === 'village'", frame=frame, what="the town")
    inside = frame.evaluate(
        "Wangge.live.shown(Wangge.live.units).every((one) => one.row.area_id.startsWith('330481110'))"
    )
    assert inside
    browser_page.poll("() => location.search.includes('area=330481110')", what="the address to follow")


def test_a_unit_shows_its_trail_the_lock_says_so_and_h_returns(browser_page):
    browser_page.page.goto(f"{browser_page.home}/map/live?ws=main&lang=en&at={AT}&kiosk=1&theme=dark")
    frame = wall(browser_page)
    assert frame.locator(".wg-search").is_hidden(), "nothing but map and list"
    assert frame.locator("html").get_attribute("data-theme") == "dark"
    frame.locator("[data-tab=units]").click()
    frame.locator(".wl-row[data-kind=unit]").first.click()
    browser_page.poll("() => Wangge.live.trail && Wangge.live.trail.points.length > 1", frame=frame, what="the trail")
    lock = frame.locator(".wl-lock")
    assert "press H" in lock.inner_text()
    browser_page.page.keyboard.press("h")
    browser_page.poll("() => document.querySelector('.wl-lock').hidden", frame=frame, what="the lock to be gone")


def test_a_stale_unit_is_dimmed_and_says_its_age(browser_page):
    browser_page.page.goto(f"{browser_page.home}/map/live?ws=main&lang=en&at={AT}")
    frame = wall(browser_page)
    frame.locator("[data-tab=units]").click()
    stale = frame.evaluate(
        """() => { const live = Wangge.live, now = live.now();
        return [...live.units.values()].filter((one) => live.isStale(one, now)).map((one) => one.id); }"""
    )
    fresh = frame.evaluate("Wangge.live.units.size") - len(stale)
    browser_page.poll(f"() => document.querySelectorAll('.wl-row.wl-stale').length === {len(stale)}", frame=frame)
    assert fresh > 0
    frame.evaluate(
        "() => { Wangge.live.stale = Object.fromEntries(Object.keys(Wangge.live.stale).map((k) => [k, 0.001])); }"
    )
    browser_page.poll(
        "() => document.querySelectorAll('.wl-row.wl-stale').length === Wangge.live.units.size",
        frame=frame,
        what="all of them stale under a shorter limit",
    )
    assert "stale" in frame.locator(".wl-row.wl-stale").first.inner_text()


def test_the_wall_fits_a_phone(browser_page):
    browser_page.page.set_viewport_size({"width": 390, "height": 844})
    browser_page.page.goto(f"{browser_page.home}/map/live?ws=main&at={AT}")
    frame = wall(browser_page)
    assert frame.evaluate("document.documentElement.scrollWidth") <= 390
    boxes = frame.evaluate(
        "['.folium-map', '.wl-panel'].map((name) => document.querySelector(name).getBoundingClientRect().toJSON())"
    )
    assert boxes[0]["bottom"] <= boxes[1]["top"] + 1, "the map above, the list below"


@pytest.fixture(scope="module")
def wall_place(service):
    """A small workspace of the running service whose closed incidents leave at once."""
    build_ground("wall")
    write("wall", "set_setting", {"name": "live_closed_s", "value": 1}, actor="admin")
    return service


def moment(seconds: float = 0) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def post(service: Service, kind: str, *rows: dict[str, Any]) -> None:
    """Send rows as a feed does; all of them must be taken."""
    address = f"{service.url}/api/ingest/{kind}?ws=wall&format=json"
    request = urllib.request.Request(address, data=json.dumps(rows).encode(), method="POST")
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert json.load(answer)["accepted"] == len(rows)


def incident(name: str, column: int, **more: Any) -> dict[str, Any]:
    place = {"lon": WEST + (column + 0.5) * SIDE, "lat": SOUTH + 0.7 * SIDE}
    times = {"occurred_at": moment(-30), "reported_at": moment(-20)}
    return {"incident_id": name, "title": f"题 {name}", "category": "安全隐患", **times, **place, **more}


def fix(unit: str, column: float, seconds: float = 0) -> dict[str, Any]:
    place = {"lon": WEST + (column + 0.5) * SIDE, "lat": SOUTH + 0.4 * SIDE}
    return {"unit_id": unit, "at": moment(seconds), "accuracy_m": 5, **place}


def test_an_incident_appears_moves_through_its_stages_and_leaves(browser_page, wall_place):
    browser_page.page.goto(f"{browser_page.home}/map/live?ws=wall&lang=en")
    frame = wall(browser_page)
    assert frame.locator(".wl-mode").inner_text() == "Live"
    assert "No fix in the last 12 hours" in frame.locator(".wl-empty").inner_text(), "it says what to do next"
    post(wall_place, "incidents", incident("W1", 0))
    row = frame.locator(".wl-row[data-id=W1]")
    row.wait_for()
    assert "new" in row.inner_text()
    assert "题 W1" in frame.locator(".wl-told").inner_text(), "it announces itself"
    seen = """() => { const one = Wangge.live.incidents.get('W1');
      const hit = Wangge.live.hit(Wangge.unproject(one.x, one.y));
      return hit && hit.id === 'W1' && hit.name; }"""
    assert browser_page.poll(seen, what="the incident on the map") == "题 W1"
    post(wall_place, "events", {"incident_id": "W1", "at": moment(), "stage": "dispatched", "event_id": "W1-1"})
    browser_page.poll("() => Wangge.live.incidents.get('W1').row.stage === 'dispatched'", what="the next stage")
    browser_page.poll("() => document.querySelector('[data-id=W1]').innerText.includes('dispatched')")
    row.click()
    browser_page.poll("() => !document.querySelector('.wl-lock').hidden", what="the lock after flying there")
    post(wall_place, "events", {"incident_id": "W1", "at": moment(), "stage": "closed", "event_id": "W1-2"})
    browser_page.poll("() => !Wangge.live.incidents.has('W1')", what="the closed incident to leave")
    browser_page.poll("() => !document.querySelector('[data-id=W1]')", what="its row to leave")
    post(wall_place, "fixes", fix("w1", 1), fix("w2", 2, -1200))
    browser_page.poll("() => Wangge.live.units.size === 2", what="two units")
    frame.locator("[data-tab=units]").click()
    browser_page.poll("() => document.querySelector('[data-id=w2]')?.classList.contains('wl-stale')")
    assert "20 min" in frame.locator("[data-id=w2]").inner_text()
    assert frame.locator(".wl-empty").is_hidden()
    assert "last update" in frame.locator(".wl-update").inner_text()


def test_a_wall_that_was_cut_ends_as_one_that_was_not(browser_page, wall_place, browser):
    other = WatchedPage(browser.new_context(viewport={"width": 900, "height": 600}).new_page(), wall_place.url)
    for page in (browser_page, other):
        page.page.goto(f"{page.home}/map/live?ws=wall&lang=en")
        wall(page)
    post(wall_place, "incidents", incident("C1", 0), incident("C2", 1))
    post(wall_place, "fixes", fix("c1", 0), fix("c2", 1))
    for page in (browser_page, other):
        page.poll("() => Wangge.live.units.has('c2') && Wangge.live.incidents.has('C2')")
    browser_page.page.context.set_offline(True)
    browser_page.page.evaluate("() => Wangge.live.cut()")
    post(wall_place, "events", {"incident_id": "C1", "at": moment(), "stage": "closed", "event_id": "C1-1"})
    post(wall_place, "events", {"incident_id": "C2", "at": moment(), "stage": "arrived", "event_id": "C2-1"})
    post(wall_place, "fixes", fix("c1", 3), fix("c3", 2))
    post(wall_place, "incidents", incident("C3", 2))
    other.poll(
        "() => Wangge.live.incidents.has('C3') && Wangge.live.units.has('c3') && !Wangge.live.incidents.has('C1')"
    )
    assert not browser_page.page.evaluate("Wangge.live.incidents.has('C3')")
    browser_page.page.context.set_offline(False)
    same = other.page.evaluate("Wangge.live.digest()")
    browser_page.poll(f"() => Wangge.live.digest() === {json.dumps(same)}", what="the state of the one never cut")
    assert browser_page.page.evaluate("Wangge.live.connections") == 2
    browser_page.poll("() => document.querySelectorAll('.wl-row[data-id=C3]').length === 1", what="one row of it")
    assert other.problems() == []
    other.page.context.close()


def test_crowded_units_are_counted_and_what_is_overdue_never_is(browser_page, wall_place):
    browser_page.page.goto(f"{browser_page.home}/map/live?ws=wall&lang=en&sound=1")
    frame = wall(browser_page)
    post(wall_place, "fixes", *(fix(f"k{n}", 5 + n * 1e-3) for n in range(7)))
    post(wall_place, "incidents", incident("K1", 5, due_at=moment(2)))
    browser_page.poll("() => Wangge.live.units.has('k6') && Wangge.live.incidents.has('K1')")
    hit = """(kind) => { const live = Wangge.live;
      const one = kind === 'crowd' ? live.units.get('k3') : live.incidents.get('K1');
      const found = live.hit(Wangge.unproject(one.x, one.y)); return found && found.kind === kind && found.name; }"""
    crowd = browser_page.poll(f"() => ({hit})('crowd')", what="the counted mark")
    assert "units here" in crowd
    browser_page.poll("() => document.querySelector('.wl-told')?.className.includes('wl-is-overdue')", what="the alarm")
    assert "overdue: 题 K1" in frame.locator(".wl-told").inner_text()
    assert browser_page.poll(f"() => ({hit})('incident')", what="the overdue one for itself") == "题 K1"
    assert frame.locator(".wl-row").first.get_attribute("data-id") == "K1", "what is overdue stands first"
    zoom = browser_page.page.evaluate("Wangge.map.getZoom()")
    browser_page.page.evaluate(
        "() => { const one = Wangge.live.units.get('k3'); Wangge.live.hit(Wangge.unproject(one.x, one.y)).act(); }"
    )
    browser_page.poll(f"() => Wangge.map.getZoom() > {zoom}", what="the map to go nearer")


def test_kiosk_leaves_nothing_but_the_wall(browser_page):
    browser_page.page.goto(f"{browser_page.home}/live?ws=main&lang=en&kiosk=1")
    frame = wall(browser_page)
    box = browser_page.page.locator(".wg-frame iframe").bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 1366, 768)
    assert browser_page.page.locator(".wg-head").count() == 0
    assert browser_page.page.locator("[data-testid=stSidebar]").is_hidden()
    browser_page.poll("() => document.body.classList.contains('wl-kiosk')", frame=frame, what="the kiosk's look")


@pytest.mark.usefixtures("wall_place")
def test_silence_is_said_in_red(browser_page):
    browser_page.page.goto(f"{browser_page.home}/map/live?ws=wall&lang=en")
    frame = wall(browser_page)
    frame.evaluate("() => { Wangge.live.limits.live_silent_s = 1; Wangge.live.disconnect(); }")
    browser_page.poll("() => document.querySelector('.wl-update').classList.contains('wl-red')", what="the red line")
    assert "nothing came for" in frame.locator(".wl-update").inner_text()
    frame.evaluate("() => { Wangge.live.limits.live_silent_s = 15; Wangge.live.cut(); }")
    browser_page.poll("() => !document.querySelector('.wl-update').classList.contains('wl-red')", what="the feed again")
