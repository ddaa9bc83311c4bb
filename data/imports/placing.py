"""The join: every row gets the finest area that holds it, or an explicit reason why it has none."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
import shapely

from data.imports.addresses import AddressBook
from data.imports.stated import StatedAreas
from data.indexes import index_of
from geo.areas.hierarchy import Hierarchy
from geo.locate import LocateIndex, locate_finest

ORDER = ("areas", "buildings", "households")
WITHOUT_ADDRESS = ("fixes", "roads", "water")


def order_levels(areas: pd.DataFrame) -> list[str]:
    """
    Return the level keys of an area table, coarsest first: parents before children, then fewer areas before more.

    Examples
    --------
    >>> order_levels(pd.DataFrame({"area_id": ["g", "v"], "level": ["grid", "village"], "parent_id": ["v", None]}))
    ['village', 'grid']
    """
    counts = areas["level"].value_counts()
    level_of = dict(zip(areas["area_id"], areas["level"], strict=True))
    pairs = (
        pd.DataFrame({"level": areas["level"], "above": areas["parent_id"].map(level_of)}).dropna().drop_duplicates()
    )
    above: dict[str, set[str]] = {level: set() for level in counts.index}
    for level, parent in pairs.itertuples(index=False):
        if level != parent:
            above[level].add(parent)
    ordered: list[str] = []
    while above:
        free = [level for level, parents in above.items() if not parents - set(ordered)] or list(above)
        chosen = min(free, key=lambda level: (counts[level], level))
        ordered.append(chosen)
        del above[chosen]
    return ordered


@dataclass(frozen=True, eq=False)
class Placement:
    """`area_id` (None where none) and `reason` of each row, and the rows whose stated area contradicts them."""

    area_id: np.ndarray
    reason: np.ndarray
    disagreements: pd.DataFrame
    unknown_stated: int = 0


@dataclass(eq=False)
class Placer:
    """
    Places rows against one state of the areas.

    `areas` is the area table as published (area_id, level, name, parent_id, geometry in longitude and latitude);
    `buildings` and `households` are placed tables whose addresses the others are compared with.
    """

    areas: pd.DataFrame
    buildings: pd.DataFrame | None = None
    households: pd.DataFrame | None = None
    level_order: list[str] | None = None
    built: dict[str, LocateIndex] | None = field(default=None, repr=False)

    @cached_property
    def levels(self) -> list[str]:
        """Level keys, coarsest first."""
        return self.level_order or order_levels(self.areas)

    @cached_property
    def hierarchy(self) -> Hierarchy:
        """The tree of the areas."""
        return Hierarchy.from_table(
            self.areas["area_id"].tolist(),
            self.areas["level"].tolist(),
            self.areas["parent_id"].astype(object).where(self.areas["parent_id"].notna(), None).tolist(),
            level_order=self.levels,
        )

    @cached_property
    def indexes(self) -> dict[str, LocateIndex]:
        """One index a level: those `built` already, else kept in memory while the areas stay as they are."""
        if self.built is not None:
            return self.built
        return {
            str(level): index_of(rows["area_id"].tolist(), rows["geometry"].tolist())
            for level, rows in self.areas.groupby("level", sort=False)
        }

    @cached_property
    def shape_of(self) -> pd.Series:
        """The polygon of each area."""
        return pd.Series(np.asarray(self.areas["geometry"], dtype=object), index=self.areas["area_id"].to_numpy(object))

    @cached_property
    def stated(self) -> StatedAreas:
        """The areas by code and by name."""
        return StatedAreas.build(self.areas)

    @cached_property
    def addresses(self) -> AddressBook:
        """The area of every building and household address; a household's counts where it says more."""
        entries: list[tuple[str, str]] = []
        for table in (self.households, self.buildings):
            if table is not None and {"address", "area_id"} <= set(table.columns):
                known = self.in_known_areas(table[["address", "area_id"]].dropna())
                entries += list(zip(known["address"].astype(str), known["area_id"].astype(str), strict=True))
        return AddressBook.build(entries)

    @cached_property
    def area_of_building(self) -> pd.Series:
        """The area of each building."""
        if self.buildings is None:
            return pd.Series(dtype=object)
        told = self.buildings[["building_id", "area_id"]].dropna().drop_duplicates("building_id")
        placed = self.in_known_areas(told)
        return placed.set_index("building_id")["area_id"].astype(object)

    def in_known_areas(self, placed: pd.DataFrame) -> pd.DataFrame:
        """Return the rows whose area is one of these: a place in an area that is gone tells nothing."""
        return placed[placed["area_id"].astype(object).isin(self.shape_of.index)]

    def forget_addresses(self) -> None:
        """Read the addresses of buildings and households again: they were placed anew."""
        for name in ("addresses", "area_of_building"):
            self.__dict__.pop(name, None)

    def place(self, table: pd.DataFrame, kind: str) -> Placement:
        """
        Return the placement of each row of one kind.

        A point decides; in a stacked footprint the address or a stated child tells which of the stacked areas, else
        its parent is given with the reason `stacked`. Without a point: the address, then the stated area, then
        `no_location`. A stated area that is neither the area found, nor above or below it, is a disagreement.
        """
        lon, lat = coordinates_of(table)
        located = locate_finest(self.indexes, self.hierarchy, lon, lat)
        area_id, reason = located.area_ids, located.reasons.astype(object)
        stated, unknown = self.stated.find(column_of(table, "stated_area_id"))
        pending = np.isin(reason, ("no_location", "stacked")) if kind not in WITHOUT_ADDRESS else reason == "never"
        addressed = self.by_address(table, kind, pending)
        is_stacked = reason == "stacked"
        for found, why in ((addressed, "address"), (stated, "stated")):
            known = np.array([one is not None for one in found], dtype=bool)
            fits = self.holds(found, lon, lat, is_stacked & known, area_id)
            area_id[fits], reason[fits] = found[fits], why
            is_stacked &= ~fits
            bare = (reason == "no_location") & known
            area_id[bare], reason[bare] = found[bare], why
        return Placement(area_id, reason, self.disagreements(table, kind, area_id, stated), unknown)

    def by_address(self, table: pd.DataFrame, kind: str, pending: np.ndarray) -> np.ndarray:
        """Return the area each pending row's address or building stands for; None where it stands for none."""
        found = np.full(len(table), None, dtype=object)
        if not pending.any():
            return found
        if kind == "households" and len(self.area_of_building):
            mapped = column_of(table, "building_id").map(self.area_of_building)
            known = pending & mapped.notna().to_numpy()
            found[known] = mapped.to_numpy(object)[known]
            pending = pending & ~known
        if pending.any() and self.addresses.areas:
            texts = column_of(table, "address")[pending]
            by_text = {text: self.addresses.find(text) for text in texts.dropna().unique()}
            found[pending] = [by_text.get(text) if isinstance(text, str) else None for text in texts]
        return found

    def holds(
        self, candidates: np.ndarray, lon: np.ndarray, lat: np.ndarray, rows: np.ndarray, above: np.ndarray
    ) -> np.ndarray:
        """Return True for the rows whose candidate area lies below the area found and really holds the point."""
        fits = np.zeros(len(rows), dtype=bool)
        at = np.flatnonzero(rows)
        if not len(at):
            return fits
        shapes = self.shape_of.reindex(pd.Index(candidates[at], dtype=object)).to_numpy(object)
        inside = shapely.intersects_xy(shapes, lon[at], lat[at])
        below = np.array([above[row] != candidates[row] for row in at], dtype=bool)
        fits[at] = inside & below
        return fits

    def disagreements(self, table: pd.DataFrame, kind: str, area_id: np.ndarray, stated: np.ndarray) -> pd.DataFrame:
        """Return the rows whose stated area and whose place contradict each other."""
        known = np.array([one is not None for one in stated], dtype=bool)
        differ = known & (area_id != stated)
        rows = np.flatnonzero(differ)
        here, said = self.hierarchy.positions(area_id[rows]), self.hierarchy.positions(stated[rows])
        contradicts = ~(is_above(self.hierarchy, said, here) | is_above(self.hierarchy, here, said))
        rows = rows[contradicts]
        keys = key_column(table, kind)
        return pd.DataFrame(
            {
                "kind": pd.Series([kind] * len(rows), dtype="str"),
                "row_id": pd.Series(keys[rows], dtype="str"),
                "stated_area_id": pd.Series(stated[rows], dtype="str"),
                "area_id": pd.Series(area_id[rows], dtype="str"),
            }
        )


