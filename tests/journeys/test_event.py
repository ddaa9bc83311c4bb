"""An organizer draws an event from nothing, is told what is missing, fills it in and reads what the place holds."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from data.events.checks import plan_checks
from data.events.keeping import event_plans, open_event, save_event
from data.store import open_store
from geo.crowd.event import Team
from tests.journeys.steps import EventPage

pytestmark = pytest.mark.browser
LON, LAT = 120.545, 30.42
STEP = 0.002


def test_an_event_is_drawn_from_nothing(browser_page):
    page, event = browser_page.page, EventPage(browser_page)
    event.begin("Fair at the quay")
    event.look(LON, LAT)
    ring = [(LON, LAT), (LON + STEP, LAT), (LON + STEP, LAT - STEP / 2), (LON, LAT - STEP / 2)]
    event.draw("areas", ring, 1)
    event.draw("exits", [(LON + STEP / 2, LAT)], 2)
    event.sees("Clear width (m) is 0")
    event.frame.evaluate("() => Wangge.eventTool('pick')")
    width = page.locator(".st-key-event_exits_X1_clear_width_m input")
    width.fill("4")
    width.press("Enter")
    event.sees("4.0 m")
    event.draw("places", [(LON + STEP / 2, LAT + STEP / 2)], 3)
    page.get_by_test_id("stMain").get_by_role("button", name="Undo").click()
    event.drawn(2)
    page.get_by_test_id("stMain").get_by_role("button", name="Redo").click()
    event.drawn(3)
    page.get_by_role("button", name="Save").first.click()
    page.get_by_label("What changed").fill("first drawing")
    page.get_by_label("What changed").press("Enter")
    page.get_by_role("button", name="Save as version 2").click()
    event.sees("Saved")
    event_id = parse_qs(urlsplit(page.url).query)["event"][0]
    for _ in range(100):
        if newest_version(event_id) == 2:
            break
        page.wait_for_timeout(200)
    kept = open_event(open_store("main").desk("administrator"), event_id, 2)
    assert (len(kept.areas), kept.exits[0].clear_width_m, kept.exits[0].area_id) == (1, 4.0, "A1")
    assert kept.areas[0].usable_m2 == pytest.approx(2 * 96.1 * 110.9, rel=0.05)


def newest_version(event_id: str) -> int:
    known = event_plans(open_store("main").desk("administrator"))
    return int(known.loc[known["event_id"] == event_id, "version"].iloc[0])


def test_a_press_on_an_open_check_takes_the_map_to_its_places(browser_page):
    """Three people for the duty posts, and one place twice: the posts nobody is left for are marked on the map."""
    plan = open_event(open_store("main").desk("administrator"), "yanguan-2026")
    few = replace(plan, event_id="tide-of-checks", name="Tide of checks", places=(*plan.places, plan.places[0]),
                  teams=(Team(team_id="T", name="T", people=3),), duties=())  # fmt: skip
    save_event("main", few, actor="administrator")
    spots = next(one.spots for one in plan_checks(few) if one.kind == "more_posts_than_people")
    event, page = EventPage(browser_page), browser_page.page
    looked = "() => Wangge.event.now.look && Wangge.event.now.look.at.length"
    for tab, key in (("plan", "event_finding"), ("document", "event_document_check")):
        browser_page.goto(f"/event?ws=main&lang=en&event=tide-of-checks&tab={tab}")
        event.sees("nobody is left for", seconds=120)
        browser_page.settle()
        page.locator(f"[class*=st-key-{key}_] button", has_text="nobody is left for").click()
        event.sees("Usable ground", seconds=120)
        event.ready()
        browser_page.poll(looked, frame=event.frame, what="a look at the places")
        look = event.frame.evaluate("() => Wangge.event.now.look.at.map(([x, y]) => [x, y,"
                                    " Wangge.map.getBounds().contains([y, x])])")  # fmt: skip
        assert [[x, y, True] for x, y in spots] == look
    assert len(spots) > 2


def test_the_demonstration_event_says_what_it_holds(browser_page):
    """Capacity, egress with the map at a minute, the clock and the posts of the tide watching."""
    browser_page.goto("/event?ws=main&lang=en&event=yanguan-2026&tab=capacity")
    event = EventPage(browser_page)
    event.sees("8 / 9", seconds=120)
    event.sees("By every rule set")
    browser_page.goto("/event?ws=main&lang=en&event=yanguan-2026&tab=egress")
    event.sees("Minutes to clear each area", seconds=120)
    event.ready()
    fills = "() => Wangge.event.things.filter((one) => one.list === 'areas' && one.fill).length"
    assert event.frame.evaluate(fills) == 9
    plays_the_density(event)
    browser_page.goto("/event?ws=main&lang=en&event=yanguan-2026&tab=tide")
    event.sees("Seen on its way", seconds=120)
    browser_page.goto("/event?ws=main&lang=en&event=yanguan-2026&tab=posts")
    event.sees("proven the best", seconds=120)
    event.ready()
    assert event.frame.evaluate("() => Wangge.event.things.filter((one) => one.list === 'posts').length") >= 5


def plays_the_density(event: EventPage) -> None:
    """Dragged to a minute the ways fill; the space bar plays on from there, in the same document, and stops again."""
    page, frame, watched = event.page, event.frame, event.watched
    shown = "() => Wangge.event.things.filter((one) => one.fill).map((one) => one.note)"
    frame.evaluate("() => { window.sameDocument = true; }")
    before = frame.evaluate(shown)
    slider = frame.locator(".wg-minutes input[type=range]")
    slider.fill("6")
    after = frame.evaluate(shown)
    assert len(before) == len(after) > 9
    assert before != after
    assert {"A"} == {one[0] for one in before} < {one[0] for one in after}
    frame.evaluate("() => Wangge.map.getContainer().focus()")
    page.keyboard.press("Space")
    watched.poll("() => Wangge.density.playing && Wangge.density.at > 6", frame=frame, what="the next minute")
    page.keyboard.press("Space")
    at = frame.evaluate("() => Wangge.density.playing ? -1 : Wangge.density.at")
    assert at > 6
    assert frame.evaluate("() => window.sameDocument && Wangge.density.of('V1').letter === 'A'")
    watched.poll(f"() => new URL(window.location).searchParams.get('minute') === '{at}'", what="the minute in the link")
    watched.goto(urlsplit(page.url).path + "?" + urlsplit(page.url).query)
    event.ready()
    same = f"() => Wangge.density.frames && Wangge.density.at === {at}"
    watched.poll(same, frame=event.frame, what="the same minute")
