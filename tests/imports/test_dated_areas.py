"""Areas that hold from a day on: what ended stays on record, and only what happened since is placed anew."""

from __future__ import annotations

import shutil

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from data.imports.publish_areas import publish_set
from data.store import open_store, stage
from data.store.boundaries import AS_WAS, areas_in, key_of, lineage_of, timeline
from data.store.publishing import Publishing
from data.writer import write
from geo.errors import GridError, SchemaError, StoreError
from tests.dated_town import ACTOR, DAY, MIDNIGHT, OLD, SPLIT, box, load, load_rows, make_town, spots


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The town before any change, made once."""
    home = tmp_path_factory.mktemp("town")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WANGGE_HOME", str(home))
        make_town()
    return home


@pytest.fixture(autouse=True)
def _town(made, tmp_path, monkeypatch):
    monkeypatch.setenv("WANGGE_HOME", str(tmp_path))
    shutil.copytree(made / "w", tmp_path / "w")


def placed(kind, time_field=None):
    """{(hundredths of a degree, is since the day): area_id}"""
    store = open_store("w")
    table = store.fix_archive().read(None, None) if kind == "fixes" else store.table(kind, geometry=False)
    since = table[time_field] >= MIDNIGHT if time_field else pd.Series(True, table.index)
    place = ((table["lon"] - 120) * 100).round(2)
    found = {}
    for spot, late, area in zip(place, since, table["area_id"], strict=True):
        area = None if pd.isna(area) else str(area)
        assert found.setdefault((spot, bool(late)), area) == area
    return found


EARLY = {(0.5, False): "A", (1.5, False): "A", (2.5, False): "B", (3.5, False): "B", (9, False): None}
LATE = {(0.5, True): "A1", (1.5, True): "A2", (2.5, True): "B", (3.5, True): "B", (9, True): None}


def everything():
    """All that a reader of today's edition finds, as bytes."""
    store = open_store("w")
    parts = [store.table(kind).to_csv() for kind in ("areas", "incidents", "buildings")]
    parts += [store.fix_archive().read(None, None, columns=["fix_id", "at", "area_id", "reason"]).to_csv()]
    parts += [lineage_of(store).to_csv(), str(timeline(store).days), str(store.level_rows())]
    return "\n".join(parts)


def test_a_split_ends_the_old_area_and_moves_only_what_came_after():
    before = everything()
    report = load("grid", SPLIT, valid_from=DAY)
    assert "2 areas begin, 1 end, 1 go on as they were" in " ".join(map(str, report.notices))
    store = open_store("w")
    assert placed("incidents", "occurred_at") == EARLY | LATE
    assert placed("fixes", "at") == EARLY | LATE
    assert placed("buildings") == LATE
    assert timeline(store).days == (MIDNIGHT.date(),)
    past = areas_in(store, key_of(store, AS_WAS, MIDNIGHT - pd.Timedelta("1s")))
    assert past.index.tolist() == ["A", "B", "T"]
    assert past.loc["A", "valid_to"] == pd.Timestamp(DAY)
    assert store.all_areas()["valid_from"].map(str).to_dict() == {"A1": f"{DAY} 00:00:00", "A2": f"{DAY} 00:00:00"} | {
        "B": "NaT",
        "T": "NaT",
    }
    links = lineage_of(store)
    assert links[["from_area_id", "to_area_id", "kind", "share_of_area"]].round(4).values.tolist() == [
        ["A", "A1", "split", 0.5],
        ["A", "A2", "split", 0.5],
    ]
    assert links["share_of_households"].tolist() == [0.5, 0.5]
    assert links["actor"].tolist() == [ACTOR, ACTOR]
    write("w", "undo_import", {"import_id": report.import_id}, actor=ACTOR)
    assert everything() == before


def test_merge_rename_code_change_and_border():
    load("grid", {"A": (0, 2), "B": (2, 4)}, names={"A": "East"}, valid_from="2026-09-01")
    load("grid", {"X": (0, 2), "B": (2, 4)}, names={"X": "East"}, valid_from="2026-10-01")
    load("grid", {"X": (0, 3), "B": (3, 4)}, names={"X": "East"}, valid_from="2026-10-05")
    load("grid", {"C": (0, 4)}, valid_from=DAY)
    store = open_store("w")
    kinds = {(row.from_area_id, row.to_area_id): row.kind for row in lineage_of(store).itertuples()}
    assert kinds == {
        ("A", "A"): "rename",
        ("A", "X"): "code_change",
        ("B", "B"): "split",
        ("B", "X"): "redrawn",
        ("X", "X"): "merge",
        ("B", "C"): "merge",
        ("X", "C"): "merge",
    }
    assert len(timeline(store)) == 5
    at = {
        day: areas_in(store, key_of(store, AS_WAS, pd.Timestamp(day, tz="UTC"))) for day in ("2026-08-01", "2026-11-20")
    }
    assert at["2026-08-01"].loc["A", "name"] == "A grid"
    assert at["2026-11-20"].index.tolist() == ["C", "T"]


