"""The gate of a stored plan: against the areas of today, with the codes it would give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from data.plans.draft import Draft
from data.plans.ground import Ground, ground_for
from data.plans.records import PlanRecord
from geo.errors import Say, SchemaError, name_few, say
from geo.planning.gate import Excused, Fault, GateResult, check_plan

if TYPE_CHECKING:
    from data.store.desk import Desk

PIECE_SHARE = 1e-5
"""Part of a unit's ground its pieces may miss or hold twice: what rounding leaves along the cut."""
CHECKS = ("whole", "contiguous", "inside_parent", "one_class", "in_band", "towers", "pieces", "codes")


@dataclass(frozen=True)
class GateReport:
    """What the gate says of a plan: `faults` keep it from being handed in, `excused` are out of band with a reason."""

    checks: tuple[str, ...]
    faults: tuple[Fault, ...]
    excused: tuple[Excused, ...]
    zones: int

    @property
    def is_passed(self) -> bool:
        """Whether the plan may be handed in."""
        return not self.faults

    def summary(self) -> dict[str, Any]:
        """Return it as plain values, for the trail and for a report."""
        return {
            "passed": self.is_passed,
            "checks": list(self.checks),
            "zones": self.zones,
            "faults": [{"check": one.check, "zones": list(one.zones), "text": str(one.text)} for one in self.faults],
            "excused": [vars(one) for one in self.excused],
        }


def check_draft(desk: Desk, plan: PlanRecord, draft: Draft) -> GateReport:
    """
    Check a draft against the areas of today: nothing lost, in one piece, in its village, in band or with a reason.

    Also that the pieces of a cut unit fill it exactly and hold its households, and that each zone gets one code.
    """
    try:
        ground = ground_for(desk, plan.level, plan.within, draft)
        drawn, names = ground.plan(draft)
    except SchemaError as error:
        return GateReport(CHECKS, (Fault("whole", (), error.found),), (), draft.zone.nunique())
    result: GateResult = check_plan(drawn, names, {zone: text.reason for zone, text in draft.zones.items()})
    faults = [
        *result.faults,
        *_towers(ground, draft),
        *_pieces(desk, plan, draft, ground),
        *_codes(desk, plan, draft, result),
    ]
    return GateReport(CHECKS, tuple(faults), result.excused, drawn.count)


def _towers(ground: Ground, draft: Draft) -> list[Fault]:
    """Units stacked on one footprint stay in one zone: two zones on the same ground would overlap."""
    footprint = ground.table["footprint"]
    stacked = footprint[footprint.duplicated(keep=False)]
    zones = draft.zone.reindex(stacked.index).groupby(stacked.to_numpy(object)).nunique()
    torn = sorted(zones.index[zones > 1])
    return [Fault("towers", (), say("towers in two zones: {ids}", ids=name_few(torn)))] if torn else []


def _pieces(desk: Desk, plan: PlanRecord, draft: Draft, ground: Ground) -> list[Fault]:
    """The pieces of every cut unit: its ground, no more and no less, and its households."""
    if not draft.has_pieces:
        return []
    import numpy as np
    import shapely

    whole = ground_for(desk, plan.level, plan.within)
    at = {unit: row for row, unit in enumerate(ground.units.ids)}
    wrong, counted = [], []
    shapes = np.asarray(ground.table.geometry, dtype=object)
    assert draft.pieces is not None
    for unit, rows in draft.pieces.groupby("cut_from"):
        place = whole.table.index.get_loc(unit)
        parts = shapes[[at[one] for one in rows.index]]
        former = whole.table.geometry.iloc[place]
        area = float(shapely.area(former))
        tolerance = PIECE_SHARE * area
        left = shapely.area(shapely.symmetric_difference(shapely.union_all(parts), former))
        twice = abs(float(shapely.area(parts).sum()) - area)
        if left > tolerance or twice > tolerance or shapely.is_empty(parts).any():
            wrong.append(str(unit))
        if int(np.nansum(rows["households"])) != int(whole.table["households"].iloc[place]):
            counted.append(str(unit))
    faults: list[tuple[list[str], Say]] = [
        (wrong, say("pieces that do not fill the unit they were cut of: {ids}", ids=name_few(wrong))),
        (counted, say("pieces that do not hold the households of their unit: {ids}", ids=name_few(counted))),
    ]
    return [Fault("pieces", (), text) for found, text in faults if found]


def _codes(desk: Desk, plan: PlanRecord, draft: Draft, result: GateResult) -> list[Fault]:
    """Each zone gets a code of its own that no other area has or ever had."""
    from data.plans.coming import coming_areas

    if any(one.check in ("whole", "inside_parent") for one in result.faults):
        return []
    try:
        coming_areas(desk, plan, draft)
    except SchemaError as error:
        return [Fault("codes", (), error.found)]
    return []
