"""Nothing a planner drew is lost: starting over is an act like others, and unsaved work outlives its session."""

from datetime import UTC, datetime, timedelta

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from data.planning.editor.session import EditSession
from data.planning.editor.unsaved import WorkPlace, drop_unsaved, find_unsaved, keep_unsaved, list_unsaved
from data.plans.draft import Draft, ZoneText
from tests.planning.test_editor_session import bench

PLACE = WorkPlace("main", "planner", "V1")


def give_one(session):
    """Give the first unit to another zone of its village."""
    draft = session.draft
    parent = draft.ground.units.parent[0]
    zone = next(z for z in draft.zones if z != draft.zone[0] and draft.numbers[z].parent == parent)
    session.perform({"verb": "give", "units": [str(draft.ground.units.ids[0])], "zone": int(zone)})
    assert session.refusal is None


def test_starting_over_is_an_act_and_undo_brings_the_work_back():
    session = EditSession(bench())
    give_one(session)
    mine = session.draft
    assert session.is_changed
    session.start_over(session.beginning, origin=0, reasons={})
    assert session.draft is session.beginning
    assert not session.is_changed
    session.perform({"verb": "undo"})
    assert session.draft is mine
    assert session.is_changed


def test_starting_over_with_anothers_version_never_lets_a_save_go_over_it():
    place = bench()
    session = EditSession(place, origin=1)
    give_one(session)
    theirs = EditSession(place)
    give_one(theirs)
    session.start_over(theirs.draft, origin=2, reasons={"v0z0": "reservoir"})
    assert (session.plan_version, session.is_changed, session.reasons) == (2, False, {"v0z0": "reservoir"})
    session.perform({"verb": "undo"})
    assert (session.plan_version, session.is_changed) == (1, True)
    session.perform({"verb": "redo"})
    session.mark_saved(3)
    assert (session.plan_version, session.is_changed) == (3, False)
    session.perform({"verb": "undo"})
    assert session.plan_version == 1, "a draft of the first version stays one of the first version"


def test_a_reason_alone_is_unsaved_too():
    session = EditSession(bench())
    session.reasons["v0z0"] = "reservoir"
    assert session.is_changed
    assert not session.is_kept
    session.mark_kept()
    assert session.is_kept
    session.mark_saved(1)
    assert not session.is_changed


def test_work_found_again_stands_and_undo_leads_to_what_is_saved():
    place = bench()
    first, session = EditSession(place, origin=2), EditSession(place, origin=3)
    give_one(first)
    session.find_again(first.draft, origin=first.plan_version, reasons={})
    assert (session.draft, session.plan_version, session.is_changed) == (first.draft, 2, True)
    session.perform({"verb": "undo"})
    assert (session.draft, session.plan_version, session.is_changed) == (session.beginning, 3, False)


def test_unsaved_work_is_kept_found_listed_and_dropped(tmp_path, monkeypatch):
    monkeypatch.setenv("WANGGE_HOME", str(tmp_path))
    pieces = gpd.GeoDataFrame(
        {"cut_from": ["m2", "m2"], "households": [60.0, 40.0]}, index=["m2/1", "m2/2"],
        geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], crs=4326,
    )  # fmt: skip
    drawn = Draft(pd.Series({"m1": "G1", "m2/1": "G1", "m2/2": "new"}), pieces, {"G1": ZoneText(reason="水库")})
    assert find_unsaved(PLACE) is None
    keep_unsaved(PLACE, drawn, version=4)
    found = find_unsaved(PLACE)
    assert found is not None
    assert (found.version, found.drawn.zone.to_dict()) == (4, drawn.zone.to_dict())
    assert found.drawn.pieces["households"].to_dict() == {"m2/1": 60.0, "m2/2": 40.0}
    assert found.drawn.pieces.geometry.equals(pieces.geometry)
    assert found.drawn.zones == drawn.zones
    elsewhere = WorkPlace("main", "planner", "V2", "plan-1")
    keep_unsaved(elsewhere, Draft(drawn.zone.iloc[:1]), version=1, at=datetime.now(UTC) - timedelta(hours=1))
    keep_unsaved(WorkPlace("main", "second", "V1"), Draft(drawn.zone.iloc[:1]), version=1)
    assert [place for place, _ in list_unsaved("main", "planner")] == [PLACE, elsewhere]
    drop_unsaved(PLACE)
    drop_unsaved(PLACE)
    assert [place for place, _ in list_unsaved("main", "planner")] == [elsewhere]


def test_a_broken_file_of_unsaved_work_is_nobodys(tmp_path, monkeypatch):
    monkeypatch.setenv("WANGGE_HOME", str(tmp_path))
    keep_unsaved(PLACE, Draft(pd.Series({f"m{n}": "G1" for n in range(3000)})), version=1)
    whole = PLACE.path.read_bytes()
    PLACE.path.write_bytes(b"PAR1" + bytes(200) + whole[204:])
    assert find_unsaved(PLACE) is None, "the end is whole and says what it is, the rows are lost"
    pd.DataFrame({"unit_id": ["m1"]}).to_parquet(PLACE.path)
    assert find_unsaved(PLACE) is None, "a table that is nobody's work"
    pq.write_table(pa.table({"unit_id": ["m1"]}), PLACE.path)
    assert find_unsaved(PLACE) is None, "a table that says nothing of itself"
    PLACE.path.write_bytes(b"half a file")
    assert find_unsaved(PLACE) is None
    assert list_unsaved("main", "planner") == []
