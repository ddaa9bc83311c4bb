"""A repair loses no area, changes none by more than allowed, and ends clean; what it may not do, it leaves and says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.areas.checks.measure import measure_m2
from geo.areas.find import find_defects
from geo.areas.repair.preview import RepairPreview, preview_repair
from tests.geo.planting import CRS, LIMITS, bend_edge, blocks_of, cells_of, lattice


def repair(table, share=0.05, **options) -> RepairPreview:
    return preview_repair(table, limits=LIMITS, max_change_share=share, **options)


def require_kept(table, preview: RepairPreview, share: float) -> None:
    """Every area is there with ground of its own, changed by no more than the share, as measured here anew."""
    after = preview.areas.set_index("area_id").geometry
    assert list(after.index) == list(table["area_id"])
    before = np.array([shapely.make_valid(one) for one in table.geometry], dtype=object)
    moved = measure_m2(shapely.symmetric_difference(before, after.to_numpy()), CRS)
    assert (measure_m2(after.to_numpy(), CRS) > 1).all()
    assert (moved <= share * measure_m2(before, CRS) + 1e-6).all()
    assert preview.changes["change_m2"].to_numpy() == pytest.approx(moved, abs=1e-3)


SHAKEN = {"seed": st.integers(0, 2**32), "with_parents": st.booleans(), "follow": st.booleans()}


@settings(max_examples=12)
@given(**SHAKEN)
def test_a_shaken_partition_is_repaired_clean(seed: int, with_parents: bool, follow: bool) -> None:
    require_repaired(seed, with_parents, follow)


def require_repaired(seed: int, with_parents: bool, follow: bool) -> None:
    """Shake corners of a random partition, repair it, and check every promise of a repair."""
    rng = np.random.default_rng(seed)
    points = lattice(rng, 6, 6)
    table, parents = cells_of(points), blocks_of(points, 3) if with_parents else None
    shapes = table.geometry.to_numpy().copy()
    for row in rng.choice(len(table), 8, replace=False):
        ring = np.array(shapes[row].exterior.coords)[:-1]
        ring[rng.integers(4)] += rng.uniform(-2, 2, 2)
        shapes[row] = shapely.Polygon(ring)
    table = table.assign(geometry=shapes)
    preview = repair(table, parents=parents, parents_follow=follow and with_parents)
    require_kept(table, preview, 0.05)
    assert preview.left == []
    assert preview.after.is_clean, preview.after.counts()
    fresh = preview.parents if preview.parents is not None else parents
    again = find_defects(preview.areas, limits=LIMITS, parents=fresh)
    assert again.is_clean
    assert again.proof["borders_equal_bit_for_bit"]
    assert shapely.coverage_is_valid(preview.areas.geometry.to_numpy())


def test_each_rule_is_named_and_clean_areas_keep_every_bit() -> None:
    table = cells_of(lattice(np.random.default_rng(1), 8, 8))
    table.at[9, "geometry"] = bend_edge(table.geometry[9], 4)
    table.at[30, "geometry"] = bend_edge(table.geometry[30], -4)
    points = list(table.geometry[53].exterior.coords)
    spike = shapely.Polygon([*points[:2], (points[1][0] - 9, points[1][1] + 9), *points[1:]])
    table.at[53, "geometry"] = spike
    preview = repair(table)
    rules = preview.changes.set_index("area_id")["rules"]
    changed = rules[rules != ""]
    assert changed[table["area_id"][53]] == "made_valid"
    assert sorted(set(changed)) == ["gap_to_longest_neighbour", "made_valid", "overlap_to_longest_neighbour"]
    for row in (0, 20, 44, 63):
        assert shapely.normalize(preview.areas.geometry[row]).equals_exact(shapely.normalize(table.geometry[row]), 0)
    assert preview.after.is_clean
    assert preview.to_dict()["changed"] == len(changed)


def test_more_than_the_allowance_needs_the_consent_of_a_named_area() -> None:
    table = cells_of(lattice(np.random.default_rng(2), 5, 5))
    gone = table.drop(index=12).reset_index(drop=True)
    preview = repair(gone)
    assert [one["rule"] for one in preview.left] == ["gap_to_longest_neighbour"]
    assert preview.after.counts() == {"gap": 1}
    taker = preview.left[0]["ids"][0]
    agreed = repair(gone, consent=[taker])
    assert agreed.after.is_clean
    assert agreed.left == []
    assert agreed.largest_change["area_id"] == taker
    assert agreed.largest_change["change_share"] > 0.5


def test_an_area_wholly_over_another_is_not_lost() -> None:
    table = cells_of(lattice(np.random.default_rng(3), 4, 4))
    inner = table.iloc[[5]].assign(area_id="inside", geometry=table.geometry[5].buffer(-20))
    preview = repair(pd.concat([table, inner], ignore_index=True), share=1.0)
    after = preview.areas.set_index("area_id").geometry
    assert after["inside"].area > 100
    assert after[table["area_id"][5]].area > 100
    assert preview.after.is_clean


def test_stacked_areas_stay_one_footprint() -> None:
    table = cells_of(lattice(np.random.default_rng(4), 4, 4))
    table.at[5, "geometry"] = bend_edge(table.geometry[5], 4)
    stair = table.iloc[[5]].assign(area_id="stair 2", label="stair 2")
    preview = repair(pd.concat([table, stair], ignore_index=True))
    after = preview.areas.set_index("area_id").geometry
    assert after["stair 2"].equals_exact(after[table["area_id"][5]], 0)
    assert preview.after.is_clean
    assert preview.after.footprints == 16


def test_children_are_cut_to_their_parent_and_fill_it() -> None:
    points = lattice(np.random.default_rng(5), 6, 6)
    table, parents = cells_of(points), blocks_of(points, 3)
    table.at[2, "geometry"] = bend_edge(table.geometry[2], 3)  # into the next parent
    table.at[8, "geometry"] = bend_edge(table.geometry[8], -3)  # away from the parent's edge
    preview = repair(table, parents=parents)
    assert preview.after.is_clean
    assert preview.after.proof["parent_area_difference_m2"] == pytest.approx(0, abs=1e-3)
    rules = preview.changes.set_index("area_id")["rules"]
    assert "cut_to_parent" in rules[table["area_id"][2]]
    assert rules[table["area_id"][8]] == "gap_to_longest_neighbour"


@pytest.mark.slow
@pytest.mark.prove
def test_taiwans_villages_become_a_valid_coverage_nested_in_towns_and_counties(real, proof) -> None:
    from data.defects.checking import check_limits
    from data.defects.reading import read_areas
    from data.formats import read_file
    from data.imports.options import ImportOptions

    def level(layer: str, code: str, parent: str | None):
        raw = read_file(real / "taiwan/villages.topojson.json", layer=layer, kind="areas")
        return read_areas(raw, ImportOptions(id=code, crs="EPSG:4326", parent=parent))[0]

    villages, towns = level("villages", "VILLCODE", "TOWNCODE"), level("towns", "TOWNCODE", "COUNTYCODE")
    counties, limits = level("counties", "COUNTYCODE", None), check_limits()
    first = preview_repair(villages, limits=limits, max_change_share=0.01, parents=towns, parents_follow=True)
    assert first.after.is_clean
    assert shapely.coverage_is_valid(first.areas.geometry.to_numpy())
    assert set(first.areas["area_id"]) == set(villages["area_id"])
    above = towns.set_index("area_id")["parent_id"].reindex(first.parents["area_id"]).to_numpy(object)
    rebuilt = first.parents.assign(parent_id=above)
    second = preview_repair(rebuilt, limits=limits, max_change_share=0.0, parents=counties, parents_follow=True)
    assert find_defects(rebuilt, limits=limits, parents=second.parents).is_clean
    most = first.largest_change
    assert most["change_share"] < 1e-5
    figure = f"{most['change_m2']:.2f} m²"
    proof.note("Taiwan's villages repaired and nested: largest change of a village", "stated", figure)
