"""Messages to posts and teams, and who has read them."""

from __future__ import annotations

from collections.abc import Mapping

from geo.crowd.board.facts import Fact, FactSpec
from geo.crowd.board.parts._spec import BoardPartSpec, State
from geo.crowd.board.plan import BoardPlan, stamp


def begin(_plan: BoardPlan) -> State:
    """No messages."""
    return {"messages": {}}


def apply(state: State, _plan: BoardPlan, fact: Fact, _others: Mapping[str, State]) -> None:
    """Keep a message once under its id; note each reader once."""
    key = str(fact.payload["message_id"])
    if fact.kind == "message_sent":
        one = {"to": str(fact.payload["to"]), "text": str(fact.payload["text"]), "by": fact.actor, "read_by": {}}
        state["messages"].setdefault(key, {**one, "sent_at": stamp(fact.at)})
    elif key in state["messages"]:
        reader = str(fact.payload.get("person_id") or fact.actor)
        state["messages"][key]["read_by"].setdefault(reader, stamp(fact.at))


SPEC = BoardPartSpec(
    title="messages",
    facts={
        "message_sent": FactSpec(title="message", required=("message_id", "to", "text")),
        "message_read": FactSpec(title="message read", required=("message_id",), optional=("person_id",),
                                 refers={"message_id": "messages"}),
    },
    begin=begin,
    apply=apply,
)  # fmt: skip
