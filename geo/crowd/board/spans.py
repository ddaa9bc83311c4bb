"""Stretches of time: how long two sets of them are both there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

Span = tuple[datetime, datetime]


def join_spans(spans: Sequence[Span]) -> list[Span]:
    """
    Return the stretches in order, overlapping and touching ones as one; those that do not last are left out.

    Examples
    --------
    >>> at = lambda hour: datetime(2026, 9, 27, hour)
    >>> [(a.hour, b.hour) for a, b in join_spans([(at(3), at(5)), (at(1), at(2)), (at(2), at(3)), (at(9), at(9))])]
    [(1, 5)]
    """
    joined: list[Span] = []
    for start, end in sorted(one for one in spans if one[0] < one[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def overlap_minutes(one: Sequence[Span], other: Sequence[Span]) -> float:
    """
    Return the minutes that lie in both; a minute counts once however often it is covered.

    Examples
    --------
    >>> at = lambda hour: datetime(2026, 9, 27, hour)
    >>> overlap_minutes([(at(1), at(3)), (at(2), at(4))], [(at(3), at(9))])
    60.0
    """
    total = 0.0
    for a, b in join_spans(one):
        for c, d in join_spans(other):
            total += max((min(b, d) - max(a, c)).total_seconds(), 0.0)
    return total / 60
