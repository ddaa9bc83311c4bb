"""From files beside the store into the store: segments are sealed, incidents that came in are published."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import orjson
import pandas as pd
import pyarrow as pa
from sqlalchemy.exc import DBAPIError

from data.ingest.ground import Ground
from data.ingest.incidents import COLUMNS, EVENT_COLUMNS, JOURNAL, open_journal
from data.ingest.room import areas_edition_of
from data.ingest.sealing import seal_apart
from data.store.engine import folder, workspaces
from data.store.locks import write_lock
from data.store.opening import Store, open_store
from data.store.publishing import now_microseconds
from data.store.reading import column_dtypes
from data.store.segments import FOLDER, created_us, segment_batches, segment_fact, segment_paths
from data.store.staging import stage
from data.store.tables import FIX_MANIFEST, KIND_TABLES
from data.store.verbs.call import Call
from geo.errors import GridError

ACTOR = "writer"
TRIED_AGAIN = (GridError, OSError, sqlite3.Error, DBAPIError)
LOOK_S = 1.0
LOCK_WAIT_S = 2.0
Body = dict[str, Any]
TYPES = {"time": pa.timestamp("us", tz="UTC"), "int": pa.int64(), "float": pa.float64()}


class Keeper(threading.Thread):
    """
    Looks once a second for what waits: segments that say they are finished, or were begun before this process.

    What fails is left as it was and tried again; nothing is deleted before the store vouches for it.
    """

    def __init__(self) -> None:
        super().__init__(name="keeper", daemon=True)
        self._began_us = now_microseconds()
        self._sealed_at: dict[Path, float] = {}
        self._published_at: dict[str, float] = {}
        self._end = threading.Event()

    def close(self) -> None:
        """Begin nothing new."""
        self._end.set()

    def run(self) -> None:
        """Look until closed."""
        while not self._end.wait(LOOK_S):
            for workspace in workspaces():
                if (folder(workspace) / FOLDER).is_dir():
                    with suppress(*TRIED_AGAIN):
                        self._look(workspace)

    def _look(self, workspace: str) -> None:
        """Incidents first, and again after each segment: after many crashes a hundred segments may wait."""
        self._publish_when_due(workspace)
        store = open_store(workspace)
        listed = segment_paths(folder(workspace))
        unsealed = {path.stem for path in store.fix_archive(unsealed=True).segments}
        for path in listed:
            if self._end.is_set():
                return
            if path.stem not in unsealed:
                self._let_go(store, path)
            elif created_us(path) < self._began_us or is_finished(path):
                with suppress(*TRIED_AGAIN):
                    seal(workspace, path)
                self._publish_when_due(workspace)

    def _publish_when_due(self, workspace: str) -> None:
        publish_s = float(open_store(workspace).setting("ingest_publish_s"))
        if self._published_at.get(workspace, 0.0) + publish_s <= time.monotonic():
            self._published_at[workspace] = time.monotonic()
            publish(workspace)

    def _let_go(self, store: Store, path: Path) -> None:
        """Delete a sealed segment when nobody can still be reading it."""
        since = self._sealed_at.setdefault(path, time.monotonic())
        if since + float(store.setting("segment_grace_s")) <= time.monotonic():
            remove_segment(path)
            del self._sealed_at[path]


def is_finished(path: Path) -> bool:
    """Say whether a segment is full; one that cannot be read now is not."""
    with suppress(*TRIED_AGAIN):
        return bool(segment_fact(path, "is_finished"))
    return False


def remove_segment(path: Path) -> None:
    """Delete a segment's files."""
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def seal(workspace: str, path: Path) -> int:
    """
    Seal one closed segment: days written apart, then one transaction of the manifest. Returns the fixes sealed.

    If areas were published meanwhile nothing is done: the next look places the fixes in the new ones.
    """
    store = open_store(workspace)
    edition = store.edition
    areas = areas_edition_of(store.path)
    rows = seal_apart(workspace, path.stem, edition, areas)
    if not rows:
        remove_segment(path)
        return 0
    with write_lock(workspace, wait_s=LOCK_WAIT_S):
        if areas_edition_of(store.path) != areas:
            return 0
        call = Call(workspace, "seal_segment", {}, ACTOR, None)
        try:
            publishing = call.publishing()
            before = publishing.count(FIX_MANIFEST)
            columns = ["day", "file", "rows", "first_at", "last_at", "sha256"]
            publishing.add(FIX_MANIFEST, columns, [tuple(row[name] for name in columns) for row in rows])
            what = {"segment": path.stem, "fixes": sum(row["rows"] for row in rows), "by": segment_batches(path)}
            publishing.finish(what, rows=(before, before + len(rows)))
        finally:
            for engine in call.engines:
                engine.dispose()
    return int(what["fixes"])


