"""What a benchmark declares and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

Progress = Callable[[float, str], None]
SIZES = ("small", "full")


@dataclass(frozen=True)
class Table:
    """One table of figures; every cell is the text to show, so that a page and a terminal show the same."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    note: str = ""


@dataclass(frozen=True)
class Check:
    """One thing that must be reached: `is_met` None where this size or this machine cannot tell."""

    what: str
    must: str
    measured: str
    is_met: bool | None


@dataclass(frozen=True)
class Report:
    """
    What one run of a benchmark found.

    `differences` are answers that are not the same between us and a peer or an oracle, each a sentence: a benchmark
    whose answers differ has no figures to be proud of, and the command ends with 1.
    """

    tables: Sequence[Table]
    checks: Sequence[Check] = ()
    differences: Sequence[str] = ()
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def is_passed(self) -> bool:
        """True where every answer agrees and nothing that must be reached was missed."""
        return not self.differences and all(check.is_met is not False for check in self.checks)


@dataclass(frozen=True)
class BenchSpec:
    """
    A benchmark: `run(size, progress)` measures and compares.

    `small` takes a few seconds, compares every answer and is run by the tests; `full` is what the figures in
    docs/benchmarks.md come from. Peers that are not installed are named in the table as missing.
    """

    title: str
    run: Callable[[str, Progress], Report]
    peers: tuple[str, ...] = ()
