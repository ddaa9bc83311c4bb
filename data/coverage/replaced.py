"""Rows told by other boundaries than those of their own time: placed again, once per edition and set of boundaries."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from data.imports.placing import Placer
from data.settings import DEFAULTS
from data.store.boundaries import TODAY, areas_in, era_key, timeline
from data.store.caches import EditionCache
from data.store.tables import KINDS

if TYPE_CHECKING:
    from data.store.opening import Store

Progress = Callable[[float, str], None]
PLACERS, PLACED, STEADY = EditionCache(limit=4), EditionCache(limit=32), EditionCache(limit=32)
INTERIORS_MEET = "T********"
"""DE-9IM: two areas share ground, not only a border."""


def keys_of_rows(store: Store, times: pd.Series | None, count: int) -> tuple[np.ndarray, list[str]]:
    """Return the number of the boundaries each row was placed by, and their keys; today's for rows without a time."""
    line = timeline(store)
    keys = [era_key(store, era) for era in range(len(line))]
    if times is None:
        return np.full(count, len(keys)), [*keys, TODAY]
    own = line.at(pd.DatetimeIndex(times))
    return np.where(times.isna().to_numpy(), len(keys), own), [*keys, TODAY]


def place_again(
    store: Store, kind: str, rows: pd.DataFrame, key: str, progress: Progress | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """
    Return (positions, area ids) of the rows that have to be placed anew by the boundaries of `key`.

    A row keeps its place where its own boundaries are those of `key`, or where it lies inside an area that is the same
    in both and shares ground with no new one. The others go through the same look-up as an import, a block at a time.
    """
    spec = KINDS[kind]
    times = rows[spec.time_field] if spec.time_field in rows.columns else None
    own, keys = keys_of_rows(store, times, len(rows))
    area = rows["area_id"].astype(object)
    is_inside = (rows["reason"].astype(object) == "inside").to_numpy()
    moves = np.zeros(len(rows), dtype=bool)
    for number in np.unique(own):
        if keys[number] == key:
            continue
        here = own == number
        steady = area.isin(steady_areas(store, keys[number], key)).to_numpy()
        moves |= here & ~(is_inside & steady)
    at = np.flatnonzero(moves)
    placer, block = placer_in(store, key), int(DEFAULTS["ingest_rows"])
    found = np.full(len(at), None, dtype=object)
    for start in range(0, len(at), block):
        part = rows.iloc[at[start : start + block]].reset_index(drop=True)
        found[start : start + block] = placer.place(part, kind).area_id
        if progress is not None:
            progress(min(1.0, (start + block) / len(at)), "placing rows")
    return at, found


def placed_by(store: Store, kind: str, key: str) -> pd.Series:
    """Return {row key: area id} of the rows of a kind that `key` puts elsewhere than they are stored; kept."""

    def build() -> pd.Series:
        table = store.table(kind, geometry=False)
        at, found = place_again(store, kind, table, key)
        return pd.Series(found, index=pd.Index(table[KINDS[kind].key].to_numpy(object)[at], dtype=object))

    return PLACED.get((store.uid, store.edition, kind, key), build)


def placer_in(store: Store, key: str) -> Placer:
    """Return the placer of one set of boundaries, addresses included; one index a level, kept by edition."""

    def build() -> Placer:
        areas = areas_in(store, key).reset_index()
        order = [level for level, _, _ in store.level_rows()]
        placer = Placer(areas, level_order=order)
        for kind in ("buildings", "households"):
            rows = store.table(kind, geometry=False)
            if key != TODAY:
                rows = rows.assign(area_id=placer.place(rows, kind).area_id)
                placer.forget_addresses()
            setattr(placer, kind, rows)
            placer.forget_addresses()
        return placer

    return PLACERS.get((store.uid, store.edition, key), build)


def steady_areas(store: Store, before: str, after: str) -> set[str]:
    """Return the areas that are the same in two sets of boundaries and share ground with no area that is not."""

    def build() -> set[str]:
        old, new = areas_in(store, before), areas_in(store, after)
        both = old.index.intersection(new.index)
        shapes = [np.asarray(table.geometry.reindex(both), dtype=object) for table in (old, new)]
        levels = [table["level"].reindex(both).to_numpy(object) for table in (old, new)]
        same = both[shapely.equals(*shapes) & (levels[0] == levels[1])]
        fresh = np.asarray(new.geometry[~new.index.isin(same)], dtype=object)
        if not len(fresh):
            return set(same)
        kept = np.asarray(new.geometry.reindex(same), dtype=object)
        near = shapely.STRtree(kept).query(fresh, predicate="intersects")
        meets = shapely.relate_pattern(fresh[near[0]], kept[near[1]], INTERIORS_MEET)
        return set(np.delete(same.to_numpy(object), np.unique(near[1][meets])))

    return STEADY.get((store.uid, store.edition, before, after), build)
