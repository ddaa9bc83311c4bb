"""Plans of boundaries: made, saved version by version, handed in, approved; no area and no edition changes by it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import Connection, Executable, delete, func, insert, select, update

from data.settings import DEFAULTS
from data.store.accounts import require_right
from data.store.publishing import now_microseconds, to_text
from data.store.staging import staged_path
from data.store.tables import (
    ACCOUNTS,
    AUDIT,
    FOREVER,
    KIND_TABLES,
    LEVELS,
    PLAN_EDITORS,
    PLAN_EVENTS,
    PLAN_VERSIONS,
    PLANS,
    SETTING_VALUES,
    WORKSPACE,
)
from data.store.verbs.call import Call
from geo.errors import ChangedError, SchemaError, ScopeError, StoreError, name_few, say

DRAFT, SUBMITTED, APPROVED, IN_FORCE, ROLLED_BACK, DROPPED = (
    "draft", "submitted", "approved", "in_force", "rolled_back", "dropped",
)  # fmt: skip
STATES = (DRAFT, SUBMITTED, APPROVED, IN_FORCE, ROLLED_BACK, DROPPED)
ACTS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "comment": ("plans", STATES, ""),
    "rename": ("plans", (DRAFT, SUBMITTED, APPROVED), ""),
    "submit": ("plans", (DRAFT,), SUBMITTED),
    "withdraw": ("plans", (SUBMITTED, APPROVED), DRAFT),
    "return": ("approves", (SUBMITTED, APPROVED), DRAFT),
    "approve": ("approves", (SUBMITTED,), APPROVED),
    "schedule": ("approves", (APPROVED,), ""),
    "drop": ("plans", (DRAFT,), DROPPED),
}
"""What may be done with a plan: the right it needs, the states it may be in, the state it has afterwards."""
CONTENT = {
    "unit_id": pa.large_string(),
    "zone": pa.large_string(),
    "cut_from": pa.large_string(),
    "households": pa.float64(),
    "geometry": pa.large_binary(),
}
NAME_LENGTH = 80


def make_plan(call: Call) -> dict[str, Any]:
    """
    Begin a plan with its first version.

    Payload: `name`, `level` (of its zones), `unit_level` (of the areas they are made of), `table` (staged: unit_id and
    zone; for parts cut off a unit also cut_from, households, geometry), `zones` ({zone: {name, reason}}), `within`
    (the area it is about; None for all), `comment`, `based_on` (edition), `branched_from`, `branched_version`.
    Returns plan_id, version.
    """
    optional = ("within", "comment", "based_on", "branched_from", "branched_version")
    call.take("name", "level", "unit_level", "table", "zones", optional=optional)
    given = call.payload
    content = _content(call)
    at = now_microseconds()
    with call.engine.begin() as connection:
        _require_levels(connection, str(given["level"]), str(given["unit_level"]))
        _require_own(call, connection, given.get("within"))
        number = connection.execute(select(func.count()).select_from(PLANS)).scalar_one() + 1
        row = {
            "plan_id": f"plan-{number}",
            "name": _name(given["name"]),
            **{key: given[key] for key in ("level", "unit_level")},
            **{key: given.get(key) for key in ("within", "branched_from", "branched_version")},
            "state": DRAFT,
            "version": 1,
            "created_by": call.actor,
            "created_at": at,
            "changed_at": at,
        }
        connection.execute(insert(PLANS).values(row))
        _add_version(call, connection, row["plan_id"], 1, content, at)
        what = {key: row[key] for key in ("name", "branched_from", "branched_version") if row[key] is not None}
        note(call, connection, row["plan_id"], 1, "make", what)
    _unstage(call)
    return {"plan_id": row["plan_id"], "version": 1}


def save_plan(call: Call) -> dict[str, Any]:
    """
    Add a version to a draft. Payload: `plan_id`, `version` (the one it was drawn from), `table`, `zones`, `comment`,
    `based_on`.

    Where somebody saved another version meanwhile nothing is written: ChangedError says who and when. Returns plan_id,
    version.
    """
    call.take("plan_id", "version", "table", "zones", optional=("comment", "based_on"))
    content, at = _content(call), now_microseconds()
    with call.engine.begin() as connection:
        plan = require_plan(call, connection, states=(DRAFT,))
        require_newest(connection, plan, int(call.payload["version"]))
        version = plan.version + 1
        _add_version(call, connection, plan.plan_id, version, content, at)
        connection.execute(update(PLANS).where(PLANS.c.plan_id == plan.plan_id).values(version=version, changed_at=at))
        note(call, connection, plan.plan_id, version, "save", {"comment": str(call.payload.get("comment") or "")})
        _see(call, connection, plan.plan_id, version, at)
    _unstage(call)
    return {"plan_id": plan.plan_id, "version": version}


def open_plan(call: Call) -> dict[str, Any]:
    """
    Say that the actor has a plan open for editing, or with `version` None that they have left it.

    Payload: `plan_id`, `version`. Returns `others`: who else was seen in it within setting `plan_seen_minutes`, each
    with the version they look at; `version` is the newest.
    """
    call.take("plan_id", "version")
    at = now_microseconds()
    with call.engine.begin() as connection:
        plan = require_plan(call, connection)
        _see(call, connection, plan.plan_id, call.payload["version"], at)
        since = at - int(_setting(connection, "plan_seen_minutes")) * 60_000_000
        c = PLAN_EDITORS.c
        found = connection.execute(
            select(c.actor, c.version, c.seen_at)
            .where(c.plan_id == plan.plan_id, c.actor != call.actor, c.seen_at >= since)
            .order_by(c.actor)
        ).all()
        others = [{"actor": one.actor, "name": _person(connection, one.actor), "version": one.version} for one in found]
    return {"plan_id": plan.plan_id, "version": plan.version, "state": plan.state, "others": others}


def act_on_plan(call: Call) -> dict[str, Any]:
    """
    Do one of ACTS with a plan. Payload: `plan_id`, `act`, `version` (the one looked at), `text`, `on` (day), `gate`.

    A plan is approved by another person than the one who submitted it; only its submitter withdraws it. Returns
    plan_id, version, state.
    """
    call.take("plan_id", "act", optional=("version", "text", "on", "gate"))
    act, given = str(call.payload["act"]), call.payload
    if act not in ACTS:
        raise SchemaError(say("one of {acts}", acts=", ".join(ACTS)), say("{act!r}", act=act), say("correct it"))
    right, states, after = ACTS[act]
    if call.account is not None:
        require_right(call.account, right)
    values: dict[str, Any] = {"changed_at": now_microseconds()} | ({"state": after} if after else {})
    with call.engine.begin() as connection:
        plan = require_plan(call, connection, states=states)
        if given.get("version") is not None:
            require_newest(connection, plan, int(given["version"]))
        values |= _consequences(call, connection, plan, act)
        connection.execute(update(PLANS).where(PLANS.c.plan_id == plan.plan_id).values(values))
        what = {key: given[key] for key in ("text", "on", "gate") if given.get(key) is not None}
        note(call, connection, plan.plan_id, plan.version, act, what)
    return {"plan_id": plan.plan_id, "version": plan.version, "state": after or plan.state}


def _consequences(call: Call, connection: Connection, plan: Any, act: str) -> dict[str, Any]:
    """What else an act changes in the row of the plan; refuses what this person may not do."""
    if act == "rename":
        return {"name": _name(call.payload.get("text"))}
    if act == "submit":
        return {"submitted_by": call.actor, "approved_by": None, "on_date": None}
    if act == "schedule":
        return {"on_date": call.payload.get("on")}
    if act == "approve":
        if call.actor == plan.submitted_by:
            raise ScopeError(
                say("a person who did not submit the plan"),
                say("{name}, who submitted it", name=_person(connection, call.actor)),
                say("ask another person to approve it"),
            )
        return {"approved_by": call.actor}
    if act == "withdraw" and call.actor != plan.submitted_by:
        raise ScopeError(
            say("the person who submitted the plan, {name}", name=_person(connection, plan.submitted_by)),
            say("{name}", name=_person(connection, call.actor)),
            say("return it to them instead, with a reason"),
        )
    return {"on_date": None, "approved_by": None} if act in ("withdraw", "return") else {}


def require_plan(call: Call, connection: Connection, *, states: tuple[str, ...] = STATES) -> Any:
    """Return the row of the plan, in one of these states and inside the actor's area; StoreError or ScopeError."""
    plan_id = str(call.payload["plan_id"])
    plan = connection.execute(select(PLANS).where(PLANS.c.plan_id == plan_id)).one_or_none()
    if plan is None:
        known = connection.execute(select(PLANS.c.plan_id).order_by(PLANS.c.changed_at.desc())).scalars()
        raise StoreError(
            say("a plan of this workspace: {names}", names=name_few(known) or "-"),
            say("{name!r}", name=plan_id[:80]),
            say("`wangge plans list` shows them"),
        )
    _require_own(call, connection, plan.within)
    if plan.state not in states:
        raise StoreError(
            say("a plan that is {states}", states=", ".join(states)),
            say("{name} is {state}", name=plan.name, state=plan.state),
            say("branch it to go on with it, or wait until it is in that state"),
        )
    return plan


