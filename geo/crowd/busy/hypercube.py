"""Units that are sometimes busy, exactly: the hypercube model with all 2^N states, up to 12 units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.sparse.linalg import spsolve

from geo.errors import SchemaError, name_few, say

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
EXACT_UNITS = 12


@dataclass(frozen=True)
class Busy:
    """
    What calls make of the units.

    `workload[n]` is the share of time unit n is busy; `wait_share` the share of calls that find all units busy and
    wait; `dispatch[j, n]` the share of the calls of place j that go to unit n **without waiting** (each row sums to
    1 - `wait_share`). `calls_s` and `served_s` are the rates the figures were made with, per second.
    """

    workload: Floats
    wait_share: float
    dispatch: Floats
    calls_s: Floats
    served_s: Floats
    method: str

    @property
    def mean_wait_s(self) -> float:
        """Mean wait of a call for a unit to come free, over all calls."""
        spare = float(self.served_s.sum() - self.calls_s.sum())
        return self.wait_share / spare


def require_queue(calls_s: ArrayLike, preference: ArrayLike, served_s: ArrayLike) -> tuple[Floats, Ints, Floats]:
    """
    Return calls, preferences and service rates that fit together and can be served at all.

    Raises
    ------
    SchemaError
        If a row of preferences does not name each unit once, a rate is not above 0, or more calls come than the units
        can serve (then the queue grows without end).

    Examples
    --------
    >>> require_queue([3.0], [[0, 1]], 1.0)
    Traceback (most recent call last):
    geo.errors.SchemaError: expected: fewer calls than the units can serve; found: 3 calls for 2 units, each serving \
1; to do: more units, or less time a call
    """
    calls = np.atleast_1d(np.asarray(calls_s, dtype=float))
    order = np.asarray(preference, dtype=np.int64).reshape(len(calls), -1)
    units = order.shape[1]
    served = np.broadcast_to(np.asarray(served_s, dtype=float), (units,)).astype(float)
    wrong = np.flatnonzero((np.sort(order, axis=1) != np.arange(units)).any(axis=1))
    if len(wrong) or not units:
        raise SchemaError(
            say("each unit once in the preferences of every place"),
            say("something else in rows {rows}", rows=name_few(wrong + 1)),
            say("rank all units for these places"),
        )
    if not (np.isfinite(calls).all() and (calls >= 0).all() and calls.sum() > 0 and (served > 0).all()):
        raise SchemaError(
            say("calls of 0 or more, some above 0, and service rates above 0"),
            say("other values"),
            say("give calls and time busy a call"),
        )
    if calls.sum() >= served.sum():
        raise SchemaError(
            say("fewer calls than the units can serve"),
            say("{calls:g} calls for {units} units, each serving {rate:g}", calls=calls.sum(), units=units,
                rate=served.mean()),
            say("more units, or less time a call"),
        )  # fmt: skip
    return calls, order, served


def busy_exactly(calls_s: ArrayLike, preference: ArrayLike, *, served_s: ArrayLike = 1.0) -> Busy:
    """
    Solve the hypercube model: calls go to the first idle unit of their place's list, or wait in one queue.

    Assumes Poisson calls, exponential times busy that do not depend on where the call came from, first come first
    served from the queue, and units that stand at their post when idle. 2^N equations, so at most 12 units.

    Parameters
    ----------
    calls_s
        Calls a second of each place.
    preference
        Units in the order they are sent to each place, shape (places, units), numbered from 0.
    served_s
        Calls a second a busy unit ends: 1 / mean seconds busy; one number, or one a unit.

    Raises
    ------
    SchemaError
        As `require_queue`, or if there are more than 12 units: use `busy_nearly`.

    Notes
    -----
    Source: Larson 1974, "A hypercube queuing model for facility location and redistricting in urban emergency
    services"; Larson and Odoni, Urban Operations Research, ch. 5.4.

    Examples
    --------
    The three units of Larson and Odoni, section 5.5.3 (any unit of time will do):

    >>> busy = busy_exactly([0.5, 0.25, 0.35, 0.4], [[0, 1, 2], [0, 2, 1], [1, 0, 2], [2, 0, 1]])
    >>> busy.workload.round(4).tolist(), round(busy.wait_share, 5)
    ([0.5574, 0.4734, 0.4693], 0.23684)
    """
    calls, order, served = require_queue(calls_s, preference, served_s)
    units = order.shape[1]
    if units > EXACT_UNITS:
        raise SchemaError(
            say("at most {most} units for the exact model", most=EXACT_UNITS),
            say("{units} units", units=units),
            say("use the approximation"),
        )
    states = np.arange(1 << units)
    is_busy = (states[:, None] >> np.arange(units)) & 1 == 1
    sent = _first_idle(is_busy, order)
    up = np.stack([(calls[:, None] * (sent == unit)).sum(axis=0) for unit in range(units)], axis=1)
    chance = _balance(is_busy, up, served)
    full = chance[-1]
    rho = calls.sum() / served.sum()
    tail = full / (1 - rho)
    chance = chance / (chance[:-1].sum() + tail)
    wait = chance[-1] / (1 - rho)
    alone = chance.copy()
    alone[-1] = wait
    dispatch = np.stack([((sent == unit) * chance[None, :]).sum(axis=1) for unit in range(units)], axis=1)
    return Busy(
        workload=np.asarray(alone @ is_busy), wait_share=float(wait), dispatch=dispatch, calls_s=calls, served_s=served,
        method="hypercube, exact",
    )  # fmt: skip


def _first_idle(is_busy: NDArray[np.bool_], order: Ints) -> Ints:
    """Unit sent to each place in each state, -1 where all are busy."""
    sent = np.full((len(order), len(is_busy)), -1, dtype=np.int64)
    for rank in range(order.shape[1] - 1, -1, -1):
        idle = ~is_busy[:, order[:, rank]].T
        sent = np.where(idle, order[:, rank][:, None], sent)
    return sent


def _balance(is_busy: NDArray[np.bool_], up: Floats, served: Floats) -> Floats:
    """Return the steady state of the cube, not yet summing to 1: what flows into a state flows out of it."""
    count, units = is_busy.shape
    states = np.arange(count)
    rows, columns, values = [], [], []
    for unit in range(units):
        idle, busy = states[~is_busy[:, unit]], states[is_busy[:, unit]]
        rows += [idle | (1 << unit), idle, busy ^ (1 << unit), busy]
        columns += [idle, idle, busy, busy]
        rate, end = up[idle, unit], np.full(len(busy), served[unit])
        values += [rate, -rate, end, -end]
    flow = sparse.csr_array(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=(count, count)
    )
    held = sparse.csc_array(flow[1:, 1:])
    rest = spsolve(held, -np.asarray(flow[1:, [0]].todense()).ravel())
    chance = np.concatenate([[1.0], np.atleast_1d(rest)])
    return np.asarray(chance / chance.sum())
