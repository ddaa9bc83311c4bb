"""The event plan: every fault at once with its place, the file both ways, and the demonstration event."""

from dataclasses import replace
from datetime import datetime

import pytest
import shapely

from data.demo.geometry import build_county
from data.events import event_document, event_from_document, read_event, write_event
from data.events.yanguan import yanguan_event
from geo.crowd.event import (
    Crowd,
    Duty,
    Entrance,
    Event,
    Exit,
    Front,
    Passage,
    Phase,
    Place,
    Route,
    Sighting,
    ViewingArea,
    check_event,
    require_event,
)
from geo.crowd.event.people import grids_on_duty
from geo.errors import FormatError, SchemaError
from tests.conftest import ROOT

AT = datetime.fromisoformat
NOON, ONE = AT("2026-09-28T12:00:00+08:00"), AT("2026-09-28T13:00:00+08:00")
SAMPLE = ROOT / "docs" / "samples" / "yanguan.json"
SPOT = {"lon": 120.5, "lat": 30.4}
SQUARE = shapely.box(120.5, 30.4, 120.501, 30.401)


def good() -> Event:
    """Two areas, a junction, one safe place; nothing to find."""
    areas = tuple(
        ViewingArea(
            area_id=name, name=name, usable_m2=400.0, physical_factor=1.0, safety_factor=1.0, lon=120.5, lat=30.4
        )
        for name in ("A", "B")
    )
    return Event(
        event_id="fair", name="Fair", areas=areas,
        exits=tuple(Exit(exit_id=f"x{a}", area_id=a, leads_to="J", clear_width_m=3.0, **SPOT) for a in "AB"),
        entrances=(Entrance(entrance_id="e", area_ids=("A", "B"), lanes=3),),
        routes=(Route(route_id="r", from_id="J", to_id="S", length_m=80.0, clear_width_m=6.0),),
        places=(Place(place_id="J", kind="junction"), Place(place_id="S", kind="shelter", capacity=900)),
        phases=(Phase(phase_id="p", name="peak", kind="peak", starts_at=NOON, ends_at=ONE),),
        crowds=(Crowd(area_id="A", phase_id="p", people=100), Crowd(area_id="B", phase_id="p", people=50)),
    )  # fmt: skip


def kinds(event: Event) -> set[tuple[str, bool]]:
    return {(one.kind, one.is_refused) for one in check_event(event)}


def test_a_good_plan_has_no_finding():
    assert check_event(good()) == ()
    require_event(good())


def first(items, **changes):
    return (replace(items[0], **changes), *items[1:])


BORE = Front(name="bore", speed_low_m_s=5.0, speed_m_s=6.0, speed_high_m_s=7.0,
             passages=(Passage(passage_id="day", at=NOON),))  # fmt: skip
