"""Rosters kept in a workspace: a version for every save, with the person who saved it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import pandas as pd
from sqlalchemy import func, select

from data.rosters.people_file import people_rows
from data.rosters.report import assignments_of, roster_document
from data.rosters.run import RosterRun
from data.store.desk import Desk
from data.store.engine import compile_sql
from data.store.masks import mask_name, mask_phone
from data.store.reading import fetch, to_frame
from data.store.tables import ROSTER_VERSIONS
from geo.crowd.roster.demand import Assignment
from geo.errors import StoreError, name_few, say

SHOWN = {"roster_id": "text", "version": "int", "event_id": "text", "name": "text", "area_ids": "text",
         "actor": "text", "at": "time", "note": "text"}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class KeptRoster:
    """A roster as it was saved: its document, and people by id with names and telephones as the reader may see them."""

    roster_id: str
    version: int
    event_id: str
    name: str
    document: dict[str, Any]
    people: dict[str, dict[str, str]]

    @property
    def assignments(self) -> tuple[Assignment, ...]:
        """Who stands where and when."""
        return assignments_of(self.document)


def save_roster(
    workspace: str, roster_id: str, run: RosterRun, *, actor: str, area_ids: Sequence[str] = (), note: str = "",
    based_on: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    """
    Save a roster as the next version of its id; returns roster_id, version.

    A roster in which a hard rule is broken is refused. `based_on` is the version that was opened: ChangedError if
    somebody has saved since.
    """
    from data.writer import write

    if run.broken:
        raise StoreError(
            say("a roster in which no hard rule is broken"),
            say("{names}", names=name_few(str(one.why) for one in run.broken)),
            say("mend it first; nothing was saved"),
        )
    payload = {
        "roster_id": roster_id, "event_id": run.task.event_id, "name": run.task.name, "area_ids": list(area_ids),
        "document": orjson.loads(orjson.dumps(roster_document(run))), "people": people_rows(run.staff), "note": note,
        "based_on": based_on,
    }  # fmt: skip
    return write(workspace, "save_roster", payload, actor=actor)


def rosters(desk: Desk) -> pd.DataFrame:
    """Return the newest version of every roster a person may see, newest save first."""
    last = func.max(ROSTER_VERSIONS.c.version).label("version")
    newest = select(ROSTER_VERSIONS.c.roster_id, last).group_by(ROSTER_VERSIONS.c.roster_id).subquery()
    same = (ROSTER_VERSIONS.c.roster_id == newest.c.roster_id) & (ROSTER_VERSIONS.c.version == newest.c.version)
    return _rows(desk, select(*_columns()).join(newest, same))


def roster_history(desk: Desk, roster_id: str) -> pd.DataFrame:
    """Return every version of a roster, newest first: who saved it when, with which note."""
    found = _rows(desk, select(*_columns()).where(ROSTER_VERSIONS.c.roster_id == roster_id))
    if found.empty:
        there = rosters(desk)["roster_id"].tolist()
        raise StoreError(
            say("a roster of the workspace"),
            say("{name!r}; there are {names}", name=roster_id, names=name_few(there) or "none"),
            say("choose one of these"),
        )
    return found.sort_values("version", ascending=False, ignore_index=True)


def open_roster(desk: Desk, roster_id: str, version: int | None = None) -> KeptRoster:
    """Return a version of a roster, the newest where none is named; names and telephones masked by role."""
    history = roster_history(desk, roster_id)
    wanted = int(history["version"].max()) if version is None else version
    if wanted not in set(history["version"]):
        raise StoreError(
            say("a version of {event} out of {versions}", event=roster_id, versions=name_few(history["version"])),
            say("{version}", version=wanted),
            say("choose one of these"),
        )
    columns = ROSTER_VERSIONS.c
    statement = select(columns.document, columns.people).where(
        columns.roster_id == roster_id, columns.version == wanted
    )
    with desk.store.reading() as connection:
        document, people = connection.execute(*compile_sql(statement)).fetchone()
    row = history[history["version"] == wanted].iloc[0]
    return KeptRoster(
        roster_id=roster_id, version=wanted, event_id=str(row["event_id"]), name=str(row["name"]),
        document=orjson.loads(document),
        people={one["person_id"]: _shown(desk, one) for one in orjson.loads(people)},
    )  # fmt: skip


def newest_roster(desk: Desk, event_id: str) -> KeptRoster | None:
    """Return the newest saved roster of an event, None where there is none the person may see."""
    kept = rosters(desk)
    own = kept[kept["event_id"] == event_id]
    return None if own.empty else open_roster(desk, str(own["roster_id"].iloc[0]))


def _shown(desk: Desk, one: dict[str, str]) -> dict[str, str]:
    return one if desk.sees_personal else {**one, "name": mask_name(one["name"]), "phone": mask_phone(one["phone"])}


def _columns() -> list[Any]:
    return [ROSTER_VERSIONS.c[name] for name in SHOWN]


def _rows(desk: Desk, statement: Any) -> pd.DataFrame:
    ordered = statement.order_by(ROSTER_VERSIONS.c.at.desc(), ROSTER_VERSIONS.c.roster_id)
    with desk.store.reading() as connection:
        found = to_frame(fetch(connection, ordered, SHOWN), SHOWN)
    if desk.account.area_id is None:
        return found
    tree = desk.hierarchy()
    seen = [any(area in tree for area in orjson.loads(text)) for text in found["area_ids"]]
    return found[seen].reset_index(drop=True)
