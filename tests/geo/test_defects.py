"""Every planted defect is found, located and sized, and nothing else is."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import geo.areas.codes
from geo.areas.checks.measure import measure_m2
from geo.areas.defects import HARM
from geo.areas.find import find_defects
from geo.catalogue import discover
from geo.errors import CRSError
from tests.geo.planting import CRS, LIMITS, bend_edge, blocks_of, cells_of, lattice, side_m

KINDS = ("overlap", "gap", "missing", "duplicate_id", "missing_id", "invalid", "out_of_band", "bad_code")


def found(table: gpd.GeoDataFrame, **options: object) -> list[tuple[str, tuple[str, ...], float]]:
    report = find_defects(table, limits=LIMITS, **options)
    return [(one.kind, one.ids, one.area_m2) for one in report.defects]


def plant(table: gpd.GeoDataFrame, row: int, kind: str, size: float) -> tuple[str, set[str], float | None]:
    """Plant one defect beside `row`; return its kind, the ids it must name (at least) and its size."""
    cell, area_id, east = table.geometry.iloc[row], table["area_id"].iloc[row], table["area_id"].iloc[row + 1]
    if kind in ("overlap", "gap"):
        table.at[row, "geometry"] = bend_edge(cell, size if kind == "overlap" else -size)
        return kind, {area_id, east}, 0.5 * size * 0.4 * side_m(cell)
    if kind == "missing":
        return "gap", {east}, cell.area
    if kind == "duplicate_id":
        table.at[row, "area_id"] = east
        return kind, {east}, cell.area + table.geometry.iloc[row + 1].area
    if kind == "missing_id":
        table.at[row, "area_id"] = None
        return kind, {f"#{row + 1}"}, cell.area
    if kind == "invalid":
        points = list(cell.exterior.coords)
        inside = (points[1][0] - 20, points[1][1] + 20)
        table.at[row, "geometry"] = shapely.Polygon([*points[:2], inside, *points[1:]])
        return kind, {area_id}, cell.area
    if kind == "out_of_band":
        table.at[row, "households"] = 200.0
        return kind, {area_id}, cell.area
    table.at[row, "area_id"] = "X" + area_id[1:]
    return "bad_code", {"X" + area_id[1:]}, cell.area


PLANTED = {
    "seed": st.integers(0, 2**32),
    "kinds": st.lists(st.sampled_from(KINDS), min_size=0, max_size=6),
    "size": st.floats(0.5, 20),
}


@settings(max_examples=15)
@given(**PLANTED)
def test_every_planted_defect_is_found_and_nothing_else(seed: int, kinds: list[str], size: float) -> None:
    require_all_found(seed, kinds, size)


def require_all_found(seed: int, kinds: list[str], size: float) -> None:
    """Plant defects in a random partition, check it, and match what is found one by one."""
    rng = np.random.default_rng(seed)
    table = cells_of(lattice(rng, 13, 9)).replace({"area_id": {"000000": "999999"}})
    spots = [13 * y + x for y in (1, 4, 7) for x in (1, 4, 7, 10)]
    chosen = sorted(rng.choice(spots, len(kinds), replace=False).tolist())
    # From the back, so that a row's number in the file is still its own when one is taken out.
    order = sorted(zip(chosen, kinds, strict=True), key=lambda one: (one[1] == "missing", -one[0]))
    planted = [plant(table, row, kind, size) for row, kind in order]
    gone = [row for row, kind in order if kind == "missing"]
    renumbered = {f"#{row + 1}": f"#{row + 1 - sum(one < row for one in gone)}" for row in spots}
    planted = [(kind, {renumbered.get(one, one) for one in ids}, area) for kind, ids, area in planted]
    table = table.drop(index=gone)
    table = table.sample(frac=1.0, random_state=seed % 1000) if "missing_id" not in kinds else table
    report = find_defects(table, limits=LIMITS, bands={"": (50, 80)}, code_scheme=SIX_DIGITS)
    assert len(report.defects) == len(planted), report.counts()
    assert (report.proof is None) == bool(planted)
    left = list(report.defects)
    for kind, ids, area in planted:
        match = [one for one in left if one.kind == kind and ids <= set(one.ids)]
        assert len(match) == 1, (kind, ids)
        assert match[0].area_m2 == pytest.approx(area, rel=2e-3)
        point = gpd.GeoSeries([shapely.Point(match[0].lon, match[0].lat)], crs="EPSG:4326")
        assert match[0].shape.distance(point.iloc[0]) < 1e-7
        left.remove(match[0])


SIX_DIGITS = type(discover(geo.areas.codes)["free"])(title="t", help="h", groups=(6,), serial_digits=0, source="test")


@settings(max_examples=10)
@given(seed=st.integers(0, 2**32))
def test_moved_corners_agree_with_laying_every_pair_over_each_other(seed: int) -> None:
    """Independent of shared edges: all pairs intersected, and every face of all borders that no area covers."""
    rng = np.random.default_rng(seed)
    table = cells_of(lattice(rng, 6, 5))
    for row in rng.choice(len(table), 4, replace=False):
        points = np.array(table.geometry.iloc[row].exterior.coords)[:-1]
        points[rng.integers(4)] += rng.uniform(-30, 30, 2)
        moved = shapely.Polygon(points)
        if moved.is_valid:
            table.at[row, "geometry"] = moved
    shapes, ids = table.geometry.to_numpy(), table["area_id"].to_numpy()
    left, right = np.triu_indices(len(shapes), 1)
    common = measure_m2(shapely.intersection(shapes[left], shapes[right]), CRS)
    large = np.flatnonzero(common > LIMITS.tolerance_m2)
    wanted = {(ids[left[one]], ids[right[one]]): common[one] for one in large}
    lines = shapely.get_parts(shapely.union_all(shapely.boundary(shapes)))
    faces = shapely.get_parts(shapely.polygonize(lines))
    points = shapely.point_on_surface(faces)
    bare = faces[~shapely.intersects(points[:, None], shapes[None, :]).any(axis=1)]
    sizes = sorted(size for size in measure_m2(bare, CRS) if size > LIMITS.tolerance_m2)
    defects = find_defects(table, limits=LIMITS).defects
    overlaps = {
        one.ids: one.area_m2 for one in defects if one.kind in ("overlap", "sliver") and "overlap" in str(one.message)
    }
    gaps = sorted(one.area_m2 for one in defects if "no area covers" in str(one.message))
    assert overlaps == pytest.approx(wanted, rel=1e-4, abs=1e-4)
    assert gaps == pytest.approx(sizes, rel=1e-4, abs=1e-4)


def test_stacked_areas_share_a_footprint_and_do_not_overlap() -> None:
    table = cells_of(lattice(np.random.default_rng(1), 3, 3))
    stair = table.iloc[[4]].assign(area_id="001001-2", label="stair 2")
    report = find_defects(pd.concat([table, stair], ignore_index=True), limits=LIMITS)
    assert report.is_clean
    assert (report.areas, report.footprints) == (10, 9)
    assert report.proof["total_area_m2"] == pytest.approx(90_000, rel=1e-3)
    moved = stair.assign(geometry=stair.geometry.translate(1.0, 0))
    kinds = find_defects(pd.concat([table, moved], ignore_index=True), limits=LIMITS).counts()
    assert kinds == {"overlap": 3}


def test_two_whole_layers_over_each_other_overlap_everywhere() -> None:
    table = cells_of(lattice(np.random.default_rng(1), 3, 3))
    above = table.assign(area_id="x" + table["area_id"], geometry=table.geometry.translate(50.0, 50.0))
    counts = find_defects(pd.concat([table, above], ignore_index=True), limits=LIMITS).counts()
    wanted = sum(shapely.area(shapely.intersection(a, b)) > 1 for a in table.geometry for b in above.geometry)
    assert counts == {"overlap": wanted}


def test_parents_exact_straddling_sticking_out_and_bare() -> None:
    points = lattice(np.random.default_rng(3), 6, 6)
    cells, parents = cells_of(points), blocks_of(points, 3)
    report = find_defects(cells, limits=LIMITS, parents=parents)
    assert report.is_clean
    assert report.proof["parents"] == 4
    assert report.proof["parent_area_difference_m2"] == pytest.approx(0, abs=1e-3)
    out = cells.copy()
    out.at[1, "geometry"] = shapely.union(out.geometry[1], out.geometry[1].buffer(2))  # pokes south, over the border
    kinds = find_defects(out, limits=LIMITS, parents=parents).counts()
    assert kinds["outside_parent"] == 1
    bare = cells.drop(index=0)
    ((kind, ids, size),) = found(bare, parents=parents)
    assert (kind, ids[0], size) == ("parent_not_tiled", "000000", pytest.approx(cells.geometry[0].area, rel=1e-3))
    missing = cells.drop(index=7)
    assert [one[0] for one in found(missing, parents=parents)] == ["gap"]


def test_a_child_under_two_parents_is_told_with_both() -> None:
    points = lattice(np.random.default_rng(4), 6, 6)
    cells, parents = cells_of(points), blocks_of(points, 3)
    joined = cells.drop(index=[2, 3])
    whole = cells.iloc[[2]].assign(geometry=[shapely.union_all(cells.geometry[[2, 3]].to_numpy())])
    table = pd.concat([joined, whole], ignore_index=True)
    defects = [one for one in found(table, parents=parents) if one[0] == "two_parents"]
    smaller = min(cells.geometry[2].area, cells.geometry[3].area)
    assert [(one[1][0], set(one[1][1:])) for one in defects] == [("000002", {"000000", "000001"})]
    assert defects[0][2] == pytest.approx(smaller, rel=1e-3)


def test_a_stated_parent_counts_and_zeros_before_it_do_not() -> None:
    points = lattice(np.random.default_rng(5), 4, 4)
    cells, parents = cells_of(points), blocks_of(points, 2).assign(area_id=["01", "02", "03", "04"])
    held = [parents["area_id"][parents.covers(cell).to_numpy()].iloc[0] for cell in cells.representative_point()]
    stated = cells.assign(parent_id=[one.lstrip("0") for one in held])
    report = find_defects(stated, limits=LIMITS, parents=parents)
    assert report.is_clean
    assert any("without leading zeros" in str(one) for one in report.notices)
    wrong = stated.copy()
    wrong.at[0, "parent_id"] = "2"
    assert ("outside_parent", "000000") in [(kind, ids[0]) for kind, ids, _ in found(wrong, parents=parents)]


def test_levels_drawn_separately_are_compared_by_share() -> None:
    points = lattice(np.random.default_rng(6), 6, 6)
    cells, parents = cells_of(points), blocks_of(points, 3)
    shaken = parents.assign(geometry=parents.geometry.simplify(0).segmentize(30).translate(0.3, 0.2))
    report = find_defects(cells, limits=LIMITS, parents=shaken)
    assert report.is_clean
    assert any("drawn separately" in str(one) for one in report.notices)


def test_rows_of_one_id_that_say_the_same_are_parts() -> None:
    table = cells_of(lattice(np.random.default_rng(7), 4, 3))
    table.loc[[0, 7], ["area_id", "label"]] = ["A", "both"]
    report = find_defects(table, limits=LIMITS)
    assert report.is_clean
    assert report.areas == 11
    table.at[7, "label"] = "another"
    assert [one[:2] for one in found(table)] == [("duplicate_id", ("A",))]


def test_rows_of_one_id_that_share_a_border_are_no_parts_whatever_they_say() -> None:
    table = cells_of(lattice(np.random.default_rng(7), 4, 3))
    table.loc[[0, 1], ["area_id", "label"]] = ["A", "both"]
    assert table.geometry[0].intersection(table.geometry[1]).length > 0
    assert [one[:2] for one in found(table)] == [("duplicate_id", ("A",))]
    table = cells_of(lattice(np.random.default_rng(7), 4, 3))
    corner = next(n for n in range(1, 12) if table.geometry[0].intersection(table.geometry[n]).geom_type == "Point")
    table.loc[[0, corner], ["area_id", "label"]] = ["A", "both"]
    assert found(table) == [], "a common corner is no border"


def test_dedicated_areas_are_exempt_from_the_band() -> None:
    table = cells_of(lattice(np.random.default_rng(8), 3, 3)).assign(area_class="town", households=60.0)
    table.loc[0, ["area_class", "households"]] = ["dedicated", 3]
    table.loc[1, ["area_class", "households"]] = ["rental", 15]
    table.loc[2, "households"] = 81
    bands = {"": (50, 80), "rental": (10, 20)}
    assert [one[:2] for one in found(table, bands=bands)] == [("out_of_band", ("000002",))]


def test_the_proof_does_not_depend_on_the_order_and_any_move_changes_it() -> None:
    table = cells_of(lattice(np.random.default_rng(9), 5, 5))
    proof = find_defects(table, limits=LIMITS).proof
    turned = table.iloc[::-1].assign(geometry=table.geometry.iloc[::-1].reverse())
    assert find_defects(turned, limits=LIMITS).proof == proof
    nudged = table.assign(geometry=shapely.transform(table.geometry.to_numpy(), lambda xy: xy + np.array([1e-6, 0])))
    assert find_defects(nudged, limits=LIMITS).proof["sha256"] != proof["sha256"]


def test_a_nanometre_is_no_defect_but_not_bit_for_bit_either() -> None:
    table = cells_of(lattice(np.random.default_rng(10), 4, 4))
    assert find_defects(table, limits=LIMITS).proof["borders_equal_bit_for_bit"]
    points = np.array(table.geometry[5].exterior.coords)
    points[2] += 1e-8
    table.at[5, "geometry"] = shapely.Polygon(points)
    report = find_defects(table, limits=LIMITS)
    assert report.is_clean
    assert not report.proof["borders_equal_bit_for_bit"]


def test_slivers_are_told_from_overlaps() -> None:
    table = cells_of(lattice(np.random.default_rng(11), 4, 4))
    table.at[5, "geometry"] = bend_edge(table.geometry[5], 0.01)
    assert [one[0] for one in found(table)] == ["sliver"]
    table.at[5, "geometry"] = bend_edge(cells_of(lattice(np.random.default_rng(11), 4, 4)).geometry[5], 0.1)
    ((kind, _, size),) = found(table)
    assert kind == "overlap"
    assert 1 < size < 5


def test_serial_numbers_out_of_order_are_a_notice() -> None:
    points = lattice(np.random.default_rng(12), 2, 2)
    table = cells_of(points).assign(area_id=["33048110100100" + str(n) for n in (3, 4, 1, 2)])
    scheme = discover(geo.areas.codes)["beijing_15"]
    assert find_defects(table, limits=LIMITS, code_scheme=scheme).notices == ()
    swapped = table.assign(area_id=table["area_id"].to_numpy()[[1, 0, 2, 3]])
    notices = find_defects(swapped, limits=LIMITS, code_scheme=scheme).notices
    assert [str(one).startswith("serial numbers do not run") for one in notices] == [True]


def test_degrees_and_metres_measure_the_same() -> None:
    table = cells_of(lattice(np.random.default_rng(13), 4, 4))
    table.at[5, "geometry"] = bend_edge(table.geometry[5], 5)
    ((_, _, metres),) = found(table)
    ((_, _, degrees),) = found(table.to_crs("EPSG:4326"))
    assert degrees == pytest.approx(metres, rel=1e-4)


def test_areas_without_a_crs_are_refused() -> None:
    table = cells_of(lattice(np.random.default_rng(14), 2, 2))
    with pytest.raises(CRSError, match="areas with a CRS"):
        find_defects(table.set_crs(None, allow_override=True), limits=LIMITS)


def test_nothing_at_all_is_clean() -> None:
    empty = gpd.GeoDataFrame({"area_id": []}, geometry=[], crs=CRS)
    report = find_defects(empty, limits=LIMITS)
    assert report.is_clean
    assert report.proof["areas"] == 0


@pytest.mark.parametrize(("name", "scheme"), discover(geo.areas.codes).items())
def test_code_schemes(name: str, scheme: object) -> None:
    assert scheme.title
    assert scheme.help
    assert scheme.source
    length = sum(scheme.groups)
    assert scheme.fault("1" * max(length, 1)) is None
    assert (scheme.fault("1" * (length + 1)) is None) == (name == "free")
    assert scheme.serial_digits <= length


def test_every_kind_has_a_rank_of_harm() -> None:
    assert set(HARM) >= {"invalid", "overlap", "gap", "sliver", "outside_parent", "two_parents", "parent_not_tiled"}
    assert set(HARM) >= {"duplicate_id", "missing_id", "bad_code", "out_of_band"}


def test_steps_are_told_in_order_and_stopping_at_one_ends_the_check() -> None:
    points = lattice(np.random.default_rng(15), 4, 4)
    table = cells_of(points)
    told: list[float] = []
    find_defects(table, limits=LIMITS, parents=blocks_of(points, 2), progress=lambda share, _: told.append(share))
    assert told == sorted(told)
    assert len(set(told)) > 3

    def stop(share: float, text: str) -> None:
        if share == told[2]:
            raise InterruptedError(text)

    with pytest.raises(InterruptedError, match="level above"):
        find_defects(table, limits=LIMITS, progress=stop)
