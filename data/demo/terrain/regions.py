"""Group cells into areas: each whole, about the weight it should have, its border along rivers and roads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class CellGraph:
    """Cells and who touches whom: `pairs` (m, 2), what crossing costs beyond distance (`detour_m`), in metres."""

    xy: Array
    area_m2: Array
    pairs: Ints
    detour_m: Array

    def steps(self, parent: Ints, detour_share: float) -> csr_array:
        """Return the cost of every step between touching cells of one parent."""
        pairs = self.pairs[parent[self.pairs[:, 0]] == parent[self.pairs[:, 1]]]
        detour = self.detour_m[parent[self.pairs[:, 0]] == parent[self.pairs[:, 1]]]
        cost = np.hypot(*(self.xy[pairs[:, 0]] - self.xy[pairs[:, 1]]).T) + detour_share * detour
        rows, columns = np.concatenate([pairs[:, 0], pairs[:, 1]]), np.concatenate([pairs[:, 1], pairs[:, 0]])
        return csr_array((np.tile(cost, 2), (rows, columns)), shape=(len(self.xy) + 1,) * 2)


def first_centres(graph: CellGraph, parent: Ints, weight: Array, counts: Ints) -> tuple[Ints, Ints]:
    """Spread centres: `counts[p]` of them in each parent, evenly by weight along a winding order of its cells."""
    order = np.lexsort((_winding(graph.xy), parent))
    starts = np.searchsorted(parent[order], np.arange(len(counts) + 1))
    centres, owner = [], []
    for number, count in enumerate(counts.tolist()):
        mine = order[starts[number] : starts[number + 1]]
        if count > len(mine):
            raise ValueError(f"{count} areas asked of {len(mine)} cells")
        share = np.cumsum(weight[mine]) / weight[mine].sum()
        place = np.searchsorted(share, (np.arange(count) + 0.5) / count)
        place = np.maximum.accumulate(place - np.arange(count)) + np.arange(count)
        place = np.minimum(place, len(mine) - count + np.arange(count))
        centres.append(mine[place])
        owner.append(np.full(count, number))
    return np.concatenate(centres), np.concatenate(owner)


def _winding(xy: Array, *, bits: int = 12) -> Ints:
    """Place of each point along a Hilbert curve."""
    low, size = xy.min(axis=0), float(np.ptp(xy, axis=0).max())
    x, y = ((xy - low) / size * (2**bits - 1)).astype(np.int64).T
    place = np.zeros(len(xy), dtype=np.int64)
    for bit in range(bits - 1, -1, -1):
        right, up = (x >> bit) & 1, (y >> bit) & 1
        place += (1 << (2 * bit)) * ((3 * right) ^ up)
        flip = up == 0
        mirrored = flip & (right == 1)
        x, y = np.where(mirrored, (1 << bits) - 1 - x, x), np.where(mirrored, (1 << bits) - 1 - y, y)
        x, y = np.where(flip, y, x), np.where(flip, x, y)
    return place


def grow(
    graph: CellGraph,
    parent: Ints,
    centres: Ints,
    target: Array,
    weight: Array,
    *,
    detour_share: float,
    rounds: int,
    moving: int,
    least_cells: Ints | None = None,
) -> Ints:
    """
    Give every cell to one centre of its parent, by the cheapest way over land.

    Each region is a union of cheapest ways to one centre, so it is connected. Every round, regions heavier than
    their target push their border in, lighter ones out; in the first `moving` rounds centres move to the middle.

    Returns
    -------
    region
        Region (number of the centre) of each cell.
    """
    steps = graph.steps(parent, detour_share)
    head = np.zeros(len(centres))
    reach = float(np.sqrt(graph.area_m2.sum() / len(centres)))
    needed = np.ones(len(centres), dtype=np.int64) if least_cells is None else least_cells
    region = np.zeros(len(graph.xy), dtype=np.int64)
    for turn in range(rounds):
        region = _nearest(steps, centres, head)
        held = _sums(region, weight, len(centres))
        size = np.sqrt(_sums(region, graph.area_m2, len(centres)).clip(1))
        pace = 0.42 * (1 - 0.7 * turn / rounds)
        head += pace * np.minimum(size, 2 * reach) * np.clip(np.log(held.clip(1e-9) / target), -0.8, 0.8)
        if turn < moving:
            centres = _middles(graph, region, weight, centres)
    return _with_enough_cells(steps, centres, head, needed, reach)


def _nearest(steps: csr_array, centres: Ints, head: Array) -> Ints:
    """Dijkstra from one point tied to all centres; a centre swallowed by another is given a start of its own."""
    while True:
        region, far = _one_growth(steps, centres, head)
        lost = np.flatnonzero(region[centres] != np.arange(len(centres)))
        if not len(lost):
            return region
        base = head.min()
        head[lost] = np.minimum(head[lost], far[centres[lost]] + base - 1.0) - 5.0


def _one_growth(steps: csr_array, centres: Ints, head: Array) -> tuple[Ints, Array]:
    cells = steps.shape[0] - 1
    start = head - head.min() + 1.0
    indptr = steps.indptr.copy()
    indptr[-1] += len(centres)
    tied = csr_array(
        (
            np.concatenate([steps.data, start]),
            np.concatenate([steps.indices, centres.astype(steps.indices.dtype)]),
            indptr,
        ),
        shape=steps.shape,
    )
    far, before = dijkstra(tied, indices=cells, return_predecessors=True)
    root = np.where(before[:-1] == cells, np.arange(cells), before[:-1])
    if (root < 0).any():
        raise ValueError(f"{(root < 0).sum()} cells cannot be reached from any centre")
    while True:
        further = root[root]
        if (further == root).all():
            break
        root = further
    number = np.full(cells, -1)
    number[centres] = np.arange(len(centres))
    return number[root], far - 1.0


def _with_enough_cells(steps: csr_array, centres: Ints, head: Array, needed: Ints, reach: float) -> Ints:
    for _ in range(60):
        region = _nearest(steps, centres, head)
        short = np.bincount(region, minlength=len(centres)) < needed
        if not short.any():
            return region
        head[short] -= 0.08 * reach
    raise ValueError(f"{short.sum()} areas stay smaller than they need")


def _middles(graph: CellGraph, region: Ints, weight: Array, centres: Ints) -> Ints:
    total = _sums(region, weight, len(centres)).clip(1e-12)
    middle = np.column_stack([_sums(region, weight * graph.xy[:, i], len(centres)) / total for i in (0, 1)])
    away = np.hypot(*(graph.xy - middle[region]).T)
    order = np.lexsort((np.arange(len(region)), away, region))
    first = np.searchsorted(region[order], np.arange(len(centres)))
    return order[first]


def _sums(region: Ints, values: Array, count: int) -> Array:
    return np.bincount(region, values, minlength=count).astype(np.float64)


def share_out(total: int, weight: Array, *, least: int | Ints = 1) -> Ints:
    """
    Split a whole number by weight, at least `least` each, by largest remainder.

    Examples
    --------
    >>> share_out(10, np.array([1.0, 1.0, 8.0])).tolist()
    [1, 1, 8]
    >>> share_out(4, np.array([0.0, 1.0, 100.0])).tolist()
    [1, 1, 2]
    >>> share_out(2, np.array([2e-16]), least=0).tolist()
    [2]
    """
    floor = np.broadcast_to(np.asarray(least), weight.shape)
    if total < floor.sum():
        raise ValueError(f"{total} cannot be split into {len(weight)} parts of at least {floor.sum() / len(weight):g}")
    fixed = np.zeros(len(weight), dtype=bool)
    while True:
        free = weight * ~fixed
        if not free.sum() > 0:
            free = (~fixed if not fixed.all() else np.ones(len(weight))).astype(float)
        spread = np.where(fixed, floor, free / free.sum() * (total - floor[fixed].sum()))
        under = ~fixed & (spread < floor)
        if not under.any():
            break
        fixed |= under
    whole = np.floor(spread).astype(np.int64)
    order = np.argsort(whole - spread, kind="stable")
    whole[order[: total - whole.sum()]] += 1
    return whole
