"""Every defect of one level of areas, or the proof that there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.areas.checks import nesting
from geo.areas.checks.bands import find_out_of_band
from geo.areas.checks.finding import Finding
from geo.areas.checks.inner import inner_points
from geo.areas.checks.measure import mean_width_m, measure_drawn_m2, measure_m2, to_lon_lat
from geo.areas.checks.order import find_disorder
from geo.areas.checks.parents import match_stated
from geo.areas.checks.rows import find_invalid, find_missing_ids, footprint_numbers, merge_parts, row_names
from geo.areas.checks.tiling import Tiling, find_tiling, rows_beside
from geo.areas.codes._spec import CodeSpec
from geo.areas.defects import HARM, Defect, DefectReport, Limits
from geo.areas.proof import build_proof
from geo.contracts import text_ids
from geo.errors import CRSError, Say, name_few, say

TOPOLOGICAL = ("overlap", "gap", "parent_not_tiled", "two_parents", "outside_parent")
THIN = ("overlap", "gap", "parent_not_tiled", "outside_parent")
Progress = Callable[[float, str], None]


@dataclass(eq=False)
class Level:
    """
    One row an area (`row` is its place in the file), shapes valid.

    `footprint` numbers the footprints, `first` is the row of each one's first area.
    """

    rows: pd.DataFrame
    names: np.ndarray
    shapes: np.ndarray
    footprint: np.ndarray
    first: np.ndarray
    crs: Any
    findings: list[Finding] = field(default_factory=list)
    notices: list[Say] = field(default_factory=list)


def find_defects(
    areas: gpd.GeoDataFrame,
    *,
    limits: Limits,
    parents: gpd.GeoDataFrame | None = None,
    bands: Mapping[str, tuple[float, float]] | None = None,
    code_scheme: CodeSpec | None = None,
    progress: Progress | None = None,
) -> DefectReport:
    """
    Return every defect of one level of areas: where a point would be counted twice, by nobody or under another parent.

    Checks work on footprints: areas stacked in a tower have one exactly equal shape and do not overlap each other. A
    gap is ground that areas enclose and none covers; where parents are given, enclosed ground outside every parent
    is the parents' own hole and only a notice, and parents must be tiled by the areas. An invalid shape is one
    defect and takes part in the other checks as make_valid leaves it. Borders are compared in the file's own
    coordinates, where equal points are equal bits, and sizes measured in true square metres.

    Parameters
    ----------
    areas
        One row an area (or a part of one), in the order of the file. Columns area_id (text or missing), geometry;
        optional parent_id, households, area_class, and label: what else a row says of its area, to tell parts of one
        area from an id used twice. Any CRS. Shape (n,).
    limits
        Tolerance in m², sliver bounds, share for two parents.
    parents
        The level above: area_id and geometry, same CRS. Rows of one id are parts of one parent.
    bands
        Class of area -> (fewest, most) households, "" for every class not named. Dedicated areas are exempt.
    code_scheme
        A SPEC of geo/areas/codes; None checks no code.
    progress
        Told the share done, 0 to 1, and the step about to begin; what it raises ends the check.

    Returns
    -------
    report
        Defects by harm, then size; a proof where there are none.

    Raises
    ------
    CRSError
        If the areas have no CRS, or the parents another one.

    Notes
    -----
    Source: definition; DB11/T 2157-2023 6.2.1 and CJ/T 213-2005 ask for closed polygons without gap or overlap. Edges
    that two footprints share bit for bit cancel; only the others are laid over each other. Cost: O(n log n).

    Examples
    --------
    A and B share 1 m² of ground; the ground between them and C is not enclosed:

    >>> squares = [shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1), shapely.box(4, 0, 5, 1)]
    >>> shifted = [shapely.affinity.translate(one, 500_000, 3_370_000) for one in squares]
    >>> table = gpd.GeoDataFrame({"area_id": ["A", "B", "C"]}, geometry=shifted, crs="EPSG:32651")
    >>> limits = Limits(tolerance_m2=0.01, sliver_m2=0.5, sliver_width_m=0.1, nested_share=0.99, one_drawing_share=0.5)
    >>> [(one.kind, one.ids, round(one.area_m2, 2)) for one in find_defects(table, limits=limits).defects]
    [('overlap', ('A', 'B'), 1.0)]
    >>> find_defects(table.iloc[[0, 2]], limits=limits).proof["total_area_m2"]
    3.002
    """
    tell = progress or (lambda _share, _text: None)
    require_crs(areas, parents)
    tell(0.0, "checking shapes and ids")
    level = read_level(areas)
    tell(0.2, "laying borders over each other")
    tiling = find_tiling(level.shapes[level.first], areas.crs, tolerance_m2=limits.tolerance_m2)
    tell(0.5, "comparing with the level above")
    above = read_level(parents) if parents is not None else None
    own = find_own(level, above) if above is not None else None
    level.findings += _tiling_findings(level, tiling, above)
    if above is not None and own is not None:
        level.findings += _nesting_findings(level, above, own, tiling, limits)
    _check_attributes(level, bands, code_scheme)
    tell(0.8, "measuring what was found")
    defects = _measured(level, limits)
    proof = None if defects else _proof(level, above, own, limits, tiling.is_exact)
    return DefectReport(
        areas=len(level.names),
        footprints=len(level.first),
        defects=tuple(defects),
        notices=tuple(level.notices),
        limits=limits,
        proof=proof,
    )


def require_crs(areas: gpd.GeoDataFrame, parents: gpd.GeoDataFrame | None) -> None:
    """Raise CRSError unless areas have a CRS and parents the same one."""
    if areas.crs is None:
        raise CRSError(say("areas with a CRS"), say("none"), say("give --crs"))
    if parents is not None and parents.crs != areas.crs:
        expected = say("areas and parents in one CRS")
        raise CRSError(
            expected, say("{left} and {right}", left=str(areas.crs), right=str(parents.crs)), say("give --crs")
        )


def read_level(areas: gpd.GeoDataFrame) -> Level:
    """Settle ids, shapes, parts and footprints; what cannot be told apart stays a row of its own."""
    names = row_names(areas["area_id"])
    shapes, findings = find_invalid(names, np.asarray(areas.geometry, dtype=object))
    findings += find_missing_ids(text_ids(areas["area_id"]), shapes)
    rows = pd.DataFrame(
        {"row": np.arange(len(names)), "area_id": text_ids(areas["area_id"]), "name": names, "shape": shapes}
    )
    for column in ("parent_id", "label"):
        rows[column] = pd.Series(text_ids(areas[column]) if column in areas else None, dtype=object, index=rows.index)
    rows["households"] = pd.to_numeric(areas["households"]).to_numpy(float) if "households" in areas else np.nan
    rows["area_class"] = areas["area_class"].fillna("").astype(str).to_numpy() if "area_class" in areas else ""
    rows = rows[rows["shape"].notna()].reset_index(drop=True)
    rows, doubled, notices = merge_parts(rows)
    shapes = rows["shape"].to_numpy(object)
    footprint = footprint_numbers(shapes)
    first = np.unique(footprint, return_index=True)[1]
    return Level(
        rows, rows["name"].to_numpy(object), shapes, footprint, first, areas.crs, [*findings, *doubled], notices
    )


def find_own(level: Level, above: Level) -> np.ndarray:
    """Return the position of each area's parent: as stated where known, else where it lies."""
    stated, notices = match_stated(text_ids(level.rows["parent_id"]), above.names)
    level.notices += notices
    lost = np.flatnonzero(stated < 0)
    stated[lost] = nesting.find_parent(level.shapes[lost], above.shapes).parent
    return stated


