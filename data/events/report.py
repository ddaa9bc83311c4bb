"""The report of `wangge egress`: capacity, egress band, clock of the front and open checks of one event plan."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from data.events.checks import both, check_row, rule_sets
from data.language import translate
from geo.crowd.capacity import AreaCapacity, CapacitySheet, capacity_findings, capacity_sheet, decides, not_compared
from geo.crowd.egress.band import HORIZON_S, AreaEgress, EgressBand, Spread, egress_band
from geo.crowd.egress.hydraulic import EGRESS_PARAMETERS
from geo.crowd.egress.levels import MOVING_ALARM, STANDING_ALARM, alarm_stage, fruin_level
from geo.crowd.egress.sampling import Variant
from geo.crowd.event import Event, Finding, check_event, require_event
from geo.crowd.event.findings import finding
from geo.crowd.rules._spec import Bound, Parameter, RuleSpec
from geo.crowd.tide.clock import deadlines, release_offsets, schedule
from geo.errors import say

Progress = Callable[[float, str], None]


def egress_report(event: Event, *, seed: int, runs: int = 60, progress: Progress | None = None) -> dict[str, Any]:
    """
    Judge a plan and return the whole report, texts in English and Chinese; seconds that never end are None.

    Raises
    ------
    SchemaError
        With everything that is refused, in one message.
    """
    began = time.perf_counter()
    require_event(event)
    rules: dict[str, RuleSpec] = dict(rule_sets())
    if progress:
        progress(0.02, "capacity")
    sheet = capacity_sheet(event, rules)
    told = (lambda share: progress(0.05 + 0.9 * share, "egress")) if progress else None
    band = egress_band(event, rules, seed=seed, runs=runs, also=in_turn(event), progress=told)
    checks = (*check_event(event), *capacity_findings(event, sheet, rules), *_stranded(event, band, rules))
    return {
        "event": {"event_id": event.event_id, "name": event.name, "is_synthetic": event.is_synthetic,
                  "areas": len(event.areas), "day_visitors": event.day_visitors, "peak_at_once": event.peak_at_once(),
                  "usable_m2": sum(one.usable_m2 for one in event.areas),
                  "staff": sum(one.people for one in event.teams)},
        "rules": {name: _rule_set(spec) for name, spec in rules.items()},
        "capacity": capacity_part(event, sheet, rules),
        "egress": egress_part(event, band),
        "front": front_part(event, band),
        "checks": [check_row(one) for one in checks],
        "status": "open" if checks else "clear",
        "seconds": time.perf_counter() - began,
    }  # fmt: skip


def in_turn(event: Event) -> tuple[Variant, ...]:
    """Return the variant in which areas are let go as the schedule of the first passing says; none without a front."""
    if event.front is None or not event.front.passages:
        return ()
    first = event.front.passages[0].passage_id
    steps = schedule(event, deadlines(event, first, {one.area_id: 0.0 for one in event.areas}))
    offsets = release_offsets(steps)
    return (Variant(name="released_in_turn", release_s=offsets),) if offsets else ()


def _stranded(event: Event, band: EgressBand, rules: Mapping[str, RuleSpec]) -> list[Finding]:
    """Areas that do not clear: in some runs, or as the deciding rule set leaves their only exits out."""
    found, heard = [], decides(event, rules, "exit")
    for one in band.areas:
        area = event.area(one.area_id)
        if math.isinf(one.network.p95_s):
            text = say("area {id} is not clear within the horizon in some runs", id=one.area_id)
            found.append(finding(event, "never_clear", area, (one.area_id,), text))
        endless = any(code.method == heard and math.isinf(code.seconds) for code in one.codes)
        if heard and endless and event.exits_of(one.area_id):
            text = say("area {id} never clears by {rules}: after the exits left out none counts; draw one more",
                       id=one.area_id, rules=say(rules[heard].title))  # fmt: skip
            found.append(finding(event, "no_exit_counts", area, (one.area_id,), text))
    return found


def _none_counts(event: Event, sheet: CapacitySheet, rules: Mapping[str, RuleSpec]) -> list[dict[str, Any]]:
    """Rule sets that do not decide on exits and by which none of an area counts: told in the sheet, no open check."""
    heard = decides(event, rules, "exit")
    found: dict[str, list[str]] = {}
    for area in sheet.areas:
        for each in area.by_rules:
            if each.rules != heard and any(bound.not_counted and not bound.people for bound in each.bounds):
                found.setdefault(each.rules, []).append(area.area_id)
    return [{"rules": name, "area_ids": ids} for name, ids in found.items()]


def _rule_set(spec: RuleSpec) -> dict[str, Any]:
    return {
        "title": spec.title,
        "title_zh": translate(spec.title, "zh_CN"),
        "version": spec.version,
        "source": spec.source,
        "factors": list(spec.factors),
        "parameters": [_parameter(one) for one in spec.parameters],
    }


def _parameter(one: Parameter) -> dict[str, Any]:
    return {"name": one.name, "value": one.value, "unit": one.unit, "low": one.low, "high": one.high,
            "source": one.source, "evidence": one.evidence}  # fmt: skip


def _bound(rules: str, bound: Bound) -> dict[str, Any]:
    return {"rules": rules, "factor": bound.factor, "people": bound.people, "clause": bound.clause,
            "working": str(bound.working), "exits_not_counted": list(bound.not_counted)}  # fmt: skip


def capacity_part(event: Event, sheet: CapacitySheet, rules: Mapping[str, RuleSpec]) -> dict[str, Any]:
    """The capacity sheet: the whole, every area, every rule set, binding factor and clause."""
    return {
        "governing_rules": sheet.governing,
        "companion_rules": sheet.companion,
        "people": sheet.people,
        "peak_at_once": event.peak_at_once(),
        "factor_totals": sheet.factor_totals(),
        "day_capacity": dict(sheet.day_capacity),
        "not_compared": [{"rules": name, **both(text)} for name, text in not_compared(event, rules)],
        "no_exit_counts": _none_counts(event, sheet, rules),
        "areas": [_area_capacity(event, one) for one in sheet.areas],
    }


def _area_capacity(event: Event, one: AreaCapacity) -> dict[str, Any]:
    area = event.area(one.area_id)
    return {
        "area_id": one.area_id, "name": area.name, "usable_m2": area.usable_m2, "capacity": one.people,
        "crowd": one.crowd, "fits": one.crowd <= one.people, "binding": _bound(one.binding_rules, one.binding),
        "deciding": [_bound(rules, bound) for rules, bound in one.deciding],
        "by_rules": [{"rules": each.rules, "capacity": each.people,
                      "binding": each.binding.factor if each.binding else None,
                      "bounds": [_bound(each.rules, bound) for bound in each.bounds]} for each in one.by_rules],
    }  # fmt: skip


def _spread(one: Spread) -> dict[str, Any]:
    return {"p5_s": one.p5_s, "p50_s": one.p50_s, "p95_s": one.p95_s, "p95_upper_s": one.p95_upper_s, "runs": one.runs}


def egress_part(event: Event, band: EgressBand) -> dict[str, Any]:
    """The egress band, queue places, density over time for an animation, and the variants."""
    return {
        "people": band.people,
        "seed": band.seed,
        "total": _spread(band.total),
        "areas": [_area_egress(event, one) for one in band.areas],
        "queues": [{"link": one.link, "p50_people": one.p50, "p95_people": one.p95} for one in band.queues],
        "density": _density(band.times_s, band.area_ids, band.density, is_moving=False),
        "corridors": _density(band.times_s, band.corridors, band.corridor_density, is_moving=True),
        "variants": [
            {"name": one.variant.name, "closed": list(one.variant.closed), "wider_m": dict(one.variant.wider_m),
             "one_way": one.variant.one_way, "total_s": one.total_s, "gain_s": one.gain_s,
             "areas_s": dict(one.areas_s), "gains_s": dict(one.gains_s), "release_s": dict(one.variant.release_s),
             "densest_corridor_per_m2": one.densest_corridor}
            for one in band.variants
        ],
        "parameters": [_parameter(one) for one in EGRESS_PARAMETERS],
    }  # fmt: skip


def _area_egress(event: Event, one: AreaEgress) -> dict[str, Any]:
    return {
        "area_id": one.area_id,
        "name": event.area(one.area_id).name,
        "people": one.people,
        "low_s": one.low_s,
        "high_s": one.high_s,
        "codes": [{"method": c.method, "flow_per_s": c.flow_s, "seconds": c.seconds} for c in one.codes],
        "network": _spread(one.network),
    }


def _density(times_s: Any, ids: tuple[str, ...], table: Any, *, is_moving: bool) -> dict[str, Any]:
    """People/m² and Fruin's letter by minute and place: rows are moments, columns places."""
    letters = fruin_level(table, is_moving=is_moving)
    limits = MOVING_ALARM if is_moving else STANDING_ALARM
    stages = alarm_stage(table, stages=limits)
    return {"minutes": [float(one) / 60 for one in times_s], "ids": list(ids), "per_m2": np.round(table, 3).tolist(),
            "levels": ["".join(row) for row in letters.tolist()],
            "alarm_stages": ["".join(map(str, row)) for row in stages.tolist()],
            "alarm_per_m2": list(limits)}  # fmt: skip


