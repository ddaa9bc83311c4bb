"""Somebody is missing on the day: who is asked, in which order, and what the board, the review and the stays say."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest

from data.rosters.demand_file import RosterTask
from data.rosters.report import case_of_document, roster_document
from data.rosters.run import RosterRun
from geo.crowd.board.facts import Fact
from geo.crowd.board.from_roster import posts_of, stays_of
from geo.crowd.board.plan import BoardPlan, stamp
from geo.crowd.board.review import review_day
from geo.crowd.board.standing_in import gaps_at, standing_in
from geo.crowd.board.state import rebuild, state_bytes
from geo.crowd.board.view import board_at
from geo.crowd.roster.case import Case
from geo.crowd.roster.drawn import draw_case
from geo.crowd.roster.solve.result import Roster
from geo.errors import SchemaError

CASE = draw_case({"ann": "AAAA", "ben": "....", "eve": "....", "zoe": "BBBB"})
START = CASE.demand.horizon.at(0)


def at(minutes: float):
    return START + timedelta(minutes=minutes)


def log(*told: tuple[float, str, dict]) -> list[Fact]:
    plan = BoardPlan(event_id="e", posts=posts_of(CASE.demand), stays=stays_of(CASE.assignments, CASE.demand))
    facts = [Fact(kind="opened", at=at(-60), payload={"plan": plan.document()}, sequence=1)]
    return facts + [
        Fact(kind=kind, at=at(minute), payload=payload, sequence=number)
        for number, (minute, kind, payload) in enumerate(told, 2)
    ]


def gaps(facts: list[Fact], minute: float) -> list[tuple[str, str, bool]]:
    board = rebuild(facts)
    return [(one.post_id, one.person_id, one.is_late) for one in gaps_at(board, board_at(board, at(minute)))]


def order(facts: list[Fact], minute: float, who: str = "ann") -> tuple[list[str], dict[str, str]]:
    """Who is asked, and why the others are not."""
    board = rebuild(facts)
    gap = next(one for one in gaps_at(board, board_at(board, at(minute))) if one.person_id == who)
    found = standing_in(board, CASE, gap, now=at(minute))
    return [one.person.person_id for one in found.order], {
        one.person.person_id: str(one.reasons[0]) for one in found.ruled_out
    }


ZOE = (0.0, "arrived", {"person_id": "zoe", "post_id": "B"})
TAKES = {"out_id": "ann", "person_id": "ben", "post_id": "A"}


def test_a_stay_is_a_gap_when_it_begins_soon_until_somebody_is_there():
    facts = log(ZOE, (30, "arrived", {"person_id": "ann", "post_id": "A"}), (90, "left", {"person_id": "ann"}))
    assert gaps(facts[:2], -16) == []
    assert gaps(facts[:2], -15) == [("A", "ann", False)]
    assert gaps(facts[:2], 9) == [("A", "ann", False)]
    assert gaps(facts[:2], 10) == [("A", "ann", True)]
    assert gaps(facts[:3], 40) == []
    assert gaps(facts, 91) == [("A", "ann", True)], "left before the end of the stay"
    assert gaps(facts, 240) == [], "the stay is over"


def test_who_said_no_is_asked_last_and_who_is_elsewhere_not_at_all():
    assert order(log(ZOE), 20) == (["ben", "eve"], {"zoe": "zoe is at B now"})
    no = (15, "declined", {"person_id": "ben", "post_id": "A"})
    assert order(log(ZOE, no), 20)[0] == ["eve", "ben"]
    guest = (16, "arrived", {"person_id": "eve", "post_id": "B"})
    assert order(log(ZOE, no, guest), 20) == (["ben"], {"eve": "eve is at B now", "zoe": "zoe is at B now"})


def test_who_stands_in_has_the_rest_of_the_stay_and_is_awaited():
    """Ann never comes; at 30 min ben takes over, comes at 45; the stay ends at 240."""
    facts = log(ZOE, (30, "replaced", TAKES), (45, "arrived", {"person_id": "ben", "post_id": "A"}))
    stays = [(one["person_id"], one["start_at"], one["end_at"]) for one in rebuild(facts).parts["posts"]["stays"]
             if one["post_id"] == "A"]  # fmt: skip
    assert stays == [("ann", stamp(at(0)), stamp(at(30))), ("ben", stamp(at(30)), stamp(at(240)))]
    seen = {one.post_id: one for one in board_at(rebuild(facts[:3]), at(31)).posts}["A"]
    assert (seen.state, seen.late, seen.coming) == ("empty", (), ("ben",))
    assert gaps(facts[:3], 40) == [("A", "ben", True)], "late after ten minutes like anybody"
    seen = {one.post_id: one for one in board_at(rebuild(facts), at(46)).posts}["A"]
    assert (seen.state, seen.present, seen.planned) == ("manned", ("ben",), 1)
    assert state_bytes(rebuild(facts)) == state_bytes(rebuild(reversed(facts)))


def test_the_review_counts_the_replaced_part_apart():
    facts = log(ZOE, (30, "replaced", TAKES), (45, "arrived", {"person_id": "ben", "post_id": "A"}))
    found = {one.post_id: one for one in review_day(facts, until=at(240)).posts}["A"]
    assert (found.planned_min, found.manned_min, found.empty_min) == (240, 195, 45)
    assert (found.never_came, found.replaced, found.late, found.worst_late_min) == (1, 1, 1, 15)


def test_replaced_before_it_begins_the_whole_stay_is_the_others():
    facts = log(ZOE, (-10, "replaced", TAKES), (0, "arrived", {"person_id": "ben", "post_id": "A"}))
    found = {one.post_id: one for one in review_day(facts, until=at(240)).posts}["A"]
    assert (found.planned_min, found.manned_min, found.never_came, found.replaced) == (240, 240, 0, 1)


def test_who_dropped_out_is_not_asked_to_stand_in_again():
    facts = log(ZOE, (30, "replaced", TAKES))
    asked, out = order(facts, 41, who="ben")
    assert (asked, out["ann"]) == (["eve"], "ann dropped out of A")


def test_a_stay_the_roster_does_not_know_is_refused():
    stranger = (1, "replaced", TAKES | {"person_id": "guest"})
    with pytest.raises(SchemaError, match="guest at A"):
        order(log(ZOE, stranger), 30, who="guest")


def test_a_saved_roster_gives_back_what_rules_look_at():
    made = Roster(
        assignments=CASE.assignments, shortfalls=(), status="optimal", objective=0, bound=0, gap=0, needed_hours=8,
        unfairness=0, unfairness_bound=0, seconds=0, solver="none", seed=1, teams=(),
    )  # fmt: skip
    task = RosterTask(event_id="e", name="e", demand=CASE.demand, time_zone="UTC")
    run = RosterRun(task=task, staff=CASE.staff, limits=CASE.limits, roster=made, broken=(), roll=())
    document = orjson.loads(orjson.dumps(roster_document(run)))
    found = case_of_document(document)
    assert isinstance(found, Case)
    assert {one.person_id for one in found.staff.people} == set(CASE.staff.by_id)
    assert [one.name for one in found.staff.people] == [""] * 4, "no names among what rules look at"
    assert (found.limits, found.assignments) == (CASE.limits, CASE.assignments)
    assert found.demand.table().keys() == CASE.demand.table().keys()
    assert case_of_document({key: value for key, value in document.items() if key != "staff"}) is None
