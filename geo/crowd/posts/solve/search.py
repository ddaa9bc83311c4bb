"""Searches from a shaken best: many thousand exchanges a second over a large core."""

from __future__ import annotations

from typing import Any

import numpy as np

from geo.crowd.posts.solve.concave import Core, Floats, Ints

MOST_MOVED, WORSE, EVEN = 5, 0.0015, 1e-3


def search_around(core: Core, held: Ints, *, kicks: int, seed: int = 1, lean: Floats | None = None) -> Ints:
    """
    Return the best of `kicks` further searches, each with the two to five posts nearest to one column moved within its
    neighbourhood; columns where a relaxation has more post (`lean`) are tried more often.

    A search goes on from the one before where that is no worse, or worse by a chance share of at most `WORSE`.
    Same core and seed, same answer. Source: Lourenço, Martin and Stützle 2003, iterated local search.

    Examples
    --------
    Nine places in a row, each reached from itself and its neighbours; three posts reach all nine only so:

    >>> from scipy import sparse
    >>> from geo.crowd.posts.solve.concave import build_core
    >>> table = sparse.csr_array(np.eye(9) + np.eye(9, k=1) + np.eye(9, k=-1))
    >>> core = build_core(table, np.ones((9, 1)), posts=3, most=np.ones(9, int))
    >>> search_around(core, np.array([1, 1, 1, 0, 0, 0, 0, 0, 0]), kicks=8).tolist()
    [0, 1, 0, 0, 1, 0, 0, 1, 0]
    """
    from geo.crowd.posts.solve.kernel import exchange

    rng, lean = np.random.default_rng(seed), np.ones(len(held)) if lean is None else lean + EVEN
    best = now = held
    value = at = core.value(held)
    columns, rows = lines(core.columns), lines(core.rows)
    for _ in range(kicks):
        trial = _kick(core, now, rng, lean)
        count = np.round(core.rows @ trial.astype(float)).astype(np.int64)
        exchange(trial, core.most, columns, rows, core.gain, count, 50)
        found = core.value(trial)
        if found >= at * (1 - WORSE * rng.random()):
            now, at = trial, found
        if at > value:
            best, value = now, at
    return best


def _kick(core: Core, held: Ints, rng: np.random.Generator, lean: Floats) -> Ints:
    """Move the posts that share most rows with one column to columns that share some."""
    centre, number = int(rng.integers(len(held))), int(rng.integers(2, MOST_MOVED + 1))
    shared, placed, trial = _shared(core, centre), np.flatnonzero(held), held.copy()
    trial[placed[np.argsort(rng.random(len(placed)) - shared[placed], kind="stable")[:number]]] -= 1
    taken = int(held.sum() - trial.sum())
    free = np.flatnonzero((trial < core.most) & (shared > 0))
    if len(free) < taken:
        return held.copy()
    trial[rng.choice(free, taken, replace=False, p=lean[free] / lean[free].sum())] += 1
    return trial


def lines(table: Any) -> tuple[Ints, Ints]:
    """Return where the entries of each line of a table start, and the entries, as the compiled loops take them."""
    return table.indptr.astype(np.int64), table.indices.astype(np.int64)


def _shared(core: Core, column: int) -> Floats:
    """Return how many rows every column shares with one of them."""
    reached = np.zeros(core.rows.shape[0])
    reached[core.columns.indices[core.columns.indptr[column] : core.columns.indptr[column + 1]]] = 1.0
    return np.asarray(core.columns @ reached)
