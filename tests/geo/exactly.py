"""The rules of the index in whole numbers, and points chosen to be hard: the oracle of the exactness tests."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon

from bench._ground import tiling

SCALE = 2**60
"""Makes a whole number of every coordinate used here: of those at least 1/128 in size, and of 0."""


def whole(value: float) -> int:
    """Return a coordinate as a whole number; refuse one that would be rounded."""
    scaled = value * float(SCALE)
    assert scaled == int(scaled)
    return int(scaled)


def rings_of(shape) -> list[list[tuple[int, int]]]:
    """Every ring of a polygon or multipolygon in whole numbers."""
    parts = shapely.get_parts(shape)
    rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
    return [[(whole(x), whole(y)) for x, y in ring.coords] for ring in rings]


def side(x: int, y: int, rings: list[list[tuple[int, int]]]) -> int:
    """1 inside, 0 on an edge, -1 outside: parity of the edges to the right of the point."""
    crossings = 0
    for ring in rings:
        x0, y0 = ring[0]
        for x1, y1 in ring[1:]:
            if (y0 > y) != (y1 > y):
                turn = (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)
                if turn == 0:
                    return 0
                crossings += (turn > 0) == (y1 > y0)
            elif (y0 == y == y1 and min(x0, x1) <= x <= max(x0, x1)) or (x, y) in ((x0, y0), (x1, y1)):
                return 0
            x0, y0 = x1, y1
    return 1 if crossings % 2 else -1


def expected(ids: list[str], shapes: np.ndarray, lon: np.ndarray, lat: np.ndarray) -> list[tuple[str | None, str]]:
    """Answer each point by the rules, over the areas whose extent holds it."""
    rings = [rings_of(shape) for shape in shapes]
    twin = {}
    for row in range(len(ids)):
        twin.setdefault(shapely.normalize(shapes[row]).wkb, []).append(ids[row])
    group = {name: names for names in twin.values() for name in names}
    point, area = shapely.STRtree(shapes).query(shapely.points(lon, lat))
    near: list[list[int]] = [[] for _ in lon]
    for one, row in zip(point.tolist(), area.tolist(), strict=True):
        near[one].append(row)
    answers = []
    for east, north, rows in zip(lon.tolist(), lat.tolist(), near, strict=True):
        x, y = whole(east), whole(north)
        sides = {ids[row]: side(x, y, rings[row]) for row in rows}
        footprints = {min(group[name]): value for name, value in sides.items() if value >= 0}
        answers.append(rule(footprints, group))
    return answers


def rule(footprints: dict[str, int], group: dict[str, list[str]]) -> tuple[str | None, str]:
    """The documented rules over the covering footprints, each by its first id."""
    if not footprints:
        return None, "outside"
    chosen, inside = min(footprints), sum(value > 0 for value in footprints.values())
    reason = "boundary" if not inside else "overlap" if len(footprints) > 1 else "inside"
    if len(group[chosen]) == 1:
        return chosen, reason
    return None, reason if reason == "overlap" else "stacked"


def hard_ground(side_count: int, *, grid: float | None, seed: int) -> tuple[list[str], np.ndarray]:
    """
    Return ids and areas: a tiling, some of it in holes, several parts, overlaps, towers and crossing rings.

    Corners are rounded to whole multiples of `grid`, where one is given, so that many points lie exactly on edges.
    """
    rng = np.random.default_rng(seed)
    areas = tiling(side_count, side_count, vertices=12, seed=seed)
    ids = [f"a{row:05}" for row in rng.permutation(len(areas))]
    rows = rng.permutation(len(areas))[:6]
    centre = shapely.centroid(areas[rows[0]])
    odd = [
        shapely.difference(centre.buffer(0.4, 6), centre.buffer(0.2, 5)),
        MultiPolygon([shapely.centroid(areas[row]).buffer(0.03, 3) for row in rows[1:4]]),
        areas[rows[4]],
        Polygon([(119, 28), (120, 29), (120, 28), (119, 29.5)]),
        Polygon([(118.5, 27.5), (122.5, 31), (122.5, 30.999)]),
        shapely.box(119.5, 28.5, 120.5, 29.5),
    ]
    ids += [f"{first}{number}" for number, first in enumerate("bAzc0é")]
    shapes = np.array([*areas, *odd], dtype=object)
    if grid:
        shapes = shapely.transform(shapes, lambda corner: np.round(corner / grid) * grid)
    kept = shapely.area(shapes) > 0
    return [one for one, keep in zip(ids, kept, strict=True) if keep], shapes[kept]


def hard_points(shapes: np.ndarray, count: int, *, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return points on corners and edges, level with corners, and one step of a coordinate to each side of those."""
    rng = np.random.default_rng(seed)
    corner, ring = shapely.get_coordinates(shapely.get_rings(shapes), return_index=True)
    start = rng.choice(np.flatnonzero(ring[:-1] == ring[1:]), count)
    a, b = corner[start], corner[start + 1]
    kind = rng.integers(0, 5, count)
    share = np.where(kind < 4, kind / 4, rng.random(count))[:, None]
    spot = a + share * (b - a)
    level = rng.integers(0, 10, count) == 0
    spot[level, 0] = corner[rng.integers(0, len(corner), level.sum()), 0]
    for axis in (0, 1):
        step = rng.integers(-1, 2, count)
        spot[:, axis] = np.where(step, np.nextafter(spot[:, axis], step * 1e9), spot[:, axis])
    return spot[:, 0].copy(), spot[:, 1].copy()
