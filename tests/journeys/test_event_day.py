"""The day of an event in a browser: a drill is opened, led with clicks and keys while the tide passes, and reviewed."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from data.board import boards, facts_since
from data.events.keeping import save_event
from data.events.reading import read_event
from data.rosters.demand_file import task_of_event
from data.rosters.keeping import save_roster
from data.rosters.run import RosterRun
from data.store import open_store
from geo.crowd.roster.demand import Assignment
from geo.crowd.roster.people import Limits, Person, Staff
from geo.crowd.roster.solve.result import Roster
from tests.browser import WatchedPage
from tests.journeys.steps import EventPage

pytestmark = pytest.mark.browser
EVENT = "yanguan-2026"
SAMPLE = Path(__file__).resolve().parents[2] / "docs" / "samples" / "yanguan.json"


class BoardPage:
    """The board on its page. It runs itself again every two seconds, so nothing here waits for it to be still."""

    def __init__(self, watched: WatchedPage, event_id: str) -> None:
        self.watched, self.page, self.event_id = watched, watched.page, event_id
        self.event = EventPage(watched)

    def open_drill(self) -> None:
        """Wait until the figures are worked out, and open a drill with its tasks and capacities."""
        self.event.sees("Seed of the drill", seconds=120)
        self.watched.poll(
            "() => !!document.querySelector('.st-key-board_drill button:enabled')", what="figures", seconds=300
        )
        self.press("board_drill")
        self.event.sees("Time of the drill", seconds=120)

    def says(self, title: str, value: str, seconds: int = 60) -> None:
        """Wait until the number of this title is so."""
        boxes = self.page.locator("[data-testid=stMetric]")
        for _ in range(seconds * 5):
            texts = [[line for line in one.split("\n") if line.strip()] for one in boxes.all_inner_texts()]
            if [title, value] in [lines[:2] for lines in texts]:
                return
            self.page.wait_for_timeout(200)
        raise AssertionError(f"{title} is not {value}: {texts}")

    def press(self, key: str) -> None:
        self.page.locator(f".st-key-{key} button").first.click()

    def tab(self, name: str) -> None:
        self.page.locator(".st-key-board_tab").get_by_role("radio", name=name, exact=True).click()

    def fill(self, key: str, text: str) -> None:
        self.page.locator(f".st-key-{key} input").first.fill(text)

    def choose(self, key: str, text: str) -> None:
        """Take one of the options of a list in the middle of the screen: at its edge the options have no room."""
        box = self.page.locator(f".st-key-{key}").first
        for _ in range(5):
            box.evaluate("(one) => one.scrollIntoView({block: 'center'})")
            box.locator("input").fill(text)
            self.page.wait_for_timeout(500)
            self.page.keyboard.press("Enter")
            self.page.keyboard.press("Tab")
            self.page.wait_for_timeout(500)
            if text in (box.locator("input").input_value(), *box.inner_text().split()):
                return
        raise AssertionError(f"{text} is no option: {box.inner_text()}")

    def caught_up(self, seconds: int = 120) -> None:
        """Wait until the board has been told all that a leap of its clock brings."""
        before, told = -1, len(self.log())
        for _ in range(seconds // 4):
            if before == told:
                return
            self.page.wait_for_timeout(4000)
            before, told = told, len(self.log())
        raise AssertionError(f"{told} facts, and more come")

    def log(self) -> list[Any]:
        """The log of the newest board of the event, read by another way than the page's."""
        desk = open_store("main").desk("administrator")
        known = boards(desk)
        return facts_since(desk, known.loc[known["event_id"] == self.event_id, "board_id"].iloc[0])

    def hand(self, kind: str) -> list[Any]:
        """What was told on the page, of one kind."""
        return [one for one in self.log() if one.kind == kind and one.source == "page"]

    def told(self, kind: str, count: int = 1, seconds: float = 60) -> list[Any]:
        """Wait until a kind of fact was told on the page so many times; once more is a fault too."""
        for _ in range(int(seconds * 5)):
            if len(self.hand(kind)) >= count:
                break
            self.page.wait_for_timeout(200)
        found = self.hand(kind)
        assert len(found) == count, (kind, [dict(one.payload) for one in found], self.watched.text()[:2000])
        return found

    def saved(self, name: str) -> bytes:
        """Take a file of the board away."""
        with self.page.expect_download() as told:
            self.page.locator(f".wg-files a[href*='/{name}?']").click()
        assert told.value.suggested_filename.endswith(name)
        return Path(told.value.path()).read_bytes()


