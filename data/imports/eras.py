"""The join over time: every row goes by the areas of its own moment."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from data.imports.kinds import kind_spec
from data.imports.placing import WITHOUT_ADDRESS, Placement, Placer, coordinates_of
from data.store import boundaries
from data.store.opening import Store
from geo.areas.timeline import Timeline
from geo.locate import LocateIndex

TODAY = -1


@dataclass(eq=False)
class TimePlacer:
    """
    Places rows by the areas in force at their own time; rows without a time by those of today.

    `areas` are today's, `past` those that ended. One index is built for each level of each era, and shared where a
    level did not change.
    """

    areas: pd.DataFrame
    past: pd.DataFrame
    timeline: Timeline
    buildings: pd.DataFrame | None = None
    households: pd.DataFrame | None = None
    level_order: list[str] | None = None
    _placers: dict[int, Placer] = field(default_factory=dict, repr=False)
    _indexes: dict[tuple[str, bytes], LocateIndex] = field(default_factory=dict, repr=False)

    def place(self, table: pd.DataFrame, kind: str) -> Placement:
        """Return the placement of each row, as `Placer.place` does against one state of the areas."""
        eras = self.eras_of(table, kind)
        area_id, reason = np.full(len(table), None, dtype=object), np.full(len(table), None, dtype=object)
        told, unknown = [], 0
        for era in np.unique(eras):
            rows = np.flatnonzero(eras == era)
            part = table if len(rows) == len(table) else table.iloc[rows].reset_index(drop=True)
            found = self.placer(int(era), furnished_for=(part, kind)).place(part, kind)
            area_id[rows], reason[rows] = found.area_id, found.reason
            told.append(found.disagreements)
            unknown += found.unknown_stated
        if not told:
            return self.placer(TODAY).place(table, kind)
        return Placement(area_id, reason, pd.concat(told, ignore_index=True), unknown)

    def eras_of(self, table: pd.DataFrame, kind: str) -> np.ndarray:
        """Return the era of each row; TODAY without a time, and where the era's areas are those of today."""
        name = kind_spec(kind).time_field
        eras = np.full(len(table), TODAY, dtype=np.int64)
        if name and name in table.columns:
            known = table[name].notna().to_numpy()
            eras[known] = self.timeline.at(pd.DatetimeIndex(table.loc[known, name]))
        for era in np.unique(eras[eras >= 0]):
            if np.array_equal(self.timeline.rows(int(era)), np.arange(len(self.areas))):
                eras[eras == era] = TODAY
        return eras

    def placer(self, era: int, *, furnished_for: tuple[pd.DataFrame, str] | None = None) -> Placer:
        """Return the placer of one era, with its own addresses where the rows to be placed may need them."""
        if era not in self._placers:
            self._placers[era] = self._build(era)
        placer = self._placers[era]
        if era != TODAY and furnished_for is not None and placer.buildings is None and _asks_addresses(*furnished_for):
            for kind in ("buildings", "households"):
                rows = getattr(self, kind)
                if rows is not None:
                    setattr(placer, kind, rows.assign(area_id=placer.place(rows, kind).area_id))
            placer.forget_addresses()
        return placer

    def _build(self, era: int) -> Placer:
        if era == TODAY:
            return Placer(self.areas, self.buildings, self.households, level_order=self.level_order)
        versions = pd.concat([self.areas, self.past], ignore_index=True) if len(self.past) else self.areas
        rows = self.timeline.rows(era)
        areas = versions.iloc[rows].reset_index(drop=True)
        parents = areas["parent_id"].astype(object)
        areas = areas.assign(parent_id=parents.where(parents.isin(areas["area_id"]), None))
        return Placer(areas, level_order=self.level_order, built=self._shared(versions, rows))

    def _shared(self, versions: pd.DataFrame, rows: np.ndarray) -> dict[str, LocateIndex]:
        found = {}
        levels = versions["level"].to_numpy(object)[rows]
        for level in dict.fromkeys(levels):
            members = rows[levels == level]
            key = (str(level), members.tobytes())
            if key not in self._indexes:
                chosen = versions.iloc[members]
                self._indexes[key] = LocateIndex.build(chosen["area_id"].tolist(), chosen["geometry"].tolist())
            found[str(level)] = self._indexes[key]
        return found


def _asks_addresses(table: pd.DataFrame, kind: str) -> bool:
    """Say whether an address may place some of these rows: those without a point, or in a tower."""
    if kind in WITHOUT_ADDRESS or kind == "buildings":
        return False
    return bool(np.isnan(coordinates_of(table)[0]).any() or "stacked" in set(table.get("reason", ())))


def time_placer(
    store: Store,
    *,
    areas: pd.DataFrame | None = None,
    past: pd.DataFrame | None = None,
    order: list[str] | None = None,
    without: str = "",
) -> Placer | TimePlacer:
    """
    Return the placer for a store's areas, or for coming ones with those that will have ended.

    Rows of `buildings` and `households` come with it, but those of the kind `without`.
    """
    order = order or [key for key, _, _ in store.level_rows()]
    given = {
        kind: None if kind == without else store.table(kind, geometry=False) for kind in ("buildings", "households")
    }
    if areas is None:
        areas = store.table("areas")
        past = boundaries.versions(store).iloc[len(areas) :].reset_index(drop=True)
        line = boundaries.timeline(store)
    else:
        kept = boundaries.versions(store).iloc[len(store.all_areas()) :]
        parts = [one for one in (kept, past) if one is not None and len(one)]
        past = pd.concat(parts, ignore_index=True) if parts else kept
        line = Timeline.build(pd.concat([areas, past]) if parts else areas, time_zone=store.time_zone)
    if len(line) == 1 and not len(past):
        return Placer(areas, given["buildings"], given["households"], level_order=order)
    return TimePlacer(areas, past, line, given["buildings"], given["households"], level_order=order)
