"""A bound without a solver: prices on being covered, what they prove, and which columns they decide."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from geo.crowd.posts.solve.concave import Core, Flags, Floats, Ints, improve_by_swaps
from geo.crowd.posts.solve.mip import INTEGER_SLACK

ROUNDS, PATIENCE, LEAST_STEP, MEMORY = 1500, 25, 1e-4, 0.8
NEAR = 0.97


@dataclass(frozen=True)
class Priced:
    """
    `held` is the best found, worth `value`; nothing is worth more than `bound`. In anything better than `held` the
    columns `is_out` hold no post and those `is_in` hold one. `price` is what proves the bound.
    """

    held: Ints
    value: float
    bound: float
    is_out: Flags
    is_in: Flags
    price: Floats


def price_cover(
    core: Core, held: Ints, *, price: Floats | None = None, rounds: int = ROUNDS, gap: float = 0.0
) -> Priced:
    """
    Search prices by subgradients; every price vector proves a bound, and its best columns make a first answer.

    With price λ of row i, the relaxed problem splits: rows keep each gain above their price, columns are taken by the
    sum of the prices they reach. Ends where the bound is within `gap`, or the step is spent.

    Source: Galvão and ReVelle 1996, "A Lagrangean heuristic for the maximal covering location problem", with Polyak's
    steps along directions that remember the last ones; columns decided as in Beasley 1993.

    Examples
    --------
    >>> from scipy import sparse
    >>> from geo.crowd.posts.solve.concave import build_core
    >>> table = sparse.csr_array([[1.0, 0, 0], [1, 0, 0], [0, 1, 1], [0, 0, 1]])
    >>> core = build_core(table, np.array([[2.0], [3], [4], [1]]), posts=1, most=np.ones(3, int))
    >>> found = price_cover(core, np.array([1, 0, 0]))
    >>> found.value, found.bound
    (5.0, 5.0)
    """
    price = core.gain[:, 0] * _first_price(core) if price is None else price
    value, best, proof, way = core.value(held), held, price, np.zeros(core.rows.shape[0])
    bound, step, stuck = np.inf, 1.0, 0
    is_out, is_in = np.zeros(len(core.most), bool), np.zeros(len(core.most), bool)
    tried: set[bytes] = {held.tobytes()}
    for _ in range(rounds):
        worth = np.asarray(core.columns @ price)
        taken, threshold, after = _take(core, worth)
        kept = core.gain[:, :-1] - price[:, None]
        total = float(np.maximum(kept, 0).sum() + worth @ taken)
        if total < bound - 1e-9 * max(abs(total), 1.0):
            bound, stuck, proof = total, 0, price
        else:
            stuck += 1
            if stuck >= PATIENCE:
                step, stuck, price, way = step / 2, 0, proof, way * 0
                continue
        if taken.tobytes() not in tried:
            tried.add(taken.tobytes())
            value, best = _better(core, taken, value, best)
        _decide(core, total, worth, taken, threshold, after, value, is_out, is_in)
        slope = (core.rows @ taken.astype(float)) - (kept > 0).sum(axis=1)
        way = slope + MEMORY * way
        norm = float(way @ way)
        if _rounded(core, bound) - value <= gap * value or norm == 0 or step < LEAST_STEP:
            break
        price = np.clip(price - step * (total - value) / norm * way, 0.0, core.gain[:, 0])
    return Priced(best, value, max(_rounded(core, bound), value), is_out, is_in, proof)


def prove_prices(core: Core, found: Priced, price: Floats, cut: Floats, cut_worth: Floats, cut_total: float) -> Priced:
    """
    Return what is known with the bound and the decisions that prices of rows and of cuts prove.

    `cut` is the sum of the cuts' prices on each row's first gain, `cut_worth` what they are worth by column, and
    `cut_total` what they leave at the least. Any prices of 0 or more prove a bound.
    """
    worth = np.asarray(core.columns @ price) + cut_worth
    taken, threshold, after = _take(core, worth)
    kept = core.gain[:, :-1] - price[:, None]
    kept[:, 0] -= cut
    total = float(np.maximum(kept, 0).sum() + worth @ taken) + cut_total
    is_out, is_in = found.is_out.copy(), found.is_in.copy()
    _decide(core, total, worth, taken, threshold, after, found.value, is_out, is_in)
    bound = max(min(found.bound, _rounded(core, total)), found.value)
    return replace(found, bound=bound, is_out=is_out, is_in=is_in)


def _first_price(core: Core) -> float:
    """Start where every post is shared by the rows it could cover once."""
    width = float(np.diff(core.rows.indptr).mean()) if core.rows.shape[0] else 1.0
    return min(0.9, max(0.1, len(core.most) / max(width * core.posts, 1.0)))


def _take(core: Core, worth: Floats) -> tuple[Ints, float, float]:
    """Take the columns worth most; give the worth of the last one taken and of the first one left."""
    order = np.argsort(-worth, kind="stable")
    room = np.cumsum(core.most[order])
    taken = np.zeros(len(worth), dtype=np.int64)
    taken[order] = np.clip(core.posts - (room - core.most[order]), 0, core.most[order])
    last = int(np.searchsorted(room, core.posts))
    threshold = float(worth[order[min(last, len(order) - 1)]])
    left = order[taken[order] < core.most[order]]
    return taken, threshold, float(worth[left[0]]) if len(left) else -np.inf


def _better(core: Core, taken: Ints, value: float, best: Ints) -> tuple[float, Ints]:
    found = core.value(taken)
    if found < NEAR * value:
        return value, best
    moved = improve_by_swaps(core, taken)
    worth = core.value(moved)
    return (worth, moved) if worth > value else (value, best)


def _decide(
    core: Core, total: float, worth: Floats, taken: Ints, threshold: float, after: float, value: float,
    is_out: Flags, is_in: Flags,
) -> None:  # fmt: skip
    """Mark columns whose other choice cannot be better than `value`."""
    least = value + (1 - 1e-6 * max(1.0, value * 1e-6) if core.is_pure else 1e-9 * max(1.0, value))
    is_out |= (taken == 0) & (total - threshold + worth < least)
    is_in |= (taken > 0) & (total - worth + after < least) & (core.most == 1)


def _rounded(core: Core, bound: float) -> float:
    return float(np.floor(bound + INTEGER_SLACK)) if core.is_pure and np.isfinite(bound) else bound
