"""The capacity sheet: per area and whole, the least of entry, holding, exit and emergency, by named rule sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geo.crowd.event import Entrance, Event, Finding, ViewingArea
from geo.crowd.event.findings import finding
from geo.crowd.rules._spec import FACTORS, AreaFacts, Bound, Factor, Lanes, RuleSpec, WayOut, rule_faults, rule_values
from geo.errors import Say, SchemaError, name_few, say

Rules = Mapping[str, RuleSpec]


@dataclass(frozen=True, kw_only=True)
class RuleCapacity:
    """What one rule set allows in one area. `people` is the least of its bounds; None where it states none."""

    rules: str
    bounds: tuple[Bound, ...]
    people: int | None

    @property
    def binding(self) -> Bound | None:
        """The bound that decides; the first in the order of the sheet where several are equal."""
        return min(self.bounds, key=lambda one: one.people, default=None)


@dataclass(frozen=True, kw_only=True)
class AreaCapacity:
    """
    The capacity of one area: the governing set's bounds, the companion's for the factors it says nothing about.

    `deciding` holds (rule set, bound) of each factor that counts; `binding` is the least of them.
    """

    area_id: str
    people: int
    binding_rules: str
    binding: Bound
    deciding: tuple[tuple[str, Bound], ...]
    by_rules: tuple[RuleCapacity, ...]
    crowd: int


@dataclass(frozen=True, kw_only=True)
class CapacitySheet:
    """Every area's capacity; for the whole, their sum, and the sum of each factor beside it."""

    governing: str
    companion: str
    areas: tuple[AreaCapacity, ...]
    day_capacity: Mapping[str, int]

    @property
    def people(self) -> int:
        """What the whole holds at once: the sum of the areas', so that no area makes up for another."""
        return sum(one.people for one in self.areas)

    def factor_totals(self) -> dict[Factor, int]:
        """Return the sum over the areas of each deciding factor: which of them the whole is short of."""
        totals: dict[Factor, int] = {}
        for area in self.areas:
            for _, bound in area.deciding:
                totals[bound.factor] = totals.get(bound.factor, 0) + bound.people
        return totals


def capacity_sheet(event: Event, rules: Rules) -> CapacitySheet:
    """
    Judge every area by every rule set, and say which factor of the governing one binds.

    A set that lacks a parameter is left out of the comparison; one that governs or is the companion is refused then.

    Parameters
    ----------
    event
        A plan without refused findings (`require_event`).
    rules
        The catalogue, {name: SPEC}.

    Raises
    ------
    SchemaError
        If the governing or companion set is unknown, lacks a parameter or has one outside its range.

    Notes
    -----
    An entrance that serves several areas is shared out by their usable ground. Cost: areas × rule sets.

    Examples
    --------
    100 m² at 2 m² a person hold 50; Green Guide exits of 2 + 1 m, the 2 m one left out, 82 people/min for 5.25 min:

    >>> from geo.crowd.event import Exit
    >>> from geo.crowd.rules import cn_reference, green_guide
    >>> wide, slim = (Exit(exit_id=i, area_id="A", clear_width_m=w) for i, w in (("x", 2.0), ("y", 1.0)))
    >>> plan = Event(event_id="e", name="e", areas=(ViewingArea(area_id="A", name="A", usable_m2=100.0),),
    ...              exits=(wide, slim), entrances=(Entrance(entrance_id="i", area_ids=("A",), lanes=1),))
    >>> sheet = capacity_sheet(plan, {"cn_reference": cn_reference.SPEC, "green_guide": green_guide.SPEC})
    >>> area = sheet.areas[0]
    >>> area.people, area.binding.factor, area.binding_rules
    (50, 'holding', 'cn_reference')
    >>> [(name, bound.factor, bound.people) for name, bound in area.deciding]
    [('green_guide', 'entry', 660), ('cn_reference', 'holding', 50), ('green_guide', 'exit', 656), \
('green_guide', 'emergency', 430)]
    """
    for name in (event.governing_rules, event.companion_rules):
        _require_rules(name, rules)
    values = {}
    for name, spec in rules.items():
        if name in (event.governing_rules, event.companion_rules) or not rule_faults(spec, _stated(event, name)):
            values[name] = rule_values(spec, _stated(event, name))
    areas = tuple(_area_capacity(event, area, rules, values) for area in event.areas)
    return CapacitySheet(
        governing=event.governing_rules,
        companion=event.companion_rules,
        areas=areas,
        day_capacity=_day_capacity(areas, rules, values),
    )


def _require_rules(name: str, rules: Rules) -> None:
    if name not in rules:
        raise SchemaError(
            say("a rule set out of {names}", names=name_few(rules)),
            say("{name!r}", name=name),
            say("choose one of these"),
        )


def _stated(event: Event, name: str) -> list[tuple[str, float]]:
    return [(one.parameter, one.value) for one in event.rule_values if one.rules == name]


def decides(event: Event, rules: Rules, factor: Factor) -> str | None:
    """Return the rule set that decides a factor: the governing one, the companion where that is silent, else None."""
    asked = (event.governing_rules, event.companion_rules)
    return next((name for name in asked if name in rules and factor in rules[name].factors), None)


