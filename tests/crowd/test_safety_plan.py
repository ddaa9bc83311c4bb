"""The safety plan: its numbers are the report's, nothing final with a check open, nothing in a name is run."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from io import BytesIO

import docx
import pytest
import shapely
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from cli import app
from data.events.report import egress_report
from data.events.safety_plan import open_checks, safety_plan
from data.events.safety_plan.facts import gathered
from data.events.safety_plan.html import html_of
from data.events.safety_plan.structure import Picture, table
from data.events.safety_plan.word import word_of
from data.events.writing import write_event
from data.rosters.keeping import KeptRoster
from geo.crowd.event import Crowd, Entrance, Event, Exit, Hazard, Phase, Place, Team, ViewingArea
from geo.errors import SchemaError

at = datetime.fromisoformat


def fair(people: int = 400, **more) -> Event:
    """One area of 1,000 m² (500 people at 2 m² a person), two exits of 3 m, one hour."""
    area = ViewingArea(
        area_id="A", name="大草坪", usable_m2=1000.0, physical_factor=1.0, safety_factor=1.0, lon=120.5, lat=30.4,
        shape=shapely.box(120.4998, 30.3998, 120.5002, 30.4002),
    )  # fmt: skip
    given = {
        "event_id": "fair", "name": "秋会", "venue": "公园", "areas": (area,), "day_visitors": 900,
        "exits": tuple(Exit(exit_id=f"X{n}", name=f"{n}号口", area_id="A", clear_width_m=3.0, lon=120.4998, lat=30.4)
                       for n in (1, 2)),
        "entrances": (Entrance(entrance_id="E", area_ids=("A",), lanes=4, clear_width_m=4.0, lon=120.5002, lat=30.4),),
        "places": (Place(place_id="post-1", name="东岗", kind="duty_post", lon=120.5001, lat=30.4001),),
        "hazards": (Hazard(hazard_id="H", name="水池", note="围挡", lon=120.5, lat=30.4),),
        "phases": (Phase(phase_id="p", name="正场", kind="peak", starts_at=at("2026-10-01T12:00+08:00"),
                         ends_at=at("2026-10-01T13:00+08:00")),),
        "crowds": (Crowd(area_id="A", phase_id="p", people=people),),
        "teams": (Team(team_id="T", name="安保组", people=12),),
    }  # fmt: skip
    return Event(**{**given, **more})


@pytest.fixture(scope="module")
def clear():
    event = fair()
    return gathered(event, figures=egress_report(event, seed=1, runs=60), version=3)


@pytest.fixture(scope="module")
def crowded():
    event = fair(501, is_synthetic=True)
    return gathered(event, figures=egress_report(event, seed=1, runs=60), version=3)


def rows_with(document, head: str) -> list[dict[str, str]]:
    found = [one for one in document.tables if head in one.heads]
    return [dict(zip(one.heads, row, strict=True)) for one in found for row in one.rows]


def test_numbers_are_the_reports_and_worked_by_hand(clear):
    document = safety_plan(clear, language="en")
    (capacity,) = rows_with(document, "Clause")
    assert (capacity["Usable m²"], capacity["People at the peak"], capacity["Capacity"]) == ("1,000", "400", "500")
    bound = clear.figures["capacity"]["areas"][0]["binding"]
    assert (capacity["Binding"], capacity["Clause"]) == (bound["factor"], bound["clause"])
    (egress,) = rows_with(document, "Quickest method (min)")
    told = clear.figures["egress"]["areas"][0]
    assert egress["Quickest method (min)"] == f"{told['low_s'] / 60:.1f}"
    assert egress["Slowest method (min)"] == f"{told['high_s'] / 60:.1f}"
    assert egress["Network 95 % (min)"] == f"{told['network']['p95_s'] / 60:.1f}"
    assert egress["Upper bound of 95 % (min)"] == f"{told['network']['p95_upper_s'] / 60:.1f}"
    about = {row["What"]: row["Value"] for row in rows_with(document, "Value")}
    assert (about["Day"], about["Place"], about["Version"]) == ("2026-10-01", "公园", "version 3")
    (phase,) = rows_with(document, "Phase of the event")
    assert (phase["From"], phase["To"], phase["People at once"]) == ("10-01 12:00", "10-01 13:00", "400")
    assert [row["Code"] for row in rows_with(document, "Longitude")] == ["post-1"]


def test_one_sheet_for_the_whole_and_one_for_each_area(clear):
    document = safety_plan(clear, language="en")
    overview, area = [one for one in document.blocks if isinstance(one, Picture)]
    assert sorted(one.sort for one in overview.marks) == ["area", "hazard", "post"]
    assert sorted(one.sort for one in area.marks) == ["area", "entrance", "exit", "exit", "hazard", "post"]
    box = next(one.shape for one in area.marks if one.sort == "area")
    west, south, east, north = box.bounds
    assert east - west == pytest.approx(0.0004 * 111_320 * 0.8625, rel=0.01)  # cos 30.4° = 0.8625
    assert north - south == pytest.approx(0.0004 * 110_850, rel=0.01)
    legend = rows_with(document, "Size of it")
    assert [row["Code"] for row in legend if row["Kind of thing"] == "Exit"] == ["X1", "X2"]


def test_a_clear_plan_can_be_final(clear):
    assert open_checks(clear, "en") == ()
    page = html_of(safety_plan(clear, language="en", is_final=True))
    assert "DRAFT" not in page
    assert "SYNTHETIC" not in page
    assert "DRAFT" in html_of(safety_plan(clear, language="en"))


def test_with_a_check_open_it_is_a_draft_that_says_so_first(crowded):
    with pytest.raises(SchemaError, match="501 people at the peak, capacity 500"):
        safety_plan(crowded, is_final=True, language="en")
    document = safety_plan(crowded, language="en")
    assert document.tables[0].heads[2] == "Open check"
    assert "501" in document.tables[0].rows[0][2]
    page = html_of(document)
    assert page.count(">DRAFT<") == page.count("<section>") == page.count(">SYNTHETIC<")
    assert page.index("Open checks") < page.index("About this plan") < page.index("Map sheets")
    head = docx.Document(BytesIO(word_of(document))).sections[0].header.paragraphs[0].text
    assert head.startswith("DRAFT · SYNTHETIC")


def test_a_refused_plan_has_no_figures_and_never_is_final():
    facts = gathered(fair(exits=(Exit(exit_id="X", area_id="B", clear_width_m=0.0),)), figures=None)
    document = safety_plan(facts, language="en")
    assert {row["State"] for row in rows_with(document, "Open check")} >= {"refused"}
    assert document.tables[0].rows[0][3] == "refused"
    assert not rows_with(document, "Clause")
    with pytest.raises(SchemaError, match="not above 0"):
        safety_plan(facts, is_final=True, language="en")


def test_texts_of_people_are_escaped_and_never_run(clear):
    event = replace(clear.event, name="<script>alert(1)</script>", note='"><img onerror=x>\x00', venue="=cmd()",
                    teams=(Team(team_id="T", name="<b>{x}</b>", people=1),))  # fmt: skip
    document = safety_plan(gathered(event, figures=clear.figures))
    page = html_of(document)
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;b&gt;{x}&lt;/b&gt;" in page
    book = docx.Document(BytesIO(word_of(document)))
    assert any(row.cells[1].text == "<b>{x}</b>" for one in book.tables for row in one.rows)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_word_opens_again_and_holds_the_same_tables(clear, language):
    document = safety_plan(clear, language=language)
    book = docx.Document(BytesIO(word_of(document)))
    held = [tuple(tuple(cell.text for cell in row.cells) for row in one.rows) for one in book.tables]
    assert held == [(one.heads, *one.rows) for one in document.tables]
    assert len(book.inline_shapes) == sum(isinstance(one, Picture) for one in document.blocks) == 2
    assert book.paragraphs[0].text == document.title


def test_a_table_must_be_whole():
    assert table(("a",), [(None,)]).rows == (("None",),)


def run(*arguments: str):
    return CliRunner().invoke(app, ["safety-plan", *arguments])


def test_the_command_writes_both_forms_and_refuses_what_is_not_settled(tmp_path):
    path = tmp_path / "fair.json"
    write_event(fair(501), path)
    done = run(str(path), "--out", str(tmp_path / "plan.html"), "--lang", "en", "--json")
    assert done.exit_code == 1, done.output
    told = json.loads(done.stdout)
    assert (told["state"], told["version"], len(told["open_checks"])) == ("draft", None, 1)
    assert "file fair.json" in (tmp_path / "plan.html").read_text(encoding="utf-8")
    refused = run(str(path), "--out", str(tmp_path / "final.docx"), "--final")
    assert refused.exit_code == 2
    assert "501 people at the peak" in refused.output.replace("\n", " ")
    assert not (tmp_path / "final.docx").exists()
    write_event(fair(400), path)
    assert run(str(path), "--out", str(tmp_path / "final.docx"), "--final").exit_code == 0
    assert docx.Document(str(tmp_path / "final.docx")).tables


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["--out", "plan.pdf"], ".html / .docx"),
        (["--out", "no/such/plan.html"], "no folder"),
        (["--out", "plan.html"], "--event ID"),
        (["--out", "plan.html", "--lang", "fr"], "zh_CN"),
    ],
)
def test_what_cannot_be_written_is_told_before_anything_is_worked_out(tmp_path, monkeypatch, arguments, found):
    monkeypatch.chdir(tmp_path)
    done = run(*arguments)
    assert done.exit_code == 2
    assert found in " ".join(done.output.split())
    assert not list(tmp_path.iterdir())


def document_part() -> None:
    """The part of the page on a small plan whose figures stand; run by the test below as a script."""
    from functools import partial
    from types import SimpleNamespace

    import streamlit as st

    import views.events.document as part
    from data.events.figures import FiguresJob
    from data.events.session import EventSession
    from data.language import translate
    from tests.crowd.test_safety_plan import fair

    part.newest_roster = lambda *_: None
    session = EventSession(fair(int(st.query_params["people"])), 2)
    session.figures = FiguresJob(session.event, runs=50).start().wait()
    scene = SimpleNamespace(t=partial(translate, language="en"), state=SimpleNamespace(lang="en"), desk=None)
    part.show_document(scene, session)


@pytest.mark.parametrize(("people", "is_draft"), [("501", True), ("400", False)])
def test_the_page_says_what_is_open_and_offers_four_files(monkeypatch, people, is_draft):
    import views.events.document as part

    monkeypatch.setattr(part, "newest_roster", part.newest_roster)
    page = AppTest.from_function(document_part, default_timeout=60)
    page.query_params["people"] = people
    page.run()
    assert not page.exception
    assert bool(page.warning) == is_draft
    assert page.checkbox(key="event_document_final").disabled == is_draft
    assert (len(page.get("download_button")), len(page.get("iframe"))) == (4, 1)


def test_a_roster_stands_by_post_and_hour_and_its_gap_keeps_the_plan_a_draft(clear):
    line = {"role": "guard", "skills": [], "groups": [], "start": 1, "end": 3}
    short = {"post_id": "post-1", "role": "guard", "skills": [], "start_at": "2026-10-01T14:00:00+08:00",
             "end_at": "2026-10-01T15:00:00+08:00", "people": 2}  # fmt: skip
    document = {
        "report": {"people_on_duty": 2, "assignments": 2, "objective": 2.0, "needed_hours": 6.0, "shortfalls": [short]},
        "horizon": {"start": "2026-10-01T11:00:00+08:00", "slots": 4, "slot_min": 60, "utc_offset_min": 480},
        "posts": [{"post_id": "post-1", "name": "东岗", "area_id": "A"}],
        "assignments": [line | {"post_id": "post-1", "person_id": one} for one in ("g1", "g2")],
    }
    people = {"g1": {"person_id": "g1", "name": "张**", "phone": "138****1234", "group": "安保", "team": ""}}
    roster = KeptRoster(roster_id="r", version=4, event_id="fair", name="r", document=document, people=people)
    facts = gathered(clear.event, figures=clear.figures, version=3, roster=roster)
    plan = safety_plan(facts, language="en")
    (stay,) = rows_with(plan, "Role in the roster")[:1]
    assert list(stay.values()) == ["post-1 东岗", "10-01 12:00", "10-01 14:00", "guard", "2", "张** 138****1234; g2"]
    (gap,) = rows_with(plan, "People missing")
    assert list(gap.values()) == ["post-1 东岗", "guard", "10-01 14:00", "10-01 15:00", "2"]
    with pytest.raises(SchemaError, match="roster r: people are missing at post-1"):
        safety_plan(facts, language="en", is_final=True)
