"""Notes people write into the log."""

from __future__ import annotations

from collections.abc import Mapping

from geo.crowd.board.facts import Fact, FactSpec
from geo.crowd.board.parts._spec import BoardPartSpec, State
from geo.crowd.board.plan import BoardPlan, stamp


def begin(_plan: BoardPlan) -> State:
    """No notes."""
    return {"notes": []}


def apply(state: State, _plan: BoardPlan, fact: Fact, _others: Mapping[str, State]) -> None:
    """Keep a note."""
    state["notes"].append([fact.sequence, stamp(fact.at), fact.actor, str(fact.payload["text"])])


SPEC = BoardPartSpec(
    title="notes",
    facts={"noted": FactSpec(title="note", required=("text",), optional=("area_id", "post_id"),
                             refers={"area_id": "areas", "post_id": "posts"})},
    begin=begin,
    apply=apply,
)  # fmt: skip
