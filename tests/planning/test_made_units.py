"""Units made from streets and buildings: cells tile blocks, blocks tile areas, nobody is lost, towers are split."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity
from typer.testing import CliRunner

from cli import app
from data.planning.made import Sources, make_units
from data.settings import DEFAULTS
from geo.areas.find import find_defects
from geo.crs.plane import local_plane
from geo.errors import SchemaError
from geo.planning.barriers import Barriers
from geo.planning.blocks.cells import block_of_buildings, cut_cells
from geo.planning.blocks.enclosures import enclose, mean_width_m
from geo.planning.blocks.made import Streets, class_of_blocks, make_ground, units_of
from geo.planning.blocks.towers import split_tower
from geo.planning.graph import label_parts
from geo.planning.units import Band
from tests.geo.planting import LIMITS

NONE = np.empty(0, dtype=object)
SIDE = 300.0


def villages(rng, count):
    """Cells of random points in a square: areas that share every corner."""
    points = shapely.multipoints(rng.random((count, 2)) * SIDE)
    square = shapely.box(0, 0, SIDE, SIDE)
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=square))
    noded = shapely.union_all([*shapely.boundary(cells), shapely.boundary(square)])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    return faces[shapely.contains(square, shapely.point_on_surface(faces))]


def lines(rng, count):
    """Streets across, curved, dead ends and a ring."""
    ends = rng.random((count, 4, 2)) * (SIDE + 100) - 50
    streets = [shapely.LineString(one[: 2 + at % 3]) for at, one in enumerate(ends)]
    return np.array([*streets, shapely.Point(SIDE / 2, SIDE / 2).buffer(60).boundary], dtype=object)


def houses(rng, count):
    """Turned boxes that may overlap, stand across streets or touch, a copy of one, one inside another, and a point."""
    spots, turn = rng.random((count, 2)) * (SIDE + 20) - 10, rng.random(count) * 90
    wide = rng.uniform(4, 30, (count, 2))
    boxes = [
        affinity.rotate(shapely.box(x, y, x + w, y + h), a) for (x, y), (w, h), a in zip(spots, wide, turn, strict=True)
    ]
    touching = [*boxes[:1], shapely.box(100, 100, 110, 110), shapely.box(110, 100, 120, 110)]
    inside = [shapely.box(200, 200, 230, 230), shapely.box(210, 210, 215, 215), shapely.Point(20, 20)]
    return np.array([*boxes, *touching, *inside], dtype=object)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32), areas=st.integers(1, 4), streets=st.integers(0, 8), count=st.integers(0, 40))
def test_cells_tile_blocks_and_every_building_is_in_one(seed, areas, streets, count):
    rng = np.random.default_rng(seed)
    limits, buildings = villages(rng, areas), houses(rng, count)
    blocks = enclose(limits, lines(rng, streets))
    assert shapely.area(blocks.shapes).sum() == pytest.approx(SIDE * SIDE, abs=1e-3)
    block = block_of_buildings(blocks, limits, buildings)
    cells = cut_cells(blocks, buildings, block, shrink_m=0.4, step_m=4.0)
    assert shapely.coverage_is_valid(cells.shapes)
    assert shapely.is_valid(cells.shapes).all()
    assert set(shapely.get_type_id(cells.shapes)) == {3}, "every cell is in one piece"
    for row, shape in enumerate(blocks.shapes):
        whole = shapely.coverage_union_all(cells.shapes[cells.block == row])
        assert shapely.area(shapely.symmetric_difference(whole, shape)) < 1e-3
    outside = ~shapely.intersects(shapely.union_all(limits), shapely.point_on_surface(buildings))
    assert ((cells.of_building < 0) == outside).all()
    held = ~outside
    assert (cells.block[cells.of_building[held]] == block[held]).all()
    assert (
        np.bincount(cells.of_building[held], minlength=len(cells.shapes))[np.isin(cells.block, block[held])].min(
            initial=1
        )
        >= 1
    ), "a cell without a building only where its block has none"
    over = shapely.area(shapely.difference(cells.shapes, limits[blocks.limit[cells.block]]))
    assert over.max(initial=0) < 1e-3, "no cell lies in two areas"


def test_a_building_keeps_the_ground_around_it():
    """In the open each house has what is nearest to it: checked by points drawn at random."""
    rng = np.random.default_rng(1)
    spots = [(x, y) for x in range(20, 280, 45) for y in range(20, 280, 45)]
    drawn = np.array([shapely.box(x, y, x + rng.uniform(5, 20), y + rng.uniform(5, 20)) for x, y in spots])
    square = np.array([shapely.box(0, 0, SIDE, SIDE)])
    cells = cut_cells(enclose(square, NONE), drawn, np.zeros(len(drawn), dtype=int), shrink_m=0.4, step_m=1.0)
    points = shapely.points(rng.random((3000, 2)) * SIDE)
    away = shapely.distance(points[:, None], drawn[None, :])
    near, next_near = np.sort(away, axis=1)[:, :2].T
    clear = next_near - near > 1.0
    point, cell = shapely.STRtree(cells.shapes).query(points[clear], predicate="within")
    assert len(point) == clear.sum()
    assert (cells.of_building[away[clear].argmin(axis=1)[point]] == cell).all()


def test_a_narrow_strip_is_no_block_and_no_strip_crosses_a_wall():
    square = np.array([shapely.box(0, 0, 100, 100)])
    pair = np.array([shapely.LineString([(x, -1), (x, 101)]) for x in (50, 54)])
    assert len(enclose(square, pair).shapes) == 3
    joined = enclose(square, pair, least_width_m=8.0)
    assert shapely.area(joined.shapes).round().tolist() in ([5400, 4600], [5000, 5000])
    walled = enclose(square, pair, least_width_m=8.0, walls=pair[:1])
    assert shapely.area(walled.shapes).round().tolist() == [5000, 5000]
    assert mean_width_m(walled.shapes).min() > 8


def test_no_strip_is_joined_where_a_wall_runs_along_part_of_its_border():
    """A river that goes on as a street: the strip beside both stays away from the other bank."""
    square = np.array([shapely.box(0, 0, 100, 100)])
    river, street = shapely.LineString([(50, -1), (50, 30)]), shapely.LineString([(50, 30), (50, 101)])
    beside = shapely.LineString([(55, -1), (55, 101)])
    found = enclose(square, np.array([river, street, beside]), least_width_m=8.0, walls=np.array([river]))
    assert shapely.area(found.shapes).round().tolist() == [5000, 5000]
    assert not shapely.crosses(found.shapes, river).any()


def ground_of(limit, buildings, *, hard=NONE, bridges=NONE, streets=NONE, of="cells"):
    barriers = Barriers(hard, NONE, bridges, 1.0, 15.0, 0.7)
    parting = Streets(np.concatenate([streets, hard]), barriers, 0.0)
    return make_ground(np.array([limit]), buildings, parting, of=of, shrink_m=0.4, step_m=4.0)


def test_a_river_parts_cells_and_its_own_water_belongs_to_one_bank():
    square = shapely.box(0, 0, 100, 100)
    banks = np.array([shapely.LineString([(x, -1), (x, 101)]) for x in (45, 60)])
    drawn = np.array([shapely.box(x, 40, x + 8, 48) for x in (10, 25, 70, 85)])
    ground = ground_of(square, drawn, hard=banks)
    part = label_parts(ground.graph, ground.limit)
    assert part[ground.of_building].tolist() == [part[ground.of_building[0]]] * 2 + [part[ground.of_building[2]]] * 2
    assert len(np.unique(part)) == 2
    bridge = np.array([shapely.LineString([(44, 44), (61, 44)])])
    assert len(np.unique(label_parts(ground_of(square, drawn, hard=banks, bridges=bridge).graph, ground.limit))) == 1


def test_no_cell_lies_on_both_sides_of_a_river_that_ends_in_its_block():
    square, away = shapely.box(0, 0, 200, 100), np.random.default_rng(4)
    river = np.array([shapely.LineString([(-1, 48), (80, 52), (150, 50)])])
    drawn = np.array([shapely.box(x, y, x + 9, y + 9) for x in range(5, 190, 20) for y in (10, away.uniform(60, 80))])
    ground = ground_of(square, drawn, hard=river)
    assert shapely.coverage_is_valid(ground.shapes)
    assert shapely.area(ground.shapes).sum() == pytest.approx(20_000)
    parts = shapely.difference(ground.shapes, shapely.buffer(river[0], 1e-3))
    large = [int((shapely.area(shapely.get_parts(one)) > 0.1).sum()) for one in parts]
    ends = shapely.intersects(ground.shapes, shapely.Point(150, 50))
    assert set(np.array(large)[~ends]) == {1}
    one, other = ground.graph.edges()
    middle = shapely.get_y(shapely.centroid(ground.shapes)) > 50
    west = shapely.bounds(ground.shapes)[:, 2] < 130
    assert not (west[one] & west[other] & (middle[one] != middle[other])).any()


def test_zones_rather_end_at_streets():
    square, street = shapely.box(0, 0, 100, 100), np.array([shapely.LineString([(50, -1), (50, 101)])])
    drawn = np.array([shapely.box(x, y, x + 8, y + 8) for x in (10, 80) for y in (20, 70)])
    ground = ground_of(square, drawn, streets=street)
    one, other = ground.graph.edges()
    once = np.repeat(np.arange(ground.graph.count), np.diff(ground.graph.start)) < ground.graph.other
    across = ground.block[one] != ground.block[other]
    ratio = ground.graph.cost[once] / ground.graph.border_m[once]
    assert ratio[across] == pytest.approx(0.3)
    assert ratio[~across] == pytest.approx(1.0)


@settings(max_examples=50, deadline=None)
@given(st.integers(81, 2000), st.integers(0, 12), st.integers(0, 40))
def test_a_tower_keeps_its_households_and_fits_where_it_can(households, stairwells, floors):
    band = Band(50, 80)
    parts = split_tower(households, stairwells=stairwells, floors=floors, band=band)
    assert sum(one.households for one in parts) == households
    assert len({one.by for one in parts}) == 1
    assert parts[0].first == 1
    assert [one.first for one in parts[1:]] == [one.last + 1 for one in parts[:-1]]
    assert parts[-1].last == max(stairwells if parts[0].by == "stairwell" else floors, 1)


def test_towers_are_planned_on_their_own_ground():
    """A tower of 210 between houses: three zones on one footprint, none of them with a house outside."""
    square = shapely.box(0, 0, 200, 40)
    drawn = np.array([shapely.box(x, 10, x + 12, 30) for x in range(5, 190, 20)])
    table = pd.DataFrame({"households": [8] * 4 + [210] + [8] * 5, "stairwells": 1, "floors": 21})
    ground = ground_of(square, drawn)
    made = units_of(ground, table, kind=np.full(len(ground.shapes), ""), bands={"": Band(50, 80)})
    tower = made.table[made.table["by"] == "floor"]
    assert tower["households"].tolist() == [70, 70, 70]
    assert tower["piece"].nunique() == 1
    part = label_parts(made.graph, np.zeros(made.graph.count, dtype=np.int64))
    assert len(np.unique(part[tower.index])) == 1
    assert not set(part[tower.index]) & set(np.delete(part, tower.index))


def test_rows_on_one_outline_are_units_of_a_tower():
    square = shapely.box(0, 0, 60, 40)
    drawn = np.array([shapely.box(10, 10, 40, 30)] * 3 + [shapely.box(45, 10, 50, 30)])
    ground = ground_of(square, drawn)
    assert ground.of_building[:3].tolist() == [ground.of_building[0]] * 3
    table = pd.DataFrame({"households": [60, 55, 70, 9], "stairwells": 1, "floors": 11})
    made = units_of(ground, table, kind=np.full(len(ground.shapes), ""), bands={"": Band(50, 80)})
    assert sorted(made.table["households"]) == [9, 55, 60, 70]


def test_the_class_of_a_block_is_that_of_most_households():
    ground = ground_of(shapely.box(0, 0, 9, 9), np.array([shapely.Point(2, 2), shapely.Point(7, 7)]))
    kinds = np.array(["town", "rental"], dtype=object)
    assert set(class_of_blocks(ground, kinds, np.array([3, 9]))) == {"rental"}


def test_known_corners_come_back_bit_for_bit():
    rng = np.random.default_rng(2)
    place = local_plane((120.0, 30.0, 120.5, 30.4))
    corner = rng.random((500, 2)) * 0.4 + [120.0, 30.0]
    known = shapely.points(corner)
    back = place.to_degrees(place.to_metres(known), known, grid_m=1e-6)
    assert (shapely.get_coordinates(back) == corner).all()
    other = place.to_degrees(place.to_metres(known), known[:0], grid_m=1e-6)
    assert np.abs(shapely.get_coordinates(other) - corner).max() < 1e-12


STEP = 0.001


def place(folder):
    """Two villages side by side with a street through each, a river between two, and 24 houses."""
    village = gpd.GeoDataFrame(
        {"code": ["W", "E"]},
        geometry=[shapely.box(120.5 + x, 30.4, 120.5 + x + 3 * STEP, 30.4 + 3 * STEP) for x in (0, 3 * STEP)], crs=4326,
    )  # fmt: skip
    streets = gpd.GeoDataFrame(
        {"name": ["s"]}, geometry=[shapely.LineString([(120.49, 30.4015), (120.51, 30.4016)])], crs=4326
    )
    rivers = gpd.GeoDataFrame(
        {"barrier": ["hard"]}, geometry=[shapely.LineString([(120.5015, 30.39), (120.5016, 30.41)])], crs=4326
    )
    spots = [(120.5003 + 0.00077 * (at % 8), 30.4004 + 0.001 * (at // 8)) for at in range(24)]
    size = 0.0002
    building = gpd.GeoDataFrame(
        {"bid": [f"b{at:02d}" for at in range(24)], "households": [20] * 24, "floors": [6] * 24},
        geometry=[shapely.box(x, y, x + size, y + size) for x, y in spots], crs=4326,
    )  # fmt: skip
    for name, table in (("v", village), ("s", streets), ("r", rivers), ("b", building)):
        table.to_file(folder / f"{name}.gpkg")
    return village, building


def make(folder, monkeypatch, *options, band=("40", "80")):
    monkeypatch.chdir(folder)
    words = ["plan", "--units", "b.gpkg", "--id", "bid", "--size", "households", "--within", "code", "--band", *band]
    words += ["--make", "cells", "--limits", "v.gpkg", "--streets", "s.gpkg", "--out", "o.gpkg", "--report", "r.json"]
    return CliRunner().invoke(app, [*words, *options])


def test_from_files_to_areas_without_a_defect(tmp_path, monkeypatch):
    village, building = place(tmp_path)
    done = make(tmp_path, monkeypatch, "--barriers", "r.gpkg", "--zones-out", "z.gpkg")
    assert done.exit_code == 0, done.output
    units, zones = gpd.read_file("o.gpkg"), gpd.read_file("z.gpkg")
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["made"]["buildings"] == 24
    assert report["made"]["buildings_outside"] == 0
    assert report["contiguous"]
    assert units["households"].sum() == zones["households"].sum() == building["households"].sum()
    assert zones["households"].between(40, 80).all()
    assert set(units["zone"]) == set(zones["area_id"])
    assert (units.groupby("zone")["code"].nunique() == 1).all()
    parents = village.rename(columns={"code": "area_id"})
    found = find_defects(zones[["area_id", "parent_id", "geometry"]], limits=LIMITS, parents=parents)
    assert not found.defects
    east = shapely.LineString([(120.5015, 30.39), (120.5016, 30.41)])
    cut = shapely.area(shapely.get_parts(shapely.difference(zones.geometry.to_numpy(), east.buffer(1e-6))))
    assert len(cut) == len(zones), "no zone lies on both banks"


def test_blocks_and_a_tower_from_files(tmp_path, monkeypatch):
    _, building = place(tmp_path)
    building.loc[0, "households"] = 210
    building.to_file(tmp_path / "b.gpkg")
    done = make(tmp_path, monkeypatch, "--zones-out", "z.gpkg", band=("20", "80"))
    assert done.exit_code == 0, done.output
    units, zones = gpd.read_file("o.gpkg"), gpd.read_file("z.gpkg")
    tower = units[units["part"] != ""]
    assert tower["households"].sum() == 210
    assert tower["part"].str.startswith("floor").all()
    assert tower["footprint_id"].nunique() == 1
    stacked = zones[zones["area_id"].isin(tower["zone"])]
    assert stacked["footprint_id"].nunique() == 1
    assert "1 towers split" in done.stderr
    found = find_defects(zones[["area_id", "parent_id", "geometry"]], limits=LIMITS)
    assert not found.defects
    done = make(tmp_path, monkeypatch, "--make", "blocks", band=("20", "2000"))
    assert done.exit_code == 0, done.output
    assert len(gpd.read_file("o.gpkg")) == 4


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--make", "rooms"], "--make 'rooms'"),
        (["--current", "zone"], "--current with --make"),
        (["--within", "name"], "columns code"),
    ],
    ids=["how", "current", "limits"],
)
def test_bad_questions_are_named(tmp_path, monkeypatch, options, found):
    place(tmp_path)
    done = make(tmp_path, monkeypatch, *options)
    assert done.exit_code == 2
    assert found in done.stderr
    assert not (tmp_path / "o.gpkg").exists()


def made_of(folder, **options):
    """The units of a place, its buildings changed first."""
    village, building = place(folder)
    change = options.pop("change", lambda table: table)
    sources = Sources(village.set_index("code"), NONE, NONE, NONE, NONE, change(building.set_index("bid")))
    asked = {"size": "households", "within": "code", "kind": None, "bands": {"": Band(40, 80)}, "counted": {}} | options
    return make_units(sources, of="cells", settings=DEFAULTS, **asked)


def test_bad_buildings_are_named_all_at_once(tmp_path):
    def change(table):
        sizes = table["households"].astype(float).to_numpy(copy=True)
        sizes[:2] = -3, 2.5
        return table.assign(households=sizes).set_axis([*table.index[:3], "b02", *table.index[4:]])

    with pytest.raises(SchemaError) as caught:
        made_of(tmp_path, change=change)
    for part in ("a negative households in b00", "no whole number in b01", "ids of buildings that repeat: b02"):
        assert part in str(caught.value.found)


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"size": "people"}, "no column people in the buildings"),
        ({"kind": "use"}, "no column use in the buildings or the limits"),
        ({"change": lambda table: table.iloc[:0]}, "no buildings"),
        ({"change": lambda table: table.set_geometry(table.translate(1, 1))}, "24 buildings, none inside"),
    ],
    ids=["size", "class", "empty", "elsewhere"],
)
def test_what_units_cannot_be_made_of_is_named(tmp_path, options, found):
    with pytest.raises(SchemaError) as caught:
        made_of(tmp_path, **options)
    assert found in str(caught.value.found)


def test_buildings_no_limit_holds_are_told_and_not_counted(tmp_path):
    far = shapely.box(121, 31, 121.0002, 31.0002)
    made = made_of(tmp_path, change=lambda table: table.set_geometry([*table.geometry[:-1], far]))
    assert made.outside.tolist() == ["b23"]
    assert made.table["households"].sum() == 23 * 20


def test_each_class_counts_its_own_column(tmp_path):
    """Rental ground counts households of new residents, town ground all of them."""
    kinds = ["rental" if at % 8 < 2 else "town" for at in range(24)]
    made = made_of(
        tmp_path,
        change=lambda table: table.assign(kind=kinds, new=7),
        kind="kind",
        bands={"town": Band(40, 80), "rental": Band(10, 20)},
        counted={"rental": "new"},
    )
    rental = made.table["kind"] == "rental"
    stands = made.table["buildings"] > 0
    assert set(made.table.loc[~rental & stands, "households"]) == {20}
    assert set(made.table.loc[rental & stands, "households"]) <= {7}
