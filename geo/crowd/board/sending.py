"""Somebody is sent to an incident: who is at a post, how far off, and who was nearer and free."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from geo.crowd.board.plan import BoardArea, BoardPost
from geo.crowd.board.state import Board
from geo.crowd.event.drawing import EARTH


@dataclass(frozen=True, kw_only=True)
class Sendable:
    """
    Somebody at a post. `away_m` is metres in a straight line from the post to the incident (None: one of the two has
    no place on the map); `is_free` is False while they are sent to another incident that is not closed.
    """

    person_id: str
    post_id: str
    role: str
    away_m: float | None
    is_free: bool


def sendable(board: Board, incident_id: str) -> tuple[Sendable, ...]:
    """
    Return who may be sent to an incident: everybody at a post, those free first, then the nearest, then by id.

    An incident is at its post where one is named, else at the point inside its area; a post without a place is at that
    of its area.

    Examples
    --------
    Ann is at the incident's own area, Ben a hundredth of a degree of latitude north of it, 1.1 km.

    >>> from datetime import UTC, datetime
    >>> from geo.crowd.board.facts import Fact
    >>> from geo.crowd.board.plan import BoardPlan
    >>> from geo.crowd.board.state import rebuild
    >>> at = datetime(2026, 9, 27, 4, tzinfo=UTC)
    >>> plan = BoardPlan(event_id="e", areas=(BoardArea(area_id="P", lon=120.5, lat=30.4),),
    ...                  posts=(BoardPost(post_id="A", area_id="P"), BoardPost(post_id="B", lon=120.5, lat=30.41)))
    >>> told = [("opened", {"plan": plan.document()}), ("arrived", {"person_id": "ben", "post_id": "B"}),
    ...         ("arrived", {"person_id": "ann", "post_id": "A"}),
    ...         ("incident_opened", {"incident_id": "i", "text": "fall", "area_id": "P"})]
    >>> board = rebuild(Fact(kind=kind, at=at, payload=payload, sequence=n)
    ...                 for n, (kind, payload) in enumerate(told, 1))
    >>> [(one.person_id, round(one.away_m)) for one in sendable(board, "i")]
    [('ann', 0), ('ben', 1109)]
    >>> sent_payload(sendable(board, "i"), "ben")
    {'to': 'ben', 'away_m': 1109, 'passed_over': 1, 'nearest': 'ann', 'nearest_m': 0}
    """
    incidents = board.parts["incidents"]["incidents"]
    incident = incidents.get(incident_id, {"post_id": "", "area_id": ""})
    posts = {one.post_id: one for one in board.plan.posts}
    areas = {one.area_id: one for one in board.plan.areas}
    goal = _place(posts.get(incident["post_id"]), areas) or _place(areas.get(incident["area_id"]), areas)
    others = [one for key, one in incidents.items() if key != incident_id]
    sent = {one["to"] for one in others if one["sent_at"] and not one["closed_at"]}
    away = {key: _metres(_place(post, areas), goal) for key, post in posts.items()}
    found = [
        Sendable(person_id=who, post_id=here["post_id"], role=here["role"], is_free=who not in sent,
                 away_m=away.get(here["post_id"]))
        for who, here in board.parts["posts"]["present"].items()
    ]  # fmt: skip
    return tuple(sorted(found, key=_order))


def sent_payload(order: Sequence[Sendable], who: str) -> dict[str, Any]:
    """
    Return what is told of who is sent: `to`, how far off, and how many nearer were free, with the nearest of them.

    Without `who` it is the first who is free, else nobody by name. A distance that is not known is not told, and where
    nobody nearer was free `passed_over` is 0.
    """
    free = [one for one in order if one.is_free]
    chosen = next((one for one in order if one.person_id == who), None) if who else next(iter(free), None)
    if chosen is None:
        return {"to": who} if who else {}
    if chosen.away_m is None:
        return {"to": chosen.person_id}
    nearer = [one for one in free if one.away_m is not None and round(one.away_m) < round(chosen.away_m)]
    told = {"to": chosen.person_id, "away_m": round(chosen.away_m), "passed_over": len(nearer)}
    return told | ({"nearest": nearer[0].person_id, "nearest_m": round(nearer[0].away_m or 0.0)} if nearer else {})


def _order(one: Sendable) -> tuple[bool, float, str]:
    return not one.is_free, math.inf if one.away_m is None else one.away_m, one.person_id


def _place(one: BoardPost | BoardArea | None, areas: dict[str, BoardArea]) -> tuple[float, float] | None:
    if one is None:
        return None
    if one.lon is not None and one.lat is not None:
        return one.lon, one.lat
    return _place(areas.get(one.area_id), areas) if isinstance(one, BoardPost) else None


def _metres(one: tuple[float, float] | None, other: tuple[float, float] | None) -> float | None:
    if one is None or other is None:
        return None
    return float(EARTH.line_length([one[0], other[0]], [one[1], other[1]]))
