"""Who lies beside whom, and along how many metres of border: the graph every plan is drawn on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Graph:
    """
    Neighbours in compressed rows: those of unit i are `other[start[i]:start[i + 1]]`, sorted, along `border_m` metres.

    `cost` is what cutting the edge counts as compactness lost: metres of border, less where a soft barrier runs.
    Every edge stands twice, once from each end.
    """

    start: Ints
    other: Ints
    border_m: Floats
    cost: Floats

    @property
    def count(self) -> int:
        """Number of units."""
        return len(self.start) - 1

    def edges(self) -> tuple[Ints, Ints]:
        """
        Return both ends of every edge, each edge once, lower unit first.

        Examples
        --------
        >>> build_graph(3, [[2, 1], [1, 0]]).edges()[0].tolist()
        [0, 1]
        """
        one = np.repeat(np.arange(self.count), np.diff(self.start))
        once = one < self.other
        return one[once], self.other[once]


def build_graph(
    count: int,
    pairs: object,
    border_m: object | None = None,
    cost: object | None = None,
) -> Graph:
    """
    Build the graph of `count` units from pairs of neighbours; a pair given twice adds its borders up.

    Parameters
    ----------
    count
        Number of units; those in no pair have no neighbour.
    pairs
        Positions of the two units of each edge, shape (n, 2); a unit beside itself is left out.
    border_m
        Length of the common border of each pair in metres, 1 each where not given.
    cost
        What cutting each pair counts, `border_m` where not given.

    Examples
    --------
    Three units in a row:

    >>> row = build_graph(3, [[0, 1], [1, 2]])
    >>> row.start.tolist(), row.other.tolist()
    ([0, 1, 3, 4], [1, 0, 2, 1])
    """
    ends = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
    length = np.ones(len(ends)) if border_m is None else np.asarray(border_m, dtype=float)
    price = length if cost is None else np.asarray(cost, dtype=float)
    kept = ends[:, 0] != ends[:, 1]
    ends, length, price = ends[kept], length[kept], price[kept]
    both = np.concatenate([ends, ends[:, ::-1]])
    key = both[:, 0] * count + both[:, 1]
    keys, where = np.unique(key, return_inverse=True)
    border, prices = (
        np.bincount(where, np.concatenate([one, one]), minlength=len(keys)).astype(float) for one in (length, price)
    )
    start = np.searchsorted(keys, np.arange(count + 1) * count) if count else np.zeros(1, dtype=np.int64)
    return Graph(start.astype(np.int64), keys % max(count, 1), border, prices)


def keep_edges(graph: Graph, is_kept: NDArray[np.bool_]) -> Graph:
    """
    Return the graph with only the edges marked, one mark per edge as `Graph.edges` lists them.

    Examples
    --------
    >>> keep_edges(build_graph(3, [[0, 1], [1, 2]]), np.array([True, False])).other.tolist()
    [1, 0]
    """
    one, other = graph.edges()
    length, cost = edge_values(graph)
    return build_graph(graph.count, np.column_stack([one, other])[is_kept], length[is_kept], cost[is_kept])


def edge_values(graph: Graph) -> tuple[Floats, Floats]:
    """Return border and cost of every edge, once each, in the order of `Graph.edges`."""
    once = np.repeat(np.arange(graph.count), np.diff(graph.start)) < graph.other
    return graph.border_m[once], graph.cost[once]


def subgraph(graph: Graph, rows: Ints) -> Graph:
    """
    Return the graph of some units alone, numbered as in `rows`.

    Examples
    --------
    >>> subgraph(build_graph(4, [[0, 1], [1, 2], [2, 3]]), np.array([1, 2, 3])).other.tolist()
    [1, 0, 2, 1]
    """
    place = np.full(graph.count, -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    span = graph.start[rows + 1] - graph.start[rows]
    at = np.repeat(graph.start[rows] - np.concatenate([[0], np.cumsum(span)[:-1]]), span) + np.arange(span.sum())
    one, other = np.repeat(np.arange(len(rows)), span), place[graph.other[at]]
    kept = (other >= 0) & (one < other)
    return build_graph(len(rows), np.column_stack([one, other])[kept], graph.border_m[at][kept], graph.cost[at][kept])


def label_parts(graph: Graph, group: NDArray[np.int64]) -> Ints:
    """
    Number the connected parts inside each group: two units have one number if a path of their group joins them.

    Examples
    --------
    Units 0 and 2 are both in group 5, but only group 7 joins them:

    >>> label_parts(build_graph(3, [[0, 1], [1, 2]]), np.array([5, 7, 5])).tolist()
    [0, 1, 2]
    """
    one, other = graph.edges()
    same = group[one] == group[other]
    shape = (graph.count, graph.count)
    joined = csr_matrix((np.ones(int(same.sum()), dtype=np.int8), (one[same], other[same])), shape=shape)
    return connected_components(joined, directed=False)[1].astype(np.int64)


def contract(graph: Graph, zone: Ints, count: int) -> Graph:
    """
    Return the graph of whole zones: two are neighbours where any of their units are, along all of that border.

    Examples
    --------
    >>> contract(build_graph(4, [[0, 1], [1, 2], [0, 3]]), np.array([0, 0, 1, 1]), 2).border_m.tolist()
    [2.0, 2.0]
    """
    one, other = graph.edges()
    return build_graph(count, np.column_stack([zone[one], zone[other]]), *edge_values(graph))
