"""Micro-grids of the demonstration county's own towns, made of streets and buildings where no finer area is there."""

import threading

import numpy as np
import pytest
import shapely

from data.plans.ground import bands_for, ground_for
from data.plans.made import make_areas, sources_of
from data.plans.making import Making
from data.store import open_store
from geo.areas.find import find_defects
from geo.errors import SchemaError
from tests.geo.planting import LIMITS
from tests.planning.bare import build_bare

pytestmark = pytest.mark.usefixtures("demo_home")


@pytest.fixture(scope="module")
def desk():
    return build_bare().desk("administrator")


@pytest.fixture(scope="module")
def town(desk):
    areas = desk.areas("town", geometry=False)
    return str(
        areas.index[areas["name"].str.startswith("硖石")][0]
        if areas["name"].str.startswith("硖石").any()
        else areas.index[0]
    )


@pytest.fixture(scope="module")
def made(desk, town):
    return make_areas(desk, "micro_grid", "village", within=town)


def test_cells_of_a_town_tile_its_villages(desk, town, made):
    units = made.run.made
    grounds = units.table["footprint_id"].drop_duplicates()
    first = units.table.index.get_indexer(units.table.index[~units.table["footprint_id"].duplicated()])
    shapes = units.metres[first]
    assert len(grounds) == len(shapes)
    assert shapely.coverage_is_valid(shapes)
    assert set(shapely.get_type_id(shapes)) == {3}
    villages = desk.areas("village", within=town)
    whole = shapely.union_all(villages.geometry.to_numpy(object))
    degrees = shapely.union_all(units.shapes[first], grid_size=1e-11)
    assert shapely.area(shapely.symmetric_difference(whole, degrees)) < 1e-9 * shapely.area(whole)


def test_every_building_counts_once_and_its_households_with_it(desk, town, made):
    found = sources_of(desk, "village", town).buildings
    table = made.run.made.table
    assert made.outside == 0
    assert table.loc[~table["footprint_id"].duplicated(), "buildings"].sum() == len(found)
    rental = table["area_class"] == "rental"
    assert table.loc[~rental, "households"].sum() > 0
    assert made.areas["households"].sum() == table["households"].sum() <= found["households"].sum()
    assert found["new_residents"].sum() > 0


def test_areas_have_no_defect_and_stay_in_their_village(desk, town, made):
    parents = desk.areas("village", within=town).reset_index()[["area_id", "geometry"]]
    found = find_defects(made.areas[["area_id", "parent_id", "geometry"]], limits=LIMITS, parents=parents)
    assert [(one.kind, one.ids, one.area_m2) for one in found.defects] == []


def test_areas_are_in_the_band_of_their_class_or_the_reason_is_told(desk, made):
    bands = bands_for(desk.store, "micro_grid")
    assert (bands[""].low, bands[""].high) == (50, 80)
    assert (bands["village_group"].low, bands["rental"].high) == (15, 20)
    assert bands["dedicated"].is_exempt
    for row in made.areas.itertuples():
        band = bands.get(row.area_class, bands[""])
        assert band.excess(int(row.households)) == 0 or made.reasons[row.parent_id]
    assert made.in_band <= made.counted
    assert made.in_band / made.counted > 0.8


def test_the_same_seed_makes_the_same_areas(desk, made):
    village = str(made.areas["parent_id"].iloc[0])
    one, other = (make_areas(desk, "micro_grid", "village", within=village) for _ in range(2))
    assert one.areas["area_id"].tolist() == other.areas["area_id"].tolist()
    assert (shapely.to_wkb(one.areas.geometry.to_numpy()) == shapely.to_wkb(other.areas.geometry.to_numpy())).all()


def test_stopped_early_it_keeps_what_is_solved(desk):
    stop = threading.Event()

    def tell(share, _text):
        if share > 0.6:
            stop.set()

    found = make_areas(desk, "micro_grid", "village", progress=tell, is_stopped=stop.is_set)
    assert found.run.result.status == "stopped"
    assert 0 < found.areas["parent_id"].nunique() < len(desk.areas("village"))
    early = make_areas(desk, "micro_grid", "village", is_stopped=lambda: True)
    assert len(early.areas) == 0
    assert early.outside == 0


def test_without_buildings_it_says_so(desk):
    def rows(kind, **question):
        found = desk.rows(kind, **question)
        return found.iloc[:0] if kind == "buildings" else found

    class Bare:
        store, areas, setting = desk.store, desk.areas, desk.setting

    bare = Bare()
    bare.rows = rows
    with pytest.raises(SchemaError, match="import the buildings first"):
        sources_of(bare, "village")


def test_taken_in_they_are_a_level_that_can_be_planned():
    build_bare("taken")
    desk = open_store("taken").desk("administrator")
    village = str(desk.areas("village", geometry=False).index[0])
    making = Making(desk, "micro_grid", "village", village, "cells", None)
    making.thread.join()
    assert making.error is None
    making.take("微网格")
    making.thread.join()
    assert making.error is None
    assert making.is_taken
    store = open_store("taken")
    assert store.level_rows()[-1][0] == "micro_grid"
    taken = store.desk("administrator").areas("micro_grid")
    assert sorted(taken["households"]) == sorted(making.made.areas["households"])
    assert set(taken["parent_id"]) == {village}
    counted = store.desk("administrator").rows("buildings", columns=["area_id"], within=village)
    assert np.isin(counted["area_id"].to_numpy(object), taken.index).mean() > 0.9
    ground = ground_for(store.desk("administrator"), "village", village)
    assert ground.units.count == len(taken)
