"""The look-up of one level of areas: which one holds a point, and why that one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from geo.contracts import raise_faults, text_ids
from geo.errors import SchemaError, name_few, say

if TYPE_CHECKING:
    from geo.locate._cells import Cells

REASONS = ("inside", "boundary", "outside", "no_location", "overlap", "stacked", "address", "stated")
INSIDE, BOUNDARY, OUTSIDE, NO_LOCATION, OVERLAP, STACKED, ADDRESS, STATED = range(len(REASONS))
NONE = -1
CHUNK = 1_000_000
LEAST = 20_000
"""Points for which another thread is worth its while."""
LARGEST = float(np.finfo(np.float64).max)
ANY = (-LARGEST, -LARGEST, LARGEST, LARGEST)
"""Limits that every number keeps."""
FARTHEST = 1e100
"""Corners farther out are refused: their products would not fit."""
LON_LAT = (-180.0, -90.0, 180.0, 90.0)
"""Limits of coordinates in degrees."""


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
        found = self.area_ids[np.maximum(self.position, 0)] if len(self.area_ids) else self._nobody
        return found if (self.position >= 0).all() else np.where(self.position >= 0, found, self._nobody)

    @property
    def _nobody(self) -> np.ndarray:
        return np.full(len(self.position), None, dtype=object)

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
    * covered by none: `outside`; a coordinate that is NaN, infinite or beyond `limits`: `no_location`

    The index holds no polygons, only cells and edges (`byte_count`), and may be asked by many threads at once.
    """

    area_ids: np.ndarray
    _footprint: np.ndarray = field(repr=False)
    _cells: Cells = field(repr=False)
    crossing_ids: tuple[str, ...] = ()
    """Areas whose rings cross or whose parts overlap, in the order of their ids; they are read by parity."""

    @classmethod
    def build(
        cls, area_ids: Sequence[Any], polygons: Sequence[Any], *, progress: Callable[[float, str], None] | None = None
    ) -> LocateIndex:
        """
        Prepare areas for look-ups.

        Parameters
        ----------
        area_ids
            Unique ids, taken as text. Shape (n,).
        polygons
            Polygons or multipolygons in the CRS the points will be asked in. Shape (n,).
        progress
            Called as `progress(share, text)` now and then.

        Raises
        ------
        SchemaError
            With every fault at once: ids missing or repeated, geometry missing, empty, not polygonal, or with
            coordinates that are no numbers.

        Notes
        -----
        Source: definition; point in polygon by the parity of edges passed, exact for the coordinates as given
        (Shewchuk 1997, doi:10.1007/PL00009321). A ring that crosses itself, or a multipolygon whose parts overlap,
        is read by parity: ground covered twice is outside; `crossing_ids` names such areas.

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
        from geo.locate._cells import build_cells

        ids = text_ids(area_ids)
        shapes = np.asarray(polygons, dtype=object)
        _require_polygons(ids, shapes)
        order = np.argsort(ids, kind="stable")
        footprint_of = _footprints(shapes[order])
        _, first, members = np.unique(footprint_of, return_index=True, return_counts=True)
        footprint = np.empty(len(ids), dtype=np.int32)
        footprint[order] = footprint_of
        cells = build_cells(shapes[order][first], order[first].astype(np.int32), members > 1, progress)
        crossing = tuple(ids[order][~shapely.is_valid(shapes[order])].tolist())
        return cls(ids, footprint, cells, crossing)

    def query(
        self,
        lon: Sequence[float] | np.ndarray,
        lat: Sequence[float] | np.ndarray,
        *,
        limits: tuple[float, float, float, float] = ANY,
        progress: Callable[[float, str], None] | None = None,
    ) -> Located:
        """
        Find the area of each point.

        `lon`, `lat` are coordinates in the CRS of the polygons, shape (n,); one below the first two `limits` or
        above the last two (x, y, x, y; `LON_LAT` for degrees) is no location. `progress(share, text)` is called
        after each block of points. The answer of a point does not depend on the other points or on row order.
        """
        from geo.locate._compiled import share_out
        from geo.locate._look_up import look_up

        x, y = np.ascontiguousarray(lon, dtype=np.float64), np.ascontiguousarray(lat, dtype=np.float64)
        position, reason = np.empty(len(x), dtype=np.int32), np.empty(len(x), dtype=np.uint8)
        first = np.empty(len(x) if self._has_stacks else 0, dtype=np.int32)
        bounds = np.clip(np.array(limits, dtype=np.float64), *ANY[::2])
        cells = self._cells
        tables = (bounds, cells.frame, cells.shape, cells.coarse, cells.parts, cells.words, cells.records)
        start = 0
        for share, stop in _blocks(x, y, bool(progress)):
            part = slice(start, stop)
            asked = (x[part], y[part], *tables, position[part], reason[part], first[part])
            share_out(partial(_ask, look_up, asked), stop - start, least=LEAST)
            start = stop
            if progress and share:
                progress(share, "locating points")
        return Located(position, reason, first if self._has_stacks else position, self.area_ids)

    def tables(self) -> dict[str, np.ndarray]:
        """Return everything the index holds as plain tables, to be kept and given to `from_tables`."""
        ids, crossing = _packed(self.area_ids), _packed(self.crossing_ids)
        names = {"ids": ids[0], "id_ends": ids[1], "crossing": crossing[0], "crossing_ends": crossing[1]}
        return {"footprint": self._footprint} | names | self._cells.tables()

    @classmethod
    def from_tables(cls, tables: Mapping[str, np.ndarray]) -> LocateIndex:
        """Return the index that these tables are of."""
        from geo.locate._cells import Cells

        ids = np.empty(len(tables["id_ends"]), dtype=object)
        ids[:] = _unpacked(tables["ids"], tables["id_ends"])
        crossing = tuple(_unpacked(tables["crossing"], tables["crossing_ends"]))
        cells = Cells(**{name: tables[name] for name in Cells.names()})
        return cls(ids, tables["footprint"], cells, crossing)

    @cached_property
    def _has_stacks(self) -> bool:
        return len(self._footprint) > 0 and len(self._footprint) > int(self._footprint.max()) + 1

    def stacked_with(self, position: int) -> np.ndarray:
        """Return the positions of all areas that share the footprint of the area at `position`, itself too."""
        return np.flatnonzero(self._footprint == self._footprint[position])

    @property
    def byte_count(self) -> int:
        """Bytes the index holds in memory beside the ids."""
        return self._cells.byte_count + self._footprint.nbytes


def _packed(ids: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return texts as their bytes one after another, and where each ends."""
    texts = [one.encode("utf-8", "surrogatepass") for one in ids]
    ends = np.cumsum(np.array([len(one) for one in texts], dtype=np.int64))
    return np.frombuffer(b"".join(texts), dtype=np.uint8), ends


