"""A front along a line: ranges, sightings, deadlines, the schedule; parades are fronts too."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.events import read_event
from geo.crowd.event import Front, Passage, Sighting
from geo.crowd.tide.arrival import arrivals, chainage_of, passing
from geo.crowd.tide.clock import deadlines, release_offsets, schedule
from geo.errors import SchemaError
from tests.conftest import ROOT

AT = datetime.fromisoformat("2026-09-28T13:00:00+08:00")
BORE = Front(
    name="bore", speed_low_m_s=5.0, speed_m_s=6.0, speed_high_m_s=10.0, closed_after_high_s=1200.0, margin_s=300.0,
    passages=(Passage(passage_id="day", at=AT, error_s=600.0),),
)  # fmt: skip
EVENT = read_event(ROOT / "docs" / "samples" / "yanguan.json")


def seconds(arrival):
    return [(moment - AT).total_seconds() for moment in (arrival.earliest, arrival.likely, arrival.latest)]


def seen(after_s, at_m, error_s=10.0):
    return Sighting(passage_id="day", at=AT + timedelta(seconds=after_s), chainage_m=at_m, error_s=error_s)


def test_the_wall_is_swept_in_five_to_ten_minutes():
    exact = replace(BORE, passages=(Passage(passage_id="day", at=AT, error_s=0.0),))
    assert seconds(passing(exact, "day", 3000.0)) == [300.0, 500.0, 600.0]
    assert seconds(passing(exact, "day", 0.0)) == [0.0, 0.0, 0.0]


def test_a_sighting_upstream_overrules_the_table():
    """Seen 12 km upstream 20 min before the table's time: it comes 12,000/10 to 12,000/5 s later, give or take 10 s."""
    one = passing(replace(BORE, sightings=(seen(-1200.0, -12_000.0),)), "day", 0.0)
    assert one.basis == "sighting"
    assert seconds(one) == [-10.0, 800.0, 1210.0]
    behind = passing(replace(BORE, sightings=(seen(100.0, 500.0),)), "day", 0.0)
    assert behind.basis == "table", "what was seen further on says nothing new here"


def test_two_sightings_narrow_the_speed():
    """6 km in 1,000 s, ± 20 s: 5.88 to 6.12 m/s."""
    front = replace(BORE, sightings=(seen(-2000.0, -12_000.0), seen(-1000.0, -6_000.0)))
    low, likely, high = seconds(passing(front, "day", 0.0))
    assert likely == pytest.approx(0.0)
    assert low == pytest.approx(-1000 + 6000 / (6000 / 980) - 10)
    assert high == pytest.approx(-1000 + 6000 / (6000 / 1020) + 10)


def test_sightings_that_cannot_be_true_do_not_narrow():
    wild = replace(BORE, sightings=(seen(-1010.0, -12_000.0), seen(-1000.0, -6_000.0, 0.0)))
    assert seconds(passing(wild, "day", 0.0)) == [-400.0, 0.0, 200.0]


@settings(max_examples=40)
@given(x=st.floats(-5000, 20_000), further=st.floats(0, 5000), error=st.floats(0, 900))
def test_ranges_hold_together(x, further, error):
    front = replace(BORE, passages=(Passage(passage_id="day", at=AT, error_s=error),))
    here, there = passing(front, "day", x), passing(front, "day", x + further)
    assert here.earliest <= here.likely <= here.latest
    assert here.likely <= there.likely
    wider = passing(replace(front, speed_high_m_s=12.0, speed_low_m_s=4.0), "day", x)
    assert wider.earliest <= here.earliest
    assert wider.latest >= here.latest


def test_an_unknown_passage_is_refused():
    with pytest.raises(SchemaError, match="night"):
        passing(BORE, "night", 0.0)


def test_chainage_is_measured_on_the_map():
    """Drawn and stated chainage of the demonstration agree."""
    for area in EVENT.areas:
        drawn = chainage_of(EVENT.front, replace(area, chainage_m=None))
        assert drawn == pytest.approx(area.chainage_m, abs=15)


def test_deadlines_and_schedule_of_the_demonstration():
    egress = {one.area_id: 600.0 for one in EVENT.areas}
    times = deadlines(EVENT, "day", egress)
    assert len(times) == 9
    for one in times:
        assert one.clear_by == one.arrival.earliest - timedelta(seconds=EVENT.front.margin_s)
        assert (one.clear_by - one.clear_from).total_seconds() == 600.0
        assert one.opens == one.arrival.latest + timedelta(seconds=EVENT.front.closed_after_high_s)
    by_place = sorted(times, key=lambda one: one.arrival.chainage_m)
    assert [one.area_id for one in by_place] == [f"V{n}" for n in range(9, 0, -1)]
    assert all(a.clear_by < b.clear_by for a, b in pairwise(by_place))
    steps = schedule(EVENT, times)
    assert [one.at for one in steps] == sorted(one.at for one in steps)
    acts = [one.act for one in steps]
    assert acts[:2] == ["warn", "one_way_on"]
    assert acts[-1] == "one_way_off"
    assert acts.count("clear") == acts.count("closed") == acts.count("release") == 9
    offsets = sorted(release_offsets(steps).values())
    assert offsets[0] == 0.0
    assert all(b - a >= 120.0 - 1e-6 for a, b in pairwise(offsets))


def test_a_longer_egress_or_an_earlier_front_closes_sooner():
    base = {one.area_id: 600.0 for one in EVENT.areas}
    usual, slow = deadlines(EVENT, "day", base), deadlines(EVENT, "day", base | {"V3": 900.0})
    assert slow[2].clear_from - usual[2].clear_from == timedelta(seconds=-300)
    assert slow[3] == usual[3]
    sighting = Sighting(passage_id="day", at=EVENT.front.passages[0].at - timedelta(seconds=2400), chainage_m=-12_000.0)
    retimed = replace(EVENT, front=replace(EVENT.front, sightings=(sighting,)))
    assert arrivals(retimed, "day")["V9"].earliest < arrivals(EVENT, "day")["V9"].earliest


def test_a_parade_is_a_front():
    """Head at 0.5 to 1 m/s, 20 minutes long: a street stays closed until its tail has passed."""
    parade = Front(name="parade", kind="parade", speed_low_m_s=0.5, speed_m_s=0.8, speed_high_m_s=1.0,
                   closed_after_low_s=900.0, closed_after_high_s=1200.0, margin_s=60.0,
                   passages=(Passage(passage_id="start", at=AT, error_s=0.0),))  # fmt: skip
    street = replace(EVENT.areas[0], area_id="street", chainage_m=1000.0)
    one = deadlines(replace(EVENT, areas=(street,), front=parade), "start", {"street": 120.0})[0]
    assert (one.clear_from - AT).total_seconds() == 1000 - 60 - 120
    assert (one.opens - AT).total_seconds() == 2000 + 1200


def test_without_a_front_there_is_no_clock():
    still = replace(EVENT, front=None)
    assert arrivals(still, "day") == {}
    assert deadlines(still, "day", {}) == ()
    assert schedule(still, ()) == ()
