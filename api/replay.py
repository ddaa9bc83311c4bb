"""/api/replay: the wall at any past time, in the shape of the live feed, and the times after it for playing on."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
from starlette.requests import Request
from starlette.responses import Response

from api.ask import MAX_TEXT, open_desk, read_borders, read_text, read_time, read_whole, read_within
from api.feeds.replay import (
    UNKNOWN_KIND,
    changes_between,
    fixes_between,
    incidents_at,
    number_of,
    read_fixes,
    read_incidents,
    read_people,
    text_of,
    units_at,
)
from api.kept import reply_kept
from api.replies import answers
from data.kinds.incidents import SPEC as INCIDENTS
from data.store.boundaries import TODAY, era_key, timeline
from geo.errors import Say, SchemaError, say

LONGEST = timedelta(hours=6)
MOST_TRAIL = 2_000
MOST_NAMES = 100
LAST_FIXES = timedelta(days=1)
STILL_FILLING = timedelta(hours=2)


def read_limits(desk: Any) -> dict[str, Any]:
    """Return what the settings of a workspace say about the wall."""
    names = ("live_stale_s", "fix_gap_s", "live_unit_hours", "live_closed_s", "live_new_s", "live_silent_s")
    return {name: desk.setting(name) for name in names}


def stale_by_kind(desk: Any) -> dict[str, float]:
    """Return for each kind of unit how old a fix may be before it is stale; `default` is that of every other kind."""
    found = {"default": float(desk.setting("live_stale_s"))}
    for part in str(desk.setting("live_stale_kinds")).split():
        kind, _, seconds = part.partition("=")
        if kind and re.fullmatch(r"\d+(\.\d+)?", seconds):
            found[kind] = float(seconds)
    return found


def last_fix(desk: Any, now: datetime) -> datetime | None:
    """Return when the last fix inside the reader's scope was taken, None where none is near the newest of all."""
    ends = [file[4] / 1e6 for file in desk.store.fix_archive().files]
    for newest in (now, *(datetime.fromtimestamp(max(ends), UTC) for _ in ends[:1])):
        end = min(now, newest)
        at = desk.fixes(end - LAST_FIXES, end + timedelta(milliseconds=1), columns=["at"])["at"]
        if len(at):
            return datetime.fromtimestamp(at.max().timestamp(), UTC)
    return None


def build_frame(desk: Any, now: datetime) -> dict[str, Any]:
    """Return what a wall may be asked: the first and last time on record, areas, categories, stages, unit kinds."""
    rows = read_incidents(desk)
    begun = rows["begun"][rows["begun"] <= now]
    times = [] if begun.empty else [begun.iloc[0].to_pydatetime(), begun.iloc[-1].to_pydatetime()]
    fixed = last_fix(desk, now)
    times += [fixed] if fixed else []
    levels = desk.levels()
    coarse = [one.key for one in levels if one.count > 1][:1] or [one.key for one in levels[:1]]
    areas = desk.areas(level=coarse[0], geometry=False) if coarse else pd.DataFrame({"name": []})
    finer = next((one.key for one in levels if coarse and one.rank > _rank(levels, coarse[0])), None)
    stages = next(field.allowed for field in INCIDENTS.fields if field.name == "status")
    return {
        "edition": desk.store.edition,
        "first": min(times, default=None),
        "last": max(times, default=None),
        "last_fix": fixed,
        "eras": _eras(desk),
        "level": coarse[0] if coarse else None,
        "finer": finer,
        "areas": [[str(key), str(name) if isinstance(name, str) else str(key)] for key, name in areas["name"].items()],
        "categories": sorted(str(one) for one in rows["category"].dropna().unique() if one),
        "stages": [one for one in stages if one],
        "kinds": sorted({kind for kind, _ in read_people(desk).values()} | {UNKNOWN_KIND}),
        "stale_s": stale_by_kind(desk),
    }


def _eras(desk: Any) -> list[tuple[datetime | None, str]]:
    """Return since when which borders held, the oldest first; "" for those of today."""
    line = timeline(desk.store)
    keys = [era_key(desk.store, era) for era in range(len(line))]
    since = [None, *(one.to_pydatetime() for one in line.starts)]
    return [(at, "" if key == TODAY else key) for at, key in zip(since, keys, strict=True)]


def _rank(levels: list[Any], key: str) -> int:
    return next(int(one.rank) for one in levels if one.key == key)


