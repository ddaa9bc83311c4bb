"""Reports by the boundaries of the time, of today, and of a set: told by hand, and conserved on any re-partition."""

from __future__ import annotations

import shutil
from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from data.coverage import Question, answer, coverage_table, metrics, series
from data.store import open_store
from data.writer import write
from geo.errors import SchemaError, ScopeError
from tests.dated_town import ACTOR, DAY, MIDNIGHT, OLD, SPLIT, load, load_rows, make_town, spots

MAY = MIDNIGHT - pd.Timedelta("31D")
AFTER = MIDNIGHT + pd.Timedelta("30D")
OCTOBER = (MAY.to_pydatetime(), MIDNIGHT.to_pydatetime())
NOVEMBER = (MIDNIGHT.to_pydatetime(), AFTER.to_pydatetime())
BOTH = (MAY.to_pydatetime(), AFTER.to_pydatetime())


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    home = tmp_path_factory.mktemp("town")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WANGGE_HOME", str(home))
        make_town()
        load_rows("visits", spots("v", "visit_id", "started_at").assign(person_id="p"))
    return home


@pytest.fixture(autouse=True)
def _town(made, tmp_path, monkeypatch):
    monkeypatch.setenv("WANGGE_HOME", str(tmp_path))
    shutil.copytree(made / "w", tmp_path / "w")


def ask(metric, period, boundaries="as_was", level="grid", desk=None, **more):
    desk = desk or open_store("w").desk(ACTOR)
    found = answer(desk, Question(metric, level, *period, boundaries=boundaries, now=AFTER.to_pydatetime(), **more))
    assert found.boundaries == boundaries
    assert found.table["records"].sum() + found.unassigned == found.total
    return found


def counts(*asked, **more):
    found = ask("incident_count", *asked, **more)
    return found.table["value"].to_dict() | {None: found.unassigned_value}


def all_metrics(period, **more):
    return {name: ask(name, period, **more).table for name in metrics()}


def test_the_report_of_last_month_is_as_it_was_and_told_anew_on_todays_areas():
    before = all_metrics(OCTOBER)
    assert counts(OCTOBER) == {"A": 4, "B": 4, None: 2}
    load("grid", SPLIT, valid_from=DAY)
    for name, table in all_metrics(OCTOBER).items():
        pd.testing.assert_frame_equal(table, before[name], obj=name)
    assert counts(OCTOBER, "today") == {"A1": 2, "A2": 2, "B": 4, None: 2}
    assert counts(NOVEMBER) == counts(NOVEMBER, "today") == {"A1": 2, "A2": 2, "B": 4, None: 2}
    across = ask("incident_count", BOTH)
    assert across.table["value"].to_dict() == {"A": 4, "A1": 2, "A2": 2, "B": 8}
    assert [one.isoformat() for one in across.changes] == [DAY]
    assert counts(BOTH, "today") == {"A1": 4, "A2": 4, "B": 8, None: 4}
    assert counts(BOTH, level="town") == {"T": 16, None: 4}
    assert ask("incident_count", OCTOBER, "today").changes == ()
    assert ask("incident_count", OCTOBER, within="A").table["value"].to_dict() == {"A": 4}
    shown = coverage_table(
        open_store("w").desk(ACTOR), level="grid", start=BOTH[0], end=BOTH[1], metrics=["incident_count"]
    )
    assert shown["name"].tolist()[:4] == ["A grid", "A1 grid", "A2 grid", "B grid"]
    question = Question("incident_count", "grid", *BOTH)
    assert series(open_store("w").desk(ACTOR), question)["value"].sum() == 20


def test_households_and_visits_are_told_by_the_boundaries_asked_for():
    load("grid", SPLIT, valid_from=DAY)
    desk = open_store("w").desk(ACTOR)
    for boundaries, period, ids in (("as_was", OCTOBER, {"A", "B"}), ("today", OCTOBER, {"A1", "A2", "B"})):
        per_household = ask("incidents_per_1000_households", period, boundaries, desk=desk).table["value"]
        assert set(per_household.index) == ids
        assert np.allclose(per_household, 1000 * 2 / 12)
        assert ask("visit_count", period, boundaries, desk=desk).table["value"].sum() == 8


def test_a_plan_is_counted_by_without_being_in_force():
    load("grid", SPLIT, plan="draft")
    assert counts(OCTOBER, "draft") == {"A1": 2, "A2": 2, "B": 4, None: 2}
    assert counts(OCTOBER) == {"A": 4, "B": 4, None: 2}
    with pytest.raises(SchemaError, match="boundaries tomorrow; there are as_was, today, draft"):
        ask("incident_count", OCTOBER, "tomorrow")


def test_a_person_sees_what_lay_in_their_area_at_its_time():
    person = {"account_id": "b", "name": "B", "role": "viewer", "area_id": "B"}
    write("w", "add_account", person, actor=ACTOR)
    load("grid", {"A": (0, 3), "B": (3, 4)}, valid_from=DAY)
    desk = open_store("w").desk("b")
    assert counts(OCTOBER, desk=desk) == {"B": 4, None: 0}
    assert counts(NOVEMBER, desk=desk) == {"B": 2, None: 0}
    assert len(desk.rows("incidents")) == desk.total("incidents") == 6
    assert len(desk.fixes(*BOTH)) == desk.total("fixes") == 6
    load("grid", {"A": (0, 3), "C": (3, 4)}, valid_from="2026-11-20")
    desk = open_store("w").desk("b")
    assert len(desk.rows("incidents")) == 6
    assert desk.areas().empty
    assert counts((MAY.to_pydatetime(), datetime.fromisoformat("2026-11-20T00:00+08:00")), desk=desk)["B"] == 6
    with pytest.raises(ScopeError):
        desk.rows("incidents", within="A")
    with pytest.raises(ScopeError):
        ask("incident_count", OCTOBER, desk=desk, within="A")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_partition_keeps_sums_and_leaves_the_past_alone(seed):
    random = np.random.default_rng(seed)
    names = np.array(list("PQRSAB"))

    def cut():
        edges = [0, *sorted(random.choice(np.arange(1, 8), size=3, replace=False) / 2), 4]
        ids = random.choice(names, size=len(edges) - 1, replace=False)
        return {str(one): (low, high) for one, low, high in zip(ids, edges, edges[1:], strict=False)}

    first = (counts(OCTOBER), ask("incident_count", OCTOBER).table)
    load("grid", cut(), valid_from=DAY)
    second = ask("incident_count", NOVEMBER).table
    load("grid", cut(), valid_from="2026-11-04")
    assert counts(OCTOBER) == first[0]
    pd.testing.assert_frame_equal(ask("incident_count", OCTOBER).table, first[1])
    early = (MIDNIGHT.to_pydatetime(), datetime.fromisoformat("2026-11-04T00:00+08:00"))
    assert set(ask("incident_count", early).table.index) == set(second.index)
    for period in (OCTOBER, NOVEMBER, BOTH, early):
        told = [ask("incident_count", period, boundaries) for boundaries in ("as_was", "today")]
        assert told[0].total == told[1].total
        assert told[0].unassigned == told[1].unassigned
    assert OLD
