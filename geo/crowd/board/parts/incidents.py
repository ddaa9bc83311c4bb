"""Incidents of the day: opened, sent to, closed."""

from __future__ import annotations

from collections.abc import Mapping

from geo.crowd.board.facts import Fact, FactSpec
from geo.crowd.board.parts._spec import BoardPartSpec, State
from geo.crowd.board.plan import BoardPlan, stamp

WAY = ("away_m", "passed_over", "nearest", "nearest_m")
"""How far off the person sent was, how many nearer were free and passed over, and the nearest of them."""


def begin(_plan: BoardPlan) -> State:
    """No incidents."""
    return {"incidents": {}}


def apply(state: State, _plan: BoardPlan, fact: Fact, _others: Mapping[str, State]) -> None:
    """Open an incident, or write the time of its next step; the first time of a step stands."""
    key = str(fact.payload["incident_id"])
    known = state["incidents"]
    if fact.kind == "incident_opened":
        known.setdefault(key, {
            "text": str(fact.payload["text"]), "category": str(fact.payload.get("category", "")),
            "area_id": str(fact.payload.get("area_id", "")), "post_id": str(fact.payload.get("post_id", "")),
            "opened_at": stamp(fact.at), "sent_at": None, "to": "", "arrived_at": None, "closed_at": None,
            "outcome": "", **dict.fromkeys(WAY),
        })  # fmt: skip
    elif key in known:
        one = known[key]
        step = {"incident_sent": "sent_at", "incident_reached": "arrived_at", "incident_closed": "closed_at"}[fact.kind]
        one[step] = one[step] or stamp(fact.at)
        if fact.payload.get("to"):
            one |= {"to": str(fact.payload["to"]), **{name: fact.payload.get(name) for name in WAY}}
        one["outcome"] = str(fact.payload.get("outcome") or one["outcome"])


SPEC = BoardPartSpec(
    title="incidents",
    facts={
        "incident_opened": FactSpec(title="incident opened", required=("incident_id", "text"),
                                    optional=("category", "area_id", "post_id"),
                                    refers={"area_id": "areas", "post_id": "posts"}),
        "incident_sent": FactSpec(title="somebody sent", required=("incident_id",), optional=("to", *WAY),
                                  refers={"incident_id": "incidents"},
                                  numbers=("away_m", "passed_over", "nearest_m")),
        "incident_reached": FactSpec(title="somebody there", required=("incident_id",),
                                     refers={"incident_id": "incidents"}),
        "incident_closed": FactSpec(title="incident closed", required=("incident_id",), optional=("outcome",),
                                    refers={"incident_id": "incidents"}),
    },
    begin=begin,
    apply=apply,
)  # fmt: skip
