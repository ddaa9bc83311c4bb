"""What a hard rule is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from geo.crowd.roster.case import Broken, Case


@dataclass(frozen=True, kw_only=True)
class RosterRuleSpec:
    """
    A rule nobody's roster may break.

    `find` gives every break of a case. `kept` and `broken` are drawn cases, small enough to see the difference.
    """

    title: str
    help: str
    source: str
    find: Callable[[Case], Iterator[Broken]]
    kept: Callable[[], Case]
    broken: Callable[[], Case]
