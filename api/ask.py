"""Read what a request asks for, strictly: each parameter is checked before any row is read."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request

from api.replies import missing
from data.store import boundaries, open_store, workspaces
from geo.errors import SchemaError, say

MAX_TEXT = 80
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def default_account(store: Any) -> str:
    """Return who a caller without a name is: the first account that answers for the whole place, else the first."""
    accounts = store.accounts()
    whole = [one for one in accounts if one.area_id is None]
    return str((whole or accounts)[0].account_id)


def find_workspace(request: Request) -> str:
    """Return the workspace a request names (`main`, or the only one, where it names none)."""
    known = workspaces()
    asked = request.query_params.get("ws", "")
    if not asked and known:
        return "main" if "main" in known else known[0]
    if asked not in known:
        raise missing(asked or "main")
    return asked


def find_account(request: Request, workspace: str, store: Any) -> str:
    """Return the account the gate found for this workspace, if it still exists; else the default one."""
    named = request.scope.get("wangge_accounts", {}).get(workspace)
    return named if named in {one.account_id for one in store.accounts()} else default_account(store)


def open_desk(request: Request) -> Any:
    """Return the desk of the person who asks, in the workspace they ask for."""
    workspace = find_workspace(request)
    store = open_store(workspace)
    return store.desk(find_account(request, workspace, store))


def _refuse(name: str, expected: str, found: str) -> SchemaError:
    return SchemaError(
        say("{expected} in {name}", expected=say(expected), name=name),
        say("{text!r}", text=found[:40]),
        say("correct the address, or go back to the page and choose again"),
    )


def read_text(request: Request, name: str, *, default: str = "") -> str:
    """Return a short text without control characters."""
    text = request.query_params.get(name, default)
    if len(text) > MAX_TEXT or re.search(r"[\x00-\x1f\x7f]", text):
        raise _refuse(name, "a text of at most 80 characters", text)
    return text


def read_names(request: Request, name: str) -> str:
    """Return a list of names of ours, joined by commas."""
    text = request.query_params.get(name, "")
    if not re.fullmatch(r"[a-z0-9_,]{0,600}", text):
        raise _refuse(name, "names joined by commas", text)
    return text


def read_whole(request: Request, name: str, *, low: int, high: int, default: int) -> int:
    """Return a whole number between `low` and `high`."""
    text = request.query_params.get(name, "")
    if not text:
        return default
    if not re.fullmatch(r"-?\d{1,6}", text) or not low <= int(text) <= high:
        raise _refuse(name, "a whole number within its range", text)
    return int(text)


def read_zoom(request: Request) -> float:
    """Return a zoom between 0 and 24."""
    text = request.query_params.get("zoom", "12")
    if not re.fullmatch(r"\d{1,2}(\.\d{1,6})?", text) or float(text) > 24:
        raise _refuse("zoom", "a zoom from 0 to 24", text)
    return float(text)


def read_bbox(request: Request) -> tuple[float, float, float, float] | None:
    """Return (west, south, east, north) in degrees, or None where none is given."""
    text = request.query_params.get("bbox", "")
    if not text:
        return None
    parts = text.split(",")
    if len(parts) == 4 and all(re.fullmatch(r"-?\d{1,3}(\.\d{1,12})?", one) for one in parts):
        west, south, east, north = (float(one) for one in parts)
        if -180 <= west <= east <= 180 and -90 <= south <= north <= 90 and math.isfinite(west):
            return west, south, east, north
    raise _refuse("bbox", "west,south,east,north in degrees", text)


def read_time(request: Request, name: str) -> datetime | None:
    """Return an aware UTC time, or None where none is given; a time without a zone is refused."""
    text = request.query_params.get(name, "").replace(" ", "+")
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text) if len(text) <= 40 else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not EARLIEST < moment < LATEST:
        raise _refuse(name, "a time with its zone, as 2026-11-22T00:00:00+08:00", text)
    return moment.astimezone(UTC)


def read_period(request: Request, desk: Any) -> tuple[datetime, datetime]:
    """Return start and end; the last days of the settings where none is given, end excluded."""
    start, end = read_time(request, "start"), read_time(request, "end")
    if end is None:
        end = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    if start is None:
        start = end - timedelta(days=int(desk.setting("default_period_days")))
    if start >= end:
        raise _refuse("start", "a start before the end", start.isoformat())
    return start, end


def read_level(request: Request, desk: Any, *, default: str = "") -> str:
    """Return the key of a level of this workspace."""
    text = read_text(request, "level", default=default)
    known = [one.key for one in desk.levels()]
    if not text and known:
        return known[min(1, len(known) - 1)]
    if text not in known:
        raise missing(text)
    return text


def read_borders(request: Request, desk: Any) -> str:
    """Return the key of the set of boundaries to draw (`data.store.boundaries`): today's where none is given."""
    text = read_text(request, "borders")
    kind, _, name = text.partition(":")
    eras = len(boundaries.timeline(desk.store))
    known = {"era": [str(era) for era in range(eras)], "set": desk.boundary_sets()}
    if text in ("", boundaries.TODAY):
        return boundaries.TODAY
    if name not in known.get(kind, ()):
        raise missing(text)
    return text


def read_boundaries(request: Request, desk: Any) -> str:
    """Return by which boundaries numbers are told: as_was, today or the name of a set."""
    text = read_text(request, "boundaries") or boundaries.AS_WAS
    return boundaries.require_boundaries(desk.store, text)


def read_within(request: Request, desk: Any, key: str = boundaries.TODAY) -> str | None:
    """Return the id of an area the caller may see, or None for their whole scope."""
    text = read_text(request, "within") or read_text(request, "area")
    if not text:
        return None
    if text not in desk.hierarchy(key):
        raise missing(text)
    return text