def facts_of(event: Event, area: ViewingArea) -> AreaFacts:
    """Return what the rules may ask of one area of a plan."""
    lanes = tuple(_lanes(event, one, area) for one in event.entrances if area.area_id in one.area_ids)
    exits = tuple(
        WayOut(exit_id=x.exit_id, width_m=x.clear_width_m, is_stair=x.kind == "stair",
               is_emergency_only=x.is_emergency_only)
        for x in event.exits_of(area.area_id)
    )  # fmt: skip
    return AreaFacts(
        area_id=area.area_id, kind=area.kind, usable_m2=area.usable_m2, seats=area.seats,
        physical_factor=area.physical_factor, safety_factor=area.safety_factor, risk=event.risk,
        has_alcohol=event.has_alcohol, entrances=lanes, exits=exits,
    )  # fmt: skip


def _lanes(event: Event, entrance: Entrance, area: ViewingArea) -> Lanes:
    ground = sum(event.area(one).usable_m2 for one in entrance.area_ids)
    return Lanes(
        entrance_id=entrance.entrance_id, lanes=entrance.lanes * area.usable_m2 / ground, check=entrance.check,
        per_lane_min=entrance.per_lane_min,
    )  # fmt: skip


def _area_capacity(
    event: Event, area: ViewingArea, rules: Rules, values: Mapping[str, Mapping[str, float]]
) -> AreaCapacity:
    facts = facts_of(event, area)
    by_rules = []
    for name, known in values.items():
        spec = rules[name]
        factors = [f for f in spec.factors if f != "entry" or facts.entrances]
        bounds = tuple(spec.rules[factor](facts, known) for factor in factors)
        by_rules.append(RuleCapacity(rules=name, bounds=bounds, people=min((b.people for b in bounds), default=None)))
    found = {one.rules: {bound.factor: bound for bound in one.bounds} for one in by_rules}
    deciding = []
    for factor in FACTORS:
        for name in (event.governing_rules, event.companion_rules):
            if factor in found[name]:
                deciding.append((name, found[name][factor]))
                break
    binding_rules, binding = min(deciding, key=lambda one: one[1].people)
    return AreaCapacity(
        area_id=area.area_id, people=binding.people, binding_rules=binding_rules, binding=binding,
        deciding=tuple(deciding), by_rules=tuple(by_rules), crowd=event.peak(area.area_id),
    )  # fmt: skip


def _day_capacity(
    areas: tuple[AreaCapacity, ...], rules: Rules, values: Mapping[str, Mapping[str, float]]
) -> dict[str, int]:
    found = {}
    for name, known in values.items():
        factor = rules[name].day_factor
        each = [r.people for a in areas for r in a.by_rules if r.rules == name and r.people is not None]
        if factor is not None and each:
            found[name] = sum(each) * factor(known)
    return found


def not_compared(event: Event, rules: Rules) -> tuple[tuple[str, Say], ...]:
    """Return (rule set, why) of the sets an area cannot be judged by: a parameter is missing or outside its range."""
    return tuple((name, fault) for name, spec in rules.items() for fault in rule_faults(spec, _stated(event, name)))


def capacity_findings(event: Event, sheet: CapacitySheet, rules: Rules) -> tuple[Finding, ...]:
    """
    Return the open checks of capacity: crowds above it, areas without entrance, faults in the rule values stated.

    A crowd above what every rule set allows is told apart: no choice of rules makes it right.
    """
    found = []
    for one in sheet.areas:
        area = event.area(one.area_id)
        if one.crowd > one.people:
            most = max((r.people for r in one.by_rules if r.people is not None), default=one.people)
            every = one.crowd > most
            text = (
                say("area {id}: {crowd:,} people at the peak, more than any rule set allows ({most:,})",
                    id=area.area_id, crowd=one.crowd, most=most)
                if every
                else say("area {id}: {crowd:,} people at the peak, capacity {people:,} by {factor}, {rules}",
                         id=area.area_id, crowd=one.crowd, people=one.people, factor=say(one.binding.factor),
                         rules=say(rules[one.binding_rules].title))
            )  # fmt: skip
            found.append(finding(event, "crowd_over_every_rule" if every else "crowd_over_capacity", area,
                                 (area.area_id,), text))  # fmt: skip
        if not any(area.area_id in e.area_ids for e in event.entrances):
            text = say("area {id} has no entrance: entry is not judged", id=area.area_id)
            found.append(finding(event, "no_entrance", area, (area.area_id,), text))
    return tuple(found) + rule_findings(event, rules)


def rule_findings(event: Event, rules: Rules) -> tuple[Finding, ...]:
    """
    Return what is wrong with the rule sets of a plan: refused for the two that decide, open for others stated about.

    A set without a parameter cannot judge any area: its places are those of the areas it would have governed, all.
    A set nobody stated anything about and that lacks a parameter is no fault: it is not compared (`not_compared`).
    """
    decide = tuple(dict.fromkeys((event.governing_rules, event.companion_rules)))
    named = {one.rules for one in event.rule_values}
    found = [
        finding(event, "rule_parameter", event.areas, (name,), text, is_refused=name in decide)
        for name, text in not_compared(event, rules) if name in named or name in decide
    ]  # fmt: skip
    found += [
        finding(event, "rule_parameter", event.areas, (name,), say("there is no rule set {rules}", rules=name),
                is_refused=name in decide)
        for name in dict.fromkeys((*decide, *sorted(named))) if name not in rules
    ]  # fmt: skip
    return tuple(found)
