"""The steps the demonstration county is made by, each held to its own promise."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from data.demo.terrain.cells import cut_by_outline
from data.demo.terrain.classes import meet_total
from data.demo.terrain.names import chinese_number, reading_order
from data.demo.terrain.plane import Plane, bend_edges, build_plane, trace_rings
from data.demo.terrain.polygons import VertexTable
from data.demo.terrain.regions import CellGraph, first_centres, grow, share_out
from data.demo.terrain.smoothing import border_triples, smooth_vertices

# an outline in metres with a bay and a spit: its corners cut cells in two
OUTLINE = shapely.Polygon(
    [
        (550_000, 3_360_000),
        (560_000, 3_360_500),
        (560_400, 3_369_000),
        (556_000, 3_369_500),
        (555_500, 3_362_500),
        (554_800, 3_362_600),
        (554_000, 3_370_000),
        (549_000, 3_368_000),
    ]
)


def build_random_plane(seed: int, count: int) -> Plane:
    rng = np.random.default_rng(seed)
    low_x, low_y, high_x, high_y = OUTLINE.bounds
    seeds = rng.uniform((low_x - 500, low_y - 500), (high_x + 500, high_y + 500), (count, 2))
    vertices, edges, on_outline = cut_by_outline(OUTLINE, seeds)
    return build_plane(vertices, edges, fixed=on_outline)


def draw_faces(plane: Plane, roughness: float, seed: int) -> np.ndarray:
    bends, start = bend_edges(plane, np.full(len(plane.edges), roughness), np.random.default_rng(seed))
    return VertexTable.build(plane, bends, start).polygons(np.arange(len(plane.face_area)))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(12, 160))
def test_cells_cut_at_any_outline_tile_it_however_rough_their_edges(seed: int, count: int) -> None:
    plane = build_random_plane(seed, count)
    polygons = draw_faces(plane, 0.5, seed)
    assert shapely.is_valid(polygons).all()
    assert shapely.coverage_is_valid(polygons)
    assert plane.face_area.sum() == pytest.approx(OUTLINE.area, rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(12, 160), groups=st.integers(2, 6))
def test_smoothing_any_border_keeps_the_cells_a_tiling(seed: int, count: int, groups: int) -> None:
    plane = build_random_plane(seed, count)
    group = np.random.default_rng(seed).integers(0, groups, len(plane.face_area))
    smoothed = smooth_vertices(plane, border_triples(plane, group), rounds=12)
    polygons = draw_faces(smoothed, 0.3, seed)
    assert shapely.is_valid(polygons).all()
    assert shapely.coverage_is_valid(polygons)
    assert smoothed.face_area.sum() == pytest.approx(OUTLINE.area, rel=1e-9)


def test_smoothing_straightens_a_crooked_line() -> None:
    plane = build_random_plane(4, 150)
    west = (plane.face_centre[:, 0] < 552_500).astype(int)

    def border_length(one: Plane) -> float:
        side = np.append(west, -1)[one.sides]
        return float(one.lengths[(side[:, 0] != side[:, 1]) & (side >= 0).all(axis=1)].sum())

    assert border_length(smooth_vertices(plane, border_triples(plane, west), rounds=12)) < 0.95 * border_length(plane)


def test_rings_of_one_group_are_the_outline() -> None:
    plane = build_random_plane(1, 90)
    half_edges, ring = trace_rings(plane, np.zeros(len(plane.face_area), dtype=np.int64))
    assert set(ring.tolist()) == {0}
    assert shapely.Polygon(plane.vertices[plane.origin[half_edges]]).area == pytest.approx(OUTLINE.area, rel=1e-9)


def test_an_enclosed_group_becomes_a_hole_of_the_one_around_it() -> None:
    plane = build_random_plane(2, 150)
    on_outline = np.unique(plane.sides[(plane.sides < 0).any(axis=1)].max(axis=1))
    inner = int(np.setdiff1d(np.arange(len(plane.face_area)), on_outline)[0])
    group = np.zeros(len(plane.face_area), dtype=np.int64)
    group[inner] = 1
    bends, start = bend_edges(plane, np.full(len(plane.edges), 0.2), np.random.default_rng(0))
    around, island = VertexTable.build(plane, bends, start).polygons(group)
    assert len(around.interiors) == 1
    assert shapely.coverage_is_valid([around, island])
    assert shapely.Polygon(around.interiors[0]).normalize() == island.normalize()


def square_graph(side: int) -> CellGraph:
    """Cells on a square lattice 100 m apart, joined to the ones beside and above."""
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(side), np.arange(side)))
    number = np.arange(side * side).reshape(side, side)
    beside = np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()])
    above = np.column_stack([number[:-1].ravel(), number[1:].ravel()])
    pairs = np.vstack([beside, above])
    xy = np.column_stack([x, y]) * 100.0
    return CellGraph(xy, np.full(side * side, 1e4), pairs, np.zeros(len(pairs)))


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1_000), counts=st.lists(st.integers(1, 9), min_size=2, max_size=2))
def test_regions_are_whole_inside_their_parent_and_none_is_empty(seed: int, counts: list[int]) -> None:
    graph = square_graph(14)
    parent = (graph.xy[:, 0] > 600).astype(np.int64)
    weight = np.random.default_rng(seed).uniform(0.2, 3, len(parent))
    centres, owner = first_centres(graph, parent, weight, np.array(counts))
    target = (np.bincount(parent, weight) / counts)[owner]
    region = grow(graph, parent, centres, target, weight, detour_share=1.0, rounds=12, moving=6)
    assert set(region.tolist()) == set(range(sum(counts)))
    assert (owner[region] == parent).all()
    for one in range(sum(counts)):
        cells = set(np.flatnonzero(region == one).tolist())
        reached, todo = set(), [min(cells)]
        while todo:
            here = todo.pop()
            reached.add(here)
            for a, b in graph.pairs.tolist():
                todo += [two for one_, two in ((a, b), (b, a)) if one_ == here and two in cells - reached - set(todo)]
        assert reached == cells


def test_growing_evens_out_the_weights_and_stops_at_a_barrier() -> None:
    graph = square_graph(20)
    weight = np.ones(400)
    whole = np.zeros(400, dtype=np.int64)
    centres = np.array([0, 399])
    even = grow(graph, whole, centres, np.array([200.0, 200.0]), weight, detour_share=1.0, rounds=30, moving=0)
    assert abs(int((even == 0).sum()) - 200) <= 12
    crosses = (graph.xy[graph.pairs[:, 0], 0] < 750) & (graph.xy[graph.pairs[:, 1], 0] > 750)
    river = CellGraph(graph.xy, graph.area_m2, graph.pairs, np.where(crosses, 5000.0, 0.0))
    split = grow(river, whole, centres, np.array([160.0, 240.0]), weight, detour_share=1.0, rounds=30, moving=0)
    assert (split == (graph.xy[:, 0] > 750)).all()


@given(
    weights=st.lists(st.floats(0, 1e6), min_size=1, max_size=30).filter(lambda w: sum(w) > 0),
    extra=st.integers(0, 500),
    least=st.integers(0, 4),
)
def test_shares_sum_to_the_whole_and_keep_the_least(weights: list[float], extra: int, least: int) -> None:
    total = least * len(weights) + extra
    shares = share_out(total, np.array(weights), least=least)
    assert shares.sum() == total
    assert shares.min() >= least


def test_more_parts_than_there_is_to_share_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot be split"):
        share_out(2, np.ones(3))


@given(data=st.data(), size=st.integers(1, 30))
def test_counts_meet_any_total_inside_their_ranges(data: st.DataObject, size: int) -> None:
    low = np.array(data.draw(st.lists(st.integers(0, 20), min_size=size, max_size=size)))
    high = low + np.array(data.draw(st.lists(st.integers(0, 20), min_size=size, max_size=size)))
    start = np.array(data.draw(st.lists(st.integers(-5, 60), min_size=size, max_size=size)))
    total = data.draw(st.integers(int(low.sum()), int(high.sum())))
    counts = meet_total(start, low, high, total)
    assert counts.sum() == total
    assert (counts >= low).all()
    assert (counts <= high).all()


def test_a_total_outside_the_ranges_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be reached within 1 to 3"):
        meet_total(np.array([2]), np.array([1]), np.array([3]), 4)


@given(st.lists(st.tuples(st.floats(120, 121), st.floats(30, 31)), min_size=1, max_size=40))
def test_serials_number_each_group_from_one(points: list[tuple[float, float]]) -> None:
    group = np.arange(len(points)) % 3
    serial = reading_order(np.array(points), group)
    for one in set(group.tolist()):
        assert sorted(serial[group == one].tolist()) == list(range(1, int((group == one).sum()) + 1))


def test_numbers_up_to_99_are_written_in_chinese() -> None:
    written = [chinese_number(number) for number in range(1, 100)]
    assert len(set(written)) == 99
    assert (written[0], written[9], written[20], written[98]) == ("一", "十", "二十一", "九十九")
