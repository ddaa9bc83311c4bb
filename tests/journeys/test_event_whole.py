"""An event from nothing to its review: drawn, filled in, read, posted, rostered, printed, drilled with the tide."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import docx
import pytest

from data.events.keeping import open_event
from data.rosters.keeping import newest_roster
from data.store import open_store
from tests.browser import WatchedPage
from tests.journeys.steps import EventPage
from tests.journeys.test_event_day import BoardPage

pytestmark = pytest.mark.browser
LON, LAT, STRETCH, DEPTH = 120.538, 30.415, 0.004, 0.0009
NAMES = ("West steps", "Tower", "East steps")
EXITS_M = ((6, 5), (5, 4), (7, 6))
HOLDS = "6,457"
"""Green Guide, the wider exit left out, 82 people a metre and minute, 5.25 min: 2,152 + 1,722 + 2,583 people."""
PHASES = """build	Build-up	build_up	2026-09-28 08:00	2026-09-28 10:00
come	Arrival	arrival	2026-09-28 10:00	2026-09-28 12:00
tide	The tide	peak	2026-09-28 12:00	2026-09-28 13:00
after	Afterwards	after	2026-09-28 13:00	2026-09-28 15:00"""
CROWDS = "50\t1200\t2000\t300\n40\t1000\t1500\t200\n60\t1400\t2400\t300"
PASSAGE = "day\tDay tide\t2026-09-28 12:30:00\t0\t120\ttide table"
IS_TYPING = "['TEXTAREA', 'INPUT'].includes(document.activeElement.tagName)"


class PlanPage(EventPage):
    """The Event page as an organizer goes through its parts."""

    def part(self, name: str) -> None:
        self.page.locator(".st-key-w_event_tab").get_by_role("radio", name=name, exact=True).click()

    def set(self, key: str, text: object) -> None:
        """Fill in a field of the thing chosen and wait until the plan has it."""
        box = self.page.locator(f".st-key-event_{key} input")
        box.fill(str(text))
        box.press("Enter")
        self.watched.settle()

    def paste(self, table: str, text: str, right: int = 0) -> None:
        """
        Paste cells into a table as from a spreadsheet, so many columns from the left of its first row.

        Without `right` the table is empty: a click makes its first row and opens a cell of it, which is left first.
        """
        self.watched.settle()
        box = self.page.locator(f"[class*=st-key-event_table_{table}_] [data-testid=stDataFrame]")
        box.scroll_into_view_if_needed()
        box.click(position={"x": 60, "y": 52})
        if not right:
            self.watched.poll(f"() => {IS_TYPING}", what="a cell of the new row", seconds=30)
            self.page.keyboard.press("Escape")
            self.watched.poll(f"() => !{IS_TYPING}", what="the cell left", seconds=30)
        self.page.wait_for_timeout(300)
        for _ in range(right):
            self.page.keyboard.press("ArrowRight")
        self.page.evaluate("(text) => navigator.clipboard.writeText(text)", text)
        self.page.keyboard.press("Control+v")

    def save_as(self, version: int) -> None:
        self.page.get_by_role("button", name="Save").first.click()
        self.page.get_by_role("button", name=f"Save as version {version}").click()
        self.page.locator(".st-key-wg-event-bar").get_by_role("button", name="Saved").wait_for()


@pytest.fixture
def page(browser, service):
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="en", accept_downloads=True)
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=service.url)
    context.set_default_timeout(120_000)
    watched = WatchedPage(context.new_page(), service.url)
    yield watched
    problems = watched.problems()
    context.close()
    assert not problems, "\n".join(problems)


def test_an_event_from_nothing_to_its_review(page):
    plan = PlanPage(page)
    event_id = plan.begin("Tide at the old quay")
    draw_the_wall(plan)
    fill_in_times_and_people(plan)
    read_the_capacity_sheet(plan)
    posts = place_posts(plan)
    plan.save_as(2)
    kept = open_event(open_store("main").desk("administrator"), event_id, 2)
    assert [one.name for one in kept.areas] == list(NAMES)
    assert [one.clear_width_m for one in kept.exits] == [float(width) for pair in EXITS_M for width in pair]
    assert (len(kept.phases), len(kept.crowds), len(kept.places)) == (4, 12, 2 + posts)
    rostered = build_the_roster(plan, event_id)
    print_the_plan(plan, posts)
    drill_with_the_tide(plan, event_id, rostered)


def draw_the_wall(plan: PlanPage) -> None:
    """Three stretches of wall, each with two ways out and one in, the tide along them, first aid and a command post."""
    plan.look(LON + 1.5 * STRETCH, LAT)
    things = 0
    for at, (name, widths) in enumerate(zip(NAMES, EXITS_M, strict=True)):
        west = LON + at * STRETCH
        east, north = west + 0.8 * STRETCH, LAT + 0.0001
        plan.draw("areas", [(west, LAT), (east, LAT), (east, LAT - DEPTH), (west, LAT - DEPTH)], things + 1)
        plan.set(f"areas_A{at + 1}_name", name)
        plan.set(f"areas_A{at + 1}_physical_factor", 0.9)
        plan.set(f"areas_A{at + 1}_safety_factor", 0.8)
        for number, (share, width) in enumerate(zip((0.15, 0.65), widths, strict=True), 1):
            plan.draw("exits", [(west + share * STRETCH, north)], things + 1 + number)
            plan.set(f"exits_X{2 * at + number}_clear_width_m", width)
        plan.draw("entrances", [(west + 0.4 * STRETCH, north)], things + 4)
        plan.set(f"entrances_E{at + 1}_lanes", 6)
        things += 4
    sea = LAT - DEPTH - 0.0004
    plan.draw("front", [(LON + 3.2 * STRETCH, sea), (LON - 0.2 * STRETCH, sea)], things + 1)
    for at, kind in ((1, "first_aid"), (2, "command_post")):
        plan.frame.evaluate("() => Wangge.eventTool('places')")
        plan.frame.locator(".wg-event-kind").select_option(kind)
        plan.click(LON + at * STRETCH - 0.1 * STRETCH, LAT + 0.0008)
        plan.drawn(things + 1 + at)
    plan.frame.evaluate("() => Wangge.eventTool('pick')")


def fill_in_times_and_people(plan: PlanPage) -> None:
    """The time line, the crowds and the tide's time, each pasted from a spreadsheet; the next part at once."""
    plan.part("Time and people")
    plan.sees("Time line")
    plan.paste("phases", PHASES)
    plan.sees("Build-up: 0")
    plan.paste("crowds", CROWDS, right=2)
    plan.sees("The tide: 5,900")
    plan.paste("passages", PASSAGE)
    plan.part("Clock")
    plan.sees("Seen on its way", seconds=120)
    plan.sees("Day tide · 2026-09-28", seconds=120)