def require_newest(connection: Connection, plan: Any, version: int) -> None:
    """Raise a ChangedError unless `version` is the newest one: it says who saved that, and when."""
    if version == plan.version:
        return
    c = PLAN_VERSIONS.c
    newest = connection.execute(select(c.actor, c.at).where(c.plan_id == plan.plan_id, c.version == plan.version)).one()
    zone = ZoneInfo(str(_setting(connection, "time_zone")))
    when = datetime.fromtimestamp(newest.at / 1e6, UTC).astimezone(zone)
    raise ChangedError(
        say("the newest version of {name}, {version}", name=plan.name, version=plan.version),
        say(
            "version {old}: {who} saved version {version} at {when}",
            old=version,
            who=_person(connection, newest.actor),
            version=plan.version,
            when=f"{when:%Y-%m-%d %H:%M}",
        ),
        say("keep yours as a branch, or load the newest version; nothing was overwritten"),
    )


def _setting(connection: Connection, name: str) -> Any:
    """Return the workspace's value of a setting, else its default."""
    value = connection.execute(select(SETTING_VALUES.c.value).where(SETTING_VALUES.c.name == name)).scalar()
    return orjson.loads(value) if value else DEFAULTS[name]


def note(call: Call, connection: Connection, plan_id: str, version: int, act: str, what: dict[str, Any]) -> None:
    """Write what was done with a plan into its own trail and into the audit, in the caller's transaction."""
    at = now_microseconds()
    connection.execute(plan_event(call, plan_id, version, act, what))
    edition = connection.execute(select(WORKSPACE.c.edition)).scalar_one()
    told = {"plan_id": plan_id, "version": version, "act": act, **what}
    row = {"at": at, "actor": call.actor, "verb": call.verb, "what": to_text(told), "edition": edition}
    connection.execute(insert(AUDIT).values(row))


