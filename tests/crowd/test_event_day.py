"""From the sample event to the end of its day: staffed, rostered, opened, drilled with the tide, reviewed."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from data.demo.festival import festival_demand, festival_staff
from data.events.reading import read_event
from geo.crowd.board.drill import plant_drill
from geo.crowd.board.from_event import plan_of_event
from geo.crowd.board.from_roster import posts_of, stays_of
from geo.crowd.board.plan import moment_of, plan_of
from geo.crowd.board.review import review_day
from geo.crowd.board.state import rebuild, state_bytes
from geo.crowd.board.view import board_at
from geo.crowd.roster.case import Case
from geo.crowd.roster.checking import check_roster
from geo.crowd.roster.from_event import demand_of_event
from geo.crowd.roster.people import Limits, Person, Staff
from geo.crowd.roster.ratios import green_guide
from geo.crowd.roster.replacement import replacement_order
from geo.crowd.roster.solve.result import Effort
from geo.crowd.roster.solve.roster import make_roster
from geo.crowd.tide.clock import deadlines, schedule

SAMPLE = Path(__file__).resolve().parents[2] / "docs" / "samples" / "yanguan.json"


def test_the_sample_event_through_its_day():
    event = read_event(SAMPLE)
    demand = demand_of_event(event, ratio=green_guide.SPEC, ratio_name="green_guide", utc_offset_min=480)
    people = [Person(person_id=f"g{n:03d}", role="guard", other_roles=("medic",)) for n in range(60)]
    limits = Limits()
    roster = make_roster(demand, Staff(tuple(people)), limits, seed=1, effort=Effort(block_work=0.05, repair_work=0.05))
    assert check_roster(Case(demand, Staff(tuple(people)), limits, roster.assignments, roster.shortfalls)) == ()
    assert roster.assignments
    assert roster.shortfalls
    steps = schedule(event, deadlines(event, event.front.passages[0].passage_id, dict.fromkeys(
        (area.area_id for area in event.areas), 400.0)))  # fmt: skip
    plan = plan_of_event(event, posts=posts_of(demand), stays=stays_of(roster.assignments, demand), steps=steps)
    assert plan_of(plan.document()) == plan
    assert len(plan.front) == len(event.areas)
    facts = [replace(one, sequence=n) for n, one in enumerate(plant_drill(plan, seed=5), 1)]
    board = rebuild(facts)
    assert state_bytes(board) == state_bytes(rebuild(facts))
    assert set(board.parts["stages"]["passed"]) == {area.area_id for area in event.areas}
    passing = moment_of(plan.front[0].at)
    before = rebuild([one for one in facts if one.at < passing])
    now = board_at(before, passing - timedelta(minutes=1))
    assert now.next_front[0]["minutes_left"] == pytest.approx(1.0)
    found = review_day(facts, until=facts[-1].at)
    assert sum(one.planned_min for one in found.posts) == pytest.approx(
        60 * sum(demand.horizon.hours(one.end - one.start) for one in roster.assignments))  # fmt: skip
    assert 0 < sum(one.manned_min for one in found.posts) < sum(one.planned_min for one in found.posts)
    assert found.tasks == len(plan.tasks)
    assert found.unexplained >= 0


@pytest.mark.prove
def test_the_festival_in_three_days(proof):
    """462 and 1,200 people, three days, in a minute; and a replacement among all of them."""
    demand, staff, limits = festival_demand(), festival_staff(), Limits()
    began = time.perf_counter()
    roster = make_roster(demand, staff, limits, seed=1)
    seconds = time.perf_counter() - began
    case = Case(demand, staff, limits, roster.assignments, roster.shortfalls)
    assert check_roster(case) == ()
    figure = f"{seconds:.1f} s, {len(roster.assignments)} shifts, {roster.objective:.0f} h missing, {roster.status}"
    proof.note("Roster of 462 + 1,200 people, three days, no hard rule broken", "60 s", figure)
    assert seconds < 60
    assert roster.objective <= 0.02 * roster.needed_hours
    stay = next(one for one in roster.assignments if one.role == "guard")
    found = replacement_order(case, stay, asked={})
    assert found.first is not None
    assert found.runner_up is not None
