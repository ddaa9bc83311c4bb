"""The index against whole-number arithmetic, point by point, where rounding would go wrong."""

import math
import os
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
import shapely
from shapely.geometry import Polygon, box

from geo.errors import SchemaError
from geo.locate import LON_LAT, LocateIndex
from geo.locate import _look_up as layout
from tests.conftest import ROOT
from tests.geo.exactly import expected, hard_ground, hard_points

CALLED = "from geo.locate._compiled import compiled\n\n\n@compiled\ndef same(value):\n    return value\n"
CALLING = (
    "from _called import same\nfrom geo.locate._compiled import compiled\n\n\n"
    "@compiled\ndef double(number):\n    return 2 * same(number)\n"
)


def found(index, lon, lat):
    answer = index.query(lon, lat)
    return list(zip(answer.ids.tolist(), answer.reasons.tolist(), strict=True))


@pytest.mark.parametrize("grid", [None, 2.0**-10, 2.0**-5])
def test_hard_points_as_in_whole_numbers(grid):
    ids, shapes = hard_ground(14, grid=grid, seed=3)
    lon, lat = hard_points(shapes, 2_000, seed=4)
    index = LocateIndex.build(ids, list(shapes))
    answers = expected(ids, shapes, lon, lat)
    assert found(index, lon, lat) == answers
    assert {reason for _, reason in answers} >= {"inside", "boundary", "overlap"}
    turned = np.random.default_rng(0).permutation(len(ids))
    again = LocateIndex.build([ids[row] for row in turned], list(shapely.reverse(shapes[turned])))
    assert found(again, lon[::-1], lat[::-1]) == answers[::-1]


@pytest.mark.parametrize("seed", range(4))
def test_cells_cut_in_two_by_one_edge(seed):
    """Slanted strips whose long edges cut most cells in two: points on them and beside them."""
    rng = np.random.default_rng(seed)
    low, high = np.round(np.sort(rng.uniform(1.0, 9.0, (2, 41))) * 2**20) / 2**20
    strips = [Polygon([(low[k], 1), (low[k + 1], 1), (high[k + 1], 7), (high[k], 7)]) for k in range(40)]
    ids, shapes = [f"s{row:02}" for row in rng.permutation(40)], np.array(strips, dtype=object)
    index = LocateIndex.build(ids, list(shapes))
    codes = -3 - index._cells.coarse
    assert {layout.CHORD, layout.LEAF} <= set((codes[codes >= 0] & 3).tolist())
    lon, lat = hard_points(shapes, 3_000, seed=seed)
    assert found(index, lon, lat) == expected(ids, shapes, lon, lat)


def test_a_change_of_a_compiled_file_is_noticed_by_those_that_call_it(tmp_path):
    (tmp_path / "_called.py").write_text(CALLED)
    (tmp_path / "_calling.py").write_text(CALLING)

    def answer():
        ran = subprocess.run(
            [sys.executable, "-c", "from _calling import double; print(double(3))"],
            cwd=tmp_path, env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"}, check=True,
            capture_output=True, text=True,
        )  # fmt: skip
        return ran.stdout.strip()

    assert answer() == "6"
    (tmp_path / "_called.py").write_text(CALLED.replace("return value", "return 10 * value"))
    assert answer() == "60"


def test_a_thousand_areas_over_one_point():
    """More areas than one mask holds, all meeting in one corner and all overlapping in one place."""
    angle = np.linspace(0, 2 * math.pi, 301)
    rim = np.round(np.stack([np.cos(angle), np.sin(angle)], axis=1) * 1024) / 1024
    rim[-1] = rim[0]
    wedges = [Polygon([(0, 0), rim[k], rim[k + 1]]) for k in range(300)]
    ids = [f"w{k:03}" for k in range(300)]
    index = LocateIndex.build(ids, wedges)
    lon = np.array([0.0, *(rim[:, 0] / 2), *((rim[:-1, 0] + rim[1:, 0]) / 4)])
    lat = np.array([0.0, *(rim[:, 1] / 2), *((rim[:-1, 1] + rim[1:, 1]) / 4)])
    assert found(index, lon, lat) == expected(ids, np.array(wedges, dtype=object), lon, lat)
    nested = [box(-k, -k, k, k) for k in range(1, 131)]
    names = [f"n{k:03}" for k in range(130)]
    lon, lat = np.arange(0.0, 131.0, 0.5), np.zeros(262)
    index = LocateIndex.build(names, nested)
    assert found(index, lon, lat) == expected(names, np.array(nested, dtype=object), lon, lat)


