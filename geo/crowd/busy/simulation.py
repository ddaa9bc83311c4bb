"""The same queue played through, event by event: what the models must agree with."""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from geo.crowd.busy.hypercube import Floats, require_queue


@dataclass(frozen=True)
class Played:
    """Shares counted in a run: of time busy by unit, of calls that waited, of calls answered in time by place."""

    workload: Floats
    wait_share: float
    in_time: Floats
    calls: int


def play_calls(
    calls_s: ArrayLike, preference: ArrayLike, travel_s: ArrayLike, *, rng: np.random.Generator, calls: int,
    within_s: float, served_s: ArrayLike = 1.0, warm_up: int = 500,
) -> Played:  # fmt: skip
    """
    Play `calls` calls through after `warm_up` others: Poisson calls, exponential times busy, one queue in order.

    Examples
    --------
    >>> played = play_calls([0.5], [[0]], [[0.0]], rng=np.random.default_rng(1), calls=20_000, within_s=0.0)
    >>> round(float(played.workload[0]), 1), round(played.wait_share, 1)
    (0.5, 0.5)
    """
    rate, order, served = require_queue(calls_s, preference, served_s)
    travel = np.asarray(travel_s, dtype=float)
    total = warm_up + calls
    at = np.cumsum(rng.exponential(1 / rate.sum(), total))
    place = rng.choice(len(rate), total, p=rate / rate.sum())
    work = rng.exponential(1.0, total)
    ranks = order.tolist()
    free_at: list[tuple[float, int]] = []
    idle = [True] * len(served)
    queue: deque[int] = deque()
    busy = np.zeros(len(served))
    waited = np.zeros(total, bool)
    arrived = np.zeros(total)
    start_s = float(at[warm_up])

    def send(call: int, unit: int, now: float) -> None:
        idle[unit] = False
        ends = now + work[call] / served[unit]
        heapq.heappush(free_at, (ends, unit))
        busy[unit] += max(min(ends, float(at[-1])) - max(now, start_s), 0.0)
        arrived[call] = now + travel[place[call], unit] - at[call]

    for call in range(total):
        while free_at and free_at[0][0] <= at[call]:
            now, unit = heapq.heappop(free_at)
            idle[unit] = True
            if queue:
                send(queue.popleft(), unit, now)
        unit = next((one for one in ranks[place[call]] if idle[one]), -1)
        if unit >= 0:
            send(call, unit, float(at[call]))
        else:
            waited[call] = True
            queue.append(call)
    while queue:
        now, unit = heapq.heappop(free_at)
        send(queue.popleft(), unit, now)
    counted = slice(warm_up, total)
    number = np.bincount(place[counted], minlength=len(rate))
    good = np.bincount(place[counted], arrived[counted] <= within_s, minlength=len(rate))
    return Played(busy / (at[-1] - start_s), float(waited[counted].mean()), good / np.maximum(number, 1), calls)
