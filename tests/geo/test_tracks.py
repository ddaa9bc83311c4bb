"""Sweeping and presence: every spot along the road against shapely, periods joined against the whole."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiLineString

from geo.metrics._sweep import RoadSamples, swept_length
from geo.metrics._tracks import seconds_present

steps = st.lists(
    st.tuples(st.integers(0, 2), st.integers(1, 600), st.integers(-90, 90), st.integers(-90, 90)),
    min_size=1,
    max_size=40,
)


def fixes_of(moves):
    """Fixes of three units; each move says who, seconds later, metres east and north."""
    rows, at, spot = [], 0, {0: (0, 0), 1: (50, 50), 2: (-50, 20)}
    for unit, later, east, north in moves:
        at += later
        spot[unit] = (spot[unit][0] + east, spot[unit][1] + north)
        rows.append((f"u{unit}", at, *spot[unit]))
    table = pd.DataFrame(rows, columns=["unit_id", "at", "x_m", "y_m"])
    return table.assign(at=pd.Timestamp("2026-06-01", tz="UTC") + pd.to_timedelta(table["at"], unit="s")).astype(
        {"x_m": float, "y_m": float}
    )


def lines_of(fixes, gap_s):
    """The tracks as lines, unit by unit, broken at gaps."""
    lines = []
    for _, one in fixes.sort_values("at", kind="stable").groupby("unit_id"):
        spots, at = one[["x_m", "y_m"]].to_numpy(), one["at"].to_numpy()
        lines += [LineString([spots[0], spots[0]])]
        for n in range(1, len(spots)):
            joined = (at[n] - at[n - 1]) <= np.timedelta64(gap_s, "s")
            lines.append(LineString([spots[n - 1] if joined else spots[n], spots[n]]))
    return lines


@settings(max_examples=80, deadline=None)
@given(steps)
def test_swept_length_agrees_with_buffers(moves):
    fixes = fixes_of(moves)
    roads = two_roads()
    length, swept = swept_length(roads, fixes, sweep_radius_m=25.0, fix_gap_s=300)
    union = gpd.GeoSeries(lines_of(fixes, 300)).buffer(25.0, quad_segs=64).union_all()
    expected = [road.intersection(union).length for road in roads.geometry]
    pieces = [len(getattr(road.intersection(union), "geoms", [1])) for road in roads.geometry]
    assert length == pytest.approx([600, np.hypot(40, 600)])
    for found, true, ends in zip(swept, expected, pieces, strict=True):
        assert found == pytest.approx(true, abs=2.5 * 2 * ends + 0.5)


def two_roads():
    lines = [LineString([(-300, 10), (300, 10)]), LineString([(0, -300), (40, 300)])]
    return gpd.GeoDataFrame(geometry=lines, crs="EPSG:32651")


@settings(max_examples=80, deadline=None)
@given(steps)
def test_seen_spots_are_those_near_a_track_by_shapely(moves):
    fixes = fixes_of(moves)
    samples = RoadSamples.build(two_roads(), 25.0)
    found = samples.seen(fixes, sweep_radius_m=25.0, fix_gap_s=300)
    track = MultiLineString([line.coords for line in lines_of(fixes, 300)])
    away = shapely.distance(shapely.points(samples.spots), track)
    clear = np.abs(away - 25.0) > 1e-6
    assert (found == (away <= 25.0))[clear].all()


@settings(max_examples=80, deadline=None)
@given(steps, st.integers(0, 6000))
def test_what_two_periods_see_is_what_they_see_together(moves, cut_s):
    fixes = fixes_of(moves)
    samples = RoadSamples.build(two_roads(), 25.0)
    second = (fixes["at"] - fixes["at"].min()).dt.total_seconds()

    def seen(low, high):
        return samples.seen(fixes[(second >= low) & (second < high)], sweep_radius_m=25.0, fix_gap_s=300)

    together = seen(0, cut_s) | seen(cut_s, np.inf) | seen(cut_s - 300, cut_s + 300)
    assert together.tolist() == seen(0, np.inf).tolist()


@settings(max_examples=80, deadline=None)
@given(steps, st.randoms(use_true_random=False))
def test_presence_by_hand_and_in_any_order(moves, random):
    fixes = fixes_of(moves)
    order = list(range(len(fixes)))
    random.shuffle(order)
    found = pd.Series(seconds_present(fixes.iloc[order], 300), index=order).sort_index()
    for row, (unit, at) in enumerate(zip(fixes["unit_id"], fixes["at"], strict=True)):
        later = [
            (t - at).total_seconds() for u, t in zip(fixes["unit_id"], fixes["at"], strict=True) if u == unit and t > at
        ]
        expected = min(later) if later and min(later) <= 300 else 0
        assert found[row] == expected
