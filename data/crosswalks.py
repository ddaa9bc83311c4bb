"""From the boundaries of one day, or of a named set, to those of another: with the households of the workspace."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd

from data.imports.dated import homes_of, metric_tables
from data.store.boundaries import AS_WAS, SET, TODAY, key_of, require_boundaries
from geo.areas.crosswalk import UNASSIGNED, crosswalk
from geo.errors import SchemaError, say

if TYPE_CHECKING:
    from data.store.desk import Desk


def key_named(desk: Desk, name: str) -> str:
    """Return the key of the boundaries a person names: a day (2026-11-01), `today`, or a named set."""
    if name == TODAY:
        return TODAY
    try:
        day = date.fromisoformat(name)
    except ValueError:
        return SET + require_boundaries(desk.store, name)
    return key_of(desk.store, AS_WAS, datetime.combine(day, time.min, ZoneInfo(desk.store.time_zone)))


def crosswalk_table(desk: Desk, start: str, end: str, level: str) -> pd.DataFrame:
    """
    Return the crosswalk of one level between two sets of boundaries, inside the desk's area.

    Households are counted where they live (their building); where none is placed, the stated households of the finest
    areas are shared out by ground. Columns: from_id, from_name, to_id, to_name, share_of_households, share_of_area,
    households.

    Raises
    ------
    SchemaError
        If a day or name stands for no boundaries, or there is no such level on one side.
    """
    keys = [key_named(desk, name) for name in (start, end)]
    sides = [desk.areas(level, key=key) for key in keys]
    for name, side in zip((start, end), sides, strict=True):
        if not len(side):
            levels = ", ".join(one.key for one in desk.levels()) or "-"
            raise SchemaError(
                say("areas of one of the levels {levels} by the boundaries {name}", levels=levels, name=name),
                say("none of level {level!r}", level=level),
                say("correct --level, or choose another day or name"),
            )
    before, after = metric_tables(*sides)
    homes = homes_of(desk.store, before)
    finest = None if homes is not None else _finest(desk, keys[0], before)
    table = crosswalk(before, after, homes=homes, finest=finest)
    names = [side["name"].astype(object).to_dict() for side in sides]
    table.insert(1, "from_name", [names[0].get(one) for one in table["from_id"]])
    table.insert(3, "to_name", [names[1].get(one) for one in table["to_id"]])
    return table.drop(columns="area_m2")


def _finest(desk: Desk, key: str, like: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
    """Return the finest areas that all state their households; None where no level does."""
    areas: Any = desk.areas(key=key)
    for level in reversed([one.key for one in desk.levels(key)]):
        chosen = areas[areas["level"] == level]
        if len(chosen) and chosen["households"].notna().all():
            return chosen[["households", "geometry"]].to_crs(like.crs)
    return None


__all__ = ["UNASSIGNED", "crosswalk_table", "key_named"]
