"""The demand of an event plan: fixed posts at its places, duty posts as they were placed, a ratio over its crowds."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np

from geo.crowd.event import Event
from geo.crowd.roster.demand import Demand, Need, Post, walk_between
from geo.crowd.roster.fixed import ROUND_THE_CLOCK, TABLE, WITH_PEOPLE, FixedPost, lines_of
from geo.crowd.roster.horizon import DAY_MIN, Horizon
from geo.crowd.roster.ratios._spec import RatioSpec
from geo.crowd.roster.staffing import ratio_needs, runs_of
from geo.errors import SchemaError, say

ROVING, LEADER = "volunteer", "grid_team"
LATITUDE_M, EQUATOR_M = 110_574.0, 111_320.0
MOST_DAYS = 14


def demand_of_event(
    event: Event,
    *,
    ratio: RatioSpec,
    ratio_name: str,
    utc_offset_min: int,
    table: Collection[FixedPost] = TABLE,
    days: int = 1,
    slot_min: int = 60,
) -> Demand:
    """
    Return what an event needs from its first phase to its last: fixed people at areas, entrances and places, the duty
    posts of the plan, and volunteers by the ratio over the crowds of its phases.

    Slots begin on full hours (of `slot_min`); a phase counts in each slot it touches. With `days` the same time line
    runs on that many days one after the other; what is manned round the clock is manned through the nights between.
    Duty posts stand as they were placed: with the role and number they state, else with those of the table; they then
    stand for the help that the table asks for at every area.

    Raises
    ------
    SchemaError
        If the event has no phases (nobody knows when anybody is needed), `days` is not 1 to 14, or a time line longer
        than a day shall be repeated.
    """
    if not event.phases:
        raise SchemaError(
            say("an event with phases, which say when people are needed"), say("none"), say("draw the time line first")
        )
    hours = _hours(event, utc_offset_min, days, slot_min)
    horizon = hours.horizon
    posts, needs = _fixed_posts(event, hours, table)
    present = {f"{area.area_id}-roving": hours.crowd(area.area_id) for area in event.areas}
    places = {post.area_id: post.place for post in posts if post.post_id == post.area_id}
    roving = [
        Post(post_id=f"{area.area_id}-roving", name=area.name, area_id=area.area_id, place=places.get(area.area_id))
        for area in event.areas
    ]
    needs += _leaders(event, hours, table)
    more = ratio_needs(
        needs, present, horizon=horizon, ratio=ratio, role=ROVING, ratio_name=ratio_name,
        area_of_post={post.post_id: f"{post.area_id}-roving" for post in posts},
    )  # fmt: skip
    both = (*posts, *roving)
    return Demand(horizon, both, (*needs, *more), walk_between(both))


@dataclass(frozen=True)
class _Hours:
    """The hours of the roster, and which of them a phase runs in, on every day."""

    event: Event
    horizon: Horizon
    days: int

    def runs(self, kinds: Collection[str]) -> list[tuple[int, int]]:
        """Stretches of slots in which a phase of one of these kinds runs."""
        row = np.zeros(self.horizon.slots, dtype=int)
        for phase in self.event.phases:
            if phase.kind in kinds:
                for start, end in self._slots(phase):
                    row[start:end] = 1
        return runs_of(row)

    def crowd(self, area_id: str) -> list[float]:
        """The most people of any phase a slot touches."""
        phases = {phase.phase_id: phase for phase in self.event.phases}
        row = np.zeros(self.horizon.slots)
        for crowd in self.event.crowds:
            if crowd.area_id == area_id and crowd.phase_id in phases:
                for start, end in self._slots(phases[crowd.phase_id]):
                    row[start:end] = np.maximum(row[start:end], crowd.people)
        return [float(one) for one in row]

    def _slots(self, phase: Any) -> Iterator[tuple[int, int]]:
        a_day = DAY_MIN // self.horizon.slot_min
        start, end = self.horizon.slot(phase.starts_at), self.horizon.slot_up(phase.ends_at)
        for day in range(self.days):
            yield start + day * a_day, min(end + day * a_day, self.horizon.slots)


def _hours(event: Event, utc_offset_min: int, days: int, slot_min: int) -> _Hours:
    first = min(phase.starts_at for phase in event.phases)
    last = max(phase.ends_at for phase in event.phases)
    begin = first - timedelta(seconds=first.timestamp() % (slot_min * 60))
    slots = math.ceil((last - begin).total_seconds() / (slot_min * 60))
    a_day = DAY_MIN // slot_min
    if not 1 <= days <= MOST_DAYS or (days > 1 and slots > a_day):
        raise SchemaError(
            say("1 to {most} days, of a time line that fits into one day where it is repeated", most=MOST_DAYS),
            say("{days} days, a time line of {hours:.0f} h", days=days, hours=slots * slot_min / 60),
            say("give 1 day, or shorten the time line"),
        )
    return _Hours(event, Horizon(begin, slots + (days - 1) * a_day, slot_min, utc_offset_min), days)


def _fixed_posts(event: Event, hours: _Hours, table: Collection[FixedPost]) -> tuple[list[Post], list[Need]]:
    known = [(one.lon, one.lat) for one in event.areas] + [(one.lon, one.lat) for one in event.places]
    origin = next((one for one in known if one[0] is not None), (None, None))
    has_placed = any(one.is_post and not one.role for one in event.places)
    posts: list[Post] = []
    needs: list[Need] = []
    taken: set[str] = set()
    for key, kind, area_id, thing in _places(event):
        lines = lines_of(kind, table, has_placed=has_placed)
        if not lines:
            continue
        post_id = key if key not in taken else f"{kind}-{key}"
        taken.add(post_id)
        is_post = kind == "duty_post"
        is_around = kind in ROUND_THE_CLOCK or (is_post and thing.is_round_the_clock)
        posts.append(
            Post(post_id=post_id, name=thing.name, area_id=area_id, place=_metres(thing.lon, thing.lat, origin),
                 is_round_the_clock=is_around, standing_team=thing.team if is_post else "", lon=thing.lon,
                 lat=thing.lat)
        )  # fmt: skip
        whole = [(0, hours.horizon.slots)] if is_around else None
        for role, people, phases in _people(event, kind, thing, lines):
            needs += [
                Need(post_id=post_id, role=role, start=start, end=end, people=people)
                for start, end in whole or hours.runs(phases)
            ]
    return posts, needs


def _places(event: Event) -> Iterator[tuple[str, str, str, Any]]:
    """Everything people may stand at: id, kind in the table, the area it serves, the thing."""
    for area in event.areas:
        yield area.area_id, "area", area.area_id, area
    for entrance in event.entrances:
        yield entrance.entrance_id, "entrance", entrance.area_ids[0] if entrance.area_ids else "", entrance
    for place in event.places:
        yield (
            place.place_id,
            "duty_post" if place.is_post else place.kind,
            place.area_id if place.is_post else "",
            place,
        )


def _people(
    event: Event, kind: str, thing: Any, lines: Collection[FixedPost]
) -> Iterator[tuple[str, int, frozenset[str]]]:
    """Role, number and phases at one place; a duty post with a role of its own says so itself."""
    if kind == "duty_post" and thing.role:
        yield thing.role, 1 if thing.people is None else thing.people, WITH_PEOPLE
        return
    for one in lines:
        times = {
            "exit": len(event.exits_of(thing.area_id)) if kind == "area" else 0,
            "lane": getattr(thing, "lanes", 0),
            "group": max(sum(team.kind == "working_group" for team in event.teams), 1),
        }.get(one.per, 1)
        if times:
            yield one.role, one.people * times, one.phases


def _leaders(event: Event, hours: _Hours, table: Collection[FixedPost]) -> list[Need]:
    """The leader of each grid team, at the roving post of the first area the team answers for."""
    known = {area.area_id for area in event.areas}
    teams = [one for one in event.teams if one.kind == LEADER and one.area_ids and one.area_ids[0] in known]
    return [
        Need(post_id=f"{team.area_ids[0]}-roving", role=line.role, start=start, end=end, people=line.people)
        for team in teams
        for line in lines_of(LEADER, table)
        for start, end in hours.runs(line.phases)
    ]


def _metres(
    lon: float | None, lat: float | None, origin: tuple[float | None, float | None]
) -> tuple[float, float] | None:
    """Metres from the origin, flat: an event is a few kilometres wide."""
    if lon is None or lat is None or origin[0] is None or origin[1] is None:
        return None
    return (lon - origin[0]) * EQUATOR_M * math.cos(math.radians(lat)), (lat - origin[1]) * LATITUDE_M
