"""Every point has exactly one answer: drawn cases, exact arithmetic, and shapely point by point as oracles."""

import gzip
import itertools
import math
import os
from fractions import Fraction
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.affinity import translate
from shapely.geometry import MultiPolygon, Polygon, box

from geo.areas.hierarchy import Hierarchy
from geo.errors import SchemaError
from geo.locate import REASONS, LocateIndex, locate_finest

REAL = Path(os.environ.get("WANGGE_REAL") or Path(__file__).resolve().parents[2].parent / "shared" / "real")
SQUARES = {"b": box(0, 0, 2, 2), "a": box(2, 0, 4, 2), "c": box(0, 2, 4, 4)}


def index_of(shapes):
    return LocateIndex.build(list(shapes), list(shapes.values()))


def answers(index, points):
    found = index.query([p[0] for p in points], [p[1] for p in points])
    return list(zip(found.ids.tolist(), found.reasons.tolist(), strict=True))


def test_inside_edges_corners_and_outside():
    points = [(1, 1), (3, 1), (2, 1), (1, 2), (3, 2), (2, 2), (0, 0), (4, 4), (2, 0), (4.0001, 1), (-1, 1)]
    assert answers(index_of(SQUARES), points) == [
        ("b", "inside"), ("a", "inside"),
        ("a", "boundary"),  # shared by a and b
        ("b", "boundary"), ("a", "boundary"),
        ("a", "boundary"),  # the corner of all three
        ("b", "boundary"), ("c", "boundary"), ("a", "boundary"),
        (None, "outside"), (None, "outside"),
    ]  # fmt: skip


def test_no_location():
    points = [(math.nan, 1), (1, math.nan), (math.inf, 1), (1, -math.inf), (math.nan, math.nan)]
    assert answers(index_of(SQUARES), points) == [(None, "no_location")] * 5


def test_ids_sort_as_text_by_code_point():
    for low, high in (("10", "9"), ("Z", "a"), ("a", "é"), ("乙", "甲"), ("\uffff", "\U00010000")):
        index = LocateIndex.build([high, low], [box(0, 0, 1, 1), box(1, 0, 2, 1)])
        assert answers(index, [(1, 0.5)]) == [(low, "boundary")]


def test_hole_and_what_fills_it():
    ring = Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(3, 3), (6, 3), (6, 6), (3, 6)]])
    assert answers(index_of({"ring": ring}), [(4, 4), (3, 4), (1, 1)]) == [
        (None, "outside"), ("ring", "boundary"), ("ring", "inside"),
    ]  # fmt: skip
    assert answers(index_of({"ring": ring, "core": box(3, 3, 6, 6)}), [(4, 4), (3, 4)]) == [
        ("core", "inside"), ("core", "boundary"),
    ]  # fmt: skip


def test_multipolygon_is_one_area():
    parts = MultiPolygon([box(0, 0, 1, 1), box(5, 0, 6, 1)])
    assert answers(index_of({"m": parts}), [(0.5, 0.5), (5.5, 0.5), (3, 0.5), (5, 0.5)]) == [
        ("m", "inside"), ("m", "inside"), (None, "outside"), ("m", "boundary"),
    ]  # fmt: skip


def test_overlap_is_given_to_the_first_id():
    index = index_of({"z": box(0, 0, 3, 3), "y": box(2, 0, 5, 3), "x": box(2, 2, 9, 9)})
    assert answers(index, [(2.5, 1), (2.5, 2.5), (1, 1), (2, 1), (2.5, 2), (3, 1)]) == [
        ("y", "overlap"),  # inside two
        ("x", "overlap"),  # inside three
        ("z", "inside"),
        ("y", "overlap"),  # inside z, on the edge of y
        ("x", "overlap"),  # inside z and y, on the edge of x
        ("y", "overlap"),  # inside y, on the edge of z
    ]


def test_a_footprint_of_several_areas_is_stacked_never_a_child():
    tower = [(0, 0), (1, 0), (1, 1), (0, 1)]
    same = Polygon([(1, 1), (0, 1), (0, 0), (1, 0), (1, 0.5)])  # turned, other start, one vertex more
    index = LocateIndex.build(["s2", "a", "s1"], [Polygon(tower), box(1, 0, 2, 1), same])
    assert answers(index, [(0.5, 0.5), (0, 0.5), (1, 0.25), (1.5, 0.5)]) == [
        (None, "stacked"), (None, "stacked"), ("a", "boundary"), ("a", "inside"),
    ]  # fmt: skip
    found = index.query([0.5], [0.5])
    assert index.area_ids[found.first[0]] == "s1"
    assert sorted(index.area_ids[index.stacked_with(found.first[0])]) == ["s1", "s2"]


