"""Changes to a plan, each a `(Plan, ...) -> Plan`; none can lose a unit. Whether one is allowed, constraints say."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geo.planning.plan import Plan


def move_units(plan: Plan, units: Sequence[int], zone: int) -> Plan:
    """
    Give some units to another zone.

    Examples
    --------
    >>> from geo.planning.constraints import is_contiguous
    >>> from geo.planning.drawn import draw_plan
    >>> row = draw_plan("aab")
    >>> is_contiguous(move_units(row, [1], 1)), is_contiguous(move_units(row, [0], 1))
    (True, False)
    """
    zones = plan.zone.copy()
    zones[np.asarray(units, dtype=np.int64)] = zone
    return Plan(plan.units, zones)


def swap_units(plan: Plan, one: int, other: int) -> Plan:
    """
    Exchange the zones of two units: sizes stay where both are equally large.

    Examples
    --------
    >>> from geo.planning.constraints import is_contiguous
    >>> from geo.planning.drawn import draw_plan
    >>> is_contiguous(swap_units(draw_plan("ab", "ab"), 1, 2)), is_contiguous(swap_units(draw_plan("aabb"), 0, 3))
    (True, False)
    """
    zones = plan.zone.copy()
    zones[[one, other]] = zones[[other, one]]
    return Plan(plan.units, zones)


def merge_zones(plan: Plan, one: int, other: int) -> Plan:
    """
    Join two zones under the number of the first; the numbers above the second move down.

    Examples
    --------
    >>> from geo.planning.constraints import is_contiguous
    >>> from geo.planning.drawn import draw_plan
    >>> is_contiguous(merge_zones(draw_plan("abc"), 0, 1)), is_contiguous(merge_zones(draw_plan("abc"), 0, 2))
    (True, False)
    """
    zones = np.where(plan.zone == other, one, plan.zone)
    return Plan(plan.units, zones - (zones > other))


def split_zone(plan: Plan, units: Sequence[int]) -> Plan:
    """
    Make some units a zone of its own, under the next number.

    Examples
    --------
    >>> from geo.planning.constraints import is_contiguous
    >>> from geo.planning.drawn import draw_plan
    >>> is_contiguous(split_zone(draw_plan("aaa"), [2])), is_contiguous(split_zone(draw_plan("aaa"), [1]))
    (True, False)
    """
    return move_units(plan, units, plan.count)
