"""Making, swapping and dropping whole workspaces."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import insert, select

from data.settings import home
from data.store.accounts import LOCAL_ADMINISTRATOR, Account, require_account
from data.store.engine import FILE_NAME, folder, store_path, write_engine
from data.store.fixes import sync_folder
from data.store.migrations import migrate
from data.store.publishing import Publishing, now_microseconds, to_text
from data.store.tables import ACCOUNTS, LEVELS, SETTING_VALUES, WORKSPACE
from data.store.verbs.areas import level_rows
from data.store.verbs.call import Call
from geo.errors import ChangedError, SchemaError, StoreError, say

RENAME_EXCHANGE = 2
AT_FDCWD = -100


def create_workspace(call: Call) -> dict[str, Any]:
    """
    Make an empty workspace. It appears whole or not at all.

    Payload: `title`, `synthetic` (False), `time_zone` (Asia/Shanghai), `levels` (coarsest first: key, title),
    `accounts` (account_id, name, role, area_id; without any there is one local administrator).
    """
    call.take("title", optional=("synthetic", "time_zone", "levels", "accounts"))
    payload = call.payload
    zone = payload.get("time_zone") or "Asia/Shanghai"
    if zone not in available_timezones():
        raise SchemaError(say("an IANA time zone"), say("{zone!r}", zone=zone), say("name one like Asia/Shanghai"))
    if store_path(call.workspace).exists():
        raise StoreError(
            say("a workspace name that is free"),
            say("{name!r} exists", name=call.workspace),
            say("choose another name, or drop that workspace first"),
        )
    accounts = [_account(one) for one in payload.get("accounts") or ()] or [LOCAL_ADMINISTRATOR]
    levels = level_rows(payload.get("levels") or ())
    call.folder.mkdir(parents=True, exist_ok=True)
    draft = call.folder / f"{FILE_NAME}.draft"
    for leftover in call.folder.glob(f"{FILE_NAME}.draft*"):
        leftover.unlink()
    edition = _fill(draft, call, zone, accounts, levels)
    draft.rename(call.folder / FILE_NAME)
    sync_folder(call.folder)
    return {"edition": edition, "workspace": call.workspace}


def _account(given: Mapping[str, Any] | Sequence[Any]) -> Account:
    return require_account(Account(**given) if isinstance(given, Mapping) else Account(*given))


def _fill(draft: Path, call: Call, zone: str, accounts: list[Account], levels: list[tuple[str, int, str]]) -> int:
    engine = write_engine(draft)
    migrate(engine)
    with engine.begin() as connection:
        row = {
            "uid": uuid.uuid4().hex,
            "title": call.payload["title"],
            "is_synthetic": bool(call.payload.get("synthetic", False)),
            "created_at": now_microseconds(),
            "edition": 0,
        }
        connection.execute(insert(WORKSPACE).values(row))
    publishing = Publishing(engine, call.verb, call.actor)
    if levels:
        publishing.add(LEVELS, ["key", "rank", "title"], levels)
    also = [insert(ACCOUNTS).values(vars(account)) for account in accounts]
    also.append(insert(SETTING_VALUES).values(name="time_zone", value=to_text(zone)))
    publishing.finish({"title": call.payload["title"]}, also=also)
    engine.dispose()
    return publishing.edition


def _is_synthetic(path: Path) -> bool:
    engine = write_engine(path)
    try:
        with engine.connect() as connection:
            return bool(connection.execute(select(WORKSPACE.c.is_synthetic)).scalar_one())
    finally:
        engine.dispose()


def _require_confirmed(name: str, confirm: Any) -> None:
    if confirm != name and not _is_synthetic(store_path(name)):
        raise StoreError(
            say("the name of the workspace as confirmation, since its data are real"),
            say("{confirm!r}", confirm=confirm),
            say("repeat the name {name}", name=name),
        )


def drop_workspace(call: Call) -> dict[str, Any]:
    """Remove a workspace for good. Payload: `confirm` (its name; needed unless everything in it is synthetic)."""
    call.take(optional=("confirm",))
    _require_confirmed(call.workspace, call.payload.get("confirm"))
    _remove(call.folder)
    return {"dropped": call.workspace}


def _remove(path: Path) -> None:
    grave = home() / f".dropped-{uuid.uuid4().hex}"
    path.rename(grave)
    sync_folder(home())
    shutil.rmtree(grave, ignore_errors=True)


def swap_workspace(call: Call) -> dict[str, Any]:
    """
    Let this workspace take another name in one step; what had the name before is gone.

    Payload: `into` (the name), `confirm` (that name; needed if what is there is not synthetic), `only_new` (refused if
    there is anything of that name).
    """
    call.take("into", optional=("confirm", "only_new"))
    into = str(call.payload["into"])
    target = folder(into)
    if call.payload.get("only_new") and store_path(into).exists():
        raise ChangedError(
            say("a workspace name that is free"),
            say("{name!r} exists", name=into),
            say("do it again; nothing was changed"),
        )
    if store_path(into).exists():
        _require_confirmed(into, call.payload.get("confirm"))
    for engine in call.engines:
        engine.dispose()
    if not target.exists():
        call.folder.rename(target)
        sync_folder(home())
        return {"workspace": into}
    exchange(call.folder, target)
    sync_folder(home())
    _remove(call.folder)
    return {"workspace": into}


def exchange(first: Path, second: Path) -> None:
    """Exchange two folders: in one step where the system can, else by way of a third name."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if hasattr(libc, "renameat2"):
            failed = libc.renameat2(AT_FDCWD, os.fsencode(first), AT_FDCWD, os.fsencode(second), RENAME_EXCHANGE)
            if failed == 0:
                return
    aside = first.with_name(f".aside-{uuid.uuid4().hex}")
    second.rename(aside)
    first.rename(second)
    aside.rename(first)
