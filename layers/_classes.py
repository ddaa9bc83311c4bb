"""Cut values into the classes of a map."""

from __future__ import annotations

import re

import mapclassify
import numpy as np
from numpy.typing import NDArray

from geo.errors import SchemaError, say

SCHEMES = ("quantile", "natural", "equal", "manual")
MAX_CLASSES = 8


def read_scheme(text: str) -> tuple[str, int, tuple[float, ...]]:
    """
    Return (scheme, number of classes, manual breaks) of a text such as `quantile-5` or `manual-10_20_30.5`.

    Raises SchemaError when the text is anything else.

    Examples
    --------
    >>> read_scheme("natural-4")
    ('natural', 4, ())
    >>> read_scheme("manual-10_20.5")
    ('manual', 3, (10.0, 20.5))
    """
    if match := re.fullmatch(r"(quantile|natural|equal)-([2-8])", text):
        return match[1], int(match[2]), ()
    if match := re.fullmatch(r"manual-(-?\d{1,12}(?:\.\d{1,6})?(?:_-?\d{1,12}(?:\.\d{1,6})?){0,6})", text):
        cuts = tuple(sorted({float(one) for one in match[1].split("_")}))
        return "manual", len(cuts) + 1, cuts
    raise SchemaError(
        say("classes such as quantile-5, natural-5, equal-4 or manual-10_20_30"),
        say("{text!r}", text=text[:40]),
        say("choose one of these; at most {most} classes", most=MAX_CLASSES),
    )


def cut_classes(values: NDArray[np.float64], text: str, *, around_zero: bool = False) -> list[float]:
    """
    Return the ascending class limits of `values`, lowest and highest value included (so one more than classes).

    NaN is no class. With fewer different values than classes there are fewer classes; a single value gives one
    class. `around_zero` makes equal steps to both sides of zero, for a diverging palette.

    Examples
    --------
    >>> cut_classes(np.array([0.0, 1, 2, 3, 4, np.nan]), "equal-2")
    [0.0, 2.0, 4.0]
    >>> cut_classes(np.array([-3.0, 6.0]), "equal-4", around_zero=True)
    [-6.0, -3.0, 0.0, 3.0, 6.0]
    """
    scheme, count, manual = read_scheme(text)
    known = np.unique(values[np.isfinite(values)])
    if known.size == 0:
        return []
    low, high = float(known[0]), float(known[-1])
    if scheme == "manual":
        return [min(low, manual[0]), *manual, max(high, manual[-1])]
    if around_zero:
        reach = max(abs(low), abs(high))
        return _distinct(np.linspace(-reach, reach, count + count % 2 + 1))
    if known.size <= 2 or low == high:
        return [low, high] if known.size == 2 else [low, low]
    if scheme == "equal":
        return _distinct(np.linspace(low, high, count + 1))
    finite = values[np.isfinite(values)]
    if scheme == "quantile":
        return _distinct(np.quantile(finite, np.linspace(0, 1, count + 1)))
    return _distinct([low, *_natural(finite, min(count, known.size - 1))])


def _natural(finite: NDArray[np.float64], count: int) -> list[float]:
    sample = finite if finite.size <= 3000 else np.quantile(finite, np.linspace(0, 1, 3000))
    bins = mapclassify.FisherJenks(sample, k=max(2, count)).bins
    return [*map(float, bins[:-1]), float(finite.max())]


def _distinct(limits: object) -> list[float]:
    return [float(one) for one in np.unique(np.asarray(limits, dtype=float))]


def count_classes(values: NDArray[np.float64], limits: list[float]) -> list[int]:
    """
    Return how many values fall into each class: a limit belongs to the class above it, the highest to the last.

    Examples
    --------
    >>> count_classes(np.array([0.0, 1, 2, 3, 4, np.nan]), [0.0, 2.0, 4.0])
    [2, 3]
    """
    if len(limits) < 2:
        return []
    finite = values[np.isfinite(values)]
    places = np.searchsorted(np.asarray(limits[1:-1]), finite, side="right")
    return np.bincount(places, minlength=len(limits) - 1).tolist()
