"""What a patrol's fixes say: how long it stayed, and what it passed."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import KDTree

from geo.metrics._tally import instants

SAMPLE_SHARE = 0.2
MICROSECONDS = 1_000_000
CHUNK = 100_000


def track_order(fixes: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the order of the fixes by unit and time, and for each but the last in it the seconds to the next fix."""
    unit = fixes["unit_id"]
    codes = unit.cat.codes.to_numpy() if isinstance(unit.dtype, pd.CategoricalDtype) else pd.factorize(unit)[0]
    at = instants(fixes["at"])
    order = np.arange(len(codes))
    if not _is_sorted(codes, at):
        order = np.lexsort((at, codes))
    seconds = np.diff(at[order]) / MICROSECONDS
    return order, np.where(np.diff(codes[order]) == 0, seconds, np.nan)


def seconds_present(fixes: pd.DataFrame, fix_gap_s: float) -> np.ndarray:
    """
    Return for each fix how long the unit is known to have stayed on: to its next fix, 0 across a gap.

    Where the table carries `present_s`, worked out over more fixes than it shows, that is the answer.
    """
    if "present_s" in fixes.columns:
        return fixes["present_s"].to_numpy(dtype=float)
    present = np.zeros(len(fixes))
    order, seconds = track_order(fixes)
    if len(order):
        present[order[:-1]] = np.where(seconds <= fix_gap_s, seconds, 0.0)
    return present


def track_points(fixes: pd.DataFrame, fix_gap_s: float, step_m: float) -> np.ndarray:
    """Return points (n, 2) at most `step_m` apart along the tracks: straight between fixes, broken at gaps."""
    order, seconds = track_order(fixes)
    spot = fixes[["x_m", "y_m"]].to_numpy(dtype=float)[order]
    if len(spot) == 0:
        return spot
    points, cells = [], []
    for first in range(0, len(spot), CHUNK):
        last = min(first + CHUNK, len(spot) - 1)
        dense = _between(spot[first : last + 1], seconds[first:last], fix_gap_s, step_m)
        fresh, cell = _one_per_cell(dense, step_m)
        points.append(fresh)
        cells.append(cell)
    is_first = ~pd.Series(np.concatenate(cells)).duplicated().to_numpy()
    return np.concatenate(points)[is_first]


def _between(spot: np.ndarray, seconds: np.ndarray, fix_gap_s: float, step_m: float) -> np.ndarray:
    """The fixes `spot` and points between those that follow each other within `fix_gap_s`."""
    step = np.diff(spot, axis=0)
    length = np.hypot(step[:, 0], step[:, 1])
    joined = (seconds <= fix_gap_s) & np.isfinite(length)
    parts = np.where(joined, np.ceil(np.where(joined, length, 0) / step_m), 1).clip(1).astype(np.int64)
    row = np.repeat(np.arange(len(parts)), parts)
    share = (np.arange(len(row)) - np.repeat(np.cumsum(parts) - parts, parts)) / parts[row]
    dense = spot[:-1][row] + step[row] * np.where(joined[row], share, 0.0)[:, None]
    return np.concatenate([dense, spot[-1:]])


def _one_per_cell(points: np.ndarray, step_m: float) -> tuple[np.ndarray, np.ndarray]:
    """The first point in each square of `step_m`, and the number of its square."""
    points = points[np.isfinite(points).all(axis=1)]
    cell = np.floor(points / step_m).astype(np.int64)
    number = cell[:, 0] * (1 << 32) + cell[:, 1]
    is_first = ~pd.Series(number).duplicated().to_numpy()
    return points[is_first], number[is_first]


def swept_length(
    roads: gpd.GeoDataFrame, fixes: pd.DataFrame, *, sweep_radius_m: float, fix_gap_s: float
) -> tuple[np.ndarray, np.ndarray]:
    """
    Return for each piece of road its length, and the length within `sweep_radius_m` of a track, in metres.

    The piece is tested at the middles of equal parts of its edges, each at most a fifth of the radius long; so each
    end of a swept stretch is known to a tenth of the radius. Where `roads` carries `swept_m`, worked out over more
    fixes than are shown, that is the answer.
    """
    shapes = np.asarray(roads.geometry)
    length = shapely.length(shapes)
    if "swept_m" in roads.columns:
        return length, roads["swept_m"].to_numpy(dtype=float)
    step = sweep_radius_m * SAMPLE_SHARE
    spots, piece, stands_for = _road_samples(shapes, step)
    track = track_points(fixes, fix_gap_s, step)
    if len(track) == 0 or len(spots) == 0:
        return length, np.zeros(len(shapes))
    tree = KDTree(track, balanced_tree=False, compact_nodes=False)
    near = np.isfinite(tree.query(spots, distance_upper_bound=sweep_radius_m * (1 + 1e-9))[0])
    return length, np.bincount(piece[near], weights=stands_for[near], minlength=len(shapes))


def _road_samples(shapes: np.ndarray, step_m: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Middles of equal parts of every edge, the piece each lies on, and the metres it stands for."""
    corner, piece = shapely.get_coordinates(shapes, return_index=True)
    edge = np.flatnonzero(piece[:-1] == piece[1:])
    step = corner[edge + 1] - corner[edge]
    length = np.hypot(step[:, 0], step[:, 1])
    parts = np.ceil(length / step_m).clip(1).astype(np.int64)
    row = np.repeat(np.arange(len(edge)), parts)
    place = (np.arange(len(row)) - np.repeat(np.cumsum(parts) - parts, parts) + 0.5) / parts[row]
    return corner[edge][row] + step[row] * place[:, None], piece[edge][row], (length / parts)[row]


def _is_sorted(codes: np.ndarray, at: np.ndarray) -> bool:
    step = np.diff(codes)
    return bool(np.all((step > 0) | ((step == 0) & (np.diff(at) >= 0))))
