"""`wangge plan` from files to files: the demonstration county, Providence and Arkansas, by what its reports say."""

from __future__ import annotations

import json

import geopandas as gpd
import pandas as pd
import pytest

from data.plan_settings import PLAN_SETTINGS
from tests.conftest import run_wangge

pytestmark = pytest.mark.prove
DEFAULT = {one.name: one.default for one in PLAN_SETTINGS}
CLASSES = dict(pair.strip().split("=") for pair in str(DEFAULT["plan_building_classes"]).split(","))
BANDS = "class,min,max,exempt\n,50,80,\nvillage_group,15,40,\nrental,10,40,\ndedicated,0,0,yes\n"
GRID_BANDS = "class,min,max,exempt\n,300,500,\ndedicated,0,0,yes\n"


def barrier_sort(names):
    words = {word: sort for sort in ("hard", "soft") for word in str(DEFAULT[f"plan_{sort}_barriers"]).split(",")}
    return names.map(lambda name: "bridge" if name == "bridge" else words.get(name))


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """What a county has in files: buildings with their class, villages, streets, barriers."""
    home = tmp_path_factory.mktemp("plan-reports")
    done = run_wangge("demo", "--days", "1", "--json", home=home)
    assert done.returncode == 0, done.stderr
    for item, more in (("buildings", ()), ("roads", ()), ("water", ()), ("areas", ("--level", "village"))):
        done = run_wangge("export", item, *more, "--out", home / f"{item}.gpkg", home=home)
        assert done.returncode == 0, done.stderr
    buildings = gpd.read_file(home / "buildings.gpkg")
    buildings["area_class"] = buildings["kind"].map(CLASSES).replace("town", "").fillna("")
    buildings["households"] = buildings["households"].fillna(0).astype(int)
    buildings[["building_id", "households", "floors", "area_class", "geometry"]].to_file(home / "houses.gpkg")
    villages = gpd.read_file(home / "areas.gpkg")[["area_id", "geometry"]].rename(columns={"area_id": "village"})
    villages.to_file(home / "villages.gpkg")
    lines = pd.concat([
        gpd.read_file(home / f"{name}.gpkg").rename(columns={column: "sort"})[["sort", "geometry"]]
        for name, column in (("roads", "road_class"), ("water", "water_class"))
    ])  # fmt: skip
    lines["barrier"] = barrier_sort(lines["sort"])
    lines[lines["barrier"].notna()].to_file(home / "barriers.gpkg")
    lines[lines["barrier"].isna()].drop(columns="barrier").to_file(home / "streets.gpkg")
    (home / "bands.csv").write_text(BANDS, encoding="utf-8")
    (home / "grid_bands.csv").write_text(GRID_BANDS, encoding="utf-8")
    return home


def plan(home, name, *words):
    out, report = home / f"{name}.csv", home / f"{name}.json"
    done = run_wangge("plan", *words, "--out", out, "--report", report, home=home)
    assert done.returncode in (0, 1), done.stderr
    found = json.loads(report.read_text(encoding="utf-8"))
    infeasible = [one for one in found["parents"] if not one["feasible"]]
    assert done.returncode == (1 if infeasible else 0)
    assert found["contiguous"]
    assert all(one["parts"] == 1 for one in found["zones"])
    assert all(one["reason"] for one in infeasible)
    out_of_band = {one["parent"] for one in found["zones"] if not one["in_band"]}
    assert out_of_band <= {one["parent"] for one in infeasible}
    return found, len(infeasible)


def cut(found):
    return f"{found['cut_edges']} cut edges, deviation {found['deviation']:.2%}, {found['seconds']:.0f} s"


def test_buildings_into_micro_grids_and_grids(files, proof):
    home = files
    made, without = plan(
        home, "micro", "--units", home / "houses.gpkg", "--id", "building_id", "--size", "households",
        "--make", "cells", "--limits", home / "villages.gpkg", "--within", "village",
        "--streets", home / "streets.gpkg", "--barriers", home / "barriers.gpkg",
        "--class", "area_class", "--bands", home / "bands.csv", "--zones", "12914", "--zones-out", home / "micro.gpkg",
    )  # fmt: skip
    grids, out = plan(
        home, "grids", "--units", home / "micro.gpkg", "--id", "area_id", "--size", "households", "--within",
        "parent_id", "--barriers", home / "barriers.gpkg", "--streets", home / "streets.gpkg", "--class", "area_class",
        "--bands", home / "grid_bands.csv", "--zones", "816",
    )  # fmt: skip
    micro = gpd.read_file(home / "micro.gpkg", ignore_geometry=True)
    zoned = pd.read_csv(home / "grids.csv", dtype=str)
    assert len(micro) == len(zoned) == 12_914
    assert micro.set_index("area_id")["parent_id"].groupby(zoned.set_index("area_id")["zone"]).nunique().max() == 1
    villages = len(made["parents"])
    told = f"{len(made['zones']):,} of {made['made']['buildings']:,} buildings in {made['seconds']:.0f} s, in band in"
    then = f"{len(grids['zones'])} grids in {grids['seconds']:.0f} s, in {villages - out}; every other with its reason"
    proof.note("`wangge plan`, demonstration county: micro-grids, then grids", "contiguous, reasons, 60 s",
               f"{told} {villages - without} of {villages} villages; {then}")  # fmt: skip
    assert len(grids["zones"]) == 816


def test_providence_wards_by_file(real, tmp_path, proof):
    words = ("--units", real / "providence" / "Providence_blocks.zip", "--id", "GEOID10", "--size", "TOTPOP", "--zones",
             "15", "--deviation", "0.01", "--count-edges")  # fmt: skip
    found, _ = plan(tmp_path, "wards", *words)
    small, _ = plan(tmp_path, "today", *words, "--current", "WARD")
    proof.note("`wangge plan`, Providence: 15 wards within 1 %", "contiguous, at most 430 cut edges",
               f"{cut(found)}; with least change "
               f"{small['households_moved']:,} people change ward, {small['zones_changed']} of 15 wards")  # fmt: skip
    assert found["cut_edges"] <= 430
    assert len(found["zones"]) == len(small["zones"]) == 15
    assert all(one["in_band"] for one in found["zones"] + small["zones"])


def test_arkansas_districts_by_file(real, tmp_path, proof):
    found, _ = plan(
        tmp_path, "districts", "--units", real / "arkansas" / "block_groups.json", "--id", "id", "--size",
        "tot_pop_20", "--zones", "4", "--deviation", "0.005", "--count-edges",
    )  # fmt: skip
    proof.note("`wangge plan`, Arkansas: 4 districts within 0.5 %", "contiguous",
               cut(found))  # fmt: skip
    assert len(found["zones"]) == 4
    assert all(one["in_band"] for one in found["zones"])
