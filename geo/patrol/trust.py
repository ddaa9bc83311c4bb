"""Which position fixes can be trusted for where a unit is, and why the others cannot."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

MARKS = ("future", "zero", "too_fast", "inaccurate", "late", "unknown_unit")
FUTURE, ZERO, TOO_FAST, INACCURATE, LATE, UNKNOWN_UNIT = (1 << place for place in range(len(MARKS)))
DISTRUSTED = FUTURE | ZERO | TOO_FAST | INACCURATE
METRES_A_DEGREE = math.radians(6_371_008.8)
ZERO_DEGREES = 1e-6
Seen = tuple[int, float, float]
Known = tuple[int, float, float, *tuple[object, ...]]
"""Time, longitude, latitude, and whatever else is known with them."""


@dataclass(frozen=True, kw_only=True)
class TrustLimits:
    """What a fix may be: seconds ahead of now, seconds after its time, metres a second since the fix before."""

    future_s: float
    late_s: float
    max_speed_m_s: float


def judge_fixes(
    units: Sequence[str],
    at_us: Sequence[int],
    lon: Sequence[float],
    lat: Sequence[float],
    accuracy_m: Sequence[float],
    limit_m: Sequence[float],
    *,
    last: Mapping[str, Known],
    now_us: int,
    limits: TrustLimits,
) -> tuple[list[int], dict[str, int]]:
    """
    Mark each fix that must not move its unit on the map: such a fix is kept as evidence, not believed.

    A fix is marked `future` if its time lies more than `future_s` after now, `zero` at longitude and latitude 0,
    `inaccurate` if its accuracy is worse than `limit_m` (the size of the micro-grid it fell in), `too_fast` if the
    unit would have had to exceed `max_speed_m_s` since its nearest earlier trusted fix known here (the stated accuracy
    is allowed for), and `late`, which is information only, if it came more than `late_s` after its time. Assumption:
    the last trusted fix of `last` is right; a wrong one loses its hold as time passes. A missing accuracy (NaN) is
    taken as good. Fixes are judged in the order of their times, whatever the order they came in.

    Parameters
    ----------
    units, at_us, lon, lat, accuracy_m, limit_m
        One entry per fix: unit, microseconds since 1970 UTC, CGCS2000/WGS84 degrees, metres, metres. Shape (n,).
    last
        Unit -> time, longitude and latitude of its newest trusted fix so far.
    now_us
        The present moment, microseconds since 1970 UTC.
    limits
        Thresholds.

    Returns
    -------
    marks, newest
        Bits of MARKS for each fix, and unit -> row of its newest trusted fix where that is newer than `last`.

    Notes
    -----
    Source: definition. Distances on the sphere, small-angle. Cost: O(n log n).

    Examples
    --------
    A unit seen at 0 s; 10 s later 111 km away, and then 11 m away:

    >>> limits = TrustLimits(future_s=60, late_s=300, max_speed_m_s=70)
    >>> marks, newest = judge_fixes(["u", "u"], [10_000_000, 20_000_000], [1.0, 1.0], [51.0, 50.0001], [5.0, 5.0],
    ...     [100.0, 100.0], last={"u": (0, 1.0, 50.0)}, now_us=20_000_000, limits=limits)
    >>> [name_marks(one) for one in marks], newest
    ([('too_fast',), ()], {'u': 1})
    """
    marks = [0] * len(units)
    newest: dict[str, int] = {}
    seen: dict[str, Known] = {}
    bare = _mark_each(at_us, lon, lat, accuracy_m, limit_m, now_us, limits)
    for row in sorted(range(len(units)), key=at_us.__getitem__):
        mark = marks[row] = bare[row]
        if mark & DISTRUSTED:
            continue
        unit = units[row]
        before = seen.get(unit) or last.get(unit)
        here = at_us[row], lon[row], lat[row]
        if before is not None:
            if is_too_fast(before, here, accuracy_m[row], limits):
                marks[row] = mark | TOO_FAST
                continue
            if here[0] <= before[0]:
                continue
        seen[unit], newest[unit] = here, row
    return marks, newest


def _mark_each(
    at_us: Sequence[int],
    lon: Sequence[float],
    lat: Sequence[float],
    accuracy_m: Sequence[float],
    limit_m: Sequence[float],
    now_us: int,
    limits: TrustLimits,
) -> list[int]:
    """Marks that a fix earns by itself, whatever came before it."""
    at = np.asarray(at_us, dtype=np.int64)
    is_zero = (np.abs(np.asarray(lon)) < ZERO_DEGREES) & (np.abs(np.asarray(lat)) < ZERO_DEGREES)
    marks = (at > now_us + limits.future_s * 1e6) * FUTURE + (at < now_us - limits.late_s * 1e6) * LATE
    marks = marks + is_zero * ZERO + (np.asarray(accuracy_m, float) > np.asarray(limit_m, float)) * INACCURATE
    return list(marks.tolist())


def is_too_fast(before: Known, after: Seen, accuracy_m: float, limits: TrustLimits) -> bool:
    """
    Say whether nobody gets from one place to the other in the time between; the stated accuracy is allowed for.

    Examples
    --------
    >>> limits = TrustLimits(future_s=60, late_s=300, max_speed_m_s=70)
    >>> is_too_fast((0, 0.5, 0.0), (10_000_000, 0.6, 0.0), 5.0, limits)
    True
    """
    y, x = after[2] - before[2], after[1] - before[1]
    allowed = limits.max_speed_m_s * abs(after[0] - before[0]) / 1e6
    if METRES_A_DEGREE * (abs(x) + abs(y)) <= allowed:
        return False
    if accuracy_m == accuracy_m:
        allowed += accuracy_m
    return METRES_A_DEGREE * math.hypot(x * math.cos(math.radians(after[2])), y) > allowed


def name_marks(mark: int) -> tuple[str, ...]:
    """
    Return the names of the bits of a mark.

    Examples
    --------
    >>> name_marks(FUTURE | LATE)
    ('future', 'late')
    """
    return tuple(name for place, name in enumerate(MARKS) if mark >> place & 1)


DISTRUSTED_NAMES = frozenset(name_marks(DISTRUSTED))
"""The marks by name that keep a fix from counting for where a unit is."""


def is_trusted(marks: pd.Series) -> np.ndarray:
    """
    Return which fixes count for where a unit was, by the names of their marks; a fix without a mark counts.

    Parameters
    ----------
    marks
        Names joined by commas, or none. Shape (n,).

    Examples
    --------
    >>> is_trusted(pd.Series(["", None, "late", "too_fast", "late,inaccurate"])).tolist()
    [True, True, True, False, False]
    """
    held = marks.astype("category")
    bad = [one for one in held.cat.categories if not DISTRUSTED_NAMES.isdisjoint(str(one).split(","))]
    return ~held.isin(bad).to_numpy(bool)
