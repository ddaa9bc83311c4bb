"""Ids: missing, used twice, or given to the parts of one area; and which areas share one footprint."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from geo.areas.checks.finding import Finding
from geo.areas.checks.tiling import only_polygons
from geo.contracts import text_ids
from geo.errors import Say, name_few, say

POLYGONS = (3, 6)


def merge_parts(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding], list[Say]]:
    """
    Return one row an area: rows of one id are its parts where they lie apart and say the same in `label`.

    Other rows of one id are a defect and stay rows of their own; so are rows that share a border, since nobody draws
    one area in two where it is whole, and a code typed twice mostly is that of a neighbour. `rows` has area_id, label
    (what else a row says of its area; None where it says nothing), shape (valid polygons), and households.

    Examples
    --------
    >>> square = [shapely.box(n, 0, n + 1, 1) for n in (0, 2, 4, 6)]
    >>> table = pd.DataFrame({"area_id": ["A", "A", "B", "B"], "label": ["x", "x", "y", "z"], "shape": square,
    ...     "households": [5, 6, 7, 8]})
    >>> merged, found, notices = merge_parts(table)
    >>> merged["area_id"].tolist(), merged["households"].tolist(), [one.ids for one in found]
    (['A', 'B', 'B'], [11, 7, 8], [('B',)])
    """
    repeated = rows["area_id"].notna() & rows["area_id"].duplicated(keep=False)
    if not repeated.any():
        return rows, [], []
    found, kept, merged = [], rows.copy(), []
    for area_id, group in rows[repeated].groupby("area_id", sort=True):
        shapes = group["shape"].to_numpy(object)
        whole = shapely.union_all(shapes)
        says = bool(group["label"].dropna().nunique() == 1 and group["label"].notna().all())
        where = _lie(shapes, whole)
        if says and where == "apart":
            kept.at[group.index[0], "shape"] = only_polygons(whole)  # type: ignore[assignment]
            kept.at[group.index[0], "households"] = group["households"].sum(min_count=1)
            kept = kept.drop(index=group.index[1:])
            merged.append(area_id)
            continue
        found.append(_duplicate(str(area_id), len(group), whole, shapes[-1], where=where if says else "apart"))
    notices = []
    if merged:
        count = int(rows["area_id"].isin(merged).sum())
        template = "{rows} rows share {count} ids and say the same of their area: they are its parts: {ids}"
        notices.append(say(template, rows=count, count=len(merged), ids=name_few(merged)))
    return kept.reset_index(drop=True), found, notices


def _lie(shapes: np.ndarray, whole: shapely.Geometry) -> str:
    """Return whether shapes lie on each other, only share a border, or lie apart (a common corner is no border)."""
    sizes, rims = shapely.area(shapes).sum(), shapely.length(shapes).sum()
    if sizes - shapely.area(whole) > 1e-9 * sizes:
        return "on"
    return "beside" if rims - shapely.length(whole) > 1e-9 * rims else "apart"


def _duplicate(area_id: str, count: int, whole: shapely.Geometry, last: shapely.Geometry, *, where: str) -> Finding:
    told = {
        "on": say("{count} rows have the id {id} and lie on each other", count=count, id=area_id),
        "beside": say("{count} rows have the id {id} and share a border", count=count, id=area_id),
        "apart": say("{count} rows have the id {id} and nothing says that they are one area", count=count, id=area_id),
    }[where]
    return Finding("duplicate_id", (area_id,), told, only_polygons(whole), shapely.point_on_surface(last))


def find_missing_ids(ids: np.ndarray, shapes: np.ndarray) -> list[Finding]:
    """Return a finding for each row without an id, called by its number in the file (#1 is the first)."""
    return [
        Finding("missing_id", (f"#{row + 1}",), say("row {row} has no id", row=int(row) + 1), shapes[row])
        for row in np.flatnonzero([one is None for one in ids])
    ]


def find_invalid(ids: np.ndarray, shapes: np.ndarray) -> tuple[np.ndarray, list[Finding]]:
    """
    Return valid polygons for the other checks (None where there is no ground) and a finding for each broken shape.

    Examples
    --------
    >>> bow = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    >>> fixed, found = find_invalid(np.array(["A", "B"], object), np.array([bow, None]))
    >>> [str(one.message) for one in found], found[1].point.wkt
    (['B has no polygon', 'A is not valid: Self-intersection'], 'POINT (1 1)')
    """
    fixed, found = np.array(shapely.force_2d(shapes), dtype=object), []
    surface = np.isin(shapely.get_type_id(fixed), POLYGONS) & ~shapely.is_empty(fixed)
    for row in np.flatnonzero(~surface):
        ground = None if fixed[row] is None else only_polygons(fixed[row])
        fixed[row] = None if ground is None or shapely.is_empty(ground) else ground
        found.append(Finding("invalid", (ids[row],), say("{id} has no polygon", id=ids[row]), None))
    for row in np.flatnonzero(surface & ~shapely.is_valid(fixed)):
        reason = str(shapely.is_valid_reason(fixed[row]))
        told = say("{id} is not valid: {reason}", id=ids[row], reason=reason.partition("[")[0].strip())
        point = _place(reason)
        ground = only_polygons(shapely.make_valid(fixed[row]))
        fixed[row] = None if shapely.is_empty(ground) else ground
        found.append(Finding("invalid", (ids[row],), told, fixed[row], point))
    return fixed, found


def _place(reason: str) -> shapely.Geometry | None:
    """Read the place out of a reason such as 'Self-intersection[1 1]'."""
    try:
        x, y = (float(one) for one in reason.partition("[")[2].rstrip("]").split()[:2])
    except ValueError:
        return None
    return shapely.Point(x, y) if np.isfinite([x, y]).all() else None


def footprint_numbers(shapes: np.ndarray) -> np.ndarray:
    """
    Return the number of each area's footprint, from 0 in the order of the rows: areas of the very same shape share one.

    Examples
    --------
    >>> square = shapely.box(0, 0, 1, 1)
    >>> footprint_numbers(np.array([square, shapely.box(1, 0, 2, 1), square.reverse()])).tolist()
    [0, 1, 0]
    """
    rough = pd.DataFrame(shapely.bounds(shapes)).assign(points=shapely.get_num_coordinates(shapes))
    maybe = np.flatnonzero(rough.duplicated(keep=False))
    key = np.array([f"#{row}".encode() for row in range(len(shapes))], dtype=object)
    key[maybe] = shapely.to_wkb(shapely.normalize(shapes[maybe])) if len(maybe) else key[maybe]
    return np.asarray(pd.factorize(key)[0])


def row_names(area_ids: object) -> np.ndarray:
    """Return ids as text; a row without one is called by its number in the file."""
    ids = text_ids(area_ids)  # type: ignore[arg-type]
    return np.array([one if one is not None else f"#{row + 1}" for row, one in enumerate(ids)], dtype=object)
