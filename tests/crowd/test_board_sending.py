"""Who is sent to an incident: the nearest who is free, or somebody chosen with those passed over told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from geo.crowd.board.facts import Fact
from geo.crowd.board.plan import BoardArea, BoardPlan, BoardPost
from geo.crowd.board.sending import sendable, sent_payload
from geo.crowd.board.state import Board, rebuild, require_fact
from geo.errors import SchemaError

NOON = datetime.fromisoformat("2026-09-27T12:00:00+08:00")
PLAN = BoardPlan(
    event_id="tide", areas=(BoardArea(area_id="P", lon=120.5, lat=30.40), BoardArea(area_id="Q")),
    posts=(BoardPost(post_id="A", area_id="P"), BoardPost(post_id="B", lon=120.5, lat=30.41),
           BoardPost(post_id="C", lon=120.5, lat=30.42), BoardPost(post_id="D")),
)  # fmt: skip
"""A is at the area P, B 1,109 m and C 2,217 m north of it; nobody knows where D is."""
HERE = [("arrived", {"person_id": who, "post_id": post})
        for who, post in (("cai", "C"), ("ann", "A"), ("dan", "D"), ("ben", "B"))]  # fmt: skip
FALL = ("incident_opened", {"incident_id": "fall", "text": "fallen", "area_id": "P"})
LOST = ("incident_opened", {"incident_id": "lost", "text": "child lost", "post_id": "C"})


def board(*told: tuple[str, dict[str, Any]]) -> Board:
    log = [("opened", {"plan": PLAN.document()}), *HERE, FALL, LOST, *told]
    return rebuild(Fact(kind=kind, at=NOON + timedelta(minutes=n), payload=payload, sequence=n)
                   for n, (kind, payload) in enumerate(log, 1))  # fmt: skip


def order(seen: Board, incident_id: str = "fall") -> list[tuple[str, int | None, bool]]:
    return [(one.person_id, None if one.away_m is None else round(one.away_m), one.is_free)
            for one in sendable(seen, incident_id)]  # fmt: skip


def test_the_nearest_come_first_and_those_without_a_place_last():
    assert order(board()) == [("ann", 0, True), ("ben", 1109, True), ("cai", 2217, True), ("dan", None, True)]
    assert order(board(), "lost") == [("cai", 0, True), ("ben", 1109, True), ("ann", 2217, True), ("dan", None, True)]
    nowhere = ("incident_opened", {"incident_id": "odd", "text": "drone"})
    assert {away for _, away, _ in order(board(nowhere), "odd")} == {None}


def test_who_is_on_the_way_to_another_is_not_free_until_it_is_closed():
    sent = ("incident_sent", {"incident_id": "lost", "to": "ann"})
    assert order(board(sent))[-1] == ("ann", 0, False)
    assert order(board(sent, ("incident_closed", {"incident_id": "lost"})))[0] == ("ann", 0, True)
    assert order(board(sent), "lost")[2][0] == "ann", "of the incident itself she is free"


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("", {"to": "ann", "away_m": 0, "passed_over": 0}),
        ("ann", {"to": "ann", "away_m": 0, "passed_over": 0}),
        ("cai", {"to": "cai", "away_m": 2217, "passed_over": 2, "nearest": "ann", "nearest_m": 0}),
        ("dan", {"to": "dan"}),
        ("ambulance 3", {"to": "ambulance 3"}),
    ],
)
def test_how_far_and_who_was_passed_over_is_told(who, told):
    assert sent_payload(sendable(board(), "fall"), who) == told
    seen = board(("incident_sent", {"incident_id": "fall", **told})).parts["incidents"]["incidents"]["fall"]
    kept = {key: seen[key] for key in ("to", "away_m", "passed_over", "nearest", "nearest_m") if seen[key] is not None}
    assert kept == told


def test_sent_again_the_last_one_stands_with_their_own_way():
    first = ("incident_sent", {"incident_id": "fall", **sent_payload(sendable(board(), "fall"), "cai")})
    seen = board(first, ("incident_sent", {"incident_id": "fall", "to": "dan"}))
    one = seen.parts["incidents"]["incidents"]["fall"]
    assert (one["to"], one["away_m"], one["passed_over"], one["nearest"]) == ("dan", None, None, None)


def test_somebody_busy_is_not_passed_over():
    seen = board(("incident_sent", {"incident_id": "lost", "to": "ann"}))
    assert sent_payload(sendable(seen, "fall"), "cai") == {
        "to": "cai", "away_m": 2217, "passed_over": 1, "nearest": "ben", "nearest_m": 1109}  # fmt: skip
    assert sent_payload(sendable(seen, "fall"), "")["to"] == "ben"


def test_with_nobody_at_a_post_somebody_is_sent_without_a_name():
    assert sent_payload((), "") == {}
    fact = Fact(kind="incident_sent", at=NOON, payload={"incident_id": "fall", "away_m": -1})
    with pytest.raises(SchemaError, match="away_m -1"):
        require_fact(board(), fact)
