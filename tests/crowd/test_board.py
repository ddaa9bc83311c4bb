"""The board follows from its facts: by hand, from scratch, in any language of the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.crowd.board.drill import DrillScript, plant_drill
from geo.crowd.board.facts import Fact
from geo.crowd.board.known import is_known
from geo.crowd.board.plan import (
    BoardArea,
    BoardEntrance,
    BoardPlan,
    BoardPost,
    BoardStage,
    BoardTask,
    Expected,
    Levels,
    Stay,
    Watch,
    plan_of,
    stamp,
)
from geo.crowd.board.review import review_day
from geo.crowd.board.state import FACTS, open_board, rebuild, require_fact, state_bytes, take_fact
from geo.crowd.board.view import board_at
from geo.errors import SchemaError

NOON = datetime.fromisoformat("2026-09-27T12:00:00+08:00")


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def stay(who: str, post: str, start: float, end: float, role: str = "guard") -> Stay:
    return Stay(person_id=who, post_id=post, role=role, start_at=stamp(after(start)), end_at=stamp(after(end)))


PLAN = BoardPlan(
    event_id="tide",
    posts=(BoardPost(post_id="A", area_id="P"), BoardPost(post_id="B", area_id="P"), BoardPost(post_id="C")),
    stays=(stay("ann", "A", 0, 120), stay("ben", "A", 120, 240), stay("eve", "B", 0, 240, "medic")),
    areas=(BoardArea(area_id="P", usable_m2=100, most_people=300, needs=("medic",)), BoardArea(area_id="Q")),
    entrances=(BoardEntrance(entrance_id="E1", area_id="P"), BoardEntrance(entrance_id="E2")),
    stages=(
        BoardStage(stage_id="wait", name="Waiting", key="1", planned_at=stamp(NOON)),
        BoardStage(stage_id="tide", name="Tide", key="2", planned_at=stamp(after(60))),
    ),
    tasks=(BoardTask(task_id="clear", text="clear the edge", due_at=stamp(after(50)), area_id="P"),),
    crowds=(
        Expected(area_id="P", at=stamp(after(30)), people=200),
        Expected(area_id="P", at=stamp(after(90)), people=20),
    ),
    front=(Expected(area_id="P", at=stamp(after(60))), Expected(area_id="Q", at=stamp(after(65)))),
)


def log(*told: tuple[float, str, dict], plan: BoardPlan = PLAN) -> list[Fact]:
    facts = [Fact(kind="opened", at=after(-60), payload={"plan": plan.document()}, sequence=1, actor="duty")]
    return facts + [
        Fact(kind=kind, at=after(minute), payload=payload, sequence=number, actor="duty")
        for number, (minute, kind, payload) in enumerate(told, 2)
    ]


def here(who: str, post: str) -> dict:
    return {"person_id": who, "post_id": post}


def posts(facts: list[Fact], minute: float) -> dict:
    return {one.post_id: one for one in board_at(rebuild(facts), after(minute)).posts}


def test_a_post_is_empty_then_late_then_manned_then_leaving():
    facts = log((14, "arrived", here("ann", "A")))
    assert posts(facts[:1], -1)["A"].state == "not due"
    assert posts(facts[:1], -1)["A"].coming == ("ann",)
    assert (posts(facts[:1], 9)["A"].state, posts(facts[:1], 9)["A"].late) == ("empty", ())
    assert posts(facts[:1], 10)["A"].late == ("ann",)
    assert (posts(facts, 14)["A"].state, posts(facts, 14)["A"].present) == ("manned", ("ann",))
    no_relief = replace(PLAN, stays=PLAN.stays[:1])
    alone = log((14, "arrived", here("ann", "A")), plan=no_relief)
    assert posts(alone, 104)["A"].leaving == ()
    assert posts(alone, 105)["A"].leaving == ("ann",)
    assert posts(facts, 105)["A"].leaving == ()
    assert posts(facts, 105)["A"].coming == ("ben",)
    assert posts(facts, 120)["A"].late == ()
    assert posts(facts, 130)["A"].late == ("ben",)
    assert posts(facts, 0)["C"].state == "not due"


def test_an_area_without_its_medic_is_a_void_since_the_last_one_left():
    facts = log((0, "arrived", here("eve", "B")), (40, "arrived", here("eve", "C")), (70, "arrived", here("eve", "B")))
    assert [(v.area_id, v.role) for v in board_at(rebuild(facts[:1]), NOON).voids] == [("P", "medic")]
    assert board_at(rebuild(facts[:2]), NOON).voids == ()
    assert [v.since for v in board_at(rebuild(facts[:3]), NOON).voids] == [stamp(after(40))]
    assert board_at(rebuild(facts), NOON).voids == ()


def watching(*spans: tuple[float, float], **more) -> BoardPlan:
    """Area P needs a medic in these minutes; its wall closes at 60 and is let go at 90, the last stage is from 100."""
    end = BoardStage(stage_id="end", name="Close", key="3", planned_at=stamp(after(100)))
    tasks = [("1", "closed", 60), ("2", "release", 90), ("3", "closed", 160), ("4", "release", 190)]
    return replace(
        PLAN, stages=(*PLAN.stages, end), areas=(BoardArea(area_id="P"), BoardArea(area_id="Q")),
        watches=tuple(Watch(area_id="P", role="medic", start_at=stamp(after(a)), end_at=stamp(after(b)))
                      for a, b in spans),
        tasks=tuple(BoardTask(task_id=key, text=text, due_at=stamp(after(at)), area_id="P") for key, text, at in tasks),
        **more,
    )  # fmt: skip


def lacks(facts: list[Fact], minute: float) -> list[tuple[str, str]]:
    """Area and since when, in minutes after noon as stamped."""
    return [(one.area_id, one.since) for one in board_at(rebuild(facts), after(minute)).voids]


def test_an_area_lacks_a_role_only_while_the_plan_asks_for_it():
    """Asked for from 0 to 50 and 70 to 100; the medic comes at 5, goes at 40, and comes back to nobody's need."""
    facts = log((5, "arrived", here("eve", "B")), (40, "left", {"person_id": "eve"}), plan=watching((0, 50), (70, 100)))
    assert [lacks(facts[:1], minute) for minute in (-1, 0, 49)] == [
        [], [("P", stamp(NOON))], [("P", stamp(NOON))]]  # fmt: skip
    assert lacks(facts[:2], 39) == []
    assert lacks(facts, 45) == [("P", stamp(after(40)))]
    assert [lacks(facts, minute) for minute in (50, 69)] == [[], []], "the need is over, and not yet back"
    assert lacks(facts, 70) == [("P", stamp(after(70)))], "since the need began, not since the last one left"
    assert lacks(facts, 100) == [], "posts are relieved"


