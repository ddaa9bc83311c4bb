"""The best cover exactly: first answers, prices that shrink the problem, and HiGHS for what is left."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from geo.crowd.posts.solve.concave import Core, Flags, Floats, Ints, choose_greedily, improve_by_swaps
from geo.crowd.posts.solve.lagrange import ROUNDS, Priced, price_cover
from geo.crowd.posts.solve.mip import (
    FEASIBLE,
    INFINITY,
    OPTIMAL,
    Limits,
    Programme,
    Solved,
    solve_programme,
)
from geo.crowd.posts.solve.search import search_around
from geo.crowd.posts.solve.tighten import tighten

KICKS, AGAIN, SMALL, BRIEFLY = 300, 300, 5_000, 60
LARGE = 150_000
"""Entries of what is undecided above which HiGHS's simplex does not end its first relaxation in a minute."""


@dataclass(frozen=True)
class CoreAnswer:
    """Posts by column, their gain, what nothing can gain more than, and who proved it."""

    held: Ints
    value: float
    bound: float
    status: str
    solver: str


def solve_core(core: Core, limits: Limits) -> CoreAnswer:
    """
    Solve a core to `limits.gap`.

    Examples
    --------
    >>> from geo.crowd.posts.solve.concave import build_core
    >>> table = sparse.csr_array([[1.0, 0, 1], [1, 0, 0], [0, 1, 1], [0, 1, 0]])
    >>> core = build_core(table, np.array([[3.0], [2], [3], [2]]), posts=2, most=np.ones(3, int))
    >>> answer = solve_core(core, Limits())
    >>> answer.held.tolist(), answer.value, answer.bound, answer.status
    ([1, 1, 0], 10.0, 10.0, 'optimal')
    """
    began = limits.clock()
    is_small = core.rows.nnz <= SMALL
    greedy = improve_by_swaps(core, choose_greedily(core))
    found = price_cover(core, greedy, gap=limits.gap, rounds=BRIEFLY if is_small else ROUNDS)
    if not is_small and found.bound - found.value > max(1e-9, limits.gap) * found.value and not limits.is_stopped():
        better = search_around(core, found.held, kicks=KICKS)
        again = price_cover(core, better, price=found.price, rounds=AGAIN, gap=limits.gap)
        found = replace(again, bound=min(found.bound, again.bound))
    if _undecided(core, found) > LARGE:
        found = tighten(core, found, limits, began)
    is_large, close = _undecided(core, found) > LARGE, found.bound - found.value
    if is_large or close <= 1e-9 * max(1.0, found.value) or close <= limits.gap * found.value:
        status = OPTIMAL if close <= 1e-9 * max(1.0, found.value) else FEASIBLE
        return CoreAnswer(found.held, found.value, found.bound, status, "Lagrange")
    left = replace(limits, seconds=limits.seconds - (limits.clock() - began))
    solved = solve_programme(
        cover_programme(core, found.is_out, found.is_in), left, start=_start(core, found.held, found.is_out),
        is_pure=core.is_pure,
    )  # fmt: skip
    return _join(core, found.held, found.value, found.bound, found.is_out, solved)


def _undecided(core: Core, found: Priced) -> int:
    """Return the entries of the columns that prices have not left out."""
    return int(np.diff(core.columns.indptr)[~found.is_out].sum())


def cover_programme(core: Core, is_out: Flags, is_in: Flags) -> Programme:
    """
    Write a core as a mixed-integer problem, without the columns that are out.

    Variables: posts by column (whole), then each step of each row (0 to 1, gains as negative cost); a row takes no
    more steps than posts reach it.
    """
    columns = np.flatnonzero(~is_out)
    count = core.rows.shape[0]
    at, step = np.nonzero(core.gain[:, :-1] > 0)
    taken = sparse.csr_array((np.ones(len(at)), (at, np.arange(len(at)))), shape=(count, len(at)))
    reach = sparse.csr_array(core.rows)[:, columns]
    rows = sparse.block_array(
        [[-reach, taken], [sparse.csr_array(np.ones((1, len(columns)))), None]], format="csr"
    )  # fmt: skip
    return Programme(
        cost=np.concatenate([np.zeros(len(columns)), -core.gain[at, step]]),
        low=np.concatenate([is_in[columns].astype(float), np.zeros(len(at))]),
        high=np.concatenate([core.most[columns].astype(float), np.ones(len(at))]),
        is_whole=np.concatenate([np.ones(len(columns), bool), np.zeros(len(at), bool)]),
        rows=rows,
        row_low=np.concatenate([np.full(count, -INFINITY), [0.0]]),
        row_high=np.concatenate([np.zeros(count), [float(core.posts)]]),
    )


def _start(core: Core, held: Ints, is_out: Flags) -> Floats | None:
    if held[is_out].any():
        return None
    count = np.round(core.rows @ held.astype(float))
    at, step = np.nonzero(core.gain[:, :-1] > 0)
    return np.concatenate([held[~is_out].astype(float), (step < count[at]).astype(float)])


def _join(core: Core, held: Ints, value: float, bound: float, is_out: Flags, solved: Solved) -> CoreAnswer:
    """Put together what prices and HiGHS know: what HiGHS was not shown is worth no more than `value`."""
    import highspy

    name = f"HiGHS {highspy.Highs().version()}"
    best, worth = held, value
    if solved.x is not None:
        shown = np.zeros(len(core.most), dtype=np.int64)
        shown[~is_out] = solved.x[: int((~is_out).sum())].astype(np.int64)
        if core.value(shown) > worth:
            best, worth = shown, core.value(shown)
    if np.isfinite(solved.bound) or (solved.x is None and solved.bound == INFINITY):
        bound = min(bound, max(worth, -solved.bound))
    is_proven = bound - worth <= 1e-6 * max(1.0, worth) * 0.1
    return CoreAnswer(best, worth, worth if is_proven else bound, OPTIMAL if is_proven else FEASIBLE, name)
