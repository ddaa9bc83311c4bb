"""The stages of the event, one after another, and the front that passes."""

from __future__ import annotations

from collections.abc import Mapping

from geo.crowd.board.facts import Fact, FactSpec
from geo.crowd.board.parts._spec import BoardPartSpec, State
from geo.crowd.board.plan import BoardPlan, stamp


def begin(_plan: BoardPlan) -> State:
    """Before the first stage."""
    return {"current": "", "changes": [], "passed": {}}


def apply(state: State, _plan: BoardPlan, fact: Fact, _others: Mapping[str, State]) -> None:
    """Change the stage; the same stage twice is one change. The front passes an area as often as it does."""
    if fact.kind == "stage_changed":
        stage = str(fact.payload["stage_id"])
        if stage != state["current"]:
            state["changes"].append([stage, stamp(fact.at), fact.actor])
            state["current"] = stage
    else:
        state["passed"].setdefault(str(fact.payload["area_id"]), []).append(stamp(fact.at))


SPEC = BoardPartSpec(
    title="stages",
    facts={
        "stage_changed": FactSpec(title="stage changed", required=("stage_id",), optional=("why",),
                                  refers={"stage_id": "stages"}),
        "front_passed": FactSpec(title="front passed", required=("area_id",), refers={"area_id": "areas"}),
    },
    begin=begin,
    apply=apply,
)  # fmt: skip