def test_a_stage_told_early_ends_the_need_of_the_stages_before_it():
    """The last stage is planned at 100 and told at 80: from then on the plan asks for nobody."""
    facts = log((80, "stage_changed", {"stage_id": "end"}), plan=watching((0, 100)))
    assert lacks(facts[:1], 85) == [("P", stamp(NOON))]
    assert lacks(facts, 85) == []
    late = log((110, "stage_changed", {"stage_id": "tide"}), plan=watching((0, 100)))
    assert lacks(late, 115) == [], "a stage told late asks for nothing that is over by the clock"


def test_a_closed_area_lacks_nothing_until_it_is_let_go():
    """Closed at 58, let go at 95, closed for the second passing at 160; each by its own task."""
    done = [(58, "1"), (95, "2"), (160, "3")]
    facts = log(*((at, "task_done", {"task_id": key}) for at, key in done), plan=watching((0, 300)))
    assert lacks(facts[:1], 58) == [("P", stamp(NOON))]
    assert lacks(facts[:2], 59) == []
    assert lacks(facts[:3], 96) == [("P", stamp(NOON))]
    assert lacks(facts, 161) == []
    shut = [{one.area_id: one.closed_at for one in board_at(rebuild(facts[:n]), NOON).areas}["P"] for n in (1, 2, 3, 4)]
    assert shut == [None, stamp(after(58)), None, stamp(after(160))]


