"""One workspace in the writer: its ground, its intakes, and what changed since the last word to live maps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from sqlalchemy import select

from data.ingest.fields import Reading
from data.ingest.fixes import FixIntake, Spot
from data.ingest.ground import Ground
from data.ingest.incidents import Body, IncidentIntake, changed_us
from data.ingest.outcome import Outcome, Sending
from data.ingest.parsing import read_body, read_forwarded
from data.store.accounts import Account
from data.store.engine import compile_sql, folder, reading, require_store, require_version
from data.store.opening import Store
from data.store.tables import EDITIONS, WORKSPACE

GROUND_TABLES = frozenset({"areas", "levels"})
OWN_VERBS = frozenset({"seal_segment", "publish_live"})


def to_iso(moment_us: int | None) -> str | None:
    """
    Return microseconds since 1970 as ISO text in UTC.

    Examples
    --------
    >>> to_iso(1_500_000), to_iso(None)
    ('1970-01-01T00:00:01.500Z', None)
    """
    if moment_us is None:
        return None
    moment = datetime.fromtimestamp(moment_us / 1e6, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def show_units(spots: Mapping[str, Spot], label: Callable[[str], tuple[str, str]]) -> list[dict[str, Any]]:
    """
    Return units as a live map is told of them.

    Examples
    --------
    >>> show_units({"u": (1_500_000, 1.0, 2.0, "A", ())}, lambda unit: ("tracker", unit))[0]["at"]
    '1970-01-01T00:00:01.500Z'
    """
    moments = np.array([spot[0] for spot in spots.values()], dtype="datetime64[us]").astype("datetime64[ms]")
    told = []
    for (unit, spot), at in zip(spots.items(), np.datetime_as_string(moments, unit="ms").tolist(), strict=True):
        kind, name = label(unit)
        told.append(
            {
                "id": unit, "kind": kind, "name": name, "lon": round(spot[1], 6), "lat": round(spot[2], 6),
                "at": f"{at}Z", "area_id": spot[3], "marks": list(spot[4]),
            }
        )  # fmt: skip
    return told


def show_incident(body: Body) -> dict[str, Any]:
    """Return an incident as a live map is told of it."""
    times = ("reported_at", "due_at", "arrived_at", "closed_at")
    told = {"id": body["incident_id"], "category": body.get("category"), "title": body.get("title")}
    told |= {"stage": body.get("status") or "reported", "lon": body.get("lon"), "lat": body.get("lat")}
    told |= {"area_id": body.get("area_id"), "reason": body.get("reason")}
    told |= {name: to_iso(body.get(name)) for name in times}
    told["reported_at"] = told["reported_at"] or to_iso(body.get("occurred_at"))
    return {**told, "changed_at": to_iso(changed_us(body))}


def editions_after(path: Path, edition: int) -> list[tuple[int, str, set[str]]]:
    """Return the editions published after one: number, verb, and the tables each changed."""
    statement = select(EDITIONS.c.edition, EDITIONS.c.verb, EDITIONS.c.tables).where(EDITIONS.c.edition > edition)
    with reading(path) as connection:
        rows = connection.execute(*compile_sql(statement)).fetchall()
    return [(edition, verb, set(orjson.loads(tables))) for edition, verb, tables in rows]


def areas_edition_of(path: Path) -> int:
    """Return the edition in which areas or levels were last published."""
    return max((edition for edition, _, tables in editions_after(path, 0) if tables & GROUND_TABLES), default=0)


class Room:
    """
    One workspace being written to. Used by one thread.

    `refresh` is called before each group of requests: it follows editions that others publish, and gives the place
    up (returns False) where the workspace itself was replaced.
    """

    def __init__(self, workspace: str, now_us: int) -> None:
        self.workspace, self.path = workspace, require_store(workspace)
        self.uid, self.edition = self._read_edition()
        with reading(self.path) as connection:
            require_version(connection)
        self.ground = Ground(self._store(), areas_edition_of(self.path))
        self.fixes = FixIntake(folder(workspace), self.ground, now_us)
        self.incidents = IncidentIntake(folder(workspace), self.ground, now_us)
        self.changed_units: dict[str, None] = {}
        self.changed_incidents: dict[str, None] = {}
        self._accounts: dict[str, Account] = {}

    def account(self, account_id: str) -> Account:
        """Return one person; ScopeError if there is nobody of this id."""
        if account_id not in self._accounts:
            self._accounts[account_id] = self.ground.store.account(account_id)
        return self._accounts[account_id]

    def _store(self) -> Store:
        return Store(self.workspace, self.path, edition=self.edition)

    def _read_edition(self) -> tuple[str, int]:
        with reading(self.path) as connection:
            row = connection.execute(*compile_sql(select(WORKSPACE.c.uid, WORKSPACE.c.edition))).fetchone()
        return str(row[0]), int(row[1])

    def refresh(self, now_us: int) -> bool:
        """Follow what others published; False where this workspace is gone or another one stands in its place."""
        if not self.path.is_file():
            return False
        uid, edition = self._read_edition()
        if uid != self.uid:
            return False
        if edition == self.edition:
            return True
        news = editions_after(self.path, self.edition)
        self.edition, self._accounts = edition, {}
        changed = set().union(*(tables for _, _, tables in news)) if news else set()
        foreign = set().union(*(tables for _, verb, tables in news if verb not in OWN_VERBS)) if news else set()
        self.ground.store = self._store()
        if changed & GROUND_TABLES:
            self.fixes.rotate()
            self.ground = Ground(self._store(), areas_edition_of(self.path))
            self.fixes.ground = self.incidents.ground = self.ground
        elif foreign:
            self.ground.__dict__.pop("_with_addresses", None)
        self.ground.refresh()
        if "fix_manifest" in changed or changed & GROUND_TABLES:
            self.fixes.reload(now_us)
        if foreign & {"incidents", "incident_events"} or changed & GROUND_TABLES:
            before = set(self.incidents.known)
            self.incidents.reload(now_us)
            self.changed_incidents |= dict.fromkeys(before | set(self.incidents.known))
        return True

    def take(self, sending: Sending, body: bytes, now_us: int) -> Outcome:
        """Take one request; a refusal of the whole request is raised, faults of rows stand in the outcome."""
        settings = self.ground.settings
        rows = read_body(
            body, sending.form, most_rows=int(settings["ingest_body_rows"]), most_depth=int(settings["ingest_depth"])
        )
        if sending.kind == "traccar":
            rows.rows = [read_forwarded(row) or {} for row in rows.rows]
        kind = {"traccar": "fixes", "events": "incident_events"}.get(sending.kind, sending.kind)
        batch = Reading(rows, kind)
        if kind == "fixes":
            return self.fixes.take(batch, sending, now_us, self._units_changed)
        take = self.incidents.take if kind == "incidents" else self.incidents.take_events
        return take(batch, sending, now_us, self._incident_changed)

    def _units_changed(self, units: Iterable[str]) -> None:
        self.changed_units.update(dict.fromkeys(units))

    def _incident_changed(self, incident_id: str) -> None:
        self.changed_incidents[incident_id] = None

    def commit(self) -> None:
        """Put everything taken on the disk."""
        self.fixes.commit()
        self.incidents.commit()

    def forget_news(self) -> None:
        """Nobody looks on: what changed is told to whoever comes with everything else."""
        self.changed_units.clear()
        self.changed_incidents.clear()

    def news(self) -> dict[str, Any] | None:
        """Return what changed since last asked, as live maps are told; None where nothing did."""
        if not self.changed_units and not self.changed_incidents:
            return None
        spots, known = self.fixes.spots, self.incidents.known
        units = show_units({unit: spots[unit] for unit in self.changed_units}, self.fixes.label)
        incidents = [show_incident(known[one]) for one in self.changed_incidents if one in known]
        gone = [one for one in self.changed_incidents if one not in known]
        self.changed_units, self.changed_incidents = {}, {}
        return {"units": units, "incidents": incidents, "gone": gone, "edition": self.edition}

    def snapshot(self, now_us: int) -> dict[str, Any]:
        """Return everything a live map shows."""
        oldest = now_us - int(float(self.ground.settings["live_unit_hours"]) * 3_600_000_000)
        spots: Mapping[str, Spot] = self.fixes.spots
        units = show_units({unit: spot for unit, spot in spots.items() if spot[0] >= oldest}, self.fixes.label)
        known = [show_incident(body) for body in self.incidents.known.values()]
        return {
            "units": units,
            "incidents": known,
            "edition": self.edition,
            "stale_s": self.ground.stale_s(),
            "unit_hours": float(self.ground.settings["live_unit_hours"]),
        }

    def close(self) -> None:
        """Close every file."""
        self.fixes.close()
        self.incidents.close()
