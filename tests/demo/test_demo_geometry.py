"""The demonstration county tiles, nests, adds up and keeps its codes: on all five levels, at several sizes."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from data.demo.geometry import LEVELS, County, build_county
from data.kinds import areas as areas_kind
from data.kinds import roads as roads_kind
from data.kinds import water as water_kind
from data.settings import DEFAULTS
from data.sources.haining_outline import read_haining_outline
from data.sources.haining_towns import TOWNS
from geo.errors import GridError

ROOT = Path(__file__).resolve().parents[2]
KEYS = [key for key, _ in LEVELS]
FULL = pytest.param((1.0, 330481), marks=[pytest.mark.prove, pytest.mark.slow], id="full")
SIZES = [pytest.param((0.05, 330481), id="small"), pytest.param((0.02, 7), id="least"), FULL]
EXPECTED = {0.05: (12, 41, 646, 15_000), 0.02: (12, 16, 258, 6_000), 1.0: (228, 816, 12_914, 300_000)}

Point = tuple[float, float]


@pytest.fixture(scope="module", params=SIZES)
def built(request: pytest.FixtureRequest) -> tuple[float, County]:
    scale, seed = request.param
    return scale, build_county(seed=seed, scale=scale)


@pytest.fixture(scope="module")
def county(built: tuple[float, County]) -> County:
    return built[1]


def level(county: County, key: str) -> gpd.GeoDataFrame:
    return county.areas[county.areas["level"] == key].set_index("area_id", drop=False)


def footprints(county: County, key: str) -> gpd.GeoDataFrame:
    return level(county, key).drop_duplicates("footprint_id")


def directed_edges(polygon: shapely.Polygon) -> list[tuple[Point, Point]]:
    """Independent of the generator: the sides of a polygon, the ground always on the left."""
    edges = []
    for place, ring in enumerate([polygon.exterior, *polygon.interiors]):
        points = [(float(x), float(y)) for x, y in ring.coords]
        turn = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(points))
        if (turn > 0) != (place == 0):
            points.reverse()
        edges += list(pairwise(points))
    return edges


def test_the_numbers_of_areas_and_households_are_those_of_the_scale(built: tuple[float, County]) -> None:
    scale, county = built
    villages, grids, micro_grids, households = EXPECTED[scale]
    counts = county.areas["level"].value_counts().to_dict()
    wanted = {"county": 1, "town": 12, "village": villages, "grid": grids, "micro_grid": micro_grids}
    assert counts == wanted
    assert level(county, "micro_grid")["households"].sum() == households


def test_every_table_has_exactly_the_columns_of_its_kind(county: County) -> None:
    assert tuple(county.areas.columns) == areas_kind.SPEC.columns
    assert tuple(county.roads.columns) == roads_kind.SPEC.columns
    assert tuple(county.water.columns) == water_kind.SPEC.columns
    assert county.areas.crs == county.roads.crs == county.water.crs == "EPSG:4326"
    assert set(county.areas["area_class"]) <= set(areas_kind.SPEC.field("area_class").allowed)
    assert county.micro_grids.index.equals(pd.Index(sorted(level(county, "micro_grid").index), name="area_id"))


@pytest.mark.parametrize("key", KEYS)
def test_a_level_covers_the_county_without_gap_or_overlap(county: County, key: str) -> None:
    table = footprints(county, key)
    polygons = table.geometry.to_numpy()
    whole = level(county, "county").geometry.iloc[0]
    assert set(table.geom_type) == {"Polygon"}
    assert shapely.is_valid(polygons).all()
    assert shapely.coverage_is_valid(polygons)
    assert shapely.area(polygons).sum() == pytest.approx(whole.area, rel=1e-9)
    assert shapely.normalize(shapely.coverage_union_all(polygons)).equals_exact(shapely.normalize(whole), 0)


@pytest.mark.parametrize("key", KEYS)
def test_every_inner_side_is_walked_once_each_way_and_the_rest_is_the_outline(county: County, key: str) -> None:
    walked = Counter(edge for polygon in footprints(county, key).geometry for edge in directed_edges(polygon))
    assert max(walked.values()) == 1
    alone = {edge for edge in walked if (edge[1], edge[0]) not in walked}
    assert alone == set(directed_edges(level(county, "county").geometry.iloc[0]))


@pytest.mark.parametrize(("parent_key", "key"), list(pairwise(KEYS)))
def test_children_are_exactly_their_parent(county: County, parent_key: str, key: str) -> None:
    parents, children = level(county, parent_key), footprints(county, key)
    assert set(level(county, key)["parent_id"]) == set(parents.index)
    assert (level(county, key).groupby("footprint_id")["parent_id"].nunique() == 1).all()
    for parent_id, group in children.groupby("parent_id"):
        parent = parents.geometry[parent_id]
        union = shapely.coverage_union_all(group.geometry.to_numpy())
        assert shapely.normalize(union).equals_exact(shapely.normalize(parent), 0), parent_id
        walked = {edge for polygon in group.geometry for edge in directed_edges(polygon)}
        alone = {edge for edge in walked if (edge[1], edge[0]) not in walked}
        assert alone == set(directed_edges(parent)), parent_id


@pytest.mark.parametrize(("parent_key", "key"), list(pairwise(KEYS)))
def test_households_add_up(county: County, parent_key: str, key: str) -> None:
    sums = level(county, key).groupby("parent_id")["households"].sum()
    assert sums.to_dict() == level(county, parent_key)["households"].to_dict()


def test_households_keep_the_bands(county: County) -> None:
    micro, grids = level(county, "micro_grid"), level(county, "grid")
    for area_class, setting in (
        ("town", "micro_grid_band_households"),
        ("village_group", "village_group_band_households"),
        ("rental", "rental_band_households"),
    ):
        held = micro.loc[micro["area_class"] == area_class, "households"]
        assert len(held)
        assert held.between(*DEFAULTS[setting]).all(), area_class
    ordinary = grids["area_class"] != "dedicated"
    assert grids.loc[ordinary, "households"].between(*DEFAULTS["grid_band_households"]).all()
    assert (grids.loc[~ordinary, "households"] < 50).all()
    assert (grids["dedicated_kind"].ne("") == ~ordinary).all()
    assert (micro["area_class"].eq("dedicated") == micro["parent_id"].map(~ordinary)).all()


def test_stairwells_of_a_tower_share_one_footprint(built: tuple[float, County]) -> None:
    scale, county = built
    micro = level(county, "micro_grid")
    stacks = micro[micro.duplicated("footprint_id", keep=False)]
    assert len(stacks) > 250 * scale
    for footprint_id, stack in stacks.groupby("footprint_id"):
        assert 2 <= len(stack) <= 6
        assert len({shape.wkb for shape in stack.geometry}) == 1
        assert footprint_id == stack["area_id"].min()
        assert set(stack["area_class"]) == {"town"}
        assert all(re.fullmatch(r"\d+幢\d单元", name) for name in stack["name"])
    alone = micro.drop(stacks.index)
    assert (alone["footprint_id"] == alone["area_id"]).all()
    assert set(county.micro_grids.index[county.micro_grids["is_tower"]]) == set(stacks.index)


def test_codes_are_text_that_begins_with_the_parent(county: County) -> None:
    areas = county.areas
    assert areas["area_id"].is_unique
    lengths = areas.groupby("level")["area_id"].agg(lambda ids: set(ids.str.len())).to_dict()
    assert lengths == {"county": {6}, "town": {9}, "village": {12}, "grid": {15}, "micro_grid": {17}}
    assert areas["area_id"].str.fullmatch(r"\d+").all()
    below = areas[areas["level"] != "county"]
    assert all(own.startswith(parent) for own, parent in zip(below["area_id"], below["parent_id"], strict=True))
    towns = level(county, "town")
    assert towns["name"].to_dict() == {town.code: town.name for town in TOWNS}
    known: set[str] = set()
    for area_id, parent_id in zip(areas["area_id"], areas["parent_id"], strict=True):
        assert parent_id is None or parent_id in known
        known.add(area_id)


def rows_then_columns(points: dict[str, Point]) -> list[str]:
    """Independent of the generator: rows of one height from north to south, each read from west to east."""
    north, south = max(y for _, y in points.values()), min(y for _, y in points.values())
    rows = max(round(len(points) ** 0.5), 1)
    row: dict[int, list[str]] = defaultdict(list)
    for one, (_, y) in points.items():
        share = (north - y) / (north - south) if north > south else 0.0
        row[min(int(share * rows), rows - 1)].append(one)
    return [one for number in sorted(row) for one in sorted(row[number], key=lambda c: points[c][0])]


@pytest.mark.parametrize("key", ["grid", "micro_grid"])
def test_serials_run_west_to_east_in_rows_from_the_north(county: County, key: str) -> None:
    for parent_id, group in level(county, key).groupby("parent_id"):
        serials = [int(code.removeprefix(parent_id)) for code in sorted(group["area_id"])]
        assert serials == list(range(1, len(group) + 1))
        first = group.drop_duplicates("footprint_id")
        points = {c: (g.centroid.x, g.centroid.y) for c, g in zip(first["area_id"], first.geometry, strict=True)}
        assert rows_then_columns(points) == sorted(points)


def test_names_are_unique_where_people_need_them_to_be(county: County) -> None:
    for key in KEYS[1:]:
        table = level(county, key)
        assert not table.duplicated(["parent_id", "name"]).any(), key
        assert table["name"].str.len().gt(1).all()
    villages = level(county, "village")
    assert villages["name"].is_unique
    assert villages["name"].str.fullmatch(r".{2,3}(社区|村)").all()


def test_the_outline_is_the_real_one(county: County) -> None:
    real = read_haining_outline().geometry.iloc[0]
    ours = level(county, "county").geometry.iloc[0]
    assert ours.intersection(real).area / ours.union(real).area >= 0.999
    corners = shapely.get_coordinates(ours)
    for corner in shapely.get_coordinates(real):
        assert np.abs(corners - corner).sum(axis=1).min() < 3e-7


def test_roads_and_rivers_are_whole_lines_inside_the_county(county: County) -> None:
    whole = level(county, "county").geometry.iloc[0]
    rivers = county.water[county.water["water_class"].isin(["river", "canal"])]
    lines = np.concatenate([county.roads.geometry.to_numpy(), rivers.geometry.to_numpy()])
    assert (shapely.get_type_id(lines) == shapely.GeometryType.LINESTRING).all()
    assert shapely.is_simple(lines).all()
    assert shapely.covered_by(lines, whole.buffer(1e-7)).all()
    assert county.roads["road_id"].is_unique
    assert county.water["water_id"].is_unique
    named = county.roads["road_class"] != "residential"
    assert county.roads.loc[named, "name"].str.len().gt(1).all()


def test_most_of_the_network_is_a_border_of_micro_grids(built: tuple[float, County]) -> None:
    scale, county = built
    sides = {frozenset(e) for p in footprints(county, "micro_grid").geometry for e in directed_edges(p)}
    rivers = county.water[county.water["water_class"] == "river"]
    roads = county.roads[county.roads["road_class"].isin(["motorway", "trunk", "primary"])]
    for table in (rivers, roads):
        steps = [s for line in table.geometry for s in pairwise(line.coords)]
        on_border = sum(frozenset(step) in sides for step in steps)
        assert on_border > (0.85 if scale == 1 else 0.5) * len(steps)


def test_no_grid_is_parted_by_a_river_or_motorway(county: County) -> None:
    """By shape: the ground less a strip along the barriers, which the bridges interrupt, is in one piece."""
    roads, water = (table.to_crs("EPSG:4549") for table in (county.roads, county.water))
    hard = [*roads.geometry[roads["road_class"] == "motorway"], *water.geometry[water["water_class"] == "river"]]
    bridges = shapely.union_all(shapely.buffer(roads.geometry[roads["road_class"] == "bridge"].to_numpy(), 8.0))
    strip = shapely.difference(shapely.buffer(shapely.union_all(hard), 0.5), bridges)
    shapely.prepare(strip)
    for key in ("grid", "micro_grid"):
        for name, shape in footprints(county, key).to_crs("EPSG:4549").geometry.items():
            if strip.intersects(shape):
                left = shapely.get_parts(shape.difference(strip))
                assert (shapely.area(left) > 5.0).sum() == 1, name


def test_the_seawall_is_the_south_coast_and_the_sea_lies_beyond(county: County) -> None:
    whole = level(county, "county").geometry.iloc[0]
    seawall = county.water.loc[county.water["water_class"] == "seawall", "geometry"].iloc[0]
    sea = county.water.loc[county.water["water_class"] == "sea", "geometry"].iloc[0]
    outline = {frozenset(edge) for edge in directed_edges(whole)}
    assert all(frozenset(s) in outline for s in pairwise(seawall.coords))
    assert sea.is_valid
    assert sea.intersection(whole).area == 0
    assert shapely.shared_paths(sea.exterior, seawall).length == pytest.approx(seawall.length)
    metres = gpd.GeoSeries([seawall], crs="EPSG:4326").to_crs("EPSG:4549").length.iloc[0]
    assert 45_000 < metres < 70_000


def test_nine_viewing_points_stand_on_yanguans_seawall(county: County) -> None:
    points = gpd.points_from_xy(county.viewing_points["lon"], county.viewing_points["lat"], crs="EPSG:4326")
    assert len(points) == 9
    assert county.viewing_points["name"].is_unique
    assert points.within(level(county, "town").geometry["330481110"]).all()
    seawall = county.water[county.water["water_class"] == "seawall"].to_crs("EPSG:4549").geometry.iloc[0]
    assert (gpd.GeoSeries(points).to_crs("EPSG:4549").distance(seawall) < 60).all()


DIGEST = """
import hashlib, sys
from data.demo.geometry import build_county
county = build_county(seed=int(sys.argv[1]), scale=float(sys.argv[2]))
total = hashlib.sha256()
for table in (county.areas, county.roads, county.water):
    total.update(b"".join(table.geometry.to_wkb()))
    total.update(table.drop(columns="geometry").to_csv().encode())
