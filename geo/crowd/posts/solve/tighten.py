"""A large core whose prices leave a gap: its relaxation, cut by triples of rows, and searches in between."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from geo.crowd.posts.solve.concave import Core, Flags, Floats
from geo.crowd.posts.solve.lagrange import Priced, prove_prices
from geo.crowd.posts.solve.mip import INFINITY, Limits, Programme, Relaxed, relax_programme
from geo.crowd.posts.solve.search import search_around
from geo.crowd.posts.solve.triples import Cuts, cuts_of, short_triples

KICKS, MOST_TURNS, ENOUGH = 400, 600, 0.95
PRICED, STALLED = 1e-4, 1e-4
"""Share of its gain a row's price must be for the row to be looked at, and of the bound a round must win to go on."""


@dataclass
class Relaxation:
    """What is known of the relaxation so far: the rows looked at, the cuts, and where its posts stand."""

    is_shown: Flags
    cuts: Cuts
    post: Floats | None = None
    is_spent: bool = False


def tighten(core: Core, found: Priced, limits: Limits, began: float) -> Priced:
    """
    Search for a better placement and cut the bound, in turn, while there is time and the gap is open.

    Every bound is proven by the prices of rows and cuts alone, so it holds however exactly the relaxation was solved.

    Examples
    --------
    Half a post at each column covers all three rows, so the relaxation promises 3 of 1.5 posts; one post covers two:

    >>> from geo.crowd.posts.solve.concave import build_core
    >>> from geo.crowd.posts.solve.lagrange import price_cover
    >>> table = sparse.csr_array(np.kron(np.eye(2), [[1.0, 0, 1], [1, 1, 0], [0, 1, 1]]))
    >>> core = build_core(table, np.ones((6, 1)), posts=3, most=np.ones(6, int))
    >>> found = price_cover(core, np.array([1, 1, 0, 1, 0, 0]))
    >>> found.value, found.bound
    (5.0, 6.0)
    >>> tighten(core, found, Limits(), 0.0).bound
    5.0
    """
    shown = found.price > PRICED * core.gain[:, 0]
    relaxation = Relaxation(shown, cuts_of(core, np.empty((0, 3), np.int64)))
    for turn in range(2, MOST_TURNS):
        spent = limits.clock() - began
        gap = (found.bound - found.value) / max(found.value, 1e-9)
        if gap <= max(1e-9, limits.gap) or spent >= ENOUGH * limits.seconds or limits.is_stopped():
            break
        if limits.progress is not None:
            limits.progress(min(spent / limits.seconds, 1.0), f"{gap:.2%}")
        held = search_around(core, found.held, kicks=KICKS, seed=turn, lean=relaxation.post)
        found = replace(found, held=held, value=core.value(held))
        left = ENOUGH * limits.seconds - (limits.clock() - began)
        if not relaxation.is_spent and left > 0:
            found = cut_once(core, found, relaxation, replace(limits, seconds=left))
    return found


def cut_once(core: Core, found: Priced, relaxation: Relaxation, limits: Limits) -> Priced:
    """Add the cuts that the relaxation's posts break, solve it again, and prove what its prices prove."""
    if relaxation.post is not None:
        new = cuts_of(core, short_triples(core, relaxation.post, np.flatnonzero(relaxation.is_shown)))
        relaxation.cuts = relaxation.cuts.join(new)
    solved = relax_programme(_programme(core, relaxation), limits)
    if solved is None:
        relaxation.is_spent = True
        return found
    price, cut_price = _prices(core, relaxation, solved)
    before, cuts = found.bound, relaxation.cuts
    found = prove_prices(core, found, price, cuts.taken.T @ cut_price, cuts.reach.T @ cut_price, float(cut_price.sum()))
    is_first, relaxation.post = relaxation.post is None, solved.x[: len(core.most)]
    is_wanted = price > PRICED * core.gain[:, 0] if is_first else relaxation.is_shown
    relaxation.is_shown = is_wanted | (core.rows @ relaxation.post < 1 - 1e-6)
    relaxation.cuts = cuts.keep(cut_price > PRICED)
    relaxation.is_spent = not is_first and before - found.bound <= STALLED * before
    return found


def _programme(core: Core, relaxation: Relaxation) -> Programme:
    """Write the rows looked at and the cuts: posts by column, then each step of each row shown."""
    columns, rows = len(core.most), np.flatnonzero(relaxation.is_shown)
    at, step = np.nonzero(core.gain[rows, :-1] > 0)
    steps = np.arange(len(at))
    taken = sparse.csr_array((np.ones(len(at)), (at, steps)), shape=(len(rows), len(at)))
    first = sparse.csr_array(
        (np.ones(int((step == 0).sum())), (rows[at[step == 0]], steps[step == 0])), shape=(core.rows.shape[0], len(at))
    )
    cuts = relaxation.cuts
    blocks = [[-core.rows[rows], taken], [sparse.csr_array(np.ones((1, columns))), None]]
    blocks += [[-cuts.reach, cuts.taken @ first]] if cuts.count else []
    table = sparse.block_array(blocks, format="csr")
    return Programme(
        cost=np.concatenate([np.zeros(columns), -core.gain[rows[at], step]]),
        low=np.zeros(columns + len(at)),
        high=np.concatenate([core.most.astype(float), np.ones(len(at))]),
        is_whole=np.zeros(columns + len(at), bool),
        rows=table,
        row_low=np.full(table.shape[0], -INFINITY),
        row_high=np.concatenate([np.zeros(len(rows)), [float(core.posts)], np.ones(cuts.count)]),
    )


def _prices(core: Core, relaxation: Relaxation, solved: Relaxed) -> tuple[Floats, Floats]:
    """Return the price of every row, 0 where it is not looked at, and of every cut."""
    price, shown = np.zeros(core.rows.shape[0]), np.flatnonzero(relaxation.is_shown)
    price[shown] = solved.price[: len(shown)]
    return price, solved.price[len(shown) + 1 :]
