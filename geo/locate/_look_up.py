"""
The compiled look-up: what holds each point, block by block.

A block of points goes through each step together, and what a step will need is touched before it, so that the
processor waits for many places in memory at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from geo.locate._compiled import compiled
from geo.locate._exact import TINY, is_between, lifted, turn

Ints = np.ndarray
Floats = np.ndarray

OUTSIDE_CELL, LOST_CELL = -1, -2
"""Codes of a cell: a slot (0 and more), none, no location; below these stand a place and, in two bits, its kind."""
SPLIT, LEAF, CHORD, TOWER = 0, 1, 2, 3
"""Kinds: the parts of a cell that is split, the line of a leaf or chord, the position of a stacked area."""
NOBODY, STACK = -1, -2
"""Slots: the position of an area; none; and, where areas are stacked, STACK less the position of the first."""
INSIDE, BOUNDARY, OUTSIDE, NO_LOCATION, OVERLAP, STACKED = range(6)
BLOCK = 1024
"""Points looked up together."""
SIDE = 4
"""Cells along each side of a cell that is split."""
BITS = 2
"""Bits of a unit that one split takes: SIDE is two to this power."""
GROUP = 64
"""Areas told apart in one leaf: one bit of a mask each."""
LINE = 8
"""Words of 8 bytes in a line."""
HEAD_WORDS, EDGE_WORDS = 4, 5
"""A leaf: reference point, bits of the areas there, counts; its edges, each with bits; its slots, two to a word."""


@compiled
def unit_of(value: float, origin: float, scale: float, last: float) -> Any:
    """Return the unit a coordinate lies in, from 0 to `last`; never falls where the coordinate grows."""
    unit = (value - origin) * scale
    unit = unit if unit > 0.0 else 0.0
    return np.int32(unit if unit < last else last)


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
    at = 0
    while not mask & np.uint64(1):
        mask, at = mask >> np.uint64(1), at + 1
    return at


@compiled
def _ask_leaf(at: int, words: Floats, bits: Ints, x: float, y: float) -> Any:
    """Return the slot of the first covering area, how many hold the point, and how many have it on their edge."""
    chosen, held, bounded = np.int32(NOBODY), 0, 0
    while True:
        rx, ry, inside, bound = words[at], words[at + 1], np.uint64(bits[at + 2]), np.uint64(0)
        size, width, is_more = bits[at + 3] >> 8, (bits[at + 3] >> 1) & 127, bits[at + 3] & 1
        slots = at + HEAD_WORDS + EDGE_WORDS * size
        for edge in range(at + HEAD_WORDS, slots, EDGE_WORDS):
            ax, ay, bx, by = words[edge], words[edge + 1], words[edge + 2], words[edge + 3]
            side = turn(ax, ay, bx, by, x, y)
            if side > 0.0:
                continue
            if side == 0.0:
                if is_between(ax, ay, bx, by, x, y):
                    bound |= np.uint64(bits[edge + 4])
            elif (turn(rx, ry, x, y, ax, ay) >= 0.0) != (turn(rx, ry, x, y, bx, by) >= 0.0):
                inside ^= np.uint64(bits[edge + 4])
        inside &= ~bound
        covering = inside | bound
        if covering:
            held += _bits(inside)
            bounded += _bits(bound)
            if chosen == NOBODY:
                first = _lowest(covering)
                chosen = np.int32(bits[slots + (first >> 1)] >> (32 * (first & 1)))
        if not is_more:
            return chosen, held, bounded
        at = slots + ((width + 1) >> 1)
        at += -at % LINE


@compiled
def _find_cells(
    x: Floats, y: Floats, limits: Floats, frame: Floats, shape: Ints, us: Ints, vs: Ints, cells: Ints
) -> bool:
    """Set units and coarse cell of each point of a block; return whether one is next to an axis, but not on it."""
    depth_bits, columns = np.int32(shape[2]), np.int32(shape[0])
    last_x, last_y = float((shape[0] << shape[2]) - 1), float((shape[1] << shape[2]) - 1)
    outside = np.int32(shape[0] * shape[1])
    low_x, low_y, high_x, high_y = limits[0], limits[1], limits[2], limits[3]
    west, south, east, north, scale_x, scale_y = frame[0], frame[1], frame[2], frame[3], frame[4], frame[5]
    hairs = 0
    for k in range(len(x)):
        px, py = x[k], y[k]
        u, v = unit_of(px, west, scale_x, last_x), unit_of(py, south, scale_y, last_y)
        us[k], vs[k] = u, v
        cell = (v >> depth_bits) * columns + (u >> depth_bits)
        is_near = (west <= px) & (px <= east) & (south <= py) & (py <= north)
        is_known = (low_x <= px) & (px <= high_x) & (low_y <= py) & (py <= high_y)
        cells[k] = (cell if is_near else outside) if is_known else outside + np.int32(1)
        hairs |= ((abs(px) < TINY) & (px != 0.0)) | ((abs(py) < TINY) & (py != 0.0))
    return hairs != 0


@compiled
def _lift_all(x: Floats, y: Floats, xs: Floats, ys: Floats) -> None:
    """Copy a block of points, those next to an axis moved as far from it as coordinates may be."""
    for k in range(len(x)):
        xs[k], ys[k] = x[k], y[k]
        if 0.0 < abs(x[k]) < TINY or 0.0 < abs(y[k]) < TINY:
            xs[k], ys[k] = lifted(x[k], y[k])


@compiled
def _descend(size: int, shift: int, parts: Ints, us: Ints, vs: Ints, codes: Ints, busy: Ints) -> int:
    """Follow split cells down to their parts; list the points left without an answer in `busy`, return how many."""
    count, left = 0, 0
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
            if codes[k] < LOST_CELL and at & 3 == SPLIT:
                part = ((vs[k] >> shift) & (SIDE - 1)) * SIDE + ((us[k] >> shift) & (SIDE - 1))
                codes[k] = parts[(at >> 2) * SIDE * SIDE + part]
                left += 1
    size, count = count, 0
    for place in range(size):
        k = busy[place]
        busy[count] = k
        count += codes[k] < LOST_CELL
    return count


@compiled
def _answer(at: int, words: Floats, bits: Ints, x: float, y: float) -> Any:
    """Return slot and reason of a point in a leaf, a chord or a tower."""
    kind, line = at & 3, (at >> 2) * LINE
    if kind == CHORD:
        side = turn(words[line], words[line + 1], words[line + 2], words[line + 3], x, y)
        if side == 0.0:
            return np.int32(bits[line + 5]), BOUNDARY
        return np.int32(bits[line + 4] >> (32 * (side < 0.0))), INSIDE
    if kind == TOWER:
        return np.int32(STACK - (at >> 2)), INSIDE
    slot, held, bounded = _ask_leaf(line, words, bits, x, y)
    if held == 0:
        return slot, BOUNDARY
    return slot, OVERLAP if held + bounded > 1 else INSIDE


@compiled
def look_up(
    low: int, high: int, lon: Floats, lat: Floats, limits: Floats, frame: Floats, shape: Ints, coarse: Ints,
    parts: Ints, words: Floats, bits: Ints, position: Ints, reason: Ints, first: Ints,
) -> None:  # fmt: skip
    """Answer the points from `low` to `high`: position, reason and first area of each, the last where asked for."""
    xs, ys, touched = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK, np.int64)
    us, vs, cells = np.empty(BLOCK, np.int32), np.empty(BLOCK, np.int32), np.empty(BLOCK, np.int32)
    codes, busy = np.empty(BLOCK, np.int32), np.empty(BLOCK + 1, np.int32)
    for start in range(low, high, BLOCK):
        size = min(BLOCK, high - start)
        x, y = lon[start : start + size], lat[start : start + size]
        if _find_cells(x, y, limits, frame, shape, us, vs, cells):
            _lift_all(x, y, xs, ys)
            x, y = xs[:size], ys[:size]
            _find_cells(x, y, limits, frame, shape, us, vs, cells)
        for k in range(size):
            codes[k] = coarse[cells[k]]
        count = _descend(size, shape[2], parts, us, vs, codes, busy)
        for place in range(count):
            at = -3 - codes[busy[place]]
            touched[place] = bits[(at >> 2) * LINE] if at & 3 != TOWER else 0
        for k in range(size):
            code = codes[k]
            position[start + k] = max(code, NOBODY)
            reason[start + k] = INSIDE if code >= 0 else NO_LOCATION if code == LOST_CELL else OUTSIDE
        if len(first):
            for k in range(size):
                first[start + k] = max(codes[k], NOBODY)
        for place in range(count):
            k = busy[place]
            slot, why = _answer(-3 - codes[k], words, bits, x[k], y[k])
            k += start
            position[k], reason[k] = max(slot, NOBODY), why if slot != NOBODY else OUTSIDE
            if slot <= STACK:
                first[k] = STACK - slot
                reason[k] = why if why == OVERLAP else STACKED
            elif len(first):
                first[k] = slot
