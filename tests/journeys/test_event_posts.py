"""Posts are kept in the plan, fill its roster, make it out of date when they move, and keep the document a draft."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import docx
import pytest

from data.events.keeping import open_event, save_event
from data.rosters.keeping import newest_roster
from data.store import open_store
from tests.journeys.test_event import EventPage

pytestmark = pytest.mark.browser
EVENT = "tide-of-posts"


@pytest.fixture
def own_event(service):  # noqa: ARG001
    """The demonstration event under an id of its own, so that no other test sees what happens to it."""
    desk = open_store("main").desk("administrator")
    plan = replace(open_event(desk, "yanguan-2026"), event_id=EVENT, name="Tide of posts")
    save_event("main", plan, actor="administrator")
    return EVENT


def address(tab: str) -> str:
    return f"/event?ws=main&lang=en&event={EVENT}&tab={tab}"


def people() -> str:
    """Fewer than it takes, so that a roster is quickly made."""
    roles = {"guard": 110, "medic": 20, "supervisor": 9, "guide": 24, "doctor": 6, "commander": 3, "coordinator": 10}
    rows = [f"{role}{n},{role},{role}" for role, count in roles.items() for n in range(count)]
    return "\n".join(["id,role,group", *rows])


def save_version(event: EventPage, number: int) -> None:
    page = event.page
    page.get_by_role("button", name="Save", exact=False).first.click()
    page.get_by_role("button", name=f"Save as version {number}").click()
    event.sees("Saved")


def test_posts_reach_the_roster_and_the_document(browser_page, own_event):
    page, event = browser_page.page, EventPage(browser_page)
    browser_page.goto(address("posts"))
    event.sees("proven the best", seconds=120)
    page.get_by_role("button", name="Keep in the plan").click()
    event.sees("The plan has 11 duty posts")
    save_version(event, 2)
    page.get_by_text("Roster", exact=True).first.click()
    event.sees("Volunteers by")
    page.get_by_text("People from a file").click()
    page.locator("input[type=file]").last.set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": people().encode("utf-8")}
    )
    page.get_by_role("button", name="Make the roster").click()
    event.sees("Hours missing", seconds=240)
    page.get_by_role("button", name="Save as version 1", exact=True).click()
    page.locator(".st-key-roster_save button").click()
    event.sees("1 saved version")
    kept = newest_roster(open_store("main").desk("administrator"), own_event)
    posts = {one["post_id"] for one in kept.document["posts"]}
    assert {"post-1", "post-2", "K1", "C1", "V1"} <= posts
    assert kept.document["report"]["broken"] == []
    assert {one.role for one in kept.assignments if one.post_id == "post-1"} == {"guard", "medic"}
    assert "out of date" not in browser_page.text()

    page.get_by_text("Posts", exact=True).first.click()
    event.sees("Help within (min)")
    page.get_by_label("Help within (min)").fill("4")
    page.get_by_label("Help within (min)").press("Enter")
    event.sees("216 m", seconds=120)
    page.get_by_role("button", name="Keep in the plan").click()
    event.sees("The plan has 12 duty posts")
    event.sees("The roster is out of date, make it again")
    page.get_by_text("Document", exact=True).first.click()
    event.sees("out of date; changed since: post-1", seconds=240)
    event.sees("people are missing at")
    assert page.locator(".st-key-event_document_final input").is_disabled()
    printed = page.frame_locator("[data-testid=stIFrame]")
    printed.get_by_text("Posts of the plan").first.wait_for()
    printed.get_by_text("post-7", exact=True).first.wait_for()
    with page.expect_download() as got:
        page.locator(".st-key-event_document_docx_zh_CN button").click()
    assert got.value.suggested_filename == f"{EVENT}-draft-zh_CN.docx"
    word = docx.Document(BytesIO(Path(got.value.path()).read_bytes()))
    assert "SYNTHETIC" in word.sections[0].header.paragraphs[0].text


@pytest.mark.usefixtures("own_event")
def test_posts_that_are_busy_and_others_as_good(browser_page):
    """Four posts where six are needed: what six would do, how likely help is, and another placement kept."""
    page, event = browser_page.page, EventPage(browser_page)
    browser_page.goto(address("posts"))
    event.sees("proven the best", seconds=120)
    page.locator(".st-key-event_posts_fewest label").click()
    posts = page.locator(".st-key-event_posts_count input")
    posts.fill("4")
    posts.press("Enter")
    event.sees("Reaching everybody in time takes 6 posts", seconds=120)
    event.sees("These 4 are with everybody within 6.2 min at best")
    page.locator(".st-key-event_posts_conditions button").first.click()
    calls = page.locator(".st-key-event_posts_calls input")
    calls.fill("4")
    calls.press("Enter")
    event.sees("exact model", seconds=120)
    page.locator(".st-key-event_posts_expected label").click()
    browser_page.settle()
    page.locator(".st-key-event_posts_expected label").click()
    page.keyboard.press("Escape")
    page.locator(".st-key-event_posts_others label").click()
    page.get_by_role("radio", name="Another 1").click(timeout=120_000)
    browser_page.settle()
    page.get_by_role("button", name="Keep in the plan").click()
    event.sees("The plan has 9 duty posts")
