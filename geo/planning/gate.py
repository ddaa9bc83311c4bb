"""The gate a plan passes before it may be approved: each check with the zones that fail it, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from geo.errors import Say, name_few, say
from geo.planning.graph import label_parts
from geo.planning.plan import Plan


@dataclass(frozen=True)
class Fault:
    """One thing that keeps a plan from passing: the check, the zones it is about (names), and a sentence."""

    check: str
    zones: tuple[str, ...]
    text: Say


@dataclass(frozen=True)
class Excused:
    """A zone out of its band for which a reason is stated."""

    zone: str
    size: int
    low: int
    high: int
    reason: str


@dataclass(frozen=True)
class GateResult:
    """What was checked, what failed, and which zones are out of band with a stated reason. No fault means passed."""

    checks: tuple[str, ...]
    faults: tuple[Fault, ...]
    excused: tuple[Excused, ...]

    @property
    def is_passed(self) -> bool:
        """Whether nothing failed."""
        return not self.faults


def check_plan(plan: Plan, names: np.ndarray, reasons: Mapping[str, str]) -> GateResult:
    """
    Check a whole plan: every unit in one zone, zones in one piece, in one parent, of one class, in band or with reason.

    Parameters
    ----------
    plan
        Every unit of the ground, so that none can be lost.
    names
        Name of each zone number. Shape (plan.count,).
    reasons
        Why a zone may be out of its band, by name; one of blanks counts as none.

    Examples
    --------
    Bands of 1 to 3 units; zone b lies in two pieces, zone a is too large:

    >>> from geo.planning.drawn import draw_plan
    >>> drawn = draw_plan("aaaa", "b..b")
    >>> result = check_plan(drawn, np.array(["A", "B"], dtype=object), {"A": ""})
    >>> [(one.check, one.zones) for one in result.faults]
    [('contiguous', ('B',)), ('in_band', ('A',))]
    >>> check_plan(drawn, np.array(["A", "B"], dtype=object), {"A": "one factory"}).excused[0].size
    4
    """
    if len(plan.zone) != plan.units.count or (plan.zone < 0).any():
        lost = plan.units.ids[: len(plan.zone)][plan.zone < 0]
        text = say("units in no zone: {ids}", ids=name_few(lost))
        return GateResult(("whole",), (Fault("whole", (), text),), ())
    checks: tuple[tuple[str, Callable[[Plan], np.ndarray], str], ...] = (
        ("contiguous", _in_pieces, "{count} zones in more than one piece: {ids}"),
        ("inside_parent", _in_two_parents, "{count} zones with units of two parents: {ids}"),
        ("one_class", _of_two_classes, "{count} zones that mix classes: {ids}"),
    )
    faults = []
    for name, find, template in checks:
        bad = [str(one) for one in names[find(plan)]]
        if bad:
            faults.append(Fault(name, tuple(bad), say(template, count=len(bad), ids=name_few(bad))))
    missing, excused = _band(plan, names, reasons)
    if missing:
        text = say("{count} zones out of band without a reason: {ids}", count=len(missing), ids=name_few(missing))
        faults.append(Fault("in_band", tuple(missing), text))
    return GateResult(("whole", *(name for name, _, _ in checks), "in_band"), tuple(faults), tuple(excused))


def _in_pieces(plan: Plan) -> np.ndarray:
    parts = np.unique(np.column_stack([plan.zone, label_parts(plan.units.graph, plan.zone)]), axis=0)
    return np.flatnonzero(np.bincount(parts[:, 0], minlength=plan.count) > 1)


def _in_two_parents(plan: Plan) -> np.ndarray:
    return _mixed(plan, plan.units.parent)


def _of_two_classes(plan: Plan) -> np.ndarray:
    return _mixed(plan, plan.units.kind)


def _mixed(plan: Plan, of_unit: np.ndarray) -> np.ndarray:
    pairs = np.unique(np.column_stack([plan.zone, of_unit]), axis=0)
    return np.flatnonzero(np.bincount(pairs[:, 0], minlength=plan.count) > 1)


def _band(plan: Plan, names: np.ndarray, reasons: Mapping[str, str]) -> tuple[list[str], list[Excused]]:
    kind = plan.groups() % max(len(plan.units.kinds), 1)
    missing, excused = [], []
    for zone, size in enumerate(plan.sizes().tolist()):
        band = plan.units.bands[kind[zone]]
        if band.excess(size) == 0:
            continue
        name, reason = str(names[zone]), str(reasons.get(str(names[zone]), "")).strip()
        if reason:
            excused.append(Excused(name, size, band.low, band.high, reason))
        else:
            missing.append(name)
    return missing, excused
