"""Grids typed into the table of event duties: names from the store, times of the time line where none are given."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from geo.crowd.event import Duty
from geo.crowd.event.people import grids_on_duty
from geo.errors import SchemaError
from tests.crowd.test_event import NOON, ONE, good
from views.events.duties import duties_of, whole_time

KNOWN = {"G1": ("first grid", "a village")}
ZONE = ZoneInfo("Asia/Shanghai")


def row(grid="G1", starts=None, ends=None, areas=None):
    return {"grid_id": grid, "team_id": None, "area_ids": areas, "starts_at": starts, "ends_at": ends}


def test_a_grid_without_times_is_on_duty_all_the_time_line():
    (one,) = duties_of(good(), [row(areas=["A"]), row(grid=None)], KNOWN, ZONE)
    assert one == Duty(
        grid_id="G1", name="first grid", village="a village", area_ids=("A",), starts_at=NOON, ends_at=ONE
    )
    assert grids_on_duty((one,), NOON) == ("G1",)
    assert grids_on_duty((one,), ONE) == ()


def test_typed_times_are_local_and_an_empty_one_without_a_time_line_is_refused():
    local = pd.Timestamp("2026-09-28 12:30")
    (one,) = duties_of(good(), [row(starts=local, ends=pd.NaT)], KNOWN, ZONE)
    assert (one.starts_at, one.ends_at) == (NOON + timedelta(minutes=30), ONE)
    with pytest.raises(SchemaError, match="an empty time"):
        duties_of(replace(good(), phases=()), [row()], KNOWN, ZONE)


def test_one_press_takes_the_whole_time_line():
    short = Duty(grid_id="G1", starts_at=NOON, ends_at=NOON + timedelta(minutes=1))
    plan = whole_time(replace(good(), duties=(short,)))
    assert [(d.starts_at, d.ends_at) for d in plan.duties] == [(NOON, ONE)]
    bare = replace(good(), phases=(), duties=(short,))
    assert whole_time(bare) is bare
