"""The tables of one question, as metrics take them: rows of the scope with their area at the level asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from data.coverage.ground import NONE, PLACE, Ground, Held
from data.coverage.questions import Question
from data.coverage.sweep import swept_metres

WHOLE = "*"
AREA_COLUMNS = ("name", "parent_id", "area_class", "area_km2", "households")
EVENT_KINDS = ("incidents", "visits", "fixes")


@dataclass(frozen=True, eq=False)
class Frame:
    """
    How rows are put into areas: `index` the areas, `rows_of` a position in the tree -> its row there (-1 none).

    `child_index` and `child_rows_of` do the same for the parts, `parent_of` gives each part's row in `index`.
    """

    index: pd.Index
    rows_of: np.ndarray
    child_index: pd.Index
    child_rows_of: np.ndarray
    parent_of: np.ndarray


def frame_of(ground: Ground, level: str, within: str | None) -> Frame:
    """Return how rows are put into the areas of a level (those inside `within`)."""
    return ground.part(("frame", level, within), lambda: _build_frame(ground, level, within))


def _build_frame(ground: Ground, level: str, within: str | None) -> Frame:
    order = ground.tree.level_order
    rank = ground.tree.rank(level)
    finer = order[rank + 1] if rank + 1 < len(order) else None
    index, rows_of = _rows_of(ground, level, within)
    if finer is None:
        nothing = np.full(len(rows_of), NONE)
        return Frame(index, rows_of, pd.Index([], dtype=object), nothing, np.empty(0, dtype=int))
    child_index, child_rows_of = _rows_of(ground, finer, within)
    parent_of = np.full(len(child_index), NONE, dtype=np.int64)
    for tree, offset in zip(ground.trees, ground.offsets, strict=False):
        at = tree.positions(child_index.to_numpy())
        parent_of = np.where(at == NONE, parent_of, rows_of[at + offset])
    return Frame(index, rows_of, child_index, child_rows_of, parent_of)


def _rows_of(ground: Ground, level: str, within: str | None) -> tuple[pd.Index, np.ndarray]:
    trees = [tree for tree in ground.trees if within is None or within in tree]
    members = pd.Index(sorted({one for tree in trees for one in tree.members(level, within)}), dtype=object)
    lifted = []
    for tree in ground.trees:
        rows = np.append(members.get_indexer(pd.Index(tree.area_ids, dtype=object)), NONE)
        lifted.append(rows[tree.lift(np.arange(len(tree)), level)])
    return members.rename("area_id"), np.concatenate([*lifted, [NONE]])


class Tables:
    """
    The tables of one question, built when a metric needs them.

    `view` is "areas" (each area of the level), "whole" (everything of the question as one area) or "unassigned"
    (the rows without an area, as one).
    """

    def __init__(self, ground: Ground, question: Question) -> None:
        self.ground, self.question = ground, question
        self.frame = frame_of(ground, question.level, question.within)
        self._kept: dict[str, pd.DataFrame] = {}

    def get(self, name: str, view: str = "areas") -> Any:
        """Return one table of `MetricSpec.needs` for a view."""
        if name == "areas":
            return self._areas(view)
        if name == "children":
            return self._children(view)
        if name == "polygons":
            return self._polygons(view)
        if name not in self._kept:
            self._kept[name] = self._chosen(name)
        return self._put(self._kept[name], view)

    def _areas(self, view: str) -> pd.DataFrame:
        table = self.ground.areas[list(AREA_COLUMNS)]
        if view == "areas":
            return table.loc[self.frame.index].rename_axis("area_id")
        sums = {"area_km2": np.nan, "households": np.nan}
        if view == "whole":
            within = self.question.within
            tops = [within] if within is not None and within in table.index else self.ground.tree.roots()
            sums = {name: table.loc[tops, name].sum(skipna=False) for name in sums}
        blank = {"name": "", "parent_id": None, "area_class": "", **sums}
        return pd.DataFrame([blank], index=pd.Index([WHOLE], dtype=object, name="area_id"), columns=list(AREA_COLUMNS))

    def _children(self, view: str) -> pd.DataFrame:
        frame = self.frame
        row, index = frame.parent_of, frame.index
        if view != "areas":
            is_there = (row == NONE) | (view == "whole")
            row, index = np.where(is_there, 0, NONE), pd.Index([WHOLE], dtype=object)
        parents = pd.Categorical.from_codes(row, categories=index).astype(object)
        return pd.DataFrame({"parent_id": pd.Series(parents, dtype=object)}).set_axis(frame.child_index)

    def _polygons(self, view: str) -> gpd.GeoDataFrame:
        shapes = self.ground.polygons(self.question.level).loc[self.frame.index]
        if view == "areas":
            return shapes
        united = [shapes.geometry.union_all()] if view == "whole" else [None]
        return gpd.GeoDataFrame(geometry=united, index=pd.Index([WHOLE], dtype=object, name="area_id"), crs=shapes.crs)

    def _held(self, name: str) -> Held:
        question = self.question
        if name == "fixes":
            return self.ground.fixes(question.start, question.end, self.ground.desk.setting("fix_gap_s"))
        return self.ground.households() if name == "households" else self.ground.held(name)

    def _chosen(self, name: str) -> pd.DataFrame:
        """Rows of a kind up to the end of the period, inside `within`, of the category."""
        question = self.question
        if name == "roads":
            swept_m = swept_metres(self.ground, question.start, question.end)
            return _within(self.ground, self.ground.roads().assign(swept_m=swept_m), question.within)
        held = self._held(name)
        rows = held.rows
        if held.time_field:
            rows = rows[(rows[held.time_field] < question.end).to_numpy(bool)]
        if name == "incidents" and question.category is not None:
            rows = rows[rows["category"].isin(question.category).to_numpy(bool)]
        rows = _within(self.ground, rows, question.within)
        rows.attrs["is_recorded"] = held.is_recorded(question.start, question.end)
        return rows

    def _put(self, rows: pd.DataFrame, view: str) -> pd.DataFrame:
        place, frame = rows[PLACE].to_numpy(), self.frame
        row, index = frame.rows_of[place], frame.index
        if view != "areas":
            is_there = (row == NONE) | (view == "whole")
            row, index = np.where(is_there, 0, NONE), pd.Index([WHOLE], dtype=object)
        put = rows.drop(columns=PLACE)
        put["area_id"] = pd.Categorical.from_codes(row, categories=index)
        put["child_id"] = pd.Categorical.from_codes(frame.child_rows_of[place], categories=frame.child_index)
        put.attrs.update(rows.attrs)
        return put


def _within(ground: Ground, rows: Any, within: str | None) -> Any:
    if within is None:
        return rows.copy(deep=False)
    inside = [
        tree.is_within(tree.area_ids, within) if within in tree else np.zeros(len(tree), dtype=bool)
        for tree in ground.trees
    ]
    return rows[np.append(np.concatenate(inside), False)[rows[PLACE].to_numpy()]]


def event_kind(needs: tuple[str, ...]) -> str:
    """Return the kind of event a metric counts; incidents where it counts none."""
    return next((name for name in needs if name in EVENT_KINDS), "incidents")
