"""Files of an event day by their address: whole, named, of the moment the board is at, and only for who may see it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from io import BytesIO
from urllib.parse import quote

import pytest
from openpyxl import load_workbook

from data.board import open_board, tell
from data.board.drill_clock import DrillClock, kept_clock
from data.rosters.demand_file import RosterTask
from data.rosters.keeping import save_roster
from data.rosters.run import RosterRun
from data.store import open_store
from geo.crowd.board.facts import Fact
from geo.crowd.board.from_roster import posts_of, stays_of
from geo.crowd.board.plan import BoardPlan, BoardPost, BoardStage, stamp
from geo.crowd.roster.drawn import draw_case
from geo.crowd.roster.people import Person
from geo.crowd.roster.solve.result import Roster

NOON = datetime.fromisoformat("2026-09-27T12:00:00+08:00")
PLAN = BoardPlan(event_id="tide", posts=(BoardPost(post_id="A"),), is_drill=True,
                 stages=(BoardStage(stage_id="tide", name="Tide", planned_at=stamp(NOON)),))  # fmt: skip
NAMES = ("log.jsonl", "log.csv", "log.xlsx", "review.xlsx")
SHEETS = ("roster.html", "roster.xlsx")


@pytest.fixture(scope="module")
def board(ground_home):
    """A drill of town A, told three facts: a note at noon, the stage at five past and a note an hour later."""
    assert ground_home.is_dir()
    name = "tide-day.1"
    open_board("ground", name, PLAN, at=NOON, actor="admin", area_ids=["A"])
    facts = [(0, "noted", {"text": "open"}), (5, "stage_changed", {"stage_id": "tide"}), (60, "noted", {"text": "on"})]
    tell("ground", name, [Fact(kind=kind, at=NOON + timedelta(minutes=at), payload=payload)
                          for at, kind, payload in facts], actor="admin")  # fmt: skip
    return name


def address(board: str, name: str) -> str:
    return f"/api/board/{quote(board, safe='')}/{name}?ws=ground"


@pytest.mark.parametrize("name", NAMES)
def test_each_file_comes_whole_under_its_name(client, board, name):
    answer = client("admin").get(address(board, name))
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert quote(f"{board}-{name}", safe="") in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    if name.endswith("jsonl"):
        assert [json.loads(line)["sequence"] for line in answer.text.splitlines()] == [1, 2, 3, 4]
    elif name.endswith("csv"):
        assert len(answer.text.splitlines()) == 5
    else:
        assert load_workbook(BytesIO(answer.content)).sheetnames


def late(client, board: str) -> float | None:
    book = load_workbook(BytesIO(client("admin").get(address(board, "review.xlsx") + "&lang=en").content))
    head, row = (list(one) for one in book["Stages"].iter_rows(values_only=True))
    return dict(zip(head, row, strict=True))["Minutes late"]


def test_the_review_is_of_the_moment_the_drill_is_at(client, board):
    assert late(client, board) == 5, "a drill nobody has looked at stands where its log ends"
    key = (open_store("ground").uid, board)
    clock = kept_clock(key, lambda: DrillClock(NOON, NOON + timedelta(hours=2), NOON))
    assert late(client, board) is None, "at noon the stage had not come"
    clock.move(NOON + timedelta(minutes=5))
    assert kept_clock(key) is clock
    assert late(client, board) == 5


@pytest.mark.parametrize("name", NAMES)
def test_nobody_gets_a_file_of_a_board_they_may_not_see(client, board, name):
    assert client("viewer_b").get(address(board, name)).status_code == 404
    assert client("admin").get(address("none", name)).status_code == 404


@pytest.fixture(scope="module")
def rostered(ground_home):
    """A board of town B opened with a saved roster: Ann stands at A from midnight, and Ben takes over at one."""
    assert ground_home.is_dir()
    people = [Person(person_id=key, role="guard", name=name, phone=phone)
              for key, name, phone in (("ann", "王安", "13812341234"), ("ben", "Ben Beck", "13900004321"))]  # fmt: skip
    case = draw_case({"ann": "AAAA", "ben": "...."}, people=people)
    made = Roster(
        assignments=case.assignments, shortfalls=(), status="optimal", objective=0, bound=0, gap=0, needed_hours=4,
        unfairness=0, unfairness_bound=0, seconds=0, solver="none", seed=1, teams=(),
    )  # fmt: skip
    task = RosterTask(event_id="tide", name="Tide", demand=case.demand, time_zone="UTC")
    run = RosterRun(task=task, staff=case.staff, limits=case.limits, roster=made, broken=(), roll=())
    save_roster("ground", "tide-roster", run, actor="admin", area_ids=["B"])
    plan = BoardPlan(event_id="tide", posts=posts_of(case.demand), stays=stays_of(case.assignments, case.demand),
                     is_drill=True, roster_id="tide-roster", roster_version=1)  # fmt: skip
    start = case.demand.horizon.start
    open_board("ground", "tide-day-2", plan, at=start, actor="admin", area_ids=["B"])
    told = Fact(kind="replaced", at=start + timedelta(hours=1),
                payload={"out_id": "ann", "person_id": "ben", "post_id": "A"})  # fmt: skip
    tell("ground", "tide-day-2", [told], actor="admin")
    return "tide-day-2"


def words(answer) -> str:
    """Every text of a page or a workbook."""
    assert answer.status_code == 200, answer.text
    if answer.headers["content-type"].startswith("text/html"):
        return answer.text
    book = load_workbook(BytesIO(answer.content))
    return "\n".join(str(cell.value) for sheet in book for line in sheet.iter_rows() for cell in line)


@pytest.mark.parametrize("name", SHEETS)
def test_the_roster_as_it_stands_is_masked_for_who_does_not_need_names(client, rostered, name):
    clear = words(client("admin").get(address(rostered, name) + "&lang=en"))
    assert "dropped out; Ben Beck (ben) stands in since 09-27 01:00" in clear
    assert "13812341234" in clear
    masked = words(client("viewer_b").get(address(rostered, name) + "&lang=en"))
    assert "dropped out; B** (ben) stands in since 09-27 01:00" in masked
    assert "138****1234" in masked
    assert not [one for one in ("王安", "Ben Beck", "13812341234", "13900004321") if one in masked]
    assert client("duty_a").get(address(rostered, name)).status_code == 404, "a board of another town"
    assert "截至09-27 01:00；已报换人1次" in words(client("admin").get(address(rostered, name) + "&lang=zh_CN"))


@pytest.mark.parametrize("name", SHEETS)
def test_a_board_without_a_roster_says_so(client, board, name):
    answer = client("admin").get(address(board, name) + "&lang=en")
    assert answer.status_code == 400
    assert "a board opened with a saved roster of your area" in answer.text


def test_an_unknown_file_is_not_there(client, board):
    assert client("admin").get(address(board, "log.exe")).status_code == 404
    assert client("admin").get(address(board, "../log.csv")).status_code == 404