total.update(county.viewing_points.to_csv().encode() + county.micro_grids.to_csv().encode())
print(total.hexdigest())
"""


@pytest.mark.parametrize("scale", [0.02, pytest.param(1.0, marks=[pytest.mark.prove, pytest.mark.slow])])
def test_one_seed_gives_the_same_bytes_in_two_processes(scale: float) -> None:
    digests = set()
    for salt in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", DIGEST, "330481", str(scale)],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": salt},
            capture_output=True,
            text=True,
            check=True,
        )
        digests.add(done.stdout.strip())
    assert len(digests) == 1
    assert re.fullmatch(r"[0-9a-f]{64}", digests.pop())


def test_another_seed_gives_another_county() -> None:
    first, second = (build_county(seed=seed, scale=0.02).areas for seed in (1, 2))
    digests = [hashlib.sha256(b"".join(areas.geometry.to_wkb())).hexdigest() for areas in (first, second)]
    assert digests[0] != digests[1]


@pytest.mark.parametrize("seed", range(3, 9))
def test_any_seed_builds_a_valid_county(seed: int) -> None:
    county = build_county(seed=seed, scale=0.03)
    for key in KEYS:
        polygons = footprints(county, key).geometry.to_numpy()
        assert shapely.coverage_is_valid(polygons)
        assert shapely.is_valid(polygons).all()
    assert level(county, "county")["households"].iloc[0] == 9_000


def test_progress_only_grows_and_ends_at_one() -> None:
    shares: list[float] = []
    build_county(scale=0.02, progress=lambda share, message: shares.append(share) or message)
    assert shares == sorted(shares)
    assert shares[0] == 0.0
    assert shares[-1] == 1.0


@pytest.mark.parametrize("scale", [0.0, 0.01, 1.01, -1.0, float("nan")])
def test_a_scale_out_of_range_is_refused(scale: float) -> None:
    with pytest.raises(GridError, match=r"expected: a scale from 0\.02 to 1"):
        build_county(scale=scale)
