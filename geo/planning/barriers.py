"""Barriers and bridges: a river one must not plan across, a road one had better not, a crossing that joins."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.contracts import raise_faults
from geo.errors import SchemaError, name_few, say
from geo.planning.borders import shared_borders
from geo.planning.graph import Graph, build_graph, edge_values

Shapes = NDArray[np.object_]
PIECE_CORNERS = 16


@dataclass(frozen=True)
class Barriers:
    """
    Lines one must not (`hard`) or had better not (`soft`) plan across, and the bridges that join what they part.

    All in the metric CRS of the units. `tolerance_m` is how far from a border a barrier still runs along it,
    `reach_m` how far a bridge reaches, `soft_discount` the share of its cost a border along a soft barrier loses.
    """

    hard: Shapes
    soft: Shapes
    bridges: Shapes
    tolerance_m: float
    reach_m: float
    soft_discount: float


def require_whole_units(
    ids: NDArray[np.object_],
    shapes: Shapes,
    barriers: Shapes,
    *,
    tolerance_m: float,
    bridges: Shapes | None = None,
    reach_m: float = 0.0,
) -> None:
    """
    Raise SchemaError naming the units that a hard barrier cuts in two: such a unit has no side to belong to.

    A barrier along a border, or one that ends inside a unit, cuts nothing; nor does one with a bridge in the unit, open
    as far around it as `reach_m`. What is cut off counts from 1 % of the unit on. All in one metric CRS.

    Examples
    --------
    >>> river = np.array([shapely.LineString([(0.5, -1), (0.5, 2)])])
    >>> require_whole_units(np.array(["A"]), np.array([shapely.box(0, 0, 1, 1)]), river, tolerance_m=0.01)
    Traceback (most recent call last):
    geo.errors.SchemaError: expected: hard barriers along the borders of units; found: a barrier cuts A in two; \
