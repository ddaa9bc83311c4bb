"""Posts under conditions, when they are busy, and beside others: counted by hand on a straight wall."""

from dataclasses import replace

import pytest

from data.events.posts import place_posts
from data.events.posts_tested import full_cover, other_posts, response
from geo.crowd.event.drawing import draw
from geo.crowd.event.placing import with_posts
from geo.errors import SchemaError
from tests.crowd.test_event_posts import LAT, LON, METRE_LAT, METRE_LON, wall
from views.events.posts_tested import _key

WALK_M = 287.7
"""How far a post reaches in five minutes, one of them for the call, where nobody is in the way."""


def along(post) -> float:
    """Metres along the wall."""
    return (post.lon - LON) / METRE_LON


def with_hazard(event, first_m: float, last_m: float):
    west, east = LON + first_m * METRE_LON, LON + last_m * METRE_LON
    ring = [
        (west, LAT - METRE_LAT),
        (east, LAT - METRE_LAT),
        (east, LAT + 20 * METRE_LAT),
        (west, LAT + 20 * METRE_LAT),
    ]
    return draw(event, "hazards", ring)[0]


def with_drawn_post(event, at_m: float):
    return draw(event, "places", [(LON + at_m * METRE_LON, LAT + 5 * METRE_LAT)], kind="duty_post")


def test_no_post_stands_in_a_hazard_unless_it_was_drawn_there():
    """A wall of 500 m: one post in the middle, from 212 to 288 m; a hazard there takes two, beside it.

    People stand every 20 m, so the last of them 10 m from the end.
    """
    event = wall(500)
    alone = place_posts(event, posts=None, leaves_hazards=True)
    assert len(alone.rows) == 1
    assert 500 - WALK_M - 10 <= along(alone.rows[0]) <= WALK_M
    barred = with_hazard(event, 150, 350)
    found = place_posts(barred, posts=None, leaves_hazards=True)
    assert (len(found.rows), found.share, found.faults) == (2, 1.0, ())
    assert not any(150 <= along(one) <= 350 for one in found.rows)
    assert len(place_posts(barred, posts=None).rows) == 1
    drawn, place_id = with_drawn_post(barred, 250)
    kept = place_posts(drawn, posts=None, leaves_hazards=True, keeps_drawn=True)
    assert [one.place_id for one in kept.rows] == [place_id]
    assert kept.share == 1.0


def test_a_post_drawn_by_hand_keeps_its_place_and_counts():
    """At the west end it reaches 288 of 1,000 m; the second post stands where it reaches all its 575 m beyond."""
    event, place_id = with_drawn_post(wall(1000), 0)
    found = place_posts(event, posts=2, keeps_drawn=True)
    assert sorted(one.place_id for one in found.rows) == ["", place_id]
    assert found.faults == ()
    assert found.share == pytest.approx(3 * WALK_M / 1000, abs=0.03)
    with pytest.raises(SchemaError):
        place_posts(with_drawn_post(event, 900)[0], posts=1, keeps_drawn=True)


def test_posts_an_earlier_placement_kept_do_not_hold_their_place():
    event = with_posts(wall(500), [(LON, LAT)])
    assert [one.place_id for one in place_posts(event, posts=None, keeps_drawn=True).rows] == [""]


def test_with_a_backup_as_many_as_can_be_are_reached_twice():
    """Two posts for 800 m, where two are needed: without a backup nothing is said of the second, with it 350 m."""
    plain, twice = place_posts(wall(800), posts=None), place_posts(wall(800), posts=None, backup_weight=0.5)
    assert len(plain.rows) == len(twice.rows) == 2
    assert plain.share == twice.share == 1.0
    assert twice.backed_up >= plain.backed_up
    assert twice.backed_up / 600 == pytest.approx((4 * WALK_M - 800) / 800, abs=0.05)
    both = place_posts(wall(400), posts=2, backup_weight=0.5)
    assert both.backed_up == pytest.approx(600)


