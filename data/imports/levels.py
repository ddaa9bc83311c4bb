"""Fitting one level of areas into those that are there: codes told apart, parents linked, children linked anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from data.imports.areas import LevelTable
from data.imports.options import ImportOptions
from data.imports.parents import link_level, overlap_notices
from data.imports.shapes import largest_overlap
from geo.errors import Say, name_few, say

COLUMNS = (
    "area_id",
    "level",
    "name",
    "parent_id",
    "area_class",
    "dedicated_kind",
    "households",
    "footprint_id",
    "valid_from",
    "valid_to",
    "geometry",
)


@dataclass(kw_only=True)
class Merged:
    """
    What publishing needs: `staged` (new areas, and children of other levels whose parent changes), `all_areas`
    afterwards, the level `order` with `titles`, and `replaced`, the levels whose present areas end.
    """

    new: pd.DataFrame
    staged: pd.DataFrame
    all_areas: pd.DataFrame
    order: list[str]
    titles: dict[str, str]
    replaced: list[str]
    notices: list[Say] = field(default_factory=list)


def merge_levels(
    level: LevelTable, options: ImportOptions, present: pd.DataFrame | None, level_rows: Sequence[tuple[str, int, str]]
) -> Merged:
    """Fit the areas of one level into the areas present."""
    key = str(options.level)
    order = [row[0] for row in level_rows]
    titles = {row[0]: row[2] for row in level_rows}
    titles[key] = options.level_title or titles.get(key, key)
    present = present if present is not None else pd.DataFrame(columns=[*COLUMNS])
    others = present[present["level"] != key].reset_index(drop=True)
    notices = tell_apart(level.areas, key, others)
    linked = link_level(
        key, level.areas, present, order, parent_level=options.parent_level, has_parent=level.has_parent_column
    )
    new = level.areas.assign(parent_id=linked.parent_id)
    for name in COLUMNS:
        if name not in new:
            new[name] = None
    new = new[list(COLUMNS)]
    changed, told = link_children(key, new, others, linked.level_order, is_new=key not in order)
    kept = others[~others["area_id"].isin(changed["area_id"])] if len(others) else others
    staged = concat([new, changed])
    return Merged(
        new=new,
        staged=staged,
        all_areas=concat([staged, kept]),
        order=linked.level_order,
        titles=titles,
        replaced=[key] if key in order else [],
        notices=[*notices, *linked.notices, *told],
    )


def concat(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Return tables below one another in the area columns, empty ones left out."""
    filled = [table[list(COLUMNS)].astype(object) for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True)


def tell_apart(areas: pd.DataFrame, level: str, others: pd.DataFrame) -> list[Say]:
    """
    Make the codes of a level differ from those of other levels, as "level:code", where any is used there already.

    Codes are unique over all levels, because a row names its area by the code alone.
    """
    clash = areas["area_id"].isin(others["area_id"]) if len(others) else pd.Series(False, areas.index)
    if not clash.any():
        return []
    named = name_few(areas.loc[clash, "area_id"])
    areas["area_id"] = level + ":" + areas["area_id"].astype(str)
    areas["footprint_id"] = level + ":" + areas["footprint_id"].astype(str)
    return [
        say(
            "{count} codes are used by another level too ({ids}): the codes of this level are kept as {level}:code",
            count=int(clash.sum()),
            ids=named,
            level=level,
        )
    ]


def link_children(
    level: str, new: pd.DataFrame, others: pd.DataFrame, order: list[str], *, is_new: bool
) -> tuple[pd.DataFrame, list[Say]]:
    """
    Give children of other levels a new parent where theirs is gone, or where this level has come in between.

    A child keeps a parent of this level that is still there.
    """
    at = order.index(level)
    finer = [one for one in order[at + 1 :] if (others["level"] == one).any()] if len(others) else []
    if not finer:
        return others.iloc[:0], []
    coming = set(new["area_id"]) | set(others["area_id"])
    children = others[others["level"].isin(finer)]
    gone = children["parent_id"].notna() & ~children["parent_id"].isin(coming)
    below = children["level"] == finer[0]
    if is_new:
        coarser = others.loc[others["level"].isin(order[:at]), "area_id"]
        gone |= below & (children["parent_id"].isna() | children["parent_id"].isin(coarser))
    changed = children[gone].copy()
    if not len(changed):
        return changed, []
    best, share = largest_overlap(changed["geometry"].to_numpy(object), new["geometry"].to_numpy(object))
    changed["parent_id"] = np.append(new["area_id"].to_numpy(object), np.array([None], dtype=object))[best]
    return changed, overlap_notices(changed["area_id"], level, best, share)
