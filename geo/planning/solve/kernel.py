"""The inner loop: boundary moves that keep every zone in one piece, counted along, cooled down slowly."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
BAND, TOUCHED, MOVED, LOAD, CUT = range(5)
"""Places of the terms in `weights` and in the totals."""


@njit(cache=True, nogil=True)
def totals(
    start: Ints, other: Ints, cost: Floats, size: Ints, load: Floats, current: Ints, zone: Ints, count: int,
    low: int, high: int,
) -> Floats:  # fmt: skip
    """
    Count from scratch the five terms of the objective: band excess, zones touched, size moved, uneven load, border cut.

    Examples
    --------
    >>> from geo.planning.graph import build_graph
    >>> row, ones = build_graph(3, [[0, 1], [1, 2]]), np.ones(3, dtype=np.int64)
    >>> today, zone = np.array([0, 0, 1]), np.array([0, 1, 1])
    >>> totals(row.start, row.other, row.cost, ones, ones * 1.0, today, zone, 2, 1, 1).tolist()
    [1.0, 2.0, 1.0, 0.2222222222222222, 1.0]
    """
    out = np.zeros(5)
    held, work, away = np.zeros(count, np.int64), np.zeros(count), np.zeros(count, np.int64)
    for u in range(len(zone)):
        held[zone[u]] += size[u]
        work[zone[u]] += load[u]
        if current[u] >= 0 and current[u] != zone[u]:
            out[MOVED] += size[u]
            away[zone[u]] += 1
            if current[u] < count:
                away[current[u]] += 1
        for e in range(start[u], start[u + 1]):
            if u < other[e] and zone[u] != zone[other[e]]:
                out[CUT] += cost[e]
    mean = work.sum() / count
    for z in range(count):
        out[BAND] += max(low - held[z], held[z] - high, 0)
        out[TOUCHED] += 1 if away[z] > 0 else 0
        if mean > 0:
            out[LOAD] += (work[z] / mean - 1.0) ** 2
    return out


@njit(cache=True, nogil=True)
def stays_whole(start: Ints, other: Ints, zone: Ints, unit: int, queue: Ints, mark: Ints, stamp: int) -> bool:
    """Say whether the zone of `unit` hangs together without it; it must hang together with it."""
    home, wanted, first = zone[unit], 0, -1
    for e in range(start[unit], start[unit + 1]):
        v = other[e]
        if zone[v] == home and mark[v] != stamp:
            mark[v] = stamp
            wanted += 1
            first = v
    if wanted <= 1:
        return wanted == 1
    # neighbours wear `stamp` until the walk reaches them, then -stamp
    queue[0] = first
    mark[first] = -stamp
    head, tail, found = 0, 1, 1
    while head < tail:
        u = queue[head]
        head += 1
        for e in range(start[u], start[u + 1]):
            v = other[e]
            if v == unit or zone[v] != home or mark[v] == -stamp:
                continue
            if mark[v] == stamp:
                found += 1
                if found == wanted:
                    return True
            mark[v] = -stamp
            queue[tail] = v
            tail += 1
    return False


@njit(cache=True, nogil=True)
def _draw(state: NDArray[np.uint64]) -> float:
    """Uniform in [0, 1) by xorshift64*; the state comes from the caller's Generator."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@njit(cache=True, nogil=True)
def _miss(size: int, low: int, high: int) -> int:
    return max(low - size, size - high, 0)


@njit(cache=True, nogil=True)
def _away_change(current: int, source: int, target: int, away: Ints, count: int) -> int:
    """By how much the number of touched zones changes when a unit goes from source to target."""
    if current < 0:
        return 0
    change = 0
    for z in range(3):
        which = source if z == 0 else (target if z == 1 else current)
        if which >= count or (z == 2 and current in (source, target)):
            continue
        before, after = away[which], away[which]
        if source != current:
            after -= (1 if which == source else 0) + (1 if which == current else 0)
        if target != current:
            after += (1 if which == target else 0) + (1 if which == current else 0)
        change += (1 if after > 0 else 0) - (1 if before > 0 else 0)
    return change


