"""What coverage needs of one edition, read once: the tree, sizes, and rows as small columns with areas as numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS

from data.coverage.streets import cut_roads
from data.kinds._spec import KindSpec
from data.store.caches import EditionCache
from data.store.tables import KINDS
from geo.areas.hierarchy import Hierarchy
from geo.crs.metric import area_km2, choose_metric_crs, project_points, project_table
from geo.errors import SchemaError, say
from geo.metrics._tracks import seconds_present

if TYPE_CHECKING:
    from data.store.desk import Desk

GROUNDS = EditionCache(limit=4)
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
    """One edition as one scope sees it; its parts are read when first asked for and kept."""

    desk: Desk
    tree: Hierarchy
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
        return self.part("roads", lambda: cut_roads(self.desk.rows("roads"), self.geometry(), self.tree, self.crs))

    def geometry(self) -> gpd.GeoDataFrame:
        """Return all areas with their shapes, in degrees."""
        return self.desk.areas()

    def polygons(self, level: str) -> gpd.GeoDataFrame:
        """Return the shapes of one level in metres, in id order."""
        return self.part(("polygons", level), lambda: project_table(self.desk.areas(level)[["geometry"]], self.crs))


_EVER = (pd.Timestamp("1900-01-01", tz="UTC").to_pydatetime(), pd.Timestamp("2200-01-01", tz="UTC").to_pydatetime())


def ground_of(desk: Desk) -> Ground:
    """Return the ground of a desk's edition and scope, shared by everybody of that scope."""
    key = (desk.store.uid, desk.store.edition, desk.account.area_id)
    return GROUNDS.get(key, lambda: _build_ground(desk))


def _build_ground(desk: Desk) -> Ground:
    areas, tree = desk.areas(), desk.hierarchy()
    if len(tree) == 0:
        raise SchemaError(say("areas to count in"), say("none"), say("import areas first"))
    table = pd.DataFrame(areas.drop(columns="geometry")).reindex(tree.area_ids)
    table["area_km2"] = pd.Series(area_km2(areas.geometry.to_numpy()), index=areas.index).reindex(tree.area_ids)
    table.index = pd.Index(tree.area_ids, dtype=object, name="area_id")
    ground = Ground(desk, tree, table, choose_metric_crs(areas.total_bounds).crs)
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
    names = [one.name for one in spec.fields if not one.personal and one.name != spec.key]
    return _compact(ground, ground.desk.rows(kind, columns=names), spec)


def _read_fixes(ground: Ground, start: datetime, end: datetime, fix_gap_s: float) -> Held:
    rows = ground.desk.fixes(start, end, columns=["unit_id", "at", "lon", "lat", "area_id"])
    rows = rows.sort_values(["unit_id", "at"], kind="stable", ignore_index=True)
    held = _compact(ground, rows, KINDS["fixes"])
    held.rows["present_s"] = seconds_present(held.rows, fix_gap_s)
    return held


def _read_homes(ground: Ground) -> Held:
    buildings = ground.desk.rows("buildings", columns=["building_id", "lon", "lat", "households", "area_id"])
    rows = ground.desk.rows(
        "households", columns=["building_id", "area_id", "residents", "is_rental", "is_new_resident"]
    )
    if len(rows) == 0:
        rows = buildings.loc[buildings.index.repeat(buildings["households"].fillna(0).astype(int))]
        rows = rows.drop(columns=["households", "building_id"]).reset_index(drop=True)
    else:
        where = pd.Index(buildings["building_id"]).get_indexer(pd.Index(rows["building_id"]))
        for name in ("lon", "lat"):
            rows[name] = np.append(buildings[name].to_numpy(dtype=float), np.nan)[where]
        rows = rows.drop(columns="building_id")
    return _compact(ground, rows, KINDS["households"])


def _compact(ground: Ground, rows: pd.DataFrame, spec: KindSpec) -> Held:
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
    column = rows["area_id"] if "area_id" in rows.columns else pd.Series([None] * len(rows), dtype=object)
    kept[PLACE] = ground.tree.positions(column)
    at = rows[spec.time_field] if spec.time_field in rows.columns else pd.Series([], dtype="datetime64[us, UTC]")
    times = pd.DatetimeIndex(at.dropna())
    return Held(pd.DataFrame(kept), spec.time_field, *((times.min(), times.max()) if len(times) else (None, None)))