to do: split these units along the barrier, or move the barrier to a border
    >>> bridge = np.array([shapely.Point(0.5, 0.5)])
    >>> require_whole_units(np.array(["A"]), np.array([shapely.box(0, 0, 1, 1)]), river, tolerance_m=0.01,
    ...                     bridges=bridge, reach_m=0.1)
    """
    inner = shapely.buffer(shapes, -tolerance_m)
    pairs = shapely.STRtree(barriers).query(inner, predicate="intersects")
    opened = shapely.union_all(shapely.buffer(bridges, reach_m)) if bridges is not None else shapely.Point()
    cut = []
    for unit in np.unique(pairs[0]):
        lines = shapely.difference(shapely.union_all(barriers[pairs[1][pairs[0] == unit]]), opened)
        parts = shapely.get_parts(shapely.difference(inner[unit], shapely.buffer(lines, tolerance_m / 2)))
        if (shapely.area(parts) > 0.01 * shapely.area(shapes[unit])).sum() > 1:
            cut.append(ids[unit])
    faults = [say("a barrier cuts {ids} in two", ids=name_few(cut))] if cut else []
    raise_faults(
        SchemaError,
        say("hard barriers along the borders of units"),
        faults,
        say("split these units along the barrier, or move the barrier to a border"),
    )


def border_share(graph: Graph, shapes: Shapes, lines: Shapes, *, tolerance_m: float) -> NDArray[np.float64]:
    """
    Return the share of every edge's border that runs along the lines (within `tolerance_m`), 0 to 1.

    Examples
    --------
    >>> from geo.planning.borders import border_graph
    >>> squares = np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)])
    >>> river = np.array([shapely.LineString([(10, 0), (10, 5)])])
    >>> border_share(border_graph(squares), squares, river, tolerance_m=0.01).round(2).tolist()
    [0.5]
    """
    pairs = np.column_stack(graph.edges())
    share = np.zeros(len(pairs))
    if not len(lines) or not len(pairs):
        return share
    band = shapely.buffer(_in_short_pieces(lines), tolerance_m)
    tree = shapely.STRtree(band)
    touched = np.unique(tree.query(shapes, predicate="intersects")[0])
    near = np.flatnonzero(np.isin(pairs[:, 0], touched) & np.isin(pairs[:, 1], touched))
    borders = shared_borders(shapes, pairs[near])
    found = tree.query(borders, predicate="intersects")
    order = np.argsort(found[0], kind="stable")
    which, hit = found[0][order], found[1][order]
    touching, first = np.unique(which, return_index=True)
    grounds = band[hit[first]]
    several = np.flatnonzero(np.diff(np.append(first, len(hit))) > 1)
    grounds[several] = [shapely.union_all(band[hit[first[at] : (*first, len(hit))[at + 1]]]) for at in several]
    covered = shapely.length(shapely.intersection(borders[touching], grounds))
    share[near[touching]] = covered / np.maximum(shapely.length(borders[touching]), 1e-12)
    return np.clip(share, 0, 1)


def _in_short_pieces(lines: Shapes) -> Shapes:
    """Cut lines at every few corners, so that no band around them is long; points and polygons stay whole."""
    parts = shapely.get_parts(lines)
    pieces = []
    for part in parts:
        corners = shapely.get_coordinates(part)
        if shapely.get_type_id(part) != shapely.GeometryType.LINESTRING or len(corners) <= PIECE_CORNERS:
            pieces.append(part)
            continue
        starts = range(0, len(corners) - 1, PIECE_CORNERS - 1)
        pieces += [shapely.linestrings(corners[at : at + PIECE_CORNERS]) for at in starts]
    return np.array(pieces, dtype=object)


def path_crosses(graph: Graph, x_m: NDArray[np.float64], y_m: NDArray[np.float64], lines: Shapes) -> NDArray[np.bool_]:
    """
    Say for every edge whether the straight path between its two points meets a line: for units that stand apart.

    Examples
    --------
    >>> river = np.array([shapely.LineString([(5, -1), (5, 1)])])
    >>> path_crosses(build_graph(2, [[0, 1]]), np.array([0.0, 10]), np.array([0.0, 0]), river).tolist()
    [True]
    """
    one, other = graph.edges()
    ends = np.stack([np.column_stack([x_m[one], y_m[one]]), np.column_stack([x_m[other], y_m[other]])], axis=1)
    crossed = np.zeros(len(one), dtype=bool)
    if len(lines) and len(one):
        crossed[shapely.STRtree(lines).query(shapely.linestrings(ends), predicate="intersects")[0]] = True
    return crossed


def apply_barriers(
    graph: Graph,
    hard_share: NDArray[np.float64],
    soft_share: NDArray[np.float64],
    *,
    soft_discount: float,
    is_bridged: NDArray[np.bool_] | None = None,
) -> Graph:
    """
    Return the graph with edges along hard barriers cut, unless bridged, and those along soft ones cheaper to cut.

    A border that runs along a hard barrier only in part keeps the rest. One that is bridged stays, as a border of
    its own length.

    Parameters
    ----------
    hard_share, soft_share
        Share of each edge's border along hard and soft barriers, in the order of `Graph.edges`.
    soft_discount
        Share of its cost that an edge wholly along a soft barrier loses, 0 to 1: zones then rather end there.

    Examples
    --------
    >>> row = build_graph(3, [[0, 1], [1, 2]], [10.0, 10.0])
    >>> apply_barriers(row, np.array([1.0, 0.0]), np.array([0.0, 1.0]), soft_discount=0.5).cost.tolist()
    [5.0, 5.0]
    """
    border, cost = edge_values(graph)
    bridged = np.zeros(len(border), dtype=bool) if is_bridged is None else is_bridged
    left = np.where(bridged, 1.0, 1.0 - hard_share)
    left[left < 1e-3] = 0.0
    kept = left > 0
    price = cost * left * (1.0 - soft_discount * soft_share)
    return build_graph(graph.count, np.column_stack(graph.edges())[kept], (border * left)[kept], price[kept])


def crossings(roads: Shapes, barriers: Shapes, *, step_m: float = 3.0) -> Shapes:
    """
    Return a point for every place where a road gets from one side of a barrier to the other: a bridge, or an underpass.

    A road may run along the barrier for a while before it leaves on the other side; the point is then the middle of
    that stretch. A road that comes back on the same side, or ends at the barrier, does not cross it. Sides are told
    `step_m` before and after the stretch. Lines in one metric CRS.

    Notes
    -----
    Source: definition. Where barriers meet, each is asked by itself.

    Examples
    --------
    One road runs along the river from x = 4 to x = 6 and crosses, one turns back, one ends there:

    >>> river = np.array([shapely.LineString([(0, 0), (4, 0), (6, 0), (20, 0)])])
    >>> over = shapely.LineString([(4, 9), (4, 0), (6, 0), (6, -9)])
    >>> back = shapely.LineString([(10, 9), (10, 0), (12, 9)])
    >>> ends = shapely.LineString([(15, 9), (15, 0)])
    >>> twice = shapely.LineString([(17, 9), (17, -9), (18, 9)])
    >>> sorted(point.wkt for point in crossings(np.array([over, back, ends, twice]), river))
    ['POINT (17 0)', 'POINT (17.5 0)', 'POINT (5 0)']
    """
    if not len(roads) or not len(barriers):
        return np.empty(0, dtype=object)
    road, barrier = shapely.STRtree(barriers).query(roads, predicate="intersects")
    met, pair = _stretches(shapely.intersection(roads[road], barriers[barrier]))
    ways, walls = roads[road][pair], barrier[pair]
    ends = np.stack([shapely.get_point(met, 0), shapely.get_point(met, -1)])
    ends = np.where(shapely.get_type_id(met) == shapely.GeometryType.POINT, met, ends)
    at = np.sort(shapely.line_locate_point(np.stack([ways, ways]), ends), axis=0)
    before, after = at[0] - step_m, at[1] + step_m
    inside = (before > 0) & (after < shapely.length(ways))
    sides = _sides(barriers, 2 * step_m)
    here = _side(sides, walls, shapely.line_interpolate_point(ways, np.maximum(before, 0)))
    there = _side(sides, walls, shapely.line_interpolate_point(ways, after))
    is_crossed = inside & (here * there < 0)
    return np.asarray(shapely.line_interpolate_point(ways, at.mean(axis=0))[is_crossed], dtype=object)


def _stretches(met: Shapes) -> tuple[Shapes, NDArray[np.int64]]:
    """Return the points and the longest lines that common ground falls into, with the row each comes from."""
    part, row = shapely.get_parts(met, return_index=True)
    part, inner = shapely.get_parts(part, return_index=True)
    row = row[inner]
    is_line = shapely.get_dimensions(part) == 1
    rows = np.unique(row[is_line])
    grouped = [shapely.multilinestrings(part[is_line & (row == one)]) for one in rows]
    lines, at = shapely.get_parts(shapely.line_merge(np.array(grouped, dtype=object)), return_index=True)
    is_point = shapely.get_dimensions(part) == 0
    return np.concatenate([part[is_point], lines]), np.concatenate([row[is_point], rows[at]]).astype(np.int64)


def _sides(barriers: Shapes, wide_m: float) -> tuple[Shapes, Shapes]:
    """The strip on the left and on the right of each line."""
    return tuple(  # type: ignore[return-value]
        shapely.buffer(barriers, wide, single_sided=True, cap_style="flat") for wide in (wide_m, -wide_m)
    )


def _side(sides: tuple[Shapes, Shapes], walls: NDArray[np.int64], points: Shapes) -> NDArray[np.int64]:
    """Left is 1, right -1; 0 in both strips or in neither."""
    left, right = (shapely.intersects(side[walls], points).astype(np.int64) for side in sides)
    return left - right


def bridged_edges(
    graph: Graph, shapes: Shapes, bridges: Shapes, *, reach_m: float
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """
    Say which edges a bridge keeps open, and which further pairs of units a bridge joins.

    A bridge drawn as a line joins the unit at (or within `reach_m` of) one end to the unit at the other end. One drawn
    as a point keeps open the borders within `reach_m`.

    Returns
    -------
    is_bridged
        One mark per edge, in the order of `Graph.edges`.
    pairs
        Positions of the units a line joins, shape (n, 2), among them those of edges already there.

    Examples
    --------
    >>> squares = np.array([shapely.box(0, 0, 10, 10), shapely.box(12, 0, 20, 10)])
    >>> bridge = np.array([shapely.LineString([(9, 5), (13, 5)])])
    >>> bridged_edges(build_graph(2, []), squares, bridge, reach_m=1.0)[1].tolist()
    [[0, 1]]
    """
    one, other = graph.edges()
    marked = np.zeros(len(one), dtype=bool)
    if not len(bridges):
        return marked, np.empty((0, 2), dtype=np.int64)
    tree = shapely.STRtree(shapes)
    is_point = shapely.get_type_id(bridges) == 0
    if is_point.any():
        unit, bridge = tree.query(bridges[is_point], predicate="dwithin", distance=reach_m)[::-1]
        for number in np.unique(bridge):
            near = unit[bridge == number]
            marked |= np.isin(one, near) & np.isin(other, near)
    pairs = []
    for line in bridges[~is_point]:
        ends = shapely.points(shapely.get_coordinates(line)[[0, -1]])
        found = tree.query_nearest(ends, max_distance=reach_m, all_matches=False)
        if found.shape[1] == 2 and found[1][0] != found[1][1]:
            pairs.append(sorted(found[1].tolist()))
    joined = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    marked |= np.isin(one * graph.count + other, joined[:, 0] * graph.count + joined[:, 1])
    return marked, joined


@dataclass(frozen=True)
class Shares:
    """Share (0 to 1) of each border that runs along hard and along soft barriers, in the order of `Graph.edges`."""

    hard: NDArray[np.float64]
    soft: NDArray[np.float64]


def barrier_shares(graph: Graph, shapes: Shapes, barriers: Barriers) -> Shares:
    """
    Return how far the borders of polygons run along barriers.

    Examples
    --------
    >>> from geo.planning.borders import border_graph
    >>> squares = np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)])
    >>> river, none = np.array([shapely.LineString([(10, 0), (10, 5)])]), np.empty(0, dtype=object)
    >>> shares = barrier_shares(border_graph(squares), squares, Barriers(river, none, none, 0.01, 1.0, 0.7))
    >>> shares.hard.round(2).tolist(), shares.soft.tolist()
    ([0.5], [0.0])
    """
    with ThreadPoolExecutor(2) as pool:
        share = partial(border_share, graph, shapes, tolerance_m=barriers.tolerance_m)
        hard, soft = pool.map(share, (barriers.hard, barriers.soft))
    return Shares(hard, soft)


def lay_barriers(graph: Graph, shapes: Shapes, barriers: Barriers, shares: Shares | None = None) -> Graph:
    """
    Return the graph of polygons with barriers laid over their borders, and what bridges join.

    `shares` are those of `barrier_shares` where they are known.

    Examples
    --------
    Two squares on both banks of a river, and the same with a bridge across it:

    >>> from geo.planning.borders import border_graph
    >>> squares = np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)])
    >>> river, none = np.array([shapely.LineString([(10, -5), (10, 15)])]), np.empty(0, dtype=object)
    >>> bridge = np.array([shapely.LineString([(8, 5), (12, 5)])])
    >>> [lay_barriers(border_graph(squares), squares, Barriers(river, none, over, 0.1, 1.0, 0.7)).other.tolist()
    ...  for over in (none, bridge)]
    [[], [1, 0]]
    """
    found = barrier_shares(graph, shapes, barriers) if shares is None else shares
    bridged, joined = bridged_edges(graph, shapes, barriers.bridges, reach_m=barriers.reach_m)
    cut = apply_barriers(graph, found.hard, found.soft, soft_discount=barriers.soft_discount, is_bridged=bridged)
    return join_pairs(cut, joined)


def join_pairs(graph: Graph, pairs: NDArray[np.int64]) -> Graph:
    """
    Return the graph with further pairs of neighbours, each along as little border as the shortest there is.

    Examples
    --------
    >>> join_pairs(build_graph(3, [[0, 1]], [4.0]), np.array([[0, 1], [1, 2]])).border_m.tolist()
    [4.0, 4.0, 1.0, 1.0]
    """
    border, cost = edge_values(graph)
    near = np.column_stack(graph.edges())
    fresh = pairs[~np.isin(pairs @ [graph.count, 1], near @ [graph.count, 1])]
    narrow = np.full(len(fresh), float(np.min(border, initial=1.0)))
    ends = np.concatenate([near, fresh])
    return build_graph(graph.count, ends, np.concatenate([border, narrow]), np.concatenate([cost, narrow]))
