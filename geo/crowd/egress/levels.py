"""Levels of service after Fruin, and stages of alarm by density."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WALKWAY_M2 = (3.25, 2.32, 1.39, 0.93, 0.46)
"""Least space a person at levels A to E on walkways, m² (Fruin, 35, 25, 15, 10, 5 sq ft)."""
QUEUE_M2 = (1.21, 0.93, 0.65, 0.28, 0.19)
"""Least space a person at levels A to E standing in a queue, m²."""
LETTERS = "ABCDEF"


def fruin_level(density: NDArray[np.float64] | float, *, is_moving: bool = False) -> NDArray[np.str_]:
    """
    Return the level of service A (free) to F (no movement, or crushed) of a density in people/m².

    A density exactly at a border has the better level.

    Examples
    --------
    >>> fruin_level(np.array([0.0, 0.5, 1.0, 2.0, 4.0, 6.0])).tolist()
    ['A', 'A', 'B', 'D', 'E', 'F']
    >>> fruin_level(np.array([0.3, 2.0, 2.5]), is_moving=True).tolist()
    ['A', 'E', 'F']
    """
    borders = 1 / np.array(WALKWAY_M2 if is_moving else QUEUE_M2)
    at = np.searchsorted(borders, np.asarray(density, dtype=float) - 1e-12, side="left")
    return np.array(list(LETTERS))[at]


MOVING_ALARM, STANDING_ALARM = (2.0, 3.5, 5.0), (3.0, 4.0, 4.7)
"""People/m² from which a moving and a standing crowd is watched, held back, cleared. Ours, below Fruin's 3.57 (contact
nobody chose), 5.55 (dangerous forces) and 7.1 (standing, critical) and Still's 5 (discomfort)."""


def alarm_stage(
    density: NDArray[np.float64] | float, *, stages: tuple[float, float, float] = STANDING_ALARM
) -> NDArray[np.int64]:
    """
    Return the stage of alarm of a density in people/m²: 0 none, 1 watch, 2 hold back, 3 clear; a border counts.

    Examples
    --------
    >>> alarm_stage(np.array([2.9, 3.0, 4.5, 4.7])).tolist()
    [0, 1, 2, 3]
    >>> alarm_stage(np.array([1.9, 3.6]), stages=MOVING_ALARM).tolist()
    [0, 2]
    """
    return np.searchsorted(np.array(stages), np.asarray(density, dtype=float), side="right").astype(np.int64)
