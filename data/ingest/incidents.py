"""Taking in incidents and their events: merged by when things happened, kept in a journal until published."""

from __future__ import annotations

import hashlib
import math
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import orjson
import pandas as pd
from sqlalchemy import select

from data.imports.coordinates import to_lon_lat
from data.ingest.fields import Reading, join_ids
from data.ingest.ground import Ground
from data.ingest.outcome import Outcome, Sending
from data.store.engine import compile_sql
from data.store.reading import is_current
from data.store.segments import FOLDER
from data.store.tables import KIND_TABLES, KINDS
from geo.errors import say

SPEC, EVENT_SPEC = KINDS["incidents"], KINDS["incident_events"]
COLUMNS = tuple(field.name for field in SPEC.fields)
EVENT_COLUMNS = tuple(field.name for field in EVENT_SPEC.fields)
TIMES = tuple(field.name for field in SPEC.fields if field.dtype == "time")
HAPPENED = tuple(name for name in TIMES if name != "due_at")
STAGES = SPEC.field("status").allowed[1:]
CLOSED = ("closed", "void")
JOURNAL = "incidents.sqlite"
MAKE = (
    "CREATE TABLE IF NOT EXISTS incidents (incident_id TEXT PRIMARY KEY, body BLOB NOT NULL, "
    "version INTEGER NOT NULL, published INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS events (event_id TEXT PRIMARY KEY, incident_id TEXT NOT NULL, body BLOB NOT NULL, "
    "version INTEGER NOT NULL, published INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS seen (digest BLOB PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS batches (number INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, "
    "source TEXT NOT NULL, kind TEXT NOT NULL, rows INTEGER NOT NULL)",
    "CREATE INDEX IF NOT EXISTS events_incident ON events (incident_id)",
    "CREATE INDEX IF NOT EXISTS incidents_open ON incidents (incident_id) WHERE published < version",
    "CREATE INDEX IF NOT EXISTS events_open ON events (event_id) WHERE published < version",
)
Body = dict[str, Any]


def open_journal(folder: Path) -> sqlite3.Connection:
    """Open the journal of incidents of a workspace for writing."""
    path = folder / FOLDER / JOURNAL
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    for statement in MAKE:
        connection.execute(statement)
    return connection


def derive_status(body: Body) -> str:
    """
    Return the furthest stage that has a time, for an incident that states none.

    Examples
    --------
    >>> derive_status({"reported_at": 1, "arrived_at": 3}), derive_status({})
    ('arrived', 'reported')
    """
    reached = [stage for stage in STAGES if body.get(f"{stage}_at") is not None]
    return reached[-1] if reached else STAGES[0]


def changed_us(body: Body) -> int:
    """Return when an incident last changed: the newest time anything happened to it."""
    return max((body[name] for name in HAPPENED if body.get(name) is not None), default=0)


def merge(before: Body | None, row: Body) -> Body:
    """
    Return an incident as it is after a message: the later message wins where both say something.

    Later means what happened later, not what came later: an old message fills gaps only.

    Examples
    --------
    >>> merge({"title": "a", "closed_at": 9, "status": "closed"}, {"title": "b", "reported_at": 1, "status": ""})
    {'title': 'a', 'reported_at': 1, 'status': 'closed', 'closed_at': 9}
    """
    said = {name: value for name, value in row.items() if value not in (None, "")}
    known = {name: value for name, value in (before or {}).items() if value is not None}
    older, newer = (known, said) if changed_us(row) >= changed_us(known) else (said, known)
    merged = {name: newer.get(name, older.get(name)) for name in dict.fromkeys((*row, *known))}
    return {**merged, "status": merged.get("status") or derive_status(merged)}


