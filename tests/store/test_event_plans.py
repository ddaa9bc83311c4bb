"""Event plans in the store: versions, history, copies, who may, and that a save never loses another's."""

import sqlite3
from dataclasses import replace
from datetime import datetime

import pytest

from data.events import event_document, event_from_document
from data.events.keeping import copied, drop_event, event_history, event_plans, open_event, save_event
from data.store import open_store
from geo.crowd.event import Crowd, Duty, Event, Front, Passage, Phase, Sighting, ViewingArea
from geo.errors import ChangedError, SchemaError, ScopeError, StoreError

pytestmark = pytest.mark.usefixtures("place")
AT = datetime.fromisoformat
FAIR = Event(
    event_id="fair-2026", name="庙会", area_id="G11", areas=(ViewingArea(area_id="A", name="广场", usable_m2=500.0),),
    phases=(Phase(phase_id="p", name="高峰", kind="peak", starts_at=AT("2026-09-27T12:00:00+08:00"),
                  ends_at=AT("2026-09-27T14:00:00+08:00")),),
    crowds=(Crowd(area_id="A", phase_id="p", people=200),),
    duties=(Duty(grid_id="G12", starts_at=AT("2026-09-27T08:00:00+08:00"), ends_at=AT("2026-09-27T18:00:00+08:00")),),
    front=Front(name="潮", speed_low_m_s=5.0, speed_m_s=6.0, speed_high_m_s=7.0,
                passages=(Passage(passage_id="day", at=AT("2026-09-27T13:10:00+08:00")),),
                sightings=(Sighting(passage_id="day", at=AT("2026-09-27T12:40:00+08:00"), chainage_m=-9000.0),)),
)  # fmt: skip


def desk(who="administrator"):
    return open_store().desk(who)


def test_a_saved_plan_comes_back_equal():
    assert save_event("main", FAIR, actor="organizer@", note="draft")["version"] == 1
    assert open_event(desk(), "fair-2026") == FAIR
    row = event_plans(desk()).iloc[0]
    assert (row["event_id"], row["version"], row["actor"], row["note"]) == ("fair-2026", 1, "organizer@", "draft")


def test_every_version_stays_and_an_old_one_can_be_brought_back():
    for number, name in enumerate(("一", "二", "三"), start=1):
        assert save_event("main", replace(FAIR, name=name), actor="administrator")["version"] == number
    assert event_history(desk(), "fair-2026")["name"].tolist() == ["三", "二", "一"]
    assert len(event_plans(desk())) == 1
    first = open_event(desk(), "fair-2026", 1)
    assert save_event("main", first, actor="administrator", based_on=3)["version"] == 4
    assert open_event(desk(), "fair-2026").name == "一"
    with pytest.raises(StoreError, match="4, 3, 2, 1"):
        open_event(desk(), "fair-2026", 9)


def test_two_people_do_not_overwrite_each_other():
    save_event("main", FAIR, actor="administrator")
    save_event("main", replace(FAIR, name="甲"), actor="organizer@", based_on=1)
    with pytest.raises(ChangedError, match="version 2"):
        save_event("main", replace(FAIR, name="乙"), actor="administrator", based_on=1)
    assert open_event(desk(), "fair-2026").name == "甲"


def test_a_dropped_plan_leaves_the_list_and_keeps_its_history():
    save_event("main", FAIR, actor="administrator")
    drop_event("main", "fair-2026", actor="organizer@")
    assert event_plans(desk()).empty
    with pytest.raises(StoreError):
        open_event(desk(), "fair-2026")
    assert open_event(desk(), "fair-2026", 1) == FAIR
    assert save_event("main", FAIR, actor="administrator")["version"] == 2
    with pytest.raises(StoreError, match="nothing"):
        drop_event("main", "nothing", actor="administrator")


def test_copied_from_last_year():
    later = copied(FAIR, "fair-2027", days=354, name="明年")
    assert later.front.passages[0].at == AT("2027-09-16T13:10:00+08:00")
    assert later.front.sightings == ()
    assert later.duties[0].starts_at == AT("2027-09-16T08:00:00+08:00")
    assert later.areas == FAIR.areas
    save_event("main", FAIR, actor="administrator")
    save_event("main", later, actor="administrator", copied_from="fair-2026")
    assert event_plans(desk()).set_index("event_id")["copied_from"].to_dict()["fair-2027"] == "fair-2026"


def test_who_may_save_and_who_sees():
    for who in ("viewer@", "grid_worker@", "planner@"):
        with pytest.raises(ScopeError):
            save_event("main", FAIR, actor=who)
    with pytest.raises(ScopeError, match="inside G22"):
        save_event("main", FAIR, actor="organizer@G22")
    assert save_event("main", FAIR, actor="organizer@T1")["version"] == 1
    assert len(event_plans(desk("viewer@T1"))) == 1
    assert event_plans(desk("viewer@G22")).empty
    with pytest.raises(StoreError, match="none"):
        open_event(desk("viewer@G22"), "fair-2026")
    with pytest.raises(ScopeError):
        drop_event("main", "fair-2026", actor="organizer@G22")
    lent = replace(FAIR, duties=(replace(FAIR.duties[0], grid_id="G22"),))
    with pytest.raises(ScopeError, match="G22"):
        save_event("main", lent, actor="organizer@T1")
    save_event("main", lent, actor="organizer@")
    assert open_event(desk("viewer@G22"), "fair-2026") == lent, "a grid of theirs is on duty"


def test_a_bad_document_changes_nothing():
    before = open_store().edition
    with pytest.raises(SchemaError, match="letters"):
        save_event("main", replace(FAIR, event_id="a b/c"), actor="administrator")
    assert open_store().edition == before


def test_the_audit_names_the_actor(place):
    save_event("main", FAIR, actor="organizer@")
    with sqlite3.connect(place / "main" / "store.sqlite") as connection:
        row = connection.execute("SELECT actor, verb, what FROM audit ORDER BY audit_number DESC LIMIT 1").fetchone()
    assert row[:2] == ("organizer@", "save_event")
    assert "fair-2026" in row[2]


def test_document_round_trip_leaves_defaults_out():
    document = event_document(FAIR)
    assert event_from_document(document) == FAIR
    assert "exits" not in document
    assert document["areas"] == [{"area_id": "A", "name": "广场", "usable_m2": 500.0}]
