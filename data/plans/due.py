"""Plans whose day has come: the writer looks each minute; `python -m data.plans.due WORKSPACE` puts them in force."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from data.store.engine import compile_sql, workspaces
from data.store.opening import Store, open_store
from data.store.tables import PLANS
from geo.errors import GridError

ROOT = Path(__file__).resolve().parents[2]
LOOK_S = 60.0
NICE = 10


def due_plans(store: Store) -> list[tuple[str, int, str]]:
    """Return (plan, version, approver) of the approved plans whose first day has come, the oldest day first."""
    today = datetime.now(UTC).astimezone(ZoneInfo(store.time_zone)).date().isoformat()
    c = PLANS.c
    statement = select(c.plan_id, c.version, c.approved_by).where(
        c.state == "approved", c.on_date.is_not(None), c.on_date <= today
    )
    with store.reading() as connection:
        rows = connection.execute(*compile_sql(statement.order_by(c.on_date, c.plan_id))).fetchall()
    return [(row[0], int(row[1]), row[2]) for row in rows]


def watch(ends: threading.Event) -> None:
    """Look each minute until the process ends; each due plan is tried once a day, in a process of its own."""
    tried: set[tuple[object, ...]] = set()
    while not ends.wait(LOOK_S):
        for workspace in workspaces():
            with suppress(GridError, OSError, sqlite3.Error):
                day = datetime.now(UTC).date()
                fresh = {(workspace, day, *one) for one in due_plans(open_store(workspace))} - tried
                if fresh:
                    tried |= fresh
                    _start(workspace)


def _start(workspace: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "data.plans.due", workspace],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )


def main(workspace: str) -> int:
    """Put every due plan in force as the person who approved it; a refusal is written into the plan's trail."""
    from data.plans.acting import act_on_plan
    from data.plans.effect import effect_plan

    refused = 0
    for plan_id, _, approver in due_plans(open_store(workspace)):
        desk = open_store(workspace).desk(approver)
        try:
            effect_plan(desk, plan_id)
        except GridError as error:
            refused += 1
            act_on_plan(desk, plan_id, "comment", text=str(error))
    return 1 if refused else 0


if __name__ == "__main__":
    os.nice(NICE)
    sys.exit(main(sys.argv[1]))