def apply_event(body: Body, event: Body) -> Body:
    """
    Return an incident as it is after one step of its handling; an older step does not take back a newer one.

    Examples
    --------
    >>> apply_event({"reported_at": 1, "status": "reported"}, {"stage": "arrived", "at": 5})
    {'reported_at': 1, 'status': 'arrived', 'arrived_at': 5}
    """
    stage, at = event["stage"], event["at"]
    after = dict(body)
    if f"{stage}_at" in TIMES and (after.get(f"{stage}_at") is None or at > after[f"{stage}_at"]):
        after[f"{stage}_at"] = at
    if stage in STAGES and at >= changed_us(body):
        after["status"] = stage
    if stage == "returned":
        after["rework_count"] = int(after.get("rework_count") or 0) + 1
    if event.get("due_at") is not None:
        after["due_at"] = event["due_at"]
    return after


def is_open(body: Body) -> bool:
    """Say whether an incident still waits for somebody."""
    return body.get("closed_at") is None and body.get("status") not in CLOSED


class IncidentIntake:
    """The incidents of one workspace that a live map shows, and the journal of what came in."""

    def __init__(self, folder: Path, ground: Ground, now_us: int) -> None:
        self.folder, self.ground = folder, ground
        self._journal = open_journal(folder)
        self._is_open = False
        self.known: dict[str, Body] = {}
        self.reload(now_us)

    def reload(self, now_us: int) -> None:
        """Read the incidents a live map shows: those of the store, changed by what is not published yet."""
        settings = self.ground.settings
        table = KIND_TABLES["incidents"]
        first = now_us - int(settings["live_incident_days"]) * 86_400_000_000
        closed = now_us - int(float(settings["live_closed_s"]) * 1e6)
        shown = (table.c.closed_at.is_(None) & table.c.status.is_distinct_from("void")) | (table.c.closed_at >= closed)
        statement = select(*(table.c[name] for name in COLUMNS)).where(
            is_current(table, self.ground.store.edition), table.c.occurred_at >= first, shown
        )
        with self.ground.store.reading() as connection:
            rows = connection.execute(*compile_sql(statement)).fetchall()
        self.known = {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in rows}
        for (body,) in self._journal.execute("SELECT body FROM incidents WHERE published < version"):
            self._keep(orjson.loads(body), now_us)

    def _keep(self, body: Body, now_us: int) -> None:
        if self.is_shown(body, now_us):
            self.known[body["incident_id"]] = body
        else:
            self.known.pop(body["incident_id"], None)

    def is_shown(self, body: Body, now_us: int) -> bool:
        """Say whether a live map shows an incident now: open, or closed a moment ago."""
        if is_open(body):
            return True
        until = (body.get("closed_at") or changed_us(body)) + float(self.ground.settings["live_closed_s"]) * 1e6
        return bool(until > now_us)

    def _find(self, incident_id: str) -> Body | None:
        if incident_id in self.known:
            return self.known[incident_id]
        sql = "SELECT body, published < version FROM incidents WHERE incident_id = ?"
        row = self._journal.execute(sql, (incident_id,)).fetchone()
        if row is not None and row[1]:
            return dict(orjson.loads(row[0]))
        table = KIND_TABLES["incidents"]
        statement = select(*(table.c[name] for name in COLUMNS)).where(
            is_current(table, self.ground.store.edition), table.c.incident_id == incident_id
        )
        with self.ground.store.reading() as connection:
            found = connection.execute(*compile_sql(statement)).fetchone()
        return None if found is None else dict(zip(COLUMNS, found, strict=True))

    def _begin(self) -> None:
        if not self._is_open:
            self._journal.execute("BEGIN IMMEDIATE")
            self._is_open = True

    def _is_new(self, *parts: Any) -> bool:
        """Say whether this very message was never taken before, and remember it."""
        digest = hashlib.blake2b(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS), digest_size=16).digest()
        return self._journal.execute("INSERT OR IGNORE INTO seen VALUES (?)", (digest,)).rowcount == 1

    def _save(self, body: Body, now_us: int) -> None:
        self._journal.execute(
            "INSERT INTO incidents VALUES (?, ?, 1, 0) ON CONFLICT (incident_id) "
            "DO UPDATE SET body = excluded.body, version = version + 1",
            (body["incident_id"], orjson.dumps(body)),
        )
        self._keep(body, now_us)

    def take(self, reading: Reading, sending: Sending, now_us: int, changed: Callable[[str], None]) -> Outcome:
        """Take one batch of incidents; nothing is safe before `commit`."""
        rows = read_incidents(reading, sending)
        outcome = Outcome(rows=reading.rows.total)
        self._begin()
        fresh = [row for row in rows if self._is_new("incident", row)]
        outcome.duplicates = len(rows) - len(fresh)
        for row in self._placed(fresh):
            body = merge(self._find(row["incident_id"]), row)
            for event in self._events_of(body["incident_id"]):
                body = apply_event(body, event)
            self._save(body, now_us)
            changed(body["incident_id"])
        outcome.accepted = len(fresh)
        outcome.faults = reading.all_faults()
        self._count(outcome, sending, now_us)
        return outcome

    def _events_of(self, incident_id: str) -> list[Body]:
        """Events that came before their incident."""
        sql = "SELECT body FROM events WHERE incident_id = ? AND version = 0"
        found = [orjson.loads(body) for (body,) in self._journal.execute(sql, (incident_id,)).fetchall()]
        self._journal.execute("UPDATE events SET version = 1 WHERE incident_id = ? AND version = 0", (incident_id,))
        return sorted(found, key=lambda event: event["at"])

    def _placed(self, rows: list[Body]) -> list[Body]:
        """Give each row that says where it is its area and reason; the others keep the place they had."""
        where = ("lon", "lat", "address", "stated_area_id")
        told = [
            row
            for row in rows
            if any(row.get(name) is not None for name in where) or not self._find(row["incident_id"])
        ]
        if told:
            table = pd.DataFrame([{name: row.get(name) for name in ("incident_id", *where)} for row in told])
            for name in ("lon", "lat"):
                table[name] = table[name].astype(float)
            for name in ("address", "stated_area_id"):
                table[name] = table[name].astype("str").where(table[name].notna())
            placed = self.ground.place_incidents(table)
            for row, area_id, reason in zip(told, placed.area_id.tolist(), placed.reason.tolist(), strict=True):
                row.update(area_id=area_id, reason=reason)
        return rows

    def take_events(self, reading: Reading, sending: Sending, now_us: int, changed: Callable[[str], None]) -> Outcome:
        """Take one batch of steps of handling; one whose incident is not there yet waits for it."""
        events = read_events(reading, sending)
        outcome = Outcome(rows=reading.rows.total)
        self._begin()
        for event in events:
            if not self._is_new("event", event["event_id"]):
                outcome.duplicates += 1
                continue
            outcome.accepted += 1
            body = self._find(event["incident_id"])
            self._journal.execute(
                "INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, 0)",
                (event["event_id"], event["incident_id"], orjson.dumps(event), 0 if body is None else 1),
            )
            if body is not None:
                self._save(apply_event(body, event), now_us)
                changed(event["incident_id"])
        outcome.faults = reading.all_faults()
        self._count(outcome, sending, now_us)
        return outcome

    def _count(self, outcome: Outcome, sending: Sending, now_us: int) -> None:
        if outcome.accepted:
            self._journal.execute(
                "INSERT INTO batches (at, actor, source, kind, rows) VALUES (?, ?, ?, ?, ?)",
                (now_us, sending.actor, sending.source, sending.kind, outcome.accepted),
            )

    def expired(self, now_us: int) -> list[str]:
        """Forget incidents a live map shows no longer, and return their ids."""
        gone = [one for one, body in self.known.items() if not self.is_shown(body, now_us)]
        for one in gone:
            del self.known[one]
        return gone

    def commit(self) -> None:
        """Put what was taken on the disk."""
        if self._is_open:
            self._journal.execute("COMMIT")
            self._is_open = False

    def close(self) -> None:
        """Close the journal; what was not committed is gone."""
        self._journal.close()