def test_two_footprints_over_a_tower_are_an_overlap():
    index = LocateIndex.build(["s1", "s2", "z"], [box(0, 0, 1, 1), box(0, 0, 1, 1), box(0.5, 0, 2, 1)])
    assert answers(index, [(0.75, 0.5)]) == [(None, "overlap")]


def test_positions_are_the_rows_as_given():
    index = LocateIndex.build(["n", "m"], [box(0, 0, 1, 1), box(1, 0, 2, 1)])
    found = index.query([0.5, 1.5, 9], [0.5, 0.5, 9])
    assert found.position.tolist() == [0, 1, -1]
    assert found.position.dtype == np.int32
    assert found.reason.dtype == np.uint8
    assert found.counts()["inside"] == 2
    assert sum(found.counts().values()) == 3


def test_no_points_and_no_areas():
    assert answers(index_of(SQUARES), []) == []
    assert answers(LocateIndex.build([], []), [(1, 1)]) == [(None, "outside")]


def test_all_faults_of_the_areas_at_once():
    with pytest.raises(SchemaError) as failure:
        LocateIndex.build(
            ["a", "a", "b", None, "c"], [box(0, 0, 1, 1), box(0, 0, 1, 1), None, Polygon(), shapely.Point(0, 0)]
        )
    told = str(failure.value)
    assert all(part in told for part in ("repeated: a", "1 areas without an id", "no geometry: b", "not a polygon: c"))


def test_progress_counts_the_points_with_a_location(monkeypatch):
    monkeypatch.setattr("geo.locate.index.CHUNK", 2)
    told = []
    found = index_of(SQUARES).query(
        [1, 3, math.nan, 2, 9, 1], [1, 1, 1, 1, 9, 3], progress=lambda *now: told.append(now)
    )
    assert told == [(share, "locating points") for share in (0.4, 0.8, 1.0)]
    assert found.ids.tolist() == ["b", "a", None, "a", None, "c"]


def exact_side(point, ring):
    """1 inside, 0 on the ring, -1 outside: ray crossing in fractions, no floating point."""
    x, y = (Fraction(v) for v in point)
    crossings = 0
    for (x0, y0), (x1, y1) in itertools.pairwise(ring):
        turn = (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)
        if turn == 0 and min(x0, x1) <= x <= max(x0, x1) and min(y0, y1) <= y <= max(y0, y1):
            return 0
        if (y0 > y) != (y1 > y) and (turn > 0) == (y1 > y0):
            crossings += 1
    return 1 if crossings % 2 else -1


def exact_rule(point, shapes):
    """The rules of the index in exact arithmetic over a dict id -> polygon, none of them stacked."""
    sides = {}
    for area_id, shape in shapes.items():
        rings = [[(Fraction(a), Fraction(b)) for a, b in r.coords] for r in (shape.exterior, *shape.interiors)]
        found = [exact_side(point, ring) for ring in rings]
        on_edge = 0 in found
        sides[area_id] = 0 if on_edge else (1 if found[0] > 0 and all(f < 0 for f in found[1:]) else -1)
    covering = sorted(i for i, side in sides.items() if side >= 0)
    inside = sum(side > 0 for side in sides.values())
    if not covering:
        return None, "outside"
    reason = "boundary" if inside == 0 else "inside" if len(covering) == 1 else "overlap"
    return covering[0], reason


def small_triangles(draw, span):
    corner = st.tuples(st.integers(0, span), st.integers(0, span))
    found = {}
    for number in range(draw(st.integers(1, 5))):
        triangle = Polygon(draw(st.lists(corner, min_size=3, max_size=3, unique=True)))
        if triangle.area > 0 and not any(triangle.equals(other) for other in found.values()):
            found[f"t{(number * 7) % 5}{number}"] = triangle
    return found


@st.composite
def triangle_sets(draw):
    return small_triangles(draw, 6)


@settings(max_examples=150, deadline=None)
@given(triangle_sets())
def test_agrees_with_exact_arithmetic_on_a_small_grid(shapes):
    points = [(x / 2, y / 2) for x in range(-1, 14) for y in range(-1, 14)]
    assert answers(LocateIndex.build(list(shapes), list(shapes.values())), points) == [
        exact_rule(p, shapes) for p in points
    ]


