"""A province that never was: areas that tile the ground exactly, level upon level, the same on every run."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

WEST, SOUTH, EAST, NORTH = 118.1, 27.2, 122.9, 31.1
"""About the size of Zhejiang, degrees."""
TITLES = {"province": "省", "county": "县", "town": "镇", "grid": "网格", "micro_grid": "微网格"}
JITTER, BEND = 0.2, 0.045
"""How far a corner, and a point of a side, stray from the straight sheet, in cells."""


@dataclass(frozen=True)
class Sheet:
    """A bent sheet of cells: neighbours share every point of their common side."""

    across: NDArray[np.float64]
    along: NDArray[np.float64]

    @classmethod
    def build(cls, columns: int, rows: int, *, points: int, rng: np.random.Generator) -> Sheet:
        """Return a sheet of `columns` x `rows` cells with `points` points on each side of a cell."""
        x, y = np.meshgrid(np.linspace(WEST, EAST, columns + 1), np.linspace(SOUTH, NORTH, rows + 1))
        step = np.array([(EAST - WEST) / columns, (NORTH - SOUTH) / rows])
        corners = np.stack([x, y], axis=2) + rng.uniform(-JITTER, JITTER, (rows + 1, columns + 1, 2)) * step
        return cls(
            _bend(corners[:, :-1], corners[:, 1:], points, step, rng),
            _bend(corners[:-1], corners[1:], points, step, rng),
        )

    def ring(self, left: int, right: int, low: int, high: int) -> NDArray[np.float64]:
        """Return the border of the cells from `left` to `right` and `low` to `high`, against the clock, closed."""
        sides = (
            self.across[low, left:right].reshape(-1, 2, order="C"),
            self.along[low:high, right].reshape(-1, 2),
            self.across[high, left:right].reshape(-1, 2)[::-1],
            self.along[low:high, left].reshape(-1, 2)[::-1],
        )
        path = np.concatenate(sides)
        return path[np.r_[True, (path[1:] != path[:-1]).any(axis=1)]]


def _bend(
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    points: int,
    step: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Return both ends and the points between them, rounded so that they travel as they are."""
    share = np.linspace(0, 1, points + 1)[:, None]
    line = start[:, :, None] * (1 - share) + end[:, :, None] * share
    stray = rng.uniform(-BEND, BEND, line.shape) * step
    stray[:, :, [0, -1]] = 0
    return np.round(line + stray, 7)


def build_province(shape: Sequence[tuple[str, int, int]], *, points: int = 6, seed: int = 1) -> gpd.GeoDataFrame:
    """
    Return areas of all levels: `shape` is (level, columns, rows), coarsest first, each a multiple of the one before.

    Areas of a level tile the ground exactly; those below tile their parent. A finest area has 4 x `points` vertices.

    Examples
    --------
    >>> table = build_province([("town", 1, 2), ("grid", 4, 4)], points=6)
    >>> table["level"].value_counts().to_dict()
    {'grid': 16, 'town': 2}
    >>> len(table.geometry.iloc[-1].exterior.coords) - 1
    24
    """
    _, columns, rows = shape[-1]
    sheet = Sheet.build(columns, rows, points=points, rng=np.random.default_rng(seed))
    found: dict[str, list[object]] = {name: [] for name in ("area_id", "level", "name", "parent_id", "geometry")}
    above: tuple[list[int], list[int], list[list[str]]] | None = None
    for rank, (level, wide, high) in enumerate(shape):
        xs, ys = _cuts(columns, wide), _cuts(rows, high)
        ids = [["" for _ in range(wide)] for _ in range(high)]
        taken: dict[str, int] = {}
        for y in range(high):
            for x in range(wide):
                parent = above[2][_piece(above[1], ys[y])][_piece(above[0], xs[x])] if above else None
                taken[parent or ""] = number = taken.get(parent or "", 0) + 1
                ids[y][x] = f"{parent or '33'}{number:0{3 if rank else 1}d}"
                found["area_id"].append(ids[y][x])
                found["level"].append(level)
                found["name"].append(f"第{number}{TITLES.get(level, level)}")
                found["parent_id"].append(parent)
                found["geometry"].append(shapely.Polygon(sheet.ring(xs[x], xs[x + 1], ys[y], ys[y + 1])))
        above = (xs, ys, ids)
    return gpd.GeoDataFrame(found, crs="EPSG:4326")


def _piece(cuts: list[int], cell: int) -> int:
    return bisect_right(cuts, cell) - 1


def _cuts(cells: int, pieces: int) -> list[int]:
    return [cells * one // pieces for one in range(pieces + 1)]
