"""Boards in the store: append-only, once by source, inside the area, the same bytes from the log."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pandas as pd
import pytest

from data.board import boards, export_log, facts_since, open_board, read_board, start_drill, tell
from data.store import open_store
from data.store.engine import write_engine
from geo.crowd.board.facts import Fact
from geo.crowd.board.plan import BoardArea, BoardEntrance, BoardPlan, BoardPost, BoardStage, Expected, Stay, stamp
from geo.crowd.board.state import rebuild, state_bytes
from geo.errors import SchemaError, ScopeError, StoreError

NOON = datetime.fromisoformat("2026-09-27T12:00:00+08:00")
PLAN = BoardPlan(
    event_id="tide",
    posts=(BoardPost(post_id="A", area_id="P"),),
    stays=(Stay(person_id="ann", post_id="A", role="guard", start_at=stamp(NOON),
                end_at=stamp(NOON + timedelta(hours=4))),),
    areas=(BoardArea(area_id="P", usable_m2=100),),
    entrances=(BoardEntrance(entrance_id="E", area_id="P"),),
    stages=(BoardStage(stage_id="tide", name="Tide"),),
    crowds=(Expected(area_id="P", at=stamp(NOON + timedelta(hours=2)), people=200),),
    front=(Expected(area_id="P", at=stamp(NOON + timedelta(hours=3))),),
)  # fmt: skip


def told(kind: str, minute: float, number: int, **payload) -> Fact:
    at = NOON + timedelta(minutes=minute)
    return Fact(kind=kind, at=at, payload=payload, source="phone", source_id=str(number))


@pytest.fixture
def board(bare_place):
    assert bare_place.is_dir()
    open_board("main", "b", PLAN, at=NOON, actor="organizer@", area_ids=["G11"])
    return "b"


def desk(who: str = "administrator"):
    return open_store().desk(who)


def test_a_fact_is_kept_once_by_its_source_and_carries_who_told_it(board):
    first = tell("main", board, [told("arrived", 1, 1, person_id="ann", post_id="A")], actor="grid_worker@")
    again = tell(
        "main", board,
        [told("arrived", 1, 1, person_id="ann", post_id="A"), told("left", 9, 2, person_id="ann"),
         told("left", 9, 2, person_id="ann")],
        actor="duty_officer@",
    )  # fmt: skip
    assert first == {"sequences": [2], "repeated": 0, "sequence": 2}
    assert again == {"sequences": [2, 3, 3], "repeated": 2, "sequence": 3}
    assert [(f.kind, f.actor) for f in facts_since(desk(), board, 1)] == [
        ("arrived", "grid_worker@"), ("left", "duty_officer@")]  # fmt: skip
    assert [f.sequence for f in facts_since(desk(), board, 0, most=2)] == [1, 2]


def test_all_facts_of_a_call_or_none(board):
    good, bad = told("noted", 1, 1, text="x"), told("arrived", 1, 2, person_id="ann", post_id="Z")
    with pytest.raises(SchemaError, match="post_id 'Z'"):
        tell("main", board, [good, bad], actor="administrator")
    assert len(facts_since(desk(), board)) == 1
    assert tell("main", board, [good], actor="administrator")["sequences"] == [2]


def test_the_log_rebuilds_the_board_byte_for_byte(board):
    facts = [told("counted", n, n, entrance_id="E", way="in", people=n) for n in range(60)]
    tell("main", board, facts[:30], actor="administrator")
    early = read_board(desk(), board)
    tell("main", board, facts[30:], actor="administrator")
    later = read_board(desk(), board)
    assert (early.sequence, later.sequence) == (31, 61)
    assert later.parts["counts"]["areas"]["P"]["counted"] == sum(range(60))
    assert state_bytes(later) == state_bytes(rebuild(facts_since(desk(), board)))
    later.parts.clear()
    assert read_board(desk(), board).parts


def test_rows_of_the_log_are_only_ever_added(board):
    tell("main", board, [told("noted", 1, 1, text="x")], actor="administrator")
    engine = write_engine(open_store().path)
    with engine.connect() as connection:
        before = connection.exec_driver_sql("SELECT * FROM board_facts ORDER BY sequence").fetchall()
    tell("main", board, [told("noted", 2, 2, text="y")], actor="administrator")
    with engine.connect() as connection:
        after = connection.exec_driver_sql("SELECT * FROM board_facts ORDER BY sequence").fetchall()
    engine.dispose()
    assert after[: len(before)] == before


def test_who_may_open_lead_tell_and_see(board):
    with pytest.raises(ScopeError):
        open_board("main", "c", PLAN, at=NOON, actor="viewer@")
    with pytest.raises(ScopeError):
        tell("main", board, [told("noted", 1, 1, text="x")], actor="viewer@")
    with pytest.raises(ScopeError, match="stage_changed"):
        tell("main", board, [told("stage_changed", 1, 1, stage_id="tide")], actor="grid_worker@")
    with pytest.raises(ScopeError):
        tell("main", board, [told("noted", 1, 1, text="x")], actor="grid_worker@G22")
    tell("main", board, [told("noted", 1, 1, text="x")], actor="grid_worker@T1")
    assert boards(desk("viewer@T1"))["board_id"].tolist() == ["b"]
    assert boards(desk("viewer@G22")).empty
    with pytest.raises(StoreError):
        facts_since(desk("viewer@G22"), board)


def test_free_text_is_masked_for_those_who_do_not_need_it(board):
    secret = "张三落水，电话13812341234"
    tell("main", board, [told("incident_opened", 1, 1, incident_id="i", text=secret)], actor="administrator")
    assert facts_since(desk(), board, 1)[0].payload["text"] == secret
    assert secret not in str(facts_since(desk("viewer@"), board, 1))
    assert secret not in state_bytes(read_board(desk("viewer@"), board)).decode()
    assert secret in state_bytes(read_board(desk("duty_officer@"), board)).decode()


def test_a_board_is_opened_once(board):
    assert open_board("main", board, PLAN, at=NOON, actor="administrator", area_ids=["G11"])["repeated"]
    with pytest.raises(StoreError, match="another plan"):
        open_board("main", board, replace(PLAN, name="other"), at=NOON, actor="administrator")
    with pytest.raises(StoreError, match="open it first"):
        tell("main", "nowhere", [told("noted", 1, 1, text="x")], actor="administrator")
    with pytest.raises(SchemaError):
        open_board("main", "../x", PLAN, at=NOON, actor="administrator")


def test_a_drill_goes_on_where_it_was_left(bare_place):
    assert bare_place.is_dir()
    first = start_drill("main", "d", PLAN, seed=3, actor="organizer@", until=NOON + timedelta(hours=2))
    assert first["told"] < first["planted"]
    whole = start_drill("main", "d", PLAN, seed=3, actor="organizer@")
    assert whole["told"] == whole["planted"] == len(facts_since(desk(), "d"))
    assert boards(desk())["is_drill"].tolist() == [True]
    assert read_board(desk(), "d").parts["stages"]["passed"]["P"]


@pytest.mark.parametrize("ending", ["jsonl", "csv", "xlsx"])
def test_the_log_goes_out_whole_and_harmless(board, tmp_path, ending):
    fact = Fact(kind="noted", at=NOON, payload={"text": "=1+1"}, source="=cmd", source_id="1")
    tell("main", board, [fact], actor="administrator")
    out = tmp_path / f"log.{ending}"
    assert export_log(desk(), board, out, language="en") == 2
    if ending == "csv":
        assert "'=cmd" in out.read_text(encoding="utf-8-sig")
    with pytest.raises(SchemaError):
        export_log(desk(), board, tmp_path / "log.exe", language="en")


def test_a_workbook_of_the_log_is_in_the_readers_words(board, tmp_path):
    tell("main", board, [told("arrived", 1, 1, person_id="ann", post_id="A")], actor="administrator")
    for language, head, kinds in (("en", "What", ["board opened", "arrived"]), ("zh_CN", "项目", ["开板", "已到场"])):
        export_log(desk(), board, tmp_path / "log.xlsx", language=language)
        found = pd.read_excel(tmp_path / "log.xlsx")
        assert found[head].tolist() == kinds
        assert not set(found.columns) & {"sequence", "kind", "actor", "payload"}
