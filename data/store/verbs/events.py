"""Event plans in the store: saved as versions, ended when dropped; nothing of them is ever overwritten."""

from __future__ import annotations

import re
from typing import Any

import orjson
from sqlalchemy import func, select

from data.events.reading import event_from_document
from data.store.publishing import Publishing, now_microseconds, to_text
from data.store.tables import EVENT_PLANS, FOREVER
from data.store.verbs.call import Call, coming_areas
from geo.crowd.event import Event
from geo.errors import ChangedError, SchemaError, ScopeError, StoreError, name_few, say

EVENT_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,63}", re.ASCII)


def save_event(call: Call) -> dict[str, Any]:
    """
    Save an event plan as the next version of its id. Payload: `document` (the content of an EVENT.json), `note`,
    `based_on` (the version it was worked out from; None vouches for it), `copied_from` (the id it was copied from).

    A plan with open or refused findings can be saved: a drawing grows. Returns edition, event_id, version.
    """
    call.take("document", optional=("note", "based_on", "copied_from"))
    event = event_from_document(call.payload["document"])
    if not EVENT_ID.fullmatch(event.event_id):
        raise SchemaError(
            say("an event_id of at most 64 letters, digits, dots and dashes"),
            say("{name!r}", name=event.event_id),
            say("choose another id"),
        )
    area_ids = areas_of(event)
    publishing = call.publishing()
    try:
        _require_own(call, publishing, area_ids)
        version = _next_version(publishing, event.event_id, call.payload.get("based_on"))
        publishing.end_keys(EVENT_PLANS, "event_id", [event.event_id])
        row = {
            "event_id": event.event_id,
            "version": version,
            "name": event.name,
            "area_ids": to_text(area_ids),
            "document": orjson.dumps(call.payload["document"]).decode(),
            "actor": publishing.actor,
            "at": now_microseconds(),
            "note": str(call.payload.get("note") or ""),
            "copied_from": call.payload.get("copied_from"),
        }
        publishing.add(EVENT_PLANS, list(row), [tuple(row.values())])
        publishing.finish({key: row[key] for key in ("event_id", "version", "note", "copied_from")}, rows=(0, 1))
    except BaseException:
        publishing.abandon()
        raise
    return {"edition": publishing.edition, "event_id": event.event_id, "version": version}


def drop_event(call: Call) -> dict[str, Any]:
    """Take an event plan off the list. Payload: `event_id`. Its versions stay in the history; saving brings it back."""
    call.take("event_id")
    event_id = str(call.payload["event_id"])
    publishing = call.publishing()
    try:
        with publishing.engine.connect() as connection:
            statement = select(EVENT_PLANS.c.area_ids).where(
                EVENT_PLANS.c.event_id == event_id, EVENT_PLANS.c.until_edition == FOREVER
            )
            found = connection.execute(statement).scalar_one_or_none()
        if found is None:
            raise StoreError(
                say("an event plan of the workspace"), say("{name!r}", name=event_id), say("correct the id")
            )
        _require_own(call, publishing, orjson.loads(found))
        publishing.end_keys(EVENT_PLANS, "event_id", [event_id])
        publishing.finish({"event_id": event_id}, rows=(1, 0))
    except BaseException:
        publishing.abandon()
        raise
    return {"edition": publishing.edition, "event_id": event_id}


def areas_of(event: Event) -> list[str]:
    """Return the areas of the store a plan concerns: where it lies first, then its grids on event duty."""
    return list(dict.fromkeys(one for one in (event.area_id, *(d.grid_id for d in event.duties)) if one))


def _require_own(call: Call, publishing: Publishing, area_ids: list[str]) -> None:
    """A person with an area limit saves events of their own area only."""
    limit = call.account.area_id if call.account else None
    if limit is None:
        return
    tree = coming_areas(publishing)
    mine = set(tree.subtree(limit)) if limit in tree else set()
    outside = [one for one in area_ids if one not in mine]
    if outside or not area_ids:
        raise ScopeError(
            say("an event inside {area}", area=limit),
            say("{areas}", areas=name_few(outside) if outside else "no area_id"),
            say("choose an area of your own, or ask for a wider one"),
        )


def _next_version(publishing: Publishing, event_id: str, based_on: Any) -> int:
    newest = select(func.max(EVENT_PLANS.c.version)).where(EVENT_PLANS.c.event_id == event_id)
    with publishing.engine.connect() as connection:
        last = int(connection.execute(newest).scalar_one_or_none() or 0)
    if based_on is not None and int(based_on) != last:
        raise ChangedError(
            say("version {version} as the newest, from which this was worked out", version=int(based_on)),
            say("version {found}", found=last),
            say("open it again and repeat the change; nothing was changed"),
        )
    return last + 1
