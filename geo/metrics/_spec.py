"""What a page must know to offer a metric without knowing how it works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pandas as pd


@dataclass(frozen=True, kw_only=True)
class Window:
    """
    The period a question is about: `start` included, `end` excluded, both aware UTC.

    `now` is the moment the question is asked: what is open or overdue is judged at min(now, end).
    `time_zone` turns instants into the hours and weekdays that people live by.
    """

    start: datetime
    end: datetime
    now: datetime
    time_zone: str = "Asia/Shanghai"


@dataclass(frozen=True, kw_only=True)
class MetricSpec:
    """
    `compute(*(tables[n] for n in needs), window=window, **settings)` returns a table indexed like `areas`.

    Its columns are `value`, `low`, `high` (95 % interval, NaN where the metric is not an estimate) and
    `records` (how many rows stand behind the value). `value` is NaN where there is no data, never 0 instead.
    `settings` names the settings (data/settings.py) passed as keyword arguments of the same name.

    An event table may reach back before the period and carry `attrs["is_recorded"]`: False says that nothing was
    recorded in the period, True that no row means none happened. `is_estimate` is False where the value is a plain
    count of what was done, which a few records do not make uncertain. `additive` says that the values of the areas
    and of the unassigned add up to the total: a count is a fact, so no area of it is shown as unsure. Fixes may carry
    `present_s` and roads `swept_m`, worked out over more tracks than the rows shown (`geo/metrics/_tracks.py`).
    """

    title: str
    unit: str
    needs: tuple[str, ...]
    compute: Callable[..., pd.DataFrame]
    source: str
    help: str
    higher_is_better: bool | None = None
    additive: bool = False
    settings: tuple[str, ...] = ()
    decimals: int = 1
    is_estimate: bool = True
