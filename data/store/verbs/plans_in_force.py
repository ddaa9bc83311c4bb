"""Putting an approved plan in force, and taking it back: areas, rows, people and the plan itself in one edition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import pyarrow.parquet as pq
from sqlalchemy import Connection, Executable, Table, select, text, update

from data.store.publishing import Publishing, now_microseconds
from data.store.staging import staged_path
from data.store.tables import ACCOUNTS, FOREVER, KIND_TABLES, OWN, PLAN_EVENTS, PLANS
from data.store.verbs.areas import AREA_PAYLOAD, publish_into
from data.store.verbs.call import Call
from data.store.verbs.plans import APPROVED, IN_FORCE, ROLLED_BACK, plan_event, require_newest, require_plan
from data.store.verbs.undo import undo_with
from geo.errors import SchemaError, say

INHERIT = ("people", "duties")
"""Kinds that name an area of their own, not by where a point lies: they follow the area that inherits."""
END_HEIRS = """
UPDATE "{table}" SET until_edition = :edition
WHERE until_edition = :forever AND since_edition < :edition AND area_id IN (SELECT id FROM heirs) {condition}
"""
ADD_HEIRS = """
INSERT INTO "{table}" ({names}, area_id, since_edition, until_edition, origin_edition)
SELECT {values}, heirs.heir, :edition, :forever, :edition
FROM "{table}" k JOIN heirs ON heirs.id = k.area_id WHERE k.until_edition = :edition
"""


def effect_plan(call: Call) -> dict[str, Any]:
    """
    Put an approved plan in force: its areas, what changes with them and the plan's state, all or nothing.

    Payload: that of `publish_areas`, `plan_id`, `version`, `on` (first day), and `heirs` (staged: from_area_id,
    to_area_id), by which people, coming duties and accounts follow areas that are gone. Returns what `publish_areas`
    does, with plan_id.
    """
    call.take("plan_id", "version", "on", "table", optional=(*AREA_PAYLOAD, "heirs"))
    with call.engine.connect() as connection:
        plan = require_plan(call, connection, states=(APPROVED,))
        require_newest(connection, plan, int(call.payload["version"]))
    return _publish(call, plan, "effect", IN_FORCE)


def roll_back_plan(call: Call) -> dict[str, Any]:
    """
    Take a plan in force back, all or nothing.

    With `plan_id` alone the import that put it in force is undone exactly, as if it had never been; refused where
    anything was placed in its areas since. With a `table` (and the payload of `effect_plan`) the former areas hold
    again from the day `on`, and what happened in between keeps the areas of its time. Returns edition, plan_id.
    """
    call.take("plan_id", optional=("version", "on", "table", "heirs", *AREA_PAYLOAD))
    with call.engine.connect() as connection:
        plan = require_plan(call, connection, states=(IN_FORCE,))
        moved = _accounts_moved(connection, plan.plan_id)
    if "table" in call.payload:
        return _publish(call, plan, "roll_back", ROLLED_BACK)
    told = {"plan_id": plan.plan_id, "undone": True}
    also = [
        _state(plan.plan_id, ROLLED_BACK),
        plan_event(call, plan.plan_id, plan.version, "roll_back", {"undone": True}),
    ]
    also += [_move_account(account, before, after) for account, (after, before) in moved.items()]
    return undo_with(call, str(plan.import_id), what=told, also=also) | {"plan_id": plan.plan_id}


def _publish(call: Call, plan: Any, act: str, state: str) -> dict[str, Any]:
    source = call.source()
    staged = call.staged("areas", str(call.payload["table"]))
    publishing = call.publishing()
    try:
        heirs = _heirs(call)
        for kind in INHERIT:
            _inherit(publishing, KIND_TABLES[kind], heirs, since=call.payload.get("fixes_since"))
        accounts = _accounts(publishing, heirs)
        on = str(call.payload.get("on"))
        event = plan_event(call, plan.plan_id, plan.version, act, {"on": on, "accounts": accounts})
        values = {"import_id": source["import_id"], "on_date": on} if state == IN_FORCE else {}
        also = [_state(plan.plan_id, state, **values), event]
        also += [_move_account(account, before, after) for account, (before, after) in accounts.items()]
        result = publish_into(call, publishing, staged, source, what={"plan_id": plan.plan_id, "on": on}, also=also)
    except BaseException:
        publishing.abandon()
        raise
    staged.path.unlink(missing_ok=True)
    if call.payload.get("heirs"):
        staged_path(call.workspace, str(call.payload["heirs"])).unlink(missing_ok=True)
    return result | {"plan_id": plan.plan_id}


def _state(plan_id: str, state: str, **values: Any) -> Executable:
    changed = {"state": state, "changed_at": now_microseconds(), **values}
    return update(PLANS).where(PLANS.c.plan_id == plan_id).values(changed)


def _heirs(call: Call) -> dict[str, str]:
    if not (name := call.payload.get("heirs")):
        return {}
    table = pq.read_table(staged_path(call.workspace, str(name)))
    if not {"from_area_id", "to_area_id"} <= set(table.column_names):
        raise SchemaError(
            say("heirs with from_area_id, to_area_id"),
            say("columns {names}", names=", ".join(table.column_names)),
            say("correct the table"),
        )
    return dict(zip(table["from_area_id"].to_pylist(), table["to_area_id"].to_pylist(), strict=True))


def _inherit(publishing: Publishing, table: Table, heirs: Mapping[str, str], *, since: int | None) -> None:
    """Let rows of an area that is gone follow to its heir; duties only those that begin from the day on."""
    if not heirs:
        return
    publishing.tables[table.name] = None
    condition = "AND starts_at >= :since" if "starts_at" in table.c else ""
    names = [f'"{c.name}"' for c in table.columns if c.name not in (*OWN, "area_id")]
    words = {"table": table.name, "names": ", ".join(names), "values": ", ".join(f"k.{name}" for name in names)}
    given = {"edition": publishing.edition, "forever": FOREVER}
    with publishing.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TEMP TABLE heirs (id TEXT PRIMARY KEY, heir TEXT)")
        connection.connection.cursor().executemany("INSERT INTO heirs VALUES (?, ?)", list(heirs.items()))
        ended = text(END_HEIRS.format(condition=condition, **words))
        closed = connection.execute(ended, given | ({"since": since or 0} if condition else {})).rowcount
        opened = connection.execute(text(ADD_HEIRS.format(**words)), given).rowcount
        connection.exec_driver_sql("DROP TABLE heirs")
    publishing.closed += closed
    publishing.opened += opened


def _accounts(publishing: Publishing, heirs: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return {account: (area before, area after)} of the accounts whose area is gone."""
    with publishing.engine.connect() as connection:
        rows = connection.execute(select(ACCOUNTS.c.account_id, ACCOUNTS.c.area_id)).all()
    return {row.account_id: (row.area_id, heirs[row.area_id]) for row in rows if row.area_id in heirs}


def _accounts_moved(connection: Connection, plan_id: str) -> dict[str, tuple[str, str]]:
    c = PLAN_EVENTS.c
    statement = select(c.what).where(c.plan_id == plan_id, c.act == "effect").order_by(c.event_number.desc())
    what = connection.execute(statement.limit(1)).scalar_one_or_none()
    return orjson.loads(what).get("accounts", {}) if what else {}


def _move_account(account_id: str, before: str, after: str) -> Executable:
    """Give an account another area, unless somebody gave it a third one meanwhile."""
    c = ACCOUNTS.c
    return update(ACCOUNTS).where(c.account_id == account_id, c.area_id == before).values(area_id=after)
