"""Work shared out over processes gives what it gives here: also when a process dies, and nothing more once stopped."""

import os
import signal

import numpy as np
import pytest

from data.side_by_side import SideBySide
from geo.planning.drawn import draw_plan
from geo.planning.solve.county import plan_units
from geo.planning.solve.search import QUICK
from geo.planning.units import Band
from geo.turns import in_turn

NEVER = bool
TASKS = ["a" * n for n in (3, 1, 4, 1, 5, 9, 2, 6)]


def length(task, _is_stopped):
    return len(task)


def length_and_process(task, _is_stopped):
    return len(task), os.getpid()


def die_in_a_process_of_its_own(task, _is_stopped):
    if len(task) == 5 and os.getpid() != int(os.environ["WANGGE_TEST_HERE"]):
        os.kill(os.getpid(), signal.SIGKILL)
    return len(task)


def refuse(task, _is_stopped):
    raise ValueError(task)


@pytest.fixture
def turns(monkeypatch):
    monkeypatch.setattr("data.side_by_side.processors", lambda: 2)
    with SideBySide(worth_it=10) as found:
        yield found


def test_answers_come_in_order_from_other_processes(turns):
    answers = list(turns(length_and_process, TASKS, NEVER))
    assert [one for one, _ in answers] == [len(task) for task in TASKS]
    assert os.getpid() not in {process for _, process in answers}


def test_little_work_is_done_here(turns):
    assert {process for _, process in turns(length_and_process, ["a", "bb"], NEVER)} == {os.getpid()}


def test_one_processor_works_alone(monkeypatch):
    monkeypatch.setattr("data.side_by_side.processors", lambda: 1)
    with SideBySide(units=100, worth_it=10) as turns:
        assert {process for _, process in turns(length_and_process, TASKS, NEVER)} == {os.getpid()}


def test_a_process_that_dies_loses_no_answer(turns, monkeypatch):
    monkeypatch.setenv("WANGGE_TEST_HERE", str(os.getpid()))
    wanted = [len(task) for task in TASKS]
    assert list(turns(die_in_a_process_of_its_own, TASKS, NEVER)) == wanted
    assert list(turns(length, TASKS, NEVER)) == wanted


def test_stopped_it_answers_no_more(turns):
    heard = []
    for answer in turns(length, TASKS, lambda: len(heard) == 3):
        heard.append(answer)
    assert heard == [3, 1, 4]


def test_a_refusal_in_a_process_is_the_callers(turns):
    with pytest.raises(ValueError, match="aaa"):
        list(turns(refuse, TASKS, NEVER))


def test_a_county_is_planned_the_same_side_by_side(turns):
    rng = np.random.default_rng(3)
    rows = ["".join("abcd"[(x // 4 + 2 * (y // 3)) % 4] for x in range(16)) for y in range(6)]
    names = [name for row in rows for name in row]
    units = draw_plan(
        *rows, sizes=rng.integers(1, 5, 96).tolist(), parents=names, band=Band(5, 12)
    ).units  # fmt: skip
    alone = plan_units(units, effort=QUICK, seed=4, zones=30)
    shared = plan_units(units, effort=QUICK, seed=4, zones=30, turns=turns)
    assert alone.plan.zone.tolist() == shared.plan.zone.tolist()
    assert list(in_turn(length, TASKS, NEVER)) == [len(task) for task in TASKS]
