"""Help in time at an event whose posts may be busy: by hand for one post, and what must hold whatever the calls."""

import pytest

from data.events.helping import help_in_time
from data.events.posts import place_posts
from geo.errors import SchemaError
from tests.crowd.test_event_posts import wall


def spots(event, posts):
    return [(one.lon, one.lat) for one in place_posts(event, posts=posts).rows]


def test_one_post_is_busy_as_calls_and_time_say():
    """Four calls an hour of 6 minutes each: busy 0.4 of the time, and as many calls wait."""
    event = wall(400)
    found = help_in_time(event, spots(event, 1), calls_h=4, busy_min=6)
    assert found.workload == pytest.approx((0.4,), abs=1e-9)
    assert found.wait_share == pytest.approx(0.4, abs=1e-9)
    assert 0.6 < found.chance < 0.75, "who waits has 240 s less the way for a post to come free"
    assert found.by_area == pytest.approx({"A1": found.chance})
    assert found.method == "hypercube, exact"


def test_hardly_any_calls_leave_the_cover_and_more_calls_or_fewer_posts_never_help():
    event = wall(1500)
    placed = place_posts(event, posts=2)
    at = [(one.lon, one.lat) for one in placed.rows]
    assert help_in_time(event, at, calls_h=1e-6, busy_min=1).chance == pytest.approx(placed.share, abs=1e-6)
    by_calls = [help_in_time(event, at, calls_h=calls, busy_min=10).chance for calls in (1, 4, 8, 11)]
    assert by_calls == sorted(by_calls, reverse=True)
    by_posts = [help_in_time(event, spots(event, posts), calls_h=4, busy_min=10).chance for posts in (1, 2, 3, 4)]
    assert by_posts == sorted(by_posts)
    assert sum(help_in_time(event, at, calls_h=6, busy_min=10).workload) == pytest.approx(1.0)


def test_beyond_twelve_posts_the_approximation_answers():
    event = wall(1500)
    found = help_in_time(event, spots(event, 13), calls_h=20, busy_min=10)
    assert found.method != "hypercube, exact"
    assert sum(found.workload) == pytest.approx(20 * 10 / 60, rel=1e-6)


def test_more_calls_than_can_be_served_and_no_post_are_refused():
    event = wall(400)
    with pytest.raises(SchemaError, match="fewer calls"):
        help_in_time(event, spots(event, 1), calls_h=10, busy_min=6)
    with pytest.raises(SchemaError, match="above 0"):
        help_in_time(event, [], calls_h=1, busy_min=1)