def is_above(tree: Hierarchy, upper: np.ndarray, lower: np.ndarray) -> np.ndarray:
    """Return True where the area at `upper` is the one at `lower` or an ancestor of it."""
    result = np.zeros(len(upper), dtype=bool)
    for rank, level in enumerate(tree.level_order):
        at = (upper >= 0) & (lower >= 0)
        at[at] = tree.ranks[upper[at]] == rank
        result[at] = tree.lift(lower[at], level) == upper[at]
    return result


def key_column(table: pd.DataFrame, kind: str) -> np.ndarray:
    """Return the keys of a table, row numbers where it has none."""
    from data.imports.kinds import kind_spec

    key = kind_spec(kind).key
    return table[key].to_numpy(object) if key in table.columns else np.arange(len(table)).astype(object)


def coordinates_of(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return longitude and latitude of each row, NaN where it has none."""
    missing = np.full(len(table), np.nan)
    if not {"lon", "lat"} <= set(table.columns):
        return missing, missing
    return tuple(pd.to_numeric(table[name]).to_numpy("float64", na_value=np.nan) for name in ("lon", "lat"))  # type: ignore[return-value]


def column_of(table: pd.DataFrame, name: str) -> pd.Series:
    """Return a text column, all missing where the table has none."""
    if name in table.columns:
        return table[name].astype("str").where(table[name].notna())
    return pd.Series(np.nan, index=table.index, dtype="str")


def assign(
    table: pd.DataFrame,
    kind: str,
    *,
    areas: pd.DataFrame,
    buildings: pd.DataFrame | None = None,
    households: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """
    Return the table with `area_id` and `reason`: the finest area that holds each row, or why it has none.

    Parameters
    ----------
    table
        Rows of `kind`, with `lon` and `lat` (CGCS2000/WGS84 degrees, NaN where unknown), `address` and
        `stated_area_id` where the kind has them. Shape (n_rows, ...).
    areas
        The area table as published, all levels, in longitude and latitude.
    buildings, households
        Placed tables (with `area_id`) whose addresses place rows without a point.

    Notes
    -----
    Source: definition. Rows are located on all levels at once; see `Placer` for several tables.

    Examples
    --------
    >>> areas = pd.DataFrame({"area_id": ["A", "B"], "level": "grid", "name": ["East", "West"], "parent_id": None,
    ...     "geometry": [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]})
    >>> rows = pd.DataFrame({"incident_id": ["1", "2", "3", "4"], "lon": [0.5, None, None, 9],
    ...     "lat": [0.5, None, None, 9], "stated_area_id": [None, "B", None, None]})
    >>> assign(rows, "incidents", areas=areas)[["area_id", "reason"]].values.tolist()
    [['A', 'inside'], ['B', 'stated'], [None, 'no_location'], [None, 'outside']]
    """
    placed = Placer(areas, buildings, households).place(table, kind)
    result = table.copy()
    result["area_id"] = pd.Series(placed.area_id, index=table.index, dtype=object)
    result["reason"] = pd.Series(placed.reason, index=table.index, dtype=object)
    return result
