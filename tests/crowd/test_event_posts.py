"""Posts of an event on its drawn ground: counted by hand on a wall, and what must hold whatever the ground."""

from dataclasses import replace

import pytest

from data.events.posts import place_posts, posts_by_number
from data.events.posts_ground import ground_of
from geo.crowd.event import Crowd, Event
from geo.crowd.event.drawing import draw
from geo.crowd.posts.by_number import elbow
from geo.errors import SchemaError

LON, LAT, METRE_LON, METRE_LAT = 120.5, 30.4, 1 / 96_100, 1 / 110_860


def wall(length_m: float, *, people: int = 600, depth_m: float = 10.0) -> Event:
    """A straight wall of one viewing area."""
    ring = [(LON, LAT), (LON + length_m * METRE_LON, LAT), (LON + length_m * METRE_LON, LAT + depth_m * METRE_LAT),
            (LON, LAT + depth_m * METRE_LAT)]  # fmt: skip
    event, area = draw(Event(event_id="e", name="e"), "areas", ring)
    return replace(event, crowds=(Crowd(area_id=area, phase_id="p", people=people),))


def test_a_wall_of_3000_metres_takes_six_posts_when_it_is_empty():
    """288 m each way at 1.2 m/s for 240 s: 3,000 / 576 = 5.2, so 6; two people a m² leave 157 m and take 10."""
    found = place_posts(wall(3000), posts=None, every_m=10)
    assert (len(found.rows), found.status, found.faults) == (6, "optimal", ())
    assert found.share == pytest.approx(1)
    assert found.radius_low_m == pytest.approx(287.7, abs=0.1)
    dense = place_posts(wall(3000, people=60_000), posts=None, every_m=10)
    assert dense.radius_low_m == pytest.approx(157.2, rel=5e-3)
    assert len(dense.rows) == 10


def test_one_more_post_never_reaches_less_and_the_worth_of_posts_adds_up():
    event = wall(1500)
    shares = [place_posts(event, posts=count).share for count in (1, 2, 3, 4)]
    assert shares == sorted(shares)
    assert shares[0] == pytest.approx(2 * 287.7 / 1500, abs=0.03)
    found = place_posts(event, posts=2)
    assert found.reached <= sum(one.reached for one in found.rows) + 1e-6
    assert all(one.lost_if_empty <= one.reached + 1e-9 for one in found.rows)


def test_people_are_conserved_on_the_points_of_the_ground():
    event = wall(800, people=1234)
    ground = ground_of(event, phase_id="", within_s=300, call_s=60, every_m=25)
    assert ground.people.sum() == pytest.approx(1234)
    with pytest.raises(SchemaError, match="nobody in any phase"):
        ground_of(event, phase_id="q", within_s=300, call_s=60, every_m=25)


def test_a_plan_without_drawn_ground_is_refused():
    with pytest.raises(SchemaError, match="drawn on the map"):
        place_posts(Event(event_id="e", name="e"), posts=None)


def test_each_further_post_adds_no_less_than_nothing_and_the_last_reaches_all():
    """A wall of 1,500 m: two posts reach 2 x 2 x 287.7 of it, the third nearly the rest."""
    steps = posts_by_number(wall(1500))
    assert [one.posts for one in steps] == list(range(1, len(steps) + 1))
    assert all(one.added >= 0 for one in steps)
    assert sum(one.added for one in steps) == pytest.approx(1)
    assert steps[-1].share == steps[-1].worst == pytest.approx(1)
    assert all(one.share <= one.bound + 1e-9 for one in steps)
    assert len(steps) == len(place_posts(wall(1500), posts=None).rows)
    assert elbow([one.share for one in steps]) in (2, 3)


def test_the_worst_area_is_named():
    """Two walls, one crowded: the first post goes to the crowd and leaves the other with nobody."""
    event, other = wall(200, people=900), wall(200)
    ring = [(LON + 0.05 + dx, LAT + dy) for dx, dy in ((0, 0), (0.002, 0), (0.002, 0.0001), (0, 0.0001))]
    event, area = draw(event, "areas", ring)
    event = replace(event, crowds=(*event.crowds, Crowd(area_id=area, phase_id="p", people=100)))
    first = posts_by_number(event)[0]
    assert (first.worst, first.worst_group) == (0.0, area)
    assert first.share == pytest.approx(0.9)
    assert [one.worst for one in posts_by_number(other)] == [1.0]
