"""Drawing a plan: what is put down is where it was drawn, belongs to what is near, and nothing is lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.events.reading import event_from_document
from data.events.session import EventSession
from data.events.writing import event_document
from geo.crowd.event import Event
from geo.crowd.event.checks import check_event
from geo.crowd.event.drawing import change, draw, drop, ground_m2, length_m, move, nearest_area, next_id
from geo.errors import SchemaError

LON, LAT = 120.54, 30.40
STEP = 0.001
RING = [(LON, LAT), (LON + STEP, LAT), (LON + STEP, LAT + STEP), (LON, LAT + STEP)]


def square(at: int) -> list[tuple[float, float]]:
    """The ground number `at` of a row from west to east, 200 m apart."""
    return [(lon + at * 2 * STEP, lat) for lon, lat in RING]


@pytest.fixture
def two_areas() -> Event:
    event = Event(event_id="e", name="e")
    for at in range(2):
        event, _ = draw(event, "areas", square(at))
    return event


def test_ground_and_length_are_those_of_the_ellipsoid():
    """One thousandth of a degree at 30.4 degrees north: 110.86 m along the meridian, 96.10 m along the parallel."""
    assert length_m([(LON, LAT), (LON, LAT + STEP)]) == pytest.approx(110.86, abs=0.06)
    assert length_m([(LON, LAT), (LON + STEP, LAT)]) == pytest.approx(96.10, abs=0.06)
    assert ground_m2(RING) == pytest.approx(110.86 * 96.10, rel=2e-3)


def test_an_exit_belongs_to_the_area_it_is_drawn_at(two_areas):
    event, first = draw(two_areas, "exits", [(LON + STEP / 2, LAT + STEP / 2)])
    event, second = draw(event, "exits", [(LON + 3 * STEP + STEP / 4, LAT)])
    event, lost = draw(event, "exits", [(LON, LAT + 0.1)])
    assert {one.exit_id: one.area_id for one in event.exits} == {first: "A1", second: "A2", lost: ""}
    kinds = {(one.kind, one.ids) for one in check_event(event)}
    assert ("unknown_reference", (lost,)) in kinds, "an exit of no area is found"
    assert ("not_positive", (first,)) in kinds, "a width nobody measured is found"


def test_a_route_knows_where_it_leads(two_areas):
    event, place = draw(two_areas, "places", [(LON + 5 * STEP, LAT)], kind="shelter")
    event, route = draw(event, "routes", [(LON + 3 * STEP, LAT), (LON + 5 * STEP, LAT)])
    assert (event.routes[0].from_id, event.routes[0].to_id, route) == ("A2", place, "R1")
    event = move(event, "routes", route, [(LON, LAT), (LON - 0.1, LAT)])
    assert (event.routes[0].from_id, event.routes[0].to_id) == ("A1", "")
    assert event.routes[0].length_m == pytest.approx(96.10 * 100, rel=1e-2)


def test_a_new_code_is_carried_everywhere(two_areas):
    event, gate = draw(two_areas, "exits", [(LON, LAT)])
    event, _ = draw(event, "entrances", [(LON, LAT)])
    event, place = draw(event, "places", [(LON - STEP / 4, LAT)])
    event, _ = draw(event, "routes", [(LON, LAT), (LON - STEP / 4, LAT)])
    event = change(event, "exits", gate, leads_to=place)
    event = change(event, "areas", "A1", area_id="Wall")
    event = change(event, "places", place, place_id="Gate")
    assert (event.exits[0].area_id, event.exits[0].leads_to) == ("Wall", "Gate")
    assert event.entrances[0].area_ids == ("Wall",)
    assert (event.routes[0].from_id, event.routes[0].to_id) == ("Wall", "Gate")
    with pytest.raises(SchemaError, match="not used yet"):
        change(event, "areas", "A2", area_id="Gate")


@pytest.mark.parametrize(
    ("what", "points"),
    [
        ("areas", RING[:2]),
        ("areas", [RING[0], RING[2], RING[1], RING[3]]),
        ("exits", []),
        ("exits", [(200.0, 30.0)]),
        ("routes", RING[:1]),
        ("nothing", RING),
    ],
)
def test_a_drawing_that_cannot_be_is_refused_and_changes_nothing(two_areas, what, points):
    session = EventSession(two_areas, 1)
    session.perform({"verb": "draw", "list": what, "line": [list(one) for one in points]})
    assert session.refusal is not None
    assert session.event is two_areas
    assert not session.is_changed


def test_nearest_area_is_the_one_that_holds_the_point_else_the_nearest_within_reach(two_areas):
    assert nearest_area(two_areas, (LON + STEP / 2, LAT + STEP / 2)) == "A1"
    assert nearest_area(two_areas, (LON + 1.9 * STEP, LAT)) == "A2"
    assert nearest_area(two_areas, (LON + 1.5 * STEP, LAT), within_m=10.0) == ""


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("areas"), st.integers(0, 9)),
        st.tuples(st.just("exits"), st.integers(0, 9)),
        st.tuples(st.just("drop"), st.integers(0, 9)),
        st.tuples(st.just("undo"), st.just(0)),
        st.tuples(st.just("redo"), st.just(0)),
    ),
    max_size=30,
)


@given(ACTS)
@settings(max_examples=40, deadline=None)
def test_undo_goes_all_the_way_back_and_the_file_holds_the_plan(acts):
    """After any acts: ids stand once, the file reads back as the plan, undoing everything gives the beginning."""
    begun = Event(event_id="e", name="e")
    session = EventSession(begun, 1)
    for seq, (verb, at) in enumerate(acts, start=1):
        if verb in ("undo", "redo"):
            act = {"verb": verb}
        elif verb == "drop":
            act = {"verb": "drop", "list": "areas", "id": f"A{at}"}
        else:
            line = square(at) if verb == "areas" else [square(at)[0]]
            act = {"verb": "draw", "list": verb, "line": [list(one) for one in line]}
        session.take_acts([{**act, "seq": seq}, {**act, "seq": seq}])
        ids = [(what, one) for what, one, _ in session.event.things()]
        assert len(ids) == len(set(ids))
        assert event_from_document(event_document(session.event)) == session.event
    while session.past:
        session.undo()
    assert session.event == begun
    while session.future:
        session.redo()
    assert next_id(session.event, "areas") not in {one.area_id for one in session.event.areas}


def test_an_act_told_twice_is_done_once(two_areas):
    session = EventSession(two_areas, 1)
    act = {"verb": "draw", "list": "exits", "line": [[LON, LAT]], "seq": 7}
    assert session.take_acts([act])
    assert not session.take_acts([act])
    assert len(session.event.exits) == 1
    session.perform({"verb": "drop", "list": "exits", "id": "X1"})
    assert session.event.exits == ()
    assert session.picked is None
    assert drop(session.event, "areas", "A1").areas[0].area_id == "A2"


def test_two_empty_plans_are_told_apart_on_the_map():
    """A map that took one for the other would fit itself to the first thing drawn, under the hand that draws."""
    first, second = (EventSession(Event(event_id=name, name="Fair")) for name in ("fair-1", "fair-2"))
    assert first.map_state()["seal"] != second.map_state()["seal"]