def _tiling_findings(level: Level, tiling: Tiling, above: Level | None) -> list[Finding]:
    names = level.names[level.first]
    found = []
    for left, right, shape in tiling.overlaps:
        ids = tuple(sorted((str(names[left]), str(names[right]))))
        found.append(Finding("overlap", ids, say("{one} and {other} overlap", one=ids[0], other=ids[1]), shape))
    gaps, tree = tiling.gaps, shapely.STRtree(level.shapes[level.first])
    if above is not None and len(gaps):
        held = nesting.find_parent(gaps, above.shapes)
        if (held.parent < 0).any():
            template = "{count} enclosed pieces without areas lie outside every parent too: not counted as gaps"
            level.notices.append(say(template, count=int((held.parent < 0).sum())))
        gaps = gaps[held.parent >= 0]
    for shape in gaps:
        around = tuple(sorted(str(names[one]) for one in rows_beside(shape, tree)))
        found.append(
            Finding("gap", around, say("no area covers the ground between {ids}", ids=name_few(around)), shape)
        )
    return found


def _nesting_findings(level: Level, above: Level, own: np.ndarray, tiling: Tiling, limits: Limits) -> list[Finding]:
    first, names = level.first, level.names[level.first]
    shapes = level.shapes[first]
    borders = nesting.compare_borders(shapes, own[first], above.shapes, limits)
    found, small = nesting.find_straying(shapes, names, own[first], above.shapes, above.names, limits, borders)
    bare = _bare_ground(shapes, names, above, borders.is_open, level.crs, limits)
    if not borders.is_one_drawing:
        small = np.concatenate([small, [one.shape for one, share in bare if share <= 1 - limits.nested_share]])
        bare = [(one, share) for one, share in bare if share > 1 - limits.nested_share]
        level.notices += _tell_small(small, level.crs, limits)
    if not len(tiling.gaps) or not bare:
        return [*found, *(one for one, _ in bare)]
    points = inner_points(np.array([one.shape for one, _ in bare], dtype=object))
    enclosed = set(shapely.STRtree(points).query(tiling.gaps, predicate="intersects")[1].tolist())
    return [*found, *(one for number, (one, _) in enumerate(bare) if number not in enclosed)]


