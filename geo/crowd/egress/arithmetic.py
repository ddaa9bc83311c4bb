"""Egress by code arithmetic: how long the counted exits of each rule set need for the crowd of an area."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from geo.crowd.capacity import facts_of
from geo.crowd.egress.hydraulic import DEFAULTS, flow_per_s, stair_k_m_s, tail_s
from geo.crowd.event import Event
from geo.crowd.rules._spec import RuleSpec, rule_faults, rule_values


@dataclass(frozen=True, kw_only=True)
class CodeTime:
    """Seconds one method gives for one area, and the flow it counts with; infinite where nothing passes."""

    area_id: str
    method: str
    people: int
    flow_s: float
    seconds: float


def code_times(event: Event, rules: Mapping[str, RuleSpec], crowd: Mapping[str, int]) -> tuple[CodeTime, ...]:
    """
    Return the egress time of each area's crowd by each rule set that has a flow, and by the SFPE hand sum twice.

    People spread over the exits as their flow allows, walking and delay left out: the shortest a method can give. SFPE
    once with a boundary layer at doors (effective width), once without (openings).

    Examples
    --------
    RiMEA 9: the same room by four methods, none of the exits left out here:

    >>> from dataclasses import replace
    >>> from geo.crowd.event import Exit, ViewingArea
    >>> from geo.crowd.rules import green_guide, uk_open_air
    >>> from geo.crowd.event.event import RuleValue
    >>> exits = tuple(Exit(exit_id=str(i), area_id="R", clear_width_m=1.0) for i in range(4))
    >>> none_out = tuple(RuleValue(rules=r, parameter="exits_discounted", value=0.0) for r in ("g", "u"))
    >>> small = RuleValue(rules="u", parameter="least_exit_m", value=0.9)
    >>> room = Event(event_id="e", name="e", exits=exits, rule_values=(*none_out, small),
    ...              areas=(ViewingArea(area_id="R", name="R", usable_m2=600.0),))
    >>> times = code_times(room, {"g": green_guide.SPEC, "u": uk_open_air.SPEC}, {"R": 1000})
    >>> [(one.method, round(one.seconds)) for one in times]
    [('g', 183), ('u', 138), ('sfpe_effective_width', 274), ('sfpe_opening', 192)]
    """
    found = []
    for area in event.areas:
        people = crowd.get(area.area_id, 0)
        facts = facts_of(event, area)
        for name, spec in rules.items():
            stated = [(one.parameter, one.value) for one in event.rule_values if one.rules == name]
            if spec.egress_flow is None or rule_faults(spec, stated):
                continue
            flow_s = spec.egress_flow(facts, rule_values(spec, stated)) / 60
            seconds = 0.0 if people == 0 else people / flow_s if flow_s > 0 else math.inf
            found.append(_time(area.area_id, name, people, flow_s, seconds))
        for method, boundary_m in (("sfpe_effective_width", None), ("sfpe_opening", 0.0)):
            flows = _exit_flows(event, area.area_id, boundary_m)
            flow_s = sum(flows)
            seconds = tail_s(people / len(flows), flow_s / len(flows)) if flows and people else 0.0
            found.append(_time(area.area_id, method, people, flow_s, math.inf if people and not flows else seconds))
    return tuple(found)


def _time(area_id: str, method: str, people: int, flow_s: float, seconds: float) -> CodeTime:
    return CodeTime(area_id=area_id, method=method, people=people, flow_s=flow_s, seconds=seconds)


def _exit_flows(event: Event, area_id: str, boundary_m: float | None) -> list[float]:
    flows = []
    for x in event.exits_of(area_id, emergency=False):
        k = stair_k_m_s(x.tread_m, x.rise_m) if x.kind == "stair" and x.tread_m and x.rise_m else None
        flows.append(flow_per_s(x.kind, x.clear_width_m, k_m_s=k, boundary_m=boundary_m, p=DEFAULTS))
    return [one for one in flows if one > 0]
