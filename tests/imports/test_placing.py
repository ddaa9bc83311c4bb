"""The join against shapely's own predicates, and by hand for towers, addresses and stated areas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from data.imports import Placer, assign
from data.imports.addresses import AddressBook
from data.imports.placing import order_levels


def grid(side: int = 4) -> pd.DataFrame:
    """Return a county, 4 villages in it and side * side grids, all on whole degrees."""
    rows = [("C", "county", None, shapely.box(0, 0, side, side), "County")]
    half = side // 2
    for x in (0, half):
        for y in (0, half):
            rows.append((f"V{x}{y}", "village", "C", shapely.box(x, y, x + half, y + half), f"Village {x}{y}"))
    for x in range(side):
        for y in range(side):
            parent = f"V{x // half * half}{y // half * half}"
            rows.append((f"G{x}{y}", "grid", parent, shapely.box(x, y, x + 1, y + 1), f"Grid {x}{y}"))
    return pd.DataFrame(rows, columns=["area_id", "level", "parent_id", "geometry", "name"])


@given(st.lists(st.tuples(st.floats(-1, 5), st.floats(-1, 5)), max_size=40))
@settings(max_examples=40, deadline=None)
def test_points_lie_where_shapely_says(points):
    areas = grid()
    rows = pd.DataFrame({"fix_id": [str(n) for n in range(len(points))], "lon": [p[0] for p in points]})
    rows["lat"] = [p[1] for p in points]
    placed = assign(rows, "fixes", areas=areas)
    finest = areas[areas["level"] == "grid"]
    for row in placed.itertuples():
        at = shapely.Point(row.lon, row.lat)
        touching = sorted(finest["area_id"][shapely.intersects(finest["geometry"].to_numpy(), at)])
        assert row.area_id == (touching[0] if touching else None)
        inside = shapely.contains(finest["geometry"].to_numpy(), at).any()
        assert row.reason == ("inside" if inside else "boundary" if touching else "outside")


def test_every_row_has_one_reason_and_sums_hold():
    areas = grid()
    rng = np.random.default_rng(7)
    rows = pd.DataFrame({"incident_id": np.arange(500).astype(str)})
    rows["lon"], rows["lat"] = rng.uniform(-1, 5, 500), rng.uniform(-1, 5, 500)
    rows.loc[::7, ["lon", "lat"]] = np.nan
    rows["stated_area_id"] = np.where(rng.random(500) < 0.3, "G11", None)
    placer = Placer(areas)
    placed = placer.place(rows, "incidents")
    assert pd.Series(placed.reason).notna().all()
    for level in placer.levels:
        lifted = placer.hierarchy.at_level(placed.area_id, level)
        counted = pd.Series(lifted).value_counts().sum()
        assert counted + sum(one is None for one in lifted) == 500


def tower() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a grid with a tower of two stairwells on one footprint, and the tower's addresses."""
    block = shapely.box(0, 0, 1, 1)
    areas = pd.DataFrame(
        [
            ("G", "grid", None, shapely.box(0, 0, 2, 1), "Grid"),
            ("M1", "micro", "G", block, "Stair 1"),
            ("M2", "micro", "G", block, "Stair 2"),
            ("M3", "micro", "G", shapely.box(1, 0, 2, 1), "Garden"),
        ],
        columns=["area_id", "level", "parent_id", "geometry", "name"],
    )
    buildings = pd.DataFrame(
        {"building_id": ["b1", "b2"], "address": ["人民路1号1单元", "人民路1号2单元"], "area_id": ["M1", "M2"]}
    )
    return areas, buildings


def test_a_point_on_a_tower():
    areas, buildings = tower()
    rows = pd.DataFrame(
        {
            "incident_id": list("abcde"),
            "lon": [0.5, 0.5, 0.5, 0.5, 1.5],
            "lat": 0.5,
            "address": [None, "人民路１号 2单元301室", None, "别处9号", "人民路1号1单元"],
            "stated_area_id": [None, None, "M1", None, "M1"],
        }
    )
    placed = assign(rows, "incidents", areas=areas, buildings=buildings)
    assert placed["area_id"].tolist() == ["G", "M2", "M1", "G", "M3"]
    assert placed["reason"].tolist() == ["stacked", "address", "stated", "stacked", "inside"]