def test_a_drill_from_opening_to_review(browser_page):
    browser_page.goto(f"/event?ws=main&lang=en&event={EVENT}&tab=board")
    board = BoardPage(browser_page, EVENT)
    board.event.sees("The board can be opened all the same", seconds=300)
    board.open_drill()
    assert "open check" in board.hand("noted")[0].payload["text"]
    board.press("drill_leap_front")
    board.says("Next front in", "5 min")
    lead_by_click_and_key(board)
    tell_what_is_seen(board)
    board.press("drill_speed_1")
    follow_incident_and_task(board)
    send_and_read(board)
    let_the_tide_pass(board)
    read_the_review(board)
    hand = Counter(one.kind for one in board.log() if one.source == "page")
    assert hand == {
        "noted": 1, "stage_changed": 3, "counted": 2, "density_seen": 1, "alarm_taken": 1, "incident_opened": 1,
        "incident_sent": 1, "incident_reached": 1, "incident_closed": 1, "task_set": 1, "task_done": 1,
        "message_sent": 1, "message_read": 1, "arrived": 1,
    }  # fmt: skip


def lead_by_click_and_key(board: BoardPage) -> None:
    """A stage by its button, one by its key, and one by its key with the map looked at last; one that is on is not."""
    board.press("board_stage_peak")
    assert board.told("stage_changed")[0].payload == {"stage_id": "peak"}
    board.press("board_stage_peak")
    board.page.keyboard.press("3")
    assert board.told("stage_changed", 2)[1].payload == {"stage_id": "waiting"}
    board.event.ready()
    box = board.page.locator(".wg-frame iframe").first.bounding_box()
    board.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    board.page.keyboard.press("4")
    assert board.told("stage_changed", 3)[2].payload == {"stage_id": "peak"}
    board.page.locator(".st-key-board_stage_peak button[kind=primary]").first.wait_for()


def tell_what_is_seen(board: BoardPage) -> None:
    """People in and out, somebody at a post, a density over its level, and the alarm taken up."""
    board.tab("Counts")
    board.fill("board_people", "250")
    board.press("board_count_in")
    board.told("counted")
    board.fill("board_people", "40")
    board.press("board_count_out")
    told = board.told("counted", 2)
    assert [(one.payload["way"], one.payload["people"]) for one in told] == [("in", 250), ("out", 40)]
    board.tab("Posts")
    board.fill("board_who", "guard-1")
    board.page.keyboard.press("Enter")
    board.press("board_came")
    assert board.told("arrived")[0].payload["person_id"] == "guard-1"
    board.tab("Viewing areas")
    board.fill("board_dense_per_m2", "4.2")
    board.press("board_dense_tell")
    seen = board.told("density_seen")[0]
    taken = board.page.locator(f"[class*=st-key-board_take_{seen.payload['area_id']}] button").first
    taken.click()
    assert board.told("alarm_taken")[0].payload["alarm_id"].startswith(seen.payload["area_id"])


def follow_incident_and_task(board: BoardPage) -> None:
    """An incident from its report to its end, and a task from its order to done."""
    board.tab("Incidents")
    board.fill("board_incident_text", "child lost at the gate")
    board.press("board_incident_open")
    incident = board.told("incident_opened")[0].payload["incident_id"]
    for step in ("incident_sent", "incident_reached", "incident_closed"):
        board.press(f"board_step_{incident}_{step}")
        assert board.told(step)[0].payload["incident_id"] == incident
    board.tab("Tasks")
    board.fill("board_task_text", "water to the third point")
    board.press("board_task_set")
    task = board.told("task_set")[0].payload["task_id"]
    board.press(f"board_done_{task}")
    assert board.told("task_done")[0].payload["task_id"] == task


