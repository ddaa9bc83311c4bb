"""Reading plans: the list, one plan, its versions, its trail, and what was drawn in any version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import select

from data.plans.draft import Draft, draft_from
from data.store.engine import compile_sql
from data.store.tables import PLAN_EVENTS, PLAN_VERSIONS, PLANS
from geo.errors import ScopeError, StoreError, name_few, say

if TYPE_CHECKING:
    from data.store.desk import Desk


@dataclass(frozen=True)
class PlanRecord:
    """
    One plan: zones of `level` made of areas of `unit_level`, inside `within` (None: everywhere).

    `state` is draft, submitted, approved, in_force, rolled_back or dropped; `version` the newest; `on_date` the first
    day it holds, or is to hold; `import_id` names the publishing that put it in force. People are account ids.
    """

    plan_id: str
    name: str
    level: str
    unit_level: str
    within: str | None
    branched_from: str | None
    branched_version: int | None
    state: str
    version: int
    created_by: str
    created_at: datetime
    changed_at: datetime
    submitted_by: str | None
    approved_by: str | None
    on_date: date | None
    import_id: str | None

    @property
    def is_scheduled(self) -> bool:
        """Whether it is approved and waits for its day."""
        return self.state == "approved" and self.on_date is not None


@dataclass(frozen=True)
class PlanVersion:
    """One save of a plan: `actor` drew it, from the areas of edition `based_on`."""

    version: int
    actor: str
    at: datetime
    comment: str
    based_on: int


@dataclass(frozen=True)
class PlanEvent:
    """One thing done with a plan: make, save, comment, rename, submit, withdraw, return, approve, schedule, effect."""

    version: int
    act: str
    actor: str
    at: datetime
    what: dict[str, Any]


def list_plans(desk: Desk, *, with_dropped: bool = False) -> list[PlanRecord]:
    """Return the plans the reader may see, the latest changed first."""
    with desk.store.reading() as connection:
        rows = connection.execute(*compile_sql(select(*PLANS.c).order_by(PLANS.c.changed_at.desc()))).fetchall()
    found = [_record(row) for row in rows]
    return [one for one in found if _sees(desk, one.within) and (with_dropped or one.state != "dropped")]


def read_plan(desk: Desk, plan_id: str) -> PlanRecord:
    """
    Return one plan as it is now.

    Raises
    ------
    StoreError
        If there is no such plan.
    ScopeError
        If it is about more than the reader's area.
    """
    with desk.store.reading() as connection:
        row = connection.execute(*compile_sql(select(*PLANS.c).where(PLANS.c.plan_id == plan_id))).fetchone()
    if row is None:
        raise StoreError(
            say("a plan of this workspace: {names}", names=name_few(one.plan_id for one in list_plans(desk)) or "-"),
            say("{name!r}", name=plan_id[:80]),
            say("`wangge plans list` shows them"),
        )
    found = _record(row)
    if not _sees(desk, found.within):
        raise ScopeError(
            say("a plan inside {area}", area=str(desk.account.area_id)),
            say("{within}", within=found.within or "-"),
            say("choose an area of your own, or ask for a wider one"),
        )
    return found


def plan_versions(desk: Desk, plan_id: str) -> list[PlanVersion]:
    """Return every version of a plan, newest first."""
    read_plan(desk, plan_id)
    c = PLAN_VERSIONS.c
    statement = select(c.version, c.actor, c.at, c.comment, c.based_on).where(c.plan_id == plan_id)
    with desk.store.reading() as connection:
        rows = connection.execute(*compile_sql(statement.order_by(c.version.desc()))).fetchall()
    return [PlanVersion(row[0], row[1], _moment(row[2]), row[3], row[4]) for row in rows]


def plan_events(desk: Desk, plan_id: str) -> list[PlanEvent]:
    """Return what was done with a plan, oldest first."""
    read_plan(desk, plan_id)
    c = PLAN_EVENTS.c
    statement = select(c.version, c.act, c.actor, c.at, c.what).where(c.plan_id == plan_id).order_by(c.event_number)
    with desk.store.reading() as connection:
        rows = connection.execute(*compile_sql(statement)).fetchall()
    return [PlanEvent(row[0], row[1], row[2], _moment(row[3]), orjson.loads(row[4])) for row in rows]


def read_draft(desk: Desk, plan_id: str, version: int | None = None) -> Draft:
    """
    Return what was drawn in a version, the newest one where none is named.

    Raises
    ------
    StoreError
        If there is no such plan or version.
    """
    plan = read_plan(desk, plan_id)
    wanted = plan.version if version is None else version
    c = PLAN_VERSIONS.c
    statement = select(c.content, c.zones).where(c.plan_id == plan_id, c.version == wanted)
    with desk.store.reading() as connection:
        row = connection.execute(*compile_sql(statement)).fetchone()
    if row is None:
        raise StoreError(
            say("a version of {name} from 1 to {newest}", name=plan.name, newest=plan.version),
            say("version {version}", version=wanted),
            say("choose one of them"),
        )
    return draft_from(row[0], row[1])


def _record(row: Any) -> PlanRecord:
    values = dict(zip((c.name for c in PLANS.c), row, strict=True))
    for name in ("created_at", "changed_at"):
        values[name] = _moment(values[name])
    values["on_date"] = date.fromisoformat(values["on_date"]) if values["on_date"] else None
    return PlanRecord(**values)


def _moment(microseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)


def _sees(desk: Desk, within: str | None) -> bool:
    own = desk.account.area_id
    if own is None:
        return True
    tree = desk.store.hierarchy()
    return within is not None and own in tree and within in tree.subtree(own)
