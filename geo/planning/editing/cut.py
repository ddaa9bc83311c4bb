"""Cutting units themselves along a line: exact pieces, no gap to the neighbours, households counted again."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import PlanError, name_few, say
from geo.planning.barriers import Shapes
from geo.planning.borders import border_graph
from geo.planning.editing.ground import Ground, Homes, number_footprints, planning_graph
from geo.planning.editing.sides import Shape
from geo.planning.graph import Floats, Graph, Ints, build_graph, edge_values

LEAST_SHARE = 0.01
"""A piece smaller than this share of its unit stays with the piece beside it."""
JOIN_M = 1e-4
"""A border this close to a new corner gets the corner too, and a line this close to a corner runs through it."""


@dataclass(frozen=True)
class Cut:
    """
    The ground after a cut and how rows follow: old rows keep their place, further pieces come behind them.

    `parent` is the old row of every new row: of a piece the unit it was cut from.
    """

    ground: Ground
    parent: Ints


def cut_units(ground: Ground, rows: Ints, line: Shape) -> Cut:
    """
    Cut units along a line. The largest piece of each keeps its row and its id with "/1", others follow as "/2", ...

    Pieces under 1 % of their unit are not cut off. Corners the cut makes on the border of a neighbour become corners
    of the neighbour, so that nothing gapes. Households are counted again from the buildings on each piece (by area
    where there are none) so that the pieces' sum is the unit's.

    Raises
    ------
    PlanError
        If a unit is locked or stacked on another, or the pieces do not tile the ground of the units exactly.

    Examples
    --------
    >>> from geo.planning.drawn import draw_ground
    >>> ground = draw_ground("ab", side_m=10.0, sizes=[10, 6])
    >>> cut = cut_units(ground, np.array([0]), shapely.LineString([(4, -1), (4, 11)]))
    >>> cut.ground.units.ids.tolist(), cut.ground.units.size.tolist(), cut.ground.origin.tolist()
    (['u0/1', 'u1', 'u0/2'], [6, 6, 4], ['u0', 'u1', 'u0'])
    >>> cut.ground.area_m2.tolist(), cut.parent.tolist()
    ([60.0, 100.0, 40.0], [0, 1, 0])
    """
    _require_cuttable(ground, rows)
    pieces = {row: found for row, found in _pieces(ground, rows, line).items() if len(found) > 1}
    if not pieces:
        return Cut(ground, np.arange(ground.count))
    shapes = np.concatenate([ground.shapes, *(found[1:] for found in pieces.values())])
    parent = np.concatenate([np.arange(ground.count), *(np.full(len(f) - 1, row) for row, f in pieces.items())])
    for row, found in pieces.items():
        shapes[row] = found[0]
    children = np.flatnonzero(np.isin(parent, list(pieces)))
    _add_corners(ground, shapes, children, np.array(list(pieces)))
    return Cut(_grown(ground, shapes, parent, children), parent)


def _require_cuttable(ground: Ground, rows: Ints) -> None:
    locked = rows[ground.units.is_locked[rows]]
    shared = np.bincount(ground.footprint)[ground.footprint[rows]] > 1
    faults = [("locked", locked), ("stacked", rows[shared])]
    for word, found in faults:
        if len(found):
            text = (
                say("locked: {ids}", ids=name_few(ground.units.ids[found]))
                if word == "locked"
                else say("stacked on one footprint: {ids}", ids=name_few(ground.units.ids[found]))
            )
            raise PlanError(say("units that can be cut"), text, say("draw around them, or give whole units"))


def _pieces(ground: Ground, rows: Ints, line: Shape) -> dict[int, NDArray[np.object_]]:
    """
    The pieces of each unit, largest first, from one noding of all of them, so that neighbours share new corners.

    The line is first drawn through the corners it passes closest by. Slivers are joined to the piece they share most
    border with.
    """
    shapes = ground.shapes[rows]
    near = shapely.multipoints(shapely.get_coordinates(shapes))
    drawn = shapely.snap(line, shapely.intersection(near, shapely.buffer(line, 2 * JOIN_M)), JOIN_M)
    noded = shapely.union_all(np.array([*shapely.boundary(shapes), drawn]))
    found = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    inner = shapely.point_on_surface(found)
    return {
        int(row): _without_slivers(np.asarray(found[shapely.contains(shape, inner)], dtype=object))
        for row, shape in zip(rows, shapes, strict=True)
    }


def _without_slivers(found: NDArray[np.object_]) -> NDArray[np.object_]:
    found = found[np.argsort(-shapely.area(found), kind="stable")]
    least = LEAST_SHARE * float(shapely.area(found).sum())
    while len(found) > 1 and shapely.area(found[-1]) < least:
        along = shapely.length(shapely.intersection(shapely.boundary(found[:-1]), shapely.boundary(found[-1])))
        host = int(np.argmax(along))
        found[host] = shapely.union_all(found[[host, len(found) - 1]])
        found = found[:-1]
    return found


def _add_corners(ground: Ground, shapes: Shapes, children: Ints, cut: Ints) -> None:
    """Give new corners on the border of a neighbour to the neighbour, in place."""
    fresh: Shape = shapely.multipoints(shapely.get_coordinates(shapes[children]))
    fresh = shapely.difference(fresh, shapely.multipoints(shapely.get_coordinates(ground.shapes[cut])))
    if shapely.is_empty(fresh):
        return
    tree = shapely.STRtree(ground.shapes)
    near = np.setdiff1d(tree.query(shapely.get_parts(fresh), predicate="dwithin", distance=JOIN_M)[1], cut)
    for row in [*near.tolist(), *children.tolist()]:
        shapes[row] = shapely.snap(shapes[row], fresh, JOIN_M)


def _grown(ground: Ground, shapes: Shapes, parent: Ints, children: Ints) -> Ground:
    units, old = ground.units, parent
    ids, origin = units.ids[old].copy(), ground.origin[old].copy()
    size, workload = units.size[old].copy(), units.workload[old].copy()
    homes_unit = ground.homes.unit.copy()
    for row in np.unique(parent[children]):
        family = np.flatnonzero(parent == row)
        taken = [str(one) for one in ids if str(one).startswith(f"{ground.origin[row]}/")]
        ids[family] = _child_ids(str(ground.origin[row]), str(units.ids[row]), len(family), taken)
        share, lived = _shares(ground, shapes, int(row), family)
        homes_unit[lived[0]] = family[lived[1]]
        size[family] = apportion(int(units.size[row]), share)
        workload[family] = units.workload[row] * share
    touching, planning = _graphs(ground, shapes, parent, children)
    grown = replace(
        units, ids=ids, size=size, parent=units.parent[old], kind=units.kind[old], current=units.current[old],
        workload=workload, is_locked=units.is_locked[old], graph=planning,
    )  # fmt: skip
    after = replace(
        ground, units=grown, shapes=shapes, touching=touching, area_m2=shapely.area(shapes), origin=origin,
        perimeter_m=shapely.length(shapes), footprint=number_footprints(shapes),
        homes=replace(ground.homes, unit=homes_unit),
    )  # fmt: skip
    _require_tiling(ground, after, parent, children)
    return after


def _child_ids(origin: str, own: str, count: int, taken: list[str]) -> list[str]:
    """Ids of the pieces: the origin's with the next free numbers; a piece cut again keeps its own for its largest."""
    free = (f"{origin}/{n}" for n in range(1, len(taken) + count + 2) if f"{origin}/{n}" not in taken)
    first = [own] if own != origin else [next(free)]
    return [*first, *(next(free) for _ in range(count - 1))]


