"""From files to sheets: the sample, what is wrong in files, and names made to harm."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import orjson
import pytest
from typer.testing import CliRunner

from cli import app
from data.demo.festival import festival_demand, festival_staff
from data.events.writing import event_document
from data.rosters import limits_of, open_roster, roster_history, rosters, save_roster
from data.rosters.demand_file import read_task
from data.rosters.page import roster_page
from data.rosters.pairs import with_pairs
from data.rosters.people_file import read_staff
from data.rosters.report import pair_rows
from data.rosters.run import roster_task
from data.settings import DEFAULTS
from data.store import open_store
from geo.crowd.event import Crowd, Entrance, Event, Phase, Place, ViewingArea
from geo.crowd.roster.checking import check_roster
from geo.crowd.roster.drawn import draw_case
from geo.crowd.roster.from_event import demand_of_event
from geo.crowd.roster.people import Limits, Pair, Person, Staff
from geo.crowd.roster.ratios import green_guide
from geo.errors import ChangedError, SchemaError, StoreError
from tests.store.conftest import bare_place, home, templates  # noqa: F401

SAMPLES = Path(__file__).resolve().parents[2] / "docs" / "samples"
DEMAND, PEOPLE = SAMPLES / "roster-demand.json", SAMPLES / "roster-people.csv"


def run(tmp_path: Path, *more: str, demand: Path = DEMAND, people: Path = PEOPLE):
    out = ["--people", str(people), "--out", str(tmp_path / "r.xlsx"), "--report", str(tmp_path / "r.json")]
    return CliRunner().invoke(app, ["roster", str(demand), *out, *more])


@pytest.fixture(scope="module")
def made():
    task = read_task(DEMAND, ratio="green_guide")
    people = [Person(person_id=f"g{n}", role="guard", name="=cmd()" if n == 1 else "<script>x") for n in range(1, 6)]
    return roster_task(task, Staff(tuple(people), ()), settings=DEFAULTS)


def test_the_sample_is_rostered_without_a_gap(tmp_path):
    done = run(tmp_path, "--page", str(tmp_path / "r.html"))
    assert done.exit_code == 0, done.output
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert (report["status"], report["objective"], report["broken"]) == ("optimal", 0.0, [])
    assert report["needed_hours"] == 24 + 8 + 6 + 16 + 1 + 2 + 3 + 3 + 2 + 1
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert book.sheetnames == ["按岗位", "按人员", "缺口", "应备人数", "排班说明"]
    assert book["按岗位"].max_row == report["assignments"] + 1
    heads = [cell.value for cell in book["按岗位"][1]]
    assert (heads[2:4], heads[6]) == (["起", "止"], "姓名")
    assert {row[5] for row in book["按岗位"].iter_rows(min_row=2, values_only=True)} >= {"安保员", "协调员"}
    assert 'name="viewport"' in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_missing_people_end_with_one_and_are_named(tmp_path):
    few = tmp_path / "few.csv"
    few.write_text("id,role\ng2,guard\ng3,guard\nc1,coordinator\n", encoding="utf-8")
    done = run(tmp_path, people=few)
    assert done.exit_code == 1
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert report["broken"] == []
    assert {one["post_id"] for one in report["shortfalls"]} >= {"B", "P2-roving"}
    assert sum(one["missing"] for one in report["roll"]) > 0


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"start": "2026-09-27T06:00"}, "start"),
        ({"needs": [{"post_id": "A"}]}, "needs[0]: no role"),
        ({"needs": [{"post_id": "A", "role": "guard", "start_at": "2026-09-27T06:30+08:00",
                     "end_at": "2026-09-27T08:00+08:00", "people": -1}]}, "needs[0].people: -1"),
        ({"pairs": [{"one": "g1"}]}, "pairs[0]"),
        ({"walk_min": [["A"]]}, "walk_min"),
        ({"limits": {"sleep_h": 1}}, "sleep_h"),
        ({"crowd": {"ratio": "mine", "role": "v", "present": {}}}, "mine"),
        ({"format": "other"}, "other"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_by_name_and_nothing_is_written(tmp_path, change, found):
    bad = tmp_path / "bad.json"
    bad.write_bytes(orjson.dumps(json.loads(DEMAND.read_text(encoding="utf-8")) | change))
    done = run(tmp_path, demand=bad)
    assert done.exit_code == 2
    assert found in done.output
    assert not (tmp_path / "r.xlsx").exists()


def test_people_that_cannot_be_read_are_named_by_row(tmp_path):
    bad = tmp_path / "people.csv"
    bad.write_text("id,role,available,hours_per_day\ng1,,,\ng2,guard,yesterday,\ng3,guard,,many\n", encoding="utf-8")
    done = run(tmp_path, people=bad)
    assert done.exit_code == 2
    assert all(f"row {at}" in done.output for at in (2, 3, 4))


def people_from(tmp_path: Path, rows: str, *, pairs: tuple[Pair, ...] = ()) -> Staff:
    table = tmp_path / "people.csv"
    table.write_text("id,role,同岗,stands_apart\n" + rows, encoding="utf-8")
    horizon = read_task(DEMAND, ratio="green_guide").demand.horizon
    return read_staff(table, horizon=horizon, time_zone="Asia/Shanghai", pairs=pairs)


def test_pairs_of_the_people_file_stand_beside_those_of_the_demand_file(tmp_path):
    """Said of both of a pair it is one; the reason of the demand file stays."""
    known = (Pair(one="g2", other="g3", is_together=False, why="sample"),)
    rows = "g1,guard,g2；g4,\ng2,guard,g1,g3\ng3,guard,,\ng4,guard,,\n"
    assert people_from(tmp_path, rows, pairs=known).pairs == (
        *known, Pair(one="g1", other="g2", is_together=True), Pair(one="g1", other="g4", is_together=True),
    )  # fmt: skip


def test_pairs_that_cannot_be_are_named_by_row_with_all_other_faults(tmp_path):
    rows = "g1,guard,g9;g1,\ng2,,g3,g3\ng3,guard,g4,\ng4,guard,g5,\ng5,guard,,g3\n"
    with pytest.raises(SchemaError) as told:
        people_from(tmp_path, rows)
    assert str(told.value.found).split("; ") == [
        "row 3: no role", "row 2: nobody has the id g9", "row 2: g1 with themselves",
        "row 3: g2 and g3 are to stand together and apart", "row 6: g5 and g3 are to stand together and apart",
    ]  # fmt: skip
    assert str(told.value.remedy) == "correct these rows"
    with pytest.raises(SchemaError, match="row 2: g1 and g2 are to stand together and apart"):
        people_from(tmp_path, "g1,guard,g2,\ng2,guard,,\n", pairs=(Pair(one="g1", other="g2", is_together=False),))


def test_typed_pairs_stand_beside_those_of_the_file_and_are_refused_by_number(tmp_path):
    staff = people_from(tmp_path, "g1,guard,g2,\ng2,guard,,\ng3,guard,,\n")
    typed = [
        {"one": "g1", "other": "g3", "kind": "apart", "why": " brothers "},
        {"one": None, "other": float("nan"), "kind": "", "why": None},
    ]
    more = with_pairs(staff, typed)
    assert more.pairs == (*staff.pairs, Pair(one="g1", other="g3", is_together=False, why="brothers"))
    wrong = [
        {"one": "g2", "other": "g1", "kind": "apart"}, {"one": "g1", "other": "g3"},
        {"one": "g1", "other": "g8", "kind": "apart"},
    ]  # fmt: skip
    with pytest.raises(SchemaError) as told:
        with_pairs(staff, wrong)
    assert str(told.value.found).split("; ") == [
        "pair 2: not both people, or not how they stand", "pair 3: nobody has the id g8",
        "pair 1: g2 and g1 are to stand together and apart",
    ]  # fmt: skip


def test_what_pairs_came_to_is_counted_by_hand(made):
    """Ann stands 0 to 4 at A, Ben 2 to 6 at A and Eve at B: two hours at one post, none."""
    both = [Pair(one="ann", other="ben", is_together=False), Pair(one="ann", other="eve", is_together=True, why="new")]
    case = draw_case({"ann": "AAAA..", "ben": "..AAAA", "eve": "BBBB.."}, pairs=both)
    roster = replace(made.roster, assignments=case.assignments, shortfalls=())
    rows = pair_rows(replace(made, task=replace(made.task, demand=case.demand), staff=case.staff, roster=roster))
    assert [(one["other"], one["kind"], one["why"], one["hours"], one["own_hours"]) for one in rows] == [
        ("ben", "apart", "", 2, (4, 4)), ("eve", "together", "new", 0, (4, 4)),
    ]  # fmt: skip


def test_the_command_keeps_the_pairs_of_both_files(tmp_path):
    made = run(tmp_path)
    assert made.exit_code == 0, made.output
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    stays = [tuple(row) for row in book["按岗位"].iter_rows(min_row=2, values_only=True)]
    own = {who: {(one[0], one[2], one[3]) for one in stays if one[7] == who} for who in ("g1", "g5", "g3")}
    assert own["g1"] == own["g5"] != set()
    assert not own["g3"] & own["g5"]


def test_names_run_nowhere(made, tmp_path):
    from data.rosters.sheets import write_workbook

    write_workbook(made, tmp_path / "x.xlsx", language="en")
    cells = [cell for row in openpyxl.load_workbook(tmp_path / "x.xlsx")["By post"].iter_rows() for cell in row]
    assert any("=cmd()" in str(cell.value) for cell in cells)
    assert not [cell for cell in cells if cell.data_type == "f"]
    page = roster_page(made, language="en")
    assert "<script" not in page
    assert "&lt;script&gt;x" in page
    assert "tel:" not in page


def test_a_telephone_is_called_with_a_touch_and_a_day_said_once(made):
    staff = Staff(tuple(replace(one, phone="0573-1234567") for one in made.staff.people))
    page = roster_page(replace(made, staff=staff), language="en")
    assert '<a href="tel:05731234567">0573-1234567</a>' in page
    assert re.search(r">09-27 \d\d:00 – \d\d:00<", page)


def test_rosters_are_kept_in_versions_and_masked(made, bare_place):  # noqa: F811
    assert bare_place.is_dir()
    first = save_roster("main", "r", made, actor="organizer@", area_ids=["G11"], note="first")
    again = save_roster("main", "r", made, actor="administrator", area_ids=["G11"], based_on=1)
    assert (first["version"], again["version"]) == (1, 2)
    with pytest.raises(ChangedError):
        save_roster("main", "r", made, actor="administrator", based_on=1)
    desk = open_store().desk("administrator")
    assert rosters(desk)["version"].tolist() == [2]
    assert roster_history(desk, "r")["actor"].tolist() == ["administrator", "organizer@"]
    kept = open_roster(desk, "r", 1)
    assert kept.assignments == tuple(sorted(made.roster.assignments)) or set(kept.assignments) == set(
        made.roster.assignments
    )
    assert kept.people["g1"]["name"] == "=cmd()"
    assert open_roster(open_store().desk("organizer@"), "r").people["g1"]["name"] == "=**"
    assert "=cmd()" not in json.dumps(kept.document)
    assert rosters(open_store().desk("viewer@G22")).empty
    with pytest.raises(StoreError, match="no"):
        roster_history(desk, "nowhere")


def test_a_roster_with_a_broken_rule_is_not_saved(made):
    early = [replace(one, start=one.start - 1) for one in made.roster.assignments[:1]]
    bad = replace(made, roster=replace(made.roster, assignments=(*made.roster.assignments, *early)))
    bad = replace(bad, broken=check_roster(bad.case))
    assert bad.broken
    with pytest.raises(StoreError, match="nothing was saved"):
        save_roster("main", "r", bad, actor="administrator")


def test_an_event_is_staffed_by_its_places_and_crowds(tmp_path):
    at = datetime(2026, 9, 27, 1, tzinfo=UTC)
    event = Event(
        event_id="e", name="e",
        areas=(ViewingArea(area_id="P", name="P", usable_m2=1000, lon=120.5, lat=30.4),),
        entrances=(Entrance(entrance_id="E", area_ids=("P",), lanes=3, lon=120.51, lat=30.4),),
        places=(Place(place_id="C", kind="command_post"), Place(place_id="J", kind="junction")),
        phases=(Phase(phase_id="p", name="p", kind="peak", starts_at=at, ends_at=at.replace(hour=7)),),
        crowds=(Crowd(area_id="P", phase_id="p", people=1001),),
    )  # fmt: skip
    path = tmp_path / "EVENT.json"
    path.write_bytes(orjson.dumps(event_document(event)))
    demand = read_task(path, ratio="green_guide").demand
    people = {(n.post_id, n.role): n.people for n in demand.needs}
    assert (people["E", "guard"], people["E", "volunteer"]) == (1, 3)
    assert people["P-roving", "volunteer"] == 5
    assert demand.horizon.slots == 6
    assert demand.by_id["C"].is_round_the_clock
    assert "J" not in demand.by_id
    assert 17 < demand.walk.minutes("P", "E") < 18
    with pytest.raises(SchemaError, match="time line"):
        demand_of_event(Event(event_id="e", name="e"), ratio=green_guide.SPEC, ratio_name="g", utc_offset_min=0)


def test_limits_of_the_settings_are_those_of_the_domain():
    assert limits_of(DEFAULTS) == Limits()
    assert limits_of(DEFAULTS, {"rest_h": 11}).rest_h == 11


def test_the_festival_has_the_people_it_is_known_for():
    staff, demand = festival_staff(), festival_demand()
    volunteers = [p for p in staff.people if p.group == "志愿者"]
    assert (len(staff.people) - len(volunteers), len(volunteers)) == (462, 1200)
    assert len({p.group for p in staff.people}) == 6
    assert sum(p.team == "高速24小时值守队" for p in staff.people) == 77
    assert festival_staff() == staff
    assert max(row.sum() for row in [sum(r for r in demand.table().values())]) > 0
