"""Calls put to units that may be busy: from walks and weights to how busy each is and how likely help is in time."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from geo.crowd.busy.approximation import busy_units
from geo.crowd.busy.arrival import arrival_chance, preference_by_time
from geo.crowd.busy.hypercube import Busy, Floats

FAR_S = 1e9
"""Seconds of a walk that leads nowhere."""


def walk_s(distance_m: ArrayLike, speed_m_s: ArrayLike) -> Floats:
    """
    Return the seconds of each walk to a place (a row) at the speed there; `FAR_S` where nobody gets through.

    Examples
    --------
    >>> walk_s([[120.0, 60.0], [10.0, 20.0]], [1.2, 0.0]).tolist()
    [[100.0, 50.0], [1000000000.0, 1000000000.0]]
    """
    far, speed = np.asarray(distance_m, dtype=float), np.asarray(speed_m_s, dtype=float)[:, None]
    return np.where(np.isfinite(far) & (speed > 0), far / np.where(speed > 0, speed, 1.0), FAR_S)


def answer_calls(
    weight: ArrayLike, walk: ArrayLike, *, calls_per_h: float, busy_min: float, within_s: float, call_s: float
) -> tuple[Busy, Floats]:
    """
    Return how busy the units are, and for each place the chance that help is there in time.

    Calls come in proportion to the weight of the places (rows of `walk`, a unit a column); each keeps a unit busy for
    `busy_min` on average; the nearest idle unit goes `call_s` after the call, and with none idle a call waits.

    Raises
    ------
    SchemaError
        If more calls come than the units can serve.

    Examples
    --------
    One unit at the place, three calls an hour of ten minutes: busy half the time; a call that waits is never at once.

    >>> busy, chance = answer_calls([5.0], [[0.0]], calls_per_h=3, busy_min=10, within_s=60, call_s=60)
    >>> busy.workload.round(6).tolist(), chance.round(6).tolist()
    ([0.5], [0.5])
    """
    people = np.asarray(weight, dtype=float)
    travel = np.asarray(walk, dtype=float)
    calls = calls_per_h / 3600 * people / people.sum()
    busy = busy_units(calls, preference_by_time(travel), served_s=1 / (60 * busy_min))
    return busy, arrival_chance(busy, call_s + travel, within_s=within_s)
