"""What may be asked about coverage, and what an answer holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

import geo.metrics
from data.store.boundaries import AS_WAS, TODAY, set_names
from geo.catalogue import discover
from geo.contracts import raise_faults
from geo.errors import Say, SchemaError, name_few, say
from geo.metrics._spec import MetricSpec, Window

if TYPE_CHECKING:
    from data.store.desk import Desk


@dataclass(frozen=True)
class Question:
    """
    One metric for the areas of one level over one period.

    `start` included, `end` excluded, both aware. `within` keeps to one area and below. `category` keeps to incidents
    of one category (or several, as a tuple); metrics of patrols do not look at it. `boundaries` is "as_was" (the areas
    in force in the period; where they changed in it, the areas of both, each with its time), "today" or the name of a
    boundary set: all rows then go by those areas. Rows from before the period go by the areas of its beginning.
    `now` is the moment of asking; None is the present minute.
    """

    metric: str
    level: str
    start: datetime
    end: datetime
    within: str | None = None
    category: str | tuple[str, ...] | None = None
    boundaries: str = "as_was"
    now: datetime | None = None


@dataclass(frozen=True, eq=False)
class Answer:
    """
    The numbers of one question.

    `table` is indexed by area_id: value, low, high, records. `overall` is the same for the whole of what was asked,
    the unassigned included; `unassigned` and `total` count the records without an area and all records, so that
    table.records.sum() + unassigned = total. `unassigned_value` is the metric over the unassigned alone. `is_unsure`
    marks rates, shares and medians with too few records behind them; a metric that adds up is a count, a fact, and
    never unsure. `boundaries` says which areas the numbers are told by, `changes` the days inside the period on which
    they changed (with "as_was").
    """

    question: Question
    table: pd.DataFrame
    overall: pd.Series
    unassigned: int
    unassigned_value: float
    total: int
    is_unsure: pd.Series
    unit: str
    source: str
    decimals: int
    start: datetime
    end: datetime
    edition: int
    boundaries: str = "as_was"
    changes: tuple[date, ...] = ()


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two periods side by side: both answers; per area now, before, difference and ratio (NaN where before is 0)."""

    now: Answer
    before: Answer
    table: pd.DataFrame


def metrics() -> dict[str, MetricSpec]:
    """Return {name: MetricSpec} of every coverage metric, found by discovery."""
    return _discovered(tuple(geo.metrics.__path__))


@lru_cache(maxsize=4)
def _discovered(path: tuple[str, ...]) -> dict[str, MetricSpec]:  # noqa: ARG001  a new folder is a new catalogue
    return discover(geo.metrics)


def settle(question: Question) -> Question:
    """Return the question with `now` filled in and cut to what matters, so that equal questions are equal keys."""
    now = (question.now or datetime.now(UTC)).replace(second=0, microsecond=0) if question.now is None else question.now
    category = question.category
    if isinstance(category, str):
        category = (category,) if category else None
    elif category is not None:
        category = tuple(sorted(category)) or None
    return replace(question, now=min(now, question.end), category=category, within=question.within or None)


def require_question(desk: Desk, question: Question) -> MetricSpec:
    """
    Return the metric asked for; SchemaError with every fault of the question at once.

    An area outside the reader's scope is refused by the desk, with a ScopeError.
    """
    faults: list[Say] = []
    known = metrics()
    levels = desk.hierarchy().level_order
    if question.metric not in known:
        faults.append(say("metric {name}; there are {known}", name=question.metric, known=", ".join(known)))
    if question.level not in levels:
        faults.append(say("level {name}; there are {known}", name=question.level, known=", ".join(levels) or "-"))
    known_boundaries = (AS_WAS, TODAY, *set_names(desk.store))
    if question.boundaries not in known_boundaries:
        faults.append(
            say("boundaries {name}; there are {known}", name=question.boundaries, known=name_few(known_boundaries))
        )
    moments: dict[str, Any] = {"start": question.start, "end": question.end, "now": question.now}
    naive = [name for name, at in moments.items() if at is not None and at.tzinfo is None]
    if naive:
        faults.append(say("a time without a zone: {names}", names=name_few(naive)))
    elif question.end <= question.start:
        faults.append(say("a period that ends at {end}, before or when it starts", end=question.end.isoformat()))
    raise_faults(
        SchemaError,
        say("a known metric and level, and a period with a zone that ends after it starts"),
        faults,
        say("correct the question"),
    )
    return known[question.metric]


def window_of(question: Question, time_zone: str) -> Window:
    """Return the period of a settled question as metrics take it."""
    return Window(start=question.start, end=question.end, now=question.now or question.end, time_zone=time_zone)