def test_a_board_opened_before_watches_were_kept_goes_by_its_stays():
    facts = log((0, "arrived", here("eve", "B")), (200, "left", {"person_id": "eve"}))
    assert lacks(facts, 210) == [("P", stamp(after(200)))]
    assert lacks(facts, 240) == []


def test_whoever_moves_has_left_and_a_strange_leaving_is_kept_apart():
    facts = log((0, "arrived", here("ann", "A")), (5, "arrived", here("ann", "B")), (6, "left", {"person_id": "eve"}))
    part = rebuild(facts).parts["posts"]
    assert part["done"] == [["ann", "A", "guard", stamp(NOON), stamp(after(5))]]
    assert part["odd"] == [4]
    assert list(part["present"]) == ["ann"]


def test_one_takes_the_place_of_another():
    facts = log(
        (0, "replaced", {"out_id": "ann", "person_id": "zoe", "post_id": "A"}), (1, "arrived", here("zoe", "A"))
    )
    assert posts(facts, 30)["A"].state == "manned"
    assert posts(facts, 30)["A"].late == ()


def counted(minute: float, door: str, way: str, people: int) -> tuple[float, str, dict]:
    return minute, "counted", {"entrance_id": door, "way": way, "people": people}


def test_counts_are_conserved_and_below_zero_is_told():
    facts = log(counted(0, "E1", "in", 50), counted(1, "E2", "in", 10), counted(2, "E1", "out", 80))
    areas = {one.area_id: one for one in board_at(rebuild(facts), NOON).areas}
    assert (areas["P"].present, areas["P"].unexplained) == (-30, 30)
    assert (areas[""].present, areas[""].unexplained) == (-20, 20)
    facts = [*facts, Fact(kind="headcount", at=after(3), payload={"area_id": "P", "people": 5}, sequence=5)]
    areas = {one.area_id: one for one in board_at(rebuild(facts), NOON).areas}
    assert (areas["P"].present, areas["P"].corrected, areas["P"].unexplained) == (5, 35, 30)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.sampled_from(["E1", "E2"]), st.sampled_from(["in", "out"]), st.integers(0, 500))))
def test_present_is_in_less_out_and_never_below_minus_the_unexplained(told):
    board = rebuild(log(*(counted(n, *one) for n, one in enumerate(told))))
    total = sum(people if way == "in" else -people for _, way, people in told)
    site = {one.area_id: one for one in board_at(board, NOON).areas}[""]
    doors = board.parts["counts"]["entrances"].values()
    assert site.present == total == sum(d["in"] - d["out"] for d in doors)
    assert site.present + site.unexplained >= 0


def seen(minute: float, density: float, area: str = "Q") -> tuple[float, str, dict]:
    return minute, "density_seen", {"area_id": area, "per_m2": density}


def stages(*told: tuple[float, float]) -> list[int]:
    facts = log(*(seen(*one) for one in told))
    return [rebuild(facts[: n + 2]).parts["density"]["areas"]["Q"]["stage"] for n in range(len(told))]


def test_alarms_rise_at_once_and_fall_late():
    assert stages((0, 2.9), (1, 3.0), (2, 4.7)) == [0, 1, 3]
    assert stages((0, 4.0), (1, 3.9), (2, 3.71), (60, 3.75)) == [2, 2, 2, 2]
    assert stages((0, 4.0), (1, 3.6), (2, 3.6), (3, 3.6)) == [2, 2, 2, 1]
    assert stages((0, 4.0), (1, 3.6), (2, 3.8), (3, 3.6), (4, 1.0), (5, 1.0)) == [2, 2, 2, 2, 2, 0]


def test_a_density_around_a_level_does_not_flicker():
    told = [(n, 4.0 if n % 2 else 3.95) for n in range(60)]
    facts = log(*(seen(*one) for one in told))
    assert len(rebuild(facts).parts["density"]["alarms"]) == 2


