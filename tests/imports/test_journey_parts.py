"""The parts of the import journey below the page: loose parts, the check on the way in, repair, saved mappings."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from data.defects import RepairOptions, repair_checked
from data.defects.coming import check_coming
from data.imports import ImportOptions, import_file, preview_file
from data.imports.mappings import drop_mapping, keep_mapping, recognise, require_mapping, saved_mappings, with_mapping
from data.imports.parts import main_part
from data.imports.publish import find_store
from data.imports.shown import Shown, find_shown, forget_shown, keep_shown
from data.store import open_store
from data.store.accounts import LOCAL_ADMINISTRATOR
from data.writer import write
from geo.errors import GridError, SchemaError
from tests.imports.broken_shapefile import GRIDS, broken_shapes, write_broken, write_villages

ACTOR = LOCAL_ADMINISTRATOR.account_id


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A workspace with two villages, and the broken grids as loose parts of a shapefile."""
    home = tmp_path_factory.mktemp("parts")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WANGGE_HOME", str(home))
        options = ImportOptions(level="village", id="code")
        import_file(write_villages(home), "areas", options, workspace="w", actor=ACTOR)
        write_broken(home)
        yield home


def grids(**more):
    return ImportOptions(level="grid", **more)


@pytest.mark.parametrize(
    ("names", "main"),
    [
        (["网格.dbf", "网格.shp", "网格.shx", "网格.prj", "网格.cpg"], "网格.shp"),
        (["A.SHP", "a.dbf", "a.shp.xml"], "A.SHP"),
        (["r.TAB", "R.DAT", "r.map", "r.id"], "r.TAB"),
        (["x.csv"], "x.csv"),
    ],
)
def test_parts_dropped_together_are_one_file(names, main):
    assert main_part(names) == main
    assert main_part(names[::-1]) == main


@pytest.mark.parametrize("names", [["a.shp", "b.dbf"], ["a.csv", "b.csv"], ["a.dbf", "a.prj"], ["a.shp", "b.shp"]])
def test_files_that_are_not_one_are_refused(names):
    with pytest.raises(SchemaError, match=f"{len(names)} files"):
        main_part(names)


def test_the_check_on_the_way_in_sizes_and_places_each_defect(place):
    preview = preview_file(place / "网格.shp", "areas", grids(), workspace="w")
    assert preview.error is None
    assert preview.encoding == "gb18030"
    assert preview.labels == list(GRIDS)
    checked = check_coming(preview.raw, grids(), find_store("w"), preview.merged)
    found = {one.kind: one for one in checked.report.defects}
    assert set(found) == {"invalid", "overlap", "gap", "two_parents"}
    second, third = (broken_shapes()[number] for number in (1, 2))
    shared = gpd.GeoSeries([second.intersection(third)], crs=4490).to_crs("ESRI:54034").area[0]
    assert found["overlap"].area_m2 == pytest.approx(shared, rel=1e-3)
    assert second.intersects(shapely.Point(found["overlap"].lon, found["overlap"].lat))
    assert found["overlap"].households == 410 + 380
    assert found["two_parents"].ids[0] == list(GRIDS)[2]


def test_a_file_in_gcj02_is_checked_where_it_lies(place, tmp_path):
    from geo.crs.degrees import degrees_of

    raw = preview_file(place / "网格.shp", "areas", grids(), workspace="w").raw
    shifted = shapely.transform(raw.geometry, lambda xy: xy + (xy - np.column_stack(degrees_of(*xy.T, "gcj02"))))
    table = gpd.GeoDataFrame(raw.frame, geometry=shifted, crs=4326)
    table.to_file(tmp_path / "shifted.gpkg")
    options = grids(crs="gcj02")
    preview = preview_file(tmp_path / "shifted.gpkg", "areas", options, workspace="w")
    assert preview.error is None, preview.error
    checked = check_coming(preview.raw, options, find_store("w"), preview.merged)
    assert str(checked.areas.crs) == "EPSG:4326"
    overlap = next(one for one in checked.report.defects if one.kind == "overlap")
    assert broken_shapes()[1].buffer(0.00002).covers(shapely.Point(overlap.lon, overlap.lat))


