"""What a batch is and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from data.ingest.parsing import RowFault
from data.wire import from_say
from geo.patrol.trust import name_marks

MOST_NAMED = 100
"""Faults told one by one; the others are counted."""


@dataclass(frozen=True, kw_only=True)
class Sending:
    """One request: who sends what, and how its times and places are to be read where a row does not say."""

    workspace: str
    kind: str
    form: str
    actor: str
    source: str = ""
    zone: tzinfo | None = None
    crs: str = ""


@dataclass
class Outcome:
    """How many rows there were, were taken, were there already, were refused; what was marked."""

    rows: int
    accepted: int = 0
    duplicates: int = 0
    faults: list[RowFault] = field(default_factory=list)
    marked: dict[str, int] = field(default_factory=dict)

    def count_marks(self, marks: Iterable[int]) -> None:
        """Count each mark."""
        counted: Counter[str] = Counter()
        for mark, times in Counter(marks).items():
            for name in name_marks(mark):
                counted[name] += times
        self.marked = dict(sorted(counted.items()))

    def to_plain(self) -> dict[str, Any]:
        """Return it as plain values; errors are sentences still to be translated."""
        errors = [
            {
                "row": fault.row,
                "id": fault.row_id,
                "expected": from_say(fault.expected),
                "found": from_say(fault.found),
                "to_do": from_say(fault.remedy),
            }
            for fault in self.faults[:MOST_NAMED]
        ]
        return {
            "rows": self.rows,
            "accepted": self.accepted,
            "duplicates": self.duplicates,
            "rejected": len(self.faults),
            "marked": self.marked,
            "errors": errors,
            "errors_left_out": max(0, len(self.faults) - MOST_NAMED),
        }