FAULTS = {
    "an exit in no area": (lambda e: replace(e, exits=first(e.exits, area_id="C")), "unknown_reference", True),
    "a width of zero": (lambda e: replace(e, exits=first(e.exits, clear_width_m=0.0)), "not_positive", True),
    "a negative width": (lambda e: replace(e, routes=first(e.routes, clear_width_m=-1.0)), "not_positive", True),
    "no ground": (lambda e: replace(e, areas=first(e.areas, usable_m2=0.0)), "not_positive", True),
    "no lane": (lambda e: replace(e, entrances=first(e.entrances, lanes=0)), "not_positive", True),
    "an entrance to nothing": (
        lambda e: replace(e, entrances=first(e.entrances, area_ids=())), "unknown_reference", True),
    "a route to nowhere named": (lambda e: replace(e, routes=first(e.routes, to_id="X")), "unknown_reference", True),
    "a phase that ends before it begins": (
        lambda e: replace(e, phases=first(e.phases, ends_at=NOON)), "ends_before_it_begins", True),
    "a time without zone": (
        lambda e: replace(e, phases=first(e.phases, starts_at=AT("2026-09-28T12:00:00"))), "time_without_zone", True),
    "a negative crowd": (lambda e: replace(e, crowds=first(e.crowds, people=-1)), "out_of_range", True),
    "two crowds": (lambda e: replace(e, crowds=(*e.crowds, e.crowds[0])), "two_crowds", True),
    "one id twice": (lambda e: replace(e, exits=(*e.exits, e.exits[0])), "repeated_id", True),
    "a place called like an area": (
        lambda e: replace(e, places=(*e.places, Place(place_id="A", kind="other"))), "repeated_id", True),
    "a factor above 1": (lambda e: replace(e, areas=first(e.areas, safety_factor=1.2)), "out_of_range", True),
    "seats without seats": (lambda e: replace(e, areas=first(e.areas, kind="seated")), "no_seats", True),
    "a stair without steps": (lambda e: replace(e, exits=first(e.exits, kind="stair")), "stair_without_steps", True),
    "speeds out of order": (
        lambda e: replace(e, front=replace(BORE, speed_low_m_s=9.0)), "speeds_out_of_order", True),
    "a sighting of no passage": (
        lambda e: replace(e, front=replace(BORE, sightings=(Sighting(passage_id="x", at=NOON, chainage_m=0.0),))),
        "unknown_reference", True),
    "no exit": (lambda e: replace(e, exits=e.exits[1:]), "no_exit", False),
    "a route that leads nowhere": (
        lambda e: replace(e, places=first(e.places[::-1], kind="other")), "leads_nowhere", False),
    "a one-way route the wrong way": (
        lambda e: replace(e, routes=first(e.routes, from_id="S", to_id="J", is_one_way=True)), "leads_nowhere", False),
    "more usable than ground": (
        lambda e: replace(e, areas=first(e.areas, shape=SQUARE, usable_m2=20_000.0)), "more_than_its_ground", False),
    "an exit away from its area": (
        lambda e: replace(e, areas=first(e.areas, shape=SQUARE), exits=first(e.exits, lon=120.51)),
        "exit_off_its_area", False),
    "factors not judged": (lambda e: replace(e, areas=first(e.areas, safety_factor=None)), "factors_not_judged", False),
    "refuges too small": (
        lambda e: replace(e, places=first(e.places[::-1], capacity=149)), "refuges_too_small", False),
    "no crowd": (lambda e: replace(e, crowds=()), "no_crowd", False),
    "no place along the front": (
        lambda e: replace(e, front=BORE, areas=first(e.areas, chainage_m=10.0)), "no_chainage", False),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_fault(name):
    change, kind, is_refused = FAULTS[name]
    wrong = change(good())
    assert (kind, is_refused) in kinds(wrong), check_event(wrong)
    if is_refused:
        with pytest.raises(SchemaError):
            require_event(wrong)


def test_all_faults_come_in_one_message_and_have_their_place():
    wrong = replace(
        good(), exits=first(good().exits, area_id="C", clear_width_m=0.0), phases=first(good().phases, ends_at=NOON)
    )
    with pytest.raises(SchemaError) as caught:
        require_event(wrong)
    text = str(caught.value)
    assert all(part in text for part in ("'C'", "Clear width (m) is 0", "ends before it begins"))
    placed = [one for one in check_event(wrong) if "xA" in one.ids]
    assert all((one.lon, one.lat) == (120.5, 30.4) for one in placed)


def test_grids_go_back_to_everyday_duty():
    duties = (Duty(grid_id="G1", starts_at=NOON, ends_at=ONE), Duty(grid_id="G2", starts_at=NOON, ends_at=NOON))
    assert grids_on_duty(duties, NOON) == ("G1",)
    assert grids_on_duty(duties, ONE) == ()


HALF = {"area_id": "A", "name": "A"}
STEP = {"phase_id": "p", "name": "p", "kind": "peak"}
POINT = {"type": "Point", "coordinates": [1, 2]}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": None}, "name is None, not text"),
        ({"colour": "red"}, "unknown key colour"),
        ({"areas": {}}, "areas is {}, not a list"),
        ({"areas": [3]}, r"areas\[0\] is 3, not an object"),
        ({"areas": [HALF | {"usable_m2": "many"}]}, r"areas\[0\].usable_m2 is 'many', not a number"),
        ({"areas": [HALF]}, r"no areas\[0\].usable_m2"),
        ({"risk": "wild"}, "risk is 'wild', not one of low, medium, high"),
        ({"day_visitors": 1.5}, "day_visitors is 1.5, not a whole number"),
        ({"has_alcohol": 1}, "has_alcohol is 1, not true or false"),
        ({"phases": [STEP | {"starts_at": "noon", "ends_at": "late"}]}, "not a moment"),
        ({"hazards": [{"hazard_id": "h", "name": "h", "shape": POINT}]}, "no valid GeoJSON"),
        ({"version": 2}, "version 2 of the format"),
        ({"format": "other"}, "no key format"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_plan_is_refused_with_the_place(change, told):
    with pytest.raises(SchemaError, match=told):
        event_from_document(event_document(good()) | change)


def test_many_faults_are_cut_off():
    with pytest.raises(SchemaError, match="and 81 more"):
        event_from_document(event_document(good()) | {"areas": [0] * 100} | {"x": 1})


def test_a_plan_with_everything_survives_the_file(tmp_path):
    full = read_event(SAMPLE)
    write_event(full, tmp_path / "again.json")
    assert read_event(tmp_path / "again.json") == full
    assert (tmp_path / "again.json").read_bytes() == SAMPLE.read_bytes()
    (tmp_path / "bom.json").write_bytes(b"\xef\xbb\xbf" + SAMPLE.read_bytes())
    assert read_event(tmp_path / "bom.json") == full
    (tmp_path / "cut.json").write_bytes(SAMPLE.read_bytes()[:500])
    with pytest.raises(FormatError, match="JSON"):
        read_event(tmp_path / "cut.json")


def test_the_demonstration_event_is_what_it_says():
    """Nine points on 3,000 m of wall, 462 + 1,200 people, four grids of three villages, SYNTHETIC, one open check."""
    event = read_event(SAMPLE)
    assert event.is_synthetic
    assert "SYNTHETIC" in event.note
    assert len(event.areas) == 9
    assert event.day_visitors == 100_000
    assert event.peak_at_once() == 37_600
    staff = [one for one in event.teams if one.kind == "working_group"]
    assert (len(staff), sum(one.people for one in staff)) == (5, 462)
    assert sum(one.people for one in event.teams) == 462 + 1_200
    assert sum(one.kind == "grid_team" for one in event.teams) == 18
    assert len(event.duties) == 4
    assert len({one.village for one in event.duties}) == 3
    assert check_event(event) == ()
    from geo.crowd.tide.arrival import METRES_A_DEGREE

    line = shapely.transform(event.front.line, lambda xy: xy * [METRES_A_DEGREE * 0.8626, METRES_A_DEGREE])
    assert line.length == pytest.approx(3000, rel=0.01)
    assert all(one.shape.is_valid for one in event.areas)
    assert event.areas[0].chainage_m > event.areas[-1].chainage_m, "the bore comes from the east"


@pytest.mark.slow
def test_the_sample_is_the_one_of_the_full_county():
    assert read_event(SAMPLE) == yanguan_event(build_county())
