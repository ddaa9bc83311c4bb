"""The demand of an event plan: fixed posts at its places, and a ratio over its crowds."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

from geo.crowd.event import Event
from geo.crowd.roster.demand import Demand, Need, Post, walk_between
from geo.crowd.roster.horizon import Horizon
from geo.crowd.roster.ratios._spec import RatioSpec
from geo.crowd.roster.staffing import ratio_needs
from geo.errors import SchemaError, say

FIXED: dict[str, tuple[tuple[str, int], ...]] = {
    "area": (("supervisor", 1), ("guard", 4), ("medic", 2), ("guide", 2)),
    "entrance": (("guard", 1),),
    "first_aid": (("doctor", 1), ("medic", 2)),
    "command_post": (("commander", 1), ("coordinator", 2)),
    "parking": (("traffic", 2),),
    "station": (("traffic", 2),),
    "muster_point": (("guide", 2),),
    "shelter": (("guide", 2),),
}
"""People by role at one post of a kind; of an entrance, for each lane. A choice to be corrected in the demand."""
ROUND_THE_CLOCK = frozenset({"command_post"})
ROVING = "volunteer"
LATITUDE_M, EQUATOR_M = 110_574.0, 111_320.0


def demand_of_event(
    event: Event,
    *,
    ratio: RatioSpec,
    ratio_name: str,
    utc_offset_min: int,
    fixed: dict[str, tuple[tuple[str, int], ...]] | None = None,
    slot_min: int = 60,
) -> Demand:
    """
    Return what an event needs from its first phase to its last: fixed people at areas, entrances and places, and
    volunteers by the ratio over the crowds of its phases.

    Slots begin on full hours (of `slot_min`); a phase counts in each slot it touches. The command post is manned round
    the clock. Posts of the post optimiser replace this guess where they are there.

    Raises
    ------
    SchemaError
        If the event has no phases: nobody knows when anybody is needed.
    """
    if not event.phases:
        raise SchemaError(
            say("an event with phases, which say when people are needed"), say("none"), say("draw the time line first")
        )
    table = FIXED if fixed is None else fixed
    first = min(phase.starts_at for phase in event.phases)
    last = max(phase.ends_at for phase in event.phases)
    begin = first - timedelta(seconds=first.timestamp() % (slot_min * 60))
    slots = math.ceil((last - begin).total_seconds() / (slot_min * 60))
    horizon = Horizon(begin, slots, slot_min, utc_offset_min)
    posts, needs = _fixed_posts(event, horizon, table)
    present = {f"{area.area_id}-roving": _crowd(event, area.area_id, horizon) for area in event.areas}
    places = {post.area_id: post.place for post in posts if post.post_id == post.area_id}
    roving = [
        Post(post_id=f"{area.area_id}-roving", name=area.name, area_id=area.area_id, place=places.get(area.area_id))
        for area in event.areas
    ]
    more = ratio_needs(
        needs, present, horizon=horizon, ratio=ratio, role=ROVING, ratio_name=ratio_name,
        area_of_post={post.post_id: f"{post.area_id}-roving" for post in posts},
    )  # fmt: skip
    both = (*posts, *roving)
    return Demand(horizon, both, (*needs, *more), walk_between(both))


def _fixed_posts(
    event: Event, horizon: Horizon, table: dict[str, tuple[tuple[str, int], ...]]
) -> tuple[list[Post], list[Need]]:
    known = [(one.lon, one.lat) for one in event.areas] + [(one.lon, one.lat) for one in event.places]
    origin = next((one for one in known if one[0] is not None), (None, None))
    posts: list[Post] = []
    needs: list[Need] = []
    things: list[tuple[str, str, str, str, int, Any]] = [
        (one.area_id, one.name, "area", one.area_id, 1, one) for one in event.areas
    ]
    things += [
        (one.entrance_id, one.name, "entrance", one.area_ids[0] if one.area_ids else "", one.lanes, one)
        for one in event.entrances
    ]
    things += [(one.place_id, one.name, one.kind, "", 1, one) for one in event.places]
    taken: set[str] = set()
    for key, name, kind, area_id, times, thing in things:
        if kind not in table:
            continue
        post_id = key if key not in taken else f"{kind}-{key}"
        taken.add(post_id)
        place = _metres(thing.lon, thing.lat, origin)
        posts.append(
            Post(post_id=post_id, name=name, area_id=area_id, place=place, is_round_the_clock=kind in ROUND_THE_CLOCK)
        )
        needs += [
            Need(post_id=post_id, role=role, start=0, end=horizon.slots, people=people * times)
            for role, people in table[kind]
        ]
    return posts, needs


def _metres(
    lon: float | None, lat: float | None, origin: tuple[float | None, float | None]
) -> tuple[float, float] | None:
    """Metres from the origin, flat: an event is a few kilometres wide."""
    if lon is None or lat is None or origin[0] is None or origin[1] is None:
        return None
    return (lon - origin[0]) * EQUATOR_M * math.cos(math.radians(lat)), (lat - origin[1]) * LATITUDE_M


def _crowd(event: Event, area_id: str, horizon: Horizon) -> list[float]:
    """The most people of any phase a slot touches."""
    phases = {phase.phase_id: phase for phase in event.phases}
    row = [0.0] * horizon.slots
    for crowd in event.crowds:
        phase = phases.get(crowd.phase_id)
        if crowd.area_id == area_id and phase is not None:
            for slot in range(horizon.slot(phase.starts_at), min(horizon.slot_up(phase.ends_at), horizon.slots)):
                row[slot] = max(row[slot], float(crowd.people))
    return row
