"""The wall at a past time: the same shape as the live feed, true to the events, inside the scope, and of one piece."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.feeds.replay import ENDS, NOT_A_STAGE, changes_between, fixes_between, fold, incidents_at, units_at
from api.replay import build_frame
from data.store import open_store
from tests.conftest import DEMO_UNTIL

KEEP = timedelta(minutes=10)
INCIDENT = {
    "id", "category", "title", "stage", "lon", "lat", "area_id", "reason", "reported_at", "due_at", "arrived_at",
    "closed_at", "changed_at",
}  # fmt: skip
BEGUN = datetime(2026, 11, 10, tzinfo=UTC)
STAGES = ("reported", "accepted", "dispatched", "arrived", "handled", "verified", "returned", *ENDS, *NOT_A_STAGE)


@pytest.fixture(scope="module")
def desk(demo_home):  # noqa: ARG001  (the workspace must be there)
    return open_store("main").desk("duty")


def noon(days_before: int = 2) -> datetime:
    """An hour of work on the demonstration's last days: 11 o'clock local."""
    return datetime(DEMO_UNTIL.year, DEMO_UNTIL.month, DEMO_UNTIL.day, 3, tzinfo=UTC) - timedelta(days=days_before)


def test_a_snapshot_has_the_shape_of_the_live_feed(client):
    body = client("admin").get("/api/replay?ws=ground&at=2026-11-20T00:00:00Z").json()
    assert (body["type"], body["seq"]) == ("snapshot", 0)
    assert {"units", "incidents", "stale_s", "edition"} <= set(body)
    assert len(body["incidents"]) == 48
    assert all(set(one) == INCIDENT for one in body["incidents"])
    assert [set(one) for one in body["units"]] == [{"id", "kind", "name", "lon", "lat", "at", "area_id", "marks"}] * 16
    assert {one["at"] for one in body["units"]} == {"2026-11-20T00:00:00+00:00"}


def test_nothing_is_shown_before_it_happened(client):
    body = client("admin").get("/api/replay?ws=ground&at=2026-11-19T22:30:00Z").json()
    assert len(body["incidents"]) == 16, "the two later ones of each grid are not there yet"
    assert body["units"] == [], "no fix yet"


@given(st.lists(st.tuples(st.integers(0, 5000), st.sampled_from(STAGES)), max_size=12), st.integers(0, 6000))
def test_the_stage_at_a_time_is_that_of_the_last_step_before_it(steps, minute):
    own = sorted((BEGUN + timedelta(minutes=after), stage) for after, stage in steps)
    until = BEGUN + timedelta(minutes=minute)
    now = fold(own, BEGUN, until)
    past = [(at, stage) for at, stage in own if at <= until and stage not in NOT_A_STAGE]
    assert now["stage"] == (past[-1][1] if past else "reported")
    assert now["changed_at"] == (past[-1][0] if past else BEGUN)
    assert (now["closed_at"] is not None) == (bool(past) and past[-1][1] in ENDS)
    assert now["arrived_at"] == next((at for at, stage in past if stage == "arrived"), None)


@pytest.mark.parametrize(("minutes", "start"), [(7, 0), (90, 15), (360, 30)])
def test_playing_on_ends_where_a_snapshot_begins(desk, minutes, start):
    """A snapshot and every change after it make the snapshot of the later time."""
    first = noon() + timedelta(minutes=start)
    last = first + timedelta(minutes=minutes)
    wall = {one["id"]: one for one in incidents_at(desk, first, keep=KEEP)[0]}
    for change in changes_between(desk, first, last, keep=KEEP):
        wall[change["id"]] = {name: value for name, value in change.items() if name != "at"}
    kept = {key: one for key, one in wall.items() if one["closed_at"] is None or one["closed_at"] + KEEP > last}
    assert kept == {one["id"]: one for one in incidents_at(desk, last, keep=KEEP)[0]}
    assert kept

    units = {one["id"]: one["at"] for one in units_at(desk, first, back=timedelta(hours=12))}
    moved = fixes_between(desk, first, last, step_s=1)
    for who, after in zip(moved["who"], moved["at"], strict=True):
        units[moved["units"][who][0]] = first + timedelta(milliseconds=int(after))
    fresh = {key: at for key, at in units.items() if at >= last - timedelta(hours=12)}
    assert fresh == {one["id"]: one["at"] for one in units_at(desk, last, back=timedelta(hours=12))}


def test_fixes_are_thinned_to_the_last_of_every_step(desk):
    every = fixes_between(desk, noon(), noon() + timedelta(hours=1), step_s=1)
    few = fixes_between(desk, noon(), noon() + timedelta(hours=1), step_s=600)
    assert 0 < len(few["at"]) < len(every["at"])
    assert set(zip(few["who"], few["at"], strict=True)) <= set(zip(every["who"], every["at"], strict=True))
    assert few["units"] == every["units"]
    assert {(who, at // 600_000) for who, at in zip(every["who"], every["at"], strict=True)} == {
        (who, at // 600_000) for who, at in zip(few["who"], few["at"], strict=True)
    }


def test_the_events_decide_not_the_table(desk):
    """An incident that is closed today was open before; its stage then is that of its last event then."""
    at = noon(5)
    events = desk.rows("incident_events")
    events = events[(events["at"] <= at) & ~events["stage"].isin(NOT_A_STAGE)].groupby("incident_id").last()
    shown = incidents_at(desk, at, keep=KEEP)[0]
    assert shown
    assert [one["stage"] for one in shown] == [events.at[one["id"], "stage"] for one in shown]
    now = desk.rows("incidents", columns=["incident_id", "status"]).set_index("incident_id")["status"]
    assert any(now[one["id"]] != one["stage"] for one in shown)


def test_the_frame_spans_the_record(desk):
    frame = build_frame(desk, datetime(2026, 12, 1, tzinfo=UTC))
    assert frame["first"] < frame["last_fix"] <= frame["last"]
    assert frame["categories"]
    assert {"police", "full_time"} <= set(frame["kinds"])
    assert frame["stale_s"] == {"default": 300.0}
    assert len(frame["areas"]) == 12
    assert frame["level"] == "town"
    assert frame["eras"] == [(None, "")]


def test_units_have_their_kind_and_a_viewer_reads_no_name(demo_home):  # noqa: ARG001
    store = open_store("main")
    clear = units_at(store.desk("duty"), noon(), back=timedelta(hours=12))
    masked = units_at(store.desk("viewer"), noon(), back=timedelta(hours=12))
    assert len(clear) == len(masked) > 10
    assert {one["kind"] for one in clear} <= {"police", "full_time", "micro_grid_head", "part_time"}
    assert not [a["name"] for a, b in zip(clear, masked, strict=True) if a["name"] == b["name"]]


def test_a_trail_has_the_fixes_of_one_unit(client):
    body = client("admin").get("/api/trail?ws=ground&unit=unit-A10&at=2026-11-20T00:00:00Z").json()
    assert body["total"] == len(body["points"]) == 20
    assert [at for at, _, _ in body["points"]] == sorted(at for at, _, _ in body["points"])
    other = client("viewer_b").get("/api/trail?ws=ground&unit=unit-A10&at=2026-11-20T00:00:00Z").json()
    assert other["points"] == [], "a unit outside the scope has no trail"


def test_names_and_ids_of_areas_stay_in_scope(client):
    names = client("viewer_b").get("/api/area_names?ws=ground&id=A10&id=B10&id=nowhere").json()["names"]
    assert names == {"B10": "区域B10"}
    assert client("admin").get("/api/area_ids?ws=ground&area=A1").json()["ids"] == ["A1", "A10", "A11", "A12", "A13"]
    assert client("viewer_b").get("/api/area_ids?ws=ground&area=A1").status_code == 404