def _rows_of(reading: Reading, columns: dict[str, list[Any]]) -> list[Body]:
    names = list(columns)
    return [dict(zip(names, (columns[name][row] for name in names), strict=True)) for row in reading.usable()]


def _read_ids(reading: Reading, key: str, sending: Sending) -> list[str | None]:
    """Ids of a batch: the row's own, else source and number in that source."""
    if key in reading.columns:
        return reading.texts(key, required=True)
    sources = reading.texts("source") if "source" in reading.columns else [sending.source] * reading.count
    return join_ids(sources, reading.texts("source_id", required=True))


def read_incidents(reading: Reading, sending: Sending) -> list[Body]:
    """Return the usable incidents of a batch; what is wrong with the others stands in the reading."""
    ids = reading.ids = _read_ids(reading, "incident_id", sending)
    columns: dict[str, list[Any]] = {"incident_id": ids}
    degrees = sending.crs in ("", "EPSG:4326")
    for field in SPEC.fields:
        if field.name in reading.columns and field.name not in columns and not field.derived:
            if field.dtype == "time":
                columns[field.name] = reading.moments(field.name, sending.zone)
            elif field.dtype in ("float", "int"):
                low = -math.inf if field.low is None or not degrees else field.low
                high = math.inf if field.high is None or not degrees else field.high
                columns[field.name] = reading.numbers(field.name, low=low, high=high)
            else:
                columns[field.name] = _allowed(reading, field.name, field.allowed)
    if sending.source and "source" not in columns:
        columns["source"] = [sending.source] * reading.count
    _require_time(reading, columns)
    rows = _rows_of(reading, columns)
    if not degrees:
        for row in rows:
            if row.get("lon") is not None and row.get("lat") is not None:
                x, y = to_lon_lat(pd.Series([row["lon"]]).to_numpy(), pd.Series([row["lat"]]).to_numpy(), sending.crs)
                row.update(lon=float(x[0]), lat=float(y[0]))
    return rows


