"""
The compiled half of the index: exact predicates, the build of the cells, the look-up.

All but the exact sum is one file, because numba keeps machine code by the file it came from: a change in a file that
another one calls would not be noticed. Every function releases the interpreter's lock, so that threads share the work.

A monotone formula takes coordinates to whole units (`unit_of`); a cell is the points whose units share leading bits. So
the cell of a point is never in doubt, and which edges touch it may be answered generously: one too many costs time.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from geo.locate._compiled import compiled
from geo.locate._exact import TINY, exact_turn, lifted

Ints = np.ndarray
Floats = np.ndarray

OUTSIDE_CELL, LOST_CELL = -1, -2
"""Codes of a cell: an area (0 and more), none, no location, and below these, by turns, splits and leaves."""
BOUNDARY, OVERLAP, STACKED = 1, 4, 5
BLOCK = 512
"""Points looked up together."""
SIDE = 4
"""Cells along each side of a cell that is split."""
BITS = 2
"""Bits of a unit that one split takes: SIDE is two to this power."""
GROUP = 64
"""Areas told apart in one leaf: one bit of a mask each."""
PICKS = 250
"""Places tried for a cell's reference point before giving up."""
WINDOW = 48
"""How far back a leaf looks for an edge it has already."""
HALF_ULP = 2.0**-53
FILTER = (3.0 + 16.0 * HALF_ULP) * HALF_ULP
"""Error bound of the plain formula of `turn` (Shewchuk 1997, ccwerrboundA)."""

LEAF = np.dtype(
    [("x", "f8"), ("y", "f8"), ("mask", "u8"), ("edges", "i8"), ("slots", "i8"), ("count", "i4"), ("more", "i4")]
)
"""Reference point, areas that hold it, first edge, first slot, edges, and whether the next leaf belongs too."""
EDGE = np.dtype([("ax", "f8"), ("ay", "f8"), ("bx", "f8"), ("by", "f8"), ("mask", "u8")])
"""An edge with the reference point on its left, and the areas it bounds."""


@compiled
def turn(ax: float, ay: float, bx: float, by: float, cx: float, cy: float) -> float:
    """Return a number above 0 where c lies left of a -> b, below 0 right of it, 0 on its line: exactly."""
    left = (ax - cx) * (by - cy)
    right = (ay - cy) * (bx - cx)
    found = left - right
    if abs(found) >= FILTER * (abs(left) + abs(right)):
        return found
    return exact_turn(ax, ay, bx, by, cx, cy)


@compiled
def _is_between(ax: float, ay: float, bx: float, by: float, x: float, y: float) -> bool:
    """Whether a point of the line of a and b lies on the edge between them."""
    return min(ax, bx) <= x <= max(ax, bx) and min(ay, by) <= y <= max(ay, by)


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
def unit_of(value: float, origin: float, scale: float, last: int) -> int:
    """Return the unit a coordinate lies in, from 0 to `last`; never falls where the coordinate grows."""
    unit = int((value - origin) * scale)
    return min(max(unit, 0), last)


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
def _set_box(box: Floats, frame: Floats, column: int, row: int, unit: int) -> None:
    """Set the box of a cell `unit` units wide, made larger by more than coordinates are rounded."""
    half_x, half_y = 0.5 * unit / frame[4], 0.5 * unit / frame[5]
    box[0], box[1] = frame[0] + (2 * column + 1) * half_x, frame[1] + (2 * row + 1) * half_y
    box[2], box[3] = half_x * 1.000001 + frame[6], half_y * 1.000001 + frame[7]


@compiled
def _candidate(frame: Floats, column: int, row: int, unit: int, pick: int) -> Any:
    """Return the place number `pick` for the reference point of a cell, somewhere in its middle half."""
    east = 0.25 + 0.5 * ((0.4637 + pick * 0.7548776662466927) % 1.0)
    north = 0.25 + 0.5 * ((0.5219 + pick * 0.5698402909980532) % 1.0)
    return frame[0] + (column + east) * (unit / frame[4]), frame[1] + (row + north) * (unit / frame[5])