def send_and_read(board: BoardPage) -> None:
    board.tab("Messages")
    board.fill("board_text", "everybody off the wall")
    board.press("board_send")
    message = board.told("message_sent")[0].payload["message_id"]
    board.press(f"board_read_{message}")
    assert board.told("message_read")[0].payload["message_id"] == message


def let_the_tide_pass(board: BoardPage) -> None:
    """The clock runs until the front has passed all nine points; the board says when, point by point."""
    board.tab("Viewing areas")
    board.event.sees("none to come", seconds=300)
    passed = [one.payload["area_id"] for one in board.log() if one.kind == "front_passed"]
    assert sorted(passed) == [f"V{n}" for n in range(1, 10)]


def read_the_review(board: BoardPage) -> None:
    """No file is lost while the board runs itself again; the review is read on the page and as a workbook."""
    board.tab("Log")
    board.event.sees("facts told by then")
    first = [json.loads(line)["sequence"] for line in board.saved("log.jsonl").splitlines()]
    for _ in range(19):
        again = [json.loads(line)["sequence"] for line in board.saved("log.jsonl").splitlines()]
        assert again[: len(first)] == first == list(range(1, len(first) + 1))
        board.page.wait_for_timeout(170)
    board.press("drill_leap_end")
    board.says("Next front in", "–")
    board.tab("Review")
    board.page.locator(".wg-files a[href*='/review.xlsx?']").wait_for()
    assert board.saved("review.xlsx")[:2] == b"PK"
    assert len(board.saved("log.jsonl").splitlines()) == len(board.log())
    board.watched.poll("() => document.querySelectorAll('[data-testid=stDataFrame]').length >= 4",
                       what="sums, stages, posts and counts")  # fmt: skip


@pytest.fixture
def one_guard(service) -> str:  # noqa: ARG001  (the writer must be there)
    """The sample event with a roster of one guard; two others are free."""
    event = replace(read_event(SAMPLE), event_id="one-guard", area_id="", duties=())
    save_event("main", event, actor="administrator", note="", based_on=0)
    task = task_of_event(event, ratio="green_guide")
    need = next(one for one in task.demand.needs if one.role == "guard")
    staff = Staff(tuple(Person(person_id=f"g{n}", role="guard", name=f"Guard {n}") for n in (1, 2, 3)))
    stay = Assignment(start=need.start, end=need.end, post_id=need.post_id, role="guard", person_id="g1")
    made = Roster(
        assignments=(stay,), shortfalls=(), status="feasible", objective=0, bound=0, gap=0, needed_hours=4,
        unfairness=0, unfairness_bound=0, seconds=0, solver="none", seed=1, teams=(),
    )  # fmt: skip
    run = RosterRun(task=task, staff=staff, limits=Limits(), roster=made, broken=(), roll=())
    save_roster("main", "one-guard-roster", run, actor="administrator")
    return event.event_id


def test_the_roster_as_it_stands_follows_who_stands_in(browser_page, one_guard):
    """The guard leaves early, the next in order takes over: page and workbook say so, however often they are taken."""
    browser_page.goto(f"/event?ws=main&lang=en&event={one_guard}&tab=board")
    board = BoardPage(browser_page, one_guard)
    board.open_drill()
    board.press("drill_leap_front")
    board.says("Next front in", "5 min")
    board.caught_up()
    board.choose("board_who", "g1")
    board.press("board_left")
    board.told("left")
    board.watched.poll("() => !!document.querySelector('.st-key-board_takes button:enabled')", what="a gap")
    assert "replacements told: 0" in board.saved("roster.html").decode()
    board.event.sees("never asked before")
    board.press("board_takes")
    told = dict(board.told("replaced")[0].payload)
    assert told["out_id"] == "g1"
    for _ in range(12):
        page = board.saved("roster.html").decode()
        assert f"dropped out; Guard {told['person_id'][1]} ({told['person_id']}) stands in" in page
        board.page.wait_for_timeout(250)
    cells = {cell.value for sheet in load_workbook(BytesIO(board.saved("roster.xlsx"))) for line in sheet.iter_rows()
             for cell in line}  # fmt: skip
    assert "stands in for Guard 1 (g1)" in cells
