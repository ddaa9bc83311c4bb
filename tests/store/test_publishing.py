"""What is published is what is read; what is undone was never there; what is refused changes nothing."""

from __future__ import annotations

from datetime import datetime

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from data.store import open_store, stage, workspaces
from data.store.tables import KINDS, OWN, VERSIONED, has_shape
from data.writer import write
from geo.errors import GridError, SchemaError, ScopeError, StoreError
from tests.store.conftest import LEVELS, START, area_table, kind_table, make_place, publish


def state(store) -> dict[str, list[tuple]]:
    """Every present row of every table, without numbers that only say when."""
    found = {}
    with store.reading() as connection:
        for name, table in VERSIONED.items():
            columns = [c.name for c in table.columns if c.name not in OWN]
            listed = ", ".join(f'"{c}"' for c in columns)
            now = f"since_edition <= {store.edition} AND until_edition > {store.edition}"
            found[name] = sorted(connection.execute(f'SELECT {listed} FROM "{name}" WHERE {now}').fetchall(), key=repr)
    return found


def admin(workspace="main"):
    return open_store(workspace).desk("administrator")


@pytest.mark.parametrize("kind", [k for k in KINDS if k not in ("areas", "fixes")])
@pytest.mark.usefixtures("bare_place")
def test_rows_come_back_as_they_went_in(kind):
    table = kind_table(kind)
    result = publish(kind, table)
    assert result["rows"] == len(table) == result["rows_after"]
    spec = KINDS[kind]
    rows = admin().rows(kind)
    order = [c for c in (spec.time_field, spec.key) if c]
    expected = table.sort_values(order, ignore_index=True)
    assert list(rows.columns) == list(spec.columns)
    for name in expected.columns:
        if name == "geometry":
            assert rows.geometry.geom_equals(expected.geometry).all()
            assert rows.crs == "EPSG:4326"
        else:
            left, right = rows[name], expected[name]
            assert ((left == right) | (left.isna() & right.isna())).all(), name


@pytest.mark.usefixtures("bare_place")
def test_the_types_are_what_the_docstring_says():
    table = kind_table("incidents")
    table.loc[0, ["accepted_at", "lon"]] = [pd.NaT, np.nan]
    table["rework_count"] = [1, None, *[2] * (len(table) - 2)]
    publish("incidents", table)
    rows = admin().rows("incidents")
    assert str(rows["occurred_at"].dtype) == str(rows["accepted_at"].dtype) == "datetime64[us, UTC]"
    assert str(rows["title"].dtype) == str(rows["area_id"].dtype) == "str"
    assert rows["rework_count"].dtype == rows["lon"].dtype == float
    assert rows["rework_count"].isna().sum() == rows["lon"].isna().sum() == rows["accepted_at"].isna().sum() == 1
    assert admin().rows("people")["name"].dtype == "str"
    areas = admin().areas()
    assert areas["households"].dtype == int
    assert str(areas["valid_from"].dtype) == "datetime64[s]"


@pytest.mark.usefixtures("bare_place")
def test_areas_are_indexed_sorted_and_whole():
    desk = admin()
    areas = desk.areas()
    assert list(areas.index) == sorted(areas.index) == ["C", "G11", "G12", "G21", "G22", "T1", "T2"]
    assert areas.index.name == "area_id"
    assert areas.geometry.geom_equals(area_table().set_index("area_id").loc[areas.index].geometry).all()
    assert list(desk.areas("grid", within="T2").index) == ["G21", "G22"]
    assert "geometry" not in desk.areas("town", geometry=False)
    assert [(one.key, one.rank, one.title, one.count) for one in desk.levels()] == [
        ("county", 0, "县", 1),
        ("town", 1, "镇", 2),
        ("grid", 2, "网格", 4),
    ]
    areas.loc["C", "name"] = "changed"
    assert admin().areas().loc["C", "name"] == "县"


