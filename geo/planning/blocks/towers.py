"""Towers: one footprint with more households than a zone may have, split by stairwell or by floor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.planning.editing.cut import apportion
from geo.planning.graph import Floats, Graph, Ints, build_graph, edge_values
from geo.planning.units import Band

STAIRWELL, FLOOR = "stairwell", "floor"


@dataclass(frozen=True)
class Part:
    """Part of a building: from one stairwell or floor to another (`by`, both ends included), and its households."""

    by: str
    first: int
    last: int
    households: int


def split_tower(households: int, *, stairwells: int, floors: int, band: Band) -> list[Part]:
    """
    Split a building into parts that fit the band: whole stairwells where there are enough of them, else whole floors.

    Households are shared out by the number of stairwells or floors, their sum is kept. The number of parts is the
    possible one nearest the middle of the band; where none is possible, as few as keep each under its max. A building
    with too few floors and stairwells for that has one part for each of the more numerous.

    Parameters
    ----------
    households
        Of the whole building.
    stairwells, floors
        How many it has; 0 or 1 where it cannot be split so.

    Examples
    --------
    A tower of 200 households, with three stairwells and with one:

    >>> [(one.by, one.first, one.last, one.households)
    ...  for one in split_tower(200, stairwells=3, floors=20, band=Band(50, 80))]
    [('stairwell', 1, 1, 67), ('stairwell', 2, 2, 67), ('stairwell', 3, 3, 66)]
    >>> [(one.by, one.first, one.last, one.households)
    ...  for one in split_tower(200, stairwells=1, floors=20, band=Band(50, 80))]
    [('floor', 1, 7, 70), ('floor', 8, 13, 60), ('floor', 14, 20, 70)]
    """
    possible = band.numbers(households)
    middle = (band.low + band.high) / 2
    wanted = min(possible, key=lambda k: (abs(households / k - middle), k), default=-(-households // max(band.high, 1)))
    by, most = (STAIRWELL, stairwells) if stairwells >= wanted or stairwells > floors else (FLOOR, floors)
    count = max(min(wanted, most), 1)
    bounds = np.round(np.linspace(0, max(most, 1), count + 1)).astype(int)
    held = apportion(households, np.diff(bounds) / max(most, 1))
    return [
        Part(by, int(low) + 1, int(high), int(n)) for low, high, n in zip(bounds[:-1], bounds[1:], held, strict=True)
    ]


def stack_units(
    cell: Ints, households: Ints, stairwells: Ints, floors: Ints, *, count: int, bands: list[Band]
) -> pd.DataFrame:
    """
    Return the units that cells make: one a cell, and several stacked ones where a tower is larger than the band.

    Buildings on one footprint, a row for each stairwell say, are units of their own there; one that is itself larger
    than the band is split.

    Parameters
    ----------
    cell
        Cell of each building, all of them >= 0. Shape (n_buildings,).
    households, stairwells, floors
        Of each building.
    count, bands
        Number of cells, and the band of each.

    Returns
    -------
    units
        cell, households, buildings (how many stand there), building (its row, -1 where the unit is the whole cell), by,
        first, last: cells in order, parts from below.

    Examples
    --------
    Two houses and a tower of 120 on three cells:

    >>> units = stack_units(np.array([0, 1, 2]), np.array([3, 120, 4]), np.array([1, 2, 1]), np.array([2, 18, 2]),
    ...                     count=3, bands=[Band(50, 80)] * 3)
    >>> units[["cell", "households", "by", "first", "last"]].values.tolist()
    [[0, 3, '', 0, 0], [1, 60, 'stairwell', 1, 1], [1, 60, 'stairwell', 2, 2], [2, 4, '', 0, 0]]
    """
    total = np.bincount(cell, households, minlength=count).astype(np.int64)
    stand = np.bincount(cell, minlength=count)
    high = np.array([total[at] if band.is_exempt else band.high for at, band in enumerate(bands)], dtype=np.int64)
    large = (total > high) & (stand > 0)
    rows: list[tuple[int, int, int, int, str, int, int]] = [
        (int(at), int(total[at]), int(stand[at]), -1, "", 0, 0) for at in np.flatnonzero(~large)
    ]
    held = np.flatnonzero(large[cell])
    for row in held[np.argsort(cell[held], kind="stable")].tolist():
        at = int(cell[row])
        many = int(households[row])
        parts = (
            split_tower(many, stairwells=int(stairwells[row]), floors=int(floors[row]), band=bands[at])
            if many > high[at]
            else [Part("", 0, 0, many)]
        )
        rows += [(at, one.households, int(stand[at]), row, one.by, one.first, one.last) for one in parts]
    names = ["cell", "households", "buildings", "building", "by", "first", "last"]
    return pd.DataFrame(rows, columns=names).sort_values("cell", kind="stable", ignore_index=True)


def stacked_graph(graph: Graph, cell: Ints) -> Graph:
    """
    Return the graph of units from that of their cells: parts of a tower lie beside the next above or below.

    A tower split into units has no other neighbour: its zones are stacked on its own ground and share none with
    those around it.

    Parameters
    ----------
    graph
        Graph of the cells.
    cell
        Cell of each unit, in order. Shape (n_units,).

    Examples
    --------
    A row of three cells, the second of two parts; and of three whole ones:

    >>> row = build_graph(3, [[0, 1], [1, 2]])
    >>> stacked_graph(row, np.array([0, 1, 1, 2])).edges()[0].tolist(), stacked_graph(row, np.arange(3)).other.tolist()
    ([1], [1, 0, 2, 1])
    """
    count = np.bincount(cell, minlength=graph.count)
    first = np.searchsorted(cell, np.arange(graph.count))
    one, other = graph.edges()
    border, cost = edge_values(graph)
    kept = (count[one] == 1) & (count[other] == 1)
    inner = np.flatnonzero(cell[:-1] == cell[1:])
    pairs = np.concatenate(
        [np.column_stack([first[one[kept]], first[other[kept]]]), np.column_stack([inner, inner + 1])]
    )
    step: Floats = np.ones(len(inner))
    return build_graph(len(cell), pairs, np.concatenate([border[kept], step]), np.concatenate([cost[kept], step]))
