"""What coverage needs of one edition, read once: the trees, sizes, and rows as small columns with areas as numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS

from data.coverage.questions import Question
from data.coverage.replaced import keys_of_rows, place_again, placed_by
from data.coverage.streets import cut_roads
from data.kinds._spec import KindSpec
from data.store.boundaries import TODAY, keys_of, timeline
from data.store.caches import EditionCache
from data.store.tables import KINDS
from geo.areas.hierarchy import Hierarchy
from geo.crs.metric import area_km2, choose_metric_crs, project_points, project_table
from geo.errors import SchemaError, say
from geo.metrics._tracks import seconds_present
from geo.patrol.trust import is_trusted

if TYPE_CHECKING:
    from data.store.desk import Desk

GROUNDS = EditionCache(limit=6)
HELD_FIXES = 3_000_000
SWEPT_BYTES = 32_000_000
PLACE = "place"
FEW_VALUES = 0.5
NONE = -1


@dataclass(frozen=True, eq=False)
class Held:
    """
    The rows of one kind without personal text: `rows` in time order, area as `place`, its position in the tree.

    `first` and `last` are the times of the first and last row, None for a kind without time or without rows.
    """

    rows: pd.DataFrame
    time_field: str
    first: pd.Timestamp | None
    last: pd.Timestamp | None

    def is_recorded(self, start: datetime, end: datetime) -> bool:
        """Tell whether this kind was being recorded at some moment of the period."""
        if not self.time_field:
            return len(self.rows) > 0
        return self.first is not None and self.last is not None and self.first < end and self.last >= start


@dataclass(eq=False)
class Ground:
    """
    One edition as one scope sees it, told by some boundaries; its parts are read when first asked for and kept.

    `keys` are sets of boundaries (`data.store.boundaries`) in order of time: one, but for a period in which they
    changed. `trees` are theirs; a place is a position in one of them, counted through from the first. `areas` has each
    area once, as it was last.
    """

    desk: Desk
    keys: tuple[str, ...]
    trees: tuple[Hierarchy, ...]
    areas: pd.DataFrame
    crs: CRS
    _parts: EditionCache = field(default_factory=lambda: EditionCache(limit=64), repr=False)
    _periods: EditionCache = field(default_factory=lambda: EditionCache(limit=8), repr=False)
    _swept: EditionCache = field(
        default_factory=lambda: EditionCache(SWEPT_BYTES, weigh=lambda m: m.nbytes), repr=False
    )

    def part(self, name: Any, build: Callable[[], Any]) -> Any:
        """Return a thing made once for this ground."""
        return self._parts.get(name, build)

    @property
    def tree(self) -> Hierarchy:
        """The tree of the last boundaries."""
        return self.trees[-1]

    @property
    def offsets(self) -> list[int]:
        """The place of the first area of each tree, then the number of places."""
        return [0, *accumulate(len(tree) for tree in self.trees)]

    def held(self, kind: str) -> Held:
        """Return the rows of a kind (all but fixes), read once."""
        return self.part(kind, lambda: _read_kind(self, kind))

    def period(self, name: Any, build: Callable[[], Any]) -> Any:
        """Return a thing made for one period; only those of the last few periods are kept."""
        return self._periods.get(name, build)

    def swept(self, name: Any, build: Callable[[], np.ndarray]) -> np.ndarray:
        """Return what patrols saw in one span, one bit a spot; the spans used last are kept, up to `SWEPT_BYTES`."""
        return self._swept.get(name, build)

    def fixes(self, start: datetime, end: datetime, fix_gap_s: float) -> Held:
        """
        Return position fixes by unit, then time: all of them where they fit, else those of the period.

        `present_s` is how long the unit is known to have stayed, gaps over `fix_gap_s` not counted.
        """
        if self.desk.total("fixes") <= HELD_FIXES:
            return self.part(("fixes", fix_gap_s), lambda: _read_fixes(self, *_EVER, fix_gap_s))
        return self.period((start, end, fix_gap_s), lambda: _read_fixes(self, start, end, fix_gap_s))

    def households(self) -> Held:
        """Return one row per household at its building; from the buildings where no household is on record."""
        return self.part("homes", lambda: _read_homes(self))

    def roads(self) -> gpd.GeoDataFrame:
        """Return pieces of road in metres, each in one area (`place`, -1 outside all)."""
        return self.part("roads", lambda: self._cut_roads())

    def _cut_roads(self) -> gpd.GeoDataFrame:
        roads = cut_roads(self.desk.rows("roads"), self.desk.areas(key=self.keys[-1]), self.tree, self.crs)
        if len(self.trees) > 1:
            roads[PLACE] = np.where(roads[PLACE] == NONE, NONE, roads[PLACE] + self.offsets[-2])
        return roads

    def polygons(self, level: str) -> gpd.GeoDataFrame:
        """Return the shapes of one level in metres, in id order, each as it was last."""
        return self.part(("polygons", level), lambda: self._project(level))

    def _project(self, level: str) -> gpd.GeoDataFrame:
        shapes = pd.concat([self.desk.areas(level, key=key)[["geometry"]] for key in reversed(self.keys)])
        return project_table(shapes[~shapes.index.duplicated()].sort_index(), self.crs)


_EVER = (pd.Timestamp("1900-01-01", tz="UTC").to_pydatetime(), pd.Timestamp("2200-01-01", tz="UTC").to_pydatetime())


def ground_for(desk: Desk, question: Question) -> Ground:
    """Return the ground a question is answered on: the boundaries of its period, today's, or a named set's."""
    return ground_of(desk, keys_of(desk.store, question.boundaries, question.start, question.end))


def ground_of(desk: Desk, keys: tuple[str, ...] = (TODAY,)) -> Ground:
    """Return the ground of a desk's edition and scope, shared by everybody of that scope."""
    key = (desk.store.uid, desk.store.edition, desk.account.area_id, keys)
    return GROUNDS.get(key, lambda: _build_ground(desk, keys))