def _allowed(reading: Reading, name: str, allowed: Iterable[str]) -> list[str | None]:
    known = [one for one in allowed if one]
    found = reading.texts(name)
    for row, value in enumerate(found):
        if known and value is not None and value not in known:
            reading.fault(
                row, say("one of {names} in {field}", names=", ".join(known), field=name), say("{value}", value=value),
                say("correct this row and send it again"),
            )  # fmt: skip
    return found


def _require_time(reading: Reading, columns: dict[str, list[Any]]) -> None:
    """An incident without the time it occurred takes the time it was reported; one without both is at fault."""
    nothing: list[Any] = [None] * reading.count
    reported = columns.get("reported_at", nothing)
    occurred = [a if a is not None else b for a, b in zip(columns.get("occurred_at", nothing), reported, strict=True)]
    columns["occurred_at"] = occurred
    others = [name for name in HAPPENED if name in columns]
    for row, value in enumerate(occurred):
        if value is None and all(columns[name][row] is None for name in others):
            reading.fault(
                row, say("the time in occurred_at or reported_at"), say("nothing"),
                say("correct this row and send it again"),
            )  # fmt: skip


def read_events(reading: Reading, sending: Sending) -> list[Body]:
    """Return the usable steps of a batch in the order they happened."""
    incidents = reading.ids = reading.texts("incident_id", required=True)
    at = reading.moments("at", sending.zone, required=True)
    stages = _allowed(reading, "stage", EVENT_SPEC.field("stage").allowed)
    for row, stage in enumerate(stages):
        if stage is None:
            reading.fault(
                row, say("a stage"), say("nothing"), say("correct this row and send it again")
            )  # fmt: skip
    if "event_id" in reading.columns or "source_id" in reading.columns:
        ids = _read_ids(reading, "event_id", sending)
    else:
        ids = [f"{one}@{stage}@{moment}" for one, stage, moment in zip(incidents, stages, at, strict=True)]
    columns: dict[str, list[Any]] = {"event_id": ids, "incident_id": incidents, "at": at, "stage": stages}
    columns |= {name: reading.texts(name) for name in ("actor_id", "note")}
    columns["due_at"] = reading.moments("due_at", sending.zone)
    return sorted(_rows_of(reading, columns), key=lambda event: event["at"])
