"""The live feed: inside the scope, in order, resumed without loss, and told who left."""

from __future__ import annotations

import pytest
from starlette.websockets import WebSocketDisconnect

from tests.ingest.test_ingest import LIVE, fix, post


def begin(feed) -> dict:
    assert feed.receive_json()["type"] == "hello"
    snapshot = feed.receive_json()
    assert snapshot["type"] == "snapshot"
    return snapshot


def next_change(feed) -> dict:
    while True:
        message = feed.receive_json()
        if message["type"] != "beat":
            return message


def test_a_scope_sees_its_own_and_those_who_leave(browsers):
    west, all_ = browsers("duty_officer@T1"), browsers()
    with west.websocket_connect(LIVE) as feed, all_.websocket_connect(LIVE) as wide:
        assert not [unit for unit in begin(feed)["units"] if unit["area_id"] not in ("G11", "G12", "T1")]
        begin(wide)
        post(all_, "fixes", [fix("w", -5000, 0.9), fix("e", -5000, 1.5)])
        assert [unit["id"] for unit in next_change(feed)["units"]] == ["w"]
        assert sorted(unit["id"] for unit in next_change(wide)["units"]) == ["e", "w"]
        post(all_, "fixes", fix("w", -10, 1.1))
        assert next_change(feed)["gone"] == {"units": ["w"], "incidents": []}
        moved = next_change(wide)
        assert (moved["units"][0]["area_id"], moved["gone"]["units"]) == ("G21", [])


def test_personal_text_is_masked_for_those_who_may_not_see_it(browsers):
    sender = browsers()
    with browsers("viewer@").websocket_connect(LIVE) as feed:
        begin(feed)
        incident = {"incident_id": "p1", "title": "张三家漏水", "reported_at": fix("x")["at"], "lon": 0.5, "lat": 0.5}
        post(sender, "incidents", incident)
        assert next_change(feed)["incidents"][0]["title"] == "***"
        post(sender, "fixes", fix("named", unit_name="李四"))
        assert next_change(feed)["units"][0]["name"] == "李**"


def test_a_cut_viewer_resumes_with_everything_once(browsers):
    sender = browsers()
    with sender.websocket_connect(LIVE) as feed:
        since = begin(feed)["seq"]
        post(sender, "fixes", fix("r0"))
        since = max(since, next_change(feed)["seq"])
        for number in (1, 2):
            post(sender, "fixes", [fix("r1", number), fix(f"r{number}", 10 + number)])
            next_change(feed)
        with sender.websocket_connect(f"{LIVE}&since={since}") as again:
            assert again.receive_json()["type"] == "hello"
            missed = next_change(again)
            assert missed["type"] == "delta"
            assert sorted(unit["id"] for unit in missed["units"]) == ["r1", "r2"]
    with sender.websocket_connect(f"{LIVE}&since=5") as stranger:
        assert [stranger.receive_json()["type"] for _ in range(3)] == ["hello", "reset", "snapshot"]


def test_other_sites_and_other_workspaces_are_refused(browsers):
    for query, headers in (("?ws=main", {"origin": "http://evil.example"}), ("?ws=nowhere", {})):
        with (
            pytest.raises(WebSocketDisconnect),
            browsers().websocket_connect(LIVE.replace("?ws=main", query), headers=headers),
        ):
            pass
