"""A plan from its first version to its day and back: who may do what, what is refused, and what stays as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import geopandas as gpd
import pandas as pd
import pytest

from api.replay import build_frame
from data.coverage import Question, answer
from data.plans.acting import act_on_plan, branch_plan, make_plan, save_plan, see_plan, submit_plan
from data.plans.draft import Draft, ZoneText
from data.plans.due import due_plans
from data.plans.due import main as due_main
from data.plans.effect import effect_due, effect_plan, local_today, roll_back_plan
from data.plans.gate import _towers as tower_faults
from data.plans.ground import draft_of_today, ground_for
from data.plans.records import list_plans, plan_events, plan_versions, read_draft, read_plan
from data.plans.solving import solve_draft
from data.store import open_store
from data.store.boundaries import AS_WAS, areas_in, key_of, lineage_of
from data.writer import write
from geo.errors import ChangedError, SchemaError, ScopeError, StoreError
from tests.plans.conftest import DAY, desk_of, publish_one, square

ON = date.fromisoformat(DAY)
MOVED = {"V100103": "V1002"}
"""The north-eastern micro-grid of V1 goes to the southern grid: 200 and 400 households, both in band."""


def drawn(account="planner", moved=MOVED):
    desk = desk_of(account)
    return make_plan(desk, "东镇调整", draft_of_today(ground_for(desk, "grid")).with_zones(moved), level="grid")


def approved(moved=MOVED):
    plan = drawn(moved=moved)
    submit_plan(desk_of(), plan.plan_id)
    return act_on_plan(desk_of("second"), plan.plan_id, "approve")


def everything():
    store = open_store("main")
    parts = [store.table(kind).to_csv() for kind in ("areas", "incidents", "people")]
    return "\n".join([*parts, lineage_of(store).to_csv(), str(store.accounts())])


def test_versions_are_added_and_never_changed():
    plan = drawn()
    before = read_draft(desk_of(), plan.plan_id)
    saved = save_plan(desk_of(), plan.plan_id, before.with_zones({"V200101": "V2002"}), version=1, comment="西边")
    assert saved.version == 2
    assert read_draft(desk_of(), plan.plan_id, 1).zone.to_dict() == before.zone.to_dict()
    assert read_draft(desk_of(), plan.plan_id).zone["V200101"] == "V2002"
    assert [(one.version, one.comment) for one in plan_versions(desk_of(), plan.plan_id)] == [(2, "西边"), (1, "")]
    assert [one.act for one in plan_events(desk_of(), plan.plan_id)] == ["make", "save"]
    with pytest.raises(StoreError, match="version 9"):
        read_draft(desk_of(), plan.plan_id, 9)


def test_two_planners_are_warned_and_never_overwrite_each_other():
    plan = drawn()
    assert see_plan(desk_of("planner"), plan.plan_id, 1)["others"] == []
    seen = see_plan(desk_of("second"), plan.plan_id, 1)["others"]
    assert seen == [{"actor": "planner", "name": "Planner", "version": 1}]
    draft = read_draft(desk_of(), plan.plan_id)
    save_plan(desk_of("second"), plan.plan_id, draft.with_zones({"V200101": "V2002"}), version=1)
    mine = draft.with_zones({"V200103": "V2002"})
    with pytest.raises(ChangedError, match="Second saved version 2 at 20"):
        save_plan(desk_of("planner"), plan.plan_id, mine, version=1)
    assert read_draft(desk_of(), plan.plan_id).zone["V200103"] == "V2001"
    kept = branch_plan(desk_of("planner"), plan.plan_id, "我的", version=1, draft=mine)
    assert (kept.branched_from, kept.branched_version) == (plan.plan_id, 1)
    assert read_draft(desk_of(), kept.plan_id).zone.to_dict() == mine.zone.to_dict()
    see_plan(desk_of("second"), plan.plan_id, None)
    assert see_plan(desk_of("planner"), plan.plan_id, 2)["others"] == []


def test_the_gate_tells_every_fault_at_once():
    plan = drawn(moved={"V100101": "V1002", "V100102": "V1002", "V200101": "V1001"})
    with pytest.raises(SchemaError) as refused:
        submit_plan(desk_of(), plan.plan_id)
    told = str(refused.value)
    assert "1 zones with units of two parents: V1001" in told
    assert "1 zones out of band without a reason: V1002" in told
    assert read_plan(desk_of(), plan.plan_id).state == "draft"


def test_a_reason_lets_a_zone_out_of_band_pass():
    desk = desk_of()
    draft = draft_of_today(ground_for(desk, "grid")).with_zones({"V100102": "V1002", "V100103": "V1002"})
    told = replace(draft, zones={"V1001": ZoneText(reason="水库"), "V1002": ZoneText(reason="新村")})
    plan = make_plan(desk, "理由", told, level="grid")
    _, report = submit_plan(desk_of(), plan.plan_id)
    assert [(one.zone, one.size, one.reason) for one in report.excused] == [
        ("V1001", 100, "水库"),
        ("V1002", 500, "新村"),
    ]


def test_a_unit_lost_or_unknown_does_not_pass():
    desk = desk_of()
    draft = draft_of_today(ground_for(desk, "grid"))
    for zone, told in (
        (draft.zone.drop("V100101"), "in no zone: V100101"),
        (pd.concat([draft.zone, pd.Series({"X": "V1001"})]), "not there today: X"),
    ):
        plan = make_plan(desk, "漏", replace(draft, zone=zone), level="grid")
        with pytest.raises(SchemaError, match=told):
            submit_plan(desk_of(), plan.plan_id)


def test_another_person_approves_and_roles_are_kept():
    plan = drawn()
    with pytest.raises(ScopeError):
        drawn("viewer")
    with pytest.raises(StoreError, match="is draft"):
        act_on_plan(desk_of("second"), plan.plan_id, "approve")
    submit_plan(desk_of(), plan.plan_id)
    with pytest.raises(StoreError, match="is submitted"):
        save_plan(desk_of(), plan.plan_id, read_draft(desk_of(), plan.plan_id), version=1)
    with pytest.raises(ScopeError, match="who submitted it"):
        act_on_plan(desk_of(), plan.plan_id, "approve")
    for person in ("viewer", "village"):
        with pytest.raises(ScopeError):
            act_on_plan(desk_of(person), plan.plan_id, "approve")
    with pytest.raises(ScopeError, match="the person who submitted"):
        act_on_plan(desk_of("second"), plan.plan_id, "withdraw")
    assert act_on_plan(desk_of("second"), plan.plan_id, "approve").approved_by == "second"
    assert act_on_plan(desk_of("second"), plan.plan_id, "return", text="再看看").state == "draft"
    events = plan_events(desk_of(), plan.plan_id)
    assert [(one.act, one.actor) for one in events][-3:] == [
        ("submit", "planner"),
        ("approve", "second"),
        ("return", "second"),
    ]
    assert events[-3].what["gate"]["passed"]


def test_a_person_with_an_area_plans_inside_it():
    desk = desk_of("village")
    plan = make_plan(desk, "V1", draft_of_today(ground_for(desk, "grid")).with_zones(MOVED), level="grid")
    assert plan.within == "V1"
    assert len(read_draft(desk, plan.plan_id).zone) == 6
    whole = drawn()
    assert [one.plan_id for one in list_plans(desk)] == [plan.plan_id]
    with pytest.raises(ScopeError):
        read_plan(desk, whole.plan_id)


def test_from_its_day_a_plan_holds_and_the_past_is_unchanged():
    plan = approved()
    month = ("2026-10-01", "2026-10-31")
    before = counted(month)
    told: list[float] = []
    done = effect_plan(desk_of("second"), plan.plan_id, ON, progress=lambda share, _: told.append(share))
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert (done.plan.state, done.plan.on_date) == ("in_force", ON)
    store = open_store("main")
    now = store.all_areas()
    assert now.loc["V1001", "households"] == 200
    assert now.loc["V1002", "households"] == 400
    assert now.index[now["level"] == "micro_grid"].tolist() == [
        "V100101", "V100102", "V100201", "V100202", "V100203", "V100204",
        "V200101", "V200102", "V200103", "V200201", "V200202", "V200203",
    ]  # fmt: skip
    assert now.loc["V100204", "parent_id"] == "V1002"
    assert str(now.loc["V2001", "valid_from"].date()) == "2025-01-01"
    assert str(now.loc["V1001", "valid_from"].date()) == DAY
    placed = store.table("incidents").set_index("incident_id")["area_id"]
    assert placed["11-V100103"] == "V100204"
    assert placed["10-V100103"] == "V100103"
    past = areas_in(store, key_of(store, AS_WAS, pd.Timestamp("2026-10-15", tz="UTC")))
    assert past.loc["V1001", "households"] == 300
    assert counted(month) == before
    links = lineage_of(store)
    assert {(one.from_area_id, one.to_area_id, one.kind) for one in links.itertuples()} == {
        ("V100103", "V100204", "code_change"),
        ("V1001", "V1001", "split"),
        ("V1001", "V1002", "redrawn"),
        ("V1002", "V1002", "merge"),
    }
    assert set(links["actor"]) == {"second"}
    eras = build_frame(desk_of(), datetime.now(UTC))["eras"]
    assert eras == [(None, "era:0"), (pd.Timestamp(DAY, tz="Asia/Shanghai"), "")], (
        "the wall draws what held at its time"
    )


def counted(month):
    """Last month's report by the borders of the time, as text."""
    question = Question("incident_count", "grid", *(pd.Timestamp(one, tz="Asia/Shanghai") for one in month))
    return answer(desk_of("administrator"), question).table.to_csv()


