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
from data.store import open_store
from geo.crowd.board.facts import Fact
from geo.crowd.board.plan import BoardPlan, BoardPost, BoardStage, stamp

NOON = datetime.fromisoformat("2026-09-27T12:00:00+08:00")
PLAN = BoardPlan(event_id="tide", posts=(BoardPost(post_id="A"),), is_drill=True,
                 stages=(BoardStage(stage_id="tide", name="Tide", planned_at=stamp(NOON)),))  # fmt: skip
NAMES = ("log.jsonl", "log.csv", "log.xlsx", "review.xlsx")


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
    book = load_workbook(BytesIO(client("admin").get(address(board, "review.xlsx")).content))
    head, row = (list(one) for one in book["stages"].iter_rows(values_only=True))
    return dict(zip(head, row, strict=True))["minutes_late"]


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


def test_an_unknown_file_is_not_there(client, board):
    assert client("admin").get(address(board, "log.exe")).status_code == 404
    assert client("admin").get(address(board, "../log.csv")).status_code == 404
