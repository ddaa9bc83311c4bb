"""A year replayed: every figure against a loop over the rows, and two plans compared against a count by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from data.plans.ground import draft_of_today, ground_for
from data.plans.replay import consequences
from geo.planning.consequences.compared import compare_plans
from geo.planning.consequences.hands import changes_of_hands
from geo.planning.consequences.replay import Past, Travel, replay, zone_seats
from tests.plans.conftest import desk_of

TRAVEL = Travel(12.0, 1.3, 4.0)


def drawn_past(rng, units, incidents):
    unit = rng.integers(-1, units, incidents)
    return Past(
        unit,
        rng.random(incidents) * 2000,
        rng.random(incidents) * 2000,
        rng.integers(0, 4, units),
        rng.random(units) * 60,
    )


def test_replay_counts_what_a_loop_counts():
    rng = np.random.default_rng(4)
    units, count = 40, 7
    zone, size = rng.integers(-1, count - 1, units), rng.integers(0, 90, units)
    x, y = rng.random(units) * 2000, rng.random(units) * 2000
    past = drawn_past(rng, units, 500)
    found = replay(zone, count, size=size, x_m=x, y_m=y, past=past, travel=TRAVEL)
    seats = zone_seats(zone, count, size=size, x_m=x, y_m=y)
    for one in range(count):
        members = [u for u in range(units) if zone[u] == one]
        mine = [i for i in range(500) if past.incident_unit[i] in members]
        ways = [
            np.hypot(past.incident_x_m[i] - x[seats[one]], past.incident_y_m[i] - y[seats[one]]) * 1.3 / 200
            for i in mine
        ]
        row = found.loc[one]
        assert row["households"] == sum(size[u] for u in members)
        assert row["incidents"] == len(mine)
        assert row["visits"] == sum(past.visits[u] for u in members)
        assert np.isclose(row["patrol_minutes"], sum(past.patrol_minutes[u] for u in members))
        if members:
            assert row["visited_share"] == np.mean([past.visits[u] > 0 for u in members])
        if mine:
            assert np.isclose(row["arrival_min"], np.median(ways))
            assert row["in_time_share"] == np.mean(np.array(ways) <= 4.0)
    assert np.isnan(found.loc[count - 1, "arrival_min"])


@given(seed=st.integers(0, 10_000))
@settings(max_examples=30)
def test_numbers_of_zones_mean_nothing_and_nothing_is_lost(seed):
    rng = np.random.default_rng(seed)
    zone, size = rng.integers(0, 5, 30), rng.integers(1, 90, 30)
    past = drawn_past(rng, 30, 100)
    place = {"size": size, "x_m": rng.random(30), "y_m": rng.random(30), "past": past, "travel": TRAVEL}
    other = rng.permutation(5)
    one, two = replay(zone, 5, **place), replay(other[zone], 5, **place)
    pd.testing.assert_frame_equal(
        one, two.iloc[other].reset_index(drop=True).rename_axis("zone"), check_index_type=False
    )
    assert one["incidents"].sum() == (past.incident_unit >= 0).sum()


@given(seed=st.integers(0, 10_000))
@settings(max_examples=30)
def test_matching_keeps_as_much_as_the_best_of_all_matchings(seed):
    rng = np.random.default_rng(seed)
    old, new, size = rng.integers(0, 3, 12), rng.integers(0, 4, 12), rng.integers(1, 20, 12)
    found = compare_plans(old, new, size)
    best = max(
        sum(int(size[(old == i) & (new == j)].sum()) for i, j in enumerate(order))
        for order in itertools.permutations(range(4), 3)
    )
    assert found.kept == best
    assert found.kept + found.moved == size.sum()
    assert found.pairs["kept"].sum() == best
    handed = changes_of_hands(old, new, size, incidents=np.ones(12, dtype=int))
    assert handed["households"].sum() == found.moved
    assert handed["units"].sum() == found.units_moved


def test_a_year_on_a_draft():
    """V100103 with its two incidents goes south: 4 and 8 instead of 6 and 6; its head moves, nobody is free."""
    desk = desk_of("administrator")
    draft = draft_of_today(ground_for(desk, "grid")).with_zones({"V100103": "V1002"})
    found = consequences(desk, draft, level="grid")
    zones = found.zones
    assert zones.loc["V1001", ["incidents_before", "incidents_after"]].tolist() == [6, 4]
    assert zones.loc["V1002", ["incidents_before", "incidents_after"]].tolist() == [6, 8]
    assert zones.loc["V1002", "arrival_min_after"] > zones.loc["V1002", "arrival_min_before"] > 0
    assert (found.incidents, found.unplaced, found.vacant) == (24, 0, ["V2001", "V2002"])
    assert found.handed.to_dict("list") == {
        "from_zone": ["V1001"], "to_zone": ["V1002"], "units": [1], "households": [100], "incidents": [2],
    }  # fmt: skip
    workers = found.workers.set_index("person_id")
    assert workers["change"].to_dict() == {"p1": "stays", "p2": "stays", "p3": "moves"}
    assert workers.loc["p1", ["incidents_before", "incidents_after"]].tolist() == [6, 4]


def test_two_drafts_of_different_numbers_of_zones():
    """The merged V1001 (600) goes on as V1002, of which it has most (300); V1001 (200) and extra (100) are new."""
    desk = desk_of("administrator")
    today = draft_of_today(ground_for(desk, "grid"))
    merged = today.with_zones(dict.fromkeys(["V100201", "V100202", "V100203"], "V1001"))
    split = today.with_zones({"V100103": "extra"})
    found = consequences(desk, split, level="grid", before=merged)
    compared = found.comparison
    assert (compared.kept, compared.moved, compared.zones_changed) == (900, 300, 1)
    assert pd.isna(found.zones.loc["extra", "old_zone"])
    assert sorted(found.vacant) == ["V1001", "V2001", "V2002", "extra"]


def test_a_cut_unit_is_counted_by_where_things_lay():
    import geopandas as gpd

    from data.plans.draft import Draft
    from tests.plans.conftest import square

    desk = desk_of("administrator")
    draft = draft_of_today(ground_for(desk, "grid"))
    pieces = gpd.GeoDataFrame(
        {"cut_from": ["V100103"] * 2, "households": [70.0, 30.0]}, index=["V100103/1", "V100103/2"],
        geometry=[square(2, 1, 0.7), square(2.7, 1, 0.3)], crs=4326,
    )  # fmt: skip
    zone = pd.concat([draft.zone.drop("V100103"), pd.Series({"V100103/1": "V1001", "V100103/2": "V1002"})])
    found = consequences(desk, Draft(zone, pieces), level="grid")
    assert found.zones.loc["V1001", ["incidents_before", "incidents_after"]].tolist() == [6, 6]
    assert found.zones.loc["V1002", ["households_before", "households_after"]].tolist() == [300, 330]
