"""From one set of boundaries to another: shares and kinds worked by hand, and sums on random re-partitions."""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.areas.crosswalk import UNASSIGNED, crosswalk
from geo.areas.lineage import lineage
from geo.errors import CRSError, SchemaError

DAY = date(2026, 11, 1)
SIDE = 4


def areas(**boxes):
    """Areas of metres from (west, south, east, north); the name is the id unless given after the numbers."""
    names = [one[4] if len(one) > 4 else key for key, one in boxes.items()]
    shapes = [shapely.box(*one[:4]) for one in boxes.values()]
    return gpd.GeoDataFrame({"name": names}, index=pd.Index(list(boxes), dtype=object), geometry=shapes, crs=32651)


def homes(*spots):
    x, y, households = zip(*spots, strict=True)
    return gpd.GeoDataFrame({"households": households}, geometry=gpd.points_from_xy(x, y), crs=32651)


def kinds(before, after, **given):
    table = crosswalk(before, after, **given)
    links = lineage(before, after, table, on=DAY, least_share=0.05)
    assert (links["on_date"] == pd.Timestamp(DAY)).all()
    return {(row.from_area_id, row.to_area_id): row.kind for row in links.itertuples()}


def test_a_split_has_the_shares_counted_by_hand():
    before = areas(A=(0, 0, 10, 10), B=(10, 0, 20, 10))
    after = areas(A1=(0, 0, 4, 10), A2=(4, 0, 10, 10), B=(10, 0, 20, 10))
    lived = homes((1, 5, 30), (3, 5, 15), (7, 5, 55), (15, 5, 40), (99, 5, 7))
    table = crosswalk(before, after, homes=lived).set_index(["from_id", "to_id"])
    assert table["share_of_area"].to_dict() == pytest.approx({("A", "A1"): 0.4, ("A", "A2"): 0.6, ("B", "B"): 1.0})
    assert table["households"].to_dict() == {("A", "A1"): 45, ("A", "A2"): 55, ("B", "B"): 40}
    assert table["share_of_households"].to_dict() == {("A", "A1"): 0.45, ("A", "A2"): 0.55, ("B", "B"): 1.0}
    assert kinds(before, after) == {("A", "A1"): "split", ("A", "A2"): "split"}


def test_households_of_small_areas_are_shared_out_by_ground():
    before = areas(A=(0, 0, 10, 10))
    after = areas(A1=(0, 0, 5, 10))
    finest = areas(m1=(0, 0, 4, 10), m2=(4, 0, 8, 10), m3=(8, 0, 10, 10)).assign(households=[40, 20, 60])
    table = crosswalk(before, after, finest=finest).set_index("to_id")
    assert table["households"].to_dict() == pytest.approx({"A1": 45.0, UNASSIGNED: 75.0})
    assert table["share_of_households"].to_dict() == pytest.approx({"A1": 0.375, UNASSIGNED: 0.625})


def test_merge_rename_code_change_border_and_redrawn():
    before = areas(A=(0, 0, 5, 5), B=(5, 0, 10, 5))
    assert kinds(before, areas(C=(0, 0, 10, 5))) == {("A", "C"): "merge", ("B", "C"): "merge"}
    assert kinds(before, areas(A=(0, 0, 5, 5, "East"), B=(5, 0, 10, 5))) == {("A", "A"): "rename"}
    assert kinds(before, areas(X=(0, 0, 5, 5, "A"), B=(5, 0, 10, 5))) == {("A", "X"): "code_change"}
    assert kinds(before, areas(A=(0, 0, 5.1, 5), B=(5.1, 0, 10, 5))) == {("A", "A"): "border", ("B", "B"): "border"}
    redrawn = kinds(before, areas(A=(0, 0, 10, 2.5), B=(0, 2.5, 10, 5)))
    assert redrawn == {(one, other): "redrawn" for one in "AB" for other in "AB"}
    assert kinds(before, before) == {}


def test_ground_given_to_two_areas_counts_once():
    table = crosswalk(areas(A=(0, 0, 10, 10)), areas(Y=(4, 0, 10, 10), X=(0, 0, 6, 10)))
    assert dict(zip(table["to_id"], table["share_of_area"], strict=True)) == pytest.approx({"X": 0.6, "Y": 0.4})


def test_no_households_is_no_data():
    table = crosswalk(areas(A=(0, 0, 1, 1)), areas(A=(0, 0, 1, 1)), homes=homes((5, 5, 1)))
    assert table["households"].tolist() == [0]
    assert table["share_of_households"].isna().all()
    unknown = crosswalk(areas(A=(0, 0, 1, 1)), areas(A=(0, 0, 1, 1)))
    assert unknown["households"].isna().all()


def test_bad_tables_are_refused():
    one = areas(A=(0, 0, 1, 1))
    with pytest.raises(CRSError):
        crosswalk(one.to_crs(4326), one)
    with pytest.raises(CRSError):
        crosswalk(one, one.to_crs(32650))
    both = {"homes": homes((0.5, 0.5, 1)), "finest": areas(m=(0, 0, 1, 1))}
    with pytest.raises(SchemaError, match="given twice; small areas without households"):
        crosswalk(one, one, **both)


def partition(labels):
    """A 4 m x 4 m square cut into unit cells, joined by label; label 0 is left out."""
    cells = [shapely.box(x, y, x + 1, y + 1) for x in range(SIDE) for y in range(SIDE)]
    table = gpd.GeoDataFrame({"id": [f"Z{one}" for one in labels]}, geometry=cells, crs=32651)
    whole = table[table["id"] != "Z0"].dissolve("id")
    return whole.assign(name=whole.index)


@settings(max_examples=25, deadline=None)
@given(
    old=st.lists(st.integers(1, 4), min_size=16, max_size=16),
    new=st.lists(st.integers(0, 4), min_size=16, max_size=16),
    lived=st.lists(st.tuples(st.floats(0.1, 3.9), st.floats(0.1, 3.9), st.integers(1, 9)), max_size=12),
)
def test_sums_are_kept_on_any_partition(old, new, lived):
    before, after = partition(old), partition(new)
    spots = homes(*lived) if lived else homes((9, 9, 1))
    table = crosswalk(before, after, homes=spots)
    sums = table.groupby("from_id")[["share_of_area", "share_of_households", "households"]].sum(min_count=1)
    assert sorted(sums.index) == sorted(before.index)
    assert np.allclose(sums["share_of_area"], 1)
    known = sums["households"] > 0
    assert np.allclose(sums.loc[known, "share_of_households"], 1)
    assert sums["households"].sum() == sum(one[2] for one in lived)
    assert np.allclose(table.groupby("from_id")["area_m2"].sum(), before.geometry.area)
    links = lineage(before, after, table, on=DAY, least_share=0.05)
    assert set(links["to_area_id"]) <= set(after.index)
