"""The sheets of the roster on the day: who stands in has the stay, who dropped out is crossed out and named."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import orjson
import pytest
from openpyxl import load_workbook

from data.board.day_sheets import day_sheets
from data.rosters.demand_file import RosterTask
from data.rosters.keeping import KeptRoster
from data.rosters.page import page_of
from data.rosters.report import roster_document
from data.rosters.run import RosterRun
from data.rosters.sheets import RosterSheets, book_bytes, sheets_of
from geo.crowd.board.facts import Fact
from geo.crowd.board.from_roster import posts_of, stays_of
from geo.crowd.board.plan import BoardPlan
from geo.crowd.board.state import rebuild
from geo.crowd.roster.demand import Post
from geo.crowd.roster.drawn import draw_case
from geo.crowd.roster.people import Person, Staff
from geo.crowd.roster.solve.result import Roster

NAMES = {"ann": "Ann Ames", "ben": "Ben <b>Beck</b>", "eve": "Eve Ebb", "zoe": "=cmd()"}
PEOPLE = [Person(person_id=key, role="guard", name=name, phone=f"1380000{at}", team="T1")
          for at, (key, name) in enumerate(NAMES.items())]  # fmt: skip
CASE = draw_case({"ann": "AAAA", "ben": "....", "eve": "....", "zoe": "BBBB"}, people=PEOPLE,
                 posts=[Post(post_id="A", name="North gate"), Post(post_id="B")])  # fmt: skip
START = CASE.demand.horizon.at(0)
"""Ann is at A and Zoe at B, each from midnight to four."""


def run() -> RosterRun:
    made = Roster(
        assignments=CASE.assignments, shortfalls=(), status="optimal", objective=0, bound=0, gap=0, needed_hours=8,
        unfairness=0, unfairness_bound=0, seconds=0, solver="none", seed=1, teams=(),
    )  # fmt: skip
    task = RosterTask(event_id="tide", name="Tide", demand=CASE.demand, time_zone="UTC")
    return RosterRun(task=task, staff=Staff(tuple(PEOPLE)), limits=CASE.limits, roster=made, broken=(), roll=())


def sheets(*told: tuple[float, str, str], minute: float = 200, language: str = "en") -> RosterSheets:
    """The sheets after replacements at A told as (minute, who drops out, who stands in)."""
    plan = BoardPlan(event_id="tide", posts=posts_of(CASE.demand), stays=stays_of(CASE.assignments, CASE.demand),
                     roster_id="r", roster_version=2)  # fmt: skip
    facts = [Fact(kind="opened", at=START - timedelta(hours=1), payload={"plan": plan.document()}, sequence=1)]
    facts += [
        Fact(kind="replaced", at=START + timedelta(minutes=at), sequence=number,
             payload={"out_id": out, "person_id": who, "post_id": "A"})
        for number, (at, out, who) in enumerate(told, 2)
    ]  # fmt: skip
    kept = KeptRoster(
        roster_id="r", version=2, event_id="tide", name="Tide",
        document=orjson.loads(orjson.dumps(roster_document(run()))),
        people={one.person_id: {"name": one.name, "phone": one.phone, "group": "", "team": one.team} for one in PEOPLE},
    )  # fmt: skip
    return day_sheets(rebuild(facts), kept, board_id="tide-day-1", at=START + timedelta(minutes=minute),
                      language=language)  # fmt: skip


def rows(shown: RosterSheets, post_id: str = "A") -> list[tuple[str, str, str, float, bool, str]]:
    return [(one["person_id"], one["start"][6:], one["end"][6:], one["hours"], one["is_out"], one["note"])
            for one in shown.stays if one["post_id"] == post_id]  # fmt: skip


def test_with_nobody_replaced_the_stays_are_those_of_the_roster():
    shown, plain = sheets(), sheets_of(run(), language="en")
    same = [{key: value for key, value in one.items() if key not in ("note", "is_out")} for one in shown.stays]
    assert same == plain.stays
    assert not any(one["note"] or one["is_out"] for one in shown.stays)
    assert shown.as_of == "As it stands at 09-27 03:20; replacements told: 0"


def test_a_part_taken_over_leaves_the_first_part_with_who_had_it():
    """Ann stands the first ninety minutes, Ben the other two and a half hours."""
    assert rows(sheets((90, "ann", "ben"))) == [
        ("ann", "00:00", "01:30", 1.5, False, ""),
        ("ben", "01:30", "04:00", 2.5, False, "stands in for Ann Ames (ann)"),
        ("ann", "01:30", "04:00", 2.5, True, "dropped out; Ben <b>Beck</b> (ben) stands in since 09-27 01:30"),
    ]


def test_a_stay_replaced_twice_names_both_who_gave_it_up():
    """Ben is told before it begins and gives up an hour into it; Eve has the rest."""
    shown = sheets((-10, "ann", "ben"), (60, "ben", "eve"))
    assert rows(shown) == [
        ("ben", "00:00", "01:00", 1.0, False, "stands in for Ann Ames (ann)"),
        ("ann", "00:00", "04:00", 4.0, True, "dropped out; Ben <b>Beck</b> (ben) stands in since 09-26 23:50"),
        ("eve", "01:00", "04:00", 3.0, False, "stands in for Ben <b>Beck</b> (ben)"),
        ("ben", "01:00", "04:00", 3.0, True, "dropped out; Eve Ebb (eve) stands in since 09-27 01:00"),
    ]
    assert ("people on duty", "3 / 4") in shown.about
    assert ("replacements told", "2") in shown.about
    assert ("roster", "r, version 2") in shown.about


def test_a_stranger_who_stands_in_is_shown_by_the_code_alone():
    found = next(one for one in sheets((-10, "ann", "guest-7")).stays if one["person_id"] == "guest-7")
    assert (found["name"], found["phone"], found["start"], found["end"]) == ("", "", "09-27 00:00", "09-27 04:00")


def test_the_workbook_crosses_out_and_has_its_time_over_every_sheet():
    book = load_workbook(BytesIO(book_bytes(sheets((90, "ann", "ben")))))
    assert book.sheetnames == ["By post", "By person", "Missing", "People on the roll", "About this roster"]
    sheet = book["By post"]
    for name in book.sheetnames[:4]:
        assert book[name]["A1"].value == "As it stands at 09-27 03:20; replacements told: 1"
        assert book[name].print_title_rows == "$1:$2"
    heads = [cell.value for cell in sheet[2]]
    who, note = heads.index("person id"), heads.index("note")
    assert sheet.auto_filter.ref.startswith("A2:")
    found = [(line[who].value, line[who].font.strike, line[note].font.strike) for line in sheet.iter_rows(min_row=3)]
    assert found == [("ann", False, False), ("ben", False, False), ("ann", True, False), ("zoe", False, False)]
    assert not [cell for line in sheet.iter_rows() for cell in line if cell.data_type == "f"]
    plain = load_workbook(BytesIO(book_bytes(sheets_of(run(), language="en"))))["By post"]
    assert [cell.value for cell in plain[1]] == heads[:-1], "a roster as it was made begins with its heads"


def test_the_page_crosses_out_and_counts_the_hours_that_stand():
    page = page_of(sheets((90, "ann", "ben")))
    assert '<p class="as-of">As it stands at 09-27 03:20; replacements told: 1</p>' in page
    assert "<s>Ann Ames</s>" in page
    assert "Ben <b>" not in page, "every text in it is escaped"
    ann = page.split('id="person-ann"')[1].split("</article>")[0]
    assert "1.5 h in all" in ann
    assert "dropped out; Ben &lt;b&gt;Beck" in ann
    ben = page.split('id="person-ben"')[1].split("</article>")[0]
    assert "2.5 h in all" in ben
    assert "stands in for Ann Ames" in ben


@pytest.mark.parametrize("words", ["截至09-27 03:20；已报换人1次", "安保员", "顶替Ann Ames"])
def test_the_sheets_are_chinese_for_a_chinese_reader(words):
    shown = sheets((90, "ann", "ben"), language="zh_CN")
    cells = {str(cell.value) for sheet in load_workbook(BytesIO(book_bytes(shown))) for line in sheet.iter_rows()
             for cell in line}  # fmt: skip
    assert any(words in one for one in cells)
    assert words in page_of(shown)
