"""The pretended county: along the roads, the same ways for one seed, every incident to its end, this machine only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import shapely

from data.demo.feed import STEPS, Feed
from data.ingest.posting import Poster
from geo.errors import GridError

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
ROADS = [shapely.LineString([(120.5, 30.5), (120.52, 30.5)]), shapely.LineString([(120.5, 30.5), (120.5, 30.52)])]


def test_units_walk_along_the_roads_and_turn():
    feeds = [Feed(ROADS, [f"u{number}" for number in range(20)], seed=4) for _ in range(2)]
    every = np.arange(20)
    for step in range(200):
        rows, again = (feed.walk(30, every, NOW + timedelta(seconds=30 * step)) for feed in feeds)
        assert rows == again
        points = shapely.points([row["lon"] for row in rows], [row["lat"] for row in rows])
        assert shapely.distance(points, shapely.union_all(ROADS)).max() < 1e-5
    assert len({row["lon"] for row in rows}) > 5


def test_incidents_come_to_an_end_in_order():
    feed = Feed(ROADS, ["u"], seed=1, speed_up=60)
    cases = feed.report(5, NOW)
    steps = [row for minute in range(60) for row in feed.proceed(NOW + timedelta(minutes=minute))]
    for case in cases:
        mine = [row for row in steps if row["incident_id"] == case["incident_id"]]
        assert [row["stage"] for row in mine] == list(STEPS)
        assert [row["at"] for row in mine] == sorted(row["at"] for row in mine)


@pytest.mark.parametrize("url", ["http://evil.example:8501", "https://127.0.0.1:1", "http://10.0.0.1"])
def test_made_up_rows_go_to_this_machine_only(url):
    with pytest.raises(GridError, match="this machine"):
        Poster(url, "main")