def test_a_row_that_comes_late_goes_by_its_own_time():
    load("grid", SPLIT, valid_from=DAY)
    load_rows("incidents", spots("late", "incident_id", "occurred_at"))
    assert len(open_store("w").table("incidents")) == 40
    assert placed("incidents", "occurred_at") == EARLY | LATE


def test_a_correction_keeps_dates_and_places_every_row_by_its_time():
    load("grid", SPLIT, valid_from=DAY)
    load("grid", {"A1": (0, 0.2), "A2": (0.2, 2), "B": (2, 4)})
    found = placed("incidents", "occurred_at")
    assert found == EARLY | LATE | {(0.5, True): "A2"}
    assert timeline(open_store("w")).days == (MIDNIGHT.date(),)


def test_days_that_cannot_be_are_refused_and_change_nothing():
    load("grid", SPLIT, valid_from=DAY)
    before = everything()
    with pytest.raises(SchemaError, match="A1, A2"):
        load("grid", OLD, valid_from="2026-10-01")
    with pytest.raises(SchemaError, match="--plan NAME"):
        load("grid", OLD, valid_from="2199-01-01")
    table = gpd.GeoDataFrame({"area_id": ["A"], "level": "grid", "parent_id": "T"}, geometry=[box(0, 2)], crs=4326)
    dates = {"valid_from": pd.Timestamp("2026-01-01"), "valid_to": pd.Timestamp("2026-12-01")}
    doubled = {"table": stage("w", table), "past": stage("w", table.assign(**dates))}
    with pytest.raises(SchemaError, match="two boundaries at the same time: A"):
        write("w", "publish_areas", doubled, actor=ACTOR)
    assert everything() == before


def test_a_plan_is_kept_counted_by_published_and_let_go():
    before = everything()
    load("grid", SPLIT, plan="draft 1")
    store = open_store("w")
    assert everything() == before
    assert store.desk(ACTOR).boundary_sets() == ["draft 1"]
    assert store.desk(ACTOR).areas(key="set:draft 1").index.tolist() == ["A1", "A2", "B", "T"]
    with pytest.raises(GridError):
        load("grid", SPLIT, plan="today")
    publish_set("w", "draft 1", valid_from=DAY, actor=ACTOR)
    assert open_store("w").desk(ACTOR).boundary_sets() == []
    assert placed("incidents", "occurred_at") == EARLY | LATE
    load("grid", OLD, plan="draft 2")
    write("w", "drop_boundaries", {"name": "draft 2"}, actor=ACTOR)
    assert open_store("w").desk(ACTOR).boundary_sets() == []
    with pytest.raises(StoreError, match="draft 2"):
        write("w", "drop_boundaries", {"name": "draft 2"}, actor=ACTOR)


def test_lineage_can_be_told_by_hand():
    row = {"from_area_id": "A", "to_area_id": "B", "level": "grid", "kind": "merge", "on_date": "2020-01-01"}
    table = pd.DataFrame([row | {"share_of_households": np.nan, "share_of_area": 0.3}])
    write("w", "record_lineage", {"lineage": stage("w", table)}, actor=ACTOR)
    write("w", "record_lineage", {"lineage": stage("w", table.assign(share_of_area=0.4))}, actor=ACTOR)
    assert lineage_of(open_store("w"))["share_of_area"].tolist() == [0.4]
    with pytest.raises(SchemaError, match="marriage"):
        write("w", "record_lineage", {"lineage": stage("w", table.assign(kind="marriage"))}, actor=ACTOR)


def test_a_writer_that_dies_in_the_middle_leaves_the_store_as_it_was(monkeypatch):
    before = everything()

    def die(*_args, **_more):
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(Publishing, "finish", die)
        dying.setattr(Publishing, "abandon", lambda _self: None)
        with pytest.raises(KeyboardInterrupt):
            load("grid", SPLIT, valid_from=DAY)
    assert everything() == before
    load("grid", SPLIT, valid_from=DAY)
    assert placed("incidents", "occurred_at") == EARLY | LATE
