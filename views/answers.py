"""Answers a page asks for, kept per edition and account so that going back to one costs nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from data.coverage import answer, category_counts, hour_by_weekday, series
from layers._classes import cut_classes
from views.scene import Scene
from views.state import compared_days

Days = tuple[date, date]


def ask(scene: Scene, *, days: Days | None = None, **changes: Any) -> Any:
    """Answer the page's question with some parts changed: metric, level, scope, category, or the days."""
    return answer(scene.desk, scene.question(days=days, **changes))


def named_table(scene: Scene, found: Any) -> pd.DataFrame:
    """Return an answer's table with names, the unsure mark and the rank (1 = highest; none without data)."""
    table = found.table.copy()
    table.insert(0, "name", [scene.area_name(one) for one in table.index])
    table["is_unsure"] = found.is_unsure.reindex(table.index).fillna(False).astype(bool)
    table["rank"] = table["value"].rank(method="min", ascending=False).astype("Int64")
    return table


def compare_table(scene: Scene, found: Any, before: Any | None) -> pd.DataFrame:
    """Return the named table, with the compared period's value and the change beside where there is one."""
    table = named_table(scene, found)
    if before is not None:
        table["before"] = before.table["value"].reindex(table.index)
        table["change"] = table["value"] - table["before"]
    return table


def shared_classes(now: Any, before: Any, classes: str) -> str:
    """
    Return classes cut once from the values of both periods, so that one colour means one thing on both maps.

    Written as manual breaks, as the address has them.
    """
    values = pd.concat([now.table["value"], before.table["value"]]).to_numpy(dtype=float)
    limits, _ = cut_classes(values, classes, decimals=now.decimals)
    inner = list(dict.fromkeys(f"{one:.6f}".rstrip("0").rstrip(".") for one in limits[1:-1]))
    return "manual-" + "_".join(inner) if inner else classes


def total_of(scene: Scene, metric: str, *, is_before: bool = False) -> float | None:
    """Return a metric's value over the whole scope, in the period or the one before."""
    days = compared_days(scene.state.change(compare="previous")) if is_before else None
    return ask(scene, metric=metric, days=days).overall["value"]


def daily(scene: Scene, *, days: Days | None = None, within: str | None = None) -> pd.Series:
    """Return records by local day, indexed by day; of one area where `within` is given."""
    question = scene.question(days=days, metric="incident_count", **({"within": within} if within else {}))
    found = series(scene.desk, question, by="day")
    return found.set_index("at")["value"]


def by_category(scene: Scene) -> pd.Series:
    """Return incidents by category, whatever category the page is narrowed to."""
    found = category_counts(scene.desk, scene.question(metric="incident_count", category=None))
    return found.set_index("category")["records"]


def by_week(scene: Scene) -> pd.DataFrame:
    """Return records by weekday (Monday first) and local hour, of the picked area where there is one."""
    within = {"within": scene.state.pick} if scene.state.pick else {}
    return hour_by_weekday(scene.desk, scene.question(metric="incident_count", **within))