def test_alarms_know_who_took_them_up():
    facts = log(seen(0, 4.1), (3, "alarm_taken", {"alarm_id": "Q-2"}), seen(10, 4.8))
    first, second = rebuild(facts).parts["density"]["alarms"]
    assert (first["stage"], first["taken_at"], first["ended_at"]) == (2, stamp(after(3)), stamp(after(10)))
    assert (second["stage"], second["from_stage"], second["taken_at"]) == (3, 2, None)


def test_counts_over_usable_ground_sound_the_alarm():
    board = rebuild(log(counted(0, "E1", "in", 299), counted(1, "E1", "in", 1)))
    assert [one["density"] for one in board.parts["density"]["alarms"]] == [3.0]
    assert {one.area_id: one.share for one in board_at(board, NOON).areas}["P"] == 1.0


def test_an_older_density_changes_nothing():
    assert stages((10, 4.8), (5, 1.0)) == [3, 3]


def test_tasks_grow_overdue_and_stages_follow_one_key():
    facts = log((1, "stage_changed", {"stage_id": "wait"}), (2, "stage_changed", {"stage_id": "wait"}))
    now = board_at(rebuild(facts), after(40))
    assert (now.stage, now.next_stage.stage_id) == ("wait", "tide")
    assert [(t.state, t.minutes_left) for t in now.tasks] == [("soon", 10.0)]
    assert board_at(rebuild(facts), after(50)).tasks[0].state == "soon"
    assert board_at(rebuild(facts), after(51)).tasks[0].state == "overdue"
    assert rebuild(facts).parts["stages"]["changes"] == [["wait", stamp(after(1)), "duty"]]
    done = [*facts, Fact(kind="task_done", at=after(45), payload={"task_id": "clear"}, sequence=4)]
    assert board_at(rebuild(done), after(51)).tasks == ()


def test_what_a_board_says_already_is_known():
    facts = log(
        (0, "stage_changed", {"stage_id": "wait"}), (1, "arrived", here("ann", "A")), seen(2, 4.1),
        (3, "alarm_taken", {"alarm_id": "Q-4"}), (4, "incident_opened", {"incident_id": "i", "text": "child lost"}),
        (5, "incident_sent", {"incident_id": "i", "to": "nearest"}), (6, "task_done", {"task_id": "clear"}),
        (7, "message_sent", {"message_id": "m", "to": "all", "text": "off the wall"}),
        (8, "message_read", {"message_id": "m"}), counted(9, "E1", "in", 5),
    )  # fmt: skip
    new = {"opened", "density_seen", "incident_opened", "message_sent", "counted"}
    for number, fact in enumerate(facts[1:], 1):
        assert not is_known(rebuild(facts[:number]), fact), fact.kind
        assert is_known(rebuild(facts[: number + 1]), fact) == (fact.kind not in new), fact.kind
    assert not is_known(rebuild(facts), replace(facts[2], payload=here("ann", "B")))
    assert not is_known(rebuild(facts), replace(facts[9], actor="another"))


def test_the_front_is_told_by_area_until_it_has_passed():
    facts = log((61, "front_passed", {"area_id": "P"}))
    assert [(o["area_id"], o["minutes_left"]) for o in board_at(rebuild(facts[:1]), after(50)).next_front] == [
        ("P", 10.0), ("Q", 15.0)]  # fmt: skip
    assert [o["area_id"] for o in board_at(rebuild(facts), after(62)).next_front] == ["Q"]


