"""Neighbours: drawn cases, and the length of the common border pair by pair as the oracle."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Polygon, box

from geo.areas.topology import neighbours


def test_borders_with_other_vertices_corners_and_isolates():
    places = gpd.GeoSeries(
        {
            "row": box(0, 0, 4, 1),
            "left": Polygon([(0, 1), (1.5, 1), (1.5, 2), (0, 2)]),
            "right": box(1.5, 1, 4, 2),
            "corner": box(4, 2, 5, 3),
            "alone": box(9, 9, 10, 10),
        }
    )
    assert neighbours(places) == {
        "row": ["left", "right"],
        "left": ["right", "row"],
        "right": ["left", "row"],
        "corner": [],
        "alone": [],
    }


def test_a_hole_and_what_fills_it_and_a_tower():
    ring = Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(3, 3), (6, 3), (6, 6), (3, 6)]])
    places = gpd.GeoSeries({"ring": ring, "s1": box(3, 3, 6, 6), "s2": box(3, 3, 6, 6), "s3": box(3, 3, 6, 6)})
    assert neighbours(places) == {
        "ring": ["s1", "s2", "s3"],
        "s1": ["ring", "s2", "s3"],
        "s2": ["ring", "s1", "s3"],
        "s3": ["ring", "s1", "s2"],
    }


def test_nobody():
    assert neighbours(gpd.GeoSeries([], index=[])) == {}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 5)] * 2, *[st.integers(1, 3)] * 2), min_size=1, max_size=8))
def test_agrees_with_the_length_of_the_common_border(corners):
    shapes = [box(x, y, x + w, y + h) for x, y, w, h in corners]
    found = neighbours(gpd.GeoSeries(shapes, index=[f"b{i}" for i in range(len(shapes))]))
    for i, one in enumerate(shapes):
        expected = [
            f"b{j}" for j, other in enumerate(shapes) if i != j and one.boundary.intersection(other.boundary).length > 0
        ]
        assert found[f"b{i}"] == expected


def test_chicago_beats_are_mutual(real):
    beats = gpd.read_file(real / "chicago" / "beats.geojson").dissolve("beat_num")
    found = neighbours(beats)
    assert all(one in found[other] for one, others in found.items() for other in others)
    assert 4 < np.mean([len(others) for others in found.values()]) < 7
    pair = next((a, b) for a, others in found.items() for b in others)
    assert shapely.relate_pattern(beats.geometry[pair[0]], beats.geometry[pair[1]], "****1****")


def test_order_of_rows_changes_nothing():
    places = gpd.GeoSeries({"b": box(0, 0, 1, 1), "a": box(1, 0, 2, 1), "c": box(2, 0, 3, 1)})
    assert neighbours(places.iloc[::-1]) == neighbours(places) == {"b": ["a"], "a": ["b", "c"], "c": ["a"]}


@pytest.mark.parametrize("count", [1, 2])
def test_few(count):
    shapes = [box(i, 0, i + 1, 1) for i in range(count)]
    found = neighbours(gpd.GeoSeries(shapes, index=[str(i) for i in range(count)]))
    assert len(found) == count
