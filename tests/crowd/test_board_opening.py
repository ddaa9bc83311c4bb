"""What a board is opened with, and its review as a workbook."""

from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook

from data.board.opening import plan_for_board, steps_of
from data.board.review_sheets import review_bytes, review_sums
from data.events.reading import read_event
from data.rosters.keeping import KeptRoster
from geo.crowd.board.drill import plant_drill
from geo.crowd.board.plan import moment_of, plan_of
from geo.crowd.board.review import review_day

SAMPLE = Path(__file__).resolve().parents[2] / "docs" / "samples" / "yanguan.json"
EVENT = read_event(SAMPLE)
NOON = datetime.fromisoformat("2026-09-28T12:00:00+08:00")


def passing(at: datetime) -> dict:
    steps = [("clear", at - timedelta(minutes=10)), ("front", at), ("open", at + timedelta(minutes=30))]
    return {"schedule": [{"at": when.isoformat(), "act": act, "area_ids": ["V1"], "text": act} for act, when in steps]}


REPORT = {
    "capacity": {"areas": [{"area_id": "V1", "capacity": 8000}]},
    "front": {"passages": [passing(NOON), passing(NOON - timedelta(hours=11))]},
}


def test_the_board_takes_the_days_passing_and_what_areas_hold():
    plan = plan_for_board(EVENT, report=REPORT, roster=None, ratio="green_guide")
    assert plan_of(plan.document()) == plan
    assert [moment_of(one.at) for one in plan.front] == [NOON], "the night's passing is another day's"
    assert [one.text for one in plan.tasks] == ["clear"]
    assert {one.area_id: one.most_people for one in plan.areas}["V1"] == 8000
    assert plan.posts
    assert plan.stays == ()


def test_without_figures_the_board_has_the_passings_and_no_deadline():
    plan = plan_for_board(EVENT, report=None, roster=None, ratio="green_guide")
    assert plan_of(plan.document()) == plan
    assert plan.tasks == ()
    assert {one.most_people for one in plan.areas} == {None}
    assert {one.area_id for one in plan.front} == {one.area_id for one in EVENT.areas}
    still = replace(EVENT, front=replace(EVENT.front, speed_low_m_s=0.0))
    assert steps_of(still, None) == (), "a front that never comes passes nothing"


def test_the_board_takes_posts_and_stays_of_a_saved_roster():
    document = {
        "horizon": {"start": "2026-09-28T08:00:00+08:00", "slots": 4, "slot_min": 60, "utc_offset_min": 480},
        "posts": [{"post_id": "V1", "name": "one", "area_id": "V1"}], "needs": [],
        "assignments": [{"post_id": "V1", "role": "guard", "skills": [], "groups": [], "person_id": "ann", "start": 1,
                         "end": 3}],
    }  # fmt: skip
    kept = KeptRoster(roster_id="r", version=1, event_id="e", name="", document=document, people={})
    plan = plan_for_board(EVENT, report=None, roster=kept, ratio="green_guide")
    assert [one.post_id for one in plan.posts] == ["V1"]
    stay = plan.stays[0]
    assert (stay.person_id, stay.start_at, stay.end_at) == (
        "ann",
        "2026-09-28T01:00:00.000Z",
        "2026-09-28T03:00:00.000Z",
    )


def test_areas_are_watched_for_medics_while_the_demand_asks_for_them():
    """Asked for from 8 to 16 in full hours; the phase that asks for them ends at 15:30."""
    need = {"post_id": "V1", "role": "medic", "start": 2, "end": 10, "people": 1, "skills": [], "groups": [],
            "basis": "fixed"}  # fmt: skip
    document = {
        "horizon": {"start": "2026-09-28T06:00:00+08:00", "slots": 12, "slot_min": 60, "utc_offset_min": 480},
        "posts": [{"post_id": "V1", "name": "one", "area_id": "V1"}], "assignments": [],
        "needs": [need, need | {"role": "guard"}],
    }  # fmt: skip
    for made_with, end in (({"ratio": "green_guide", "days": 1}, "15:30"), ({}, "16:00")):
        kept = KeptRoster(roster_id="r", version=1, event_id="e", name="", document=document | {"made_with": made_with},
                          people={})  # fmt: skip
        plan = plan_for_board(EVENT, report=None, roster=kept, ratio="green_guide")
        found = [(one.area_id, one.role, moment_of(one.start_at), moment_of(one.end_at)) for one in plan.watches]
        times = [datetime.fromisoformat(f"2026-09-28T{at}:00+08:00") for at in ("08:00", end)]
        assert found == [("V1", "medic", *times)]


def test_the_review_goes_out_as_a_workbook():
    plan = plan_for_board(EVENT, report=REPORT, roster=None, ratio="green_guide")
    facts = list(plant_drill(plan, seed=2))
    numbered = [type(one)(**{**vars(one), "sequence": n}) for n, one in enumerate(facts, 1)]
    found = review_day(numbered, until=numbered[-1].at)
    book = load_workbook(BytesIO(review_bytes(found, plan=plan, language="en")))
    assert book.sheetnames == ["Sums", "Posts", "Stages", "Counts"]
    assert book["Stages"].max_row == 1 + len(plan.stages)
    sums = {row[0]: row[1] for row in book["Sums"].iter_rows(min_row=2, values_only=True)}
    assert sums["Incidents"] == review_sums(found)["incidents"] == 6
    names = {row[0]: row[1] for row in book["Posts"].iter_rows(min_row=2, values_only=True)}
    assert names == {one.post_id: one.name for one in plan.posts}
    book = load_workbook(BytesIO(review_bytes(found, plan=plan, language="zh_CN")))
    assert book.sheetnames == ["汇总", "岗位", "阶段安排", "流量与人数"]
    heads = [cell.value for sheet in book for cell in sheet[1]] + [row[0].value for row in book["汇总"].iter_rows()]
    assert not [one for one in heads if one.isascii()], "no head and no figure in English"
