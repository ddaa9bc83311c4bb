"""What a plan must keep, each a `Plan -> bool`; `broken` names those a plan does not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from geo.planning.graph import label_parts
from geo.planning.plan import Plan

Constraint = Callable[[Plan], bool]


def is_whole(plan: Plan) -> bool:
    """
    Say whether every unit is in exactly one zone: an array of one number from 0 on for each unit.

    Examples
    --------
    >>> is_whole(_drawn("aab", "acb")), is_whole(Plan(_drawn("ab").units, np.array([0, -1])))
    (True, False)
    """
    return len(plan.zone) == plan.units.count and bool((plan.zone >= 0).all())


def is_contiguous(plan: Plan) -> bool:
    """
    Say whether one can walk inside every zone between any two of its units, without crossing a hard barrier.

    Examples
    --------
    >>> is_contiguous(_drawn("aab", "acb")), is_contiguous(_drawn("aba"))
    (True, False)
    """
    return len(np.unique(label_parts(plan.units.graph, plan.zone))) == len(np.unique(plan.zone))


def is_inside_parents(plan: Plan) -> bool:
    """
    Say whether no zone holds units of two parents.

    Examples
    --------
    >>> is_inside_parents(_drawn("aab", parents="ppq")), is_inside_parents(_drawn("aab", parents="pqq"))
    (True, False)
    """
    pairs = np.unique(np.column_stack([plan.zone, plan.units.parent]), axis=0)
    return len(pairs) == len(np.unique(plan.zone))


def is_of_one_class(plan: Plan) -> bool:
    """
    Say whether no zone mixes two classes, each with its own band.

    Examples
    --------
    >>> is_of_one_class(_drawn("aab", kinds="ttr")), is_of_one_class(_drawn("aab", kinds="trr"))
    (True, False)
    """
    pairs = np.unique(np.column_stack([plan.zone, plan.units.kind]), axis=0)
    return len(pairs) == len(np.unique(plan.zone))


def is_in_band(plan: Plan) -> bool:
    """
    Say whether the size of every zone lies in the band of its class, both ends included; exempt classes pass.

    Examples
    --------
    Bands of 1 to 3 units:

    >>> is_in_band(_drawn("aaabb")), is_in_band(_drawn("aaaab"))
    (True, False)
    """
    kind = plan.groups() % max(len(plan.units.kinds), 1)
    used = plan.groups() >= 0
    sizes = plan.sizes()
    return all(plan.units.bands[kind[i]].excess(int(sizes[i])) == 0 for i in np.flatnonzero(used))


def keeps_locks(plan: Plan) -> bool:
    """
    Say whether locked units that share a zone today share one in the plan, and those that do not, do not.

    Examples
    --------
    Units 1 and 2 are locked and together today:

    >>> together = _drawn("aab", today="aab", locked="110")
    >>> keeps_locks(together), keeps_locks(Plan(together.units, np.array([0, 1, 1])))
    (True, False)
    """
    rows = plan.units.is_locked & (plan.units.current >= 0)
    pairs = np.unique(np.column_stack([plan.zone[rows], plan.units.current[rows]]), axis=0)
    return len(pairs) == len(np.unique(pairs[:, 0])) == len(np.unique(pairs[:, 1]))


CONSTRAINTS: tuple[Constraint, ...] = (
    is_whole,
    is_contiguous,
    is_inside_parents,
    is_of_one_class,
    is_in_band,
    keeps_locks,
)


def broken(plan: Plan, constraints: tuple[Constraint, ...] = CONSTRAINTS) -> list[str]:
    """
    Name the constraints a plan breaks; a plan that is not whole is asked nothing else.

    Examples
    --------
    >>> broken(_drawn("aba"))
    ['is_contiguous']
    """
    if not is_whole(plan):
        return ["is_whole"]
    return [one.__name__ for one in constraints if not one(plan)]


def _drawn(*rows: str, parents: str = "", kinds: str = "", today: str = "", locked: str = "") -> Plan:
    """A drawn case: one letter a unit of size 1, rows below each other; attributes in the same order."""
    from geo.planning.drawn import draw_plan

    return draw_plan(*rows, parents=parents, kinds=kinds, today=today, locked=locked)