def build_snapshot(desk: Any, at: datetime) -> dict[str, Any]:
    """Return the wall at a time, as the live feed's snapshot; `left_off` says how many incidents were too many."""
    limits = read_limits(desk)
    incidents, left_off = incidents_at(desk, at, keep=timedelta(seconds=limits["live_closed_s"]))
    return {
        "type": "snapshot",
        "seq": 0,
        "at": at,
        "edition": desk.store.edition,
        "stale_s": stale_by_kind(desk),
        "units": units_at(desk, at, back=timedelta(hours=limits["live_unit_hours"])),
        "incidents": incidents,
        "left_off": left_off,
    }


def build_chunk(desk: Any, start: datetime, end: datetime, step_s: int) -> dict[str, Any]:
    """Return what happened after `start` and up to `end`: fixes in columns, incidents at each change."""
    keep = timedelta(seconds=desk.setting("live_closed_s"))
    return {
        "type": "chunk",
        "from": start,
        "to": end,
        "edition": desk.store.edition,
        "fixes": fixes_between(desk, start, end, step_s=step_s),
        "incidents": changes_between(desk, start, end, keep=keep),
    }


def build_trail(desk: Any, unit: str, end: datetime, hours: int) -> dict[str, Any]:
    """Return the fixes of one unit in the hours before `end`, the newest MOST_TRAIL of them."""
    fixes = read_fixes(desk, end - timedelta(hours=hours), end, units=[unit])
    total, fixes = len(fixes), fixes.tail(MOST_TRAIL)
    at = [int(one.timestamp() * 1000) for one in fixes["at"]]
    places = zip(at, fixes["lon"], fixes["lat"], strict=True)
    return {
        "gap_s": int(desk.setting("fix_gap_s")),
        "total": total,
        "points": [[when, number_of(lon), number_of(lat)] for when, lon, lat in places],
    }


def _as_of(end: datetime) -> str:
    """Return what, beside the edition, an answer up to a time depends on: the newest hours still fill up."""
    now = datetime.now(UTC)
    return "" if end < now - STILL_FILLING else f"{now.timestamp() // 5:.0f}"


def _refuse(expected: Say, found: str) -> SchemaError:
    return SchemaError(expected, say("{text}", text=found), say("choose another time on the slider"))


def _read_moment(request: Request, name: str) -> datetime:
    moment = read_time(request, name)
    if moment is None:
        raise _refuse(say("a time in at, as 2026-11-22T00:00:00Z"), request.query_params.get(name, "")[:40])
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@answers
def frame(request: Request) -> Response:
    """Answer with what the wall may be asked."""
    desk = open_desk(request)
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    return reply_kept(request, desk, ("replay frame", now.isoformat()), lambda: build_frame(desk, now))


@answers
def replay(request: Request) -> Response:
    """Answer with the wall at `at`; with `to`, with what happened after `at` and up to `to`."""
    desk = open_desk(request)
    at, end = _read_moment(request, "at"), read_time(request, "to")
    if end is None:
        return reply_kept(request, desk, ("replay", at.isoformat(), _as_of(at)), lambda: build_snapshot(desk, at))
    if not at < end <= at + LONGEST:
        raise _refuse(say("a time in to after at, at most 6 hours"), end.isoformat())
    step = read_whole(request, "step", low=1, high=1800, default=1)
    key = ("replay chunk", at.isoformat(), end.isoformat(), step, _as_of(end))
    return reply_kept(request, desk, key, lambda: build_chunk(desk, at, end, step))


@answers
def trail(request: Request) -> Response:
    """Answer with the recent fixes of one unit, as far as they lie inside the caller's scope."""
    desk = open_desk(request)
    unit, end = read_text(request, "unit"), _read_moment(request, "at")
    hours = read_whole(request, "hours", low=1, high=24, default=1)
    key = ("trail", unit, end.isoformat(), hours, _as_of(end))
    return reply_kept(request, desk, key, lambda: build_trail(desk, unit, end, hours))


@answers
def area_ids(request: Request) -> Response:
    """Answer with the ids of an area and of every area inside it, so that the wall can be narrowed to it."""
    desk = open_desk(request)
    borders = read_borders(request, desk)
    within = read_within(request, desk, borders)
    key = ("area ids", within, borders)

    def make() -> dict[str, Any]:
        return {"ids": [] if within is None else desk.hierarchy(borders).subtree(within)}

    return reply_kept(request, desk, key, make)


@answers
def area_names(request: Request) -> Response:
    """Answer with the names of up to 100 areas, `id` given once for each; those of others are left out."""
    desk = open_desk(request)
    asked = sorted({one for one in request.query_params.getlist("id")[:MOST_NAMES] if len(one) <= MAX_TEXT})
    names = desk.areas(geometry=False)["name"]
    found = {one: text_of(names[one]) or one for one in asked if one in names.index}
    return reply_kept(request, desk, ("area names", tuple(asked)), lambda: {"names": found})
