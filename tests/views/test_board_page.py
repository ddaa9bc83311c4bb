"""The board of the day without a browser: opened from a refused plan, led, told, looked back at, reviewed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from data.board import boards, facts_since, read_board, tell
from data.board.drill_clock import kept_clock
from data.events.keeping import save_event
from data.events.reading import read_event
from data.imports import ImportOptions, import_file
from data.rosters.demand_file import task_of_event
from data.rosters.keeping import save_roster
from data.rosters.run import RosterRun
from data.store import open_store
from geo.crowd.board.facts import Fact
from geo.crowd.board.plan import moment_of
from geo.crowd.board.sending import sendable
from geo.crowd.roster.demand import Assignment
from geo.crowd.roster.people import Limits, Person, Staff
from geo.crowd.roster.solve.result import Roster
from tests.views.conftest import texts

SAMPLE = Path(__file__).resolve().parents[2] / "docs" / "samples" / "yanguan.json"
RING = [[120, 30], [121, 30], [121, 31], [120, 31], [120, 30]]
TOWN = {
    "type": "Feature",
    "properties": {"code": "A", "name": "Alpha"},
    "geometry": {"type": "Polygon", "coordinates": [RING]},
}


@pytest.fixture
def desk(monkeypatch, tmp_path):
    """A workspace of its own with one town, and the sample event with an exit of no width: a plan that is refused."""
    monkeypatch.setenv("WANGGE_HOME", str(tmp_path / "home"))
    path = tmp_path / "areas.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [TOWN]}))
    import_file(path, "areas", ImportOptions(level="town", id="code", name="name"), workspace="bare",
                actor="administrator")  # fmt: skip
    event = read_event(SAMPLE)
    shut = (replace(event.exits[0], clear_width_m=0.0), *event.exits[1:])
    event = replace(event, event_id=f"shut-{tmp_path.name}", area_id="", duties=(), exits=shut)
    save_event("bare", event, actor="administrator", note="", based_on=0)
    return open_store("bare").desk("administrator"), event


def save_small_roster(event) -> str:
    """A roster of one guard, g1, at the first post that asks for one, with g2 and g3 free; returns the post."""
    task = task_of_event(event, ratio="green_guide")
    need = next(one for one in task.demand.needs if one.role == "guard")
    staff = Staff(tuple(Person(person_id=f"g{n}", role="guard", name=f"Guard {n}") for n in (1, 2, 3)))
    stay = Assignment(start=need.start, end=need.start + 4, post_id=need.post_id, role="guard", person_id="g1")
    made = Roster(
        assignments=(stay,), shortfalls=(), status="feasible", objective=0, bound=0, gap=0, needed_hours=4,
        unfairness=0, unfairness_bound=0, seconds=0, solver="none", seed=1, teams=(),
    )  # fmt: skip
    run = RosterRun(task=task, staff=staff, limits=Limits(), roster=made, broken=(), roll=())
    save_roster("bare", f"{event.event_id[:40]}-roster", run, actor="administrator")
    return need.post_id


def test_somebody_is_missing_and_the_next_in_order_takes_over(desk, open_page):
    desk, event = desk
    post_id = save_small_roster(event)
    page = open_page("event", ws="bare", event=event.event_id, tab="board", lang="en")
    page.button(key="board_drill").click().run()
    board_id = boards(desk)["board_id"].iloc[0]
    plan = read_board(desk, board_id).plan
    assert (plan.roster_id, plan.roster_version) == (f"{event.event_id[:40]}-roster", 1)
    start = moment_of(plan.stays[0].start_at)
    clock = kept_clock((open_store("bare").uid, board_id))
    clock.move(start - timedelta(minutes=11))
    page.run()
    gap = page.selectbox(key="board_gap").value
    assert gap.startswith(f"{post_id}|g1|")
    page.button(key="board_no").click().run()
    assert not page.exception, [one.message for one in page.exception]
    page.button(key="board_takes").click().run()
    hand = [(one.kind, dict(one.payload)) for one in told(desk) if one.kind in ("declined", "replaced")]
    assert hand == [
        ("declined", {"person_id": "g2", "post_id": post_id}),
        ("replaced", {"person_id": "g3", "post_id": post_id, "out_id": "g1"}),
    ]
    table = next(one.value for one in page.dataframe if "Coming" in one.value)
    assert "g3" in set(table["Coming"]), "whoever stands in is awaited"
    page.session_state["board_tab"] = "review"
    page.run()
    posts = next(one.value for one in page.dataframe if "Stood in" in one.value)
    assert posts["Stood in"].sum() == 1


def told(desk) -> list:
    return facts_since(desk, boards(desk)["board_id"].iloc[0])


def test_a_refused_plan_is_drilled_with_a_notice_and_reviewed(desk, open_page):
    desk, event = desk
    page = open_page("event", ws="bare", event=event.event_id, tab="board", lang="en")
    assert not page.exception
    shown = texts(page)
    assert "The plan has no figures until it is put right" in shown
    assert "check of the plan is open" in shown
    page.button(key="board_drill").click().run()
    assert not page.exception, [one.message for one in page.exception]
    log = told(desk)
    assert [one.kind for one in log[:2]] == ["opened", "noted"]
    assert "without figures" in log[1].payload["text"]
    assert "V1-X1: Clear width (m) is 0" in log[1].payload["text"]
    plan = read_board(desk, boards(desk)["board_id"].iloc[0]).plan
    assert (plan.is_drill, plan.tasks) == (True, ())
    assert {one.area_id for one in plan.front} == {one.area_id for one in event.areas}
    page.button(key="drill_leap_front").click().run()
    assert "5 min" in [one.value for one in page.metric if one.label == "Next front in"]
    page.button(key="board_stage_peak").click().run()
    hand = [one for one in told(desk) if one.kind == "stage_changed" and one.source == "page"]
    first = min(moment_of(one.at) for one in plan.front)
    assert [(one.payload["stage_id"], one.at) for one in hand] == [("peak", first - timedelta(minutes=5))]
    page.button(key="drill_leap_end").click().run()
    assert "none to come" in texts(page) or "none to come" in [one.delta for one in page.metric]
    passed = [one.payload["area_id"] for one in told(desk) if one.kind == "front_passed"]
    assert sorted(passed) == sorted(one.area_id for one in event.areas)
    page.session_state["board_tab"] = "review"
    page.run()
    assert not page.exception
    sums = next(one.value for one in page.dataframe if "Figure" in one.value)
    assert "Incidents" in set(sums["Figure"])


def test_an_open_check_takes_one_to_its_place_on_the_map(desk, open_page):
    _, event = desk
    page = open_page("event", ws="bare", event=event.event_id, tab="board", lang="en")
    listed = [one for one in page.button if one.key and one.key.startswith("board_check_")]
    fault = next(one for one in listed if "Clear width" in one.label)
    fault.click().run()
    assert not page.exception, [one.message for one in page.exception]
    assert "Seed of the drill" not in [one.label for one in page.number_input], "the part is another"
    assert page.query_params["tab"] in ("plan", ["plan"])
    chosen = [one for one in page.number_input if one.key and one.key.endswith("clear_width_m")]
    assert [one.value for one in chosen] == [0.0], "the exit without a width is chosen, with its fields"


def test_what_is_typed_on_the_board_is_told_at_the_moment_of_the_click(desk, open_page):
    desk, event = desk
    page = open_page("event", ws="bare", event=event.event_id, tab="board", lang="en")
    page.button(key="board_drill").click().run()
    page.button(key="drill_leap_front").click().run()
    acts = {
        "incidents": (("board_incident_text", "child lost"), "board_incident_open", "incident_opened"),
        "tasks": (("board_task_text", "water to V3"), "board_task_set", "task_set"),
        "messages": (("board_text", "stand by"), "board_send", "message_sent"),
    }
    for tab, ((key, text), button, kind) in acts.items():
        page.session_state["board_tab"] = tab
        page.run()
        page.text_input(key=key).set_value(text)
        page.button(key=button).click().run()
        assert not page.exception, [one.message for one in page.exception]
        found = [one for one in told(desk) if one.kind == kind and one.source == "page"]
        assert [one.payload["text"] for one in found] == [text]
    page.session_state["board_tab"] = "counts"
    page.run()
    page.number_input(key="board_people").set_value(250)
    page.button(key="board_count_in").click().run()
    page.button(key="board_stage_peak").click().run()
    page.button(key="board_stage_peak").click().run()
    hand = [one for one in told(desk) if one.source == "page"]
    counted = [one for one in hand if one.kind == "counted"]
    assert [(one.payload["way"], one.payload["people"]) for one in counted] == [("in", 250)]
    assert [one.payload["stage_id"] for one in hand if one.kind == "stage_changed"] == ["peak"], "told once"
    page.session_state["board_tab"] = "areas"
    page.run()
    page.number_input(key="board_dense_per_m2").set_value(4.2)
    page.button(key="board_dense_tell").click().run()
    alarm = read_board(desk, boards(desk)["board_id"].iloc[0]).parts["density"]["alarms"][-1]
    assert (alarm["stage"], alarm["taken_at"]) == (2, None)
    page.button(key=f"board_take_{alarm['alarm_id']}").click().run()
    assert [one.payload["alarm_id"] for one in told(desk) if one.kind == "alarm_taken"] == [alarm["alarm_id"]]


def test_who_is_sent_is_the_nearest_or_told_with_those_passed_over(desk, open_page):
    """Three people at three posts of the wall; the one furthest off is chosen for the first, nobody for the second."""
    desk, event = desk
    page = open_page("event", ws="bare", event=event.event_id, tab="board", lang="en")
    page.button(key="board_drill").click().run()
    board_id = boards(desk)["board_id"].iloc[0]
    board = read_board(desk, board_id)
    placed = [one for one in board.plan.posts if one.lon is not None]
    at = moment_of(board.at)
    come = [Fact(kind="arrived", at=at, payload={"person_id": f"p{n}", "post_id": one.post_id})
            for n, one in enumerate((placed[0], placed[1], placed[-1]))]  # fmt: skip
    opened = [Fact(kind="incident_opened", at=at, payload={"incident_id": key, "text": key, "area_id": "V1"})
              for key in ("first", "second")]  # fmt: skip
    tell("bare", board_id, [*come, *opened], actor="administrator")
    page.session_state["board_tab"] = "incidents"
    page.run()
    order = [one.person_id for one in sendable(read_board(desk, board_id), "first")]
    page.selectbox(key="board_sent_first").select_index(len(order) - 1)
    page.button(key="board_step_first_incident_sent").click().run()
    assert not page.exception, [one.message for one in page.exception]
    page.button(key="board_step_second_incident_sent").click().run()
    sent = [dict(one.payload) for one in told(desk) if one.kind == "incident_sent"]
    assert (sent[0]["to"], sent[0]["nearest"]) == (order[-1], order[0])
    assert sent[0]["passed_over"] >= 1
    assert (sent[1]["to"], sent[1]["passed_over"]) == (order[0], 0)
    shown = texts(page)
    assert f"first {order[0]} at" in shown
    assert "nobody free was nearer" in shown


def test_a_drill_set_back_shows_the_board_as_it_was_and_takes_nothing(desk, open_page):
    desk, event = desk
    page = open_page("event", ws="bare", event=event.event_id, tab="board", lang="en")
    page.button(key="board_drill").click().run()
    page.button(key="drill_leap_end").click().run()
    known = len(told(desk))
    page.button(key="drill_leap_front").click().run()
    assert "Looking back" in texts(page)
    assert page.button(key="board_stage_peak").disabled
    assert "5 min" in [one.value for one in page.metric if one.label == "Next front in"]
    assert len(told(desk)) == known


def test_another_board_is_opened_beside_the_first(desk, open_page):
    desk, event = desk
    page = open_page("event", ws="bare", event=event.event_id, tab="board", lang="en")
    page.button(key="board_drill").click().run()
    page.button(key="board_another").click().run()
    page.number_input(key="board_seed").set_value(7).run()
    page.button(key="board_drill").click().run()
    assert not page.exception
    assert set(boards(desk)["board_id"]) == {f"{event.event_id[:40]}-drill-1-1", f"{event.event_id[:40]}-drill-7-1"}
    assert page.selectbox(key="w_event_board").value == f"{event.event_id[:40]}-drill-7-1"