def test_people_and_accounts_follow_the_area_that_inherits():
    plan = approved({"V100103": "V1002"})
    effect_plan(desk_of("second"), plan.plan_id, ON)
    store = open_store("main")
    people = store.table("people").set_index("person_id")["area_id"].to_dict()
    assert people == {"p1": "V1001", "p2": "V1002", "p3": "V100204"}
    assert store.account("head").area_id == "V100204"
    assert store.account("worker").area_id == "V1001"


def test_new_zones_are_numbered_west_to_east_and_no_code_comes_twice():
    moved = {
        "V200101": "west",
        "V200201": "west",
        "V200103": "east",
        "V200203": "east",
        "V200102": "mid",
        "V200202": "mid",
    }
    plan = approved(moved)
    done = effect_plan(desk_of("second"), plan.plan_id, ON)
    assert done.codes == {"V1001": "V1001", "V1002": "V1002", "west": "V2003", "mid": "V2004", "east": "V2005"}
    names = open_store("main").all_areas()["name"]
    assert names["V2003"] == "第3网格"
    both = approved(dict.fromkeys(["V200301", "V200302", "V200401", "V200402"], "both"))
    assert effect_plan(desk_of("second"), both.plan_id, ON).codes["both"] == "V2006"


def test_undone_at_once_everything_is_as_it_was():
    plan = approved()
    before = everything()
    effect_plan(desk_of("second"), plan.plan_id, ON)
    assert everything() != before
    done = roll_back_plan(desk_of("second"), plan.plan_id)
    assert done.plan.state == "rolled_back"
    assert everything() == before


