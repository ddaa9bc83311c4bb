"""Reading what a roster is for: a demand file, or an event plan with the staffing of its kinds of place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import geo.crowd.roster.ratios
from data.events.reading import event_from_document
from geo.catalogue import discover
from geo.contracts import raise_faults
from geo.crowd.event import Event
from geo.crowd.roster.demand import Demand, Need, Post, Walk, walk_between
from geo.crowd.roster.from_event import demand_of_event
from geo.crowd.roster.horizon import Horizon
from geo.crowd.roster.people import Pair
from geo.crowd.roster.ratios._spec import RatioSpec
from geo.crowd.roster.staffing import ratio_needs
from geo.errors import FormatError, Say, SchemaError, say

FORMAT, EVENT_FORMAT = "wangge-roster-demand", "wangge-event"
MOST_BYTES = 50 * 2**20
RATIOS: dict[str, RatioSpec] = discover(geo.crowd.roster.ratios)
NEED_KEYS = ("post_id", "role", "start_at", "end_at", "people")


@dataclass(frozen=True, kw_only=True)
class RosterTask:
    """
    What a file asks for: the demand, pairs, limits it states, and the name of its event.

    `made_with` is the ratio and the days an event plan was staffed by; None for a demand file.
    """

    event_id: str
    name: str
    demand: Demand
    time_zone: str
    pairs: tuple[Pair, ...] = ()
    limits: Mapping[str, float] | None = None
    made_with: Mapping[str, Any] | None = None


def read_task(path: Path, *, ratio: str, days: int = 1) -> RosterTask:
    """
    Read a demand file or an EVENT.json; `ratio` names the staffing ratio an event is staffed by, for so many days.

    Raises
    ------
    FormatError
        If the file is too large or no JSON.
    SchemaError
        With every fault of the file at once.
    """
    import orjson

    if path.stat().st_size > MOST_BYTES:
        raise FormatError(
            say("a demand file of at most {most} MB", most=MOST_BYTES // 2**20),
            say("{name} is larger", name=path.name),
            say("leave out what no post needs"),
        )
    try:
        document = orjson.loads(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise FormatError(
            say("JSON in {file}", file=path.name),
            say("{error}", error=str(error)),
            say("write it as in docs/roster.md"),
        ) from None
    found = document.get("format") if isinstance(document, dict) else None
    if found == EVENT_FORMAT:
        return task_of_event(event_from_document(document), ratio=ratio, days=days)
    if found != FORMAT:
        raise FormatError(
            say("a file with format {one} or {other}", one=FORMAT, other=EVENT_FORMAT),
            say("{found!r}", found=found),
            say("write it as in docs/roster.md"),
        )
    if days != 1:
        raise SchemaError(
            say("an event plan to repeat on several days"),
            say("a demand file, which states its own hours"),
            say("leave the days out"),
        )
    return task_of_document(document)


def task_of_event(event: Event, *, ratio: str, days: int = 1) -> RosterTask:
    """
    Return what an event plan needs: fixed people at its places, its duty posts, volunteers by the ratio of that name.

    `days` runs its time line on so many days one after the other.

    Raises
    ------
    SchemaError
        If the event has no phases, its time line cannot be repeated, or there is no such ratio.
    """
    demand = demand_of_event(event, ratio=_ratio(ratio), ratio_name=ratio, utc_offset_min=_offset(event), days=days)
    return RosterTask(event_id=event.event_id, name=event.name, demand=demand, time_zone=event.time_zone,
                      made_with={"ratio": ratio, "days": days})  # fmt: skip


def _ratio(name: str) -> RatioSpec:
    if name not in RATIOS:
        raise SchemaError(
            say("one of the ratios {names}", names=", ".join(RATIOS)),
            say("{name!r}", name=name),
            say("correct the name"),
        )
    return RATIOS[name]


def _offset(event: Any) -> int:
    starts = [phase.starts_at for phase in event.phases]
    return _minutes(min(starts), event.time_zone) if starts else 0


def _minutes(moment: datetime, zone: str) -> int:
    try:
        local = moment.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        raise SchemaError(
            say("an IANA time zone"), say("{zone!r}", zone=zone), say("name one like Asia/Shanghai")
        ) from None
    return int((local.utcoffset() or timedelta()).total_seconds() // 60)


def task_of_document(document: Mapping[str, Any]) -> RosterTask:
    """Return the task a demand document states; every fault at once."""
    faults: list[Say] = []
    zone = str(document.get("time_zone") or "Asia/Shanghai")
    start = _moment(document.get("start"), "start", faults)
    slots, slot_min = (_whole(document.get(key, default), key, faults) for key, default in _HOURS.items())
    posts = [_post(one, at, faults) for at, one in enumerate(_list(document, "posts", faults))]
    _raise(faults)
    assert start is not None
    horizon = Horizon(start, slots, slot_min, _minutes(start, zone))
    needs = [_need(one, at, horizon, faults) for at, one in enumerate(_list(document, "needs", faults))]
    pairs = [_pair(one, at, faults) for at, one in enumerate(_list(document, "pairs", faults))]
    walk = _walk(document, posts, faults)
    _raise(faults)
    fixed = tuple(one for one in needs if one is not None)
    extra, places = _by_ratio(document, fixed, posts, horizon, faults)
    _raise(faults)
    return RosterTask(
        event_id=str(document.get("event_id") or ""), name=str(document.get("name") or document.get("event_id") or ""),
        demand=Demand(horizon, (*posts, *places), (*fixed, *extra), walk), time_zone=zone,
        pairs=tuple(one for one in pairs if one is not None), limits=document.get("limits"),
    )  # fmt: skip


_HOURS = {"slots": 0, "slot_min": 60}


def _raise(faults: list[Say]) -> None:
    raise_faults(SchemaError, say("a demand file as in docs/roster.md"), faults[:20], say("correct these places"))


def _list(document: Mapping[str, Any], key: str, faults: list[Say]) -> list[Any]:
    found = document.get(key, [])
    if isinstance(found, list) and all(isinstance(one, dict) for one in found):
        return found
    faults.append(say("{key} is no list of objects", key=key))
    return []


def _moment(text: Any, key: str, faults: list[Say]) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        found = None
    if found is None or found.tzinfo is None:
        faults.append(say("{key}: {text!r} is no moment with its zone", key=key, text=text))
        return None
    return found


def _whole(value: Any, key: str, faults: list[Say]) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    faults.append(say("{key}: {text!r} is no whole number of 0 or more", key=key, text=value))
    return 0


def _place(one: Mapping[str, Any]) -> tuple[float, float] | None:
    try:
        return float(one["x_m"]), float(one["y_m"])
    except (KeyError, TypeError, ValueError):
        return None


def _post(one: Mapping[str, Any], at: int, faults: list[Say]) -> Post:
    if not one.get("post_id"):
        faults.append(say("posts[{at}]: no {key}", at=at, key="post_id"))
    return Post(
        post_id=str(one.get("post_id") or at), name=str(one.get("name") or ""), area_id=str(one.get("area_id") or ""),
        place=_place(one), is_round_the_clock=bool(one.get("is_round_the_clock", False)),
        standing_team=str(one.get("standing_team") or ""),
    )  # fmt: skip


def _need(one: Mapping[str, Any], at: int, horizon: Horizon, faults: list[Say]) -> Need | None:
    missing = [key for key in NEED_KEYS if one.get(key) in (None, "")]
    faults += [say("needs[{at}]: no {key}", at=at, key=key) for key in missing]
    if missing:
        return None
    key = f"needs[{at}]"
    start, end = (_moment(one[name], f"{key}.{name}", faults) for name in ("start_at", "end_at"))
    people = _whole(one["people"], f"{key}.people", faults)
    if start is None or end is None:
        return None
    low, high = horizon.slot(start), horizon.slot(end)
    if horizon.at(low) != start or horizon.at(high) != end:
        faults.append(say("{key}: times are not on full slots of {minutes} min", key=key, minutes=horizon.slot_min))
        return None
    return Need(
        post_id=str(one["post_id"]), role=str(one["role"]), start=low, end=high, people=people,
        skills=frozenset(map(str, one.get("skills") or ())), groups=tuple(map(str, one.get("groups") or ())),
        basis=str(one.get("basis") or "fixed"),
    )  # fmt: skip


def _pair(one: Mapping[str, Any], at: int, faults: list[Say]) -> Pair | None:
    if not one.get("one") or not one.get("other") or not isinstance(one.get("is_together"), bool):
        faults.append(say("pairs[{at}]: no {key}", at=at, key="one, other, is_together"))
        return None
    return Pair(one=str(one["one"]), other=str(one["other"]), is_together=one["is_together"],
                why=str(one.get("why") or ""))  # fmt: skip


def _walk(document: Mapping[str, Any], posts: list[Post], faults: list[Say]) -> Walk:
    """Walked in a straight line with a detour, unless minutes are given: [[post, post, minutes], ...]."""
    given = document.get("walk_min")
    if given is None:
        return walk_between(posts)
    try:
        return Walk({(str(a), str(b)): float(minutes) for a, b, minutes in given})
    except (TypeError, ValueError):
        faults.append(say("walk_min is no list of [post, post, minutes]"))
        return Walk()


def _by_ratio(
    document: Mapping[str, Any], fixed: tuple[Need, ...], posts: list[Post], horizon: Horizon, faults: list[Say]
) -> tuple[tuple[Need, ...], list[Post]]:
    """What a ratio asks for on top of the fixed needs: one roving post for each area of the crowd."""
    crowd = document.get("crowd")
    if crowd is None:
        return (), []
    if not isinstance(crowd, dict) or not isinstance(crowd.get("present"), dict) or not crowd.get("role"):
        faults.append(say("crowd has no ratio, role and present (people by area and slot)"))
        return (), []
    name = str(crowd.get("ratio") or "green_guide")
    present = {str(area): row for area, row in crowd["present"].items()}
    needs = ratio_needs(
        fixed, present, horizon=horizon, ratio=_ratio(name), role=str(crowd["role"]), ratio_name=name,
        area_of_post={post.post_id: post.area_id for post in posts}, groups=tuple(crowd.get("groups") or ()),
    )  # fmt: skip
    known = {post.post_id for post in posts}
    return needs, [Post(post_id=area, area_id=area) for area in sorted(present) if area not in known]