@pytest.mark.parametrize(("east", "wide"), [(0.0, 1.0), (120.0, 2.0**-40), (-3.0, 2.0**-44), (5e5, 2.0**-20)])
def test_small_extents_and_the_smallest_steps(east, wide):
    """Two squares whose sides are a few steps of a coordinate, and every step around their shared edge."""
    index = LocateIndex.build(
        ["b", "a"], [box(east, 1, east + wide, 1 + wide), box(east + wide, 1, east + 2 * wide, 1 + wide)]
    )
    middle = east + wide
    steps = [np.nextafter(middle, -math.inf), middle, np.nextafter(middle, math.inf)]
    assert found(index, steps, [1 + wide / 2] * 3) == [("b", "inside"), ("a", "boundary"), ("a", "inside")]
    edge = [np.nextafter(1.0, 0.0), 1.0, np.nextafter(1.0, 2.0)]
    assert found(index, [east + wide / 2] * 3, edge) == [(None, "outside"), ("b", "boundary"), ("b", "inside")]


def test_a_hair_from_the_axes():
    index = LocateIndex.build(["w", "e", "s"], [box(-1, 0, 0, 1), box(0, 0, 1, 1), box(-1, -1, 1, 0)])
    for hair in (5e-324, 1e-308, 1e-200, 1e-100):
        lon, lat = [0.5, 0.5, hair, -hair, hair, -hair, hair], [hair, -hair, 0.5, 0.5, hair, -hair, 0.0]
        assert index.query(lon, lat).ids.tolist() == ["e", "s", "e", "w", "e", "s", "e"]
        assert index.query(lon, lat).reasons.tolist() == [*["inside"] * 6, "boundary"]
    slope = LocateIndex.build(["t"], [Polygon([(0, 0), (1, 1), (0, 1)])])
    assert slope.query([5e-324, 5e-324, 1e-323], [5e-324, 1e-323, 5e-324]).reasons.tolist() == [
        "boundary", "inside", "outside",
    ]  # fmt: skip


def test_where_double_double_arithmetic_and_exact_arithmetic_meet():
    """A point a hair from a long edge: the sign of the exact determinant decides, not a rounded one."""
    triangle = Polygon([(0.0, 0.0), (1.0, 1.0 / 3.0), (0.0, 1.0)])
    index = LocateIndex.build(["t"], [triangle])
    lon = np.array([3.0 * 2.0**-30, 2.0**-28, 0.1, 0.3, 0.7])
    lat = lon * (1.0 / 3.0)
    for shift in (-math.inf, math.inf):
        moved = np.nextafter(lat, shift)
        for x, y in zip(lon, moved, strict=True):
            above = Fraction(y) - Fraction(1.0 / 3.0) * Fraction(x)
            reason = "inside" if above > 0 else "outside" if above < 0 else "boundary"
            assert index.query([x], [y]).reasons.tolist() == [reason]


def test_nothing_beyond_the_limits_is_a_location():
    index = LocateIndex.build(["a"], [box(170, -90, 200, 90)])
    lon, lat = [175.0, 180.0, 180.1, 175.0, -181.0], [0.0, 90.0, 0.0, 91.0, 0.0]
    assert index.query(lon, lat, limits=LON_LAT).reasons.tolist() == ["inside", "boundary", *["no_location"] * 3]
    assert index.query(lon, lat).reasons.tolist() == ["inside", "boundary", "inside", "outside", "outside"]


def test_corners_that_are_no_numbers_are_refused_by_name():
    sound = box(0, 0, 1, 1)
    with np.errstate(invalid="ignore"):
        wild = [
            shapely.transform(sound, lambda c, by=by: c * [[1], [1], [by], [1], [1]])
            for by in (math.nan, math.inf, 1e200)
        ]
    with pytest.raises(SchemaError, match="no numbers: a, b, c"):
        LocateIndex.build(["a", "b", "c", "d"], [*wild, box(0, 0, 1, 1)])


def test_crossing_rings_are_named_and_read_by_parity():
    bow = Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    twice = Polygon([(4, 0), (7, 0), (7, 2), (5, 2), (5, -1), (6, -1), (6, 3), (4, 3)])
    index = LocateIndex.build(["sound", "bow", "twice"], [box(9, 9, 10, 10), bow, twice])
    assert index.crossing_ids == ("bow", "twice")
    assert found(index, [0.25, 1.0, 1.0, 5.5], [1.0, 1.0, 0.25, 1.0]) == [
        ("bow", "inside"), ("bow", "boundary"), (None, "outside"), (None, "outside"),
    ]  # fmt: skip


def test_points_shared_among_threads_are_answered_alike(monkeypatch):
    ids, shapes = hard_ground(8, grid=2.0**-8, seed=1)
    lon, lat = hard_points(shapes, 5_000, seed=2)
    index = LocateIndex.build(ids, list(shapes))
    alone = index.query(lon, lat)
    monkeypatch.setattr("geo.locate.index.LEAST", 100)
    monkeypatch.setattr("geo.locate._compiled.thread_count", lambda: 4)
    shared = index.query(lon, lat)
    for name in ("position", "reason", "first"):
        assert np.array_equal(getattr(alone, name), getattr(shared, name))
