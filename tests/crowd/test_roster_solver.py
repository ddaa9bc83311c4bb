"""Rosters against brute force and against the checker, which shares no code with the solver."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.crowd.roster.case import Case
from geo.crowd.roster.checking import check_roster
from geo.crowd.roster.demand import Assignment, Post, Walk
from geo.crowd.roster.drawn import draw_case
from geo.crowd.roster.people import Limits, Pair, Person
from geo.crowd.roster.replacement import replacement_order
from geo.crowd.roster.solve.block import build_block, measure, solve_block
from geo.crowd.roster.solve.result import Effort
from geo.crowd.roster.solve.roster import make_roster
from geo.crowd.roster.solve.shifts import Shift, cut_shifts

TIGHT = Limits(rest_h=2, longest_duty_h=5, hours_per_day=6, hours_in_event=8, posts_per_duty=2, watch_h=3,
               shortest_shift_h=2, longest_shift_h=3)  # fmt: skip
QUICK = Effort(block_work=0.5, repair_work=0.5)


def solved(case: Case, limits: Limits, seed: int = 1):
    roster = make_roster(case.demand, case.staff, limits, seed=seed, effort=QUICK)
    return roster, replace(case, limits=limits, assignments=roster.assignments, shortfalls=roster.shortfalls)


def best_by_brute_force(case: Case, limits: Limits, shifts: list[Shift]) -> int:
    """The least slots missing over every way to give each seat to a person or to nobody."""
    seats = [shift for shift in shifts for _ in range(shift.people)]
    people = [None, *(p.person_id for p in case.staff.people)]
    best = sum(one.length for one in seats)
    for chosen in product(people, repeat=len(seats)):
        missing = sum(seat.length for seat, who in zip(seats, chosen, strict=True) if who is None)
        if missing >= best:
            continue
        stays = tuple(
            Assignment(start=s.start, end=s.end, post_id=s.line.post_id, role=s.line.role, person_id=who,
                       skills=s.line.skills)
            for s, who in zip(seats, chosen, strict=True) if who is not None
        )  # fmt: skip
        tried = replace(case, limits=limits, assignments=stays)
        if not [one for one in check_roster(tried) if one.rule != "shortfalls_named"]:
            best = missing
    return best


needs = st.lists(st.sampled_from("0112"), min_size=6, max_size=9).map("".join)


@settings(max_examples=25)
@given(
    needs, needs, st.integers(1, 3), st.sampled_from([None, True, False]), st.sampled_from([0.0, 60.0]), st.booleans()
)
def test_no_rule_is_broken_and_nothing_is_better_by_brute_force(one, other, count, pair, walk, around):
    people = [Person(person_id="abc"[n], role="guard", available=((0, 5),) if n == 2 else None) for n in range(count)]
    pairs = [] if pair is None or count < 2 else [Pair(one="a", other="b", is_together=pair)]
    case = draw_case(
        {}, needs={"A": one, "B": other}, people=people, pairs=pairs, walk=Walk({("A", "B"): walk}),
        posts=[Post(post_id="A", is_round_the_clock=around)],
    )  # fmt: skip
    shifts = cut_shifts(case.demand, case.staff.people, TIGHT)
    seats = sum(one.people for one in shifts)
    block = build_block(case.staff.people, shifts, case.demand, TIGHT, pairs=case.staff.pairs)
    answer = solve_block(block, work=5.0, seed=1)
    missing = sum(m * s.length for m, s in zip(answer.missing, shifts, strict=True))
    assert measure(block, answer.taken) == (answer.missing, answer.unfairness)
    if seats <= 6:
        assert missing == best_by_brute_force(case, TIGHT, shifts)
    roster, finished = solved(case, TIGHT)
    assert check_roster(finished) == ()
    assert roster.bound <= roster.objective
    assert (roster.status == "optimal") == (roster.objective <= roster.bound + 1e-6)


def test_every_hour_that_nobody_can_do_is_named():
    case = draw_case({"ann": "......"}, needs={"A": "222222"})
    roster, finished = solved(case, TIGHT)
    assert check_roster(finished) == ()
    assert roster.objective == 12 - sum(one.end - one.start for one in roster.assignments)
    assert {one.post_id for one in roster.shortfalls} == {"A"}


def test_nobody_at_all_is_no_failure():
    roster, finished = solved(draw_case({}, needs={"A": "11"}), TIGHT)
    assert check_roster(finished) == ()
    assert [(one.start, one.end, one.people) for one in roster.shortfalls] == [(0, 2, 1)]
    assert (roster.status, roster.objective, roster.bound) == ("optimal", 2.0, 2.0)


def test_no_need_is_an_empty_roster():
    roster, _ = solved(draw_case({"ann": ".."}, needs={"A": ".."}), TIGHT)
    assert (roster.assignments, roster.shortfalls, roster.status, roster.gap) == ((), (), "optimal", 0.0)


def test_hours_are_shared_out_evenly():
    people = [Person(person_id=f"p{n}", role="guard") for n in range(4)]
    limits = Limits(rest_h=4, longest_duty_h=4, shortest_shift_h=4, longest_shift_h=4)
    roster, _ = solved(draw_case({}, needs={"A": "1" * 16, "B": "1" * 16}, people=people), limits)
    hours = {p.person_id: 0 for p in people}
    for one in roster.assignments:
        hours[one.person_id] += one.end - one.start
    assert set(hours.values()) == {8}
    assert roster.objective == 0


def test_locked_stays_are_kept():
    case = draw_case({"ann": "AA....", "ben": "......"}, needs={"A": "111111"})
    roster = make_roster(case.demand, case.staff, TIGHT, seed=1, effort=QUICK, locked=case.assignments)
    assert case.assignments[0] in roster.assignments
    assert check_roster(replace(case, limits=TIGHT, assignments=roster.assignments, shortfalls=roster.shortfalls)) == ()


TOGETHER = [Pair(one="a", other="b", is_together=True)]


@pytest.mark.parametrize("partner", [{"role": "guard", "hours_per_day": 0}, {"role": "medic"}])
def test_nobody_of_a_pair_stands_alone_where_the_other_cannot(partner):
    people = [Person(person_id="a", role="guard"), Person(person_id="b", **partner)]
    roster, finished = solved(draw_case({}, needs={"A": "22"}, people=people, pairs=TOGETHER), TIGHT)
    assert check_roster(finished) == ()
    assert (roster.assignments, roster.objective) == ((), 4.0)


def test_a_pair_stands_together_in_two_roles():
    people = [Person(person_id="a", role="guard"), Person(person_id="b", role="medic")]
    case = draw_case({}, needs={"A": "11"}, people=people, pairs=TOGETHER)
    medics = [replace(one, role="medic") for one in case.demand.needs]
    case = replace(case, demand=replace(case.demand, needs=(*case.demand.needs, *medics)))
    roster, finished = solved(case, TIGHT)
    assert check_roster(finished) == ()
    assert [(one.person_id, one.role) for one in roster.assignments] == [("a", "guard"), ("b", "medic")]


def test_stopped_before_it_began_names_everything_as_missing():
    case = draw_case({"ann": "..."}, needs={"A": "111"})
    roster = make_roster(case.demand, case.staff, TIGHT, seed=1, effort=QUICK, is_stopped=lambda: True)
    assert (roster.status, roster.assignments, roster.objective) == ("stopped", (), 3.0)


def test_progress_runs_from_start_to_end():
    told = []
    case = draw_case({"ann": "..."}, needs={"A": "111"})
    make_roster(case.demand, case.staff, TIGHT, seed=1, effort=QUICK, progress=lambda share, _: told.append(share))
    assert told == sorted(told)
    assert told[-1] == 1.0


SCRIPT = """
from tests.crowd.test_roster_solver import TIGHT, solved
from geo.crowd.roster.drawn import draw_case
roster, _ = solved(draw_case({who: "." for who in "abcde"}, needs={"A": "122211221122", "B": "111111111111"}), TIGHT)
print([(one.person_id, one.post_id, one.start, one.end) for one in roster.assignments])
"""


def test_the_same_seed_gives_the_same_roster_in_another_process():
    told = {
        subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    }
    assert len(told) == 1
    assert "'A'" in told.pop()


def test_the_order_of_replacement_is_asked_rested_near():
    now = datetime(2026, 9, 27, tzinfo=UTC)
    people = [
        Person(person_id="near", role="guard", home=(0, 10)),
        Person(person_id="far", role="guard", home=(0, 900)),
        Person(person_id="asked", role="guard", home=(0, 0)),
        Person(person_id="tired", role="guard", home=(0, 0)),
        Person(person_id="busy", role="guard", home=(0, 0)),
        Person(person_id="nurse", role="medic", home=(0, 0)),
    ]
    case = draw_case(
        {"gone": "......AA", "tired": "BBB.....", "busy": "...BBB..", "near": "", "far": "", "asked": "", "nurse": ""},
        people=people, posts=[Post(post_id="A", place=(0, 0))],
        limits=Limits(rest_h=2, longest_duty_h=4, shortest_shift_h=1),
    )  # fmt: skip
    stay = next(one for one in case.assignments if one.post_id == "A")
    found = replacement_order(case, stay, asked={"asked": now - timedelta(days=3)})
    assert [one.person.person_id for one in found.order] == ["near", "far", "tired", "asked"]
    assert found.first.person.person_id == "near"
    assert found.runner_up.person.person_id == "far"
    assert [str(why) for why in found.first.reasons] == ["never asked before", "no other duty", "10 m away"]
    assert [one.person.person_id for one in found.ruled_out] == ["busy"]
    assert str(found.ruled_out[0].reasons[0]) == "busy: 5 h without 2 h of rest"


def test_ortools_and_the_solvers_of_scipy_live_in_one_process():
    pytest.importorskip("ortools")
    for order in ("scipy.optimize, ortools.sat.python.cp_model", "ortools.sat.python.cp_model, scipy.optimize"):
        subprocess.run([sys.executable, "-c", f"import {order}"], check=True, capture_output=True)
