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
    names = scene.areas["name"].reindex(table.index).astype(object)
    table.insert(0, "name", names.where(names.notna() & (names != ""), table.index.to_series()))
    table["is_unsure"] = found.is_unsure.reindex(table.index).fillna(False).astype(bool)
    table["rank"] = table["value"].rank(method="min", ascending=False).astype("Int64")
    return table


def names_above(scene: Scene, area_ids: pd.Index) -> pd.Series:
    """Return what lies above each area, coarse to fine, from below the page's scope: `Yanguan › Guangfu`."""
    parents = scene.areas["parent_id"].reindex(area_ids)
    known = {}
    for parent in parents.dropna().unique():
        steps = scene.path(str(parent))
        steps = steps[steps.index(scene.state.area) + 1 :] if scene.state.area in steps else steps
        tops = scene.areas.index[scene.areas["level"] == scene.levels[0].key]
        known[parent] = " › ".join(scene.area_name(one) for one in steps if len(tops) > 1 or one not in tops)
    return parents.map(known).fillna("")


def full_names(scene: Scene, area_ids: pd.Index) -> dict[str, str]:
    """Return each area's name, with the areas above it where other areas have the same name."""
    above, names = names_above(scene, area_ids), scene.areas["name"]
    return {
        str(one): f"{place} › {scene.area_name(str(one))}"
        if place and int((names == names.get(one)).sum()) > 1
        else scene.area_name(str(one))
        for one, place in above.items()
    }


def compare_table(scene: Scene, found: Any, before: Any | None) -> pd.DataFrame:
    """Return the named table, with the compared period's value and the change beside where there is one."""
    table = named_table(scene, found)
    above = names_above(scene, table.index)
    if above.nunique() > 1:
        table.insert(1, "above", above)
    if before is not None:
        table["before"] = before.table["value"].reindex(table.index)
        table["change"] = table["value"] - table["before"]
    return table.sort_values("value", ascending=False, na_position="last", kind="stable")


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


def daily(
    scene: Scene, *, metric: str = "incident_count", days: Days | None = None, within: str | None = None
) -> pd.Series:
    """Return what a metric counts (incidents, visits, patrol minutes) by local day; of one area where it is given."""
    question = scene.question(days=days, metric=metric, **({"within": within} if within else {}))
    found = series(scene.desk, question, by="day")
    return found.set_index("at")["value"]


def event_words(scene: Scene) -> tuple[str, str, str]:
    """Return the headings of the daily line and of the week, and the unit, for what the page's metric counts."""
    t, needs = scene.t, scene.metric.needs
    if "incidents" not in needs and "visits" in needs:
        return t("Visits by day"), t("Visits by hour of the week"), t("visits")
    if "incidents" not in needs and "fixes" in needs:
        return t("Patrol minutes by day"), t("Position fixes by hour of the week"), t("min")
    return t("Incidents by day"), t("Incidents by hour of the week"), t("incidents")


def by_category(scene: Scene) -> pd.Series:
    """Return incidents by category, whatever category the page is narrowed to."""
    found = category_counts(scene.desk, scene.question(metric="incident_count", category=None))
    return found.set_index("category")["records"]


def by_week(scene: Scene) -> pd.DataFrame:
    """Return records by weekday (Monday first) and local hour, of the picked area where there is one."""
    within = {"within": scene.state.pick} if scene.state.pick else {}
    return hour_by_weekday(scene.desk, scene.question(**within))