def _build_ground(desk: Desk, keys: tuple[str, ...]) -> Ground:
    if len(keys) > 1:
        parts = [ground_of(desk, (key,)) for key in keys if len(desk.hierarchy(key))]
        if parts:
            tables = pd.concat([part.areas for part in reversed(parts)])
            areas = tables[~tables.index.duplicated()].sort_index()
            trees = tuple(part.tree for part in parts)
            return Ground(desk, tuple(part.keys[0] for part in parts), trees, areas, parts[-1].crs)
    areas, tree = desk.areas(key=keys[-1]), desk.hierarchy(keys[-1])
    if len(tree) == 0:
        raise SchemaError(say("areas to count in"), say("none"), say("import areas first"))
    table = pd.DataFrame(areas.drop(columns="geometry")).reindex(tree.area_ids)
    table["area_km2"] = pd.Series(area_km2(areas.geometry.to_numpy()), index=areas.index).reindex(tree.area_ids)
    table.index = pd.Index(tree.area_ids, dtype=object, name="area_id")
    ground = Ground(desk, keys[-1:], (tree,), table, choose_metric_crs(areas.total_bounds).crs)
    table["households"] = _household_counts(ground)
    return ground


def _household_counts(ground: Ground) -> np.ndarray:
    """
    Households per area as stated; where not, the sum of its parts; where none states any, counted rows.

    Unknown where a part is unknown: a sum of the others would make every rate per household too high.
    """
    tree = ground.tree
    counts = pd.to_numeric(ground.areas["households"], errors="coerce").to_numpy(dtype=float, copy=True)
    if np.isnan(counts).all():
        homes = ground.households().rows
        if len(homes) == 0:
            return counts
        counts = np.bincount(homes[PLACE] + 1, minlength=len(tree) + 1)[1:].astype(float)
        for rank in range(len(tree.level_order) - 1, 0, -1):
            here = np.flatnonzero((tree.ranks == rank) & (tree.parents != NONE))
            np.add.at(counts, tree.parents[here], counts[here])
        return counts
    for rank in range(len(tree.level_order) - 1, 0, -1):
        here = np.flatnonzero((tree.ranks == rank) & (tree.parents != NONE))
        sums = np.bincount(tree.parents[here], weights=counts[here], minlength=len(tree))
        has_parts = np.bincount(tree.parents[here], minlength=len(tree)) > 0
        counts = np.where(np.isnan(counts) & has_parts, sums, counts)
    return counts


def _read_kind(ground: Ground, kind: str) -> Held:
    spec = KINDS[kind]
    names = [one.name for one in spec.fields if not one.personal]
    rows = ground.desk.rows(kind, columns=names)
    places = _places(ground, kind, rows) if "area_id" in names else None
    return _compact(ground, rows.drop(columns=spec.key), spec, places)


def _read_fixes(ground: Ground, start: datetime, end: datetime, fix_gap_s: float) -> Held:
    names = ["unit_id", "at", "lon", "lat", "area_id"]
    rows = ground.desk.fixes(start, end, columns=[*names, "reason", "marks"])
    rows = rows[is_trusted(rows["marks"])].sort_values(["unit_id", "at"], kind="stable", ignore_index=True)
    held = _compact(ground, rows[names], KINDS["fixes"], _places(ground, "fixes", rows))
    held.rows["present_s"] = seconds_present(held.rows, fix_gap_s)
    return held


