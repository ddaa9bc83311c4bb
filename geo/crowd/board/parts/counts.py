"""People counted in and out: nobody appears or is lost without standing in the books."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo.crowd.board.facts import Fact, FactSpec
from geo.crowd.board.parts._spec import BoardPartSpec, State
from geo.crowd.board.plan import BoardPlan

SITE = ""


def begin(plan: BoardPlan) -> State:
    """Nobody anywhere; the site as a whole is the area ""."""
    area = {"counted": 0, "corrected": 0, "lowest": 0, "corrections": []}
    return {
        "entrances": {one.entrance_id: {"in": 0, "out": 0} for one in plan.entrances},
        "areas": {key: {**area, "corrections": []} for key in (SITE, *(one.area_id for one in plan.areas))},
    }


def apply(state: State, plan: BoardPlan, fact: Fact, _others: Mapping[str, State]) -> None:
    """Add a count, or take a head count as the truth and keep the difference as a correction."""
    if fact.kind == "counted":
        entrance = next((one for one in plan.entrances if one.entrance_id == fact.payload["entrance_id"]), None)
        if entrance is None:
            return
        people, way = int(fact.payload["people"]), str(fact.payload["way"])
        state["entrances"][entrance.entrance_id][way] += people
        for key in {SITE, entrance.area_id}:
            area = state["areas"][key]
            area["counted"] += people if way == "in" else -people
            area["lowest"] = min(area["lowest"], area["counted"] + area["corrected"])
    elif fact.kind == "headcount" and fact.payload.get("area_id", SITE) in state["areas"]:
        area = state["areas"][fact.payload.get("area_id", SITE)]
        change = int(fact.payload["people"]) - area["counted"] - area["corrected"]
        area["corrected"] += change
        area["corrections"].append([fact.sequence, change])


def present(area: Mapping[str, Any]) -> int:
    """Return people there by the books: counted in less out, and corrected; below 0 means a count is wrong."""
    return int(area["counted"] + area["corrected"])


def unexplained(area: Mapping[str, Any]) -> int:
    """
    Return how many people at least were there and never counted in: the books were that far below 0 at some time.

    Examples
    --------
    >>> unexplained({"lowest": -30}), unexplained({"lowest": 0})
    (30, 0)
    """
    return max(-int(area["lowest"]), 0)


SPEC = BoardPartSpec(
    title="counts",
    facts={
        "counted": FactSpec(title="people counted", required=("entrance_id", "way", "people"),
                            refers={"entrance_id": "entrances", "way": "ways"}, numbers=("people",)),
        "headcount": FactSpec(title="head count", required=("people",), optional=("area_id", "why"),
                              refers={"area_id": "areas"}, numbers=("people",)),
    },
    begin=begin,
    apply=apply,
)  # fmt: skip
