"""The look-up of one level of areas: which one holds a point, and why that one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.contracts import raise_faults, text_ids
from geo.errors import SchemaError, name_few, say

REASONS = ("inside", "boundary", "outside", "no_location", "overlap", "stacked", "address", "stated")
INSIDE, BOUNDARY, OUTSIDE, NO_LOCATION, OVERLAP, STACKED, ADDRESS, STATED = range(len(REASONS))
NONE = -1
CHUNK = 100_000


@dataclass(frozen=True, eq=False)
class Located:
    """
    One answer per point, in the order asked.

    `position` (int32) is the row of the area as given to `LocateIndex.build`, -1 where no single area holds the
    point; `reason` (uint8) is a code of REASONS. `first` is the position of the area that sorts first among those
    the answer was chosen from, also where the area stays open because several are stacked there.
    """

    position: np.ndarray
    reason: np.ndarray
    first: np.ndarray
    area_ids: np.ndarray

    @property
    def ids(self) -> np.ndarray:
        """The id of the area that holds each point (object array), None where none does."""
        return np.append(self.area_ids, np.array([None], dtype=object))[self.position]

    @property
    def reasons(self) -> np.ndarray:
        """The reason of each point as text (object array)."""
        return np.array(REASONS, dtype=object)[self.reason]

    def counts(self) -> dict[str, int]:
        """Return points per reason, every point counted once."""
        return dict(zip(REASONS, np.bincount(self.reason, minlength=len(REASONS)).tolist(), strict=True))


@dataclass(frozen=True, eq=False)
class LocateIndex:
    """
    The areas of one level, ready to be asked for many points.

    Assumption: areas tile the ground; where they do not, the rules below still give each point one answer.
    Geometry belongs to footprints: areas of exactly one geometry share a footprint and are stacked.

    * inside one footprint: `inside`
    * on the edge of one or more footprints and inside none: `boundary`, given to the id that sorts first as text
    * inside one and also inside or on the edge of another: `overlap`, given to the id that sorts first
    * where the footprint so chosen is shared by several areas: no area; `stacked`, unless it is an overlap
    * covered by none: `outside`; a coordinate that is NaN or infinite: `no_location`
    """

    area_ids: np.ndarray
    _shapes: np.ndarray = field(repr=False)
    _first: np.ndarray = field(repr=False)
    _is_stacked: np.ndarray = field(repr=False)
    _footprint: np.ndarray = field(repr=False)
    _tree: shapely.STRtree = field(repr=False)
    _lock: Any = field(repr=False, default_factory=Lock)

    @classmethod
    def build(cls, area_ids: Sequence[Any], polygons: Sequence[Any]) -> LocateIndex:
        """
        Prepare areas for look-ups.

        Parameters
        ----------
        area_ids
            Unique ids, taken as text. Shape (n,).
        polygons
            Polygons or multipolygons in the CRS the points will be asked in. Shape (n,).

        Raises
        ------
        SchemaError
            With every fault at once: ids missing or repeated, geometry missing, empty or not polygonal.

        Notes
        -----
        Source: definition; point in polygon by ray crossing in GEOS, exact for the coordinates as given.
        A ring that crosses itself is read by parity; whether rings are valid is for the import to say.

        Examples
        --------
        Two squares side by side; the middle point lies on their shared edge:

        >>> index = LocateIndex.build(["B", "A"], [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
        >>> found = index.query([0.5, 1.0, 5.0, float("nan")], [0.5, 0.5, 0.5, 0.5])
        >>> found.ids.tolist()
        ['B', 'A', None, None]
        >>> found.reasons.tolist()
        ['inside', 'boundary', 'outside', 'no_location']
        """
        ids = text_ids(area_ids)
        shapes = np.asarray(polygons, dtype=object)
        _require_polygons(ids, shapes)
        order = np.argsort(ids, kind="stable")
        footprint_of = _footprints(shapes[order])
        _, first, members = np.unique(footprint_of, return_index=True, return_counts=True)
        kept = shapes[order][first]
        shapely.prepare(kept)
        footprint = np.empty(len(ids), dtype=np.int32)
        footprint[order] = footprint_of
        return cls(ids, kept, order[first].astype(np.int32), members > 1, footprint, shapely.STRtree(kept))

    def query(
        self,
        lon: Sequence[float] | np.ndarray,
        lat: Sequence[float] | np.ndarray,
        *,
        progress: Callable[[float, str], None] | None = None,
    ) -> Located:
        """
        Find the area of each point.

        `lon`, `lat` are coordinates in the CRS of the polygons, shape (n,); `progress(share, text)` is called
        after each block of points. The answer of a point does not depend on the other points or on row order.
        """
        x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        footprint = np.full(len(x), NONE, dtype=np.int32)
        reason = np.full(len(x), NO_LOCATION, dtype=np.uint8)
        known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        for start in range(0, len(known), CHUNK):
            block = known[start : start + CHUNK]
            footprint[block], reason[block] = self._locate(x[block], y[block])
            if progress:
                progress(min(1.0, (start + CHUNK) / len(known)), "locating points")
        first = np.append(self._first, np.int32(NONE))[footprint]
        is_stacked = np.append(self._is_stacked, False)[footprint]
        reason[is_stacked & (reason != OVERLAP)] = STACKED
        return Located(np.where(is_stacked, np.int32(NONE), first), reason, first, self.area_ids)

    def stacked_with(self, position: int) -> np.ndarray:
        """Return the positions of all areas that share the footprint of the area at `position`, itself too."""
        return np.flatnonzero(self._footprint == self._footprint[position])

    def _locate(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Footprint (in order of its first id) and reason of points that have a location."""
        point, near = self._tree.query(shapely.points(x, y))
        with self._lock:
            is_inside = shapely.contains_xy(self._shapes[near], x[point], y[point])
            is_edge = np.zeros(len(point), dtype=bool)
            rest = np.flatnonzero(~is_inside)
            is_edge[rest] = shapely.intersects_xy(self._shapes[near[rest]], x[point[rest]], y[point[rest]])
        inside_count = np.bincount(point[is_inside], minlength=len(x))
        edge_count = np.bincount(point[is_edge], minlength=len(x))
        chosen = np.full(len(x), len(self._shapes), dtype=np.int32)
        is_cover = is_inside | is_edge
        np.minimum.at(chosen, point[is_cover], near[is_cover].astype(np.int32))
        reason = np.full(len(x), OUTSIDE, dtype=np.uint8)
        reason[edge_count > 0] = BOUNDARY
        reason[inside_count > 0] = INSIDE
        reason[(inside_count > 0) & (inside_count + edge_count > 1)] = OVERLAP
        chosen[reason == OUTSIDE] = NONE
        return chosen, reason


def _require_polygons(ids: np.ndarray, shapes: np.ndarray) -> None:
    faults = []
    if len(ids) != len(shapes):
        faults.append(say("{ids} ids and {shapes} polygons", ids=len(ids), shapes=len(shapes)))
    else:
        missing = pd.isna(ids)
        if missing.any():
            faults.append(say("{count} areas without an id", count=int(missing.sum())))
        repeated = pd.Index(ids[~missing])
        if not repeated.is_unique:
            faults.append(say("repeated: {ids}", ids=name_few(repeated[repeated.duplicated()].unique())))
        void = shapely.is_missing(shapes) | shapely.is_empty(shapes)
        if void.any():
            faults.append(say("no geometry: {ids}", ids=name_few(ids[void])))
        other = ~void & ~np.isin(shapely.get_type_id(shapes), (3, 6))
        if other.any():
            faults.append(say("not a polygon: {ids}", ids=name_few(ids[other])))
    raise_faults(SchemaError, say("one polygon per area id"), faults, say("correct these areas"))


def _footprints(shapes: np.ndarray) -> np.ndarray:
    """Number of each shape's footprint; equal shapes share one, numbers follow the first row of each."""
    bounds = pd.DataFrame(shapely.bounds(shapes))
    number = np.arange(len(shapes))
    for rows in bounds.groupby(list(bounds.columns), sort=False).indices.values():
        if len(rows) > 1:
            _join_equal(shapes, np.asarray(rows), number)
    return np.unique(number, return_inverse=True)[1]


def _join_equal(shapes: np.ndarray, rows: np.ndarray, number: np.ndarray) -> None:
    for place, row in enumerate(rows[:-1]):
        if number[row] == row:
            later = rows[place + 1 :]
            number[later[shapely.equals(shapes[row], shapes[later]) & (number[later] == later)]] = row
