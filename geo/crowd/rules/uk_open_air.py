"""Fire safety risk assessment: open air events and venues (United Kingdom), as councils give it."""

from __future__ import annotations

from collections.abc import Mapping

from geo.crowd.rules._arithmetic import counted_exits, on_ground, on_seats, through_exits
from geo.crowd.rules._spec import AreaFacts, Bound, Factor, Parameter, RuleSpec, WayOut

COUNCILS = "hastings.gov.uk, healthandsafetyforthearts, citing the open air fire guide"


def holding(facts: AreaFacts, values: Mapping[str, float]) -> Bound:
    """Half a square metre a person outdoors; seats by their number."""
    if facts.kind == "seated":
        return on_seats(facts, share=1.0, clause="open air fire guide: seats by their number")
    return on_ground(facts, space_m2=values["space_m2"], clause="HSG195: 0.5 m² a person at outdoor music events")


def leaving(facts: AreaFacts, values: Mapping[str, float]) -> Bound:
    """Who can leave in the time of the risk, emergency exits shut."""
    return _out(facts, values, "exit")


def emergency(facts: AreaFacts, values: Mapping[str, float]) -> Bound:
    """Who can leave in the time of the risk, emergency exits open."""
    return _out(facts, values, "emergency")


def _counted(facts: AreaFacts, values: Mapping[str, float], *, emergency: bool) -> tuple[list[WayOut], list[WayOut]]:
    return counted_exits(
        facts, emergency=emergency, discounted=int(values["exits_discounted"]), least_m=values["least_exit_m"]
    )


def _flow(facts: AreaFacts, values: Mapping[str, float]) -> float:
    return values["flow_seated" if facts.kind == "seated" else "flow_standing"]


def _out(facts: AreaFacts, values: Mapping[str, float], factor: Factor) -> Bound:
    exits = _counted(facts, values, emergency=factor == "emergency")
    minutes = values[f"minutes_{facts.risk}_risk"]
    clause = "open air fire guide: 5 to 10 minutes by risk; one exit is left out, none below 1.05 m counts"
    return through_exits(factor, exits, flow=_flow(facts, values), minutes=minutes, clause=clause)


def egress_flow(facts: AreaFacts, values: Mapping[str, float]) -> float:
    """People per minute through the counted exits."""
    return float(sum(x.width_m for x in _counted(facts, values, emergency=False)[0]) * _flow(facts, values))


def _from_councils(name: str, value: float, unit: str, low: float, high: float) -> Parameter:
    return Parameter(name=name, value=value, unit=unit, low=low, high=high, source=COUNCILS,
                     evidence="secondary source")  # fmt: skip


SPEC = RuleSpec(
    title="Open air fire guide (United Kingdom)",
    version="2007, as cited",
    help="Open air events: 109 people a metre and minute standing, 73 seated, 5 to 10 minutes by risk.",
    source=COUNCILS,
    parameters=(
        Parameter(name="space_m2", value=0.5, unit="m²/person", low=0.3, high=2, evidence="secondary source",
                  source="HSG195, outdoor music events"),
        _from_councils("flow_standing", 109.0, "people/(m·min)", 40, 109),
        _from_councils("flow_seated", 73.0, "people/(m·min)", 40, 109),
        _from_councils("minutes_high_risk", 5.0, "min", 2, 5),
        Parameter(name="minutes_medium_risk", value=7.5, unit="min", low=5, high=10, evidence="unchecked",
                  source="middle of the guide's 5 to 10 minutes at normal risk"),
        _from_councils("minutes_low_risk", 10.0, "min", 5, 10),
        _from_councils("least_exit_m", 1.05, "m", 0.75, 2),
        _from_councils("exits_discounted", 1.0, "exits", 0, 3),
    ),
    rules={"holding": holding, "exit": leaving, "emergency": emergency},
    egress_flow=egress_flow,
)  # fmt: skip
