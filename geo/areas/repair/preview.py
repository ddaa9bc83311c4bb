"""A repair before it is done: each area before and after, what changed it, and what was left for a person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.areas.checks.inner import inner_points
from geo.areas.checks.measure import measure_drawn_m2, measure_m2
from geo.areas.checks.tiling import only_polygons
from geo.areas.defects import DefectReport, Limits
from geo.areas.find import Level, find_defects, find_own, read_level, require_crs
from geo.areas.repair.faces import Faces, cut_faces
from geo.areas.repair.rules import Allowance, Shares, share_faces
from geo.areas.repair.snap import snap_corners

MADE_VALID, SNAPPED = "made_valid", "snapped"


@dataclass(frozen=True, kw_only=True, eq=False)
class RepairPreview:
    """
    What a repair would do; nothing is done until somebody takes `areas`.

    `areas` has one row an area in the order of the file: row (position of its first row in the file), area_id,
    parent_id, geometry in the CRS of the input. `changes` is indexed alike: area_id, before_m2, after_m2, change_m2
    (ground gained and lost together), change_share, rules. `left` lists what was not repaired: rule, ids, area_m2,
    share (of the smallest area concerned): ids that have to consent. `parents` are the parents rebuilt, if asked for.
    `after` is the check of the result.
    """

    areas: gpd.GeoDataFrame
    parents: gpd.GeoDataFrame | None
    changes: pd.DataFrame
    left: list[dict[str, Any]]
    after: DefectReport

    @property
    def largest_change(self) -> dict[str, Any] | None:
        """Return the area that changes by the largest share of itself; None if none changes."""
        changed = self.changes[self.changes["change_m2"] > 0]
        if changed.empty:
            return None
        return {str(name): value for name, value in changed.nlargest(1, "change_share").iloc[0].items()}

    def to_dict(self) -> dict[str, Any]:
        """Return the preview as JSON values, without shapes; only areas that change are listed."""
        changed = self.changes[self.changes["rules"] != ""].sort_values("change_share", ascending=False, kind="stable")
        return {
            "areas": len(self.changes),
            "changed": len(changed),
            "largest_change": self.largest_change,
            "changes": changed.to_dict("records"),
            "left": self.left,
            "defects_after": self.after.counts(),
            "proof": self.after.proof,
        }


def preview_repair(
    areas: gpd.GeoDataFrame,
    *,
    limits: Limits,
    max_change_share: float,
    max_change_m2: float = np.inf,
    snap_m: float = 0.0,
    parents: gpd.GeoDataFrame | None = None,
    parents_follow: bool = False,
    consent: Collection[str] = (),
) -> RepairPreview:
    """
    Return a repaired level of areas that covers each piece of ground once, and what that changes for every area.

    Shapes are made valid; corners within `snap_m` of another area's corner or edge are moved onto it; the ground is
    cut along every border; each face goes to the only area over it, an overlap to the area with the longest border
    along it, a gap to the neighbour with the longest border. With parents, areas are cut to the parent they belong to
    and fill it; with `parents_follow` the parents are rebuilt from their areas instead. Borders of the result are the
    same bits on both sides. No area is lost or left empty, and none gains and loses together more than
    `max_change_share` of itself, nor more than `max_change_m2`, unless its id is in `consent`: what would is left as
    it is and listed. Ids, codes and households are never changed: rows of one id, rows without one and households out
    of band stay.

    Parameters
    ----------
    areas, parents, limits
        As for `find_defects`.
    max_change_share
        Largest change of an area's ground as a share of its size, from 0 to 1.
    max_change_m2
        Largest change of an area's ground in m², whatever its size.
    snap_m
        How far a corner may move to meet another area's border, metres; 0 moves none. Parents that areas are cut to
        never move.
    parents_follow
        Rebuild the parents from their areas.
    consent
        Ids of areas that may change by more.

    Raises
    ------
    CRSError
        As `find_defects`.

    Notes
    -----
    Source: definition; faces by noding and polygonising all borders, as in planar topology. Cost: O(n log n).

    Examples
    --------
    >>> squares = [shapely.box(x, 3_370_000, x + 100, 3_370_100) for x in (500_000, 500_099, 500_199.5)]
    >>> table = gpd.GeoDataFrame({"area_id": ["A", "B", "C"]}, geometry=squares, crs="EPSG:32651")
    >>> limits = Limits(tolerance_m2=0.01, sliver_m2=0.5, sliver_width_m=0.1, nested_share=0.99, one_drawing_share=0.5)
    >>> preview = preview_repair(table, limits=limits, max_change_share=0.02)
    >>> preview.after.is_clean, preview.changes["rules"].tolist()
    (True, ['', 'overlap_to_longest_neighbour', ''])
    """
    require_crs(areas, parents)
    level = read_level(areas)
    above = read_level(parents) if parents is not None else None
    own = find_own(level, above) if above is not None else None
    first = level.first
    within = None if above is None or parents_follow else above
    sizes = measure_m2(level.shapes[first], level.crs)
    free = np.isin(level.names[first].astype(str), [str(one) for one in consent])
    most = np.where(free, np.inf, np.minimum(sizes * max_change_share, max_change_m2))
    snapped, spent = _snap(level, None if within is None else within.shapes, snap_m, most)
    faces = cut_faces(snapped, None if within is None else within.shapes)
    allowance = Allowance(most - spent)
    face_sizes = measure_drawn_m2(faces.shapes, level.crs)
    shares = share_faces(faces, face_sizes, own[first] if own is not None and within is not None else None, allowance)
    for row in np.flatnonzero(spent).tolist():
        shares.changes[row].add(SNAPPED)
    shapes = _join(faces, shares, len(first))
    broken = {name for one in level.findings if one.kind == "invalid" for name in one.ids}
    repaired = gpd.GeoDataFrame(
        {
            "row": level.rows["row"].to_numpy(),
            "area_id": level.rows["area_id"].to_numpy(object),
            "label": level.rows["label"].to_numpy(object),
            "parent_id": _parent_ids(level, above, own),
        },
        geometry=shapes[level.footprint],
        crs=level.crs,
    )
    rebuilt = _rebuild(repaired, above, own) if parents_follow and above is not None and own is not None else None
    changes = _changes(level, shapes, sizes, shares, broken)
    left = [_left(one, level, faces, face_sizes, sizes) for one in shares.refused]
    left = [one for one in left if one["area_m2"] > limits.tolerance_m2]
    checked_against = rebuilt if rebuilt is not None else parents
    after = find_defects(repaired, limits=limits, parents=checked_against)
    return RepairPreview(areas=repaired, parents=rebuilt, changes=changes, left=left, after=after)


def _snap(
    level: Level, parents: np.ndarray | None, snap_m: float, most_m2: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the footprints with corners snapped where an area may change by so much, and what each has changed."""
    before = level.shapes[level.first]
    found = snap_corners(before, parents, snap_m=snap_m, crs=level.crs)
    spent = np.zeros(len(before))
    if not len(found.rows):
        return before, spent
    odd = shapely.symmetric_difference(before[found.rows], found.shapes[found.rows])
    spent[found.rows] = np.maximum(measure_drawn_m2(odd, level.crs), np.finfo(float).tiny)
    is_kept = spent <= most_m2
    return np.where(is_kept, found.shapes, before), np.where(is_kept, spent, 0.0)