@compiled
def _pick(frame: Floats, column: int, row: int, unit: int, xy: Floats, edges: Ints) -> int:
    """Return the number of the first place that lies on none of the edges."""
    for pick in range(PICKS):
        x, y = _candidate(frame, column, row, unit, pick)
        is_free = True
        for edge in edges:
            ax, ay, bx, by = xy[edge, 0], xy[edge, 1], xy[edge + 1, 0], xy[edge + 1, 1]
            if _is_between(ax, ay, bx, by, x, y) and turn(ax, ay, bx, by, x, y) == 0.0:
                is_free = False
                break
        if is_free:
            return pick
    raise ValueError("no place for a reference point")


@compiled
def _copy(source: Ints, size: int, target: Ints, at: int) -> None:
    """Write the first `size` of one list into another (a slice assignment would take seconds to compile)."""
    for k in range(size):
        target[at + k] = source[k]


@compiled
def _place(members: Ints, size: int, area: int) -> int:
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
def _toggle(members: Ints, size: int, area: int) -> int:
    """Put an area into an ascending list, or take it out; return the new length."""
    place = _place(members, size, area)
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
                    _set_box(box, frame, column, row, unit)
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
                _copy(members, size, grown, 0)
                members = grown
            size = _toggle(members, size, owner[edge])
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
        rx, ry = _candidate(frame, -1, row, unit, 0)
        before = entries[0:0]
        for column in range(columns):
            cell = row * columns + column
            here = entries[entry_at[cell] : entry_at[cell + 1]]
            if len(here) or len(before):
                pick = picks[cell] if len(covers) else _pick(frame, column, row, unit, xy, here)
                x, y = _candidate(frame, column, row, unit, pick)
                members, size = _step(members, size, xy, owner, before, here, rx, ry, x, y)
            else:
                pick = 0
                x, y = _candidate(frame, column, row, unit, pick)
            rx, ry, before = x, y, here
            if len(covers):
                _copy(members, size, covers, cover_at[cell])
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
        rx, ry = _candidate(frame, columns[node], rows[node], SIDE * unit, own_picks[node])
        chosen = np.empty(len(here), dtype=np.int32)
        for part in range(SIDE * SIDE):
            child = node * SIDE * SIDE + part
            column, row = columns[node] * SIDE + part % SIDE, rows[node] * SIDE + part // SIDE
            _set_box(box, frame, column, row, unit)
            count = 0
            for edge in here:
                if _touches(xy[edge, 0], xy[edge, 1], xy[edge + 1, 0], xy[edge + 1, 1], box):
                    chosen[count] = edge
                    count += 1
            pick = picks[child] if is_filling else _pick(frame, column, row, unit, xy, here)
            x, y = _candidate(frame, column, row, unit, pick)
            members = np.empty(len(holds) + 8, dtype=np.int32)
            _copy(holds, len(holds), members, 0)
            members, size = _step(members, len(holds), xy, owner, here[0:0], here, rx, ry, x, y)
            if is_filling:
                _copy(chosen, count, entries, entry_at[child])
                _copy(members, size, covers, cover_at[child])
            else:
                picks[child], entry_at[child], cover_at[child] = pick, count, size


@compiled
def _gather(xy: Floats, owner: Ints, here: Ints, areas: Ints, width: int, group: int, kept: Ints, masks: Ints) -> int:
    """Join edges of one group that run between the same corners; return how many remain."""
    size = 0
    for edge in here:
        slot = _place(areas, width, owner[edge]) - group * GROUP
        if slot < 0 or slot >= GROUP:
            continue
        bit = np.uint64(1) << np.uint64(slot)
        ax, ay, bx, by = xy[edge, 0], xy[edge, 1], xy[edge + 1, 0], xy[edge + 1, 1]
        same = -1
        for j in range(max(0, size - WINDOW), size):
            cx, cy, dx, dy = xy[kept[j], 0], xy[kept[j], 1], xy[kept[j] + 1, 0], xy[kept[j] + 1, 1]
            is_same = (ax == cx and ay == cy and bx == dx and by == dy) or (
                ax == dx and ay == dy and bx == cx and by == cy
            )
            if is_same and not masks[j] & bit:
                same = j
                break
        if same >= 0:
            masks[same] |= bit
        else:
            kept[size], masks[size] = edge, bit
            size += 1
    return size


