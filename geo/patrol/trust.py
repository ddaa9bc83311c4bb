"""Which position fixes can be trusted for where a unit is, and why the others cannot."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MARKS = ("future", "zero", "too_fast", "inaccurate", "late", "unknown_unit")
FUTURE, ZERO, TOO_FAST, INACCURATE, LATE, UNKNOWN_UNIT = (1 << place for place in range(len(MARKS)))
DISTRUSTED = FUTURE | ZERO | TOO_FAST | INACCURATE
EARTH_RADIUS_M = 6_371_008.8
ZERO_DEGREES = 1e-6
Seen = tuple[int, float, float]


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
    last: Mapping[str, Seen],
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
    seen: dict[str, Seen] = {}
    future_us, late_us = now_us + limits.future_s * 1e6, now_us - limits.late_s * 1e6
    for row in sorted(range(len(units)), key=at_us.__getitem__):
        unit, at, x, y = units[row], at_us[row], lon[row], lat[row]
        mark = FUTURE if at > future_us else LATE if at < late_us else 0
        if abs(x) < ZERO_DEGREES and abs(y) < ZERO_DEGREES:
            mark |= ZERO
        if accuracy_m[row] > limit_m[row]:
            mark |= INACCURATE
        before = seen.get(unit) or last.get(unit)
        if before is not None and not mark & DISTRUSTED and is_too_fast(before, (at, x, y), accuracy_m[row], limits):
            mark |= TOO_FAST
        marks[row] = mark
        if not mark & DISTRUSTED and (before is None or at > before[0]):
            seen[unit], newest[unit] = (at, x, y), row
    return marks, newest


def is_too_fast(before: Seen, after: Seen, accuracy_m: float, limits: TrustLimits) -> bool:
    """
    Say whether nobody gets from one place to the other in the time between; the stated accuracy is allowed for.

    Examples
    --------
    >>> limits = TrustLimits(future_s=60, late_s=300, max_speed_m_s=70)
    >>> is_too_fast((0, 0.5, 0.0), (10_000_000, 0.6, 0.0), 5.0, limits)
    True
    """
    y = math.radians(after[2] - before[2])
    x = math.radians(after[1] - before[1]) * math.cos(math.radians(after[2]))
    allowed = limits.max_speed_m_s * abs(after[0] - before[0]) / 1e6
    if accuracy_m == accuracy_m:
        allowed += accuracy_m
    return EARTH_RADIUS_M * math.hypot(x, y) > allowed


def name_marks(mark: int) -> tuple[str, ...]:
    """
    Return the names of the bits of a mark.

    Examples
    --------
    >>> name_marks(FUTURE | LATE)
    ('future', 'late')
    """
    return tuple(name for place, name in enumerate(MARKS) if mark >> place & 1)