def publish(workspace: str) -> int:
    """Publish incidents and events that came in since the last time, in one edition. Returns how many there were."""
    if not (folder(workspace) / FOLDER / JOURNAL).is_file():
        return 0
    with closing(open_journal(folder(workspace))) as journal:
        waiting = {
            kind: journal.execute(
                f"SELECT {key}, version, body FROM {table} WHERE published < version ORDER BY {key}"
            ).fetchall()
            for kind, table, key in KEPT
        }
        if not any(waiting.values()):
            return 0
        with write_lock(workspace, wait_s=LOCK_WAIT_S):
            _publish(workspace, {kind: [orjson.loads(body) for _, _, body in rows] for kind, rows in waiting.items()})
        journal.execute("BEGIN IMMEDIATE")
        for kind, table, key in KEPT:
            done = [(version, one) for one, version, _ in waiting[kind]]
            journal.executemany(f"UPDATE {table} SET published = ? WHERE {key} = ?", done)
        journal.execute("COMMIT")
    return sum(map(len, waiting.values()))


KEPT = (("incidents", "incidents", "incident_id"), ("incident_events", "events", "event_id"))
NAMES = {"incidents": COLUMNS, "incident_events": EVENT_COLUMNS}


def _publish(workspace: str, bodies: dict[str, list[Body]]) -> None:
    store = open_store(workspace)
    _place_again(store, bodies["incidents"])
    call = Call(workspace, "publish_live", {}, ACTOR, None)
    publishing = call.publishing()
    try:
        for kind, rows in bodies.items():
            if rows:
                staged = call.staged(kind, stage(workspace, _to_arrow(kind, rows), kind))
                publishing.end_keys(KIND_TABLES[kind], staged.spec.key, staged.keys.to_pylist())
                publishing.add_staged(KIND_TABLES[kind], staged)
                staged.path.unlink(missing_ok=True)
        publishing.finish({kind: len(rows) for kind, rows in bodies.items()})
    except BaseException:
        publishing.abandon()
        raise
    finally:
        for engine in call.engines:
            engine.dispose()


def _place_again(store: Store, incidents: list[Body]) -> None:
    """Place incidents again whose area is no more: others were published after they came in."""
    known = store.all_areas().index
    lost = [body for body in incidents if body.get("area_id") is not None and body["area_id"] not in known]
    if lost:
        names = ("incident_id", "lon", "lat", "address", "stated_area_id")
        table = pd.DataFrame([{name: body.get(name) for name in names} for body in lost])
        table[["lon", "lat"]] = table[["lon", "lat"]].astype(float)
        placed = Ground(store, 0).place_incidents(table)
        for body, area_id, reason in zip(lost, placed.area_id.tolist(), placed.reason.tolist(), strict=True):
            body.update(area_id=area_id, reason=reason)


def _to_arrow(kind: str, rows: list[Body]) -> pa.Table:
    dtypes = column_dtypes(kind)
    arrays = [
        pa.array([row.get(name) for row in rows], pa.int64()).cast(TYPES["time"])
        if dtypes[name] == "time"
        else pa.array([row.get(name) for row in rows], TYPES.get(dtypes[name], pa.string()))
        for name in NAMES[kind]
    ]
    return pa.table(arrays, names=list(NAMES[kind]))
