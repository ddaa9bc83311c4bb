"""The finest area that holds each point, over several levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from geo.areas.hierarchy import Hierarchy
from geo.locate.index import OUTSIDE, REASONS, LocateIndex

NONE = -1


@dataclass(frozen=True, eq=False)
class FinestLocated:
    """
    One answer per point: `area_ids` (object, None where none) and `reason` (uint8 codes of REASONS).

    A point that lies in stacked areas has the finest area that holds all of them, and the reason `stacked`.
    """

    area_ids: np.ndarray
    reason: np.ndarray

    @property
    def reasons(self) -> np.ndarray:
        """The reason of each point as text (object array)."""
        return np.array(REASONS, dtype=object)[self.reason]

    def counts(self) -> dict[str, int]:
        """Return points per reason, every point counted once."""
        return dict(zip(REASONS, np.bincount(self.reason, minlength=len(REASONS)).tolist(), strict=True))


def locate_finest(
    indexes: Mapping[str, LocateIndex],
    hierarchy: Hierarchy,
    lon: Sequence[float] | np.ndarray,
    lat: Sequence[float] | np.ndarray,
) -> FinestLocated:
    """
    Find the finest area of each point: its micro-grid, else its grid, else its village, and so on up.

    A point in a part of a parent that no child covers gets the parent. The reason is that of the level that
    answered. A level of `hierarchy` without an index is passed over.

    Parameters
    ----------
    indexes
        Level key -> index of that level's areas.
    hierarchy
        Order of the levels, and the parents that stacked areas fall back to.
    lon, lat
        Coordinates in the CRS of the indexes. Shape (n,).

    Notes
    -----
    Source: definition.

    Examples
    --------
    A village of two squares, a grid on the left one only:

    >>> import shapely
    >>> tree = Hierarchy.from_table(["V", "G"], ["village", "grid"], [None, "V"], level_order=["village", "grid"])
    >>> village = LocateIndex.build(["V"], [shapely.box(0, 0, 2, 1)])
    >>> grid = LocateIndex.build(["G"], [shapely.box(0, 0, 1, 1)])
    >>> found = locate_finest({"village": village, "grid": grid}, tree, [0.5, 1.5, 3.0], [0.5, 0.5, 0.5])
    >>> found.area_ids.tolist(), found.reasons.tolist()
    (['G', 'V', None], ['inside', 'inside', 'outside'])
    """
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    area_ids = np.full(len(x), None, dtype=object)
    reason = np.full(len(x), OUTSIDE, dtype=np.uint8)
    open_rows = np.arange(len(x))
    for level in reversed(hierarchy.level_order):
        if level not in indexes or not len(open_rows):
            continue
        index = indexes[level]
        found = index.query(x[open_rows], y[open_rows])
        area_ids[open_rows], reason[open_rows] = found.ids, found.reason
        stacked = np.flatnonzero((found.position == NONE) & (found.first != NONE))
        area_ids[open_rows[stacked]] = _common_areas(index, hierarchy, found.first[stacked])
        open_rows = open_rows[found.reason == OUTSIDE]
    return FinestLocated(area_ids, reason)


def _common_areas(index: LocateIndex, hierarchy: Hierarchy, first: np.ndarray) -> np.ndarray:
    towers, place = np.unique(first, return_inverse=True)
    shared = [hierarchy.common(index.area_ids[index.stacked_with(one)].tolist()) for one in towers]
    return np.array([*shared, None], dtype=object)[:-1][place]
