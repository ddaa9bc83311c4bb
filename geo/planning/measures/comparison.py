"""Two plans of the same units beside each other, also with different numbers of zones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from geo.planning.graph import Ints


@dataclass(frozen=True)
class Match:
    """
    Which zone of the new plan continues which of the old: pairs, and what stays and goes.

    `old` and `new` are the matched zones, pair by pair; zones without a partner are in neither. `kept` and `moved` are
    sizes (households) that stay in, or leave, the zone their old one is matched with; `core_retention` is
    kept / (kept + moved), 1.0 where there is nothing.
    """

    old: Ints
    new: Ints
    kept: int
    moved: int

    @property
    def core_retention(self) -> float:
        """Share of the size that keeps its zone."""
        total = self.kept + self.moved
        return self.kept / total if total else 1.0


def overlap(old: Ints, new: Ints, size: Ints) -> tuple[Ints, Ints, Ints]:
    """
    Return every pair of an old and a new zone with units in common, sorted, and the size they share.

    Units with -1 in either are left out.

    Examples
    --------
    >>> [one.tolist() for one in overlap(np.array([0, 0, 1]), np.array([0, 1, 1]), np.array([5, 2, 3]))]
    [[0, 0, 1], [0, 1, 1], [5, 2, 3]]
    """
    known = (old >= 0) & (new >= 0)
    width = int(new.max(initial=0)) + 1
    keys, where = np.unique(old[known] * width + new[known], return_inverse=True)
    shared = np.zeros(len(keys), dtype=np.int64)
    np.add.at(shared, where, size[known])
    return keys // width, keys % width, shared


def match_plans(old: Ints, new: Ints, size: Ints) -> Match:
    """
    Match the zones of two plans so that as much as possible keeps its zone.

    Every zone has at most one partner; with different numbers of zones some have none. Units in no zone (-1) of
    either plan are left out. Equally good matchings are decided by the order of zones.

    Notes
    -----
    Source: Kuhn 1955 (Hungarian method); redist R/numbering.R `match_numbers`.

    Examples
    --------
    Old zone 0 (7 households) loses 2 to the zone that continues old zone 1:

    >>> match = match_plans(np.array([0, 0, 1]), np.array([1, 0, 0]), np.array([5, 2, 3]))
    >>> match.old.tolist(), match.new.tolist(), match.kept, match.moved, match.core_retention
    ([0, 1], [1, 0], 8, 2, 0.8)
    """
    rows, columns, shared = overlap(old, new, size)
    cluster = _clusters(rows, columns)
    pairs: list[tuple[int, int, int]] = []
    for members in np.split(np.argsort(cluster, kind="stable"), np.flatnonzero(np.diff(np.sort(cluster))) + 1):
        names_old, at_old = np.unique(rows[members], return_inverse=True)
        names_new, at_new = np.unique(columns[members], return_inverse=True)
        table = np.zeros((len(names_old), len(names_new)), dtype=np.int64)
        table[at_old, at_new] = shared[members]
        chosen = linear_sum_assignment(table, maximize=True)
        pairs += [(int(names_old[i]), int(names_new[j]), int(table[i, j])) for i, j in zip(*chosen, strict=True)]
    kept = sorted(pair for pair in pairs if pair[2] > 0)
    table = np.array(kept, dtype=np.int64).reshape(-1, 3)
    total = int(table[:, 2].sum())
    return Match(table[:, 0], table[:, 1], total, int(shared.sum()) - total)


def _clusters(rows: Ints, columns: Ints) -> Ints:
    """Number the sets of zones of both plans that overlap each other, one number a pair."""
    first = int(rows.max(initial=-1)) + 1
    count = first + int(columns.max(initial=-1)) + 1
    links = csr_matrix((np.ones(len(rows), dtype=np.int8), (rows, columns + first)), shape=(count, count))
    return connected_components(links, directed=False)[1].astype(np.int64)[rows]


def relabel(old: Ints, new: Ints, size: Ints) -> Ints:
    """
    Return the new plan with the numbers of the old zones its zones continue; further zones get the next numbers.

    Examples
    --------
    >>> relabel(np.array([0, 0, 1]), np.array([1, 0, 2]), np.array([5, 2, 3])).tolist()
    [0, 2, 1]
    """
    match = match_plans(old, new, size)
    count = int(new.max(initial=-1)) + 1
    label = np.full(count, -1, dtype=np.int64)
    label[match.new] = match.old
    free = label < 0
    label[free] = int(old.max(initial=-1)) + 1 + np.arange(int(free.sum()))
    return label[new]


def zones_changed(old: Ints, new: Ints) -> NDArray[np.bool_]:
    """
    Say for every old zone whether it is not the same set of units any more: split, merged, enlarged or reduced.

    Examples
    --------
    Old zone 0 is split, old zone 1 stays under another number:

    >>> zones_changed(np.array([0, 0, 1]), np.array([0, 2, 1])).tolist()
    [True, False]
    """
    rows, columns, shared = overlap(old, new, np.ones(len(old), dtype=np.int64))
    full_old = np.bincount(old[old >= 0])
    full_new = np.bincount(new[new >= 0])
    changed = np.ones(len(full_old), dtype=bool)
    changed[rows[(shared == full_old[rows]) & (shared == full_new[columns])]] = False
    return changed


def variation_of_information(old: Ints, new: Ints, size: Ints) -> float:
    """
    Return how much two plans tell nothing about each other, in bits: 0 for the same zones, whatever their numbers.

    The entropy of one given the other plus the reverse, weighted by size.

    Notes
    -----
    Source: Meila 2003, "Comparing Clusterings by the Variation of Information"; redistmetrics R/distances.R.

    Examples
    --------
    Two halves crossed by two halves: one bit each way.

    >>> variation_of_information(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.ones(4, dtype=np.int64))
    2.0
    >>> variation_of_information(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0]), np.ones(4, dtype=np.int64))
    0.0
    """
    rows, columns, shared = overlap(old, new, size)
    total = shared.sum()
    if total <= 0:
        return 0.0
    held = shared > 0
    of_old, of_new = np.bincount(rows, shared)[rows[held]], np.bincount(columns, shared)[columns[held]]
    part = shared[held]
    value = -(part / total * (np.log2(part / of_old) + np.log2(part / of_new))).sum()
    return float(value) + 0.0