@settings(max_examples=100, deadline=None)
@given(triangle_sets(), st.randoms(use_true_random=False), st.integers(-1000, 1000), st.integers(-1000, 1000))
def test_row_order_and_translation_change_nothing(shapes, random, east, north):
    points = [(x / 2, y / 2) for x in range(14) for y in range(14)]
    expected = answers(index_of(shapes), points)
    names = list(shapes)
    random.shuffle(names)
    moved = {name: translate(shapes[name], east, north) for name in names}
    mixed = list(range(len(points)))
    random.shuffle(mixed)
    found = answers(index_of(moved), [(points[i][0] + east, points[i][1] + north) for i in mixed])
    assert found == [expected[i] for i in mixed]


@settings(max_examples=60, deadline=None)
@given(triangle_sets(), st.integers(0, 2))
def test_where_a_ring_starts_and_turns_changes_nothing(shapes, start):
    points = [(x / 2, y / 2) for x in range(14) for y in range(14)]

    def turned(shape):
        ring = list(shape.exterior.coords)[:-1]
        return Polygon((ring[start:] + ring[:start])[::-1])

    assert answers(index_of({k: turned(v) for k, v in shapes.items()}), points) == answers(index_of(shapes), points)


def test_finest_area_over_levels():
    tree = Hierarchy.from_table(
        ["T", "V", "G", "s1", "s2"], ["town", "village", "grid", "micro", "micro"], [None, "T", "V", "G", "G"],
        level_order=["town", "village", "grid", "micro"],
    )  # fmt: skip
    indexes = {
        "town": LocateIndex.build(["T"], [box(0, 0, 8, 8)]),
        "village": LocateIndex.build(["V"], [box(0, 0, 4, 8)]),
        "grid": LocateIndex.build(["G"], [box(0, 0, 4, 4)]),
        "micro": LocateIndex.build(["s1", "s2"], [box(0, 0, 1, 1), box(0, 0, 1, 1)]),
    }
    x, y = zip((0.5, 0.5), (3, 3), (3, 7), (7, 7), (9, 9), (math.nan, 0), (4, 4), strict=True)
    found = locate_finest(indexes, tree, x, y)
    assert found.area_ids.tolist() == ["G", "G", "V", "T", None, None, "G"]
    assert found.reasons.tolist() == ["stacked", "inside", "inside", "inside", "outside", "no_location", "boundary"]
    assert sum(found.counts().values()) == 7
    del indexes["village"]
    assert locate_finest(indexes, tree, x, y).area_ids.tolist() == ["G", "G", "T", "T", None, None, "G"]


def shapely_rule(point, shapes):
    """The rules point by point with shapely's own predicates."""
    inside = [i for i, shape in shapes.items() if shape.contains(point)]
    covering = sorted(i for i, shape in shapes.items() if shape.intersects(point))
    if not covering:
        return None, "outside"
    return covering[0], "boundary" if not inside else "inside" if len(covering) == 1 else "overlap"


@pytest.fixture(scope="module")
def toronto():
    folder = REAL / "toronto"
    if not folder.exists():
        pytest.skip("the real input is not beside the project")
    areas = gpd.read_file(folder / "neighbourhoods.geojson")
    with gzip.open(folder / "incidents.csv.gz") as file:
        rows = pd.read_csv(file, low_memory=False)
    return areas, rows


@pytest.mark.slow
def test_toronto_row_for_row_as_shapely(toronto):
    areas, rows = toronto
    columns = {name.lower(): name for name in rows.columns}
    lon = rows[next(columns[n] for n in ("long", "lon", "long_wgs84", "x") if n in columns)].to_numpy(float)
    lat = rows[next(columns[n] for n in ("lat", "lat_wgs84", "y") if n in columns)].to_numpy(float)
    shapes = dict(zip([f"n{i:03}" for i in range(len(areas))], areas.geometry, strict=True))
    found = index_of(shapes).query(lon, lat)
    assert sum(found.counts().values()) == len(rows) == 210_992
    near = shapely.STRtree(list(shapes.values()))
    names = np.array(list(shapes), dtype=object)
    points = shapely.points(lon, lat)
    for row, (area, reason) in enumerate(zip(found.ids, found.reasons, strict=True)):
        candidates = {i: shapes[i] for i in names[near.query(points[row])]}
        assert (area, reason) == shapely_rule(points[row], candidates), row


def test_reasons_are_the_contract():
    assert REASONS == ("inside", "boundary", "outside", "no_location", "overlap", "stacked", "address", "stated")