def front_part(event: Event, band: EgressBand) -> dict[str, Any] | None:
    """
    The clock of the front: each passing's deadlines by area, and the schedule; None where nothing moves along.

    An area that never clears (an open check says so) is begun as long before as a run is followed.
    """
    if event.front is None:
        return None
    egress = {one.area_id: one.high_s for one in band.areas}
    usable = {key: value if math.isfinite(value) else HORIZON_S for key, value in egress.items()}
    return {
        "name": event.front.name,
        "kind": event.front.kind,
        "margin_s": event.front.margin_s,
        "passages": [_passage(event, one.passage_id, one.name, usable) for one in event.front.passages],
    }


def _passage(event: Event, passage_id: str, name: str, egress_s: Mapping[str, float]) -> dict[str, Any]:
    times = deadlines(event, passage_id, egress_s)
    return {
        "passage_id": passage_id,
        "name": name,
        "deadlines": [
            {"area_id": one.area_id, "chainage_m": one.arrival.chainage_m, "earliest": one.arrival.earliest.isoformat(),
             "likely": one.arrival.likely.isoformat(), "latest": one.arrival.latest.isoformat(),
             "basis": one.arrival.basis, "egress_s": one.egress_s, "clear_from": one.clear_from.isoformat(),
             "clear_by": one.clear_by.isoformat(), "opens": one.opens.isoformat()}
            for one in times
        ],
        "schedule": [
            {"at": one.at.isoformat(), "act": one.act, "area_ids": list(one.area_ids), **both(one.reason)}
            for one in schedule(event, times)
        ],
    }  # fmt: skip
