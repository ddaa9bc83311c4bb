"""Snapping closes what lies within its distance, moves nothing farther, and leaves alone what already agrees."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.areas.repair.preview import preview_repair
from geo.areas.repair.snap import snap_corners
from tests.geo.planting import CRS, LIMITS, bend_edge, blocks_of, cells_of, lattice

SNAP_M = 0.1


def shaken(table, rng: np.random.Generator, reach_m: float):
    """Every area with corners of its own: none is where the neighbour has it."""
    shapes = table.geometry.to_numpy()
    own = [
        shapely.transform(one, lambda xy: xy + rng.uniform(-reach_m, reach_m, (4, 2))[[0, 1, 2, 3, 0]])
        for one in shapes
    ]
    return table.assign(geometry=own)


SHAKEN = {"seed": st.integers(0, 2**32), "in_degrees": st.booleans()}


@settings(max_examples=8)
@given(**SHAKEN)
def test_a_partition_whose_corners_all_differ_becomes_a_coverage(seed: int, in_degrees: bool) -> None:
    require_snapped(seed, in_degrees)


def require_snapped(seed: int, in_degrees: bool) -> None:
    """Shake every corner of every area on its own, snap and repair, and measure what became of it."""
    rng = np.random.default_rng(seed)
    table = shaken(cells_of(lattice(rng, 5, 4)), rng, SNAP_M / 3)
    table = table.to_crs("EPSG:4326") if in_degrees else table
    before = table.geometry.to_numpy()
    assert not shapely.coverage_is_valid(before)
    snapped = snap_corners(before, None, snap_m=SNAP_M, crs=table.crs).shapes
    metres = [shapely.boundary(one) for one in (before, snapped)]
    moved = shapely.hausdorff_distance(*metres, densify=0.05).max() * (111_700 if in_degrees else 1)
    assert moved <= SNAP_M * 1.001
    preview = preview_repair(table, limits=LIMITS, max_change_share=0.02, snap_m=SNAP_M)
    assert preview.after.is_clean
    assert preview.left == []
    after = preview.areas.geometry.to_numpy()
    width = SNAP_M / 111_700 if in_degrees else SNAP_M
    assert shapely.coverage_is_valid(after, gap_width=width)
    assert (shapely.area(after) > 0.9 * shapely.area(before)).all()
    assert (preview.changes["change_share"] <= 0.02).all()
    assert set(", ".join(preview.changes["rules"]).split(", ")) >= {"snapped"}


def test_a_slit_open_to_the_outside_is_closed_by_snapping_alone() -> None:
    pair = cells_of(lattice(np.random.default_rng(0), 2, 1))
    pair.at[1, "geometry"] = shapely.affinity.translate(pair.geometry[1], 0.06, 0)
    for snap_m, gap_m in ((0.0, 0.06), (0.05, 0.06), (SNAP_M, 0.0)):
        preview = preview_repair(pair, limits=LIMITS, max_change_share=0.02, snap_m=snap_m)
        assert shapely.distance(*preview.areas.geometry) == pytest.approx(gap_m, abs=1e-6)
    assert preview.changes["rules"].tolist() == ["", "snapped"]
    assert preview.changes["change_m2"].tolist() == pytest.approx([0, 6.0], rel=1e-3)


@given(seed=st.integers(0, 2**32))
@settings(max_examples=8)
def test_what_agrees_keeps_every_bit_however_near_its_corners_are(seed: int) -> None:
    points = lattice(np.random.default_rng(seed), 4, 4)
    points[2, 2] = points[2, 1] + [0.03, 0.01]
    table, parents = cells_of(points), blocks_of(points, 2)
    shapes = table.geometry.to_numpy()
    for above in (None, parents.geometry.to_numpy()):
        found = snap_corners(shapes, above, snap_m=SNAP_M, crs=CRS)
        assert len(found.rows) == 0
        assert all(one is other for one, other in zip(found.shapes, shapes, strict=True))


def test_areas_go_to_their_parents_and_parents_stay() -> None:
    rng = np.random.default_rng(5)
    points = lattice(rng, 6, 6)
    table, parents = shaken(cells_of(points), rng, 0.02), blocks_of(points, 3)
    preview = preview_repair(table, limits=LIMITS, max_change_share=0.02, snap_m=SNAP_M, parents=parents)
    assert preview.after.is_clean
    assert preview.parents is None
    corners = {tuple(one) for one in shapely.get_coordinates(parents.geometry.to_numpy()).tolist()}
    found = {tuple(one) for one in shapely.get_coordinates(preview.areas.geometry.to_numpy()).tolist()}
    assert corners <= found
    assert preview.after.proof["parent_area_difference_m2"] == pytest.approx(0, abs=1e-3)


def test_an_area_narrower_than_the_distance_is_not_lost() -> None:
    table = cells_of(lattice(np.random.default_rng(6), 3, 1))
    x, y = table.geometry[1].bounds[:2]
    table.at[0, "geometry"] = shapely.box(x - 100, y, x, y + 100)
    table.at[1, "geometry"] = shapely.box(x + 0.01, y, x + 0.06, y + 100)
    table.at[2, "geometry"] = shapely.box(x + 0.07, y, x + 100, y + 100)
    preview = preview_repair(table, limits=LIMITS, max_change_share=0.02, snap_m=SNAP_M)
    assert list(preview.areas["area_id"]) == list(table["area_id"])
    assert (shapely.area(preview.areas.geometry.to_numpy()) > 4).all()


def test_no_area_changes_by_more_square_metres_than_allowed() -> None:
    table = cells_of(lattice(np.random.default_rng(7), 4, 4))
    table.at[5, "geometry"] = bend_edge(table.geometry[5], 4)
    preview = preview_repair(table, limits=LIMITS, max_change_share=0.5, max_change_m2=10.0)
    assert [one["rule"] for one in preview.left] == ["overlap_to_longest_neighbour"]
    assert preview.left[0]["area_m2"] > 10
    assert preview.after.counts() == {"overlap": 1}
    for more in ({"max_change_m2": 1000.0}, {"max_change_m2": 10.0, "consent": preview.left[0]["ids"]}):
        agreed = preview_repair(table, limits=LIMITS, max_change_share=0.5, **more)
        assert agreed.after.is_clean
        assert agreed.largest_change["change_m2"] == pytest.approx(preview.left[0]["area_m2"], rel=1e-6)


def test_what_snapping_may_not_change_stays_as_it_was() -> None:
    pair = cells_of(lattice(np.random.default_rng(0), 2, 1))
    pair.at[1, "geometry"] = shapely.affinity.translate(pair.geometry[1], 0.06, 0)
    preview = preview_repair(pair, limits=LIMITS, max_change_share=0.5, max_change_m2=5.0, snap_m=SNAP_M)
    assert preview.changes["rules"].tolist() == ["", ""]
    assert shapely.distance(*preview.areas.geometry) == pytest.approx(0.06)
