"""Cover whose further posts gain less: the core all most-cover models share, its reductions and first answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
DOMINATION_WORK = 200_000_000


@dataclass(frozen=True)
class Core:
    """
    Choose `posts` of the columns so that the gains are largest.

    `rows` says which columns reach which row; `gain[i, k]` is what row i gains by its post number k + 1, not
    increasing along a row, with a last column of zeros. `most` is how many posts a column may hold.
    """

    rows: Any
    columns: Any
    gain: Floats
    posts: int
    most: Ints

    @property
    def is_pure(self) -> bool:
        """Whether every total is a whole number."""
        return bool((self.gain == np.round(self.gain)).all())

    def value(self, held: Ints) -> float:
        """Return the gain of `held[j]` posts at each column j."""
        count = np.round(self.rows @ held.astype(float)).astype(np.int64)
        steps = np.arange(self.gain.shape[1]) < count[:, None]
        return float((self.gain * steps).sum())

    def marginal(self, count: Ints) -> Floats:
        """Return what each row gains by one post more."""
        last = self.gain.shape[1] - 1
        return np.asarray(self.gain[np.arange(len(count)), np.minimum(count, last)])


def build_core(rows: Any, gain: Floats, *, posts: int, most: Ints) -> Core:
    """
    Make a core; rows of the same columns become one row with their gains added.

    Examples
    --------
    >>> core = build_core(sparse.csr_array([[1.0, 0], [1, 0], [0, 1]]), np.array([[2.0], [3], [4]]), posts=1,
    ...     most=np.ones(2, int))
    >>> core.gain.tolist(), core.value(np.array([1, 0]))
    ([[5.0, 0.0], [4.0, 0.0]], 5.0)
    """
    table = sparse.csr_array(rows)
    keep = (np.diff(table.indptr) > 0) & (gain[:, 0] > 0)
    table, gain = table[keep], gain[keep]
    first, group = same_rows(table)
    joined = np.zeros((len(first), gain.shape[1] + 1))
    np.add.at(joined[:, :-1], group, gain)
    table = sparse.csr_array(table[first])
    return Core(table, sparse.csr_array(table.T), joined, posts, most)


def same_rows(table: Any) -> tuple[Ints, Ints]:
    """
    Group rows that have entries in the same columns: the first row of each group, and the group of each row.

    Rows are told apart by two sums of random 64-bit numbers, one a column.

    Examples
    --------
    >>> same_rows(sparse.csr_array([[0, 1.0], [1, 1], [0, 1]]))
    (array([0, 1]), array([0, 1, 0]))
    """
    if not table.shape[0]:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    marks = np.random.default_rng(11).integers(0, 2**63, (2, table.shape[1]), dtype=np.uint64)
    at = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
    keys = np.zeros((table.shape[0], 2), dtype=np.uint64)
    for side in (0, 1):
        np.add.at(keys[:, side], at, marks[side][table.indices])
    _, first, group = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return first[order].astype(np.int64), rank[np.ravel(group)].astype(np.int64)


def dominated_columns(table: Any, columns: Any) -> Flags:
    """
    Return the columns another one makes needless: it reaches the same rows and maybe more.

    Of equal columns the first stays. Where looking would cost more than it saves, none is named.

    Examples
    --------
    >>> table = sparse.csr_array([[1.0, 1, 0], [0, 1, 0], [0, 0, 1]])
    >>> dominated_columns(table, sparse.csr_array(table.T)).tolist()
    [True, False, False]
    """
    width = np.diff(table.indptr)
    size = np.diff(columns.indptr)
    out = size == 0
    if float(width.astype(float) @ width) > DOMINATION_WORK:
        return np.asarray(out)
    shared = sparse.coo_array(columns @ table)
    within = (shared.data == size[shared.row]) & (shared.row != shared.col)
    inner, outer = shared.row[within], shared.col[within]
    larger = (size[outer] > size[inner]) | (outer < inner)
    out[inner[larger]] = True
    return np.asarray(out)


def choose_greedily(core: Core) -> Ints:
    """
    Return posts by column, each the one that gains most at its turn: the plan without any search.

    Examples
    --------
    >>> core = build_core(sparse.csr_array([[1.0, 0], [1, 0], [0, 1]]), np.array([[2.0], [3], [4]]), posts=1,
    ...     most=np.ones(2, int))
    >>> choose_greedily(core).tolist()
    [1, 0]
    """
    held = np.zeros(len(core.most), dtype=np.int64)
    count = np.zeros(core.rows.shape[0], dtype=np.int64)
    for _ in range(core.posts):
        score = np.where(held < core.most, core.columns @ core.marginal(count), -1.0)
        best = int(np.argmax(score))
        if score[best] < 0:
            break
        held[best] += 1
        count[_reached(core, best)] += 1
    return held


def improve_by_swaps(core: Core, held: Ints, *, rounds: int = 50) -> Ints:
    """
    Return posts no single move of which gains any more, starting from `held`.

    Source: Teitz and Bart 1968, vertex substitution.
    """
    held = held.copy()
    count = np.round(core.rows @ held.astype(float)).astype(np.int64)
    score = core.columns @ core.marginal(count)
    for _ in range(rounds):
        moved = False
        for out in np.flatnonzero(held):
            reached = _reached(core, int(out))
            count[reached] -= 1
            lost = core.marginal(count)[reached]
            held[out] -= 1
            trial = score + _change(core, reached, lost - _gain_at(core, reached, count[reached] + 1))
            best = int(np.argmax(np.where(held < core.most, trial, -1.0)))
            if trial[best] > lost.sum() * (1 + 1e-12) + 1e-9 and best != out:
                held[best] += 1
                count[_reached(core, best)] += 1
                score = core.columns @ core.marginal(count)
                moved = True
            else:
                held[out] += 1
                count[reached] += 1
        if not moved:
            break
    return held


def _reached(core: Core, column: int) -> Ints:
    return np.asarray(core.columns.indices[core.columns.indptr[column] : core.columns.indptr[column + 1]])


def _gain_at(core: Core, rows: Ints, count: Ints) -> Floats:
    return np.asarray(core.gain[rows, np.minimum(count, core.gain.shape[1] - 1)])


def _change(core: Core, rows: Ints, delta: Floats) -> Floats:
    """Return by how much the score of every column changes when the marginal gain of some rows does."""
    start, stop = core.rows.indptr[rows], core.rows.indptr[rows + 1]
    width = stop - start
    at = np.repeat(start - np.concatenate([[0], np.cumsum(width)[:-1]]), width) + np.arange(int(width.sum()))
    changed = np.bincount(core.rows.indices[at], np.repeat(delta, width), minlength=len(core.most))
    return np.asarray(changed, dtype=float)