def _read_homes(ground: Ground) -> Held:
    buildings = ground.desk.rows("buildings", columns=["building_id", "lon", "lat", "households", "area_id"])
    rows = ground.desk.rows(
        "households", columns=["household_id", "building_id", "area_id", "residents", "is_rental", "is_new_resident"]
    )
    if len(rows) == 0:
        rows = buildings.loc[buildings.index.repeat(buildings["households"].fillna(0).astype(int))]
        places = _places(ground, "buildings", rows)
        rows = rows.drop(columns=["households", "building_id"]).reset_index(drop=True)
    else:
        where = pd.Index(buildings["building_id"]).get_indexer(pd.Index(rows["building_id"]))
        for name in ("lon", "lat"):
            rows[name] = np.append(buildings[name].to_numpy(dtype=float), np.nan)[where]
        places = _places(ground, "households", rows)
        rows = rows.drop(columns=["household_id", "building_id"])
    return _compact(ground, rows, KINDS["households"], places)


def _places(ground: Ground, kind: str, rows: pd.DataFrame) -> np.ndarray:
    """
    Return the place of each row: the area of its own time where the ground has the boundaries of then, else the area
    of the ground's boundaries nearest in time.
    """
    store, spec, offsets = ground.desk.store, KINDS[kind], ground.offsets
    if ground.keys == (TODAY,) and len(timeline(store)) == 1:
        return ground.tree.positions(rows["area_id"])
    times = rows[spec.time_field] if spec.time_field in rows.columns else None
    own, keys = keys_of_rows(store, times, len(rows))
    slot_of = _slots(ground.keys, keys)
    slots = slot_of[own]
    places = np.full(len(rows), NONE, dtype=np.int64)
    for slot, (key, tree) in enumerate(zip(ground.keys, ground.trees, strict=True)):
        at = np.flatnonzero(slots == slot)
        area = rows["area_id"].astype(object).iloc[at].to_numpy(copy=True)
        if not spec.located:
            pass  # people and duties name an area themselves; nothing says where they would be by other borders
        elif kind == "fixes":
            moved, found = place_again(store, kind, rows.iloc[at].reset_index(drop=True), key)
            area[moved] = found
        else:
            again = placed_by(store, kind, key)
            there = again.index.get_indexer(pd.Index(rows[spec.key].iloc[at].to_numpy(object), dtype=object))
            area[there >= 0] = again.to_numpy(object)[there[there >= 0]]
        found_at = tree.positions(area)
        places[at] = np.where(found_at == NONE, NONE, found_at + offsets[slot])
    return places


def _slots(keys: tuple[str, ...], all_keys: list[str]) -> np.ndarray:
    """
    Return which of `keys` tells the rows of each era (the last entry: rows without a time).

    Rows of an era before the first of several keys go to the first, those after the last to the last.

    Examples
    --------
    >>> _slots(("era:1", "today"), ["era:0", "era:1", "today", "today"]).tolist()
    [0, 0, 1, 1]
    """
    where = {key: slot for slot, key in enumerate(keys)}
    first = next((number for number, key in enumerate(all_keys[:-1]) if key == keys[0]), 0)
    late = len(keys) - 1
    found = [where.get(key, 0 if number < first else late) for number, key in enumerate(all_keys[:-1])]
    return np.array([*found, late], dtype=np.int64)


def _compact(ground: Ground, rows: pd.DataFrame, spec: KindSpec, places: np.ndarray | None) -> Held:
    """Texts of few values become categories, points metres, area ids positions: a year fits in a few megabytes."""
    kept: dict[str, Any] = {}
    for name in rows.columns:
        if name in ("lon", "lat", "area_id", "geometry"):
            continue
        column = rows[name]
        is_text = isinstance(column.dtype, pd.StringDtype) or column.dtype == object
        if is_text and column.nunique() <= max(1, FEW_VALUES * len(column)):
            column = column.astype("category")
        kept[name] = column.array
    if "lon" in rows.columns:
        kept["x_m"], kept["y_m"] = project_points(rows["lon"].to_numpy(), rows["lat"].to_numpy(), ground.crs)
    kept[PLACE] = np.full(len(rows), NONE, dtype=np.int64) if places is None else places
    at = rows[spec.time_field] if spec.time_field in rows.columns else pd.Series([], dtype="datetime64[us, UTC]")
    times = pd.DatetimeIndex(at.dropna())
    return Held(pd.DataFrame(kept), spec.time_field, *((times.min(), times.max()) if len(times) else (None, None)))
