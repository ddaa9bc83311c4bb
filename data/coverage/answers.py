"""Answer a question about coverage, once per edition and scope."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data.coverage.ground import ground_for
from data.coverage.questions import Answer, Comparison, Question, require_question, settle, window_of
from data.coverage.tables import Tables
from data.store.boundaries import AS_WAS, changes_between, keys_of
from data.store.caches import EditionCache
from geo.classify import is_unsure
from geo.metrics._spec import MetricSpec

if TYPE_CHECKING:
    from data.store.desk import Desk

ANSWERS = EditionCache(limit=128)


def answer(desk: Desk, question: Question) -> Answer:
    """
    Answer one question inside the desk's scope.

    Rows outside the level (placed coarser, or nowhere) are unassigned and counted: areas + unassigned = total.
    Equal questions of one edition and scope are answered once. Do not change what it returns.

    Raises
    ------
    SchemaError
        If the metric, level, boundaries or period is not one that can be asked for, all faults at once.
    ScopeError
        If `within` lies outside the reader's area.
    """
    spec = require_question(desk, question)
    settled = settle(question)
    if settled.within is not None:
        last = keys_of(desk.store, settled.boundaries, settled.start, settled.end)[-1]
        desk.areas(within=settled.within, geometry=False, key=last)
    settings = {name: desk.setting(name) for name in (*spec.settings, "small_count", "uncertain_ratio")}
    key = (
        desk.store.uid, desk.store.edition, desk.account.area_id, settled, tuple(sorted(settings.items())), id(spec)
    )  # fmt: skip
    return ANSWERS.get(key, lambda: _work_out(desk, settled, spec, settings))


def compare(desk: Desk, question: Question, *, start: datetime, end: datetime) -> Comparison:
    """
    Answer the question for its own period and for another one, side by side.

    The other period is judged as it stood at its own end, or now if that is earlier.
    """
    now, before = answer(desk, question), answer(desk, replace(question, start=start, end=end))
    table = pd.DataFrame({"now": now.table["value"], "before": before.table["value"]})
    table["difference"] = table["now"] - table["before"]
    with np.errstate(divide="ignore", invalid="ignore"):
        table["ratio"] = np.where(table["before"] != 0, table["now"] / table["before"], np.nan)
    return Comparison(now, before, table)


def _work_out(desk: Desk, question: Question, spec: MetricSpec, settings: dict[str, Any]) -> Answer:
    tables = Tables(ground_for(desk, question), question)
    given = {name: settings[name] for name in spec.settings}
    window = window_of(question, desk.store.time_zone)

    def computed(view: str) -> pd.DataFrame:
        return spec.compute(*(tables.get(name, view) for name in spec.needs), window=window, **given)

    table, whole, rest = computed("areas"), computed("whole").iloc[0], computed("unassigned").iloc[0]
    limits = {"small_count": settings["small_count"], "uncertain_ratio": settings["uncertain_ratio"]}
    unsure = is_unsure(table, **limits) & (spec.is_estimate and not spec.additive)
    return Answer(
        question=question,
        table=table,
        overall=whole,
        unassigned=int(rest["records"]),
        unassigned_value=float(rest["value"]),
        total=int(whole["records"]),
        is_unsure=unsure,
        unit=spec.unit,
        source=spec.source,
        decimals=spec.decimals,
        start=question.start,
        end=question.end,
        edition=desk.store.edition,
        boundaries=question.boundaries,
        changes=_changes(desk, question),
    )


def _changes(desk: Desk, question: Question) -> tuple[date, ...]:
    if question.boundaries != AS_WAS:
        return ()
    return tuple(changes_between(desk.store, question.start, question.end))
