"""Cells: the ground of each building inside its block, so that cells tile the blocks and no building is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo.planning.barriers import Barriers, Shapes, Shares, barrier_shares
from geo.planning.blocks.corners import share_corners
from geo.planning.blocks.enclosures import (
    REACH_M,
    WALL_M,
    Blocks,
    cut_ground,
    dissolve,
    in_reading_order,
    on_grid,
    walled,
)
from geo.planning.blocks.parting import parting_chains
from geo.planning.borders import Rim, border_graph_and_rim
from geo.planning.graph import Floats, Graph, Ints, build_graph, edge_values, keep_edges, label_parts
from geo.turns import Stop, Turns, in_turn

NONE: Shapes = np.empty(0, dtype=object)
EMPTY: Ints = np.empty(0, dtype=np.int64)
BEYOND_M = 0.01
"""How far a line between two buildings is drawn beyond its block, to be sure to reach its border."""


@dataclass(frozen=True)
class Cells:
    """
    Polygons that tile the blocks, each in one piece: `shapes`, `block` (the block each lies in), and for every
    building in `of_building` the cell it stands in, -1 outside every area. A block without buildings is one cell.
    Buildings with one and the same outline share a cell. Cells of a block stand in reading order.

    `graph` says who lies beside whom before any barrier parts them, `shares` how far borders run along barriers.
    """

    shapes: Shapes
    block: Ints
    of_building: Ints
    graph: Graph
    shares: Shares


def block_of_buildings(blocks: Blocks, limits: Shapes, buildings: Shapes) -> Ints:
    """
    Return the block of each building: in the area that holds a point inside it, the block with most of its ground.

    Ties go to the block that comes first; a building no area holds has -1.

    Examples
    --------
    One stands across the street at x = 5, mostly in the east, one is outside:

    >>> square = np.array([shapely.box(0, 0, 10, 10)])
    >>> blocks = Blocks(np.array([shapely.box(0, 0, 5, 10), shapely.box(5, 0, 10, 10)]), np.array([0, 0]))
    >>> houses = np.array([shapely.box(4, 4, 8, 5), shapely.Point(1, 1), shapely.Point(20, 1)])
    >>> block_of_buildings(blocks, square, houses).tolist()
    [1, 0, -1]
    """
    held, area = shapely.STRtree(limits).query(shapely.point_on_surface(buildings), predicate="intersects")
    home = np.full(len(buildings), -1, dtype=np.int64)
    home[held[::-1]] = area[::-1]
    row, block = shapely.STRtree(blocks.shapes).query(buildings, predicate="intersects")
    kept = blocks.limit[block] == home[row]
    row, block = row[kept], block[kept]
    share = np.zeros(len(row))
    several = np.bincount(row, minlength=len(buildings))[row] > 1
    share[several] = shapely.area(shapely.intersection(buildings[row[several]], blocks.shapes[block[several]]))
    order = np.lexsort((block, -share, row))
    first, at = np.unique(row[order], return_index=True)
    out = np.full(len(buildings), -1, dtype=np.int64)
    out[first] = block[order][at]
    return out


def cut_cells(
    blocks: Blocks,
    buildings: Shapes,
    block: Ints,
    *,
    shrink_m: float,
    step_m: float,
    barriers: Barriers | None = None,
    progress: Callable[[float], None] | None = None,
    is_stopped: Stop = lambda: False,
    turns: Turns = in_turn,
) -> Cells:
    """
    Cut blocks into a cell for each building: what lies nearer to it than to any other building of its block.

    Nearness is that to points on the outline, `step_m` apart, drawn in by `shrink_m` so that the wall between two
    houses parts them. Ground cut off from its building by the block's own shape goes to the cell it shares most
    border with. A building that gets no ground (it stands inside another) is in the cell it stands on.

    Parameters
    ----------
    blocks
        Blocks as `enclose` makes them, in a plane of metres.
    buildings
        Polygons or points in the same plane. Shape (n_buildings,).
    block
        Block of each building, -1 for none: see `block_of_buildings`.
    barriers
        No cell lies on both sides of a hard one, also where it ends inside a block: what it cuts off from a building
        goes to a neighbour on the same side, or is a cell of its own.
    progress
        Called with the share done, area by area. When `is_stopped` answers yes, areas not reached stay uncut blocks.
    turns
        How the areas are shared out; the cells are the same.

    Notes
    -----
    Source: Fleischmann et al. 2020 (enclosed tessellation), doi 10.1016/j.compenvurbsys.2019.101441. Corners are
    common bit for bit inside each area, and along its border with the next.

    Examples
    --------
    Two houses in a block of 10 m by 4 m, 2 m apart around x = 4:

    >>> ground = Blocks(np.array([shapely.box(0, 0, 10, 4)]), np.array([0]))
    >>> houses = np.array([shapely.box(1, 1, 3, 3), shapely.box(5, 1, 7, 3)])
    >>> cells = cut_cells(ground, houses, np.array([0, 0]), shrink_m=0.1, step_m=0.5)
    >>> shapely.area(cells.shapes).round(3).tolist(), cells.of_building.tolist()
    ([16.0, 24.0], [0, 1])
    """
    ids = _same_outlines(buildings)
    laid = Barriers(NONE, NONE, NONE, 0.0, 0.0, 0.0) if barriers is None else barriers
    tasks = _tasks(blocks, buildings, block, ids, laid, (shrink_m, step_m))
    parts: list[_Cut] = []
    cell, count = np.full(len(buildings), -1, dtype=np.int64), 0
    done = turns(_cut_area, tasks, is_stopped)
    for task in tasks:
        part = next(done, None) or _uncut(task)
        cell[task.held] = part.of_building + count
        count += len(part.shapes)
        parts.append(part)
        if progress is not None:
            progress(len(parts) / len(tasks))
    of_block = [task.rows[part.block] for task, part in zip(tasks, parts, strict=True)]
    return _together(parts, np.concatenate([EMPTY, *of_block]), cell, laid)


@dataclass(frozen=True)
class _Task:
    """One area to be cut: its `rows` among the blocks, the buildings `held` and the block of each, counted here."""

    rows: Ints
    held: Ints
    blocks: Shapes
    buildings: Shapes
    block: Ints
    outline: Ints
    barriers: Barriers
    spacing_m: tuple[float, float]

    def __len__(self) -> int:
        return len(self.held)


@dataclass(frozen=True)
class _Cut:
    """Cells of one area, counted by themselves: the block of each, the cell of each building, those on the rim."""

    shapes: Shapes
    block: Ints
    of_building: Ints
    rim: Rim
    graph: Graph
    shares: Shares


def _tasks(
    blocks: Blocks, buildings: Shapes, block: Ints, outline: Ints, barriers: Barriers, spacing_m: tuple[float, float]
) -> list[_Task]:
    trees = [shapely.STRtree(lines) for lines in (barriers.hard, barriers.soft)]
    inside = np.flatnonzero(block >= 0)
    inside = inside[np.argsort(blocks.limit[block[inside]], kind="stable")]
    limits = np.unique(blocks.limit)
    begin = np.searchsorted(blocks.limit[block[inside]], [*limits, limits.max(initial=-1) + 1])
    tasks = []
    for at, limit in enumerate(limits):
        rows, held = np.flatnonzero(blocks.limit == limit), inside[begin[at] : begin[at + 1]]
        ground = shapely.box(*shapely.total_bounds(blocks.shapes[rows]))
        hard, soft = (
            tree.geometries[np.sort(tree.query(ground, predicate="dwithin", distance=2 * barriers.tolerance_m))]
            for tree in trees
        )
        near = replace(barriers, hard=hard, soft=soft, bridges=NONE)
        local = np.searchsorted(rows, block[held])
        tasks.append(_Task(rows, held, blocks.shapes[rows], buildings[held], local, outline[held], near, spacing_m))
    return tasks


def _uncut(task: _Task) -> _Cut:
    return _cut_of(task.blocks, np.arange(len(task.blocks)), task.block, task.barriers)


def _cut_of(shapes: Shapes, block: Ints, of_building: Ints, barriers: Barriers) -> _Cut:
    graph, rim = border_graph_and_rim(shapes)
    return _Cut(shapes, block, of_building, rim, graph, barrier_shares(graph, shapes, barriers))


def _together(parts: list[_Cut], block: Ints, of_building: Ints, barriers: Barriers) -> Cells:
    """Cells of all areas: corners on a common rim are shared, and who lies beside whom across it is looked up."""
    first = np.cumsum([0, *(len(part.shapes) for part in parts)])
    shapes = np.concatenate([NONE, *(part.shapes for part in parts)])
    rim = np.concatenate([EMPTY, *(part.rim.rows + at for part, at in zip(parts, first[:-1], strict=True))])
    is_loose = np.concatenate([EMPTY.astype(bool), *(part.rim.is_loose for part in parts)])
    shapes[rim] = share_corners(shapes[rim], reach_m=REACH_M, is_loose=is_loose)
    area = np.searchsorted(first, rim, side="right")
    across = border_graph_and_rim(shapes[rim])[0]
    one, other = across.edges()
    across = keep_edges(across, area[one] != area[other])
    found = [(part.graph, part.shares, np.arange(len(part.shapes)) + at)
             for part, at in zip(parts, first[:-1], strict=True)]  # fmt: skip
    found.append((across, barrier_shares(across, shapes[rim], barriers), rim))
    pairs = np.concatenate([row[np.column_stack(graph.edges())] for graph, _, row in found])
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    graph = build_graph(len(shapes), pairs, np.concatenate([edge_values(one)[0] for one, _, _ in found]))
    hard, soft = (np.concatenate([getattr(shares, name) for _, shares, _ in found])[order] for name in ("hard", "soft"))
    return Cells(shapes, block, of_building, graph, Shares(hard, soft))


def _same_outlines(buildings: Shapes) -> Ints:
    """A number for each outline: that of the first building with it."""
    first: dict[bytes, int] = {}
    keys = shapely.to_wkb(shapely.normalize(buildings))
    return np.array([first.setdefault(key, row) for row, key in enumerate(keys)], dtype=np.int64)


def _cut_area(task: _Task, _is_stopped: Stop) -> _Cut:
    blocks, buildings, walls = task.blocks, task.buildings, _inside(task.blocks, task.barriers.hard)
    _, owner = np.unique(task.outline, return_inverse=True)
    _, first = np.unique(owner, return_index=True)
    point, of_point = _samples(buildings[first], *task.spacing_m)
    home = task.block[first]
    inner, across = [NONE], [NONE]
    trees: dict[int, tuple[cKDTree, Ints]] = {}
    for row in np.unique(home):
        mine = np.flatnonzero(home[of_point] == row)
        trees[int(row)] = (cKDTree(point[mine]), of_point[mine])
        if len(np.unique(of_point[mine])) > 1:
            for kept, lines in zip(
                (inner, across), _parting_lines(blocks[row], point[mine], of_point[mine]), strict=True
            ):
                kept.append(lines)
    lines = np.concatenate(inner)
    is_met = np.zeros(len(lines), dtype=bool)
    is_met[shapely.STRtree(walls).query(lines, predicate="intersects")[0]] = True
    faces = cut_ground(blocks, np.concatenate([*across, lines[is_met], walls]), lines[~is_met])
    middle = shapely.point_on_surface(faces)
    of_face = shapely.STRtree(blocks).nearest(middle).astype(np.int64)
    key = -1 - of_face
    where = shapely.get_coordinates(middle)
    for row, (tree, whose) in trees.items():
        mine = np.flatnonzero(of_face == row)
        key[mine] = whose[tree.query(where[mine])[1]]
    group, stands = _in_one_piece(faces, key, of_face, buildings[first], walls)
    used, first_face, number = np.unique(group, return_index=True, return_inverse=True)
    cells, of_cell, stands = dissolve(faces, number), of_face[first_face], stands[used]
    rank = np.argsort(in_reading_order(cells))
    order = np.lexsort((rank, of_cell))
    cells, of_cell, stands = cells[order], of_cell[order], stands[order]
    of_building = _cell_of_owners(cells, stands, of_cell, buildings[first], home)[owner]
    return _cut_of(cells, of_cell, of_building, task.barriers)


def _inside(blocks: Shapes, walls: Shapes) -> Shapes:
    """Walls as far as they run inside blocks: those that end there."""
    near, met = shapely.STRtree(walls).query(blocks, predicate="intersects")
    walls, blocks = walls[np.unique(met)], blocks[np.unique(near)]
    if not len(walls):
        return NONE
    edges = shapely.buffer(shapely.union_all(shapely.boundary(blocks)), WALL_M, quad_segs=1)
    parts = shapely.get_parts(shapely.difference(shapely.intersection(walls, shapely.union_all(blocks)), edges))
    parts = parts[shapely.length(parts) > BEYOND_M]
    reach = shapely.buffer(shapely.union_all(parts), 3 * WALL_M)
    return np.asarray(shapely.get_parts(shapely.intersection(walls, reach)), dtype=object) if len(parts) else NONE


def _samples(buildings: Shapes, shrink_m: float, step_m: float) -> tuple[Floats, Ints]:
    """Points along the outlines drawn in; a building too slight for that is a point inside it."""
    drawn = np.where(
        shapely.get_dimensions(buildings) == 2, shapely.buffer(buildings, -shrink_m, join_style="mitre"), buildings
    )
    slight = shapely.is_empty(drawn) | (shapely.get_dimensions(drawn) < 2)
    drawn[slight] = shapely.point_on_surface(buildings[slight])
    edges = drawn.copy()
    edges[~slight] = shapely.segmentize(shapely.boundary(drawn[~slight]), step_m)
    point, row = shapely.get_coordinates(edges, return_index=True)
    return point, row.astype(np.int64)


def _parting_lines(block: shapely.Geometry, point: Floats, owner: Ints) -> tuple[Shapes, Shapes]:
    """The lines as near to one building as to another: those inside the block, and those that reach its border."""
    west, south, east, north = shapely.bounds(block)
    middle = np.array([(west + east) / 2, (south + north) / 2])
    corner, chain = parting_chains(point - middle, owner, max(east - west, north - south))
    corner = on_grid(corner + middle)
    lines = np.asarray(shapely.linestrings(corner, indices=chain))
    shapely.prepare(block)
    is_inner = shapely.contains_properly(block, lines)
    at = np.flatnonzero((chain[:-1] == chain[1:]) & ~is_inner[chain[:-1]])
    pieces = np.asarray(shapely.linestrings(np.stack([corner[at], corner[at + 1]], axis=1)))
    pieces = pieces[shapely.intersects(block, pieces)]
    within = shapely.contains_properly(block, pieces)
    reach = shapely.buffer(block, BEYOND_M, quad_segs=2)
    across = np.asarray(shapely.intersection(pieces[~within], reach), dtype=object)
    return np.concatenate([lines[is_inner], pieces[within]]), across


def _in_one_piece(faces: Shapes, key: Ints, block: Ints, buildings: Shapes, walls: Shapes) -> tuple[Ints, Ints]:
    """
    Number the faces' cells so that each is in one piece; with each number its building, -1 where none stands there.

    Of several pieces of one building's ground the one it stands on most stays, the others go, largest first, to the
    cell of their block they share most border with.
    """
    graph = border_graph_and_rim(faces)[0]
    graph = keep_edges(graph, ~walled(faces, np.column_stack(graph.edges()), walls))
    piece = label_parts(graph, key)
    count = int(piece.max(initial=-1)) + 1
    owner = key[np.unique(piece, return_index=True)[1]]
    size = np.bincount(piece, shapely.area(faces), minlength=count).astype(float)
    main = _main_pieces(faces, key, piece, owner, size, buildings)
    one, other = graph.edges()
    border, _ = edge_values(graph)
    same = (block[one] == block[other]) & (piece[one] != piece[other])
    one, other, border = piece[one[same]], piece[other[same]], border[same]
    cell = np.arange(count)
    for stray in sorted(np.flatnonzero(~main).tolist(), key=lambda row: -size[row]):
        here = (cell[one] == cell[stray], cell[other] == cell[stray])
        beside = here[0] ^ here[1]
        host = np.where(here[0], cell[other], cell[one])[beside]
        if len(host):
            cell[cell == cell[stray]] = int(np.argmax(np.bincount(host, border[beside])))
    return cell[piece], np.where(main, np.maximum(owner, -1), -1)


def _main_pieces(
    faces: Shapes, key: Ints, piece: Ints, owner: Ints, size: Floats, buildings: Shapes
) -> NDArray[np.bool_]:
    """Mark of each building's pieces the one it stands on most, else the largest; and all ground without buildings."""
    stood = np.zeros(len(owner))
    for row in np.flatnonzero(np.bincount(owner[owner >= 0], minlength=len(buildings)) > 1):
        mine = np.flatnonzero(key == row)
        np.add.at(stood, piece[mine], shapely.area(shapely.intersection(faces[mine], buildings[row])))
    order = np.lexsort((-size, -stood, owner))
    main = owner < 0
    main[order[np.unique(owner[order], return_index=True)[1]]] = True
    return main


def _cell_of_owners(cells: Shapes, key: Ints, block: Ints, buildings: Shapes, home: Ints) -> Ints:
    """The cell of each building: its own, else the one of its block it stands on or is nearest to."""
    out = np.full(len(buildings), -1, dtype=np.int64)
    known = key >= 0
    out[key[known]] = np.flatnonzero(known)
    for row in np.flatnonzero(out < 0):
        mine = np.flatnonzero(block == home[row])
        out[row] = mine[int(np.argmin(shapely.distance(cells[mine], shapely.point_on_surface(buildings[row]))))]
    return out
