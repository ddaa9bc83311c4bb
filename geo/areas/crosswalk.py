"""From one set of boundaries to another: which share of each old area, and of its households, lies in which new one."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.contracts import raise_faults, require_metric_crs, require_same_crs, text_ids
from geo.errors import SchemaError, name_few, say
from geo.locate import LocateIndex

UNASSIGNED = "unassigned"
NOISE = 1e-4
"""Parts of both areas below this are what projecting and rounding leave along a border, not ground."""
COLUMNS = ["from_id", "to_id", "share_of_households", "share_of_area", "households", "area_m2"]


def crosswalk(
    before: gpd.GeoDataFrame,
    after: gpd.GeoDataFrame,
    *,
    homes: gpd.GeoDataFrame | None = None,
    finest: gpd.GeoDataFrame | None = None,
) -> pd.DataFrame:
    """
    Say how to carry a number of each old area over to the new ones: by households, or by area.

    A figure known only per old area (a yearly count, say) is multiplied by `share_of_households` and summed by
    `to_id`. Assumption: what is carried over is spread like the households. Give `homes` (each household where it
    lives) or `finest` (households per small area, taken as spread evenly inside it), not both; with neither,
    households are not known.

    Shares of one old area sum to 1; ground or households in no new area are the row `unassigned`. Where new areas
    overlap, the ground goes to the id that sorts first, as points do. Where an old area has no households, its
    `share_of_households` is NaN: no data, not 0. A home outside every old area is not counted. Areas stacked on one
    footprint share its ground: a home there is `unassigned`.

    Parameters
    ----------
    before, after
        Areas of one level, indexed by unique area_id, same projected CRS in metres. Shape (n_before,), (n_after,).
    homes
        Points in the same CRS, with `households` (1 each where the column is missing). Shape (n_homes,).
    finest
        Small areas in the same CRS, with `households`; they should not overlap. Shape (n_finest,).

    Returns
    -------
    table
        from_id, to_id, share_of_households, share_of_area, households, area_m2; sorted by both ids, with
        `unassigned` last.

    Raises
    ------
    CRSError
        If a table is not in metres or the CRSs differ.
    SchemaError
        If both `homes` and `finest` are given, or `finest` has no `households`.

    Notes
    -----
    Source: definition (areal interpolation with household weights). Cost: O(n log n).

    Examples
    --------
    A of 2 m x 1 m becomes A1 (left) and A2 (right); three households live left, one right:

    >>> old = gpd.GeoDataFrame(index=["A"], geometry=[shapely.box(0, 0, 2, 1)], crs=32651)
    >>> new = gpd.GeoDataFrame(index=["A1", "A2"], geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)],
    ...     crs=32651)
    >>> homes = gpd.GeoDataFrame({"households": [3, 1]}, geometry=shapely.points([0.5, 1.5], 0.5), crs=32651)
    >>> crosswalk(old, new, homes=homes).drop(columns="area_m2").values.tolist()
    [['A', 'A1', 0.75, 0.5, 3.0], ['A', 'A2', 0.25, 0.5, 1.0]]
    """
    _require_tables(before, after, homes, finest)
    before_ids, after_ids = text_ids(before.index), text_ids(after.index)
    old, new = (np.asarray(table.geometry, dtype=object) for table in (before, after))
    old_at, new_at, pieces = _pieces(old, new, after_ids)
    areas = _with_rest(old_at, new_at, shapely.area(pieces), shapely.area(old))
    if homes is not None:
        weights = _count_homes(before_ids, old, after_ids, new, homes)
    elif finest is not None:
        weights = _share_out(old, old_at, new_at, pieces, finest)
    else:
        weights = pd.Series(dtype=float, index=areas.index[:0])
    table = pd.DataFrame({"area_m2": areas, "households": weights})
    table = table[(table["area_m2"] > 0) | (table["households"] > 0)].fillna({"area_m2": 0.0})
    knows = homes is not None or finest is not None
    table["households"] = table["households"].fillna(0.0) if knows else np.nan
    whole_m2 = table.groupby(level=0)["area_m2"].transform("sum")
    whole = table.groupby(level=0)["households"].transform("sum")
    table["share_of_area"] = table["area_m2"] / whole_m2
    table["share_of_households"] = (table["households"] / whole).where(whole > 0)
    start, end = (table.index.get_level_values(n).to_numpy(dtype=np.int64) for n in (0, 1))
    table["from_id"] = before_ids[start]
    table["to_id"] = np.append(after_ids, np.array([UNASSIGNED], dtype=object))[end]
    table["is_rest"] = end < 0
    return table.sort_values(["from_id", "is_rest", "to_id"], ignore_index=True)[COLUMNS]


def _require_tables(
    before: gpd.GeoDataFrame,
    after: gpd.GeoDataFrame,
    homes: gpd.GeoDataFrame | None,
    finest: gpd.GeoDataFrame | None,
) -> None:
    require_metric_crs(before, "areas")
    faults = []
    for other, name in ((after, "after"), (homes, "homes"), (finest, "finest")):
        if other is not None:
            require_same_crs(before, other, ("before", name))
    for table in (before, after):
        ids = pd.Index(text_ids(table.index))
        if not ids.is_unique:
            faults.append(say("repeated: {ids}", ids=name_few(ids[ids.duplicated()].unique())))
        if UNASSIGNED in ids:
            faults.append(say("an area called {name}", name=UNASSIGNED))
    if homes is not None and finest is not None:
        faults.append(say("households given twice"))
    if finest is not None and "households" not in finest.columns:
        faults.append(say("small areas without households"))
    expected = say("areas with unique ids, and households either as homes or per small area")
    raise_faults(SchemaError, expected, faults, say("correct the tables"))


def _pieces(old: np.ndarray, new: np.ndarray, new_ids: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (old position, new position, common ground) of every pair that shares ground, no ground twice."""
    if not len(old) or not len(new):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0, dtype=object)
    old_at, new_at = shapely.STRtree(new).query(old, predicate="intersects")
    pieces = shapely.intersection(old[old_at], new[new_at])
    area, whole = shapely.area(pieces), shapely.area(old)
    kept = area > NOISE * np.minimum(whole[old_at], shapely.area(new)[new_at])
    old_at, new_at, pieces, area = old_at[kept], new_at[kept], pieces[kept], area[kept]
    covered = np.bincount(old_at, weights=area, minlength=len(old))
    for one in np.flatnonzero(covered > whole * (1 + 1e-9)):
        rows = np.flatnonzero(old_at == one)
        taken = shapely.Polygon()
        for row in rows[np.argsort(new_ids[new_at[rows]], kind="stable")]:
            pieces[row] = shapely.difference(pieces[row], taken)
            taken = shapely.union(taken, pieces[row])
    return old_at, new_at, pieces