def _parent_ids(level: Level, above: Level | None, own: np.ndarray | None) -> np.ndarray:
    if above is None or own is None:
        return level.rows["parent_id"].to_numpy(object)
    return np.append(above.names, np.array([None], dtype=object))[own]


def _join(faces: Faces, shares: Shares, count: int) -> np.ndarray:
    """Return the ground of each area: its faces joined along the edges they share."""
    mine: list[list[int]] = [[] for _ in range(count)]
    for face, rows in enumerate(shares.given):
        for row in rows:
            mine[row].append(face)
    out = np.empty(count, dtype=object)
    for row, found in enumerate(mine):
        some = faces.shapes[found]
        out[row] = some[0] if len(found) == 1 else only_polygons(shapely.coverage_union_all(some))
    return out


def _rebuild(repaired: gpd.GeoDataFrame, above: Level, own: np.ndarray) -> gpd.GeoDataFrame:
    """Return each parent as the union of its areas; one without areas keeps its shape."""
    shapes = above.shapes.copy()
    grounds = repaired.geometry.to_numpy()
    for at in np.unique(own[own >= 0]).tolist():
        held = grounds[own == at]
        unique = np.unique(shapely.to_wkb(held).astype(object), return_index=True)[1]
        shapes[at] = only_polygons(shapely.coverage_union_all(held[unique]))
    return gpd.GeoDataFrame({"area_id": above.names}, geometry=shapes, crs=repaired.crs)


def _changes(level: Level, shapes: np.ndarray, before: np.ndarray, shares: Shares, broken: set[str]) -> pd.DataFrame:
    old, at = level.shapes[level.first], level.footprint
    touched = np.array(sorted(shares.changes), dtype=np.int64)
    after, moved = before.copy(), np.zeros(len(before))
    if len(touched):
        after[touched] = measure_m2(shapes[touched], level.crs)
        moved[touched] = measure_drawn_m2(shapely.symmetric_difference(old[touched], shapes[touched]), level.crs)
    rules = [", ".join(sorted(shares.changes.get(row, ()))) for row in range(len(before))]
    names = level.names
    told = [
        ", ".join(part for part in (MADE_VALID if str(name) in broken else "", rules[row]) if part)
        for name, row in zip(names, at.tolist(), strict=True)
    ]
    share = np.divide(moved, before, out=np.zeros(len(before)), where=before > 0)
    columns = {"before_m2": before, "after_m2": after, "change_m2": moved, "change_share": share}
    return pd.DataFrame({"area_id": names, **{name: values[at] for name, values in columns.items()}, "rules": told})


def _left(
    refused: tuple[str, int, tuple[int, ...]], level: Level, faces: Faces, sizes_m2: np.ndarray, before: np.ndarray
) -> dict[str, Any]:
    rule, face, rows = refused
    names = level.names[level.first]
    point = inner_points(faces.shapes[[face]])[0]
    smallest = float(min((before[row] for row in rows), default=np.nan))
    return {
        "rule": rule,
        "ids": [str(names[row]) for row in rows],
        "area_m2": float(sizes_m2[face]),
        "share": float(sizes_m2[face]) / smallest if rows else None,
        "x": float(shapely.get_x(point)),
        "y": float(shapely.get_y(point)),
    }
