"""Edges along each other leave hairs on an overlap or a gap: they change neither whether it is found nor its size."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.areas.checks.inner import inner_points
from geo.areas.checks.measure import measure_drawn_m2, measure_m2
from geo.areas.find import find_defects
from geo.areas.repair.preview import preview_repair
from tests.cli.planted import true_m2
from tests.geo.planting import LIMITS

WEST, SOUTH = 120.5, 30.4


def pair_with_tooth(angle: float, place: float, size_m: float, *, out: bool) -> tuple[gpd.GeoDataFrame, float]:
    """Two squares of a kilometre, turned by an angle; the first has a tooth on its side, out of it or into it."""
    scale = np.array([np.cos(np.radians(SOUTH)), 1.0]) * 111_195.0
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])

    def degrees(*corners: tuple[float, float]) -> np.ndarray:
        return np.array([WEST, SOUTH]) + (np.array(corners) @ turn.T) / scale

    one = degrees((0, 0), (1000, 0), (1000, 1000), (0, 1000))
    low, high = 1000 * place, 1000 * place + size_m
    tooth = degrees((1000, low), (1000 + (size_m if out else -size_m), (low + high) / 2), (1000, high))
    other = np.array([one[1], *degrees((2000, 0), (2000, 1000)), one[2]])
    shapes = [shapely.Polygon([*one[:2], *tooth, *one[2:]]), shapely.Polygon(other)]
    return gpd.GeoDataFrame({"area_id": ["A", "B"]}, geometry=shapes, crs="EPSG:4326"), true_m2(shapely.Polygon(tooth))


@settings(max_examples=25)
@given(angle=st.floats(0, 2 * np.pi), place=st.floats(0.001, 0.95), size_m=st.floats(1.2, 30), out=st.booleans())
def test_a_tooth_anywhere_on_a_long_side_is_found_and_sized(angle: float, place: float, size_m: float, out: bool):
    table, size = pair_with_tooth(angle, place, size_m, out=out)
    report = find_defects(table, limits=LIMITS)
    assert [(one.kind, one.ids) for one in report.defects] == [("overlap" if out else "gap", ("A", "B"))]
    assert report.defects[0].area_m2 == pytest.approx(size, rel=1e-4, abs=1e-3)
    preview = preview_repair(table, limits=LIMITS, max_change_share=0.01)
    assert preview.after.is_clean
    assert preview.changes["change_m2"].sum() == pytest.approx(size, rel=1e-3, abs=2e-3)


def test_a_hair_has_no_area_in_the_coordinates_it_was_drawn_in():
    hair = np.array([shapely.Polygon([(120.5, 30.5), (120.51, 30.51), (120.515, 30.515)])])
    assert measure_drawn_m2(hair, "EPSG:4326")[0] < 1e-3
    assert measure_m2(hair, "EPSG:4326")[0] > 50


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4490", "EPSG:4549", "EPSG:4528", "EPSG:3857", "EPSG:4214"])
@pytest.mark.parametrize("side", [1e-5, 1e-3, 1e-2, 0.5])
def test_both_measures_agree_on_plain_shapes(crs: str, side: float):
    box = gpd.GeoSeries([shapely.box(120.5, 30.5, 120.5 + side, 30.5 + side)], crs="EPSG:4326").to_crs(crs).to_numpy()
    assert measure_drawn_m2(box, crs)[0] == pytest.approx(measure_m2(box, crs)[0], rel=1e-6)


def test_missing_and_empty_shapes_measure_nothing():
    shapes = np.array([None, shapely.Polygon(), shapely.box(120, 30, 120.001, 30.001)], dtype=object)
    assert (measure_drawn_m2(shapes, "EPSG:4326") > 0).tolist() == [False, False, True]
    assert len(measure_drawn_m2(shapes[:0], "EPSG:4326")) == 0


@given(st.integers(0, 2**32))
def test_inner_points_lie_inside_and_off_the_border(seed: int):
    angles = np.sort(np.random.default_rng(seed).uniform(0, 2 * np.pi, 7))
    radii = np.random.default_rng(seed).uniform(1, 5, 7)
    star = shapely.Polygon(np.column_stack([np.cos(angles), np.sin(angles)]) * radii[:, None])
    (point,) = inner_points(np.array([star]))
    if star.is_valid and star.area > 1:
        assert star.contains_properly(point)


def test_scattered_hairs_of_one_gap_are_measured_each_by_itself():
    """Corners on long straight borders: no ground in doubt, however far apart the hairs of one shape lie."""
    hairs = [shapely.Polygon([(120.5 + x, 30.5), (120.51 + x, 30.51), (120.515 + x, 30.515)]) for x in (0.0, 0.1, 0.2)]
    whole = np.array([shapely.MultiPolygon(hairs), shapely.MultiPolygon([shapely.box(120, 30, 120.1, 30.1), hairs[2]])])
    assert measure_drawn_m2(whole, "EPSG:4326")[0] < 1e-3
    assert measure_drawn_m2(whole, "EPSG:4326")[1] == pytest.approx(measure_m2(whole[1:], "EPSG:4326")[0], rel=1e-6)
