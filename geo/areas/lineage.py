"""What became of an area when boundaries changed: split, merged, renamed, given another code, redrawn."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.areas.crosswalk import UNASSIGNED

KINDS = ("split", "merge", "rename", "code_change", "border", "redrawn")
COLUMNS = ["from_area_id", "to_area_id", "kind", "on_date", "share_of_households", "share_of_area"]


def lineage(
    before: gpd.GeoDataFrame, after: gpd.GeoDataFrame, table: pd.DataFrame, *, on: date, least_share: float
) -> pd.DataFrame:
    """
    Tell which areas came of which, from their ground and names.

    One row for each old and new area that hold a part of each other of at least `least_share`. The kinds, by how many
    successors the old area and predecessors the new one has:

    * one and one: `code_change` (another id), `rename` (same id, another name), `border` (same id, other ground);
      nothing where all three are the same
    * several successors: `split`; several predecessors: `merge`; both: `redrawn`

    A sliver along a border is below `least_share` of both areas and makes nobody an heir.

    Parameters
    ----------
    before, after
        Areas of one level indexed by area_id, with `name`; same projected CRS in metres.
    table
        The crosswalk between the two (`geo.areas.crosswalk`).
    on
        First day of the new areas.
    least_share
        Least part, 0 to 1, of the old or of the new area that both must share.

    Returns
    -------
    links
        from_area_id, to_area_id, kind, on_date, share_of_households (NaN unknown), share_of_area; sorted by both ids.

    Notes
    -----
    Source: definition. Cost: O(n log n).

    Examples
    --------
    >>> old = gpd.GeoDataFrame({"name": ["East"]}, index=["A"], geometry=[shapely.box(0, 0, 2, 1)], crs=32651)
    >>> halves = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]
    >>> new = gpd.GeoDataFrame({"name": ["East 1", "East 2"]}, index=["A1", "A2"], geometry=halves, crs=32651)
    >>> shares = pd.DataFrame({"from_id": "A", "to_id": ["A1", "A2"], "share_of_households": [0.75, 0.25],
    ...     "share_of_area": 0.5, "area_m2": 1.0})
    >>> links = lineage(old, new, shares, on=date(2026, 11, 1), least_share=0.05)
    >>> links[["to_area_id", "kind", "share_of_households"]].values.tolist()
    [['A1', 'split', 0.75], ['A2', 'split', 0.25]]
    """
    pairs = table[table["to_id"] != UNASSIGNED].copy()
    of_new = pairs["area_m2"] / after.geometry.area.reindex(pairs["to_id"]).to_numpy()
    pairs = pairs[(pairs["share_of_area"] >= least_share) | (of_new >= least_share)]
    out = pairs.groupby("from_id")["to_id"].transform("size").to_numpy()
    into = pairs.groupby("to_id")["from_id"].transform("size").to_numpy()
    start, end = pairs["from_id"].to_numpy(object), pairs["to_id"].to_numpy(object)
    names = [table["name"].astype(object).reindex(ids).fillna("") for table, ids in ((before, start), (after, end))]
    is_renamed = names[0].to_numpy(object) != names[1].to_numpy(object)
    shapes = [np.asarray(table.geometry.reindex(ids), dtype=object) for table, ids in ((before, start), (after, end))]
    is_same_ground = shapely.equals(*shapes)
    cases = [
        ((out > 1) & (into > 1), "redrawn"),
        (out > 1, "split"),
        (into > 1, "merge"),
        (start != end, "code_change"),
        (is_renamed, "rename"),
        (~is_same_ground, "border"),
    ]
    kind = np.select([case for case, _ in cases], [name for _, name in cases], default="")
    links = pd.DataFrame(
        {
            "from_area_id": start,
            "to_area_id": end,
            "kind": kind,
            "on_date": pd.Timestamp(on),
            "share_of_households": pairs["share_of_households"].to_numpy(),
            "share_of_area": pairs["share_of_area"].to_numpy(),
        }
    )
    return links[links["kind"] != ""].sort_values(["from_area_id", "to_area_id"], ignore_index=True)[COLUMNS]