def read_the_capacity_sheet(plan: PlanPage) -> None:
    plan.part("Capacity")
    plan.sees("3 / 3", seconds=300)
    plan.sees(HOLDS)
    plan.sees("By every rule set")


def place_posts(plan: PlanPage) -> int:
    """The fewest posts that reach everybody, proven and kept in the plan."""
    plan.part("Posts")
    plan.sees("proven the best", seconds=300)
    count = plan.page.locator(".st-key-wg-event-numbers [data-testid=stMetricValue]").first.inner_text()
    plan.page.locator(".st-key-event_posts_keep button").first.click()
    plan.sees(f"The plan has {count} duty posts")
    return int(count)


def build_the_roster(plan: PlanPage, event_id: str) -> int:
    """People to posts and hours; no rule is broken; saved. Returns how many stays there are."""
    plan.part("Roster")
    plan.page.locator(".st-key-roster_make button").click()
    plan.sees("checked by a second reckoning", seconds=300)
    plan.watched.settle()
    plan.page.get_by_role("button", name="Save as version 1", exact=True).click()
    plan.page.locator(".st-key-roster_save button").click()
    plan.sees("1 saved version")
    kept = newest_roster(open_store("main").desk("administrator"), event_id)
    assert kept.assignments
    assert kept.document["report"]["broken"] == []
    assert len(kept.document["posts"]) > len(NAMES)
    return len(kept.assignments)


def print_the_plan(plan: PlanPage, posts: int) -> None:
    """No check is open: the document is final, and names the viewing areas, what they hold and the posts."""
    plan.part("Document")
    plan.sees("No check is open", seconds=300)
    printed = plan.page.frame_locator("[data-testid=stIFrame]")
    printed.get_by_text("DRAFT", exact=True).first.wait_for()
    plan.page.locator(".st-key-event_document_final label").click()
    printed.get_by_text("DRAFT", exact=True).first.wait_for(state="detached")
    with plan.page.expect_download() as told:
        plan.page.locator(".st-key-event_document_docx_en button").click()
    assert "-final-en" in told.value.suggested_filename
    document = docx.Document(BytesIO(Path(told.value.path()).read_bytes()))
    words = "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    words += "\n".join(one.text for one in document.paragraphs)
    for text in ("Tide at the old quay", *NAMES, HOLDS, f"post-{posts}"):
        assert text in words, text
    printed.get_by_text("Tide at the old quay").first.wait_for()


def drill_with_the_tide(plan: PlanPage, event_id: str, rostered: int) -> None:
    """The drill runs through the tide and to its end; the review holds every stay against what was done."""
    plan.part("The day")
    board = BoardPage(plan.watched, event_id)
    board.open_drill()
    assert len(board.log()[0].payload["plan"]["stays"]) == rostered
    board.press("drill_leap_front")
    board.says("Next front in", "5 min")
    board.press("board_stage_after")
    board.told("stage_changed")
    board.press("drill_speed_5")
    board.tab("Viewing areas")
    plan.sees("none to come", seconds=300)
    passed = [one.payload["area_id"] for one in board.log() if one.kind == "front_passed"]
    assert passed == ["A3", "A2", "A1"], "the tide came from the east"
    board.press("drill_leap_end")
    board.tab("Review")
    assert board.saved("review.xlsx")[:2] == b"PK"
    came = sum(one.kind == "arrived" for one in board.log())
    assert 0.8 * rostered < came <= rostered
