"""Cut the county into some thousand cells whose edges run along the network."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Voronoi, cKDTree

from data.demo.terrain.fields import Terrain
from data.demo.terrain.network import BARRIERS, Curve

Array = NDArray[np.float64]


def place_seeds(terrain: Terrain, curves: list[Curve], rng: np.random.Generator) -> Array:
    """
    Return the seeds of the cells, shape (n, 2), in metres.

    Along every curve seeds stand in pairs, one on each side at the same distance, so that the edge between their
    cells lies on the curve. The rest is filled by darts that keep their distance (Poisson disc).
    """
    paired = _pair_seeds(terrain, curves)
    return _fill(terrain, paired, rng)


def _pair_seeds(terrain: Terrain, curves: list[Curve]) -> Array:
    sides, owners, ranks, gaps = [], [], [], []
    for number, curve in enumerate(curves):
        points = _sample(terrain, curve.points)
        if len(points) < 3:
            continue
        tangent = np.gradient(points, axis=0)
        normal = np.column_stack([-tangent[:, 1], tangent[:, 0]]) / np.hypot(*tangent.T)[:, None]
        gap = terrain.spacing_m(points)
        offset = normal * (gap * 0.46)[:, None]
        sides.append(np.stack([points + offset, points - offset], axis=1))
        owners.append(np.full(len(points), number))
        ranks.append(np.full(len(points), BARRIERS[curve.kind][0]))
        gaps.append(gap)
    pairs, owner, rank, gap = np.concatenate(sides), np.concatenate(owners), np.concatenate(ranks), np.concatenate(gaps)
    order = np.argsort(rank, kind="stable")
    pairs, owner, gap = pairs[order], owner[order], gap[order]
    return pairs[_without_crowding(pairs, owner, gap)].reshape(-1, 2)


def _sample(terrain: Terrain, points: Array) -> Array:
    """Take points of a curve so that neighbours are one cell apart where they lie."""
    steps = np.hypot(*np.diff(points, axis=0).T)
    cells = np.concatenate([[0.0], np.cumsum(steps / terrain.spacing_m((points[1:] + points[:-1]) / 2))])
    at = np.arange(0.5, cells[-1], 1.0)
    return np.column_stack([np.interp(at, cells, points[:, 0]), np.interp(at, cells, points[:, 1])])


def _without_crowding(pairs: Array, owner: NDArray[np.int64], gap: Array) -> NDArray[np.bool_]:
    """Keep a pair unless an earlier pair that is kept stands too close; neighbours on one curve may be closer."""
    flat = pairs.reshape(-1, 2)
    near = cKDTree(flat).query_pairs(float(gap.max()) * 0.8, output_type="ndarray")
    first, second = near[:, 0] // 2, near[:, 1] // 2
    distance = np.hypot(*(flat[near[:, 0]] - flat[near[:, 1]]).T)
    reach = np.where(owner[first] == owner[second], 0.45, 0.78) * np.minimum(gap[first], gap[second])
    close = (distance < reach) & (first != second)
    low, high = np.minimum(first, second)[close], np.maximum(first, second)[close]
    order = np.lexsort((low, high))
    kept = np.ones(len(pairs), dtype=bool)
    for early, late in zip(low[order].tolist(), high[order].tolist(), strict=True):
        if kept[early]:
            kept[late] = False
    return kept


def _fill(terrain: Terrain, seeds: Array, rng: np.random.Generator) -> Array:
    """Throw darts by density in rounds; a dart too near a seed or an earlier dart falls off."""
    low_x, low_y, high_x, high_y = terrain.outline.buffer(600).bounds
    near_outline = terrain.outline.buffer(float(terrain.spacing_m(seeds).max()))
    shapely.prepare(near_outline)
    top = float(terrain.cells_per_m2(seeds).max()) * 1.05
    for count in (140_000, 140_000, 140_000, 140_000):
        darts = rng.uniform((low_x, low_y), (high_x, high_y), (int(count * terrain.scale) + 500, 2))
        chance = rng.random(len(darts)) * top * 0.45
        inside = shapely.contains_xy(near_outline, *darts.T)
        darts, chance = darts[inside], chance[inside]
        density = terrain.cells_per_m2(darts)
        darts, reach = darts[chance < density], 0.76 / np.sqrt(density[chance < density])
        free = cKDTree(seeds).query(darts)[0] > reach
        darts, reach = darts[free], reach[free]
        near = cKDTree(darts).query_pairs(float(reach.max(initial=1.0)), output_type="ndarray")
        near = near[np.hypot(*(darts[near[:, 0]] - darts[near[:, 1]]).T) < np.minimum(*reach[near].T)]
        near = near[np.lexsort((near[:, 0], near[:, 1]))]
        kept = np.ones(len(darts), dtype=bool)
        for early, late in near.tolist():
            if kept[early]:
                kept[late] = False
        seeds = np.vstack([seeds, darts[kept]])
    return seeds


def cut_by_outline(outline: shapely.Polygon, seeds: Array) -> tuple[Array, NDArray[np.int64], int]:
    """
    Return the cells' edges clipped to the outline: vertices (n, 2), edges (m, 2) of vertex numbers, and
    how many vertices lie on the outline (they come first).

    Every point where an edge meets the outline is one vertex of both, so the result is a planar graph by
    construction. The outline's own vertices keep their place and order.
    """
    vertices, ridges = _voronoi_edges(outline, seeds)
    ring = shapely.get_coordinates(outline.exterior)[:-1]
    lines = shapely.linestrings(vertices[ridges])
    sides = np.asarray(shapely.linestrings(np.stack([ring, np.roll(ring, -1, axis=0)], axis=1)))
    line, side = shapely.STRtree(sides).query(lines, predicate="intersects")
    along_line, along_side = _crossing(vertices[ridges[line]], ring, side)
    along_side = _spread(along_side, side, np.asarray(shapely.length(sides)))
    met = ring[side] + along_side[:, None] * (np.roll(ring, -1, axis=0)[side] - ring[side])
    first_voronoi = len(ring) + len(met)
    met_number = len(ring) + np.arange(len(met))
    pieces = _pieces(ridges + first_voronoi, line, along_line, met_number)
    points = np.vstack([ring, met, vertices])
    middle = points[pieces].mean(axis=1)
    shapely.prepare(outline)
    pieces = pieces[shapely.contains_xy(outline, *middle.T)]
    edges = np.vstack([pieces, _outline_edges(len(ring), side, along_side, met_number)])
    used, edges = np.unique(edges, return_inverse=True)
    return points[used], edges.reshape(-1, 2), first_voronoi


def _voronoi_edges(outline: shapely.Polygon, seeds: Array) -> tuple[Array, NDArray[np.int64]]:
    low_x, low_y, high_x, high_y = outline.bounds
    middle, radius = np.array([(low_x + high_x) / 2, (low_y + high_y) / 2]), 3.0 * max(high_x - low_x, high_y - low_y)
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    frame = middle + radius * np.column_stack([np.cos(angle), np.sin(angle)])
    diagram = Voronoi(np.vstack([seeds, frame]))
    ridges = np.asarray(diagram.ridge_vertices)
    ridges = ridges[(ridges >= 0).all(axis=1)]
    near = outline.buffer(20_000).bounds
    inside = (diagram.vertices > near[:2]).all(axis=1) & (diagram.vertices < near[2:]).all(axis=1)
    return diagram.vertices, ridges[inside[ridges].all(axis=1)]


def _crossing(lines: Array, ring: Array, side: NDArray[np.int64]) -> tuple[Array, Array]:
    start, along = lines[:, 0], lines[:, 1] - lines[:, 0]
    corner, run = ring[side], np.roll(ring, -1, axis=0)[side] - ring[side]
    cross = along[:, 0] * run[:, 1] - along[:, 1] * run[:, 0]
    gap = corner - start
    at_line = (gap[:, 0] * run[:, 1] - gap[:, 1] * run[:, 0]) / cross
    at_side = (gap[:, 0] * along[:, 1] - gap[:, 1] * along[:, 0]) / cross
    return at_line, at_side


def _spread(at: Array, side: NDArray[np.int64], length: Array, *, least_m: float = 3.0) -> Array:
    """Move crossings along their side until neighbours and corners are `least_m` apart; their order stays."""
    at = at.copy()
    order = np.lexsort((at, side))
    for one in np.unique(side):
        mine = order[side[order] == one]
        step = least_m / length[one]
        room = np.arange(1, len(mine) + 1) * step
        forward = np.maximum.accumulate(np.maximum(at[mine], step) - room) + room
        back = 1 - (np.arange(len(mine), 0, -1)) * step
        at[mine] = np.minimum(forward, np.minimum.accumulate((np.minimum(forward, 1 - step) - back)[::-1])[::-1] + back)
    return at


def _pieces(
    ridges: NDArray[np.int64], line: NDArray[np.int64], along: Array, met: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Split each ridge at the points where it meets the outline."""
    whole = np.ones(len(ridges), dtype=bool)
    whole[line] = False
    start = np.column_stack([np.arange(len(ridges))[~whole], np.zeros((~whole).sum()), ridges[~whole, 0]])
    end = np.column_stack([np.arange(len(ridges))[~whole], np.ones((~whole).sum()), ridges[~whole, 1]])
    stops = np.vstack([start, end, np.column_stack([line, along, met])])
    stops = stops[np.lexsort((stops[:, 1], stops[:, 0]))]
    same = stops[1:, 0] == stops[:-1, 0]
    split = np.column_stack([stops[:-1, 2][same], stops[1:, 2][same]]).astype(np.int64)
    return np.vstack([ridges[whole], split])


def _outline_edges(corners: int, side: NDArray[np.int64], along: Array, met: NDArray[np.int64]) -> NDArray[np.int64]:
    place = np.concatenate([np.arange(corners, dtype=float), side + along])
    number = np.concatenate([np.arange(corners), met])
    ring = number[np.argsort(place, kind="stable")]
    return np.column_stack([ring, np.roll(ring, -1)])
