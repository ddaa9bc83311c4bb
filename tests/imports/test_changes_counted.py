"""Importing a corrected file again: what is new, what changed, what stayed, what went, and nothing twice."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.imports import ImportOptions, import_file
from data.kinds import people as people_kind
from data.store import open_store
from data.writer import write

ACTOR = "administrator"


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    home = tmp_path_factory.mktemp("changes")
    patch = pytest.MonkeyPatch()
    patch.setenv("WANGGE_HOME", str(home))
    yield home
    patch.undo()


def load_areas(base, cells, level="grid", workspace="w"):
    """Import squares of a row by their place: {code: (place, name)}."""
    shapes = [shapely.box(120 + at / 100, 30, 120.01 + at / 100, 30.01) for at, _ in cells.values()]
    table = gpd.GeoDataFrame({"code": list(cells), "name": [name for _, name in cells.values()]}, geometry=shapes)
    table.set_crs("EPSG:4326").to_file(base / "g.gpkg")
    return import_file(
        base / "g.gpkg", "areas", ImportOptions(level=level, id="code"), workspace=workspace, actor=ACTOR
    )


def counts(*numbers):
    return dict(zip(("inserted", "updated", "unchanged", "removed", "kept"), numbers, strict=True))


def test_areas_of_a_level(base):
    assert load_areas(base, {"T": (0, "town")}, "town").changes == counts(1, 0, 0, 0, 0)
    first = {"A": (0, "a"), "B": (1, "b"), "C": (2, "c"), "D": (3, "d")}
    assert load_areas(base, first).changes == counts(4, 0, 0, 0, 0)
    assert load_areas(base, first).changes == counts(0, 0, 4, 0, 0)
    second = {"A": (0, "a"), "B": (1.5, "b"), "C": (2, "other"), "E": (4, "e")}
    report = load_areas(base, second)
    assert report.changes == counts(1, 2, 1, 1, 0)
    assert report.to_dict()["changes"]["updated"] == 2
    assert sorted(open_store("w").all_areas().query("level == 'grid'").index) == ["A", "B", "C", "E"]
    write("w", "undo_import", {"import_id": report.import_id}, actor=ACTOR)
    assert sorted(open_store("w").all_areas().query("level == 'grid'").index) == ["A", "B", "C", "D"]


def load_rows(base, kind, text, workspace="p"):
    (base / "rows.csv").write_text(text, "utf-8")
    options = ImportOptions(crs="EPSG:4326", time_zone="Asia/Shanghai")
    return import_file(base / "rows.csv", kind, options, workspace=workspace, actor=ACTOR)


def test_rows_of_a_kind_and_fixes(base):
    load_areas(base, {"A": (0, "a")}, workspace="r")
    head = "编号,名称,类型,经度,纬度\n"
    first = head + "1,one,shelter,120.005,30.005\n2,two,shelter,120.006,30.005\n3,three,shelter,120.007,30.005\n"
    assert load_rows(base, "places", first, "r").changes == counts(3, 0, 0, 0, 0)
    second = head + "2,two,shelter,120.006,30.005\n3,three,camera,120.007,30.005\n4,four,shelter,120.002,30.005\n"
    assert load_rows(base, "places", second, "r").changes == counts(1, 1, 1, 0, 1)
    fixes = "unit_id,at,lon,lat\nu,2026-01-01 08:00,120.005,30.005\nu,2026-01-01 08:01,120.005,30.005\n"
    assert load_rows(base, "fixes", fixes, "r").changes == counts(2, 0, 0, 0, 0)
    assert load_rows(base, "fixes", fixes + "u,2026-01-01 08:02,120.005,30.005\n", "r").changes == counts(1, 0, 2, 0, 0)


names = st.dictionaries(st.integers(0, 12), st.sampled_from(["x", "y"]), min_size=1, max_size=9)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(first=names, second=names)
def test_counts_agree_with_the_two_files(base, first, second):
    """Whatever two files say: counts are those of comparing them row by row."""
    assert people_kind.SPEC.key == "person_id"
    text = [
        "person_id,name\n" + "".join(f"{number},{name}\n" for number, name in rows.items())
        for rows in (dict.fromkeys(range(13), "gone"), first, second)
    ]
    for one in text[:2]:
        load_rows(base, "people", one, "h")
    before = dict.fromkeys(range(13), "gone") | first
    same = sum(before[n] == name for n, name in second.items())
    changes = load_rows(base, "people", text[2], "h").changes
    assert changes == counts(0, len(second) - same, same, 0, 13 - len(second))
