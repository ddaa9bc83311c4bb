"""Density against level: stages of alarm that rise at once and fall late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from geo.crowd.board.facts import Fact, FactSpec
from geo.crowd.board.parts import counts
from geo.crowd.board.parts._spec import BoardPartSpec, State
from geo.crowd.board.plan import BoardPlan, moment_of, stamp


def begin(plan: BoardPlan) -> State:
    """No density known, no alarm."""
    area = {"density": None, "seen_at": None, "basis": "", "is_static": None, "stage": 0, "below_since": None}
    return {"areas": {one.area_id: dict(area) for one in plan.areas}, "alarms": []}


def apply(state: State, plan: BoardPlan, fact: Fact, others: Mapping[str, State]) -> None:
    """Take what was seen, or what the counts give over the usable ground; note who has taken up an alarm."""
    if fact.kind == "density_seen" and fact.payload["area_id"] in state["areas"]:
        is_static = str(fact.payload.get("basis", "static")) != "moving"
        _take(state, plan, fact, str(fact.payload["area_id"]), float(fact.payload["per_m2"]), is_static, "seen")
    elif fact.kind == "alarm_taken":
        for alarm in state["alarms"]:
            if alarm["alarm_id"] == fact.payload["alarm_id"] and alarm["taken_at"] is None:
                alarm["taken_at"], alarm["taken_by"] = stamp(fact.at), fact.actor
    elif fact.kind in ("counted", "headcount"):
        entrances = {one.entrance_id: one.area_id for one in plan.entrances}
        area_id = fact.payload.get("area_id") or entrances.get(fact.payload.get("entrance_id", ""), "")
        area = next((one for one in plan.areas if one.area_id == area_id), None)
        if area is not None and area.usable_m2:
            people = max(counts.present(others["counts"]["areas"][area.area_id]), 0)
            _take(state, plan, fact, area.area_id, people / area.usable_m2, area.is_static, "counted")


def stage_of(density: float, levels: Sequence[float]) -> int:
    """
    Return the stage of alarm, 0 to 3; a density equal to a level is in it.

    Examples
    --------
    >>> [stage_of(density, (2.0, 3.5, 5.0)) for density in (1.99, 2.0, 4.0, 9.0)]
    [0, 1, 2, 3]
    """
    return sum(density >= level for level in levels)


def _take(state: State, plan: BoardPlan, fact: Fact, area_id: str, density: float, is_static: bool, basis: str) -> None:
    area = state["areas"][area_id]
    if area["seen_at"] is not None and fact.at < moment_of(area["seen_at"]):
        return
    levels = plan.levels.of(is_static)
    before = area["stage"]
    area.update(density=density, seen_at=stamp(fact.at), basis=basis, is_static=is_static)
    stage = stage_of(density, levels)
    held = stage_of(density + plan.levels.margin, levels)
    if stage >= before or held >= before:
        area["below_since"] = None
        stage = max(stage, before)
    elif area["below_since"] is None:
        area["below_since"] = stamp(fact.at)
        stage = before
    elif (fact.at - moment_of(area["below_since"])).total_seconds() < plan.levels.hold_s:
        stage = before
    else:
        area["below_since"] = None
        stage = held
    area["stage"] = stage
    _sound(state, fact, area_id, before, stage, density, fact.at)


def _sound(state: State, fact: Fact, area_id: str, before: int, stage: int, density: float, at: datetime) -> None:
    if stage == before:
        return
    for alarm in state["alarms"]:
        if alarm["area_id"] == area_id and alarm["ended_at"] is None:
            alarm["ended_at"] = stamp(at)
    if stage:
        state["alarms"].append(
            {"alarm_id": f"{area_id}-{fact.sequence}", "area_id": area_id, "stage": stage, "from_stage": before,
             "density": density, "raised_at": stamp(at), "taken_at": None, "taken_by": "", "ended_at": None}
        )  # fmt: skip


SPEC = BoardPartSpec(
    title="density",
    facts={
        "density_seen": FactSpec(title="density seen", required=("area_id", "per_m2"), optional=("basis",),
                                 refers={"area_id": "areas", "basis": "bases"}, numbers=("per_m2",)),
        "alarm_taken": FactSpec(title="alarm taken up", required=("alarm_id",), optional=("text",),
                                refers={"alarm_id": "alarms"}),
    },
    listens=("counted", "headcount"),
    begin=begin,
    apply=apply,
)  # fmt: skip