@njit(cache=True, nogil=True)
def _tally(size: Ints, load: Floats, current: Ints, zone: Ints, count: int) -> tuple[Ints, Floats, Ints, Ints]:
    """Size, work, units and units away from home of each zone."""
    held, work = np.zeros(count, np.int64), np.zeros(count)
    members, away = np.zeros(count, np.int64), np.zeros(count, np.int64)
    for u in range(len(zone)):
        z = zone[u]
        held[z] += size[u]
        work[z] += load[u]
        members[z] += 1
        if current[u] >= 0 and current[u] != z:
            away[z] += 1
            if current[u] < count:
                away[current[u]] += 1
    return held, work, members, away


@njit(cache=True, nogil=True)
def _cut_change(start: Ints, other: Ints, cost: Floats, zone: Ints, unit: int, source: int, target: int) -> float:
    cut = 0.0
    for e in range(start[unit], start[unit + 1]):
        if zone[other[e]] == source:
            cut += cost[e]
        elif zone[other[e]] == target:
            cut -= cost[e]
    return cut


@njit(cache=True, nogil=True)
def _load_change(from_work: float, to_work: float, load: float, mean: float) -> float:
    after = ((from_work - load) / mean - 1.0) ** 2 + ((to_work + load) / mean - 1.0) ** 2
    return after - (from_work / mean - 1.0) ** 2 - (to_work / mean - 1.0) ** 2


@njit(cache=True, nogil=True)
def _go_away(current: int, source: int, target: int, away: Ints, count: int) -> None:
    if current < 0:
        return
    for zone, step in ((source, -1), (target, 1)):
        if zone != current:
            away[zone] += step
            if current < count:
                away[current] += step


@njit(cache=True, nogil=True)
def anneal(
    start: Ints, other: Ints, cost: Floats, size: Ints, load: Floats, current: Ints, locked: Flags, zone: Ints,
    count: int, low: int, high: int, weights: Floats, hot: float, cold: float, steps: int,
    state: NDArray[np.uint64], best: Ints,
) -> Floats:  # fmt: skip
    """
    Move boundary units between zones, rarely uphill, less and less; the best plan seen is left in `best`.

    `zone` must be contiguous and is changed in place. Best means: the least band excess, then the least weighted sum
    of the other terms. Returns the running totals of `zone` at the end, for the check against `totals`. Shapes (n,).

    Examples
    --------
    A row of four in zones of 3 and 1 is balanced:

    >>> from geo.planning.graph import build_graph
    >>> row, ones = build_graph(4, [[0, 1], [1, 2], [2, 3]]), np.ones(4, dtype=np.int64)
    >>> best, none = np.zeros(4, dtype=np.int64), np.full(4, -1)
    >>> weights = np.array([10.0, 0, 0, 0, 1])
    >>> _ = anneal(row.start, row.other, row.cost, ones, ones * 0.0, none, ones == 0, np.array([0, 0, 0, 1]), 2, 2, 2,
    ...            weights, 1.0, 0.1, 100, np.array([7], dtype=np.uint64), best)
    >>> best.tolist()
    [0, 0, 1, 1]
    """
    n = len(zone)
    queue, mark, stamp = np.empty(n, np.int64), np.zeros(n, np.int64), 0
    held, work, members, away = _tally(size, load, current, zone, count)
    now = totals(start, other, cost, size, load, current, zone, count, low, high)
    mean = work.sum() / count
    best[:] = zone
    best_band, best_rest = now[BAND], (weights[1:] * now[1:]).sum()
    cooling = (cold / hot) ** (1.0 / max(steps, 1))
    heat = hot
    for _ in range(steps):
        heat *= cooling
        u = int(_draw(state) * n)
        span = start[u + 1] - start[u]
        if locked[u] or span == 0:
            continue
        a, b = zone[u], zone[other[start[u] + int(_draw(state) * span)]]
        if a == b or members[a] == 1:
            continue
        band = (_miss(held[a] - size[u], low, high) + _miss(held[b] + size[u], low, high)
                - _miss(held[a], low, high) - _miss(held[b], low, high))  # fmt: skip
        cut = _cut_change(start, other, cost, zone, u, a, b)
        moved = 0.0
        if current[u] >= 0:
            moved = size[u] * ((1.0 if b != current[u] else 0.0) - (1.0 if a != current[u] else 0.0))
        uneven = _load_change(work[a], work[b], load[u], mean) if mean > 0 and weights[LOAD] > 0 else 0.0
        touched = _away_change(current[u], a, b, away, count) if weights[TOUCHED] > 0 else 0
        change = (weights[BAND] * band + weights[TOUCHED] * touched + weights[MOVED] * moved
                  + weights[LOAD] * uneven + weights[CUT] * cut)  # fmt: skip
        if change > 0 and _draw(state) >= math.exp(-change / heat):
            continue
        stamp += 1
        if not stays_whole(start, other, zone, u, queue, mark, stamp):
            continue
        _go_away(current[u], a, b, away, count)
        zone[u] = b
        held[a] -= size[u]
        held[b] += size[u]
        work[a] -= load[u]
        work[b] += load[u]
        members[a] -= 1
        members[b] += 1
        now[BAND] += band
        now[TOUCHED] += touched
        now[MOVED] += moved
        now[LOAD] += uneven
        now[CUT] += cut
        if now[BAND] < best_band or (now[BAND] == best_band and change < 0):
            rest = (weights[1:] * now[1:]).sum()
            if now[BAND] < best_band or rest < best_rest - 1e-9:
                best_band, best_rest = now[BAND], rest
                best[:] = zone
    return now


