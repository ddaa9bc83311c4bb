"""Every fault of an event plan at once, each with its place: what is refused, and what stays open until settled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

import shapely

from geo.contracts import raise_faults
from geo.crowd.event.event import Event
from geo.crowd.event.findings import Finding, finding, place_of
from geo.crowd.event.ground import OUTSIDE, Place
from geo.crowd.event.times import Passage, Sighting
from geo.crowd.event.ways import areas_without_way_out
from geo.crowd.event.words import field_words
from geo.crs.metric import area_km2
from geo.errors import Say, SchemaError, name_few, say

METRES_A_DEGREE = 111_320.0
EXIT_TOLERANCE_M = 30.0
"""An exit drawn further from its area than this is asked about: two people marking one gate differ by less."""


def check_event(event: Event, *, exit_tolerance_m: float = EXIT_TOLERANCE_M) -> tuple[Finding, ...]:
    """
    Return every fault of the plan itself, refused ones first, each in the order of the file.

    Whether the crowd fits is the capacity sheet's business (`geo.crowd.capacity`). Nothing is changed.

    Examples
    --------
    >>> from geo.crowd.event.ground import Exit, ViewingArea
    >>> area = ViewingArea(area_id="A", name="A", usable_m2=100.0)
    >>> wrong = Exit(exit_id="x", area_id="B", clear_width_m=0.0)
    >>> for one in check_event(Event(event_id="e", name="e", areas=(area,), exits=(wrong,))):
    ...     print(one.kind, one.ids, one.is_refused, one.text)
    unknown_reference ('x',) True exit x: Viewing area names 'B', which is not in the plan
    not_positive ('x',) True exit x: Clear width (m) is 0, not above 0
    no_exit ('A',) False area A has no exit
    no_crowd () False no crowd is stated for any phase
    factors_not_judged ('A',) False area A: the factors P and S are not judged; 1 is used
    """
    found = [
        *_repeated(event),
        *_unknown(event),
        *_numbers(event),
        *_stairs(event),
        *_times(event),
        *_front(event),
        *_without_way_out(event),
        *_refuges(event),
        *_posts(event),
        *_ground(event, exit_tolerance_m),
        *_not_judged(event),
    ]
    return tuple(sorted(found, key=lambda one: not one.is_refused))


def require_event(event: Event) -> None:
    """Raise one SchemaError with everything that is refused; open findings pass."""
    refused = [one.text for one in check_event(event) if one.is_refused]
    raise_faults(
        SchemaError, say("an event plan without contradiction"), refused, say("correct these places of the plan")
    )


NOUNS = {
    "areas": say("viewing area"),
    "entrances": say("entrance"),
    "exits": say("exit"),
    "routes": say("route"),
    "places": say("place"),
    "barriers": say("barrier"),
    "hazards": say("hazard"),
    "phases": say("phase"),
    "teams": say("team"),
    "crowds": say("crowd"),
    "duties": say("duty"),
    "sightings": say("sighting"),
}
"""What a thing of each list is called in a message."""


def _repeated(event: Event) -> Iterator[Finding]:
    seen: Counter[tuple[str, str]] = Counter()
    nodes: Counter[str] = Counter()
    for name, key, one in event.things():
        seen[(name, key)] += 1
        if seen[(name, key)] == 2:
            yield finding(
                event, "repeated_id", one, (key,), say("{thing} {id} is there twice", thing=NOUNS[name], id=key),
                is_refused=True,
            )  # fmt: skip
        if name in ("areas", "places") and seen[(name, key)] == 1:
            nodes[key] += 1
            if nodes[key] == 2 or key == OUTSIDE:
                text = say("{id} cannot be the id of a place: an area is called so, or it means outside", id=key)
                yield finding(event, "repeated_id", one, (key,), text, is_refused=True)


def _references(event: Event) -> Iterator[tuple[str, Any, str, str, str, set[str]]]:
    """What a thing names, and what it may name: (list, thing, its id, field, value, allowed)."""
    areas = {one.area_id for one in event.areas}
    nodes = areas | {one.place_id for one in event.places}
    phases, teams = {one.phase_id for one in event.phases}, {one.team_id for one in event.teams}
    for x in event.exits:
        yield "exits", x, x.exit_id, "area_id", x.area_id, areas
        yield "exits", x, x.exit_id, "leads_to", x.leads_to, nodes | {OUTSIDE}
    for p in event.places:
        if p.area_id:
            yield "places", p, p.place_id, "area_id", p.area_id, areas
    for e in event.entrances:
        for value in e.area_ids or ("",):
            yield "entrances", e, e.entrance_id, "area_ids", value, areas
    for r in event.routes:
        yield "routes", r, r.route_id, "from_id", r.from_id, nodes
        yield "routes", r, r.route_id, "to_id", r.to_id, nodes
    for c in event.crowds:
        yield "crowds", c, c.area_id, "area_id", c.area_id, areas
        yield "crowds", c, c.area_id, "phase_id", c.phase_id, phases
    for d in event.duties:
        if d.team_id:
            yield "duties", d, d.grid_id, "team_id", d.team_id, teams
        for value in d.area_ids:
            yield "duties", d, d.grid_id, "area_ids", value, areas
    for t in event.teams:
        for value in t.area_ids:
            yield "teams", t, t.team_id, "area_ids", value, areas
    for s in event.front.sightings if event.front else ():
        known = {one.passage_id for one in event.front.passages} if event.front else set()
        yield "sightings", s, s.passage_id, "passage_id", s.passage_id, known


def _unknown(event: Event) -> Iterator[Finding]:
    for name, one, key, field, value, allowed in _references(event):
        if value not in allowed:
            text = say("{thing} {id}: {field} names {value!r}, which is not in the plan", thing=NOUNS[name], id=key,
                       field=field_words(type(one), field), value=value)  # fmt: skip
            yield finding(event, "unknown_reference", one, (key,), text, is_refused=True)


POSITIVE = {
    "areas": ("usable_m2",),
    "entrances": ("lanes", "per_lane_min", "clear_width_m"),
    "exits": ("clear_width_m", "tread_m", "rise_m"),
    "routes": ("length_m", "clear_width_m", "tread_m", "rise_m"),
}
SHARES = {"areas": ("physical_factor", "safety_factor")}
NOT_NEGATIVE = {"areas": ("seats",), "places": ("capacity", "people"), "teams": ("people",)}


def _numbers(event: Event) -> Iterator[Finding]:
    for name, key, one in event.things():
        for field in POSITIVE.get(name, ()):
            value = getattr(one, field)
            if value is not None and not 0 < value < float("inf"):
                yield _number(event, "not_positive", name, key, one, field, value, say("above 0"))
        for field in SHARES.get(name, ()):
            value = getattr(one, field)
            if value is not None and not 0 <= value <= 1:
                yield _number(event, "out_of_range", name, key, one, field, value, say("0 to 1"))
        for field in NOT_NEGATIVE.get(name, ()):
            value = getattr(one, field)
            if value is not None and value < 0:
                yield _number(event, "out_of_range", name, key, one, field, value, say("0 or more"))
        if name == "areas" and one.kind == "seated" and one.seats == 0:
            yield finding(
                event, "no_seats", one, (key,), say("area {id} is seated but has no seats", id=key), is_refused=True
            )
    for crowd in event.crowds:
        if crowd.people < 0:
            text = say("crowd in {id}: {people} people", id=crowd.area_id, people=crowd.people)
            yield finding(event, "out_of_range", crowd, (crowd.area_id,), text, is_refused=True)


def _number(event: Event, kind: str, name: str, key: str, one: Any, field: str, value: float, allowed: Say) -> Finding:
    text = say("{thing} {id}: {field} is {value:g}, not {allowed}", thing=NOUNS[name], id=key,
               field=field_words(type(one), field), value=value, allowed=allowed)  # fmt: skip
    return finding(event, kind, one, (key,), text, is_refused=True)


def _stairs(event: Event) -> Iterator[Finding]:
    for name, key, one in event.things():
        if name in ("exits", "routes") and one.kind == "stair" and not (one.tread_m and one.rise_m):
            text = say("{thing} {id} is a stair without tread and rise", thing=NOUNS[name], id=key)
            yield finding(event, "stair_without_steps", one, (key,), text, is_refused=True)


def _times(event: Event) -> Iterator[Finding]:
    spans = [("phases", p.phase_id, p) for p in event.phases] + [("duties", d.grid_id, d) for d in event.duties]
    for name, key, one in spans:
        if one.starts_at.tzinfo is None or one.ends_at.tzinfo is None:
            text = say("{thing} {id} has a time without its offset", thing=NOUNS[name], id=key)
            yield finding(event, "time_without_zone", one, (key,), text, is_refused=True)
        elif one.ends_at <= one.starts_at:
            text = say("{thing} {id} ends before it begins", thing=NOUNS[name], id=key)
            yield finding(event, "ends_before_it_begins", one, (key,), text, is_refused=True)
    for place in sorted({c.area_id for c in event.crowds}):
        pairs = Counter(c.phase_id for c in event.crowds if c.area_id == place)
        for phase, times in sorted(pairs.items()):
            if times > 1:
                text = say("area {id} has {times} crowds in phase {phase}", id=place, times=times, phase=phase)
                crowd = next(c for c in event.crowds if c.area_id == place)
                yield finding(event, "two_crowds", crowd, (place, phase), text, is_refused=True)


def _front(event: Event) -> Iterator[Finding]:
    front = event.front
    if front is None:
        return
    if not 0 < front.speed_low_m_s <= front.speed_m_s <= front.speed_high_m_s:
        text = say("the speeds of {name} are not in order: {speeds}", name=front.name,
                   speeds=f"{front.speed_low_m_s:g}, {front.speed_m_s:g}, {front.speed_high_m_s:g}")  # fmt: skip
        yield finding(event, "speeds_out_of_order", front, (), text, is_refused=True)
    if not 0 <= front.closed_after_low_s <= front.closed_after_high_s or front.margin_s < 0:
        text = say("the times after {name} are negative or not in order", name=front.name)
        yield finding(event, "times_out_of_order", front, (), text, is_refused=True)
    told: list[Passage | Sighting] = [*front.passages, *front.sightings]
    for one in told:
        if one.at.tzinfo is None or one.error_s < 0:
            text = say("passage {id} has a time without its offset, or a negative error", id=one.passage_id)
            yield finding(event, "time_without_zone", front, (one.passage_id,), text, is_refused=True)
    placed = front.line is not None
    for area in event.areas:
        if area.chainage_m is None and not (placed and place_of(area)[0] is not None):
            text = say("area {id} has no place along {name}", id=area.area_id, name=front.name)
            yield finding(event, "no_chainage", area, (area.area_id,), text)


def _without_way_out(event: Event) -> Iterator[Finding]:
    shut = areas_without_way_out(event)
    for area in event.areas:
        if not event.exits_of(area.area_id):
            text = say("area {id} has no exit", id=area.area_id)
            yield finding(event, "no_exit", area, (area.area_id,), text)
        elif area.area_id in shut:
            text = say("the exits of area {id} lead to no safe place", id=area.area_id)
            yield finding(event, "leads_nowhere", area, (area.area_id,), text)
    nowhere = {one.place_id for one in event.places if one.place_id in shut}
    for route in event.routes:
        if route.to_id in nowhere and (route.is_one_way or route.from_id in shut):
            text = say("route {id} leads nowhere: no safe place can be reached from {place}", id=route.route_id,
                       place=route.to_id)  # fmt: skip
            yield finding(event, "leads_nowhere", route, (route.route_id,), text)
    for x in event.exits:
        if x.leads_to in nowhere:
            text = say("exit {id} leads nowhere: no safe place can be reached from {place}", id=x.exit_id,
                       place=x.leads_to)  # fmt: skip
            yield finding(event, "leads_nowhere", x, (x.exit_id,), text)


def _refuges(event: Event) -> Iterator[Finding]:
    """Safe places that take fewer people together than are there at once; one without a number takes any."""
    safe = [one for one in event.places if one.is_safe]
    room = [one.capacity for one in safe if one.capacity is not None]
    if safe and len(room) == len(safe) and not any(x.leads_to == OUTSIDE for x in event.exits):
        people = event.peak_at_once()
        if people > sum(room):
            text = say("the safe places take {room:,} people, {people:,} are there at once", room=sum(room),
                       people=people)  # fmt: skip
            yield finding(event, "refuges_too_small", tuple(safe), (one.place_id for one in safe), text)


def _posts(event: Event) -> Iterator[Finding]:
    """Duty posts that nobody is left for: beyond all people of the teams, or beyond those of the one team of a post."""
    posts = [one for one in event.places if one.is_post]
    teams = {one.team_id: one.people for one in event.teams} | {one.name: one.people for one in event.teams}
    asked: list[tuple[str, int, list[Place]]] = [("", sum(one.people for one in event.teams), posts)]
    own_teams = sorted({one.team for one in posts} & set(teams))
    asked += [(team, teams[team], [x for x in posts if x.team == team]) for team in own_teams]
    for team, there, own in asked if event.teams else []:
        need = [one.people or 1 for one in own]
        empty = tuple(one for one, total in zip(own, accumulate(need), strict=True) if total > there)
        if not empty:
            continue
        named = name_few(one.place_id for one in empty)
        text = (
            say("team {team} has {people:,} people for duty posts of {need:,}: nobody is left for {posts}", team=team,
                people=there, need=sum(need), posts=named)
            if team
            else say("the teams have {people:,} people for duty posts of {need:,}: nobody is left for {posts}",
                     people=there, need=sum(need), posts=named)
        )  # fmt: skip
        yield finding(event, "more_posts_than_people", empty, (one.place_id for one in empty), text)


def _ground(event: Event, tolerance_m: float) -> Iterator[Finding]:
    for area in event.areas:
        if area.shape is None:
            continue
        ground_m2 = float(area_km2([area.shape])[0]) * 1e6
        if area.usable_m2 > ground_m2 * 1.005:
            text = say("area {id} has {usable:,.0f} m² usable but only {ground:,.0f} m² of ground", id=area.area_id,
                       usable=area.usable_m2, ground=ground_m2)  # fmt: skip
            yield finding(event, "more_than_its_ground", area, (area.area_id,), text)
    shapes = {one.area_id: one.shape for one in event.areas if one.shape is not None}
    for x in event.exits:
        if x.area_id in shapes and x.lon is not None and x.lat is not None:
            away_m = shapely.distance(shapes[x.area_id], shapely.Point(x.lon, x.lat)) * METRES_A_DEGREE
            if away_m > tolerance_m:
                text = say("exit {id} is drawn {metres:,.0f} m away from its area {area}", id=x.exit_id,
                           metres=away_m, area=x.area_id)  # fmt: skip
                yield finding(event, "exit_off_its_area", x, (x.exit_id,), text)


def _not_judged(event: Event) -> Iterator[Finding]:
    if not event.crowds:
        yield finding(event, "no_crowd", None, (), say("no crowd is stated for any phase"))
    if "green_guide" not in (event.governing_rules, event.companion_rules):
        return
    for area in event.areas:
        if area.physical_factor is None or area.safety_factor is None:
            text = say("area {id}: the factors P and S are not judged; 1 is used", id=area.area_id)
            yield finding(event, "factors_not_judged", area, (area.area_id,), text)