def test_repaired_before_it_is_taken_with_named_consent(place):
    report = import_file(place / "网格.shp", "areas", grids(repair=RepairOptions()), workspace="w", actor=ACTOR)
    assert report.defects == {"overlap": 1, "two_parents": 1}, "more than 1 % of an area waits for consent"
    named = RepairOptions(consent=tuple(list(GRIDS)[1:4]))
    again = import_file(place / "网格.shp", "areas", grids(repair=named), workspace="w", actor=ACTOR)
    assert again.defects == {}
    assert again.changes == {"inserted": 0, "updated": 2, "unchanged": 4, "removed": 0, "kept": 0}
    assert any("areas repaired" in str(one) for one in again.notices)
    areas = open_store("w").all_areas()
    assert areas.loc[list(GRIDS), "name"].tolist() == list(GRIDS.values())
    assert areas.loc[list(GRIDS), "households"].tolist() == [320, 410, 380, 450, 330, 390]
    shapes = areas.loc[list(GRIDS)].geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    villages = areas[areas["level"] == "village"].geometry.to_numpy()
    assert shapely.area(shapely.symmetric_difference(shapely.union_all(shapes), shapely.union_all(villages))) == 0
    kept = open_store("w").desk(ACTOR).sources().iloc[0]["options"]
    assert all(code in kept for code in named.consent), "who consented stands in the record"
    for one in (again, report):
        write("w", "undo_import", {"import_id": one.import_id}, actor=ACTOR)
    assert [key for key, _, _ in open_store("w").level_rows()] == ["village"]


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(("names", "households"), [(["a", "a", "b"], [30, 5]), (None, [10, 20, 5])])
def test_households_of_an_areas_parts_are_kept_by_a_repair(tmp_path, names, households):
    from data.defects.coming import repaired_raw

    shapes = [shapely.box(120.68, 30.5, 120.681, 30.501), shapely.box(120.683, 30.5, 120.684, 30.501)]
    shapes.append(shapely.box(120.6809, 30.5, 120.682, 30.501))
    table = gpd.GeoDataFrame({"code": ["A", "A", "B"], "households": ["10", "20", "5"]}, geometry=shapes, crs=4326)
    if names:
        table["name"] = names
    table.to_file(tmp_path / "parts.gpkg")
    options = grids(repair=RepairOptions(max_change_share=1.0, max_change_m2=1e9))
    preview = preview_file(tmp_path / "parts.gpkg", "areas", options, workspace="w")
    fixed, told, record = repaired_raw(preview.raw, options, find_store("w"), preview.merged)
    assert fixed.frame["households"].astype(float).tolist() == households
    assert told.repair is None
    assert record["changed"] >= 1


@pytest.mark.usefixtures("place")
def test_mappings_are_saved_recognised_changed_and_let_go():
    first = grids(id="网格编码", map={"households": "户数"}, crs="EPSG:4490", encoding="gbk", accept=("far_away",))
    columns = ["网格编码", "网格名称", "村社", "户数"]
    assert saved_mappings(None) == []
    keep_mapping("w", "长安镇 月报", "areas", columns, first, actor=ACTOR)
    known = saved_mappings(open_store("w"))
    assert [(one.name, one.kind, one.by) for one in known] == [("长安镇 月报", "areas", ACTOR)]
    assert "accept" not in known[0].options, "a consent is about one file"
    assert recognise(known, "areas", ["户数", " 网格 编码", "村社", "网格名称"]) == known[0]
    assert recognise(known, "areas", columns[:3]) is None
    assert recognise(known, "places", columns) is None
    used = with_mapping(ImportOptions(level="micro_grid"), require_mapping(open_store("w"), "长安镇 月报", "areas"))
    assert (used.level, used.id, used.encoding, used.map) == ("micro_grid", "网格编码", "gbk", {"households": "户数"})
    keep_mapping("w", "长安镇 月报", "areas", columns, grids(id="网格编码"), actor=ACTOR)
    assert saved_mappings(open_store("w"))[0].options == {"level": "grid", "id": "网格编码"}
    drop_mapping("w", "长安镇 月报", actor=ACTOR)
    assert saved_mappings(open_store("w")) == []
    with pytest.raises(SchemaError, match="saved mapping"):
        require_mapping(open_store("w"), "长安镇 月报", "areas")


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a\nb"])
def test_a_mapping_needs_a_name(name):
    with pytest.raises(GridError, match="1 to 60"):
        keep_mapping("w", name, "areas", ["a"], grids(), actor=ACTOR)


@pytest.mark.usefixtures("place")
def test_a_mapping_is_written_by_its_own_verb_and_by_those_who_import():
    with pytest.raises(SchemaError, match="verb of its own"):
        write("w", "add_audit", {"verb": "keep_mapping", "what": {}}, actor=ACTOR)
    write("w", "add_account", {"account_id": "v", "name": "v", "role": "viewer", "area_id": None}, actor=ACTOR)
    with pytest.raises(GridError):
        keep_mapping("w", "x", "areas", ["a"], grids(), actor="v")


def test_what_is_shown_is_shown_to_its_owner_alone():
    shown = Shown(account_id="a", workspace="w", shapes=np.array([shapely.Point(0, 0)]), labels=["x"])
    token = keep_shown(shown)
    assert find_shown(token, "a", "w") is shown
    assert find_shown(token, "b", "w") is None
    assert find_shown(token, "a", "v") is None
    forget_shown(token)
    assert find_shown(token, "a", "w") is None


def test_the_preview_of_rows_has_their_places(place):
    table = pd.DataFrame({"编号": ["1", "2"], "类型": ["shelter"] * 2, "经度": [120.681, None], "纬度": [30.501, None]})
    table["网格"] = [None, "330481001001"]
    table.to_csv(place / "p.csv", index=False)
    preview = preview_file(place / "p.csv", "places", ImportOptions(crs="EPSG:4326"), workspace="w")
    assert preview.error is None, preview.error
    assert [one is None for one in preview.shapes] == [False, True]
    assert preview.labels == ["1", "2"]


def test_a_repair_preview_changes_nothing(place):
    raw = preview_file(place / "网格.shp", "areas", grids(), workspace="w")
    before = [one.wkb for one in raw.raw.geometry]
    checked = check_coming(raw.raw, grids(), find_store("w"), raw.merged)
    repair_checked(checked, RepairOptions(consent=tuple(GRIDS)))
    assert [one.wkb for one in raw.raw.geometry] == before
