"""Today's plan as a start: is it whole, and which splits and merges would bring its zones into the band."""

from __future__ import annotations

import numpy as np

from geo.contracts import raise_faults
from geo.errors import SchemaError, name_few, say
from geo.planning.graph import Ints, label_parts
from geo.planning.solve.kernel import repair
from geo.planning.solve.problem import Problem
from geo.planning.solve.seeds import halve
from geo.planning.units import Units


def require_contiguous_today(units: Units) -> None:
    """
    Raise SchemaError naming the zones of today that are in pieces, or lie in two parents, classes or across a barrier.

    Units without a zone are left out.

    Examples
    --------
    >>> from geo.planning.drawn import draw_plan
    >>> require_contiguous_today(draw_plan("aba", today="xyx").units)
    Traceback (most recent call last):
    geo.errors.SchemaError: expected: zones of today each in one piece, inside one parent and class; found: in pieces: \
x; to do: correct these zones, or plan from nothing (without the zones of today)
    """
    known = units.current >= 0
    pieces = label_parts(units.graph, np.where(known, units.current, -1 - np.arange(units.count)))
    pairs = np.unique(np.column_stack([units.current[known], pieces[known]]), axis=0)
    broken = np.flatnonzero(np.bincount(pairs[:, 0], minlength=len(units.zones)) > 1)
    groups = np.unique(np.column_stack([units.current[known], units.group[known]]), axis=0)
    mixed = np.flatnonzero(np.bincount(groups[:, 0], minlength=len(units.zones)) > 1)
    faults = []
    if len(broken):
        faults.append(say("in pieces: {ids}", ids=name_few(units.zones[z] for z in broken)))
    if len(mixed):
        faults.append(say("in two parents or classes: {ids}", ids=name_few(units.zones[z] for z in mixed)))
    raise_faults(
        SchemaError,
        say("zones of today each in one piece, inside one parent and class"),
        faults,
        say("correct these zones, or plan from nothing (without the zones of today)"),
    )


def is_settled(problem: Problem) -> bool:
    """
    Say whether every unit has a zone today and every zone fits the band: then nothing changes (the ONS rule).

    Source: ONS, output geography policy: keep a zone that still fits, split it if over, merge it if under.
    """
    if (problem.current < 0).any():
        return False
    sizes = np.bincount(problem.current, problem.size)
    return all(problem.band.excess(int(size)) == 0 for size in sizes)


def starts_from_today(problem: Problem) -> list[Ints]:
    """
    Return contiguous starts for a minimal change: today's plan, and today's with oversized split, undersized merged.

    Units without a zone join the zone beside them with the longest border. New zones get the next numbers.

    Examples
    --------
    A zone of 6 at a band of 2 to 3 is split in the second start:

    >>> from geo.planning.drawn import draw_plan
    >>> from geo.planning.solve.problem import build_problem
    >>> units = draw_plan("aaaaaabb", today="xxxxxxyy").units
    >>> problem = build_problem(units, np.arange(8), is_minimal_change=True, load_weight=0.0)
    >>> [zone.tolist() for zone in starts_from_today(problem)]
    [[0, 0, 0, 0, 0, 0, 1, 1], [2, 2, 2, 0, 0, 0, 1, 1]]
    """
    zone = _with_new_units(problem)
    changed = _merge_undersized(problem, _split_oversized(problem, zone))
    return [zone] if (changed == zone).all() else [zone, changed]


def _with_new_units(problem: Problem) -> Ints:
    zone = problem.current.copy()
    graph = problem.graph
    while (zone < 0).any():
        joined = False
        for unit in np.flatnonzero(zone < 0):
            beside = slice(graph.start[unit], graph.start[unit + 1])
            near, border = zone[graph.other[beside]], graph.border_m[beside]
            if (near >= 0).any():
                total = np.bincount(near[near >= 0], border[near >= 0])
                zone[unit], joined = int(np.argmax(total)), True
        if not joined:
            zone[zone < 0] = problem.zones_today
    repair(graph.start, graph.other, graph.cost, problem.size, zone, int(zone.max()) + 1)
    return zone


def _split_oversized(problem: Problem, zone: Ints) -> Ints:
    zone = zone.copy()
    for _ in range(len(zone)):
        sizes = np.bincount(zone, problem.size)
        members = np.bincount(zone)
        over = [
            z for z in np.flatnonzero((sizes > problem.band.high) & (members > 1)) if sizes[z] >= 2 * problem.band.low
        ]
        if not over:
            break
        zone[halve(problem.graph, problem.size, np.flatnonzero(zone == over[0]))] = len(sizes)
    return zone


def _merge_undersized(problem: Problem, zone: Ints) -> Ints:
    zone = zone.copy()
    one, other = problem.graph.edges()
    while True:
        sizes = np.bincount(zone, problem.size)
        under = [z for z in np.unique(zone) if sizes[z] < problem.band.low]
        pairs = {(int(a), int(b)) for a, b in zip(zone[one], zone[other], strict=True) if a != b}
        pairs |= {(b, a) for a, b in pairs}
        fitting = sorted(
            (float(sizes[a] + sizes[b]), a, b)
            for a, b in pairs
            if a in under and sizes[a] + sizes[b] <= problem.band.high
        )
        if not fitting:
            return zone
        _, small, large = fitting[0]
        zone[zone == small] = large