def test_rolled_back_from_a_day_on_what_happened_in_between_stays():
    plan = approved()
    effect_plan(desk_of("second"), plan.plan_id, ON)
    publish_one("later", "2026-11-12T04:00:00Z", "V100204")
    with pytest.raises(StoreError, match="placed since"):
        roll_back_plan(desk_of("second"), plan.plan_id)
    assert read_plan(desk_of(), plan.plan_id).state == "in_force"
    with pytest.raises(SchemaError, match="from 2026-11-02 to today"):
        roll_back_plan(desk_of("second"), plan.plan_id, date(2026, 10, 1))
    roll_back_plan(desk_of("second"), plan.plan_id, date(2026, 11, 12))
    store = open_store("main")
    placed = store.table("incidents").set_index("incident_id")["area_id"]
    assert placed["11-V100103"] == "V100204"
    assert placed["later"] == "V100103"
    assert store.all_areas().loc["V1001", "households"] == 300
    assert store.account("head").area_id == "V100103"
    assert read_plan(desk_of(), plan.plan_id).state == "rolled_back"


def test_a_plan_waits_for_its_day(monkeypatch):
    plan = approved()
    tomorrow = local_today(desk_of()) + pd.Timedelta(days=1)
    done = effect_plan(desk_of("second"), plan.plan_id, tomorrow)
    assert done.edition is None
    assert done.plan.is_scheduled
    assert effect_due(desk_of("second")) == ([], [])
    monkeypatch.setattr("data.plans.effect.local_today", lambda _desk: tomorrow)
    monkeypatch.setattr("data.imports.dated.datetime", _Tomorrow)
    effects, refused = effect_due(desk_of("second"))
    assert [one.plan.state for one in effects] == ["in_force"]
    assert not refused
    assert effects[0].day == tomorrow


class _Tomorrow(datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) + timedelta(days=1)


def test_what_is_not_approved_does_not_take_effect():
    plan = drawn()
    before = everything()
    with pytest.raises(StoreError, match="is draft"):
        effect_plan(desk_of("second"), plan.plan_id, ON)
    submit_plan(desk_of(), plan.plan_id)
    act_on_plan(desk_of("second"), plan.plan_id, "approve")
    with pytest.raises(ScopeError):
        effect_plan(desk_of("viewer"), plan.plan_id, ON)
    assert everything() == before


def test_a_failure_in_the_middle_of_taking_effect_changes_nothing(monkeypatch):
    plan = approved()
    before = everything()

    def broken(*_args, **_more):
        raise RuntimeError("in the middle")

    monkeypatch.setattr("data.store.verbs.areas.require_known_areas", broken)
    with pytest.raises(RuntimeError):
        effect_plan(desk_of("second"), plan.plan_id, ON)
    assert everything() == before
    assert read_plan(desk_of(), plan.plan_id).state == "approved"