def test_the_review_holds_the_day_against_its_plan():
    facts = log(
        (0, "stage_changed", {"stage_id": "wait"}), (70, "stage_changed", {"stage_id": "tide"}),
        (-5, "arrived", here("eve", "B")), (20, "arrived", here("ann", "A")), (100, "left", {"person_id": "ann"}),
        counted(10, "E1", "in", 190), counted(80, "E1", "out", 180), seen(15, 4.1),
        (17, "alarm_taken", {"alarm_id": "Q-9"}),
        (5, "incident_opened", {"incident_id": "i", "text": "child lost"}),
        (9, "incident_reached", {"incident_id": "i"}),
        (55, "task_done", {"task_id": "clear"}),
    )  # fmt: skip
    found = review_day(facts, until=after(300))
    by_post = {one.post_id: one for one in found.posts}
    assert (by_post["A"].planned_min, by_post["A"].manned_min, by_post["A"].empty_min) == (240, 80, 160)
    assert (by_post["A"].late, by_post["A"].worst_late_min, by_post["A"].never_came) == (1, 20, 1)
    assert (by_post["B"].manned_min, by_post["B"].late, by_post["C"].planned_min) == (240, 0, 0)
    assert [one.minutes_late for one in found.stages] == [0, 10]
    assert [(one.expected, one.counted) for one in found.counts] == [(200, 190), (20, 10)]
    assert (found.alarms, found.never_taken, found.alarm_median_s) == (1, 0, 120)
    assert (found.incidents, found.never_reached, found.incident_median_s) == (1, 0, 240)
    assert (found.tasks, found.done_in_time, found.done_late, found.not_done) == (1, 0, 1, 0)


@pytest.mark.parametrize("seed", [1, 2, 7])
def test_a_drill_runs_on_the_same_board_and_is_the_same_each_time(seed):
    facts = plant_drill(PLAN, seed=seed, script=DrillScript(miscounted=5))
    again = plant_drill(PLAN, seed=seed, script=DrillScript(miscounted=5))
    assert facts == again
    assert len({one.source_id for one in facts}) == len(facts)
    assert [one.at for one in facts] == sorted(one.at for one in facts)
    board = None
    numbered = [replace(one, sequence=n) for n, one in enumerate(facts, 1)]
    for number, fact in enumerate(numbered, 1):
        require_fact(board, fact)
        if board is None:
            board = open_board(fact)
        else:
            take_fact(board, fact)
        if number % 10 == 0:
            assert state_bytes(rebuild(numbered[:number])) == state_bytes(board)
    assert board.plan.is_drill
    assert board.parts["stages"]["passed"] == {"P": [stamp(after(60))], "Q": [stamp(after(65))]}
    assert board.parts["density"]["alarms"]
    found = review_day(numbered, until=after(600))
    assert found.incidents == 6
    assert len(found.counts) == 2


def test_the_state_read_back_from_its_log_is_the_same_byte_for_byte():
    facts = [replace(one, sequence=n) for n, one in enumerate(plant_drill(PLAN, seed=3), 1)]
    assert state_bytes(rebuild(facts)) == state_bytes(rebuild(reversed(facts)))


def test_facts_that_cannot_be_are_refused_with_every_fault():
    board = rebuild(log())
    wrong = Fact(kind="arrived", at=NOON, payload={"post_id": "Z", "shoe": 42})
    with pytest.raises(SchemaError, match=r"no person_id, shoe\?, post_id 'Z'"):
        require_fact(board, wrong)
    with pytest.raises(SchemaError, match="'danced'"):
        require_fact(board, Fact(kind="danced", at=NOON))
    with pytest.raises(SchemaError, match="'opened'"):
        require_fact(board, log()[0])
    with pytest.raises(SchemaError, match="at without zone"):
        require_fact(board, Fact(kind="noted", at=NOON.replace(tzinfo=None), payload={"text": "x"}))
    with pytest.raises(SchemaError, match="people True"):
        require_fact(board, Fact(kind="headcount", at=NOON, payload={"people": True}))


def test_plans_that_cannot_be_are_refused():
    with pytest.raises(SchemaError, match=r"stays: 'Z'"):
        plan_of(replace(PLAN, stays=(stay("ann", "Z", 0, 1),)).document())
    with pytest.raises(SchemaError, match="ann ends before it begins"):
        plan_of(replace(PLAN, stays=(stay("ann", "A", 5, 5),)).document())
    with pytest.raises(SchemaError, match="medic ends before it begins"):
        plan_of(watching((9, 9)).document())
    with pytest.raises(SchemaError, match="levels"):
        plan_of(replace(PLAN, levels=Levels(moving=(2.0, 2.0, 5.0))).document())


def test_every_kind_of_fact_belongs_to_one_part():
    assert len(FACTS) >= 18
    assert all(spec.title for spec in FACTS.values())
