"""
The compiled writing of what boundary cells hold: a record each, in whole lines of the processor's cache.

A leaf record tells any mix of areas apart; a chord record is for the common cell that one edge cuts in two.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from geo.locate._compiled import compiled
from geo.locate._exact import turn
from geo.locate._kernels import Floats, Ints, candidate, copy, place_of, set_box, toggle
from geo.locate._look_up import CHORD, EDGE_WORDS, GROUP, HEAD_WORDS, LEAF, LINE, NOBODY

WINDOW = 48
"""How far back a leaf looks for an edge it has already."""


@compiled
def _gather(xy: Floats, owner: Ints, here: Ints, areas: Ints, width: int, group: int, kept: Ints, masks: Ints) -> int:
    """Join edges of one group that run between the same corners; return how many remain."""
    size = 0
    for edge in here:
        slot = place_of(areas, width, owner[edge]) - group * GROUP
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
def _spans(ax: float, ay: float, bx: float, by: float, box: Floats) -> bool:
    """
    Whether every point that the edge's line has in a box belongs to the edge, and none of them is one of its ends.

    The box is larger than the cell by more than the rounding here, so "no" may be wrong, "yes" is not.
    """
    low, high = -np.inf, np.inf
    for start, step, middle, half in ((ax, bx - ax, box[0], box[2]), (ay, by - ay, box[1], box[3])):
        if step == 0.0:
            if abs(start - middle) > half:
                return True
            continue
        one, other = (middle - half - start) / step, (middle + half - start) / step
        low, high = max(low, min(one, other)), min(high, max(one, other))
    return low > high or (low > 0.0 and high < 1.0)


@compiled
def _areas_here(owner: Ints, here: Ints, holds: Ints) -> Any:
    """Return the areas of a cell, ascending: those that hold its reference point, and the owners of its edges."""
    areas = np.empty(len(here) + len(holds), dtype=np.int32)
    copy(holds, len(holds), areas, 0)
    width = len(holds)
    for edge in here:
        at = place_of(areas, width, owner[edge])
        if at == width or areas[at] != owner[edge]:
            width = toggle(areas, width, owner[edge])
    return areas[:width]


@compiled
def _mask_of(holds: Ints, areas: Ints, group: int) -> Any:
    """Return the bits of those areas of a group that hold the reference point."""
    mask = np.uint64(0)
    for area in holds:
        slot = place_of(areas, len(areas), area) - group * GROUP
        if 0 <= slot < GROUP:
            mask |= np.uint64(1) << np.uint64(slot)
    return mask


@compiled
def _pair(low: int, high: int) -> Any:
    """Return two numbers of 32 bits in one word."""
    return (np.int64(high) << 32) | (np.int64(low) & 0xFFFFFFFF)


@compiled
def _set_edge(words: Floats, at: int, xy: Floats, edge: int, x: float, y: float) -> None:
    """Write the corners of an edge, so that the reference point lies on its left."""
    ax, ay, bx, by = xy[edge, 0], xy[edge, 1], xy[edge + 1, 0], xy[edge + 1, 1]
    if turn(ax, ay, bx, by, x, y) < 0.0:
        ax, ay, bx, by = bx, by, ax, ay
    words[at], words[at + 1], words[at + 2], words[at + 3] = ax, ay, bx, by


@compiled
def _set_chord(bits: Ints, at: int, areas: Ints, mask: int, slot_of: Ints) -> None:
    """Write whose the two sides of a chord are, and whose the chord itself."""
    left, right = NOBODY, NOBODY
    for k in range(len(areas)):
        if (mask >> np.uint64(k)) & np.uint64(1):
            left = slot_of[areas[k]]
        else:
            right = slot_of[areas[k]]
    bits[at + 4], bits[at + 5] = _pair(left, right), slot_of[areas[0]]


@compiled
def _set_slots(bits: Ints, at: int, areas: Ints, slot_of: Ints) -> None:
    """Write the slots of the areas of a leaf, two to a word."""
    for k in range(0, len(areas), 2):
        bits[at + (k >> 1)] = _pair(slot_of[areas[k]], slot_of[areas[k + 1]] if k + 1 < len(areas) else NOBODY)


@compiled
def _line_count(size: int, width: int) -> int:
    """Return the lines a leaf with so many edges and areas takes."""
    return (HEAD_WORDS + EDGE_WORDS * size + ((width + 1) >> 1) + LINE - 1) // LINE


@compiled
def _is_chord(xy: Floats, edge: int, mask: int, holds: Any, width: int, box: Floats) -> bool:
    """Whether the one edge of a cell cuts it in two, with at most one area on either side and none on both."""
    if width > 2 or mask != (np.uint64(1) << np.uint64(width)) - np.uint64(1):
        return False
    if width == 2 and (holds == np.uint64(0) or holds == np.uint64(3)):
        return False
    return _spans(xy[edge, 0], xy[edge, 1], xy[edge + 1, 0], xy[edge + 1, 1], box)


@compiled
def count_lines(
    low: int, high: int, xy: Floats, owner: Ints, frame: Floats, unit: int, nodes: Any, line_at: Ints, kinds: Ints
) -> None:
    """Count the lines of each cell's record in `line_at` and note its kind; `nodes` are as in `write_records`."""
    columns, rows, _, own_at, own, held_at, held = nodes
    box = np.empty(4)
    for node in range(low, high):
        here, holds = own[own_at[node] : own_at[node + 1]], held[held_at[node] : held_at[node + 1]]
        areas = _areas_here(owner, here, holds)
        kept, masks = np.empty(len(here), dtype=np.int32), np.empty(len(here), dtype=np.uint64)
        kinds[node] = LEAF
        for group in range((len(areas) + GROUP - 1) // GROUP):
            size = _gather(xy, owner, here, areas, len(areas), group, kept, masks)
            line_at[node] += _line_count(size, min(GROUP, len(areas) - group * GROUP))
            if size == 1:
                set_box(box, frame, columns[node], rows[node], unit)
                if _is_chord(xy, kept[0], masks[0], _mask_of(holds, areas, group), len(areas), box):
                    kinds[node], line_at[node] = CHORD, 1


@compiled
def write_records(
    low: int, high: int, xy: Floats, owner: Ints, frame: Floats, unit: int, nodes: Any, line_at: Ints, kinds: Ints,
    slot_of: Ints, words: Floats, bits: Ints,
) -> None:  # fmt: skip
    """
    Write the record of each cell from its line in `line_at` on.

    `nodes` are the cells as in `split_cells`, each `unit` wide; `words` and `bits` are the same memory.
    """
    columns, rows, own_picks, own_at, own, held_at, held = nodes
    for node in range(low, high):
        here, holds = own[own_at[node] : own_at[node + 1]], held[held_at[node] : held_at[node + 1]]
        areas = _areas_here(owner, here, holds)
        kept, masks = np.empty(len(here), dtype=np.int32), np.empty(len(here), dtype=np.uint64)
        x, y = candidate(frame, columns[node], rows[node], unit, own_picks[node])
        at = line_at[node] * LINE
        for group in range((len(areas) + GROUP - 1) // GROUP):
            size = _gather(xy, owner, here, areas, len(areas), group, kept, masks)
            mask, width = _mask_of(holds, areas, group), min(GROUP, len(areas) - group * GROUP)
            if kinds[node] == CHORD:
                _set_edge(words, at, xy, kept[0], x, y)
                _set_chord(bits, at, areas, mask, slot_of)
                break
            words[at], words[at + 1], bits[at + 2] = x, y, np.int64(mask)
            bits[at + 3] = (size << 8) | (width << 1) | ((group + 1) * GROUP < len(areas))
            for k in range(size):
                _set_edge(words, at + HEAD_WORDS + EDGE_WORDS * k, xy, kept[k], x, y)
                bits[at + HEAD_WORDS + EDGE_WORDS * k + 4] = np.int64(masks[k])
            _set_slots(bits, at + HEAD_WORDS + EDGE_WORDS * size, areas[group * GROUP : group * GROUP + width], slot_of)
            at += _line_count(size, width) * LINE
