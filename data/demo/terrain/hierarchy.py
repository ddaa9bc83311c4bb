"""Towns, villages, grids and micro-grid footprints as groups of cells, with their classes and counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from data.demo.terrain.classes import RENTAL, VILLAGE_GROUP, GridPlan, plan_grids
from data.demo.terrain.fields import Terrain
from data.demo.terrain.plane import Plane
from data.demo.terrain.regions import CellGraph, first_centres, grow, share_out
from data.sources.haining_towns import TOWNS
from geo.errors import GridError, say

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

COUNTS = {"village": 228, "grid": 816, "micro_grid": 12_914, "households": 300_000}
# ground of each town relative to the others: invented, in the order of the real ones
GROUND = (47, 38, 51, 40, 100, 92, 60, 63, 62, 108, 58, 87)


@dataclass(frozen=True)
class Hierarchy:
    """
    Who belongs to whom, by position: villages to towns, grids to villages, footprints to grids, cells to footprints.

    `stack` says how many micro-grids stand on each footprint (1, or the stairwells of a tower) and `kind` their class.
    """

    cell_footprint: Ints
    footprint_grid: Ints
    grid_village: Ints
    village_town: Ints
    stack: Ints
    kind: Ints
    townness: Array
    plan: GridPlan


def scaled_counts(scale: float) -> dict[str, int]:
    """
    Return how many areas and households a county of this size has; always twelve towns, a village in each.

    Examples
    --------
    >>> scaled_counts(1.0)
    {'village': 228, 'grid': 816, 'micro_grid': 12914, 'households': 300000}
    >>> scaled_counts(0.05)
    {'village': 12, 'grid': 41, 'micro_grid': 646, 'households': 15000}
    """
    if not 0.02 <= scale <= 1:
        raise GridError(
            say("a scale from 0.02 to 1"), say("{scale}", scale=scale), say("give another scale; 1 is the whole county")
        )
    counts = {name: round(number * scale) for name, number in COUNTS.items()}
    counts["village"] = max(counts["village"], len(TOWNS))
    counts["grid"] = max(counts["grid"], counts["village"])
    return counts


def merge_slivers(plane: Plane, terrain: Terrain) -> Ints:
    """Return the cell of each face: faces much smaller than they should be join the neighbour they touch most."""
    wanted = terrain.cells_per_m2(plane.face_centre) * plane.face_area
    cell = np.arange(len(wanted))
    touching = _touching(plane)
    for face in np.argsort(wanted, kind="stable")[: int((wanted < 0.22).sum())].tolist():
        others, length = touching.indices[touching.indptr[face] : touching.indptr[face + 1]], touching[[face]].data
        for other in others[np.argsort(-length, kind="stable")].tolist():
            if cell[other] != cell[face]:
                cell[cell == cell[face]] = cell[other]
                break
    return np.unique(cell, return_inverse=True)[1]


def _touching(plane: Plane) -> csr_array:
    """How many metres each two faces share."""
    inner = (plane.sides >= 0).all(axis=1)
    left, right = plane.sides[inner].T
    length = np.tile(plane.lengths[inner], 2)
    shared = (length, (np.concatenate([left, right]), np.concatenate([right, left])))
    return csr_array(shared, shape=(len(plane.face_area),) * 2)


def build_cell_graph(plane: Plane, cell: Ints, detour_m: Array) -> CellGraph:
    """Return the cells with their neighbours; where two share several edges, the easiest to cross counts."""
    count = int(cell.max()) + 1
    area = np.bincount(cell, plane.face_area, count).astype(np.float64)
    xy = np.column_stack([np.bincount(cell, plane.face_area * plane.face_centre[:, i], count) / area for i in (0, 1)])
    inner = (plane.sides >= 0).all(axis=1)
    pairs = np.sort(cell[plane.sides[inner]], axis=1)
    detour = detour_m[inner]
    keep = pairs[:, 0] != pairs[:, 1]
    order = np.lexsort((detour[keep], pairs[keep, 1], pairs[keep, 0]))
    pairs, detour = pairs[keep][order], detour[keep][order]
    first = np.concatenate([[True], (np.diff(pairs, axis=0) != 0).any(axis=1)])
    return CellGraph(xy, area, pairs[first], detour[first])


def build_hierarchy(
    terrain: Terrain, graph: CellGraph, rng: np.random.Generator, tell: Callable[[float, str], None]
) -> Hierarchy:
    """Grow towns from their seats, villages inside towns, grids inside villages, footprints inside grids."""
    counts = scaled_counts(terrain.scale)
    weight = terrain.grids_per_m2(graph.xy) * graph.area_m2
    tell(0.0, "towns")
    town = _grow_towns(terrain, graph)
    tell(0.2, "villages")
    per_town = _villages_per_town(counts["village"])
    village, village_town = _divide(graph, town, weight**0.75, per_town, rng, detour_share=1.1, spread=0.22)
    tell(0.4, "grids")
    held = np.bincount(village, weight).astype(np.float64)
    least = np.minimum(2, np.bincount(village))
    if counts["grid"] < 2 * counts["village"]:
        least = np.ones(len(held), dtype=np.int64)
    per_village = share_out(counts["grid"], held, least=least)
    grid, grid_village = _divide(graph, village, weight, per_village, rng, detour_share=0.7, spread=0.18)
    tell(0.6, "micro-grids")
    return _cut_grids(terrain, graph, grid, grid_village, village_town, rng)


def _grow_towns(terrain: Terrain, graph: CellGraph) -> Ints:
    centres = np.array([int(np.argmin(np.hypot(*(graph.xy - one).T))) for one in terrain.centres])
    target = np.array(GROUND) / sum(GROUND) * graph.area_m2.sum()
    whole = np.zeros(len(graph.xy), dtype=np.int64)
    return grow(graph, whole, centres, target, graph.area_m2, detour_share=2.0, rounds=26, moving=0)


def _villages_per_town(total: int) -> Ints:
    return share_out(total, np.array([float(one.villages) for one in TOWNS]))


def _divide(
    graph: CellGraph,
    parent: Ints,
    weight: Array,
    counts: Ints,
    rng: np.random.Generator,
    *,
    detour_share: float,
    spread: float,
) -> tuple[Ints, Ints]:
    centres, owner = first_centres(graph, parent, weight, counts)
    uneven = np.exp(rng.normal(0, spread, len(centres)))
    uneven /= (np.bincount(owner, uneven) / counts)[owner]
    target = (np.bincount(parent, weight, len(counts)) / counts)[owner] * uneven
    region = grow(graph, parent, centres, target, weight, detour_share=detour_share, rounds=22, moving=14)
    return region, owner


def _cut_grids(
    terrain: Terrain, graph: CellGraph, grid: Ints, grid_village: Ints, village_town: Ints, rng: np.random.Generator
) -> Hierarchy:
    count = len(grid_village)
    area, cells = np.bincount(grid, graph.area_m2).astype(np.float64), np.bincount(grid)
    town, renting = terrain.townness(graph.xy), terrain.renting(graph.xy)
    plan = plan_grids(
        town=np.bincount(grid, town * graph.area_m2) / area,
        renting=np.bincount(grid, renting * graph.area_m2) / area,
        area_m2=area,
        cells=cells,
        village=grid_village,
        micro_grids=scaled_counts(terrain.scale)["micro_grid"],
        rng=rng,
    )
    size = terrain.cells_per_m2(graph.xy) * graph.area_m2
    centres, owner = first_centres(graph, grid, size, plan.footprints)
    target = (np.bincount(grid, size, count) / plan.footprints)[owner] * np.exp(rng.normal(0, 0.25, len(owner)))
    footprint = grow(graph, grid, centres, target, size, detour_share=0.5, rounds=12, moving=8)
    ground = np.bincount(footprint, graph.area_m2).astype(np.float64)
    stack = _raise_towers(plan, owner, ground)
    rented = np.bincount(footprint, renting * graph.area_m2) / ground
    kind = plan.kind[owner]
    kind[(kind == VILLAGE_GROUP) & (rented > np.quantile(rented[kind == RENTAL], 0.3))] = RENTAL
    return Hierarchy(
        cell_footprint=footprint,
        footprint_grid=owner,
        grid_village=grid_village,
        village_town=village_town,
        stack=stack,
        kind=kind,
        townness=np.bincount(footprint, town * graph.area_m2) / ground,
        plan=plan,
    )


def _raise_towers(plan: GridPlan, owner: Ints, ground: Array) -> Ints:
    """Put each grid's tower on its smallest footprint."""
    stack = np.ones(len(owner), dtype=np.int64)
    order = np.lexsort((ground, owner))
    smallest = order[np.searchsorted(owner[order], np.arange(len(plan.kind)))]
    stack[smallest] = np.maximum(plan.stairwells, 1)
    return stack
