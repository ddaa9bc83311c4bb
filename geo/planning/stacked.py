"""Towers: units stacked on one footprint planned as one, so that no two zones ever share ground."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geo.planning.graph import Ints, build_graph, edge_values
from geo.planning.units import Units


def join_stacked(units: Units, footprint: Ints) -> tuple[Units, Ints]:
    """
    Return units in which all of one footprint are one, and the row each former unit has among them.

    A joined unit has the id, parent, class and zone of today of the first, the sizes and workloads of all, and is
    locked if any is. A plan of them is one of the former units by `zone[row]`.

    Parameters
    ----------
    units
        Units, some on the same ground.
    footprint
        Number of the ground each stands on. Shape (n_units,).

    Examples
    --------
    A tower of two stairwells beside one house:

    >>> from geo.planning.drawn import draw_plan
    >>> joined, row = join_stacked(draw_plan("aab", sizes=[30, 20, 40]).units, np.array([7, 7, 8]))
    >>> joined.size.tolist(), row.tolist(), joined.graph.other.tolist()
    ([50, 40], [0, 0, 1], [1, 0])
    """
    _, first, row = np.unique(footprint, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    first, row = first[order], place[row]
    count = len(first)
    one, other = units.graph.edges()
    border, cost = edge_values(units.graph)
    pairs = np.column_stack([row[one], row[other]])
    joined = replace(
        units,
        ids=units.ids[first],
        size=np.bincount(row, units.size, minlength=count).astype(np.int64),
        parent=units.parent[first],
        kind=units.kind[first],
        current=units.current[first],
        workload=np.bincount(row, units.workload, minlength=count).astype(float),
        is_locked=np.bincount(row, units.is_locked, minlength=count) > 0,
        graph=build_graph(count, pairs, border, cost),
    )
    return joined, row
