"""Cuts for a cover that half posts make too cheap: three rows no single post reaches need two posts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from geo.crowd.posts.solve.concave import Core, Flags, Floats, Ints
from geo.crowd.posts.solve.search import lines

SHORT, A_ROW, KEPT = 0.02, 3, 5
"""Least shortness of a triple, most new cuts on one row, and triples kept for each first row."""


@dataclass(frozen=True)
class Cuts:
    """
    For every line: the first gains of the rows marked in `taken` are at most 1 + `reach` · posts, whole posts given.

    `reach` is 2 for a column that reaches all three rows and 1 for one that reaches some: without a post nothing is
    gained, with one post two rows or all three, with two posts no more than three.
    """

    taken: Any
    reach: Any

    @property
    def count(self) -> int:
        """How many cuts there are."""
        return int(self.taken.shape[0])

    def keep(self, which: Flags) -> Cuts:
        """Return those marked."""
        return Cuts(self.taken[which], self.reach[which])

    def join(self, other: Cuts) -> Cuts:
        """Return these and the others."""
        return Cuts(
            sparse.csr_array(sparse.vstack([self.taken, other.taken])),
            sparse.csr_array(sparse.vstack([self.reach, other.reach])),
        )


def cuts_of(core: Core, triples: Ints) -> Cuts:
    """
    Return the cuts of some triples of rows.

    Source: a zero-half cut of Chvátal and Gomory (Caprara and Fischetti 1996): half the sum of the three rows, rounded.

    Examples
    --------
    Three places, each pair of them reached by one column: half a post at each gains all three, whole posts need two.

    >>> from geo.crowd.posts.solve.concave import build_core
    >>> table = sparse.csr_array([[1.0, 0, 1], [1, 1, 0], [0, 1, 1]])
    >>> core = build_core(table, np.ones((3, 1)), posts=2, most=np.ones(3, int))
    >>> cuts = cuts_of(core, np.array([[0, 1, 2]]))
    >>> cuts.taken.toarray().tolist(), cuts.reach.toarray().tolist()
    ([[1.0, 1.0, 1.0]], [[1.0, 1.0, 1.0]])
    """
    starts = np.arange(0, triples.size + 1, 3)
    taken = sparse.csr_array((np.ones(triples.size), triples.ravel(), starts), shape=(len(triples), core.rows.shape[0]))
    reach = sparse.csr_array(taken @ core.rows)
    reach.data = np.ceil(reach.data / 2)
    return Cuts(taken, reach)


def short_triples(core: Core, post: Floats, among: Ints) -> Ints:
    """
    Return triples of the rows `among` whose cut the posts `post`, whole or not, break; the costliest first.

    Examples
    --------
    >>> from geo.crowd.posts.solve.concave import build_core
    >>> table = sparse.csr_array([[1.0, 0, 1], [1, 1, 0], [0, 1, 1]])
    >>> core = build_core(table, np.ones((3, 1)), posts=2, most=np.ones(3, int))
    >>> short_triples(core, np.full(3, 0.5), np.arange(3)).tolist()
    [[0, 1, 2]]
    >>> short_triples(core, np.array([1.0, 1, 0]), np.arange(3)).tolist()
    []
    """
    from geo.crowd.posts.solve.kernel import odd_triples

    held = np.flatnonzero(post > 1e-4)
    rows = sparse.csr_array(core.rows[among][:, held])
    rows.sort_indices()
    both = sparse.csr_array((rows * post[held][None, :]) @ rows.T)
    both.data[both.data < SHORT] = 0.0
    both.eliminate_zeros()
    both.sort_indices()
    spare = np.maximum(rows @ post[held] - 1.0, 0.0)
    found, rank = np.zeros((len(among), KEPT, 3), np.int64), np.zeros((len(among), KEPT))
    worth = core.gain[among, 0]
    odd_triples(lines(both), both.data, lines(rows), post[held], spare, worth, SHORT, found, rank)
    order = np.argsort(-rank.ravel(), kind="stable")[: int((rank > 0).sum())]
    return among[_spread(found.reshape(-1, 3)[order], len(among))]


def _spread(triples: Ints, rows: int) -> Ints:
    """Return triples in order, none of whose rows has been in enough of them."""
    used, chosen = np.zeros(rows, np.int64), []
    for at, triple in enumerate(triples):
        if used[triple].max() < A_ROW:
            used[triple] += 1
            chosen.append(at)
    return np.asarray(triples[np.asarray(chosen, dtype=np.int64)])
