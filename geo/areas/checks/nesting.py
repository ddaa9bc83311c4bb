"""Parents: which one an area lies in, what sticks out of it, and what of it no child covers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geo.areas.checks.edges import build_edges, faces_between, is_shared
from geo.areas.checks.finding import Finding
from geo.areas.checks.inner import inner_points
from geo.areas.checks.measure import measure_drawn_m2
from geo.areas.checks.tiling import NOISE_SHARE, count_cover, join_faces, only_polygons, rows_beside
from geo.areas.defects import Limits
from geo.errors import name_few, say


@dataclass(frozen=True, eq=False)
class Held:
    """`parent` is the position of each area's parent by position on the ground (-1 none), `share` how much it holds."""

    parent: np.ndarray
    share: np.ndarray


def find_parent(shapes: np.ndarray, parents: np.ndarray) -> Held:
    """
    Return for each area the parent that holds most of it and that share of its area; equal shares go to the first.

    Examples
    --------
    >>> halves = np.array([shapely.box(0, 0, 5, 5), shapely.box(5, 0, 10, 5)])
    >>> inside, across, away = (shapely.box(*one) for one in ((0, 0, 1, 1), (4, 0, 8, 1), (20, 0, 21, 1)))
    >>> held = find_parent(np.array([inside, across, away]), halves)
    >>> held.parent.tolist(), held.share.tolist()
    ([0, 1, -1], [1.0, 0.75, 0.0])
    """
    parent, share = np.full(len(shapes), -1), np.zeros(len(shapes))
    if not len(shapes) or not len(parents):
        return Held(parent, share)
    shapely.prepare(parents)
    row, other = shapely.STRtree(parents).query(inner_points(shapes), predicate="intersects")
    whole = shapely.covers(parents[other], shapes[row])
    parent[row[whole]], share[row[whole]] = other[whole], 1.0
    rest = np.flatnonzero(parent < 0)
    row, other = shapely.STRtree(parents).query(shapes[rest], predicate="intersects")
    if len(row):
        row = rest[row]
        held = shapely.area(shapely.intersection(shapes[row], parents[other])) / shapely.area(shapes[row])
        order = np.lexsort((other, -held, row))
        first = order[np.unique(row[order], return_index=True)[1]]
        first = first[held[first] > 0]
        parent[row[first]], share[row[first]] = other[first], held[first]
    return Held(parent, share)


@dataclass(frozen=True, eq=False)
class Borders:
    """How parents and their areas meet: which parents' borders differ at all, and whether they were drawn as one."""

    is_open: np.ndarray
    is_one_drawing: bool


def compare_borders(shapes: np.ndarray, own: np.ndarray, parents: np.ndarray, limits: Limits) -> Borders:
    """
    Return which parents do not have their areas' outer border bit for bit, and whether most of the border length does.

    Where it does not, the two levels were digitised or rounded separately, and small differences mean nothing.

    Examples
    --------
    >>> limits = Limits(tolerance_m2=0.01, sliver_m2=0.5, sliver_width_m=0.1, nested_share=0.99, one_drawing_share=0.5)
    >>> box = np.array([shapely.box(0, 0, 1, 1)])
    >>> found = compare_borders(box, np.array([0]), box, limits)
    >>> found.is_open.tolist(), found.is_one_drawing
    ([False], True)
    """
    inner, outer = build_edges(shapes), build_edges(parents).turned()
    edges = inner.then(outer)
    group = np.concatenate([own[inner.owner], outer.owner])
    shared = is_shared(edges, group)
    is_open = np.zeros(len(parents) + 1, dtype=bool)
    is_open[group[~shared]] = True
    length = np.hypot(outer.ends[:, 2] - outer.ends[:, 0], outer.ends[:, 3] - outer.ends[:, 1])
    same = float(length[shared[len(inner) :]].sum()) >= limits.one_drawing_share * float(length.sum())
    return Borders(is_open[:-1], same)


