"""The same question over time: days, hours of the week, categories."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.coverage.ground import ground_for
from data.coverage.questions import Question, require_question, settle, window_of
from data.coverage.tables import Tables, event_kind
from data.store.boundaries import keys_of
from data.store.tables import KINDS
from geo import profiles
from geo.metrics._tally import rows_in
from geo.metrics._tracks import seconds_present

if TYPE_CHECKING:
    from data.store.desk import Desk


def series(desk: Desk, question: Question, by: profiles.Step = "day") -> pd.DataFrame:
    """
    Count the question's events per day or week of the place: `at` (local midnight) and `value`, days without as 0.

    Incidents for metrics of incidents, visits for those of visits, minutes of presence for those of fixes. All rows
    of the period and category inside `within` count, the unassigned too. NaN in a period without any record.
    """
    rows, kind, is_recorded = _events(desk, question)
    weights = seconds_present(rows, desk.setting("fix_gap_s")) / 60 if kind == "fixes" else None
    table = profiles.counts_over_time(
        rows[KINDS[kind].time_field],
        start=pd.Timestamp(question.start),
        end=pd.Timestamp(question.end),
        time_zone=desk.store.time_zone,
        by=by,
        weights=weights,
    )
    return table if is_recorded else table.assign(value=np.nan)


def hour_by_weekday(desk: Desk, question: Question) -> pd.DataFrame:
    """Count the question's events by weekday (rows, 0 = Monday) and hour (columns) of the place; fixes as fixes."""
    rows, kind, _ = _events(desk, question)
    return profiles.hour_by_weekday(rows[KINDS[kind].time_field], desk.store.time_zone)


def category_counts(desk: Desk, question: Question) -> pd.DataFrame:
    """Count the period's incidents per category, most first, ties by name; "" is a missing category."""
    rows, _, _ = _events(desk, question, kind="incidents")
    names = rows["category"].astype(object)
    counts = names.where(names.notna(), "").value_counts()
    table = counts.rename_axis("category").rename("records").reset_index()
    return table.sort_values(["records", "category"], ascending=[False, True], ignore_index=True)


def _events(desk: Desk, question: Question, kind: str | None = None) -> tuple[pd.DataFrame, str, bool]:
    spec = require_question(desk, question)
    settled = settle(question)
    if settled.within is not None:
        last = keys_of(desk.store, settled.boundaries, settled.start, settled.end)[-1]
        desk.areas(within=settled.within, geometry=False, key=last)
    chosen = kind or event_kind(spec.needs)
    table = Tables(ground_for(desk, settled), settled).get(chosen, "whole")
    rows = rows_in(table, KINDS[chosen].time_field, window_of(settled, desk.store.time_zone))
    return rows, chosen, bool(table.attrs["is_recorded"])
