"""How likely help is there in time at each place, when units may be busy elsewhere."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from geo.crowd.busy.hypercube import Busy, Floats, Ints


def preference_by_time(travel_s: ArrayLike) -> Ints:
    """
    Return the units in the order of their travel time to each place; of equal ones the first.

    Examples
    --------
    >>> preference_by_time([[30, 10, 20]]).tolist()
    [[1, 2, 0]]
    """
    return np.argsort(np.asarray(travel_s, dtype=float), axis=1, kind="stable").astype(np.int64)


def arrival_chance(busy: Busy, travel_s: ArrayLike, *, within_s: float) -> Floats:
    """
    Return for each place the chance that a call has someone there within `within_s`, waiting included.

    A call that finds an idle unit is in time if that unit's travel is. One that waits gets the next unit that comes
    free, and its wait is exponential with rate (what all units serve - calls); exact for the exact model.

    Examples
    --------
    One unit, busy a quarter of the time, 60 s away; within 60 s only a call that finds it idle is in time:

    >>> from geo.crowd.busy.hypercube import busy_exactly
    >>> alone = busy_exactly([0.25 / 600], [[0]], served_s=1 / 600)
    >>> arrival_chance(alone, [[60.0]], within_s=60).round(4).tolist()
    [0.75]
    >>> arrival_chance(alone, [[60.0]], within_s=860).round(4).tolist()
    [0.908]
    """
    travel = np.asarray(travel_s, dtype=float)
    at_once = (busy.dispatch * (travel <= within_s)).sum(axis=1)
    spare = float(busy.served_s.sum() - busy.calls_s.sum())
    freed = busy.served_s / busy.served_s.sum()
    left = np.maximum(within_s - travel, 0.0)
    with np.errstate(invalid="ignore"):
        in_time = np.where(travel <= within_s, 1 - np.exp(-spare * left), 0.0)
    return np.asarray(at_once + busy.wait_share * (in_time @ freed))