def find_straying(
    shapes: np.ndarray,
    ids: np.ndarray,
    own: np.ndarray,
    parents: np.ndarray,
    parent_ids: np.ndarray,
    limits: Limits,
    borders: Borders,
) -> tuple[list[Finding], np.ndarray]:
    """
    Return what of each area lies outside its parent `own` (a position, -1 for none), and the shapes too small to count.

    Two parents: less than `nested_share` of the area in its own, and more than the rest of that share in one other;
    otherwise outside_parent. Where the levels were not drawn as one, an area that holds `nested_share` is nested.
    """
    is_open = np.append(borders.is_open, False)
    rows = np.flatnonzero((own >= 0) & is_open[own])
    shapely.prepare(parents)
    rows = rows[~shapely.covers(parents[own[rows]], shapes[rows])]
    outside = np.array([only_polygons(x) for x in shapely.difference(shapes[rows], parents[own[rows]])], dtype=object)
    share = shapely.area(outside) / shapely.area(shapes[rows])
    counts = np.full(len(rows), True) if borders.is_one_drawing else share > 1 - limits.nested_share
    tree, found = shapely.STRtree(parents), []
    for row, shape, out in zip(rows[counts], outside[counts], share[counts], strict=True):
        others = [one for one in tree.query(shape, predicate="intersects") if one != own[row]]
        held = shapely.area(shapely.intersection(shape, parents[others])) if others else np.zeros(0)
        order = [n for n in np.argsort(-held, kind="stable") if held[n] > 1e-6 * float(shapely.area(shape))]
        most = held[order[0]] / float(shapely.area(shapes[row])) if order else 0.0
        named = (str(parent_ids[own[row]]), *(str(parent_ids[others[n]]) for n in order))
        found.append(
            _straying(str(ids[row]), shape, named, 1 - out, is_two=min(out, 1 - out, most) > 1 - limits.nested_share)
        )
    alone = np.flatnonzero(own < 0)
    message = "{id} lies in no parent"
    found += [Finding("outside_parent", (str(ids[r]),), say(message, id=ids[r]), shapes[r]) for r in alone]
    return found, outside[~counts]


def _straying(area_id: str, shape: shapely.Geometry, named: tuple[str, ...], share: float, *, is_two: bool) -> Finding:
    values = {"id": area_id, "parent": named[0], "share": round(100 * share, 1), "others": name_few(named[1:])}
    if is_two:
        template = "{id} has {share} % of its ground in {parent} and the rest in {others}"
        return Finding("two_parents", (area_id, *named), say(template, **values), shape)
    template = "{id} sticks out of {parent} into {others}" if named[1:] else "{id} sticks out of its parent {parent}"
    return Finding("outside_parent", (area_id, *named), say(template, **values), shape)


def find_untiled(
    shapes: np.ndarray, ids: np.ndarray, parents: np.ndarray, parent_ids: np.ndarray, crs: object, limits: Limits
) -> list[tuple[Finding, float]]:
    """
    Return the ground inside parents that no area covers, one finding for each connected piece with its share of the
    parent.

    Examples
    --------
    >>> limits = Limits(tolerance_m2=0.01, sliver_m2=0.5, sliver_width_m=0.1, nested_share=0.99, one_drawing_share=0.5)
    >>> child, parent = np.array([shapely.box(0, 0, 3, 4)]), np.array([shapely.box(0, 0, 4, 4)])
    >>> found = find_untiled(child, np.array(["A"]), parent, np.array(["P"]), "EPSG:32651", limits)
    >>> [(one.ids, share) for one, share in found]
    [(('P', 'A'), 0.25)]
    """
    edges = build_edges(shapes).then(build_edges(parents).turned())
    faces = faces_between(edges, ~is_shared(edges))
    faces = faces[measure_drawn_m2(faces, crs) > limits.tolerance_m2 * NOISE_SHARE]
    faces = faces[count_cover(faces, parents, shapely.STRtree(parents)) > 0]
    tree = shapely.STRtree(shapes)
    bare = join_faces(faces[count_cover(faces, shapes, tree) == 0])
    bare = bare[measure_drawn_m2(bare, crs) > limits.tolerance_m2]
    holders = find_parent(bare, parents).parent
    found = []
    for shape, at in zip(bare, holders, strict=True):
        around = [str(ids[one]) for one in rows_beside(shape, tree)]
        template = "no area covers this part of {parent}" if around else "{parent} has no areas here"
        message = say(template, parent=parent_ids[at])
        share = float(shapely.area(shape) / shapely.area(parents[at]))
        found.append((Finding("parent_not_tiled", (str(parent_ids[at]), *around), message, shape), share))
    return found