def plan_event(call: Call, plan_id: str, version: int, act: str, what: dict[str, Any]) -> Executable:
    """Return the statement that adds one line to a plan's own trail."""
    row = {"plan_id": plan_id, "version": version, "act": act, "actor": call.actor, "at": now_microseconds()}
    return insert(PLAN_EVENTS).values({**row, "what": to_text(what)})


def _add_version(call: Call, connection: Connection, plan_id: str, version: int, content: bytes, at: int) -> None:
    row = {
        "plan_id": plan_id,
        "version": version,
        "actor": call.actor,
        "at": at,
        "comment": str(call.payload.get("comment") or ""),
        "based_on": int(call.payload.get("based_on") or 0),
        "content": content,
        "zones": to_text(call.payload["zones"]),
    }
    connection.execute(insert(PLAN_VERSIONS).values(row))


def _content(call: Call) -> bytes:
    """Return the staged units and zones as the bytes that are kept; every unit once, in one zone."""
    table = pq.read_table(staged_path(call.workspace, str(call.payload["table"])))
    unknown = sorted(set(table.column_names) - set(CONTENT))
    missing = [name for name in ("unit_id", "zone") if name not in table.column_names]
    faults = [say("unknown columns {names}", names=name_few(unknown))] if unknown else []
    faults += [say("no column {names}", names=name_few(missing))] if missing else []
    if not missing:
        counted = pc.value_counts(table["unit_id"].cast(pa.large_string()).combine_chunks())
        twice = counted.field("values").filter(pc.greater(counted.field("counts"), 1)).to_pylist()
        faults += [say("units that stand twice: {ids}", ids=name_few(twice))] if twice else []
        lost = table.filter(pc.is_null(table["zone"]))["unit_id"].to_pylist()
        faults += [say("units in no zone: {ids}", ids=name_few(lost))] if lost else []
        faults += [say("units without id")] if table["unit_id"].null_count else []
        faults += [say("no unit at all")] if not table.num_rows else []
    if faults:
        raise SchemaError(
            say("every unit of the plan once, in one zone"), say("{faults}", faults="; ".join(map(str, faults))),
            say("give each unit a zone"),
        )  # fmt: skip
    schema = pa.schema([(name, kind) for name, kind in CONTENT.items() if name in table.column_names])
    sink = pa.BufferOutputStream()
    pq.write_table(table.select(schema.names).cast(schema), sink, compression="zstd")
    return bytes(sink.getvalue())