@compiled
def write_leaves(
    low: int, high: int, xy: Floats, owner: Ints, frame: Floats, unit: int, nodes: Any, starts: Any,
    leaves: Any, edges: Any, slots: Ints, is_filling: bool,
) -> None:  # fmt: skip
    """Count leaves, edges and slots of each cell in `starts`, or, when filling, write them from there on."""
    columns, rows, own_picks, own_at, own, held_at, held = nodes
    leaf_at, edge_at, slot_at = starts
    for node in range(low, high):
        here = own[own_at[node] : own_at[node + 1]]
        holds = held[held_at[node] : held_at[node + 1]]
        areas = np.empty(len(here) + len(holds), dtype=np.int32)
        _copy(holds, len(holds), areas, 0)
        width = len(holds)
        for edge in here:
            place = _place(areas, width, owner[edge])
            if place == width or areas[place] != owner[edge]:
                width = _toggle(areas, width, owner[edge])
        groups = (width + GROUP - 1) // GROUP
        kept, masks = np.empty(len(here), dtype=np.int32), np.empty(len(here), dtype=np.uint64)
        x, y = _candidate(frame, columns[node], rows[node], unit, own_picks[node])
        total = 0
        for group in range(groups):
            size = _gather(xy, owner, here, areas, width, group, kept, masks)
            if is_filling:
                leaf = leaves[leaf_at[node] + group]
                leaf.x, leaf.y, leaf.mask = x, y, np.uint64(0)
                leaf.edges, leaf.count = edge_at[node] + total, size
                leaf.slots, leaf.more = slot_at[node] + group * GROUP, group + 1 < groups
                for area in holds:
                    slot = _place(areas, width, area)
                    if slot // GROUP == group:
                        leaf.mask |= np.uint64(1) << np.uint64(slot % GROUP)
                for k in range(size):
                    _write_edge(edges[leaf.edges + k], xy, kept[k], masks[k], x, y)
            total += size
        if is_filling:
            _copy(areas, width, slots, slot_at[node])
        else:
            leaf_at[node], edge_at[node], slot_at[node] = groups, total, width


@compiled
def _write_edge(edge: Any, xy: Floats, at: int, mask: int, x: float, y: float) -> None:
    ax, ay, bx, by = xy[at, 0], xy[at, 1], xy[at + 1, 0], xy[at + 1, 1]
    if turn(ax, ay, bx, by, x, y) < 0.0:
        ax, ay, bx, by = bx, by, ax, ay
    edge.ax, edge.ay, edge.bx, edge.by, edge.mask = ax, ay, bx, by, mask


@compiled
def _bits(mask: Any) -> int:
    """Return how many bits are set."""
    count = 0
    while mask:
        mask, count = mask & (mask - np.uint64(1)), count + 1
    return count


@compiled
def _lowest(mask: Any) -> int:
    """Return the place of the lowest bit set."""
    place = 0
    while not mask & np.uint64(1):
        mask, place = mask >> np.uint64(1), place + 1
    return place


@compiled
def _ask_leaf(at: int, leaves: Any, edges: Any, slots: Ints, x: float, y: float) -> Any:
    """Return the first covering area (-1: none), how many hold the point, and how many have it on their edge."""
    chosen, held, bounded = -1, 0, 0
    while True:
        leaf = leaves[at]
        inside, bound = leaf.mask, np.uint64(0)
        for place in range(leaf.edges, leaf.edges + leaf.count):
            edge = edges[place]
            ax, ay, bx, by = edge.ax, edge.ay, edge.bx, edge.by
            side = turn(ax, ay, bx, by, x, y)
            if side > 0.0:
                continue
            if side == 0.0:
                if _is_between(ax, ay, bx, by, x, y):
                    bound |= edge.mask
            elif (turn(leaf.x, leaf.y, x, y, ax, ay) >= 0.0) != (turn(leaf.x, leaf.y, x, y, bx, by) >= 0.0):
                inside ^= edge.mask
        inside &= ~bound
        covering = inside | bound
        if covering:
            held += _bits(inside)
            bounded += _bits(bound)
            if chosen < 0:
                chosen = slots[leaf.slots + _lowest(covering)]
        if not leaf.more:
            return chosen, held, bounded
        at += 1


