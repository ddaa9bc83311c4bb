"""Ground for benchmarks: areas that tile a province, denser where people live, and points where they are."""

from __future__ import annotations

import numpy as np
import shapely

WEST, SOUTH, EAST, NORTH = 118.0, 27.0, 123.0, 31.5
"""About the extent of one province, degrees."""


def tiling(columns: int, rows: int, *, vertices: int, seed: int = 0) -> np.ndarray:
    """
    Return columns x rows polygons of `vertices` corners that tile the province without gap or overlap.

    Neighbours share every corner of their border, borders wind, and cells are small where a few towns are.
    """
    rng = np.random.default_rng(seed)
    each = max(1, vertices // 4)
    east, north = _crowded(columns * each, rng), _crowded(rows * each, rng)
    lean, wind = 0.3 * np.gradient(east), 0.3 * np.gradient(north).min()
    top, left = (np.arange(n) * each for n in (rows, columns))
    step = np.arange(each)
    y, x = (a.ravel()[:, None] for a in np.meshgrid(top, left, indexing="ij"))
    down = np.concatenate([y + 0 * step, y + step, y + each + 0 * step, y + each - step], axis=1)
    along = np.concatenate([x + step, x + each + 0 * step, x + each - step, x + 0 * step], axis=1)
    at_east = east[along] + lean[along] * np.sin(down * 1.7)
    at_north = north[down] + wind * np.sin(along * 2.3)
    rings = np.stack([WEST + (EAST - WEST) * at_east, SOUTH + (NORTH - SOUTH) * at_north], axis=-1)
    return np.asarray(shapely.polygons(np.concatenate([rings, rings[:, :1]], axis=1)), dtype=object)


def _crowded(steps: int, rng: np.random.Generator) -> np.ndarray:
    """Return steps + 1 ascending shares from 0 to 1 that crowd around a few towns."""
    at = np.linspace(0, 1, steps)
    towns = rng.random(5)
    width = 0.15 + sum(np.minimum(1.0, np.abs(at - town) * 4) for town in towns)
    return np.append(0.0, np.cumsum(width) / width.sum())


def crowd(count: int, areas: np.ndarray, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return longitude and latitude of `count` points: most in clusters, some anywhere in the extent and beyond it."""
    rng = np.random.default_rng(seed)
    west, south, east, north = shapely.total_bounds(areas)
    centres = shapely.get_coordinates(shapely.centroid(areas[rng.integers(0, len(areas), 300)]))
    size = rng.choice([0.002, 0.01, 0.05], len(centres)) * (east - west)
    which = rng.integers(0, len(centres), count)
    lon = centres[which, 0] + rng.normal(size=count) * size[which]
    lat = centres[which, 1] + rng.normal(size=count) * size[which]
    anywhere = rng.random(count) < 0.1
    lon[anywhere] = rng.uniform(west - 0.02, east + 0.02, anywhere.sum())
    lat[anywhere] = rng.uniform(south - 0.02, north + 0.02, anywhere.sum())
    return lon, lat
