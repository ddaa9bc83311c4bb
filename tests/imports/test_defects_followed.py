"""The defects of an import are kept, listed inside the scope, accepted by a person, and fixed by a later import."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from data.defects.following import accept_defect, list_defects, report_path
from data.export import export_item
from data.imports import ImportOptions, import_file
from data.store import open_store
from data.writer import write
from geo.errors import SchemaError

ACTOR = "administrator"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("WANGGE_HOME", str(tmp_path / "home"))


def load(tmp_path, *boxes, level="village", **options):
    ids = [f"{level[0]}{number}" for number in range(len(boxes))]
    table = gpd.GeoDataFrame({"code": ids}, geometry=[shapely.box(*one) for one in boxes], crs="EPSG:4326")
    file = tmp_path / "areas.gpkg"
    table.to_file(file)
    return import_file(file, "areas", ImportOptions(level=level, id="code", **options), workspace="w", actor=ACTOR)


def desk():
    return open_store("w").desk(ACTOR)


def states() -> list[tuple[str, str, str]]:
    table = list_defects(desk())
    return list(zip(table["level"], table["kind"], table["state"], strict=True))


TOWN = (120.0, 30.0, 120.02, 30.01)
WEST, EAST = (120.0, 30.0, 120.01, 30.01), (120.01, 30.0, 120.02, 30.01)
SHORT, WIDE = (120.0, 30.0, 120.009, 30.01), (120.009, 30.0, 120.02, 30.01)


def test_kept_listed_accepted_fixed_and_undone(tmp_path):
    assert load(tmp_path, TOWN, level="town").defects == {}
    report = load(tmp_path, SHORT, EAST)
    assert report.defects == {"parent_not_tiled": 1}
    assert report.to_dict()["defects"] == report.defects
    assert report_path("w", report.import_id).with_suffix(".gpkg").is_file()
    assert states() == [("village", "parent_not_tiled", "open")]
    key = list_defects(desk())["key"].iloc[0]
    with pytest.raises(SchemaError, match="no reason"):
        accept_defect(desk(), key, "village", " ")
    with pytest.raises(SchemaError, match="no open defect"):
        accept_defect(desk(), "gap|nowhere", "village", "a lake")
    accept_defect(desk(), key, "village", "a lake")
    table = list_defects(desk())
    assert table[["state", "reason", "by"]].iloc[0].tolist() == ["accepted", "a lake", ACTOR]
    corrected = load(tmp_path, WEST, WIDE)
    assert corrected.defects == {"overlap": 1}
    assert states() == [("village", "overlap", "open"), ("village", "parent_not_tiled", "fixed")]
    out = tmp_path / "defects.gpkg"
    assert export_item(desk(), "defects", out) == 2
    assert set(gpd.read_file(out)["state"]) == {"open", "fixed"}
    write("w", "undo_import", {"import_id": corrected.import_id}, actor=ACTOR)
    assert states() == [("village", "parent_not_tiled", "accepted")]


def test_a_person_sees_the_defects_of_their_own_area(tmp_path):
    load(tmp_path, TOWN, level="town")
    load(tmp_path, SHORT, EAST)
    account = {"account_id": "west", "name": "West", "role": "village_officer", "area_id": "v1"}
    write("w", "add_account", account, actor=ACTOR)
    assert len(list_defects(open_store("w").desk("west"))) == 1
    load(tmp_path, WEST, (120.01, 30.0, 120.02, 30.01), (120.0, 30.0, 120.005, 30.01))
    assert len(list_defects(open_store("w").desk("west"))) == 1
    assert list_defects(open_store("w").desk("west"))["state"].tolist() == ["fixed"]
    assert len(list_defects(desk())) == 2