def test_rows_without_a_point():
    areas, buildings = tower()
    households = pd.DataFrame({"household_id": ["h"], "address": ["人民路1号2单元301室"], "area_id": ["M2"]})
    rows = pd.DataFrame(
        {
            "incident_id": list("abcdef"),
            "lon": np.nan,
            "lat": np.nan,
            "address": [
                "人民路1号1单元502",
                "人民路1号",
                "浙江省海宁市人民路1号2单元301室",
                None,
                None,
                "人民路1号1单元",
            ],
            "stated_area_id": [None, None, None, "garden", "M9", "M3"],
        }
    )
    placer = Placer(areas, buildings, households)
    placed = placer.place(rows, "incidents")
    assert placed.area_id.tolist() == ["M1", None, "M2", "M3", None, "M1"]
    assert placed.reason.tolist() == ["address", "no_location", "address", "stated", "no_location", "address"]
    assert placed.disagreements.values.tolist() == [["incidents", "f", "M3", "M1"]]
    assert placed.unknown_stated == 1


def test_a_contradiction_is_listed_and_never_overwritten():
    rows = pd.DataFrame(
        {"visit_id": list("abcd"), "lon": 0.5, "lat": 0.5, "stated_area_id": ["G00", "V00", "G33", "C"]}
    )
    placed = Placer(grid()).place(rows, "visits")
    assert placed.area_id.tolist() == ["G00"] * 4
    assert placed.disagreements["row_id"].tolist() == ["c"]


def test_a_household_is_where_its_building_is():
    areas, buildings = tower()
    rows = pd.DataFrame({"household_id": ["1", "2", "3"], "building_id": ["b2", "bx", None]})
    rows["stated_area_id"] = [None, "M3", None]
    placed = assign(rows, "households", areas=areas, buildings=buildings)
    assert placed["area_id"].tolist() == ["M2", "M3", None]
    assert placed["reason"].tolist() == ["address", "stated", "no_location"]


@pytest.mark.parametrize("text", ["0071", "71"])
def test_codes_without_leading_zeros(text):
    areas = grid().assign(area_id=lambda t: t["area_id"].replace("G11", "0071"))
    rows = pd.DataFrame({"visit_id": ["1"], "stated_area_id": [text]})
    assert assign(rows, "visits", areas=areas)["area_id"].tolist() == ["0071"]


def test_no_guess_among_names():
    areas = grid().assign(name="Same")
    rows = pd.DataFrame({"visit_id": ["1"], "stated_area_id": ["Same"]})
    assert assign(rows, "visits", areas=areas)["reason"].tolist() == ["no_location"]


@given(st.permutations(range(21)))
@settings(max_examples=10, deadline=None)
def test_order_of_areas_changes_nothing(order):
    areas = grid()
    rows = pd.DataFrame({"fix_id": ["1", "2", "3"], "lon": [1.0, 2.0, 0.2], "lat": [1.0, 0.5, 0.2]})
    shuffled = areas.iloc[list(order)].reset_index(drop=True)
    assert assign(rows, "fixes", areas=shuffled)["area_id"].tolist() == ["G00", "G10", "G00"]
    assert order_levels(shuffled) == ["county", "village", "grid"]


@given(
    st.lists(st.tuples(st.text("路1号幢a ", max_size=8), st.sampled_from("AB")), max_size=8),
    st.text("路1号幢a ", max_size=10),
)
@settings(deadline=None)
def test_an_address_never_stands_for_an_area_nobody_gave_it(entries, asked):
    found = AddressBook.build(entries).find(asked)
    assert found is None or found in {area for _, area in entries}


def test_an_address_in_an_area_that_is_gone_tells_nothing():
    areas, buildings = tower()
    households = pd.DataFrame({"household_id": ["h"], "address": ["人民路1号2单元301室"], "area_id": ["GONE"]})
    rows = pd.DataFrame(
        {"incident_id": list("ab"), "lon": [np.nan, 0.5], "lat": [np.nan, 0.5], "address": "人民路1号2单元301室"}
    )
    without = Placer(areas, buildings).place(rows, "incidents")
    placed = Placer(areas, buildings, households).place(rows, "incidents")
    assert "GONE" not in placed.area_id.tolist()
    assert placed.area_id.tolist() == without.area_id.tolist()
