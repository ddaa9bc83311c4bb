"""Posts of a plan in its roster: staffed first, named when they change, opened on the board."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import pytest
import shapely
from typer.testing import CliRunner

from cli import app
from data.board.opening import plan_for_board
from data.events.keeping import open_event, save_event
from data.events.reading import read_event
from data.events.safety_plan.facts import gathered
from data.events.writing import write_event
from data.rosters.demand_file import read_task, task_of_event
from data.rosters.keeping import newest_roster
from data.rosters.outdated import outdated, outdated_task
from data.rosters.report import demand_of_document, roster_document
from data.rosters.run import roster_task
from data.settings import DEFAULTS
from data.store import open_store
from geo.crowd.event import Crowd, Entrance, Event, Exit, Phase, Place, Team, ViewingArea
from geo.crowd.event.drawing import change, drop, move
from geo.crowd.event.placing import with_posts
from geo.crowd.roster.fixed import TABLE
from geo.crowd.roster.people import Person, Staff
from geo.errors import SchemaError
from tests.store.conftest import bare_place, home, templates  # noqa: F401

SAMPLES = Path(__file__).resolve().parents[2] / "docs" / "samples"
AT = datetime.fromisoformat
DAY = (("build_up", 6, 8), ("arrival", 8, 12), ("peak", 12, 13), ("after", 13, 15), ("close", 15, 18))


def fair() -> Event:
    """One drawn area of 400 m by 20 m with two exits, three lanes, a command post and a grid team; 06:00 to 18:00."""
    phases = tuple(
        Phase(phase_id=kind, name=kind, kind=kind, starts_at=AT(f"2026-10-01T{start:02d}:00+08:00"),
              ends_at=AT(f"2026-10-01T{end:02d}:00+08:00"))
        for kind, start, end in DAY
    )  # fmt: skip
    return Event(
        event_id="fair", name="秋会", phases=phases,
        areas=(ViewingArea(area_id="P", name="堤", usable_m2=8000.0, shape=shapely.box(120.5, 30.4, 120.5042, 30.4002),
                           lon=120.5021, lat=30.4001),),
        exits=tuple(Exit(exit_id=f"X{n}", area_id="P", clear_width_m=3.0) for n in (1, 2)),
        entrances=(Entrance(entrance_id="E", area_ids=("P",), lanes=3),),
        places=(Place(place_id="C", kind="command_post"),),
        teams=(Team(team_id="G1", name="安保组", people=40), Team(team_id="G2", name="医疗组", people=9),
               Team(team_id="T1", name="网格队", kind="grid_team", people=10, area_ids=("P",))),
        crowds=(Crowd(area_id="P", phase_id="peak", people=1001), Crowd(area_id="P", phase_id="arrival", people=10)),
    )  # fmt: skip


def people_at(event: Event, days: int = 1) -> dict[tuple[str, str], list[tuple[int, int, int]]]:
    """Stretches and people by post and role."""
    found: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
    for need in task_of_event(event, ratio="green_guide", days=days).demand.needs:
        found.setdefault((need.post_id, need.role), []).append((need.start, need.end, need.people))
    return found


def test_the_table_by_hand_on_one_day():
    """Arrive to leave is 08 to 15, slots 2 to 9; in danger 12 to 15; coming in 08 to 13."""
    found = people_at(fair())
    assert found["P", "guard"] == [(2, 9, 4), (2, 9, 2)]
    assert found["P", "medic"] == [(2, 9, 2)]
    assert found["E", "volunteer"] == [(2, 7, 3)]
    assert found["C", "coordinator"] == [(0, 12, 2)]
    assert found["P-roving", "team leader"] == [(6, 9, 1)]
    assert found["P-roving", "volunteer"] == [(2, 6, 1), (6, 7, 5)]
    assert all(line.source for line in TABLE)


def test_the_same_day_three_times_and_the_nights_between():
    found = people_at(fair(), days=3)
    assert found["P", "medic"] == [(2, 9, 2), (26, 33, 2), (50, 57, 2)]
    assert found["C", "commander"] == [(0, 60, 1)]
    assert found["P-roving", "volunteer"][-1] == (54, 55, 5)
    with pytest.raises(SchemaError, match="0 days"):
        task_of_event(fair(), ratio="green_guide", days=0)
    long = replace(fair().phases[-1], ends_at=AT("2026-10-02T07:00:00+08:00"))
    with pytest.raises(SchemaError, match="25 h"):
        task_of_event(replace(fair(), phases=(*fair().phases[:-1], long)), ratio="green_guide", days=2)


def test_placed_posts_stand_first_and_replace_the_guess():
    event = with_posts(fair(), [(120.501, 30.4001), (120.503, 30.4001)])
    assert [one.area_id for one in event.places if one.is_post] == ["P", "P"]
    found = people_at(event)
    assert ("P", "medic") not in found
    assert found["post-1", "medic"] == found["post-1", "guard"] == [(2, 9, 1)]
    own = change(event, "places", "post-2", role="doctor", people=2, is_round_the_clock=True, team="夜班")
    found = people_at(own)
    assert found["post-2", "doctor"] == [(0, 12, 2)]
    assert ("post-2", "medic") not in found
    task = task_of_event(own, ratio="green_guide")
    assert (task.demand.by_id["post-2"].standing_team, task.demand.by_id["post-2"].area_id) == ("夜班", "P")
    again = with_posts(own, [(120.502, 30.4001), (120.504, 30.4001)])
    assert again.places[-1] == replace(own.places[-1], lon=120.504)
    alone = change(change(own, "places", "post-1", role="guard"), "places", "post-2", role="guard")
    assert people_at(alone)["P", "medic"], "posts with a role of their own are not the help the table asks for"


def test_what_is_of_duty_posts_alone_does_not_outlive_their_kind():
    plain = change(fair(), "places", "C", kind="first_aid")
    once = change(plain, "places", "C", team="夜班", is_round_the_clock=True, area_id="P")
    assert people_at(once) == people_at(plain) != {}
    post = task_of_event(once, ratio="green_guide").demand.by_id["C"]
    assert (post.standing_team, post.area_id, post.is_round_the_clock) == (
        "",
        "",
        task_of_event(plain, ratio="green_guide").demand.by_id["C"].is_round_the_clock,
    )


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda e: move(e, "places", "post-1", [(120.5015, 30.4001)]), ["post-1 moved by 48 m"]),
        (lambda e: drop(e, "places", "post-2"), ["post-2 is gone"]),
        (lambda e: with_posts(e, [(120.501, 30.4001), (120.503, 30.4001), (120.504, 30.4001)]), ["post-3 is new"]),
        (lambda e: change(e, "places", "post-1", people=3, role="medic"), ["post-1 needs other people or hours"]),
        (lambda e: change(e, "places", "post-1", name="东岗"), []),
    ],
)
def test_a_changed_post_marks_the_roster_as_out_of_date(act, said):
    event = with_posts(fair(), [(120.501, 30.4001), (120.503, 30.4001)])
    task = task_of_event(event, ratio="nfpa_101", days=2)
    run = roster_task(task, Staff((Person(person_id="ann", role="medic"),)), settings=DEFAULTS)
    document = orjson.loads(orjson.dumps(roster_document(run)))
    kept = demand_of_document(document)
    assert (kept.horizon, kept.needs) == (task.demand.horizon, task.demand.needs)
    assert outdated(document, event) == outdated_task(task, event) == ()
    assert [str(one.text) for one in outdated(document, act(event))] == said
    assert outdated_task(task, act(event)) == outdated(document, act(event))
    assert outdated({**document, "made_with": {}}, act(event)) == ()
    assert {one.what for one in outdated(document, replace(event, phases=()))} == {"gone"}
    by = timedelta(days=1)
    moved = tuple(replace(one, starts_at=one.starts_at + by, ends_at=one.ends_at + by) for one in event.phases)
    later = replace(event, phases=moved)
    assert {one.what for one in outdated(document, later)} == {"people"}


def test_posts_from_the_command_line_reach_the_roster_and_the_board(tmp_path, bare_place):  # noqa: F811
    """cover puts posts into the plan of the workspace, roster fills and keeps them, the board opens with them."""
    assert bare_place.is_dir()
    save_event("main", fair(), actor="administrator")
    file, report = tmp_path / "EVENT.json", tmp_path / "r.json"
    write_event(fair(), file)
    cover = ["cover", "--demand", str(file), "--weight", "people", "--density", "density", "--within", "180"]
    cover += ["--report", str(report)]
    runner = CliRunner()
    done = runner.invoke(app, [*cover, "--into", "fair"])
    assert done.exit_code == 0, done.output
    placed = json.loads(report.read_text(encoding="utf-8"))
    assert (placed["status"], placed["uncovered"]) == ("optimal", [])
    event = open_event(open_store().desk("administrator"), "fair")
    posts = [one for one in event.places if one.is_post]
    assert len(posts) == placed["posts"]
    assert posts[0].lon == pytest.approx(placed["sites_chosen"][0]["lon"])
    people = tmp_path / "people.csv"
    roles = ["guard", "medic"] * 12 + ["volunteer"] * 9 + ["supervisor", "guide", "guide", "team leader"]
    people.write_text("id,role\n" + "".join(f"p{n},{role}\n" for n, role in enumerate(roles)), encoding="utf-8")
    told = ["roster", "--people", str(people), "--out", str(tmp_path / "r.xlsx"), "--report", str(report)]
    done = runner.invoke(app, [*told, "--event", "fair", "--save"])
    assert done.exit_code == 1, done.output
    made = json.loads(report.read_text(encoding="utf-8"))
    assert (made["saved_version"], made["broken"]) == (1, [])
    assert {one["post_id"] for one in made["shortfalls"]} == {"C"}, "nobody commands"
    kept = newest_roster(open_store().desk("administrator"), "fair")
    board = plan_for_board(event, report=None, roster=kept, ratio="green_guide")
    assert {one.post_id for one in board.posts} >= {one.place_id for one in posts}
    assert {one.role for one in board.stays if one.post_id == "post-1"} == {"guard", "medic"}
    moved = move(event, "places", "post-1", [(120.5001, 30.4001)])
    facts = gathered(moved, figures=None, roster=kept)
    assert "roster fair is out of date; changed since: post-1" in {one["text"] for one in facts.checks}
    assert runner.invoke(app, [*told, "--days", "3", str(SAMPLES / "roster-demand.json")]).exit_code == 2
    assert runner.invoke(app, [*told, "--save", str(file)]).exit_code == 2
    assert runner.invoke(app, told).exit_code == 2


def test_posts_go_into_a_file_only_from_sites_with_coordinates(tmp_path):
    file, report = tmp_path / "EVENT.json", tmp_path / "r.json"
    write_event(fair(), file)
    before = file.read_bytes()
    cover = ["cover", "--demand", str(file), "--weight", "people", "--report", str(report), "--into", str(file)]
    assert CliRunner().invoke(app, [*cover, "--radius", "120", "--posts", "1"]).exit_code == 0
    assert [one.place_id for one in read_event(file).places] == ["C", "post-1"]
    file.write_bytes(before)
    report.unlink()
    table, matrix = tmp_path / "d.csv", tmp_path / "m.csv"
    table.write_text("id\na\n", encoding="utf-8")
    matrix.write_text("id,s\na,5\n", encoding="utf-8")
    words = ["cover", "--demand", str(table), "--matrix", str(matrix), "--radius", "9", "--posts", "1", "--report",
             str(report), "--into", str(file)]  # fmt: skip
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2
    assert "--matrix" in done.output
    assert not report.exists()
    assert file.read_bytes() == before


def test_older_plans_keep_their_posts():
    """Before duty posts had a kind of their own they were other places with an id that says so."""
    old = replace(fair(), places=(Place(place_id="post-1", kind="other", lon=120.501, lat=30.4001),))
    assert people_at(old)["post-1", "guard"]
    assert with_posts(old, [(120.5, 30.4)]).places[0].kind == "duty_post"


def test_the_task_of_a_demand_file_is_never_out_of_date():
    task = read_task(SAMPLES / "roster-demand.json", ratio="green_guide")
    assert outdated_task(task, fair()) == ()
