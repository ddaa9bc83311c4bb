"""Posts put into an event plan: duty posts at the places a placement found, and the plan's own left alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from geo.crowd.event.drawing import nearest_area
from geo.crowd.event.event import Event
from geo.crowd.event.ground import KEPT, Place


def with_posts(event: Event, spots: Sequence[tuple[float, float]], *, name: str = "岗 {number}") -> Event:
    """
    Return the plan with a duty post at each spot (longitude, latitude), numbered from 1, serving the area it is in or
    nearest to. `name` is what a new one is called.

    Posts an earlier placement put there make room; of the same number they keep their name, role and people. Posts that
    were drawn by hand stay as they are.

    Examples
    --------
    >>> hand = Place(place_id="P1", kind="duty_post", lon=120.5, lat=30.4)
    >>> plan = with_posts(Event(event_id="e", name="e", places=(hand,)), [(120.5, 30.4), (120.6, 30.4)])
    >>> [one.place_id for one in plan.places]
    ['P1', 'post-1', 'post-2']
    >>> [one.place_id for one in with_posts(plan, [(120.7, 30.4)]).places]
    ['P1', 'post-1']
    """
    before = {one.place_id: one for one in event.places if one.place_id.startswith(KEPT)}
    placed = []
    for number, (lon, lat) in enumerate(spots, 1):
        key = f"{KEPT}{number}"
        one = before.get(key, Place(place_id=key, name=name.format(number=number), kind="duty_post"))
        area_id = nearest_area(event, (lon, lat))
        placed.append(replace(one, kind="duty_post", lon=lon, lat=lat, area_id=area_id))
    return replace(event, places=(*(one for one in event.places if one.place_id not in before), *placed))
