"""How far help gets on foot in the time allowed, through an empty place or a crowd."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import SchemaError, say

Floats = NDArray[np.float64]
FREE_SPEED_M_S, SLOWING_M2, FLOOR_PER_M2 = 1.4, 0.266, 0.54
"""k, a and the density below which people do not hinder each other, of the SFPE relation on level ground."""


def walking_speed_m_s(
    density_per_m2: ArrayLike,
    *,
    free_speed_m_s: float = FREE_SPEED_M_S,
    slowing_m2: float = SLOWING_M2,
    floor_per_m2: float = FLOOR_PER_M2,
) -> Floats:
    """
    Return how fast one walks through a crowd: S = k (1 - a D), in m/s.

    Below `floor_per_m2` nobody is in the way and the speed stays that of the floor; from 1/a people a m² (3.76) nobody
    gets through and it is 0. Assumes that the helper walks as fast as the crowd would, and gets no lane kept free.

    Raises
    ------
    SchemaError
        If a density is negative or missing, or a parameter is not above 0.

    Notes
    -----
    Source: SFPE Handbook of Fire Protection Engineering, ch. "Employing the Hydraulic Model" (k = 1.4 m/s and
    a = 0.266 m² on level ground, from 0.54 people a m²).

    Examples
    --------
    >>> walking_speed_m_s([0, 0.54, 2, 4]).round(4).tolist()
    [1.1989, 1.1989, 0.6552, 0.0]
    """
    density = np.asarray(density_per_m2, dtype=float)
    if not (np.isfinite(density).all() and (density >= 0).all()):
        raise SchemaError(
            say("people a m², 0 or more"), say("a density that is negative or missing"), say("give the density")
        )
    if min(free_speed_m_s, slowing_m2) <= 0 or floor_per_m2 < 0:
        raise SchemaError(
            say("a free speed and a slowing above 0"),
            say("{speed} m/s and {slowing} m²", speed=free_speed_m_s, slowing=slowing_m2),
            say("give the values of the rule used"),
        )
    speed = free_speed_m_s * (1 - slowing_m2 * np.maximum(density, floor_per_m2))
    return np.asarray(np.maximum(speed, 0.0))


def response_radius_m(
    density_per_m2: ArrayLike, *, within_s: float = 300.0, call_s: float = 60.0, **speed: float
) -> Floats:
    """
    Return how far from a post help arrives in time: speed through the crowd x (time allowed - time until someone goes).

    `call_s` is everything before the first step: seeing, calling, answering. The distance is walked, so compare it
    with walking distances where the way is not straight.

    Raises
    ------
    SchemaError
        If the time allowed does not exceed the time until someone goes.

    Examples
    --------
    Five minutes, one of them for the call: on an empty wall 288 m each way, at 2 people a m² 157 m, so that 3,000 m
    of wall need 6 posts and 10:

    >>> radius = response_radius_m([0.0, 2.0])
    >>> radius.round(1).tolist(), np.ceil(3000 / (2 * radius)).tolist()
    ([287.7, 157.2], [6.0, 10.0])
    """
    if not within_s > call_s >= 0:
        raise SchemaError(
            say("a time allowed that is longer than the time until someone goes"),
            say("{within} s and {call} s", within=within_s, call=call_s),
            say("give both in seconds"),
        )
    return walking_speed_m_s(density_per_m2, **speed) * (within_s - call_s)