@njit(cache=True, nogil=True)
def repair(start: Ints, other: Ints, cost: Floats, size: Ints, zone: Ints, count: int) -> int:
    """
    Make every zone one piece, in place: each further piece joins the zone it has the longest border with.

    The largest piece (by size, then units, then first) keeps the number. Returns how many zones are left.

    Examples
    --------
    >>> from geo.planning.graph import build_graph
    >>> row, zone = build_graph(4, [[0, 1], [1, 2], [2, 3]]), np.array([0, 0, 1, 0])
    >>> repair(row.start, row.other, row.cost, np.ones(4, dtype=np.int64), zone, 2), zone.tolist()
    (2, [0, 0, 1, 1])
    """
    n = len(zone)
    for _ in range(n):
        piece, queue = np.full(n, -1, np.int64), np.empty(n, np.int64)
        main, best = np.full(count, -1, np.int64), np.full(count, -1.0)
        pieces = 0
        for first in range(n):
            if piece[first] >= 0:
                continue
            piece[first], queue[0], head, tail, total = pieces, first, 0, 1, 0.0
            while head < tail:
                u = queue[head]
                head += 1
                total += size[u] + 1e-6
                for e in range(start[u], start[u + 1]):
                    v = other[e]
                    if zone[v] == zone[first] and piece[v] < 0:
                        piece[v] = pieces
                        queue[tail] = v
                        tail += 1
            if total > best[zone[first]]:
                best[zone[first]], main[zone[first]] = total, pieces
            pieces += 1
        border = np.zeros(count)
        stray = -1
        for u in range(n):
            if piece[u] != main[zone[u]]:
                stray = piece[u]
                break
        if stray < 0:
            left = 0
            for z in range(count):
                left += 1 if main[z] >= 0 else 0
            return left
        for u in range(n):
            if piece[u] == stray:
                for e in range(start[u], start[u + 1]):
                    if zone[other[e]] != zone[u]:
                        border[zone[other[e]]] += cost[e] + 1e-9
        target = int(np.argmax(border))
        for u in range(n):
            if piece[u] == stray:
                zone[u] = target
    return count
