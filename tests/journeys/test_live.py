"""The wall: any past time again, exactly as a snapshot of that time; filters, the lock and the address."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser import WatchedPage

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
