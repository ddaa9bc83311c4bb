"""Rows as they happen: kept once, by their own time, the good ones beside the bad, and only then acknowledged."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from data.store import open_store

LIVE = "ws://127.0.0.1/api/live?ws=main"
EVER = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


def moment(seconds: float = 0) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def fix(unit: str, seconds: float = 0, lon: float = 0.5, lat: float = 0.5, **more) -> dict:
    return {"unit_id": unit, "at": moment(seconds), "lon": lon, "lat": lat, "accuracy_m": 5, **more}


def fixes_of(unit: str):
    names = ["unit_id", "at", "lon", "area_id", "reason", "marks", "fix_id"]
    return open_store().desk("administrator").fixes(*EVER, columns=names, units=[unit])


def next_incident(feed) -> dict:
    while True:
        if found := feed.receive_json().get("incidents"):
            return found[0]


def post(browser, kind: str, rows, *, status: int = 200, query: str = "", **more) -> dict:
    body = rows if isinstance(rows, bytes) else json.dumps(rows).encode()
    answer = browser.post(f"/api/ingest/{kind}?ws=main&lang=en{query}", content=body, **more)
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("media", "body"),
    [
        ("application/json", lambda rows: json.dumps(rows).encode()),
        ("application/x-ndjson", lambda rows: "\n".join(map(json.dumps, rows)).encode()),
        ("text/csv", lambda rows: ("unit,time,lng,lat\n" + "".join(f"{r['unit_id']},{r['at']},0.5,0.5\n" for r in rows))
         .encode()),
    ],
)  # fmt: skip
def test_fixes_are_taken_placed_and_read_back(browsers, media, body):
    unit = f"u {media}"
    rows = [fix(unit, -20), fix(unit, -10)]
    answer = post(browsers(), "fixes", body(rows), headers={"content-type": media})
    assert (answer["rows"], answer["accepted"], answer["rejected"]) == (2, 2, 0)
    kept = fixes_of(unit)
    assert list(kept["area_id"]) == ["G11", "G11"]
    assert list(kept["reason"]) == ["inside", "inside"]
    one = post(browsers(), "fixes", fix(unit), query="&format=json")
    assert one["accepted"] == 1
    assert len(fixes_of(unit)) == 3


def test_five_at_once_are_one(browsers):
    rows = [fix(f"five {number}", -number) for number in range(200)]
    people = [browsers() for _ in range(5)]
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda one: post(one, "fixes", rows), people))
    assert sorted(answer["accepted"] for answer in answers) == [0, 0, 0, 0, 200]
    assert sum(answer["duplicates"] for answer in answers) == 800
    assert post(people[0], "fixes", rows[::-1] + rows)["duplicates"] == 400
    assert sum(len(fixes_of(f"five {number}")) for number in (0, 7, 199)) == 3


def test_bad_rows_are_named_and_good_ones_kept(browsers):
    rows = [
        fix("good", -1), {**fix("no time"), "at": None}, {**fix("naive"), "at": "2026-11-22T08:00:00"},
        fix("far", lon=200), {**fix("text"), "lat": "north"}, fix("nan"), "not an object", {**fix("x"), "unit_id": ""},
        {**fix("deep"), "more": [[[[[[[[[1]]]]]]]]]},
    ]  # fmt: skip
    rows[5]["lon"] = None
    answer = post(browsers(), "fixes", rows)
    assert (answer["accepted"], answer["rejected"]) == (1, 8)
    assert [fault["row"] for fault in answer["errors"]] == [2, 3, 4, 5, 6, 7, 8, 9]
    said = {fault["row"]: fault for fault in answer["errors"]}
    assert "zone" in said[3]["expected"]
    assert said[5]["found"] == "north"
    assert said[4]["id"] == "far"
    assert all(fault["to_do"] for fault in answer["errors"])
    lines = b'{"unit_id": "half", "at": 1795000000, "lon": 1, "lat": 1}\n{"unit_id": "half", "at'
    answer = post(browsers(), "fixes", lines, headers={"content-type": "application/x-ndjson"})
    assert (answer["accepted"], answer["errors"][0]["row"]) == (1, 2)
    chinese = browsers().post("/api/ingest/fixes?ws=main&lang=zh_CN", json=[{"unit_id": "u"}])
    assert chinese.status_code == 400
    assert "时区" in chinese.json()["errors"][0]["expected"]


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        (b"", "application/json", 400),
        (b'[{"unit_id": "u"', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"a":' * 2_000 + b"1" + b"}" * 2_000, "application/json", 400),
        (b'{"at": NaN}', "application/json", 400),
        (b"\xff\xfe\x00", "text/csv", 400),
        (b"[" + b'{"unit_id":1},' * 50_001 + b'{"unit_id":1}]', "application/json", 400),
        (b" " * (17 * 2**20), "application/json", 413),
    ],
)
def test_bodies_that_cannot_be_read_are_refused_as_a_whole(browsers, body, media, status):
    post(browsers(), "fixes", body, headers={"content-type": media}, status=status)


def test_only_those_who_may_send_send(browsers):
    assert post(browsers("viewer@"), "fixes", [fix("v")], status=403)["error"] == "ScopeError"
    post(browsers("duty_officer@T1"), "fixes", [fix("v")], status=403)
    post(browsers("administrator"), "fixes", [fix("v")], status=403, headers={"sec-fetch-site": "cross-site"})
    post(browsers(), "nothing", [fix("v")], status=404)
    assert len(fixes_of("v")) == 0


def test_untrusted_fixes_are_kept_marked_and_do_not_move_the_unit(browsers):
    browser = browsers()
    rows = [
        fix("m", -100), fix("m", 3600, lon=0.51), fix("m", -90, lon=0.0, lat=0.0), fix("m", -80, lon=1.5),
        fix("m", -70, accuracy_m=90_000), fix("m", -2000, lon=0.4),
    ]  # fmt: skip
    answer = post(browser, "fixes", rows)
    assert answer["marked"] == {"future": 1, "inaccurate": 1, "late": 1, "too_fast": 1, "zero": 1}
    marks = fixes_of("m").set_index("fix_id")["marks"]
    assert len(marks) == 6
    assert sorted(marks.dropna()) == ["future", "inaccurate", "late", "too_fast", "zero"]
    assert fixes_of("m")["at"].is_monotonic_increasing
    with browser.websocket_connect(LIVE) as feed:
        assert feed.receive_json()["type"] == "hello"
        units = {unit["id"]: unit for unit in feed.receive_json()["units"]}
    assert units["m"]["lon"] == 0.5
    assert units["m"]["marks"] == []


def test_a_tracking_server_forwards_positions(browsers):
    position = {"id": 7, "fixTime": moment(-5), "longitude": 1.5, "latitude": 0.5, "speed": 10, "accuracy": 0,
                "valid": True, "attributes": {"battery": 80}}  # fmt: skip
    told = {"position": position, "device": {"uniqueId": "t1", "name": "车一", "category": "car"}}
    assert post(browsers(), "traccar", told)["accepted"] == 1
    kept = fixes_of("t1")
    assert (kept["area_id"][0], kept["fix_id"][0]) == ("G21", "traccar:7")
    assert post(browsers(), "traccar", {"device": {}}, status=400)["rejected"] == 1


def test_incidents_and_events_meet_in_any_order(browsers):
    browser = browsers()
    with browser.websocket_connect(LIVE) as feed:
        feed.receive_json(), feed.receive_json()
        early = {"incident_id": "i1", "stage": "arrived", "at": moment(-10), "event_id": "e1"}
        assert post(browser, "events", [early, early])["duplicates"] == 1
        first = {"incident_id": "i1", "title": "树倒", "occurred_at": moment(-100), "lon": 0.5, "lat": 1.5}
        assert post(browser, "incidents", first)["accepted"] == 1
        seen = next_incident(feed)
        assert (seen["stage"], seen["area_id"], seen["title"]) == ("arrived", "G12", "树倒")
        closed = {"incident_id": "i1", "status": "closed", "closed_at": moment(), "title": "树倒已清"}
        post(browser, "incidents", closed)
        seen = next_incident(feed)
        assert (seen["stage"], seen["title"], seen["area_id"]) == ("closed", "树倒已清", "G12")
        assert post(browser, "incidents", first)["duplicates"] == 1
        late = {**first, "title": "旧", "category": "安全"}
        assert post(browser, "incidents", late)["accepted"] == 1
        seen = next_incident(feed)
        assert (seen["title"], seen["category"], seen["stage"]) == ("树倒已清", "安全", "closed")
    bad = [{"incident_id": "i2"}, {"incident_id": "i3", "occurred_at": moment(), "status": "gone"}]
    assert post(browser, "incidents", bad, status=400)["rejected"] == 2
