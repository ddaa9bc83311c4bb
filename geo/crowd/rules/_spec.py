"""What a rule set is: named parameters with unit, range and source, and up to four bounds on the people in an area."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from geo.contracts import raise_faults
from geo.crowd.rules._words import parameter_words
from geo.errors import Say, SchemaError, say

Factor = Literal["entry", "holding", "exit", "emergency"]
FACTORS: tuple[Factor, ...] = ("entry", "holding", "exit", "emergency")
Evidence = Literal["checked", "secondary source", "unchecked"]
"""checked: read in the standard itself; secondary source: in a text that cites it; unchecked: common knowledge."""


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One number of a rule set. `value` None: the rule wants it from the organizer. Outside low..high it is refused."""

    name: str
    value: float | None
    unit: str
    low: float
    high: float
    source: str
    evidence: Evidence


@dataclass(frozen=True, kw_only=True)
class Lanes:
    """Lanes of one entrance, as far as they serve this area (a share of them where several areas are served)."""

    entrance_id: str
    lanes: float
    check: str
    per_lane_min: float | None = None


@dataclass(frozen=True, kw_only=True)
class WayOut:
    """One exit as the rules see it."""

    exit_id: str
    width_m: float
    is_stair: bool = False
    is_emergency_only: bool = False


@dataclass(frozen=True, kw_only=True)
class AreaFacts:
    """What a rule may ask of one area."""

    area_id: str
    kind: str
    usable_m2: float
    seats: int = 0
    physical_factor: float | None = None
    safety_factor: float | None = None
    risk: str = "medium"
    has_alcohol: bool = False
    entrances: tuple[Lanes, ...] = ()
    exits: tuple[WayOut, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Bound:
    """The most people one factor allows, the clause that says so, the sum written out, and exits not counted."""

    factor: Factor
    people: int
    clause: str
    working: Say
    not_counted: tuple[str, ...] = ()


Rule = Callable[[AreaFacts, Mapping[str, float]], Bound]


@dataclass(frozen=True, kw_only=True)
class RuleSpec:
    """
    A rule set. A factor without a rule is one it says nothing about: None, never no limit.

    `egress_flow(facts, values)` gives people per minute through all counted exits, for the time the code arithmetic
    takes; None where the set has no flow.
    `day_factor(values)` says how often the place is filled anew over a day; None where the set does not ask.
    """

    title: str
    version: str
    help: str
    source: str
    parameters: tuple[Parameter, ...]
    rules: Mapping[Factor, Rule]
    egress_flow: Callable[[AreaFacts, Mapping[str, float]], float] | None = None
    day_factor: Callable[[Mapping[str, float]], int] | None = field(default=None)

    @property
    def factors(self) -> tuple[Factor, ...]:
        """The factors it speaks about, in the order of the sheet."""
        return tuple(one for one in FACTORS if one in self.rules)


def rule_faults(spec: RuleSpec, stated: Iterable[tuple[str, float]] = ()) -> list[Say]:
    """Return what is wrong with a set's parameters as stated: missing, unknown or outside their range."""
    given, title = dict(stated), say(spec.title)
    known = {one.name: one for one in spec.parameters}
    faults = [
        say("rule set {rules} has no parameter {name}", rules=title, name=key)
        for key in sorted(set(given) - set(known))
    ]
    for one in spec.parameters:
        value = given.get(one.name, one.value)
        if value is None:
            faults.append(say("rule set {rules} lacks its parameter {name} ({unit})", rules=title,
                              name=parameter_words(one.name), unit=say(one.unit)))  # fmt: skip
        elif not one.low <= value <= one.high:
            faults.append(say("rule set {rules}: {name} is {value:g}, not {low:g} to {high:g} {unit}", rules=title,
                              name=parameter_words(one.name), value=value, low=one.low, high=one.high,
                              unit=say(one.unit)))  # fmt: skip
    return faults


def rule_values(spec: RuleSpec, stated: Iterable[tuple[str, float]] = ()) -> dict[str, float]:
    """
    Return the parameters' values, the organizer's where stated, else the set's own.

    Raises
    ------
    SchemaError
        If one is missing, unknown or outside its range: all of them in one message, nothing clipped.

    Examples
    --------
    >>> one = Parameter(name="space", value=2.0, unit="m²/person", low=0.5, high=10.0, source="x", evidence="unchecked")
    >>> spec = RuleSpec(title="T", version="1", help="", source="x", parameters=(one,), rules={})
    >>> rule_values(spec), rule_values(spec, [("space", 3.0)])
    ({'space': 2.0}, {'space': 3.0})
    """
    raise_faults(
        SchemaError, say("every parameter of the rule set, in its range"), rule_faults(spec, stated),
        say("state it in rule_values with its source"),
    )  # fmt: skip
    return {one.name: float(dict(stated).get(one.name, one.value)) for one in spec.parameters}  # type: ignore[arg-type]
