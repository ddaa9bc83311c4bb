"""Killed in the middle of taking effect, a plan holds wholly or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import numpy as np
import pytest

from data.plans.acting import act_on_plan, make_plan, submit_plan
from data.plans.effect import effect_plan, roll_back_plan
from data.plans.ground import draft_of_today, ground_for
from data.plans.records import read_plan
from data.store import open_store
from data.store.boundaries import lineage_of
from tests.conftest import ROOT
from tests.plans.conftest import DAY, desk_of
from tests.plans.test_plan_life import ON

CODE = """
import sys, time
from datetime import date
from data.store import open_store
import data.store.verbs.areas, data.plans.effect as effect
from data.store.publishing import Publishing
slow = Publishing.add
def add(self, *given, **more):
    print("adding", flush=True)
    time.sleep(0.05)
    return slow(self, *given, **more)
Publishing.add = add
desk = open_store("main").desk("second")
effect.effect_plan(desk, sys.argv[1], date.fromisoformat(sys.argv[2]))
print("done", flush=True)
"""


def state():
    store = open_store("main")
    tables = [store.table(kind).to_csv() for kind in ("areas", "incidents", "people")]
    return "\n".join([*tables, lineage_of(store).to_csv(), str(store.accounts())])


@pytest.mark.parametrize("pause_s", [0.0, 0.12, 0.3, 0.6])
def test_killed_while_taking_effect(place, pause_s):
    plan_id = approved()
    before = state()
    kill(place, plan_id, pause_s)
    told = read_plan(desk_of(), plan_id).state
    assert (told, state() == before) in (("approved", True), ("in_force", False))
    if told == "in_force":
        roll_back_plan(desk_of("second"), plan_id)
        assert state() == before
    else:
        effect_plan(desk_of("second"), plan_id, ON)
        assert read_plan(desk_of(), plan_id).state == "in_force"


@pytest.mark.prove
def test_killed_thirty_times(place, proof):
    plan_id = approved()
    before, rng, found = state(), np.random.default_rng(9), []
    for _ in range(30):
        kill(place, plan_id, rng.uniform(0, 0.9))
        told = read_plan(desk_of(), plan_id).state
        assert (told, state() == before) in (("approved", True), ("in_force", False))
        found.append(told)
        if told == "in_force":
            roll_back_plan(desk_of("second"), plan_id)
            assert state() == before
            plan_id = approved()
    line = f"{found.count('approved')} as before, {found.count('in_force')} as after"
    proof.note("A plan killed 30 times while taking effect", "wholly or not at all", line)


def approved():
    desk = desk_of()
    draft = draft_of_today(ground_for(desk, "grid")).with_zones({"V100103": "V1002", "V200201": "V2001"})
    plan = make_plan(desk, "东镇", draft, level="grid")
    submit_plan(desk_of(), plan.plan_id)
    return act_on_plan(desk_of("second"), plan.plan_id, "approve").plan_id


def kill(place, plan_id, pause_s):
    environment = os.environ | {"WANGGE_HOME": str(place), "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-c", CODE, plan_id, DAY]
    child = subprocess.Popen(words, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "adding\n"
    time.sleep(pause_s)
    child.kill()
    child.wait()
    child.stdout.close()