def _unpacked(text: np.ndarray, ends: np.ndarray) -> list[str]:
    whole, cuts = text.tobytes(), [0, *ends.tolist()]
    return [whole[low:high].decode("utf-8", "surrogatepass") for low, high in pairwise(cuts)]


def _ask(look_up: Callable[..., None], asked: tuple[np.ndarray, ...], low: int, high: int) -> None:
    look_up(low, high, *asked)


def _blocks(x: np.ndarray, y: np.ndarray, is_told: bool) -> Iterator[tuple[float, int]]:
    """Yield the share of the located points done and where each block ends; one block where nobody is told."""
    known = np.flatnonzero(np.isfinite(x) & np.isfinite(y)) if is_told else np.empty(0, dtype=np.int64)
    for start in range(0, len(known), CHUNK):
        is_last = start + CHUNK >= len(known)
        yield min(1.0, (start + CHUNK) / len(known)), len(x) if is_last else int(known[start + CHUNK])
    if not len(known):
        yield 0.0, len(x)


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
        corners, row = shapely.get_coordinates(shapes, return_index=True)
        wild = np.unique(row[~(np.abs(corners) <= FARTHEST).all(axis=1)])
        if len(wild):
            faults.append(say("coordinates that are no numbers: {ids}", ids=name_few(ids[wild])))
    raise_faults(SchemaError, say("one polygon per area id"), faults, say("correct these areas"))


def _footprints(shapes: np.ndarray) -> np.ndarray:
    """Number of each shape's footprint; equal shapes share one, numbers follow the first row of each."""
    bounds = pd.DataFrame(shapely.bounds(shapes))
    number = np.arange(len(shapes))
    twins = np.flatnonzero(bounds.duplicated(keep=False))
    for rows in bounds.iloc[twins].groupby(list(bounds.columns), sort=False).indices.values():
        _join_equal(shapes, twins[rows], number)
    return np.unique(number, return_inverse=True)[1]


def _join_equal(shapes: np.ndarray, rows: np.ndarray, number: np.ndarray) -> None:
    for place, row in enumerate(rows[:-1]):
        if number[row] == row:
            later = rows[place + 1 :]
            number[later[shapely.equals(shapes[row], shapes[later]) & (number[later] == later)]] = row