@pytest.mark.usefixtures("bare_place")
def test_a_period_includes_its_start_and_excludes_its_end():
    publish("incidents", kind_table("incidents", ["G11"], per_area=5))
    hour = pd.Timedelta(hours=1)
    rows = admin().rows("incidents", columns=["incident_id"], start=START + hour, end=START + 3 * hour)
    assert list(rows["incident_id"]) == ["incidents-G11-1", "incidents-G11-2"]
    assert admin().total("incidents", start=START, end=START + hour) == 1
    with pytest.raises(SchemaError):
        admin().total("people", start=START)
    with pytest.raises(ValueError, match="zone"):
        admin().rows("incidents", start=datetime(2026, 1, 1))  # noqa: DTZ001


@pytest.mark.usefixtures("bare_place")
def test_modes():
    publish("places", kind_table("places", ["G11"]))
    again = kind_table("places", ["G11"], per_area=3)
    with pytest.raises(SchemaError, match="2 that are there already: places-G11-0, places-G11-1"):
        publish("places", again, mode="append")
    assert admin().total("places") == 2
    assert publish("places", again)["rows_after"] == 3
    assert publish("places", kind_table("places", ["G22"]), mode="append")["rows_after"] == 5
    assert publish("places", kind_table("places", ["G12"]), mode="replace")["rows_after"] == 2
    assert set(admin().rows("places")["area_id"]) == {"G12"}


@pytest.mark.usefixtures("bare_place")
def test_an_import_is_done_once():
    first = publish("places", kind_table("places"), import_id="p")
    edition = open_store().edition
    again = publish("places", kind_table("places", ["G11"], per_area=9), import_id="p")
    assert again == {**first, "repeated": True}
    assert open_store().edition == edition
    assert len(admin().sources()) == 2


@pytest.mark.usefixtures("place")
def test_undo_brings_back_exactly_what_was():
    store = open_store()
    before = state(store)
    changed = kind_table("incidents", ["G22"], per_area=4)
    publish("incidents", changed, mode="replace", import_id="x", notices=["one remark"])
    assert state(store) != before
    write("main", "undo_import", {"import_id": "x"}, actor="administrator")
    assert state(store) == before
    assert admin().sources().set_index("import_id")["is_undone"].to_dict()["x"]
    with pytest.raises(StoreError, match="undone already"):
        write("main", "undo_import", {"import_id": "x"}, actor="administrator")
    assert publish("incidents", changed, import_id="x")["rows"] == 4


