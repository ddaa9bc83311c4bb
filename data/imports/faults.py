"""Rows that cannot be used: which, why, and when there are so many that the file itself is refused."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from geo.contracts import raise_faults
from geo.errors import Say, SchemaError, name_few, say

WRONG_COLUMN_SHARE = 0.05


@dataclass(kw_only=True)
class Faults:
    """Collects, row by row, the first reason a row cannot be used. `labels` name the rows in messages."""

    labels: pd.Series
    reasons: list[Say] = field(default_factory=list)
    code: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.code = np.full(len(self.labels), -1, dtype=np.int32)

    def add(self, rows: pd.Series | np.ndarray, reason: Say) -> None:
        """Note `reason` for the rows marked True that have none yet."""
        marked = np.asarray(rows, dtype=bool) & (self.code < 0)
        if marked.any():
            self.code[marked] = len(self.reasons)
            self.reasons.append(reason)

    @property
    def is_usable(self) -> np.ndarray:
        """True for rows without a fault."""
        return self.code < 0

    def counts(self) -> list[tuple[Say, int]]:
        """Return each reason with its number of rows, most first."""
        found = np.bincount(self.code[self.code >= 0], minlength=len(self.reasons)).tolist()
        return sorted(zip(self.reasons, found, strict=True), key=lambda one: -one[1])

    def said(self) -> list[Say]:
        """Return each reason with its count and at most five rows."""
        return [
            say("{reason} ({count} rows: {rows})", reason=reason, count=int(at.sum()), rows=name_few(self.labels[at]))
            for number, reason in enumerate(self.reasons)
            if (at := self.code == number).any()
        ]

    def require_all(self, expected: Say, remedy: Say) -> None:
        """Refuse the table if any row has a fault, naming all faults at once."""
        raise_faults(SchemaError, expected, self.said(), remedy)

    def require_some(self, expected: Say, remedy: Say) -> None:
        """Refuse the table if no row is left."""
        if len(self.code) and not self.is_usable.any():
            raise_faults(SchemaError, expected, self.said(), remedy)


def row_labels(keys: pd.Series | None, count: int) -> pd.Series:
    """Return how messages name rows: by their key, else by their number in the file (1 = first below the header)."""
    numbers = pd.Series([f"#{number}" for number in range(1, count + 1)], dtype="str")
    return numbers if keys is None else keys.reset_index(drop=True).fillna(numbers)