def _unstage(call: Call) -> None:
    staged_path(call.workspace, str(call.payload["table"])).unlink(missing_ok=True)


def _see(call: Call, connection: Connection, plan_id: str, version: int | None, at: int) -> None:
    c = PLAN_EDITORS.c
    connection.execute(delete(PLAN_EDITORS).where(c.plan_id == plan_id, c.actor == call.actor))
    if version is not None:
        row = {"plan_id": plan_id, "actor": call.actor, "version": int(version), "seen_at": at}
        connection.execute(insert(PLAN_EDITORS).values(row))


def _require_levels(connection: Connection, level: str, unit_level: str) -> None:
    statement = select(LEVELS.c.key).where(LEVELS.c.until_edition == FOREVER).order_by(LEVELS.c.rank)
    order = list(connection.execute(statement).scalars())
    if level not in order[:-1] or order[order.index(level) + 1] != unit_level:
        raise SchemaError(
            say("zones of one of the levels {names}, made of areas of the next", names=", ".join(order[:-1]) or "-"),
            say("{level!r} of {unit!r}", level=level, unit=unit_level),
            say("correct the level"),
        )


def _require_own(call: Call, connection: Connection, within: str | None) -> None:
    """Raise a ScopeError unless the area a plan is about lies in the actor's own."""
    own = call.account.area_id if call.account is not None else None
    areas = KIND_TABLES["areas"]
    at = within
    while own is not None and at not in (own, None):
        parent = select(areas.c.parent_id).where(areas.c.area_id == at, areas.c.until_edition == FOREVER)
        at = connection.execute(parent).scalar_one_or_none()
    if own is not None and at != own:
        raise ScopeError(
            say("a plan inside {area}", area=own),
            say("{within}", within=within or "-"),
            say("choose an area of your own, or ask for a wider one"),
        )


def _person(connection: Connection, account_id: str | None) -> str:
    statement = select(ACCOUNTS.c.name).where(ACCOUNTS.c.account_id == account_id)
    return str(connection.execute(statement).scalar_one_or_none() or account_id)


def _name(text: Any) -> str:
    name = " ".join(str(text or "").split())
    if not 0 < len(name) <= NAME_LENGTH:
        raise SchemaError(
            say("a name of 1 to {most} characters", most=NAME_LENGTH),
            say("{name!r}", name=name[:NAME_LENGTH]),
            say("name the plan"),
        )
    return name