@compiled
def _read_codes(
    low: int, size: int, lon: Floats, lat: Floats, limits: Floats, frame: Floats, shape: Ints, coarse: Ints,
    xs: Floats, ys: Floats, us: Ints, vs: Ints, codes: Ints,
) -> None:  # fmt: skip
    """Set coordinates, units and coarse code of each point of a block."""
    columns, depth_bits = shape[0], shape[2]
    last_x, last_y = (shape[0] << depth_bits) - 1, (shape[1] << depth_bits) - 1
    for k in range(size):
        x, y = lon[low + k], lat[low + k]
        if not (limits[0] <= x <= limits[2] and limits[1] <= y <= limits[3]):
            codes[k] = LOST_CELL
            continue
        if 0.0 < abs(x) < TINY or 0.0 < abs(y) < TINY:
            x, y = lifted(x, y)
        if not (frame[0] <= x <= frame[2] and frame[1] <= y <= frame[3]):
            codes[k] = OUTSIDE_CELL
            continue
        u, v = unit_of(x, frame[0], frame[4], last_x), unit_of(y, frame[1], frame[5], last_y)
        xs[k], ys[k], us[k], vs[k] = x, y, u, v
        codes[k] = coarse[(v >> depth_bits) * columns + (u >> depth_bits)]


@compiled
def _descend(size: int, shift: int, parts: Ints, us: Ints, vs: Ints, codes: Ints, busy: Ints) -> int:
    """Follow split cells down to their parts; list the points left in leaves in `busy` and return how many."""
    count = 0
    for k in range(size):
        busy[count] = k
        count += codes[k] < LOST_CELL
    left = count
    while left and shift > 0:
        shift -= BITS
        left = 0
        for place in range(count):
            k = busy[place]
            at = -3 - codes[k]
            if codes[k] < LOST_CELL and not at & 1:
                part = ((vs[k] >> shift) & (SIDE - 1)) * SIDE + ((us[k] >> shift) & (SIDE - 1))
                codes[k] = parts[(at >> 1) * SIDE * SIDE + part]
                left += 1
    size, count = count, 0
    for place in range(size):
        k = busy[place]
        busy[count] = k
        count += codes[k] < LOST_CELL
    return count


@compiled
def look_up(
    low: int, high: int, lon: Floats, lat: Floats, limits: Floats, frame: Floats, shape: Ints, coarse: Ints,
    parts: Ints, leaves: Any, edges: Any, slots: Ints, first_of: Ints, reason_of: Ints,
    position: Ints, reason: Ints, first: Ints,
) -> None:  # fmt: skip
    """
    Answer the points from `low` to `high`: position, reason and first area of each.

    `first_of` and `reason_of` have two entries more in front: for a point without location, and one outside. A block
    of points goes through each step together, and what a step will need is touched before it, so that the processor
    waits for many places in memory at once.
    """
    xs, ys, touched = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK)
    us, vs, codes, busy = (np.empty(BLOCK + 1, np.int32), np.empty(BLOCK + 1, np.int32),
                           np.empty(BLOCK + 1, np.int32), np.empty(BLOCK + 1, np.int32))  # fmt: skip
    for start in range(low, high, BLOCK):
        size = min(BLOCK, high - start)
        _read_codes(start, size, lon, lat, limits, frame, shape, coarse, xs, ys, us, vs, codes)
        count = _descend(size, shape[2], parts, us, vs, codes, busy)
        for k in range(size):
            at = max(codes[k], LOST_CELL) + 2
            first[start + k], reason[start + k] = first_of[at], reason_of[at]
            position[start + k] = -1 if reason_of[at] == STACKED else first_of[at]
        for place in range(count):
            us[place] = leaves[(-3 - codes[busy[place]]) >> 1].edges
        for place in range(count):
            touched[place] = edges[us[place]].ax if us[place] < len(edges) else 0.0
        for place in range(count):
            k = busy[place]
            chosen, held, bounded = _ask_leaf((-3 - codes[k]) >> 1, leaves, edges, slots, xs[k], ys[k])
            k += start
            first[k] = position[k] = first_of[chosen + 2]
            reason[k] = reason_of[chosen + 2]
            if chosen >= 0:
                position[k] = -1 if reason[k] == STACKED else first[k]
                if held and held + bounded > 1:
                    reason[k] = OVERLAP
                elif not held and reason[k] != STACKED:
                    reason[k] = BOUNDARY
