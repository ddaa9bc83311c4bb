"""Units made from streets and buildings: blocks or cells, who lies beside whom, towers as units on one ground."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.planning.barriers import Barriers, Shapes, barrier_shares, lay_barriers
from geo.planning.blocks.cells import Cells, block_of_buildings, cut_cells
from geo.planning.blocks.enclosures import enclose
from geo.planning.blocks.towers import stack_units, stacked_graph
from geo.planning.borders import border_graph
from geo.planning.graph import Graph, Ints, build_graph, contract, edge_values, label_parts
from geo.planning.units import Band, Texts
from geo.turns import Stop, Turns, in_turn

BLOCKS, CELLS = "blocks", "cells"
Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Streets:
    """
    What parts the ground, in one plane of metres: `lines` (streets, water, barriers), and of them the barriers.

    `least_width_m` is the mean width below which a strip between lines is no block of its own.
    """

    lines: Shapes
    barriers: Barriers
    least_width_m: float


@dataclass(frozen=True)
class MadeGround:
    """
    Ground cut into pieces that tile the areas (blocks or cells), before it is known what is counted.

    `limit` is the row of the area each piece lies in, `block` its block, `of_building` the piece of every building
    (-1 outside every area), `graph` who lies beside whom once barriers are laid over it.
    """

    shapes: Shapes
    limit: Ints
    block: Ints
    of_building: Ints
    graph: Graph


@dataclass(frozen=True)
class MadeUnits:
    """
    Units of a made ground. `table` has one row a unit: piece, households, buildings, building, by, first, last.

    Parts of a tower have one and the same piece. `graph` is that of the units.
    """

    table: pd.DataFrame
    graph: Graph


def make_ground(
    limits: Shapes,
    buildings: Shapes,
    streets: Streets,
    *,
    of: str,
    shrink_m: float,
    step_m: float,
    progress: Progress | None = None,
    is_stopped: Stop = lambda: False,
    turns: Turns = in_turn,
) -> MadeGround:
    """
    Cut areas into blocks along streets, rivers, barriers; with `of` "cells" cut each block into its buildings' cells.

    A border along a street counts less by the soft barriers' discount, so that zones end at streets where they can.
    Ground without any building that barriers cut off on all sides, such as the river itself between its banks, is
    joined to the neighbour in its area it shares most border with: it belongs to one bank.

    Parameters
    ----------
    limits
        The areas, such as villages: polygons that do not overlap, in a plane of metres.
    buildings
        Polygons or points in the same plane.
    of
        "blocks" or "cells".
    shrink_m, step_m
        See `cut_cells`.
    progress
        Called with the share done and what is being done.
    turns
        How the areas are shared out; the ground is the same.

    Examples
    --------
    A street through a square, two houses on its east:

    >>> import shapely
    >>> none = np.empty(0, dtype=object)
    >>> street = np.array([shapely.LineString([(4, -1), (4, 11)])])
    >>> streets = Streets(street, Barriers(none, none, none, 1.0, 15.0, 0.7), 0.0)
    >>> houses = np.array([shapely.box(6, 1, 8, 3), shapely.box(6, 7, 8, 9)])
    >>> ground = make_ground(np.array([shapely.box(0, 0, 10, 10)]), houses, streets, of="cells", shrink_m=0.1, step_m=1)
    >>> shapely.area(ground.shapes).round().tolist(), ground.of_building.tolist()
    ([40.0, 30.0, 30.0], [2, 1])
    >>> ground.graph.cost.round(1).tolist()
    [1.5, 1.5, 1.5, 6.0, 1.5, 6.0]
    """
    tell = progress or _silent
    tell(0.0, "blocks between streets")
    blocks = enclose(limits, streets.lines, least_width_m=streets.least_width_m, walls=streets.barriers.hard)
    home = block_of_buildings(blocks, limits, buildings)
    if of == CELLS:
        cells = cut_cells(
            blocks, buildings, home, shrink_m=shrink_m, step_m=step_m, barriers=streets.barriers, turns=turns,
            is_stopped=is_stopped, progress=lambda share: tell(0.2 + 0.7 * share, "cells of buildings"),
        )  # fmt: skip
    else:
        touching = border_graph(blocks.shapes)
        shares = barrier_shares(touching, blocks.shapes, streets.barriers)
        cells = Cells(blocks.shapes, np.arange(len(blocks.shapes)), home, touching, shares)
    tell(0.9, "who lies beside whom")
    limit = blocks.limit[cells.block]
    graph = lay_barriers(cells.graph, cells.shapes, streets.barriers, cells.shares)
    graph = _rather_streets(graph, cells.block, streets.barriers.soft_discount)
    graph = _join_empty(graph, cells.graph, limit, cells.of_building[cells.of_building >= 0])
    return MadeGround(cells.shapes, limit, cells.block, cells.of_building, graph)


def units_of(ground: MadeGround, buildings: pd.DataFrame, *, kind: Texts, bands: dict[str, Band]) -> MadeUnits:
    """
    Count households on every piece and split towers larger than the band of their class.

    Parameters
    ----------
    buildings
        One row a building, in the order of `ground.of_building`: households, stairwells, floors. Whole numbers.
    kind, bands
        Class of each piece, and band by class ("" for every class not named); a class without a band is exempt.

    Examples
    --------
    >>> import shapely
    >>> from geo.planning.graph import build_graph
    >>> ground = MadeGround(np.array([shapely.box(0, 0, 9, 9), shapely.box(9, 0, 18, 9)]), np.array([0, 0]),
    ...                     np.array([0, 1]), np.array([0, 1, -1]), build_graph(2, [[0, 1]]))
    >>> houses = pd.DataFrame({"households": [7, 130, 5], "stairwells": [1, 2, 1], "floors": [3, 20, 3]})
    >>> made = units_of(ground, houses, kind=np.array(["", ""], dtype=object), bands={"": Band(50, 80)})
    >>> made.table["households"].tolist(), made.graph.edges()[0].tolist()
    ([7, 65, 65], [1])
    """
    held = np.flatnonzero(ground.of_building >= 0)
    free = Band(0, 0, True)
    each = [bands.get(str(one), bands.get("", free)) for one in kind]
    counted = (buildings[name].to_numpy(dtype=np.int64)[held] for name in ("households", "stairwells", "floors"))
    table = stack_units(ground.of_building[held], *counted, count=len(ground.shapes), bands=each)
    table["building"] = (
        np.where(table["building"] >= 0, held[np.maximum(table["building"], 0)], -1) if len(held) else -1
    )
    table = table.rename(columns={"cell": "piece"})
    return MadeUnits(table, stacked_graph(ground.graph, table["piece"].to_numpy(dtype=np.int64)))


def class_of_blocks(ground: MadeGround, kind: Texts, weight: Ints) -> Texts:
    """
    Return the class of each piece from its buildings': that with most weight in the whole block.

    A block without buildings has the class of the block of its area it shares most border with, and so on outwards;
    "" where an area has no building at all. Ties go to the class that sorts first.

    Parameters
    ----------
    kind, weight
        Class and households of each building, in the order of `ground.of_building`.

    Examples
    --------
    Three blocks in a row, the middle one empty:

    >>> import shapely
    >>> squares = np.array([shapely.box(x, 0, x + 1, 1) for x in range(3)])
    >>> ground = MadeGround(squares, np.array([0, 0, 0]), np.arange(3), np.array([0, 0, 2]), border_graph(squares))
    >>> class_of_blocks(ground, np.array(["rental", "town", "town"], dtype=object), np.array([5, 3, 4])).tolist()
    ['rental', 'rental', 'town']
    """
    names = sorted({str(one) for one in kind})
    count = int(ground.block.max(initial=-1)) + 1
    tally = np.zeros((count, max(len(names), 1)))
    held = np.flatnonzero(ground.of_building >= 0)
    number = np.searchsorted(np.array(names, dtype=object), kind[held].astype(object)) if names else held
    np.add.at(tally, (ground.block[ground.of_building[held]], number), np.maximum(weight[held], 1e-3))
    chosen = np.where(tally.sum(axis=1) > 0, tally.argmax(axis=1), -1)
    limit = np.zeros(count, dtype=np.int64)
    limit[ground.block] = ground.limit
    between = contract(ground.graph, ground.block, count)
    (one, other), (border, _) = between.edges(), edge_values(between)
    inside = limit[one] == limit[other]
    while (edge := np.flatnonzero(inside & ((chosen[one] < 0) ^ (chosen[other] < 0)))).size:
        best = edge[int(np.argmax(border[edge]))]
        known, empty = (one[best], other[best]) if chosen[one[best]] >= 0 else (other[best], one[best])
        chosen[empty] = chosen[known]
    return np.array([names[at] if at >= 0 else "" for at in chosen[ground.block]], dtype=object)


def _rather_streets(graph: Graph, block: Ints, discount: float) -> Graph:
    """Make borders between blocks cheaper to end at, those already cheap because of a soft barrier no cheaper still."""
    one, other = graph.edges()
    border, cost = edge_values(graph)
    across = block[one] != block[other]
    price = np.where(across, np.minimum(cost, border * (1 - discount)), cost)
    return build_graph(graph.count, np.column_stack([one, other]), border, price)


def _join_empty(graph: Graph, touching: Graph, limit: Ints, lived: Ints) -> Graph:
    """Join each part cut off in its area that has no building to one other part, along the longest border."""
    part = label_parts(graph, limit)
    joined = np.bincount(part[lived], minlength=int(part.max(initial=-1)) + 1) > 0
    (one, other), (border, _) = touching.edges(), edge_values(touching)
    apart = (limit[one] == limit[other]) & (part[one] != part[other])
    one, other, border = one[apart], other[apart], border[apart]
    chosen: list[int] = []
    while (edge := np.flatnonzero(joined[part[one]] ^ joined[part[other]])).size:
        best = int(edge[np.argmax(border[edge])])
        chosen.append(best)
        joined[part[one[best]]] = joined[part[other[best]]] = True
    pairs = np.concatenate([np.column_stack(graph.edges()), np.column_stack([one[chosen], other[chosen]])])
    known, cost = edge_values(graph)
    return build_graph(
        graph.count, pairs, np.concatenate([known, border[chosen]]), np.concatenate([cost, border[chosen]])
    )


def _silent(_share: float, _text: str) -> None:
    return None
