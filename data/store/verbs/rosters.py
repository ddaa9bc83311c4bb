"""Rosters in the store: a version for every save, none ever changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select

from data.store.engine import store_path
from data.store.opening import Store
from data.store.publishing import now_microseconds, to_text
from data.store.tables import AUDIT, ROSTER_VERSIONS, WORKSPACE
from data.store.verbs.call import Call
from geo.errors import ChangedError, SchemaError, ScopeError, say

ID = re.compile(r"[A-Za-z0-9][\w.-]{0,63}", re.ASCII)


def save_roster(call: Call) -> dict[str, Any]:
    """
    Save a roster as the next version of its id.

    Payload: `roster_id`, `event_id`, `name`, `area_ids` (areas of the store the event concerns), `document` (ids
    alone), `people` (id, name, phone), `note`, `based_on` (the version it was worked out from; None vouches for it).
    Returns roster_id, version.
    """
    call.take("roster_id", "document", "people", optional=("event_id", "name", "area_ids", "note", "based_on"))
    roster_id = require_id(call.payload["roster_id"])
    area_ids = list(call.payload.get("area_ids") or ())
    require_own(call, area_ids)
    with call.engine.begin() as connection:
        newest = select(func.max(ROSTER_VERSIONS.c.version)).where(ROSTER_VERSIONS.c.roster_id == roster_id)
        last = int(connection.execute(newest).scalar_one_or_none() or 0)
        based_on = call.payload.get("based_on")
        if based_on is not None and int(based_on) != last:
            raise ChangedError(
                say("version {version} as the newest, from which this was worked out", version=int(based_on)),
                say("version {found}", found=last),
                say("open it again and repeat the change; nothing was changed"),
            )
        row = {
            "roster_id": roster_id,
            "version": last + 1,
            "event_id": str(call.payload.get("event_id") or ""),
            "name": str(call.payload.get("name") or roster_id),
            "area_ids": to_text(area_ids),
            "actor": call.actor,
            "at": now_microseconds(),
            "note": str(call.payload.get("note") or ""),
            "document": to_text(call.payload["document"]),
            "people": to_text(call.payload["people"]),
        }
        connection.execute(insert(ROSTER_VERSIONS).values(row))
        write_audit(connection, call, {key: row[key] for key in ("roster_id", "version", "event_id", "note")})
    return {"roster_id": roster_id, "version": last + 1}


def require_id(given: Any) -> str:
    """Return an id that is safe in addresses and file names, or raise a SchemaError."""
    text = str(given)
    if not ID.fullmatch(text):
        raise SchemaError(
            say("an id of at most 64 letters, digits, dots and dashes"), say("{name!r}", name=text),
            say("choose another id"),
        )  # fmt: skip
    return text


def require_own(call: Call, area_ids: Sequence[str]) -> None:
    """Raise a ScopeError where a person with an area limit works on an event that lies nowhere in their area."""
    limit = call.account.area_id if call.account else None
    if limit is None:
        return
    tree = Store(call.workspace, store_path(call.workspace)).hierarchy()
    mine = set(tree.subtree(limit)) if limit in tree else set()
    if not mine.intersection(area_ids):
        raise ScopeError(
            say("an event inside {area}", area=limit),
            say("{areas}", areas=", ".join(area_ids[:5]) or "-"),
            say("choose an area of your own, or ask for a wider one"),
        )


def write_audit(connection: Connection, call: Call, what: dict[str, Any]) -> None:
    """Write who did what in the caller's transaction; no edition begins."""
    edition = connection.execute(select(WORKSPACE.c.edition)).scalar_one()
    row = {"at": now_microseconds(), "actor": call.actor, "verb": call.verb, "what": to_text(what), "edition": edition}
    connection.execute(insert(AUDIT).values(row))
