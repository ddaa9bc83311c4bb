"""Small writes: a setting, an account, an audit entry."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

import orjson
from sqlalchemy import delete, insert, select

from data.settings import DEFAULTS
from data.store.accounts import Account, require_account, require_right
from data.store.publishing import now_microseconds, to_text
from data.store.tables import ACCOUNTS, AUDIT, SETTING_VALUES, WORKSPACE
from data.store.verbs.call import Call, coming_areas
from geo.errors import SchemaError, say


def set_setting(call: Call) -> dict[str, Any]:
    """
    Change a setting of this workspace. Payload: `name`, `value` (None goes back to the default).

    Caches go with it: a new edition begins.
    """
    call.take("name", "value")
    name, value = call.payload["name"], call.payload["value"]
    require_setting(name, value)
    with call.engine.connect() as connection:
        found = connection.execute(select(SETTING_VALUES.c.value).where(SETTING_VALUES.c.name == name)).scalar()
    before = orjson.loads(found) if found else DEFAULTS[name]
    changes: list[Any] = [delete(SETTING_VALUES).where(SETTING_VALUES.c.name == name)]
    if value is not None:
        changes.append(insert(SETTING_VALUES).values(name=name, value=to_text(value)))
    publishing = call.publishing()
    publishing.finish({"name": name, "before": before, "after": value}, also=changes)
    return {"edition": publishing.edition, "before": before, "after": DEFAULTS[name] if value is None else value}


def require_setting(name: str, value: Any) -> None:
    """Raise a SchemaError unless there is such a setting and the value is of its default's kind."""
    if name not in DEFAULTS:
        raise SchemaError(
            say("the name of a setting in docs/settings.md"), say("{name!r}", name=name), say("correct the name")
        )
    default = DEFAULTS[name]
    if value is None:
        return
    if isinstance(default, tuple):
        fits = isinstance(value, list | tuple) and len(value) == len(default) and all(map(_alike, value, default))
    else:
        fits = _alike(value, default) and (name != "time_zone" or value in available_timezones())
    if not fits:
        raise SchemaError(
            say("a value like {default!r} for {name}", default=default, name=name),
            say("{value!r}", value=value),
            say("correct the value"),
        )


def _alike(value: Any, default: Any) -> bool:
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if isinstance(default, int | float):
        return isinstance(value, int | float) and value == value and (isinstance(default, float) or value == int(value))
    return isinstance(value, type(default))


def add_account(call: Call) -> dict[str, Any]:
    """Add a person, or change one of the same account_id. Payload: `account_id`, `name`, `role`, `area_id`."""
    call.take("account_id", "name", "role", optional=("area_id",))
    given = {key: call.payload.get(key) for key in ("account_id", "name", "role", "area_id")}
    account = require_account(Account(**given))  # type: ignore[arg-type]
    publishing = call.publishing()
    if account.area_id is not None and account.area_id not in coming_areas(publishing):
        publishing.abandon()
        raise SchemaError(
            say("an area of the workspace"), say("{area!r}", area=account.area_id), say("correct the area code")
        )
    row = vars(account)
    changes = [delete(ACCOUNTS).where(ACCOUNTS.c.account_id == account.account_id), insert(ACCOUNTS).values(row)]
    publishing.finish({key: row[key] for key in ("account_id", "role", "area_id")}, also=changes)
    return {"edition": publishing.edition, "account_id": account.account_id}


def add_audit(call: Call) -> dict[str, Any]:
    """Write one audit entry; nothing else changes and no edition begins. Payload: `verb`, `what` (a dict)."""
    call.take("verb", "what")
    if call.payload["verb"] in ("keep_mapping", "drop_mapping"):
        raise SchemaError(say("an audit entry"), say("a verb of its own"), say("write it with that verb"))
    if call.payload["verb"] == "reveal" and call.account is not None:
        require_right(call.account, "reveals")
    return write_audit(call, str(call.payload["verb"]), call.payload["what"])


def write_audit(call: Call, verb: str, what: Any) -> dict[str, Any]:
    """Write one audit entry in a transaction of its own."""
    with call.engine.begin() as connection:
        edition = connection.execute(select(WORKSPACE.c.edition)).scalar_one()
        row = {"at": now_microseconds(), "actor": call.actor, "verb": verb, "what": to_text(what), "edition": edition}
        number = connection.execute(insert(AUDIT).values(row)).inserted_primary_key
    return {"audit_number": number[0] if number else 0}
