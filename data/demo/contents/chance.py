"""Reproducible randomness: one independent stream per topic and day, whatever else is generated."""

from __future__ import annotations

from datetime import date
from zlib import crc32

import numpy as np


def stream(seed: int, topic: str, day: date | None = None) -> np.random.Generator:
    """
    Return the random numbers of one topic, and of one day where `day` is given.

    A longer history therefore adds days in front of the others and changes none of them.

    Examples
    --------
    >>> from datetime import date
    >>> one, same = stream(7, "visits", date(2026, 1, 2)), stream(7, "visits", date(2026, 1, 2))
    >>> bool(one.random() == same.random())
    True
    """
    return np.random.default_rng([seed, crc32(topic.encode()), day.toordinal() if day else 0])


def shuffle_split(rng: np.random.Generator, total: int, share: float) -> np.ndarray:
    """
    Mark exactly round(share x total) of `total` rows, at random.

    Examples
    --------
    >>> int(shuffle_split(np.random.default_rng(1), 10, 0.3).sum())
    3
    """
    marked = np.zeros(total, dtype=bool)
    marked[rng.permutation(total)[: round(share * total)]] = True
    return marked
