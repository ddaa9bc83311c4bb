"""
The compiled build of the cells: which edges touch each, and which areas hold its reference point.

A monotone formula takes coordinates to whole units (`unit_of`); a cell is the points whose units share leading bits. So
the cell of a point is never in doubt, and which edges touch it may be answered generously: one too many costs time.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from geo.locate._compiled import compiled
from geo.locate._exact import is_between, turn
from geo.locate._look_up import SIDE, unit_of

Ints = np.ndarray
Floats = np.ndarray

PICKS = 250
"""Places tried for a cell's reference point before giving up."""


@compiled
def _crossed(ax: float, ay: float, bx: float, by: float, rx: float, ry: float, x: float, y: float) -> bool:
    """
    Whether the path from r to a point passes the edge, neither end lying on it.

    A corner on the path counts as left of it, so that of two edges meeting there the path passes both, one or none.
    """
    here, there = turn(ax, ay, bx, by, x, y), turn(ax, ay, bx, by, rx, ry)
    if not ((here < 0.0 < there) or (there < 0.0 < here)):
        return False
    return bool((turn(rx, ry, x, y, ax, ay) >= 0.0) != (turn(rx, ry, x, y, bx, by) >= 0.0))


@compiled
def _touches(ax: float, ay: float, bx: float, by: float, box: Floats) -> bool:
    """Whether an edge may have a point in a box (middle x, y and half sizes, made a little larger)."""
    if min(ax, bx) > box[0] + box[2] or max(ax, bx) < box[0] - box[2]:
        return False
    if min(ay, by) > box[1] + box[3] or max(ay, by) < box[1] - box[3]:
        return False
    dx, dy = bx - ax, by - ay
    return bool(abs(dx * (box[1] - ay) - dy * (box[0] - ax)) <= box[2] * abs(dy) + box[3] * abs(dx))


@compiled
def set_box(box: Floats, frame: Floats, column: int, row: int, unit: int) -> None:
    """Set the box of a cell `unit` units wide, made larger by more than coordinates are rounded."""
    half_x, half_y = 0.5 * unit / frame[4], 0.5 * unit / frame[5]
    box[0], box[1] = frame[0] + (2 * column + 1) * half_x, frame[1] + (2 * row + 1) * half_y
    box[2], box[3] = half_x * 1.000001 + frame[6], half_y * 1.000001 + frame[7]


@compiled
def candidate(frame: Floats, column: int, row: int, unit: int, pick: int) -> Any:
    """Return the place number `pick` for the reference point of a cell, somewhere in its middle half."""
    east = 0.25 + 0.5 * ((0.4637 + pick * 0.7548776662466927) % 1.0)
    north = 0.25 + 0.5 * ((0.5219 + pick * 0.5698402909980532) % 1.0)
    return frame[0] + (column + east) * (unit / frame[4]), frame[1] + (row + north) * (unit / frame[5])


@compiled
def _pick(frame: Floats, column: int, row: int, unit: int, xy: Floats, edges: Ints) -> int:
    """Return the number of the first place that lies on none of the edges."""
    for pick in range(PICKS):
        x, y = candidate(frame, column, row, unit, pick)
        is_free = True
        for edge in edges:
            ax, ay, bx, by = xy[edge, 0], xy[edge, 1], xy[edge + 1, 0], xy[edge + 1, 1]
            if is_between(ax, ay, bx, by, x, y) and turn(ax, ay, bx, by, x, y) == 0.0:
                is_free = False
                break
        if is_free:
            return pick
    raise ValueError("no place for a reference point")


@compiled
def copy(source: Ints, size: int, target: Ints, at: int) -> None:
    """Write the first `size` of one list into another (a slice assignment would take seconds to compile)."""
    for k in range(size):
        target[at + k] = source[k]


@compiled
def place_of(members: Ints, size: int, area: int) -> int:
    """Return where an area stands in an ascending list, or would stand."""
    low, high = 0, size
    while low < high:
        middle = (low + high) >> 1
        if members[middle] < area:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def toggle(members: Ints, size: int, area: int) -> int:
    """Put an area into an ascending list, or take it out; return the new length."""
    place = place_of(members, size, area)
    if place < size and members[place] == area:
        for k in range(place, size - 1):
            members[k] = members[k + 1]
        return size - 1
    for k in range(size, place, -1):
        members[k] = members[k - 1]
    members[place] = area
    return size + 1


