"""Compiled loops over a large core: exchanges of posts, and triples of rows that half posts cover too cheaply."""

from __future__ import annotations

import numpy as np
from numba import njit

from geo.crowd.posts.solve.concave import Floats, Ints

Table = tuple[Ints, Ints]
"""Where the entries of each line start, and the entries."""


@njit(cache=True, nogil=True)
def exchange(held: Ints, most: Ints, columns: Table, rows: Table, gain: Floats, count: Ints, rounds: int) -> None:
    """
    Move posts in `held` one at a time, each to where it gains most, until none gains any more (as `improve_by_swaps`).

    `count` is how many posts reach each row and is kept.
    """
    score = _scores(columns, gain, count)
    for _ in range(rounds):
        is_moved = False
        for out in range(len(held)):
            if held[out] == 0:
                continue
            _shift(out, -1, columns, rows, gain, count, score)
            held[out] -= 1
            best, lost = out, score[out]
            least = lost * (1 + 1e-12) + 1e-9
            for j in range(len(held)):
                if held[j] < most[j] and score[j] > least:
                    best, least = j, score[j]
            _shift(best, 1, columns, rows, gain, count, score)
            held[best] += 1
            is_moved |= best != out
        if not is_moved:
            return


@njit(cache=True, nogil=True)
def _scores(columns: Table, gain: Floats, count: Ints) -> Floats:
    """What one post more gains at each column; rows with as many posts as there are steps gain nothing."""
    score, last = np.zeros(len(columns[0]) - 1), gain.shape[1] - 1
    for j in range(len(score)):
        for at in range(columns[0][j], columns[0][j + 1]):
            i = columns[1][at]
            score[j] += gain[i, min(count[i], last)]
    return score


@njit(cache=True, nogil=True)
def _shift(j: int, step: int, columns: Table, rows: Table, gain: Floats, count: Ints, score: Floats) -> None:
    """Put one post at a column, or take one away, and keep the counts and scores right."""
    last = gain.shape[1] - 1
    for at in range(columns[0][j], columns[0][j + 1]):
        i = columns[1][at]
        change = gain[i, min(count[i] + step, last)] - gain[i, min(count[i], last)]
        count[i] += step
        if change != 0.0:
            for other in range(rows[0][i], rows[0][i + 1]):
                score[rows[1][other]] += change


@njit(cache=True, nogil=True)
def odd_triples(
    shared: Table, both: Floats, rows: Table, post: Floats, spare: Floats, worth: Floats, least: float,
    found: Ints, rank: Floats,
) -> None:  # fmt: skip
    """
    Find triples of rows whose three first gains cost less than two posts.

    `both` is how much post reaches two rows at once, for the pairs of `shared`; `post` how much each column of `rows`
    holds; `spare` how much more than its first gain reaches a row. A triple is short by
    both(ab) + both(ac) + both(bc) - 2 x all(abc) - spare - 1. Those short by more than `least` go to `found`: for each
    first row the ones where shortness times the least `worth` is largest, which goes to `rank`.
    """
    beside, is_here = np.zeros(len(spare)), np.zeros(len(post))
    for a in range(len(spare)):
        for at in range(shared[0][a], shared[0][a + 1]):
            beside[shared[1][at]] = both[at]
        for at in range(rows[0][a], rows[0][a + 1]):
            is_here[rows[1][at]] = 1.0
        for at in range(shared[0][a], shared[0][a + 1]):
            b = shared[1][at]
            if b > a:
                _third(a, b, both[at], shared, both, rows, post, spare, worth, least, beside, is_here, found, rank)
        for at in range(shared[0][a], shared[0][a + 1]):
            beside[shared[1][at]] = 0.0
        for at in range(rows[0][a], rows[0][a + 1]):
            is_here[rows[1][at]] = 0.0


@njit(cache=True, nogil=True)
def _third(
    a: int, b: int, pair: float, shared: Table, both: Floats, rows: Table, post: Floats, spare: Floats, worth: Floats,
    least: float, beside: Floats, is_here: Floats, found: Ints, rank: Floats,
) -> None:  # fmt: skip
    """Try every third row after `b`; the weakest triple kept for `a` gives way to a better one."""
    low = np.argmin(rank[a])
    for at in range(shared[0][b], shared[0][b + 1]):
        c = shared[1][at]
        short = pair + beside[c] + both[at] - 1.0 - spare[a] - spare[b] - spare[c]
        if c <= b or short <= least:
            continue
        weight = min(worth[a], worth[b], worth[c])
        enough = max(least, rank[a, low] / weight)
        one, two = rows[0][b], rows[0][c]
        while short > enough and one < rows[0][b + 1] and two < rows[0][c + 1]:
            left, right = rows[1][one], rows[1][two]
            if left == right:
                short -= 2.0 * is_here[left] * post[left]
            one += left <= right
            two += right <= left
        if short > enough:
            rank[a, low] = short * weight
            found[a, low, 0], found[a, low, 1], found[a, low, 2] = a, b, c
            low = np.argmin(rank[a])
