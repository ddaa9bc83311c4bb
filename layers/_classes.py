"""Cut values into the classes of a map."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from geo.classify import Classes, class_breaks
from geo.errors import SchemaError, say

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


def cut_classes(
    values: NDArray[np.float64], text: str, *, decimals: int = 1, around_zero: bool = False
) -> tuple[list[float], list[int]]:
    """
    Return the ascending class limits of `values`, both ends included, and how many values each class holds.

    A limit belongs to the class above it, the highest value to the last class; NaN is no class. `around_zero` makes
    equal steps to both sides of zero, for a diverging palette. Where so many areas share the lowest value
    that quantiles collapse, that value is a class of its own and the others are cut into quantiles.

    Examples
    --------
    >>> cut_classes(np.array([0.0, 1, 2, 3, 4, np.nan]), "equal-2")
    ([0.0, 2.0, 4.0], [2, 3])
    >>> cut_classes(np.array([-3.0, 6.0]), "equal-4", around_zero=True)
    ([-6.0, -3.0, 0.0, 3.0, 6.0], [0, 1, 0, 1])
    >>> cut_classes(np.array([0.0] * 9 + [1, 2, 3, 4]), "quantile-3", decimals=0)
    ([0.0, 1.0, 3.0, 4.0], [9, 2, 2])
    """
    scheme, count, manual = read_scheme(text)
    if around_zero and scheme != "manual":
        known = values[np.isfinite(values)]
        reach = float(np.abs(known).max()) if known.size else 1.0
        limits = np.linspace(-reach, reach, count + count % 2 + 1)
        counts = np.bincount(np.searchsorted(limits[1:-1], known, side="right"), minlength=len(limits) - 1)
        return limits.tolist(), counts.tolist()
    found = class_breaks(values, scheme=scheme, classes=count, breaks=manual or None, decimals=decimals)
    if scheme == "quantile" and len(found.breaks) - 1 < count:
        return _cut_above_lowest(values, found, count, decimals)
    return [float(one) for one in found.breaks], [int(one) for one in found.counts]


def _cut_above_lowest(
    values: NDArray[np.float64], found: Classes, count: int, decimals: int
) -> tuple[list[float], list[int]]:
    known = values[np.isfinite(values)]
    rest = known[known > known.min()] if known.size else known
    if not rest.size or count < 2:
        return [float(one) for one in found.breaks], [int(one) for one in found.counts]
    above = class_breaks(rest, scheme="quantile", classes=count - 1, decimals=decimals)
    limits = list(dict.fromkeys([float(known.min()), *(float(one) for one in above.breaks)]))
    if len(limits) <= len(found.breaks):
        return [float(one) for one in found.breaks], [int(one) for one in found.counts]
    counts = np.bincount(np.searchsorted(limits[1:-1], known, side="right"), minlength=len(limits) - 1)
    return limits, [int(one) for one in counts]