def _shares(ground: Ground, shapes: Shapes, row: int, family: Ints) -> tuple[Floats, tuple[Ints, Ints]]:
    """Share of a unit's households on each piece, and which homes stand on which piece."""
    homes: Homes = ground.homes
    held = np.flatnonzero(homes.unit == row)
    points = shapely.points(homes.x_m[held], homes.y_m[held])
    apart = np.array([shapely.distance(shapes[piece], points) for piece in family]).reshape(len(family), len(held))
    at = apart.argmin(axis=0) if len(held) else np.empty(0, dtype=np.int64)
    lived = np.bincount(at, homes.households[held], minlength=len(family)).astype(float)
    weight = lived if lived.sum() > 0 else shapely.area(shapes[family])
    return weight / weight.sum(), (held, at.astype(np.int64))


def apportion(total: int, share: Floats) -> Ints:
    """
    Share a whole number out by shares so that the sum is kept: rounded down, the rest to the largest remainders.

    Examples
    --------
    >>> apportion(10, np.array([0.55, 0.25, 0.2])).tolist()
    [6, 2, 2]
    """
    exact = total * share
    whole = np.floor(exact + 1e-9).astype(np.int64)
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return whole


def _graphs(ground: Ground, shapes: Shapes, parent: Ints, children: Ints) -> tuple[Graph, Graph]:
    """Borders of the pieces, found among them and what their units were beside; all other borders are kept."""
    if ground.barriers is not None and len(ground.barriers.bridges):
        touching = border_graph(shapes)
        return touching, planning_graph(touching, shapes, ground.barriers)
    old = ground.touching
    rows = np.unique(parent[children])
    beside = np.concatenate([old.other[old.start[row] : old.start[row + 1]] for row in rows])
    near = np.unique(np.concatenate([children, beside]))
    local = border_graph(shapes[near])
    return (
        _merged(old, local, near, children, rows, len(shapes)),
        _merged(ground.units.graph, planning_graph(local, shapes[near], ground.barriers), near, children, rows,
                len(shapes)),
    )  # fmt: skip


def _merged(old: Graph, local: Graph, near: Ints, children: Ints, rows: Ints, count: int) -> Graph:
    ends, (border, cost) = np.column_stack(old.edges()), edge_values(old)
    kept = ~np.isin(ends, rows).any(axis=1)
    fresh, (border_new, cost_new) = near[np.column_stack(local.edges())], edge_values(local)
    new = np.isin(fresh, children).any(axis=1)
    return build_graph(
        count,
        np.concatenate([ends[kept], fresh[new]]),
        np.concatenate([border[kept], border_new[new]]),
        np.concatenate([cost[kept], cost_new[new]]),
    )


def _require_tiling(before: Ground, after: Ground, parent: Ints, children: Ints) -> None:
    """Prove that the pieces tile their units and meet their neighbours edge to edge, or refuse the cut."""
    rows = np.unique(parent[children])
    kept = abs(float(after.area_m2[children].sum() - before.area_m2[rows].sum()))
    tree = shapely.STRtree(after.shapes)
    near = np.unique(tree.query(after.shapes[children], predicate="dwithin", distance=JOIN_M)[1])
    _, first = np.unique(after.footprint[near], return_index=True)
    local = after.shapes[near[first]]
    was_valid = shapely.coverage_is_valid(before.shapes[np.unique(parent[near[first]])])
    if kept > 1e-3 or (was_valid and not shapely.coverage_is_valid(local)) or shapely.is_empty(local).any():
        raise PlanError(
            say("pieces that tile the ground of {ids}", ids=name_few(before.units.ids[rows])),
            say("a gap or an overlap"),
            say("draw the line a little differently"),
        )
