"""Cells: the ground of each building inside its block, so that cells tile the blocks and no building is lost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Voronoi, cKDTree

from geo.planning.barriers import Shapes
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
from geo.planning.borders import border_graph
from geo.planning.graph import Floats, Ints, edge_values, keep_edges, label_parts

NONE: Shapes = np.empty(0, dtype=object)
AT_ONCE = 2
"""Areas cut at the same time: nearly all of the work is outside Python."""
BEYOND_M = 0.01
"""How far a line between two buildings is drawn beyond its block, to be sure to reach its border."""
FAR = 20.0
"""Points that close the plane off stand this many times the size of a block away."""
Stop = Callable[[], bool]


@dataclass(frozen=True)
class Cells:
    """
    Polygons that tile the blocks, each in one piece: `shapes`, `block` (the block each lies in), and for every
    building in `of_building` the cell it stands in, -1 outside every area. A block without buildings is one cell.
    Buildings with one and the same outline share a cell. Cells of a block stand in reading order.
    """

    shapes: Shapes
    block: Ints
    of_building: Ints


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
    walls: Shapes | None = None,
    progress: Callable[[float], None] | None = None,
    is_stopped: Stop = lambda: False,
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
    walls
        Lines no cell lies on both sides of, also where they end inside a block: what a wall cuts off from a building
        goes to a neighbour on the same side, or is a cell of its own.
    progress
        Called with the share done, area by area. When `is_stopped` answers yes, areas not reached stay uncut blocks.

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
    shapes: list[Shapes] = [NONE]
    of_cells: list[Ints] = [np.empty(0, dtype=np.int64)]
    cell = np.full(len(buildings), -1, dtype=np.int64)
    areas = [np.flatnonzero(blocks.limit == limit) for limit in np.unique(blocks.limit)]

    def cut(rows: Ints) -> tuple[Shapes, Ints, Ints, Ints]:
        held = np.flatnonzero(np.isin(block, rows))
        local = np.searchsorted(rows, block[held])
        if is_stopped():
            return blocks.shapes[rows], np.arange(len(rows)), local, held
        inside = _inside(blocks.shapes[rows], NONE if walls is None else walls)
        cells = _cut_area(blocks.shapes[rows], buildings[held], local, ids[held], shrink_m, step_m, inside)
        return *cells, held

    count = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for at, (found, of_block, of_held, held) in enumerate(pool.map(cut, areas)):
            cell[held] = of_held + count
            shapes.append(found)
            of_cells.append(areas[at][of_block])
            count += len(found)
            if progress is not None:
                progress((at + 1) / len(areas))
    return Cells(share_corners(np.concatenate(shapes), reach_m=REACH_M), np.concatenate(of_cells), cell)


def _same_outlines(buildings: Shapes) -> Ints:
    """A number for each outline: that of the first building with it."""
    first: dict[bytes, int] = {}
    keys = shapely.to_wkb(shapely.normalize(buildings))
    return np.array([first.setdefault(key, row) for row, key in enumerate(keys)], dtype=np.int64)


def _cut_area(
    blocks: Shapes, buildings: Shapes, block: Ints, outline: Ints, shrink_m: float, step_m: float, walls: Shapes
) -> tuple[Shapes, Ints, Ints]:
    """Cells of the blocks of one area, the block of each, and the cell of each building."""
    _, owner = np.unique(outline, return_inverse=True)
    _, first = np.unique(owner, return_index=True)
    point, of_point = _samples(buildings[first], shrink_m, step_m)
    home = block[first]
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
    return cells, of_cell, _cell_of_owners(cells, stands, of_cell, buildings[first], home)[owner]


def _inside(blocks: Shapes, walls: Shapes) -> Shapes:
    """Walls as far as they run inside blocks: those that end there."""
    near = walls[np.unique(shapely.STRtree(walls).query(blocks, predicate="intersects")[1])]
    if not len(near):
        return NONE
    edges = shapely.buffer(shapely.union_all(shapely.boundary(blocks)), WALL_M)
    parts = shapely.get_parts(shapely.difference(shapely.intersection(near, shapely.union_all(blocks)), edges))
    parts = parts[shapely.length(parts) > BEYOND_M]
    reach = shapely.buffer(shapely.union_all(parts), 3 * WALL_M)
    return np.asarray(shapely.get_parts(shapely.intersection(near, reach)), dtype=object) if len(parts) else NONE


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
    around = np.linspace(0, 2 * np.pi, 8, endpoint=False)
    far = FAR * max(east - west, north - south) * np.column_stack([np.cos(around), np.sin(around)])
    parts = Voronoi(np.concatenate([point - middle, far]))
    whose = np.concatenate([owner, np.full(len(far), -1)])
    one, other = whose[parts.ridge_points].T
    ends = np.array([ridge if len(ridge) == 2 else (-1, -1) for ridge in parts.ridge_vertices])
    is_parting = (one != other) & (one >= 0) & (other >= 0) & (ends >= 0).all(axis=1)
    corner = on_grid(parts.vertices[ends[is_parting]] + middle)
    lines = shapely.linestrings(corner[(corner[:, 0] != corner[:, 1]).any(axis=1)])
    shapely.prepare(block)
    lines = lines[shapely.intersects(block, lines)]
    is_inner = shapely.contains_properly(block, lines)
    reach = shapely.buffer(block, BEYOND_M, quad_segs=2)
    return lines[is_inner], np.asarray(shapely.intersection(lines[~is_inner], reach), dtype=object)


def _in_one_piece(faces: Shapes, key: Ints, block: Ints, buildings: Shapes, walls: Shapes) -> tuple[Ints, Ints]:
    """
    Number the faces' cells so that each is in one piece; with each number its building, -1 where none stands there.

    Of several pieces of one building's ground the one it stands on most stays, the others go, largest first, to the
    cell of their block they share most border with.
    """
    graph = border_graph(faces)
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