def _bare_ground(
    shapes: np.ndarray, names: np.ndarray, above: Level, is_open: np.ndarray, crs: Any, limits: Limits
) -> list[tuple[Finding, float]]:
    """Look for bare ground only in parents whose border is not bit for bit their areas': the others are tiled."""
    doubtful = above.shapes[is_open]
    if not len(doubtful):
        return []
    near = np.unique(shapely.STRtree(shapes).query(doubtful, predicate="intersects")[1])
    return nesting.find_untiled(shapes[near], names[near], doubtful, above.names[is_open], crs, limits)


def _tell_small(small: np.ndarray, crs: Any, limits: Limits) -> list[Say]:
    sizes = measure_drawn_m2(small, crs)
    template = (
        "areas and the level above were drawn separately: differences of at most {share} % of an area are not counted; "
        "there are {count}, {total} m² in all, the largest {largest} m²"
    )
    share = round(100 * (1 - limits.nested_share), 3)
    total, largest = round(float(sizes.sum()), 1), round(float(sizes.max(initial=0)), 1)
    return [say(template, share=share, count=int((sizes > limits.tolerance_m2).sum()), total=total, largest=largest)]


def _check_attributes(level: Level, bands: Mapping[str, tuple[float, float]] | None, scheme: CodeSpec | None) -> None:
    rows, known = level.rows, level.rows["area_id"].notna().to_numpy()
    if bands:
        households = rows["households"].to_numpy(float)
        level.findings += find_out_of_band(level.names, level.shapes, households, rows["area_class"].tolist(), bands)
    if scheme is None:
        return
    faults = [(row, scheme.fault(str(level.names[row]))) for row in np.flatnonzero(known)]
    wrong = [(row, fault) for row, fault in faults if fault is not None]
    level.findings += [Finding("bad_code", (str(level.names[row]),), fault, level.shapes[row]) for row, fault in wrong]
    if scheme.serial_digits and not wrong:
        first = level.first[known[level.first]]
        level.notices += find_disorder(level.names[first], level.shapes[first], scheme.serial_digits)


def _measured(level: Level, limits: Limits) -> list[Defect]:
    """Give each finding its size, place, households and, where it is one, the name of a sliver."""
    found = level.findings
    shapes = np.array([one.shape for one in found], dtype=object)
    sizes = measure_drawn_m2(shapes, level.crs)
    points = _points(found, shapes)
    degrees, places = to_lon_lat(shapes, level.crs), to_lon_lat(points, level.crs)
    widths = mean_width_m(shapes, sizes, level.crs)
    living = pd.Series(level.rows["households"].fillna(0).to_numpy(), index=level.names).groupby(level=0).sum()
    stacks = _stacks(level)
    defects = []
    for number, one in enumerate(found):
        if one.kind in TOPOLOGICAL and sizes[number] <= limits.tolerance_m2:
            continue
        thin = sizes[number] < limits.sliver_m2 and widths[number] < limits.sliver_width_m
        ids = {other for area_id in one.ids for other in stacks.get(area_id, (area_id,))}
        place = places[number]
        defects.append(
            Defect(
                kind="sliver" if one.kind in THIN and thin else one.kind,
                ids=one.ids,
                area_m2=float(sizes[number]),
                households=int(sum(living.get(area_id, 0) for area_id in ids)),
                lon=None if place is None else round(shapely.get_x(place), 9),
                lat=None if place is None else round(shapely.get_y(place), 9),
                message=one.message,
                shape=degrees[number],
            )
        )
    return sorted(defects, key=lambda one: (HARM[one.kind], -one.area_m2, one.ids))


def _points(found: Sequence[Finding], shapes: np.ndarray) -> np.ndarray:
    """Return a point well inside each finding's largest part, or the one it came with."""
    points = np.full(len(found), None, dtype=object)
    for number, one in enumerate(found):
        if one.point is not None or shapes[number] is None or shapely.is_empty(shapes[number]):
            points[number] = one.point
            continue
        parts = shapely.get_parts(shapes[number])
        points[number] = inner_points(parts[[np.argmax(shapely.area(parts))]])[0]
    return points


def _stacks(level: Level) -> dict[str, tuple[str, ...]]:
    """Return the areas of each footprint that several share, by the name of the first."""
    if len(level.first) == len(level.names):
        return {}
    groups = pd.Series(level.names).groupby(level.footprint, sort=False)
    return {str(ids.iloc[0]): tuple(map(str, ids)) for _, ids in groups if len(ids) > 1}


def _proof(level: Level, above: Level | None, own: np.ndarray | None, limits: Limits, is_exact: bool) -> dict[str, Any]:
    parent_ids = level.rows["parent_id"].to_numpy(object)
    if above is not None and own is not None:
        parent_ids = np.append(above.names, np.array([None], dtype=object))[own]
    is_first = np.zeros(len(level.names), dtype=bool)
    is_first[level.first] = True
    return build_proof(
        level.names,
        parent_ids,
        level.shapes,
        measure_m2(level.shapes, level.crs),
        measure_m2(above.shapes[above.first], level.crs) if above is not None else None,
        is_first=is_first,
        households=float(level.rows["households"].fillna(0).sum()),
        tolerance_m2=limits.tolerance_m2,
        is_exact=is_exact,
    )
