"""The benchmark of the check at its small size: every planted defect found, the same answers as an overlay."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from bench import check
from bench._defects import PEERS, differences_of, find_ours, overlay_self, plant_defects
from tests.cli.planted import true_m2


def test_small_run_finds_what_was_planted_and_agrees():
    report = check.run("small", lambda *_: None)
    assert report.is_passed
    assert report.differences == []
    planted = [one for one in report.checks if "planted" in one.what]
    assert [one.measured for one in planted] == ["0 missed, 0 besides, sizes agree"] * 2
    engines = {row[2] for row in report.tables[0].rows}
    assert engines >= {"wangge", *PEERS}


def test_planted_sizes_are_those_of_the_ellipsoid():
    areas, _ = check.province("small")
    copy = plant_defects(areas, 10)
    assert (len(copy.overlaps), len(copy.gaps)) == (5, 5)
    for (one, other), size in copy.overlaps.items():
        both = shapely.intersection(copy.areas.geometry[one], copy.areas.geometry[other])
        assert true_m2(both) == pytest.approx(size, rel=1e-4)


def test_an_answer_that_differs_shows():
    areas, _ = check.province("small")
    found = find_ours(plant_defects(areas, 4).areas, None)
    assert differences_of("x", found, overlay_self(areas)) == ["x: 2 overlaps differ", "x: 2 gaps against 0"]


def test_areas_that_leave_their_parents_are_measured():
    areas = gpd.GeoDataFrame({"area_id": ["A"], "parent_id": ["P"]}, geometry=[shapely.box(0, 0, 2, 1)], crs=32651)
    parents = gpd.GeoDataFrame({"area_id": ["P"]}, geometry=[shapely.box(0, 0, 1, 1)], crs=32651)
    shifted = [one.set_geometry(one.translate(500_000, 3_370_000)).to_crs(4326) for one in (areas, parents)]
    assert check._outside(*shifted) == pytest.approx(1, rel=0.01)