def test_posts_for_busy_times_stand_together_where_most_people_are():
    """Three busy posts of four: the crowd has all of them near, as with idle ones only one would be."""
    event = wall(400)
    found = place_posts(event, posts=3, busy_share=0.75)
    assert (found.model, found.faults, len(found.rows)) == ("most expected cover", (), 3)
    assert found.placement.objective == pytest.approx(600 * (1 - 0.75**3))


def test_others_do_as_well_and_have_no_post_in_common_where_none_is_needed():
    """On 300 m any spot of the wall reaches everybody."""
    best = place_posts(wall(300), posts=1)
    others = other_posts(best, plans=3)
    assert [one.share for one in others.plans] == [1.0, 1.0, 1.0]
    assert len({one.rows[0].lon for one in (best, *others.plans)}) == 4
    assert others.in_all == ()
    assert others.lost_if_barred == (0.0,)


def test_what_reaching_everybody_takes():
    """3,000 m: six posts in five minutes; three reach 500 m each way, at 1.2 m/s and a minute for the call."""
    event = wall(3000)
    found = full_cover(place_posts(event, posts=3, every_m=10))
    assert (found.posts, found.is_posts_proven) == (6, True)
    assert found.within_s == pytest.approx(60 + 500 / (WALK_M / 240), rel=0.03)


def test_one_post_that_is_busy_half_the_time():
    """
    Three calls an hour of ten minutes each, M/M/1: busy half the time, half the calls wait, twenty minutes less the
    service of ten. A call is in time if the post is free, or comes free within what the walk leaves of four minutes.
    """
    found = place_posts(wall(100), posts=1)
    told = response(found, calls_per_h=3, busy_min=10)
    assert told.busy_share == pytest.approx((0.5,))
    assert told.wait_share == pytest.approx(0.5)
    assert told.mean_wait_s == pytest.approx(600)
    assert (
        0.5 + 0.5 * (1 - 2.718281828 ** (-(240 - 100 / 1.2) / 1200))
        < told.in_time
        < 0.5 + 0.5 * (1 - 2.718281828**-0.2)
    )
    assert told.by_area == pytest.approx({found.rows[0].area_id: told.in_time})
    with pytest.raises(SchemaError, match="fewer calls than the units can serve"):
        response(found, calls_per_h=6, busy_min=10)


def test_hardly_any_calls_leave_the_cover_and_more_calls_or_fewer_posts_never_help():
    placed = place_posts(wall(1500), posts=2)
    assert response(placed, calls_per_h=1e-6, busy_min=1).in_time == pytest.approx(placed.share, abs=1e-6)
    by_calls = [response(placed, calls_per_h=calls, busy_min=10).in_time for calls in (1, 4, 8, 11)]
    assert by_calls == sorted(by_calls, reverse=True)
    by_posts = [response(place_posts(wall(1500), posts=n), calls_per_h=4, busy_min=10).in_time for n in (1, 2, 3, 4)]
    assert by_posts == sorted(by_posts)
    assert sum(response(placed, calls_per_h=6, busy_min=10).busy_share) == pytest.approx(1.0)


def test_beyond_twelve_posts_the_approximation_answers():
    found = response(place_posts(wall(1500), posts=13), calls_per_h=20, busy_min=10)
    assert not found.method.endswith("exact")
    assert sum(found.busy_share) == pytest.approx(20 * 10 / 60, rel=1e-6)


def test_the_page_keeps_apart_what_differs_in_the_rules_of_the_spots_alone():
    """The same post of the same ground: with a hazard beside it the others are not those without."""
    barred = with_hazard(wall(300), 0, 40)
    free, kept = (place_posts(barred, posts=1, leaves_hazards=told) for told in (False, True))
    same = replace(kept, placement=free.placement)
    assert _key(free) == _key(place_posts(barred, posts=1))
    assert _key(free) != _key(same)
