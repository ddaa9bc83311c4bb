"""Who stands where, against who should."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from geo.crowd.board.facts import Fact, FactSpec
from geo.crowd.board.parts._spec import BoardPartSpec, State
from geo.crowd.board.plan import BoardPlan, moment_of, stamp


def begin(plan: BoardPlan) -> State:
    """Nobody is anywhere; the stays of the plan are still to come."""
    return {"stays": [asdict(one) for one in plan.stays], "present": {}, "done": [], "odd": [], "vacated": {},
            "replaced": [], "given_up": [], "asked": {}}  # fmt: skip


def apply(state: State, plan: BoardPlan, fact: Fact, _others: Mapping[str, State]) -> None:
    """
    Note who came, went, or takes whose place.

    Whoever comes to a post has left the one they were at. A leaving of somebody who is not there, or before they came,
    is kept under `odd` and changes nothing else. Who stands in takes the rest of the stay that runs, or the whole of
    the next one; what of it was over by then stays with the one who dropped out, and what was handed on is kept under
    `given_up`. `asked` is when each person was last asked, whatever they said.
    """
    who = str(fact.payload.get("person_id", ""))
    if fact.kind == "arrived":
        post_id = str(fact.payload["post_id"])
        if who in state["present"]:
            _leave(state, plan, who, fact)
        role = str(fact.payload.get("role") or _role(state, who, post_id, fact))
        state["present"][who] = {"post_id": post_id, "role": role, "since": stamp(fact.at)}
    elif fact.kind == "left":
        if who in state["present"] and moment_of(state["present"][who]["since"]) <= fact.at:
            _leave(state, plan, who, fact)
        else:
            state["odd"].append(fact.sequence)
    elif fact.kind == "replaced":
        _replace(state, who, fact)
    elif fact.kind == "declined":
        state["asked"][who] = stamp(fact.at)


def _replace(state: State, who: str, fact: Fact) -> None:
    out, post_id, at = str(fact.payload["out_id"]), str(fact.payload["post_id"]), stamp(fact.at)
    state["asked"][who] = at
    state["replaced"].append([out, who, post_id, at])
    own = [one for one in state["stays"] if (one["person_id"], one["post_id"]) == (out, post_id) and one["end_at"] > at]
    if own:
        stay = min(own, key=lambda one: str(one["start_at"]))
        state["given_up"].append({**stay, "start_at": max(stay["start_at"], at), "by": who, "told_at": at})
        if stay["start_at"] < at:
            state["stays"].append({**stay, "person_id": who, "start_at": at})
            stay["end_at"] = at
        else:
            stay["person_id"] = who


def _role(state: State, who: str, post_id: str, fact: Fact) -> str:
    """The role of the stay nearest in time at this post, of this person first."""
    near = [
        (one["person_id"] != who, abs((moment_of(one["start_at"]) - fact.at).total_seconds()), one["role"])
        for one in state["stays"]
        if one["post_id"] == post_id
    ]
    return str(min(near)[2]) if near else ""


def _leave(state: State, plan: BoardPlan, who: str, fact: Fact) -> None:
    was = state["present"].pop(who)
    start = min(was["since"], stamp(fact.at))
    state["done"].append([who, was["post_id"], was["role"], start, stamp(fact.at)])
    area = next((one.area_id for one in plan.posts if one.post_id == was["post_id"]), "")
    state["vacated"][f"{area}/{was['role']}"] = stamp(fact.at)


SPEC = BoardPartSpec(
    title="posts",
    facts={
        "arrived": FactSpec(title="arrived", required=("person_id", "post_id"), optional=("role",),
                            refers={"post_id": "posts"}),
        "left": FactSpec(title="left", required=("person_id",), optional=("why",)),
        "replaced": FactSpec(title="replaced", required=("out_id", "person_id", "post_id"), optional=("why",),
                             refers={"post_id": "posts"}),
        "declined": FactSpec(title="asked, and said no", required=("person_id", "post_id"), optional=("why",),
                             refers={"post_id": "posts"}),
    },
    begin=begin,
    apply=apply,
)  # fmt: skip
