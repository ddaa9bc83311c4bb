"""Who lies beside whom: areas that share a stretch of border."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from geo.contracts import text_ids

SHARED_LINE = "****1****"
"""DE-9IM: the two boundaries meet in a line, not only in points."""


def neighbours(areas: gpd.GeoDataFrame | gpd.GeoSeries) -> dict[str, list[str]]:
    """
    Return the areas beside each area: those with a common stretch of border; meeting at a corner is not enough.

    Borders need not have the same vertices on both sides, but they must lie exactly on each other: a sliver between
    two areas separates them. Areas stacked on one footprint are neighbours. An area without any has an empty list.

    Parameters
    ----------
    areas
        Polygons of one level, indexed by unique area_id, any CRS. Shape (n_areas,).

    Returns
    -------
    neighbours
        {area_id: ids of its neighbours, sorted as text by code point}, in the order of `areas`.

    Notes
    -----
    Source: definition (rook contiguity). Edges with equal ends are matched by sorting, the remaining touching pairs
    by their DE-9IM matrix. Cost: O(n log n).

    Examples
    --------
    A and B share an edge, C meets both only at the corner (1, 1):

    >>> squares = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 0.5), shapely.box(1, 1, 2, 2)]
    >>> neighbours(gpd.GeoSeries(squares, index=["A", "B", "C"]))
    {'A': ['B'], 'B': ['A'], 'C': []}
    """
    ids = text_ids(areas.index)
    shapes = np.asarray(areas.geometry, dtype=object)
    near = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    near = near[:, near[0] < near[1]]
    key = near[0] * len(shapes) + near[1]
    touching = np.isin(key, _equal_edges(shapes))
    rest = np.flatnonzero(~touching)
    touching[rest] = shapely.relate_pattern(shapes[near[0][rest]], shapes[near[1][rest]], SHARED_LINE)
    beside: dict[str, list[str]] = {area_id: [] for area_id in ids}
    for one, other in zip(ids[near[0][touching]], ids[near[1][touching]], strict=True):
        beside[one].append(other)
        beside[other].append(one)
    return {area_id: sorted(found) for area_id, found in beside.items()}


def _equal_edges(shapes: np.ndarray) -> np.ndarray:
    """Pairs (as low row * count + high row) of shapes that have an edge with the same two ends."""
    rings, owner = shapely.get_rings(shapes, return_index=True)
    corner, ring = shapely.get_coordinates(rings, return_index=True)
    start = np.flatnonzero(ring[:-1] == ring[1:])
    ends = np.stack([corner[start], corner[start + 1]], axis=1)
    is_turned = (ends[:, 0, 0] > ends[:, 1, 0]) | ((ends[:, 0, 0] == ends[:, 1, 0]) & (ends[:, 0, 1] > ends[:, 1, 1]))
    ends[is_turned] = ends[is_turned][:, ::-1]
    flat = ends.reshape(-1, 4)
    order = np.lexsort((owner[ring[start]], *flat.T))
    flat, holder = flat[order], owner[ring[start]][order]
    pairs = []
    for step in range(1, _longest_run(flat) + 1):
        same = (flat[:-step] == flat[step:]).all(axis=1)
        pairs.append(holder[:-step][same] * len(shapes) + holder[step:][same])
    return np.unique(np.concatenate([*pairs, np.empty(0, dtype=np.int64)]))


def _longest_run(rows: np.ndarray) -> int:
    """How many further rows equal to one follow it at most; rows are sorted."""
    is_new = np.append(True, (rows[1:] != rows[:-1]).any(axis=1)) if len(rows) else np.empty(0, dtype=bool)
    return int(np.diff(np.append(np.flatnonzero(is_new), len(rows))).max(initial=1)) - 1
