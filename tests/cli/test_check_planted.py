"""`wangge check` on copies of the four levels with defects planted: each found, placed, sized, and nothing besides."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely
from typer.testing import CliRunner

import cli
from tests.cli.planted import Copy

RUNNER = CliRunner()


def check(*words: object) -> dict:
    """Run the command in this process; return its JSON."""
    done = RUNNER.invoke(cli.app, ["check", *map(str, words), "--json"], catch_exceptions=False)
    assert done.exit_code in (0, 1), done.stderr
    result = json.loads(done.stdout)
    assert done.exit_code == (1 if result["defects"] else 0)
    return result


def write(table: gpd.GeoDataFrame, path: Path) -> Path:
    pyogrio.write_dataframe(table, path)
    return path


def require_exactly_planted(copy: Copy, before: dict, after: dict) -> None:
    """What the copy has more than the file is what was planted: kind, ids, size, place; and it has all the file had."""
    named = [(one["kind"], tuple(one["ids"]), round(one["area_m2"], 2)) for one in before["defects"]]
    old, fresh = Counter(named), []
    for one in after["defects"]:
        key = (one["kind"], tuple(one["ids"]), round(one["area_m2"], 2))
        if old[key]:
            old[key] -= 1
        else:
            fresh.append(one)
    assert not +old, "gone from the copy"
    assert len(fresh) == len(copy.planted) == 4, [(one["kind"], one["ids"], one["area_m2"]) for one in fresh]
    for wanted in copy.planted:
        (found,) = [one for one in fresh if one["kind"] == wanted.kind and wanted.ids <= set(one["ids"])]
        assert found["area_m2"] == pytest.approx(wanted.area_m2, rel=2e-3, abs=1e-3), wanted
        assert shapely.Point(found["lon"], found["lat"]).distance(wanted.ground) < 2e-8
        fresh.remove(found)


def planted_in(table: gpd.GeoDataFrame, key: str, within: str | None, folder: Path, *words: object, seed: int) -> Copy:
    """Check the file, plant, check the copy, compare."""
    before = check(write(table, folder / "file.gpkg"), "--id", key, *words)
    copy = Copy(table, key, within, seed)
    after = check(write(copy.with_defects(), folder / "copy.gpkg"), "--id", key, *words)
    require_exactly_planted(copy, before, after)
    return copy


def demonstration(scale: float, folder: Path, seed: int) -> Copy:
    from data.demo.geometry import build_county

    areas = build_county(scale=scale).areas
    levels = {level: areas[areas["level"] == level].drop(columns="level") for level in ("grid", "micro_grid")}
    above = ("--parent", write(levels["grid"][["area_id", "geometry"]], folder / "grids.gpkg"))
    fine = levels["micro_grid"][["area_id", "parent_id", "name", "geometry"]].reset_index(drop=True)
    return planted_in(fine, "area_id", "parent_id", folder, *above, "--parent-column", "parent_id", seed=seed)


def chicago(real: Path, folder: Path, seed: int) -> Copy:
    beats = gpd.read_file(real / "chicago/beats.geojson")
    parents = ("--parent", real / "chicago/districts.geojson", "--parent-id", "dist_num")
    return planted_in(beats, "beat_num", "district", folder, *parents, seed=seed)


def toronto(real: Path, folder: Path, seed: int) -> Copy:
    areas = gpd.read_file(real / "toronto/neighbourhoods.geojson")
    return planted_in(areas, "AREA_SHORT_CODE", None, folder, seed=seed)


def taiwan(real: Path, folder: Path, seed: int) -> Copy:
    villages = gpd.read_file(real / "taiwan/villages.topojson.json", layer="villages").set_crs(
        4326, allow_override=True
    )
    return planted_in(villages[["VILLCODE", "VILLNAME", "geometry"]], "VILLCODE", None, folder, seed=seed)


def test_a_copy_of_the_demonstration(tmp_path):
    demonstration(0.02, tmp_path, 1)


@pytest.mark.slow
def test_a_copy_of_chicago(real, tmp_path):
    chicago(real, tmp_path, 1)


@pytest.mark.slow
def test_a_copy_of_toronto(real, tmp_path):
    toronto(real, tmp_path, 1)


@pytest.mark.prove
def test_copies_of_all_four_at_full_size(real, tmp_path, proof):
    makers = {
        "the demonstration": lambda folder, seed: demonstration(1.0, folder, seed),
        "Chicago": lambda folder, seed: chicago(real, folder, seed),
        "Toronto": lambda folder, seed: toronto(real, folder, seed),
        "Taiwan": lambda folder, seed: taiwan(real, folder, seed),
    }
    for name, make in makers.items():
        folder = tmp_path / name
        folder.mkdir()
        sizes = [f"{one.kind} {one.area_m2:,.2f} m²" for one in make(folder, 2).planted]
        line = f"`wangge check` on a copy of {name}: planted overlap of 1 m², gap, moved corner, doubled id"
        proof.note(line, "4 of 4 found, placed, sized, nothing else", f"4 of 4, nothing else ({', '.join(sizes)})")
