"""The board from its facts: begin, take one, rebuild, and the same bytes each time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import geo.crowd.board.parts
from geo.catalogue import discover
from geo.crowd.board.facts import Fact, FactSpec, require_payload
from geo.crowd.board.parts._spec import BoardPartSpec
from geo.crowd.board.plan import BoardPlan, plan_of, stamp
from geo.errors import SchemaError, say

PARTS: dict[str, BoardPartSpec] = discover(geo.crowd.board.parts)
OPENED = "opened"
FACTS: dict[str, FactSpec] = {
    OPENED: FactSpec(title="board opened", required=("plan",)),
    **{kind: spec for part in PARTS.values() for kind, spec in part.facts.items()},
}
"""Every kind of fact there is."""
_LISTENERS = {
    kind: [name for name, part in PARTS.items() if kind in part.facts or kind in part.listens] for kind in FACTS
}


@dataclass
class Board:
    """Plan and parts after `sequence` facts; `at` is the latest moment any of them names."""

    plan: BoardPlan
    parts: dict[str, dict[str, Any]]
    sequence: int
    at: str

    def known(self) -> dict[str, set[str]]:
        """Return the ids a fact may refer to, by list."""
        plan = self.plan
        return {
            "posts": {one.post_id for one in plan.posts},
            "areas": {one.area_id for one in plan.areas},
            "entrances": {one.entrance_id for one in plan.entrances},
            "stages": {one.stage_id for one in plan.stages},
            "ways": {"in", "out"},
            "bases": {"moving", "static"},
            "alarms": {one["alarm_id"] for one in self.parts["density"]["alarms"]},
            "incidents": set(self.parts["incidents"]["incidents"]),
            "tasks": set(self.parts["tasks"]["tasks"]),
            "messages": set(self.parts["messages"]["messages"]),
        }


def require_fact(board: Board | None, fact: Fact) -> None:
    """
    Raise a SchemaError unless the fact may stand in the log: `opened` first and once, then known kinds, keys and ids.
    """
    spec = FACTS.get(fact.kind)
    if spec is None or (fact.kind == OPENED) != (board is None):
        raise SchemaError(
            say("{opened} first and once, then one of {kinds}", opened=OPENED, kinds=", ".join(FACTS)),
            say("{kind!r}", kind=fact.kind),
            say("open the board, or correct the kind"),
        )
    require_payload(fact, spec, board.known() if board else {})
    if board is None:
        plan_of(fact.payload["plan"])


def open_board(fact: Fact) -> Board:
    """Return the board an `opened` fact begins."""
    plan = plan_of(fact.payload["plan"])
    parts = {name: part.begin(plan) for name, part in PARTS.items()}
    return Board(plan, parts, fact.sequence, stamp(fact.at))


def take_fact(board: Board, fact: Fact) -> None:
    """Change the board by one fact, in place; a fact that tells of something unknown changes nothing but the count."""
    for name in _LISTENERS.get(fact.kind, ()):
        PARTS[name].apply(board.parts[name], board.plan, fact, board.parts)
    board.sequence = fact.sequence
    board.at = max(board.at, stamp(fact.at))


def rebuild(facts: Iterable[Fact]) -> Board:
    """
    Return the board after all facts of a log, in order of their sequence.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from geo.crowd.board.plan import BoardArea, BoardEntrance
    >>> plan = BoardPlan(event_id="e", areas=(BoardArea(area_id="P"),),
    ...                  entrances=(BoardEntrance(entrance_id="E", area_id="P"),))
    >>> noon = datetime(2026, 9, 27, 4, tzinfo=UTC)
    >>> tell = [Fact(kind="opened", at=noon, payload={"plan": plan.document()}, sequence=1),
    ...         Fact(kind="counted", at=noon, payload={"entrance_id": "E", "way": "in", "people": 40}, sequence=2),
    ...         Fact(kind="counted", at=noon, payload={"entrance_id": "E", "way": "out", "people": 15}, sequence=3)]
    >>> rebuild(tell).parts["counts"]["areas"]["P"]["counted"]
    25
    """
    board: Board | None = None
    for fact in sorted(facts, key=lambda one: one.sequence):
        if board is None:
            require_fact(None, fact)
            board = open_board(fact)
        else:
            take_fact(board, fact)
    if board is None:
        raise SchemaError(say("a log with at least its opening"), say("no facts"), say("open the board first"))
    return board


def state_bytes(board: Board) -> bytes:
    """Return the whole state as the one text it has."""
    content: Mapping[str, Any] = {
        "plan": board.plan.document(), "parts": board.parts, "sequence": board.sequence, "at": board.at
    }  # fmt: skip
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