def test_a_cut_unit_becomes_two_with_their_households():
    """V100103 is cut in half: the eastern part, 40 of its 100 households, goes to the southern grid."""
    desk = desk_of()
    draft = draft_of_today(ground_for(desk, "grid"))
    pieces = gpd.GeoDataFrame(
        {"cut_from": ["V100103"] * 2, "households": [60.0, 40.0]},
        index=["V100103/1", "V100103/2"],
        geometry=[square(2, 1, 0.5), square(2.5, 1, 0.5)],
        crs=4326,
    )
    zone = pd.concat([draft.zone.drop("V100103"), pd.Series({"V100103/1": "V1001", "V100103/2": "V1002"})])
    plan = make_plan(desk, "切分", Draft(zone, pieces), level="grid")
    submit_plan(desk_of(), plan.plan_id)
    act_on_plan(desk_of("second"), plan.plan_id, "approve")
    effect_plan(desk_of("second"), plan.plan_id, ON)
    now = open_store("main").all_areas()
    assert now.loc[["V1001", "V1002", "V100104", "V100204"], "households"].tolist() == [260, 340, 60, 40]
    assert "V100103" not in now.index
    links = lineage_of(open_store("main"))
    cut = links[links["from_area_id"] == "V100103"]
    assert dict(zip(cut["to_area_id"], cut["kind"], strict=True)) == {"V100104": "split", "V100204": "split"}
    short = pieces.assign(geometry=[square(2, 1, 0.5), square(2.5, 1, 0.4)])
    wrong = make_plan(desk_of(), "缺口", Draft(zone, short), level="grid")
    with pytest.raises(SchemaError):
        submit_plan(desk_of(), wrong.plan_id)


def test_the_service_puts_due_plans_in_force_and_writes_down_what_it_cannot():
    plan = approved()
    act_on_plan(desk_of("second"), plan.plan_id, "schedule", on=ON)
    late = approved({"V100101": "V1002"})
    act_on_plan(desk_of("second"), late.plan_id, "schedule", on=date(2026, 11, 3))
    assert due_plans(open_store("main")) == [(plan.plan_id, 1, "second"), (late.plan_id, 1, "second")]
    assert due_main("main") == 1
    assert read_plan(desk_of(), plan.plan_id).state == "in_force"
    assert read_plan(desk_of(), late.plan_id).state == "approved"
    last = plan_events(desk_of(), late.plan_id)[-1]
    assert (last.act, last.actor) == ("comment", "second")
    assert "in no zone: V100204" in last.what["text"]


def test_a_village_that_cannot_be_in_band_has_its_reason_and_passes_with_it():
    """600 households a village and a band of 310 to 400: one grid is too large, two are too small."""
    write("main", "set_setting", {"name": "grid_band_households", "value": (310, 400)}, actor="administrator")
    desk = desk_of()
    draft, result = solve_draft(desk, ground_for(desk, "grid"), is_minimal_change=False)
    assert not result.is_feasible
    assert set(draft.zone) == set(draft.zones)
    assert "lies in a gap" in draft.zones[draft.zone["V100101"]].reason
    plan = make_plan(desk, "不可行", draft, level="grid")
    _, report = submit_plan(desk_of(), plan.plan_id)
    assert len(report.excused) == draft.zone.nunique()


def test_towers_are_planned_and_kept_whole():
    desk = desk_of()
    ground = ground_for(desk, "grid")
    table = ground.table.copy()
    table.loc[["V100101", "V100102"], "footprint"] = "tower"
    tower = replace(ground, table=table)
    draft, _ = solve_draft(desk, tower, is_minimal_change=False)
    assert draft.zone["V100101"] == draft.zone["V100102"]
    torn = draft_of_today(ground).with_zones({"V100101": "V1002"})
    assert [str(one.text) for one in tower_faults(tower, torn)] == ["towers in two zones: tower"]
    assert tower_faults(tower, draft) == []


def test_rows_placed_anew_are_those_that_placing_all_would_move(monkeypatch):
    from data.imports import publish_areas

    moved = {"V100103": "V1002", "V200101": "V2002"}
    effect_plan(desk_of("second"), approved(moved).plan_id, ON)
    few = everything()
    roll_back_plan(desk_of("second"), list_plans(desk_of())[0].plan_id)
    place_all = publish_areas.replace_all
    everywhere = {"inside": None}
    monkeypatch.setattr(publish_areas, "replace_all", lambda *given, **more: place_all(*given, **(more | everywhere)))
    effect_plan(desk_of("second"), approved(moved).plan_id, ON)
    assert everything() == few
