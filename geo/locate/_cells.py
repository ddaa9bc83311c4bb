"""
The cells of the index: a coarse grid over the extent, whose busy cells are split again and again.

A cell that no edge touches knows its area at once. Any other has a record: the edges that touch it, and which areas
hold its reference point; a path from there to a point, which stays in the cell, passes the edges that tell them apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
import shapely

from geo.locate import _kernels as kernels
from geo.locate import _look_up as layout
from geo.locate._compiled import share_out
from geo.locate._exact import TINY
from geo.locate._records import count_lines, write_records

Progress = Callable[[float, str], None]

CELLS_PER_EDGE = 4.0
MOST_CELLS = 1 << 24
LARGEST_SIDE = 1 << 13
BUSY = 10
"""Edges above which a cell is split; an edge between two areas counts for both."""
DEPTH = 7
"""Times a coarse cell may be split."""
ROOM_BITS = 12
"""How much coarser the finest unit stays than the coordinates' own rounding, in bits."""


@dataclass(frozen=True, eq=False)
class Cells:
    """The tables the look-up reads, in the order it takes them."""

    frame: np.ndarray
    shape: np.ndarray
    coarse: np.ndarray
    parts: np.ndarray
    records: np.ndarray

    @classmethod
    def names(cls) -> list[str]:
        """Return the names of the tables."""
        return [one.name for one in fields(cls)]

    def tables(self) -> dict[str, np.ndarray]:
        """Return the tables by name."""
        return {name: getattr(self, name) for name in self.names()}

    @property
    def words(self) -> np.ndarray:
        """The records read as coordinates."""
        return self.records.view(np.float64)

    @property
    def byte_count(self) -> int:
        """Bytes of all tables together."""
        return sum(table.nbytes for table in self.tables().values())


@dataclass(eq=False)
class _Nodes:
    """Cells of one depth that are not plain yet, with the place in the grid of their depth where their code goes."""

    place: np.ndarray
    columns: np.ndarray
    rows: np.ndarray
    picks: np.ndarray
    entry_at: np.ndarray
    entries: np.ndarray
    cover_at: np.ndarray
    covers: np.ndarray

    def lists(self) -> tuple[np.ndarray, ...]:
        """Return what the kernels read."""
        return self.columns, self.rows, self.picks, self.entry_at, self.entries, self.cover_at, self.covers

    def take(self, rows: np.ndarray) -> _Nodes:
        """Return some of the cells, with their edges and areas."""
        entry_at, entries = _take_lists(self.entry_at, self.entries, rows)
        cover_at, covers = _take_lists(self.cover_at, self.covers, rows)
        own = (self.place[rows], self.columns[rows], self.rows[rows], self.picks[rows])
        return _Nodes(*own, entry_at, entries, cover_at, covers)


