"""Units that are sometimes busy, nearly: Larson's approximation of the hypercube, for any number of units."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from geo.crowd.busy.hypercube import EXACT_UNITS, Busy, Floats, busy_exactly, require_queue
from geo.errors import SchemaError, say

ROUNDS, CLOSE = 1000, 1e-10


def busy_units(calls_s: ArrayLike, preference: ArrayLike, *, served_s: ArrayLike = 1.0) -> Busy:
    """
    Return the busy shares exactly where there are at most 12 units, by the approximation beyond.

    Examples
    --------
    >>> busy_units([0.5], [[0, 1]]).method
    'hypercube, exact'
    """
    units = np.asarray(preference).reshape(len(np.atleast_1d(calls_s)), -1).shape[1]
    solve = busy_exactly if units <= EXACT_UNITS else busy_nearly
    return solve(calls_s, preference, served_s=served_s)


def correction_factors(units: int, rho: float) -> Floats:
    """
    Return Q(N, ρ, k) for k = 0 ... N - 1: by how much the chance that k units are busy and the next is idle differs
    from ρ^k (1 - ρ), because units are busy together.

    Notes
    -----
    Source: Larson 1975, "Approximating the performance of urban emergency service systems", eq. for M/M/N/∞.

    Examples
    --------
    >>> correction_factors(3, 0.5).round(5).tolist()
    [1.0, 0.73684, 0.63158]
    """
    load = units * rho
    terms = [load**i / math.factorial(i) for i in range(units)]
    empty = (1 - rho) * sum(terms) + load**units / math.factorial(units)
    out = []
    for k in range(units):
        total = sum(
            math.factorial(units - k - 1) * (units - j) / math.factorial(j - k)
            * (float(units) ** j / math.factorial(units)) * rho ** (j - k)
            for j in range(k, units)
        )  # fmt: skip
        out.append(total / empty)
    return np.array(out)


def busy_nearly(calls_s: ArrayLike, preference: ArrayLike, *, served_s: ArrayLike = 1.0) -> Busy:
    """
    Approximate the hypercube model for any number of units that all serve at one rate.

    Typically within 1 to 2 % of the exact workloads; a test holds it to 2 % on drawn cases. Iterates to a fixed point
    and is scaled so that the workloads add up to the calls.

    Raises
    ------
    SchemaError
        As `require_queue`, or if the units serve at different rates.

    Notes
    -----
    Source: Larson 1975; Larson and Odoni, Urban Operations Research, section 5.5.3; the book prints
    0.5627, 0.4716, 0.4657.

    Examples
    --------
    >>> busy = busy_nearly([0.5, 0.25, 0.35, 0.4], [[0, 1, 2], [0, 2, 1], [1, 0, 2], [2, 0, 1]])
    >>> busy.workload.round(4).tolist()
    [0.5626, 0.4717, 0.4657]
    """
    calls, order, served = require_queue(calls_s, preference, served_s)
    if not np.allclose(served, served[0]):
        raise SchemaError(
            say("one service rate for all units in the approximation"),
            say("{low:g} to {high:g}", low=served.min(), high=served.max()),
            say("use their mean"),
        )
    units, load = order.shape[1], calls / served[0]
    rho = float(load.sum() / units)
    factor = correction_factors(units, rho)
    wait = _all_busy(units, rho)
    busy = np.full(units, rho)
    for _ in range(ROUNDS):
        before = busy
        along = busy[order]
        ahead = np.concatenate([np.ones((len(order), 1)), np.cumprod(along[:, :-1], axis=1)], axis=1)
        sent = load[:, None] * factor[None, :] * ahead
        free = np.bincount(order.ravel(), sent.ravel(), minlength=units)
        busy = (free + load.sum() * wait / units) / (1 + free)
        busy = busy * (units * rho / busy.sum())
        if np.abs(busy - before).max() < CLOSE:
            break
    along = busy[order]
    ahead = np.concatenate([np.ones((len(order), 1)), np.cumprod(along[:, :-1], axis=1)], axis=1)
    share = factor[None, :] * ahead * (1 - along)
    share = share / share.sum(axis=1, keepdims=True) * (1 - wait)
    dispatch = np.zeros_like(share)
    np.put_along_axis(dispatch, order, share, axis=1)
    return Busy(busy, float(wait), dispatch, calls, served, "hypercube, approximation")


def _all_busy(units: int, rho: float) -> float:
    """Erlang's C: the chance that a call finds every unit busy."""
    load = units * rho
    blocked = 1.0
    for n in range(1, units + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked / (1 - rho * (1 - blocked))
