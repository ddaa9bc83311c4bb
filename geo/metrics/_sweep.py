"""Which stretches of road lie within sight of a patrol's track."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import KDTree

from geo.metrics._tracks import track_order

SAMPLE_SHARE = 0.2
WIDER = 1 + 1e-9
STEPS_M = (0.0, 50.0, 200.0, np.inf)


@dataclass(frozen=True, eq=False)
class RoadSamples:
    """
    Spots along pieces of road: the middles of equal parts of their edges.

    `spots` (n, 2) in metres, `piece` (n,) the road each lies on, `stands_for` (n,) the metres it stands for,
    `count` the number of pieces.
    """

    spots: np.ndarray
    piece: np.ndarray
    stands_for: np.ndarray
    count: int

    @classmethod
    def build(cls, roads: gpd.GeoDataFrame, sweep_radius_m: float) -> RoadSamples:
        """Sample roads in metres in parts of at most a fifth of the radius."""
        shapes = np.asarray(roads.geometry)
        corner, piece = shapely.get_coordinates(shapes, return_index=True)
        edge = np.flatnonzero(piece[:-1] == piece[1:])
        step = corner[edge + 1] - corner[edge]
        length = np.hypot(step[:, 0], step[:, 1])
        parts = np.ceil(length / (sweep_radius_m * SAMPLE_SHARE)).clip(1).astype(np.int64)
        row = np.repeat(np.arange(len(edge)), parts)
        share = (np.arange(len(row)) - np.repeat(np.cumsum(parts) - parts, parts) + 0.5) / parts[row]
        spots = corner[edge][row] + step[row] * share[:, None]
        return cls(spots, piece[edge][row], (length / parts)[row], len(shapes))

    def seen(self, fixes: pd.DataFrame, *, sweep_radius_m: float, fix_gap_s: float) -> np.ndarray:
        """
        Tell which spots (n,) lie within the radius of a fix or of a straight step between two fixes of one unit.

        Steps longer in time than `fix_gap_s` are no steps. Each fix and step is judged by itself: what fixes of two
        adjoining periods see, with those near the moment between them, is what they see together.
        """
        order, seconds = track_order(fixes)
        track = fixes[["x_m", "y_m"]].to_numpy(dtype=float)[order]
        known = track[np.isfinite(track).all(axis=1)]
        found = np.zeros(len(self.spots), dtype=bool)
        if len(known) == 0 or len(found) == 0:
            return found
        radius = sweep_radius_m * WIDER
        tree = KDTree(known, balanced_tree=False, compact_nodes=False)
        found = np.isfinite(tree.query(self.spots, distance_upper_bound=radius)[0])
        left = np.flatnonzero(~found)
        steps = np.stack([track[:-1], track[1:]], axis=1)
        joined = (seconds <= fix_gap_s) & np.isfinite(steps).all(axis=(1, 2))
        found[left] = _near_steps(self.spots[left], steps[joined], radius)
        return found

    def length(self, seen: np.ndarray) -> np.ndarray:
        """Return the metres seen of each piece of road."""
        return np.bincount(self.piece[seen], weights=self.stands_for[seen], minlength=self.count)


def swept_length(
    roads: gpd.GeoDataFrame, fixes: pd.DataFrame, *, sweep_radius_m: float, fix_gap_s: float
) -> tuple[np.ndarray, np.ndarray]:
    """
    Return for each piece of road its length, and the length within `sweep_radius_m` of a track, in metres.

    The piece is tested at the middles of equal parts of its edges, each at most a fifth of the radius long; so each
    end of a swept stretch is known to a tenth of the radius. Where `roads` carries `swept_m`, worked out over more
    fixes than are shown, that is the answer.
    """
    length = shapely.length(np.asarray(roads.geometry))
    if "swept_m" in roads.columns:
        return length, roads["swept_m"].to_numpy(dtype=float)
    samples = RoadSamples.build(roads, sweep_radius_m)
    return length, samples.length(samples.seen(fixes, sweep_radius_m=sweep_radius_m, fix_gap_s=fix_gap_s))


def _near_steps(spots: np.ndarray, steps: np.ndarray, radius: float) -> np.ndarray:
    """Tell which spots lie within `radius` of a step, `steps` (m, 2, 2) its two ends."""
    near = np.zeros(len(spots), dtype=bool)
    if len(spots) == 0 or len(steps) == 0:
        return near
    lines = shapely.STRtree(shapely.linestrings(steps[_reach(spots, steps, radius)]))
    near[lines.query(shapely.points(spots), predicate="dwithin", distance=radius)[0]] = True
    return near


def _reach(spots: np.ndarray, steps: np.ndarray, radius: float) -> np.ndarray:
    """Tell which steps may come within `radius` of a spot: their middle is no further off than half of them more."""
    middle, length = steps.mean(axis=1), np.hypot(*(steps[:, 1] - steps[:, 0]).T)
    tree, reach = KDTree(spots), np.zeros(len(steps), dtype=bool)
    for low, high in pairwise(STEPS_M):
        chosen = np.flatnonzero((length > low) & (length <= high))
        if len(chosen):
            far = (length[chosen].max() / 2 + radius) * WIDER
            away = tree.query(middle[chosen], distance_upper_bound=far)[0]
            reach[chosen] = away <= (length[chosen] / 2 + radius) * WIDER
    return reach
