"""The proof that a draft is an exact partition whose numbers are true: counted again without the editor's own sums."""

from __future__ import annotations

import numpy as np
import shapely

from geo.errors import Say, name_few, say
from geo.planning.constraints import is_inside_parents, is_of_one_class, is_whole
from geo.planning.editing.draft import Draft
from geo.planning.editing.ground import Ground
from geo.planning.graph import label_parts
from geo.planning.plan import Plan, compact

CLOSE = 1e-6
"""Relative difference of areas and perimeters that counts as rounding."""


def draft_faults(draft: Draft, beginning: Ground) -> list[Say]:
    """
    Return what is wrong with a draft; an empty list proves it.

    Looked at: every unit in exactly one zone, no zone across parents or classes, the households of the beginning still
    all there, cut units tiling the ground of their origin without gap or overlap, every number the same as a recount.

    Parameters
    ----------
    beginning
        The ground as it was before the first edit.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from geo.planning.drawn import draw_ground
    >>> from geo.planning.editing.draft import open_draft
    >>> ground = draw_ground("aab", today="xxy")
    >>> draft = open_draft(ground)
    >>> draft_faults(draft, ground)
    []
    >>> [str(one) for one in draft_faults(replace(draft, zone=np.array([0, 1, 1])), ground)]
    ['numbers of x, y differ from a recount']
    """
    plan = Plan(draft.ground.units, compact(draft.zone))
    faults = []
    if not is_whole(plan) or len(draft.zone) != draft.ground.count or (draft.zone < 0).any():
        faults.append(say("units in no zone"))
        return faults
    if not (is_inside_parents(plan) and is_of_one_class(plan)):
        faults.append(say("zones across parents or classes"))
    faults += _ground_faults(draft.ground, beginning)
    wrong = [zone for zone in sorted({*draft.numbers, *draft.zone.tolist()}) if not _is_true(draft, zone)]
    if wrong:
        names = draft.ground.units.zones
        told = name_few(names[zone] if zone < len(names) else zone for zone in wrong)
        faults.append(say("numbers of {zones} differ from a recount", zones=told))
    return faults


def _ground_faults(ground: Ground, beginning: Ground) -> list[Say]:
    faults = []
    if ground.units.size.sum() != beginning.units.size.sum():
        faults.append(say("households lost or found"))
    ids, at = np.unique(np.asarray(ground.origin, dtype=str), return_inverse=True)
    order = np.argsort(np.asarray(beginning.units.ids, dtype=str))
    if len(ids) != beginning.count or (ids != np.asarray(beginning.units.ids, dtype=str)[order]).any():
        return [*faults, say("units lost or found")]
    for what, now, then in (("size", ground.units.size, beginning.units.size), ("area", ground.area_m2,
                            beginning.area_m2)):  # fmt: skip
        summed = np.bincount(at, now)
        if not np.allclose(summed, then[order], rtol=CLOSE, atol=1e-3 if what == "area" else 0):
            faults.append(say("pieces of a cut unit that do not add up"))
    first = np.unique(beginning.footprint, return_index=True)[1]
    pieces = np.unique(ground.footprint, return_index=True)[1]
    if shapely.coverage_is_valid(beginning.shapes[first]) and not shapely.coverage_is_valid(ground.shapes[pieces]):
        faults.append(say("gaps or overlaps between units"))
    return faults


def _is_true(draft: Draft, zone: int) -> bool:
    """Whether the numbers kept for a zone are those of its units, taken together as one shape."""
    ground, rows = draft.ground, np.flatnonzero(draft.zone == zone)
    if not len(rows) or zone not in draft.numbers:
        return not len(rows) and zone not in draft.numbers
    told, units = draft.numbers[zone], ground.units
    shape = shapely.union_all(ground.shapes[rows])
    inside = np.where(draft.zone == zone, 0, 1 + np.arange(ground.count))
    current = units.current
    whole = (
        told.units == len(rows)
        and told.size == int(units.size[rows].sum())
        and told.excess == units.bands[units.kind[rows[0]]].excess(told.size)
        and told.parts == len(np.unique(label_parts(units.graph, inside)[rows]))
        and told.came == int(units.size[rows][(current[rows] != zone) & (current[rows] >= 0)].sum())
        and told.gone == int(units.size[(current == zone) & (draft.zone != zone)].sum())
        and told.parent == units.parent[rows[0]]
        and told.kind == units.kind[rows[0]]
    )
    measured = (shapely.area(shape), shapely.length(shape), units.workload[rows].sum())
    return whole and np.allclose((told.area_m2, told.perimeter_m, told.workload), measured, rtol=CLOSE, atol=1e-3)
