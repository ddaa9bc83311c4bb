"""Tiny plans drawn as letters, for examples and tests small enough to check by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.planning.editing.ground import Ground, build_ground
from geo.planning.graph import build_graph
from geo.planning.plan import Plan, compact
from geo.planning.units import Band, build_units


def draw_plan(
    *rows: str,
    sizes: list[int] | None = None,
    band: Band | None = None,
    parents: str = "",
    kinds: str = "",
    today: str = "",
    locked: str = "",
    loads: list[float] | None = None,
) -> Plan:
    """
    Draw a plan on squares of 1 m: each letter is a unit, equal letters are one zone, a dot is no unit.

    Parameters
    ----------
    rows
        One text a row, north first.
    sizes, loads
        Size and workload of the units in reading order, 1 each where not given.
    band
        Band of every class, 1 to 3 where not given.
    parents, kinds, today, locked
        One character a unit in reading order; locked units have "1".

    Examples
    --------
    >>> plan = draw_plan("aab", "a.b")
    >>> plan.zone.tolist(), plan.units.graph.edges()[0].tolist()
    ([0, 0, 1, 0, 1], [0, 0, 1, 2])
    """
    cells = [(y, x) for y, row in enumerate(rows) for x, letter in enumerate(row) if letter != "."]
    place = {cell: number for number, cell in enumerate(cells)}
    pairs = [
        (number, place[beside])
        for (y, x), number in place.items()
        for beside in ((y, x + 1), (y + 1, x))
        if beside in place
    ]
    names = [f"u{number}" for number in range(len(cells))]
    table = pd.DataFrame({"size": sizes or [1] * len(cells), "load": loads or [1.0] * len(cells)}, index=names)
    drawn = {"parent": parents, "kind": kinds, "current": today, "locked": locked}
    for column, letters in drawn.items():
        if letters:
            table[column] = list(letters)
    units = build_units(
        table,
        build_graph(len(cells), pairs),
        size="size",
        bands={"": band or Band(1, 3)},
        workload="load",
        parent="parent" if parents else None,
        kind="kind" if kinds else None,
        current="current" if today else None,
        locked="locked" if locked else None,
    )
    return Plan(units, compact(np.array([ord(rows[y][x]) for y, x in cells], dtype=np.int64)))


def draw_ground(*rows: str, side_m: float = 1.0, **options: Any) -> Ground:
    """
    Draw units as squares with their shapes, to be edited; the same letters and options as `draw_plan`.

    The first row lies to the north: its squares have the highest y.

    Examples
    --------
    >>> ground = draw_ground("ab", "cd", side_m=10.0)
    >>> ground.shapes[0].bounds, float(ground.touching.border_m.sum()) / 2
    ((0.0, 10.0, 10.0, 20.0), 40.0)
    """
    cells = [(y, x) for y, row in enumerate(rows) for x, letter in enumerate(row) if letter != "."]
    height = len(rows)
    squares = [
        shapely.box(x * side_m, (height - 1 - y) * side_m, (x + 1) * side_m, (height - y) * side_m) for y, x in cells
    ]
    return build_ground(draw_plan(*rows, **options).units, np.array(squares, dtype=object))
