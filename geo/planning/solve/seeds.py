"""First plans: METIS with one seed each, then every zone made whole; and zones split where one is missing."""

from __future__ import annotations

import numpy as np

from geo.planning.graph import Graph, Ints
from geo.planning.solve.kernel import repair

FEW_UNITS = 12
"""With fewer units a zone METIS does better, and three times sooner, by halving than by zones: measured at 8."""


def metis_plan(graph: Graph, size: Ints, count: int, *, seed: int, tolerance: float) -> Ints:
    """
    Return a contiguous plan of `count` zones from METIS, balanced to about `tolerance`, pieces made whole.

    The graph must hang together. METIS alone leaves pieces and sizes out of the band at a few units a zone: repair
    and search follow.

    Notes
    -----
    Source: Karypis and Kumar 1998 (METIS), by pymetis.

    Examples
    --------
    >>> from geo.planning.graph import build_graph
    >>> row = build_graph(4, [[0, 1], [1, 2], [2, 3]])
    >>> sorted(np.bincount(metis_plan(row, np.ones(4, dtype=np.int64), 2, seed=1, tolerance=0.1)).tolist())
    [2, 2]
    """
    import pymetis

    if count <= 1:
        return np.zeros(graph.count, dtype=np.int64)
    if count >= graph.count:
        return np.arange(graph.count, dtype=np.int64)
    mean = graph.cost.mean() if len(graph.cost) else 1.0
    options = pymetis.Options(seed=seed, ufactor=max(int(tolerance * 1000), 1), ncuts=1)
    weight = np.maximum(np.rint(graph.cost * (100.0 / max(mean, 1e-9))), 1).astype(np.int64)
    _, parts = pymetis.part_graph(
        count,
        pymetis.CSRAdjacency(graph.start, graph.other),
        vweights=np.maximum(size, 0),
        eweights=weight,
        recursive=count <= 8 or graph.count < FEW_UNITS * count,
        options=options,
    )
    zone = np.asarray(parts, dtype=np.int64)
    repair(graph.start, graph.other, graph.cost, size, zone, count)
    return fill_zones(graph, size, zone, count)


def fill_zones(graph: Graph, size: Ints, zone: Ints, count: int) -> Ints:
    """
    Return a contiguous plan with exactly `count` zones: while one is missing, the largest is split in two.

    Examples
    --------
    >>> from geo.planning.graph import build_graph
    >>> row = build_graph(4, [[0, 1], [1, 2], [2, 3]])
    >>> fill_zones(row, np.ones(4, dtype=np.int64), np.zeros(4, dtype=np.int64), 2).tolist()
    [1, 1, 0, 0]
    """
    zone = zone.copy()
    for _ in range(count):
        members = np.bincount(zone, minlength=count)
        missing = np.flatnonzero(members[:count] == 0)
        if not len(missing) or members.max() < 2:
            break
        held = np.bincount(zone, size, minlength=count)
        largest = int(np.lexsort((np.arange(count), -held, members < 2))[0])
        half = halve(graph, size, np.flatnonzero(zone == largest))
        zone[half] = missing[0]
    return zone


def halve(graph: Graph, size: Ints, rows: Ints) -> Ints:
    """
    Return about half (by size) of a zone's units so that both halves hang together.

    Grown from the unit farthest from the first; units that would be cut off go along. At least one unit stays.

    Examples
    --------
    >>> from geo.planning.graph import build_graph
    >>> halve(build_graph(4, [[0, 1], [1, 2], [2, 3]]), np.ones(4, dtype=np.int64), np.arange(4)).tolist()
    [0, 1]
    """
    inside = {int(u): [int(v) for v in graph.other[graph.start[u] : graph.start[u + 1]]] for u in rows}
    far = _walk(inside, int(rows[0]))[-1]
    order = _walk(inside, _walk(inside, far)[-1])
    total, held = float(size[rows].sum()), 0.0
    grown: list[int] = []
    for unit in order[:-1]:
        if grown and held + size[unit] / 2 > total / 2:
            break
        grown.append(unit)
        held += size[unit]
    rest = [unit for unit in order if unit not in set(grown)]
    kept = set(_walk({u: [v for v in inside[u] if v in set(rest)] for u in rest}, rest[-1]))
    return np.array(sorted(set(order) - kept), dtype=np.int64)


def _walk(beside: dict[int, list[int]], first: int) -> list[int]:
    """Units in the order of a walk that widens from `first`."""
    order, seen = [first], {first}
    for unit in order:
        for v in beside[unit]:
            if v in beside and v not in seen:
                seen.add(v)
                order.append(v)
    return order