def build_cells(
    shapes: np.ndarray, first: np.ndarray, is_stacked: np.ndarray, progress: Progress | None = None
) -> Cells:
    """
    Return the cells over footprints, in the order in which the first covering one answers.

    `first` is the position of each footprint's area, or of the first of those stacked on it.
    """
    xy, owner = _corners(shapes)
    frame, shape = _frame(xy, owner)
    slot_of = np.where(is_stacked, layout.STACK - first, first).astype(np.int32)
    coarse, nodes = _coarse(xy, owner, frame, shape, slot_of, progress)
    grids: list[np.ndarray] = [coarse]
    records: list[np.ndarray] = []
    for depth in range(DEPTH + 1):
        unit = 1 << (int(shape[2]) - layout.BITS * depth)
        is_inner = (np.diff(nodes.entry_at) > BUSY) & (unit > 1)
        full = nodes.take(np.flatnonzero(~is_inner))
        before = sum(len(one) for one in records) // layout.LINE
        written, code = _records(full, xy, owner, frame, unit, slot_of, before)
        records.append(written)
        grids[-1][full.place] = code
        nodes = nodes.take(np.flatnonzero(is_inner))
        if progress:
            progress(0.4 + 0.6 * (depth + 1) / (DEPTH + 1), "building cells")
        if not len(nodes.place):
            break
        before = sum(len(grid) for grid in grids[1:]) // layout.SIDE**2
        grids[-1][nodes.place] = _code(layout.SPLIT, before + np.arange(len(nodes.place)))
        grid, nodes = _split(nodes, xy, owner, frame, unit // layout.SIDE, slot_of)
        grids.append(grid)
    ends = np.array([layout.OUTSIDE_CELL, layout.LOST_CELL], dtype=np.int32)
    parts = np.concatenate([np.empty(0, dtype=np.int32), *grids[1:]])
    return Cells(frame, shape, np.concatenate([coarse, ends]), parts, np.concatenate(records))


def _code(kind: int, place: np.ndarray) -> np.ndarray:
    """Return the codes of cells of one kind."""
    return np.asarray(-3 - (place * 4 + kind), dtype=np.int32)


def _corners(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return all corners ring by ring, and the footprint of the edge from each to the next, -1 at a ring's end."""
    if not len(shapes):
        return np.empty((0, 2)), np.empty(0, dtype=np.int32)
    kind, xy, offsets = shapely.to_ragged_array(shapes, include_z=False)
    rings, *above = offsets
    of_ring = np.arange(len(above[0]) - 1)
    of_ring = np.repeat(of_ring, np.diff(above[0]))
    if kind == shapely.GeometryType.MULTIPOLYGON:
        of_ring = np.repeat(np.arange(len(above[1]) - 1), np.diff(above[1]))[of_ring]
    owner = np.repeat(of_ring.astype(np.int32), np.diff(rings))
    owner[np.asarray(rings[1:])[np.diff(rings) > 0] - 1] = -1
    xy = np.ascontiguousarray(xy, dtype=np.float64)
    xy[np.abs(xy) < TINY] = 0.0
    return xy, owner


def _frame(xy: np.ndarray, owner: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return extent, units and padding, and the coarse grid: columns, rows, bits below a coarse cell."""
    if not len(xy):
        return np.array([1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0]), np.array([1, 1, 0])
    low, high = xy.min(axis=0), xy.max(axis=0)
    rounding = np.maximum(np.abs(low), np.abs(high)) * 2.0**-52
    span = np.maximum(high - low, np.maximum(rounding, TINY))
    cells = min(MOST_CELLS, max(1.0, CELLS_PER_EDGE * np.count_nonzero(owner >= 0)))
    wide = np.sqrt(cells * span / span[::-1])
    room = np.maximum(span / np.maximum(rounding, span * 2.0**-52) / 2.0**ROOM_BITS, 1.0)
    side = np.clip(np.floor(np.minimum(wide, room)), 1, LARGEST_SIDE).astype(np.int64)
    spare = int(np.floor(np.log2(np.maximum(room / side, 1.0))).min())
    bits = min(layout.BITS * DEPTH, spare // layout.BITS * layout.BITS)
    scale = (side << bits) / span
    pad = 1e-6 / scale + 16 * rounding
    return np.concatenate([low, high, scale, pad]), np.array([side[0], side[1], bits])


def _starts(counts: np.ndarray) -> np.ndarray:
    """Turn counts (one more than there are lists) into where each list starts."""
    at = np.zeros(len(counts), dtype=np.int64)
    np.cumsum(counts[:-1], out=at[1:])
    return at


def _coarse(
    xy: np.ndarray, owner: np.ndarray, frame: np.ndarray, shape: np.ndarray, slot_of: np.ndarray,
    progress: Progress | None,
) -> tuple[np.ndarray, _Nodes]:  # fmt: skip
    """Return the codes of the coarse grid, and those of its cells that are not plain."""
    columns, rows = int(shape[0]), int(shape[1])
    none = np.empty(0, dtype=np.int32)
    entry_at = np.zeros(columns * rows + 1, dtype=np.int64)
    kernels.bin_edges(xy, owner, frame, shape, entry_at, none)
    entry_at = _starts(entry_at)
    entries = np.empty(entry_at[-1], dtype=np.int32)
    if len(entries):
        kernels.bin_edges(xy, owner, frame, shape, entry_at.copy(), entries)
    if progress:
        progress(0.2, "building cells")
    picks = np.zeros(columns * rows, dtype=np.uint8)
    cover_at = np.zeros(columns * rows + 1, dtype=np.int64)

    def sweep(covers: np.ndarray) -> None:
        share_out(
            lambda low, high: kernels.sweep_rows(
                low, high, xy, owner, frame, shape, entry_at, entries, picks, cover_at, covers
            ),
            rows,
            least=16,
        )

    sweep(none)
    cover_at = _starts(cover_at)
    covers = np.empty(cover_at[-1], dtype=np.int32)
    if len(covers):
        sweep(covers)
    if progress:
        progress(0.4, "building cells")
    code, busy = _plain(entry_at, cover_at, covers, slot_of)
    row, column = np.divmod(busy.astype(np.int32), np.int32(columns))
    nodes = _Nodes(
        busy, column, row, picks[busy], *_take_lists(entry_at, entries, busy), *_take_lists(cover_at, covers, busy)
    )
    return code, nodes


def _plain(
    entry_at: np.ndarray, cover_at: np.ndarray, covers: np.ndarray, slot_of: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the code of each cell, right for those without edges in at most one area, and which are the others."""
    held = np.diff(cover_at)
    code = np.full(len(held), layout.OUTSIDE_CELL, dtype=np.int32)
    one = np.flatnonzero(held == 1)
    slot = slot_of[covers[cover_at[one]]]
    code[one] = np.where(slot <= layout.STACK, _code(layout.TOWER, layout.STACK - slot), slot)
    return code, np.flatnonzero((np.diff(entry_at) > 0) | (held > 1))


def _take_lists(at: np.ndarray, values: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return some of the lists that stand one after another in `values`, again one after another."""
    size = at[rows + 1] - at[rows]
    new_at = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum(size, out=new_at[1:])
    shift = np.repeat(at[rows] - new_at[:-1], size)
    return new_at, values[np.arange(new_at[-1]) + shift]


def _split(
    nodes: _Nodes, xy: np.ndarray, owner: np.ndarray, frame: np.ndarray, unit: int, slot_of: np.ndarray
) -> tuple[np.ndarray, _Nodes]:
    """Return the codes of the parts of each cell, and those of the parts that are not plain."""
    side = layout.SIDE
    count = len(nodes.place) * side * side
    none = np.empty(0, dtype=np.int32)
    picks = np.zeros(count, dtype=np.uint8)
    entry_at, cover_at = np.zeros(count + 1, dtype=np.int64), np.zeros(count + 1, dtype=np.int64)

    def split(entries: np.ndarray, covers: np.ndarray, is_filling: bool) -> None:
        share_out(
            lambda low, high: kernels.split_cells(
                low, high, xy, owner, frame, unit, nodes.lists(), picks, entry_at, entries, cover_at, covers, is_filling
            ),
            len(nodes.place),
            least=500,
        )

    split(none, none, False)
    entry_at, cover_at = _starts(entry_at), _starts(cover_at)
    entries, covers = np.empty(entry_at[-1], dtype=np.int32), np.empty(cover_at[-1], dtype=np.int32)
    split(entries, covers, True)
    code, busy = _plain(entry_at, cover_at, covers, slot_of)
    parent, part = np.divmod(busy, side * side)
    columns = (nodes.columns[parent] * side + part % side).astype(np.int32)
    rows = (nodes.rows[parent] * side + part // side).astype(np.int32)
    lists = (*_take_lists(entry_at, entries, busy), *_take_lists(cover_at, covers, busy))
    return code, _Nodes(busy, columns, rows, picks[busy], *lists)


def _records(
    nodes: _Nodes, xy: np.ndarray, owner: np.ndarray, frame: np.ndarray, unit: int, slot_of: np.ndarray, before: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the records of these cells, which follow `before` lines, and the code of each cell."""
    line_at, kinds = np.zeros(len(nodes.place) + 1, dtype=np.int64), np.zeros(len(nodes.place), dtype=np.uint8)

    asked = (xy, owner, frame, unit, nodes.lists(), line_at, kinds)
    share_out(lambda low, high: count_lines(low, high, *asked), len(nodes.place), least=2000)
    line_at[:] = _starts(line_at)
    records = np.zeros(line_at[-1] * layout.LINE, dtype=np.int64)
    filled = (slot_of, records.view(np.float64), records)
    share_out(lambda low, high: write_records(low, high, *asked, *filled), len(nodes.place), least=2000)
    return records, _code(0, before + line_at[:-1]) - kinds
