"""Where a table comes from, under which licence, and how to read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, kw_only=True)
class SourceSpec:
    """`read()` returns a table of the kind `provides` (data/kinds), lon/lat where it has geometry."""

    title: str
    provides: str
    read: Callable[..., pd.DataFrame]
    licence: str
    attribution: str
    synthetic: bool = False
    requires_key: bool = False
