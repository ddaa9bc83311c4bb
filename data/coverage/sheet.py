"""Several metrics side by side: the sheet of `wangge coverage` and of the export on the Coverage page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from data.coverage.answers import answer
from data.coverage.questions import Answer, Question, metrics
from data.store.boundaries import keys_of
from geo.contracts import raise_faults
from geo.errors import SchemaError, name_few, say

if TYPE_CHECKING:
    from data.store.desk import Desk


def coverage_table(
    desk: Desk,
    *,
    level: str,
    start: datetime,
    end: datetime,
    metrics: Sequence[str] | None = None,
    within: str | None = None,
    category: str | tuple[str, ...] | None = None,
    boundaries: str = "as_was",
    now: datetime | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> pd.DataFrame:
    """
    Return one row per area of a level in id order, then one row `unassigned` and one row `total`.

    Columns: row (area, unassigned, total), area_id (None for the last two), name, then one per metric in the order
    asked for (all by name where None). For an additive metric areas + unassigned = total; NaN is no data.

    Raises
    ------
    SchemaError
        If a metric, the level or the period cannot be asked for; nothing is worked out then.
    """
    names = _require_metrics(metrics)
    found: dict[str, Answer] = {}
    for done, name in enumerate(names):
        found[name] = answer(desk, Question(name, level, start, end, within, category, boundaries, now))
        if progress:
            progress((done + 1) / len(names), name)
    return _sheet(desk, level, within, found)


def area_names(desk: Desk, found: Answer, level: str, within: str | None) -> pd.DataFrame:
    """Return the areas an answer tells of, with their names as they were last; in id order."""
    keys = keys_of(desk.store, found.boundaries, found.start, found.end)
    tables = pd.concat([desk.areas(level, within, geometry=False, key=key) for key in reversed(keys)])
    return tables[~tables.index.duplicated()].sort_index()


def _require_metrics(names: Sequence[str] | None) -> list[str]:
    known = metrics()
    unknown = [name for name in names or () if name not in known]
    faults = [say("{names}", names=name_few(unknown))] if unknown else []
    raise_faults(
        SchemaError, say("metrics out of {known}", known=", ".join(known)), faults, say("choose metrics by these names")
    )
    return list(dict.fromkeys(names)) if names else list(known)


def _sheet(desk: Desk, level: str, within: str | None, found: dict[str, Answer]) -> pd.DataFrame:
    one = next(iter(found.values()))
    areas = area_names(desk, one, level, within)
    ids = list(areas.index)
    sheet: dict[str, Any] = {
        "row": ["area"] * len(ids) + ["unassigned", "total"],
        "area_id": pd.Series([*ids, None, None], dtype=object),
        "name": pd.Series([*areas["name"], None, None], dtype=object),
    }
    for name, each in found.items():
        sheet[name] = [*each.table["value"].reindex(ids), each.unassigned_value, float(each.overall["value"])]
    return pd.DataFrame(sheet)
