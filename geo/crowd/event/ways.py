"""Where the exits and routes of a plan lead: the directed ways between areas and places."""

from __future__ import annotations

from collections import defaultdict

from geo.crowd.event.event import Event
from geo.crowd.event.ground import OUTSIDE


def ways(event: Event) -> list[tuple[str, str]]:
    """
    Return every directed way (from, to): exits out of their area, routes both ways unless they are one-way.

    Examples
    --------
    >>> from geo.crowd.event.ground import Exit, Route
    >>> plan = Event(event_id="e", name="e", exits=(Exit(exit_id="x", area_id="A", leads_to="J", clear_width_m=2.0),),
    ...              routes=(Route(route_id="r", from_id="J", to_id="S", length_m=50.0, clear_width_m=4.0),))
    >>> ways(plan)
    [('A', 'J'), ('J', 'S'), ('S', 'J')]
    """
    found = [(x.area_id, x.leads_to) for x in event.exits]
    for route in event.routes:
        found.append((route.from_id, route.to_id))
        if not route.is_one_way:
            found.append((route.to_id, route.from_id))
    return found


def areas_without_way_out(event: Event) -> set[str]:
    """Return the areas and places from which no safe place, nor the outside, can be reached."""
    into: dict[str, set[str]] = defaultdict(set)
    for start, end in ways(event):
        into[end].add(start)
    reached = {OUTSIDE} | {one.place_id for one in event.places if one.is_safe}
    fresh = list(reached)
    while fresh:
        new = into[fresh.pop()] - reached
        reached |= new
        fresh.extend(new)
    nodes = {one.area_id for one in event.areas} | {one.place_id for one in event.places}
    return nodes - reached
