"""Event plans kept in a workspace: list, open any version, history, save, copy from last year."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pandas as pd
from sqlalchemy import select

from data.events.reading import event_from_document
from data.events.writing import event_document
from data.store.desk import Desk
from data.store.engine import compile_sql
from data.store.reading import fetch, is_current, to_frame
from data.store.tables import EVENT_PLANS
from geo.crowd.event import Event
from geo.errors import StoreError, name_few, say

SHOWN = {"event_id": "text", "version": "int", "name": "text", "area_ids": "text", "actor": "text", "at": "time",
         "note": "text", "copied_from": "text"}  # fmt: skip


def event_plans(desk: Desk) -> pd.DataFrame:
    """
    Return the event plans a person may see, newest save first: one row each, of its newest version.

    Columns: event_id, version, name, area_ids, actor (who saved it), at, note, copied_from. A person with an area limit
    sees an event that lies in their area or has a grid of it on duty.
    """
    return _rows(desk, is_current(EVENT_PLANS, desk.store.edition))


def event_history(desk: Desk, event_id: str) -> pd.DataFrame:
    """Return every version of a plan, newest first, those before it was dropped too; columns as `event_plans`."""
    found = _rows(desk, EVENT_PLANS.c.event_id == event_id, EVENT_PLANS.c.since_edition <= desk.store.edition)
    if found.empty:
        raise _missing(desk, event_id)
    return found.sort_values("version", ascending=False, ignore_index=True)


def open_event(desk: Desk, event_id: str, version: int | None = None) -> Event:
    """
    Return an event plan, its newest version where none is named.

    Raises
    ------
    StoreError
        If there is no such plan or version, or the person may not see it.
    """
    history = event_history(desk, event_id)
    if version is None and event_id not in set(event_plans(desk)["event_id"]):
        raise _missing(desk, event_id)
    wanted = int(history["version"].max()) if version is None else version
    if wanted not in set(history["version"]):
        raise StoreError(
            say("a version of {event} out of {versions}", event=event_id, versions=name_few(history["version"])),
            say("{version}", version=wanted),
            say("choose one of these"),
        )
    statement = select(EVENT_PLANS.c.document).where(
        EVENT_PLANS.c.event_id == event_id, EVENT_PLANS.c.version == wanted
    )
    with desk.store.reading() as connection:
        row = connection.execute(*compile_sql(statement)).fetchone()
    return event_from_document(orjson.loads(row[0]))


def save_event(
    workspace: str, event: Event, *, actor: str, note: str = "", based_on: int | None = None,
    copied_from: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """
    Save a plan as the next version of its id; returns edition, event_id, version.

    `based_on` is the version that was opened: ChangedError if somebody has saved since. An older version is brought
    back by opening and saving it.
    """
    from data.writer import write

    payload = {"document": event_document(event), "note": note, "based_on": based_on, "copied_from": copied_from}
    return write(workspace, "save_event", payload, actor=actor)


def drop_event(workspace: str, event_id: str, *, actor: str) -> dict[str, Any]:
    """Take a plan off the list; its history stays."""
    from data.writer import write

    return write(workspace, "drop_event", {"event_id": event_id}, actor=actor)


def copied(event: Event, event_id: str, *, days: int, name: str | None = None) -> Event:
    """
    Return last year's plan under a new id with every time moved by whole days; what was seen on the way is left behind.

    The tide table of the new day must be put in: the times moved are last year's tides.

    Examples
    --------
    >>> from datetime import datetime
    >>> from geo.crowd.event import Phase
    >>> at = datetime.fromisoformat
    >>> day = Phase(phase_id="p", name="p", kind="peak", starts_at=at("2026-09-27T12:00+08:00"),
    ...             ends_at=at("2026-09-27T13:00+08:00"))
    >>> copied(Event(event_id="2026", name="Fair", phases=(day,)), "2027", days=354).phases[0].starts_at.isoformat()
    '2027-09-16T12:00:00+08:00'
    """
    by = timedelta(days=days)
    front = event.front
    if front is not None:
        passages = tuple(replace(one, at=one.at + by) for one in front.passages)
        front = replace(front, passages=passages, sightings=())
    return replace(
        event,
        event_id=event_id,
        name=name or event.name,
        phases=tuple(replace(p, starts_at=p.starts_at + by, ends_at=p.ends_at + by) for p in event.phases),
        duties=tuple(replace(d, starts_at=d.starts_at + by, ends_at=d.ends_at + by) for d in event.duties),
        front=front,
    )


def _rows(desk: Desk, *conditions: Any) -> pd.DataFrame:
    columns = [EVENT_PLANS.c[name] for name in SHOWN]
    statement = select(*columns).where(*conditions).order_by(EVENT_PLANS.c.at.desc(), EVENT_PLANS.c.event_id)
    with desk.store.reading() as connection:
        found = to_frame(fetch(connection, statement, SHOWN), SHOWN)
    if desk.account.area_id is None:
        return found
    tree = desk.hierarchy()
    seen = [any(area in tree for area in orjson.loads(text)) for text in found["area_ids"]]
    return found[seen].reset_index(drop=True)


def _missing(desk: Desk, event_id: str) -> StoreError:
    there = event_plans(desk)["event_id"].tolist()
    return StoreError(
        say("an event plan of the workspace"),
        say("{name!r}; there are {names}", name=event_id, names=name_few(there) or "none"),
        say("choose one of these"),
    )