@compiled
def bin_edges(xy: Floats, owner: Ints, frame: Floats, shape: Ints, at: Ints, entries: Ints) -> None:
    """Count the edges of each coarse cell in `at`, or, where `entries` has room, write them from `at` on."""
    columns, rows, depth_bits = shape[0], shape[1], shape[2]
    last_x, last_y, unit = (columns << depth_bits) - 1, (rows << depth_bits) - 1, 1 << depth_bits
    box = np.empty(4)
    for edge in range(len(owner)):
        if owner[edge] < 0:
            continue
        ax, ay, bx, by = xy[edge, 0], xy[edge, 1], xy[edge + 1, 0], xy[edge + 1, 1]
        c0, c1 = unit_of(ax, frame[0], frame[4], last_x), unit_of(bx, frame[0], frame[4], last_x)
        r0, r1 = unit_of(ay, frame[1], frame[5], last_y), unit_of(by, frame[1], frame[5], last_y)
        c0, c1, r0, r1 = c0 >> depth_bits, c1 >> depth_bits, r0 >> depth_bits, r1 >> depth_bits
        is_plain = c0 == c1 or r0 == r1
        for row in range(min(r0, r1), max(r0, r1) + 1):
            for column in range(min(c0, c1), max(c0, c1) + 1):
                if not is_plain:
                    set_box(box, frame, column, row, unit)
                    if not _touches(ax, ay, bx, by, box):
                        continue
                cell = row * columns + column
                if len(entries):
                    entries[at[cell]] = edge
                at[cell] += 1


@compiled
def _step(
    members: Ints, size: int, xy: Floats, owner: Ints, before: Ints, here: Ints,
    rx: float, ry: float, x: float, y: float,
) -> Any:  # fmt: skip
    """Toggle the areas whose edges the path from r to a point passes; both lists of edges ascend."""
    i, j = 0, 0
    while i < len(before) or j < len(here):
        if j == len(here) or (i < len(before) and before[i] < here[j]):
            edge = before[i]
            i += 1
        else:
            edge = here[j]
            i += i < len(before) and before[i] == edge
            j += 1
        if _crossed(xy[edge, 0], xy[edge, 1], xy[edge + 1, 0], xy[edge + 1, 1], rx, ry, x, y):
            if size == len(members):
                grown = np.empty(2 * size, dtype=np.int32)
                copy(members, size, grown, 0)
                members = grown
            size = toggle(members, size, owner[edge])
    return members, size


@compiled
def sweep_rows(
    low: int, high: int, xy: Floats, owner: Ints, frame: Floats, shape: Ints,
    entry_at: Ints, entries: Ints, picks: Ints, cover_at: Ints, covers: Ints,
) -> None:  # fmt: skip
    """
    Find which areas hold the reference point of each coarse cell, walking each row from outside everything.

    Counts them in `cover_at` (and notes `picks`), or, where `covers` has room, writes them from `cover_at` on.
    """
    columns, unit = shape[0], 1 << shape[2]
    for row in range(low, high):
        members, size = np.empty(8, dtype=np.int32), 0
        rx, ry = candidate(frame, -1, row, unit, 0)
        before = entries[0:0]
        for column in range(columns):
            cell = row * columns + column
            here = entries[entry_at[cell] : entry_at[cell + 1]]
            if len(here) or len(before):
                pick = picks[cell] if len(covers) else _pick(frame, column, row, unit, xy, here)
                x, y = candidate(frame, column, row, unit, pick)
                members, size = _step(members, size, xy, owner, before, here, rx, ry, x, y)
            else:
                pick = 0
                x, y = candidate(frame, column, row, unit, pick)
            rx, ry, before = x, y, here
            if len(covers):
                copy(members, size, covers, cover_at[cell])
            else:
                picks[cell], cover_at[cell] = pick, size


@compiled
def split_cells(
    low: int, high: int, xy: Floats, owner: Ints, frame: Floats, unit: int, nodes: Any,
    picks: Ints, entry_at: Ints, entries: Ints, cover_at: Ints, covers: Ints, is_filling: bool,
) -> None:  # fmt: skip
    """
    Share the edges of each cell among its parts, and find which areas hold the parts' reference points.

    `nodes` are the cells (column, row, pick, entry_at, entries, cover_at, covers), each `SIDE * unit` wide. Counts
    into `entry_at`, `cover_at` and `picks`, or, when filling, writes from there on.
    """
    columns, rows, own_picks, own_at, own, held_at, held = nodes
    box = np.empty(4)
    for node in range(low, high):
        here = own[own_at[node] : own_at[node + 1]]
        holds = held[held_at[node] : held_at[node + 1]]
        rx, ry = candidate(frame, columns[node], rows[node], SIDE * unit, own_picks[node])
        chosen = np.empty(len(here), dtype=np.int32)
        for part in range(SIDE * SIDE):
            child = node * SIDE * SIDE + part
            column, row = columns[node] * SIDE + part % SIDE, rows[node] * SIDE + part // SIDE
            set_box(box, frame, column, row, unit)
            count = 0
            for edge in here:
                if _touches(xy[edge, 0], xy[edge, 1], xy[edge + 1, 0], xy[edge + 1, 1], box):
                    chosen[count] = edge
                    count += 1
            pick = picks[child] if is_filling else _pick(frame, column, row, unit, xy, here)
            x, y = candidate(frame, column, row, unit, pick)
            members = np.empty(len(holds) + 8, dtype=np.int32)
            copy(holds, len(holds), members, 0)
            members, size = _step(members, len(holds), xy, owner, here[0:0], here, rx, ry, x, y)
            if is_filling:
                copy(chosen, count, entries, entry_at[child])
                copy(members, size, covers, cover_at[child])
            else:
                picks[child], entry_at[child], cover_at[child] = pick, count, size
