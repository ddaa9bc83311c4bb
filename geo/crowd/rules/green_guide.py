"""Guide to Safety at Sports Grounds (Green Guide), as texts that cite it give it."""

from __future__ import annotations

from collections.abc import Mapping

from geo.crowd.rules._arithmetic import LANE_PARAMETERS, counted_exits, on_seats, through_exits, through_lanes, whole
from geo.crowd.rules._spec import AreaFacts, Bound, Evidence, Factor, Parameter, RuleSpec, WayOut
from geo.errors import say

COUNCIL = "Buckinghamshire Council, event guidance citing the Green Guide"
AUTHORITY = "flaweb.org.uk, sgsa.org.uk, safetyatsportsgrounds 13.4a"


def entry(facts: AreaFacts, values: Mapping[str, float]) -> Bound:
    """Who can come in within an hour."""
    clause = "Green Guide: entry capacity in one hour; a turnstile counts at most 660 an hour"
    return through_lanes(facts, values, minutes=values["entry_minutes"], cap=values["lane_cap"], clause=clause)


def holding(facts: AreaFacts, values: Mapping[str, float]) -> Bound:
    """Standing: A/10 × 47 × min(P, S); seats: seats × min(P, S). A factor not judged counts as 1."""
    factor = min(1.0 if one is None else one for one in (facts.physical_factor, facts.safety_factor))
    clause = "Green Guide: holding capacity, appropriate density times the lower of P and S"
    if facts.kind == "seated":
        return on_seats(facts, share=factor, clause=clause)
    density = values["density_per_10_m2"]
    working = say("{ground:,.0f} m² ÷ 10 × {density:g} × {factor:g}", ground=facts.usable_m2, density=density,
                  factor=factor)  # fmt: skip
    people = whole(facts.usable_m2 / 10 * density * factor)
    return Bound(factor="holding", people=people, clause=clause, working=working)


def leaving(facts: AreaFacts, values: Mapping[str, float]) -> Bound:
    """Who can leave in the normal egress time."""
    return _out(facts, values, "exit", values["exit_minutes"], "normal egress in at most 8 minutes")


def emergency(facts: AreaFacts, values: Mapping[str, float]) -> Bound:
    """Who can leave in the emergency evacuation time of the risk, emergency exits included."""
    minutes = values[f"emergency_minutes_{facts.risk}_risk"]
    return _out(facts, values, "emergency", minutes, "emergency evacuation in 2.5 to 8 minutes by risk")


def _out(facts: AreaFacts, values: Mapping[str, float], factor: Factor, minutes: float, text: str) -> Bound:
    exits = counted_exits(facts, emergency=factor == "emergency", discounted=int(values["exits_discounted"]))
    clause = f"Green Guide: {text}; the widest exit is left out"
    level, stepped = _flows(facts, values)
    if not any(x.is_stair for x in exits[0]):
        return through_exits(factor, exits, flow=level, minutes=minutes, clause=clause)
    per_min = _per_min(exits[0], level, stepped)
    working = say("{flow:,.1f} people/min through the counted exits × {minutes:g} min", flow=per_min, minutes=minutes)
    left_out = tuple(x.exit_id for x in exits[1])
    return Bound(factor=factor, people=whole(per_min * minutes), clause=clause, working=working, not_counted=left_out)


def _flows(facts: AreaFacts, values: Mapping[str, float]) -> tuple[float, float]:
    state = "alcohol_" if facts.has_alcohol else ""
    return values[f"flow_{state}level"], values[f"flow_{state}stepped"]


def _per_min(exits: list[WayOut], level: float, stepped: float) -> float:
    return sum(x.width_m * (stepped if x.is_stair else level) for x in exits)


def egress_flow(facts: AreaFacts, values: Mapping[str, float]) -> float:
    """People per minute through the counted exits of normal egress."""
    counted, _ = counted_exits(facts, emergency=False, discounted=int(values["exits_discounted"]))
    return _per_min(counted, *_flows(facts, values))


def _flow(name: str, value: float) -> Parameter:
    return Parameter(name=name, value=value, unit="people/(m·min)", low=30, high=109, source=COUNCIL,
                     evidence="secondary source")  # fmt: skip


def _minutes(name: str, value: float, source: str, *, evidence: Evidence = "secondary source") -> Parameter:
    return Parameter(name=name, value=value, unit="min", low=2.5, high=10, source=source, evidence=evidence)


SPEC = RuleSpec(
    title="Green Guide (United Kingdom)",
    version="6th edition, as cited",
    help="Sports grounds: entry in an hour, 4.7 people/m² times P and S, 82 people a metre and minute.",
    source=f"{AUTHORITY}; {COUNCIL}. The printed edition was not at hand.",
    parameters=(
        *LANE_PARAMETERS,
        Parameter(name="lane_cap", value=11.0, unit="people/min", low=5, high=11, evidence="unchecked",
                  source="Green Guide: 660 an hour at most"),
        Parameter(name="entry_minutes", value=60.0, unit="min", low=15, high=60, evidence="secondary source",
                  source=AUTHORITY),
        Parameter(name="density_per_10_m2", value=47.0, unit="people/10 m²", low=10, high=47, evidence="unchecked",
                  source="Green Guide: 47 people to 10 m² of standing ground"),
        _flow("flow_level", 82.0), _flow("flow_stepped", 66.0),
        _flow("flow_alcohol_level", 72.0), _flow("flow_alcohol_stepped", 56.0),
        Parameter(name="exits_discounted", value=1.0, unit="exits", low=0, high=3, evidence="secondary source",
                  source=COUNCIL),
        _minutes("exit_minutes", 8.0, AUTHORITY),
        _minutes("emergency_minutes_high_risk", 2.5, AUTHORITY),
        _minutes("emergency_minutes_medium_risk", 5.25, "middle of the Green Guide's 2.5 to 8 minutes",
                 evidence="unchecked"),
        _minutes("emergency_minutes_low_risk", 8.0, AUTHORITY),
    ),
    rules={"entry": entry, "holding": holding, "exit": leaving, "emergency": emergency},
    egress_flow=egress_flow,
)  # fmt: skip