def _with_rest(old_at: np.ndarray, new_at: np.ndarray, area: np.ndarray, whole: np.ndarray) -> pd.Series:
    """Return the area of each pair, and of what each old area has in no new one (-1)."""
    found = pd.Series(area, index=pd.MultiIndex.from_arrays([old_at, new_at]))
    rest = whole - np.bincount(old_at, weights=area, minlength=len(whole))
    left = np.flatnonzero(rest > NOISE * whole)
    lost = pd.Series(rest[left], index=pd.MultiIndex.from_arrays([left, np.full(len(left), -1)]))
    return pd.concat([found, lost])


def _count_homes(
    old_ids: np.ndarray, old: np.ndarray, new_ids: np.ndarray, new: np.ndarray, homes: gpd.GeoDataFrame
) -> pd.Series:
    """Return the households of each pair of positions, by where each home lies."""
    shapes = np.asarray(homes.geometry, dtype=object)
    x, y = shapely.get_x(shapes), shapely.get_y(shapes)
    weight = pd.to_numeric(homes["households"]).fillna(0) if "households" in homes else pd.Series(1.0, homes.index)
    start = LocateIndex.build(old_ids.tolist(), old.tolist()).query(x, y).position if len(old) else np.full(len(x), -1)
    end = LocateIndex.build(new_ids.tolist(), new.tolist()).query(x, y).position if len(new) else np.full(len(x), -1)
    table = pd.DataFrame({"start": start, "end": end, "weight": weight.to_numpy(dtype=float)})
    return table[table["start"] >= 0].groupby(["start", "end"])["weight"].sum()


def _share_out(
    old: np.ndarray, old_at: np.ndarray, new_at: np.ndarray, pieces: np.ndarray, finest: gpd.GeoDataFrame
) -> pd.Series:
    """Return the households of each pair, small areas shared out by the ground each piece has of them."""
    shapes = np.asarray(finest.geometry, dtype=object)
    weight = pd.to_numeric(finest["households"]).fillna(0).to_numpy(dtype=float)
    per_m2 = np.divide(weight, shapely.area(shapes), out=np.zeros(len(weight)), where=shapely.area(shapes) > 0)

    def households(grounds: np.ndarray) -> np.ndarray:
        if not len(grounds) or not len(shapes):
            return np.zeros(len(grounds))
        ground, small = shapely.STRtree(shapes).query(grounds, predicate="intersects")
        common = shapely.area(shapely.intersection(grounds[ground], shapes[small]))
        return np.bincount(ground, weights=common * per_m2[small], minlength=len(grounds))

    return _with_rest(old_at, new_at, households(pieces), households(old))