@pytest.fixture(scope="module")
def lasting_place(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WANGGE_HOME", str(tmp_path_factory.mktemp("undo")))
        make_place(rows=False)
        yield open_store()


@settings(max_examples=6, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(steps=st.lists(st.tuples(st.sampled_from(["upsert", "replace"]), st.integers(1, 4)), min_size=1, max_size=4))
@example(steps=[("upsert", 1), ("upsert", 1)])
def test_undoing_imports_backwards_passes_through_every_former_state(lasting_place, steps):
    states = []
    for number, (mode, rows) in enumerate(steps):
        states.append(state(lasting_place))
        publish("visits", kind_table("visits", ["G11", None], rows), mode=mode, import_id=f"step {number}")
    for number in reversed(range(len(steps))):
        write("main", "undo_import", {"import_id": f"step {number}"}, actor="administrator")
        assert state(lasting_place) == states.pop()


@pytest.mark.usefixtures("bare_place")
def test_undo_of_a_changed_import_is_refused():
    publish("places", kind_table("places"), import_id="first")
    publish("places", kind_table("places"), import_id="second")
    before = state(open_store())
    with pytest.raises(StoreError, match="undo the later imports"):
        write("main", "undo_import", {"import_id": "first"}, actor="administrator")
    assert state(open_store()) == before


def split_west() -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Grid G11 becomes G11a and G11b, and its incidents move with it."""
    areas = area_table().set_index("area_id")
    shapes = {"G11a": shapely.box(0, 0, 0.5, 1), "G11b": shapely.box(0.5, 0, 1, 1)}
    grids = gpd.GeoDataFrame(
        [
            {"area_id": a, "level": "grid", "name": a, "parent_id": "T1", "households": 50, "geometry": g}
            for a, g in shapes.items()
        ],
        geometry="geometry",
        crs=4326,
    )
    kept = areas.loc[["G12", "G21", "G22"]].reset_index()
    moved = pd.DataFrame(
        {
            "incident_id": ["incidents-G11-0", "incidents-G11-1"],
            "area_id": ["G11a", "G11b"],
            "reason": ["inside", "boundary"],
        }
    )
    return pd.concat([grids, kept], ignore_index=True), moved


@pytest.mark.usefixtures("bare_place")
def test_areas_and_placements_change_in_one_step():
    publish("incidents", kind_table("incidents"), import_id="incidents")
    store = open_store()
    old_desk, before = store.desk("administrator"), state(store)
    areas, moved = split_west()
    payload = {"table": stage("main", areas), "replaces": ["grid"], "source": {"import_id": "split"}}
    with pytest.raises(SchemaError, match="G11"):
        write("main", "publish_areas", {**payload, "table": stage("main", areas)}, actor="administrator")
    assert state(store) == before
    write(
        "main", "publish_areas", {**payload, "placements": {"incidents": stage("main", moved)}}, actor="administrator"
    )
    desk = store.desk("administrator")
    assert list(desk.areas("grid").index) == ["G11a", "G11b", "G12", "G21", "G22"]
    assert desk.total("incidents") == old_desk.total("incidents") == 10
    assert desk.rows("incidents", within="G11a")["incident_id"].tolist() == ["incidents-G11-0"]
    assert desk.count_by_reason("incidents").to_dict() == {"boundary": 1, "inside": 7, "outside": 2}
    assert len(old_desk.rows("incidents", within="G11")) == 2
    assert "G11" in old_desk.areas().index
    write("main", "undo_import", {"import_id": "split"}, actor="administrator")
    assert state(store) == before


@pytest.mark.usefixtures("place")
def test_areas_that_hold_placed_rows_cannot_be_undone():
    before = state(open_store())
    with pytest.raises(GridError):
        write("main", "undo_import", {"import_id": "areas"}, actor="administrator")
    assert state(open_store()) == before


def bad_areas() -> dict[str, gpd.GeoDataFrame]:
    table = area_table()
    shapeless = table.copy()
    shapeless.loc[3, "geometry"] = None
    return {
        "one row per area_id": pd.concat([table, table.head(1)], ignore_index=True),
        "unknown parent": table.assign(parent_id=[None, "C", "C", "T9", "T1", "T2", "T2"]),
        "levels 'planet'": table.assign(level="planet"),
        "none for G11": shapeless,
        "unknown: colour": table.assign(colour="red"),
        "missing: area_id": table.drop(columns="area_id"),
    }


@pytest.mark.parametrize("fault", bad_areas())
@pytest.mark.usefixtures("place")
def test_a_bad_area_table_is_refused_whole(fault):
    before = state(open_store())
    with pytest.raises(SchemaError, match=fault):
        write("main", "publish_areas", {"table": stage("main", bad_areas()[fault])}, actor="administrator")
    assert state(open_store()) == before
    assert open_store().edition == open_store().desk("administrator").store.edition


@pytest.mark.parametrize("kind", ["incidents", "households", "places"])
@pytest.mark.usefixtures("bare_place")
def test_rows_in_unknown_areas_are_refused(kind):
    with pytest.raises(SchemaError, match="nowhere"):
        publish(kind, kind_table(kind, ["nowhere"]))
    assert admin().total(kind) == 0


@pytest.mark.usefixtures("bare_place")
def test_times_without_a_zone_are_refused():
    naive = kind_table("incidents").assign(occurred_at=pd.Timestamp("2026-01-01"))
    with pytest.raises(SchemaError, match="zone"):
        publish("incidents", naive)


@pytest.mark.usefixtures("bare_place")
def test_a_table_outside_the_staging_folder_is_refused():
    for name in ("../store.sqlite", "/etc/passwd", "missing.parquet"):
        with pytest.raises(StoreError, match="staging"):
            write("main", "publish_rows", {"kind": "people", "table": name}, actor="administrator")


@pytest.mark.usefixtures("bare_place")
def test_settings():
    store = open_store()
    assert store.setting("small_count") == 5
    edition = store.edition
    write("main", "set_setting", {"name": "small_count", "value": 3}, actor="planner@")
    assert store.setting("small_count") == admin().setting("small_count") == 3
    assert store.edition > edition
    write("main", "set_setting", {"name": "grid_band_households", "value": [200, 300]}, actor="planner@")
    assert store.setting("grid_band_households") == (200, 300)
    write("main", "set_setting", {"name": "small_count", "value": None}, actor="planner@")
    assert store.setting("small_count") == 5
    wrong = (("small_count", "many"), ("no_such", 1), ("small_count", 2.5), ("grid_band_households", [1]))
    for name, value in (*wrong, ("time_zone", "Mars/Olympus")):
        with pytest.raises(SchemaError):
            write("main", "set_setting", {"name": name, "value": value}, actor="planner@")
    with pytest.raises(StoreError):
        store.setting("no_such")


@pytest.mark.parametrize(
    "person", ["viewer@", "grid_worker@", "organizer@", "duty_officer@T1", "administrator@G22", "nobody"]
)
@pytest.mark.usefixtures("bare_place")
def test_people_without_the_right_cannot_write(person):
    before = state(open_store())
    calls = {
        "publish_rows": {"kind": "people", "table": stage("main", kind_table("people"))},
        "set_setting": {"name": "small_count", "value": 3},
        "add_account": {"account_id": "x", "name": "x", "role": "administrator"},
        "undo_import": {"import_id": "areas"},
        "drop_workspace": {"confirm": "main"},
    }
    for verb, payload in calls.items():
        with pytest.raises(ScopeError):
            write("main", verb, payload, actor=person)
    assert state(open_store()) == before


@pytest.mark.usefixtures("bare_place")
def test_every_write_is_in_the_audit_with_its_person():
    write(
        "main",
        "add_account",
        {"account_id": "new", "name": "新人", "role": "viewer", "area_id": "T1"},
        actor="administrator@",
    )
    publish("people", kind_table("people", ["G11"]))
    assert open_store().account("new").area_id == "T1"
    with pytest.raises(SchemaError):
        write(
            "main",
            "add_account",
            {"account_id": "y", "name": "y", "role": "viewer", "area_id": "gone"},
            actor="administrator@",
        )
    with open_store().reading() as connection:
        found = connection.execute(
            "SELECT actor, verb, rows_before, rows_after FROM audit ORDER BY audit_number"
        ).fetchall()
    assert found == [
        ("administrator", "create_workspace", None, None),
        ("administrator", "publish_areas", 0, 7),
        ("administrator@", "add_account", None, None),
        ("administrator", "publish_rows", 0, 2),
    ]


@pytest.mark.usefixtures("bare_place")
def test_disagreements_and_notices():
    table = kind_table("incidents", ["G11", "G22"])
    wrong = pd.DataFrame(
        {
            "kind": "incidents",
            "row_id": ["incidents-G11-0", "incidents-G22-0"],
            "stated_area_id": ["G22", "G11"],
            "area_id": ["G11", "G22"],
        }
    )
    publish("incidents", table, disagreements=stage("main", wrong), notices=["2 rows contradict their point"])
    assert admin().disagreements()["row_id"].tolist() == ["incidents-G11-0", "incidents-G22-0"]
    assert admin().notices()["text"].tolist() == ["2 rows contradict their point"]
    west = open_store().desk("duty_officer@T1")
    assert west.disagreements()["row_id"].tolist() == ["incidents-G11-0"]
    assert len(west.notices()) == 0
    publish("incidents", kind_table("incidents", ["G11"]))
    assert admin().disagreements()["row_id"].tolist() == ["incidents-G22-0"]


def test_workspaces_are_made_swapped_and_dropped(home):
    assert workspaces() == []
    with pytest.raises(StoreError, match="no workspace at all"):
        open_store()
    make_place(".main-new", rows=False)
    assert workspaces() == []
    assert open_store(".main-new").title == "小县"
    write(".main-new", "swap_workspace", {"into": "main"}, actor="administrator")
    assert workspaces() == ["main"]
    first = open_store()
    desk, edition = first.desk("administrator"), first.edition
    make_place(".main-new", rows=False)
    publish("people", kind_table("people"), workspace=".main-new")
    write(".main-new", "swap_workspace", {"into": "main"}, actor="administrator")
    assert open_store().desk("administrator").total("people") == 10
    assert first.edition > edition == desk.store.edition
    assert not (home / ".main-new").exists()
    with pytest.raises(StoreError, match="free"):
        make_place()
    write("main", "drop_workspace", {}, actor="administrator")
    assert workspaces() == []


@pytest.mark.usefixtures("home")
def test_real_data_are_not_dropped_without_their_name():
    write("real", "create_workspace", {"title": "Real"}, actor="administrator")
    assert [one.account_id for one in open_store("real").accounts()] == ["administrator"]
    assert not open_store("real").is_synthetic
    with pytest.raises(StoreError, match="real"):
        write("real", "drop_workspace", {}, actor="administrator")
    write("other", "create_workspace", {"title": "Other", "synthetic": True, "levels": LEVELS}, actor="administrator")
    with pytest.raises(StoreError, match="real"):
        write("other", "swap_workspace", {"into": "real"}, actor="administrator")
    assert workspaces() == ["other", "real"]
    write("real", "drop_workspace", {"confirm": "real"}, actor="administrator")
    assert workspaces() == ["other"]


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a b", "x" * 80, "..", "."])
@pytest.mark.usefixtures("home")
def test_a_workspace_name_cannot_leave_the_home(name):
    with pytest.raises(StoreError):
        write(name, "create_workspace", {"title": "x"}, actor="administrator")
    with pytest.raises(StoreError):
        open_store(name)


def test_stores_of_other_versions_are_refused(bare_place):
    import sqlite3

    path = bare_place / "main" / "store.sqlite"
    for version, remedy in (("9999", "update the program"), ("0000", "start the service")):
        with sqlite3.connect(path) as connection:
            connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
        connection.close()
        with pytest.raises(StoreError, match=remedy):
            open_store()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StoreError, match="newer"):
        write("main", "add_audit", {"verb": "x", "what": {}}, actor="administrator")


def test_a_file_that_is_no_store_is_named(home):
    (home / "odd").mkdir()
    (home / "odd" / "store.sqlite").write_bytes(b"not a database, sorry" * 100)
    with pytest.raises(StoreError, match=r"odd/store\.sqlite"):
        open_store("odd")


@pytest.mark.usefixtures("place")
def test_every_shape_kind_can_be_asked_by_box():
    for kind, spec in KINDS.items():
        if kind != "fixes" and (has_shape(spec) or spec.shape == "point"):
            everywhere = admin().rows(kind, bbox=(-1, -1, 3, 3))
            nowhere = admin().rows(kind, bbox=(50, 50, 51, 51))
            assert len(everywhere) == admin().total(kind) > 0 == len(nowhere), kind
    assert set(admin().rows("places", bbox=(1, 1, 2, 2))["area_id"]) == {"G22"}
