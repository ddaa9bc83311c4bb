"""The one thread that takes requests in: those waiting share a transaction, and are answered when it is on the disk."""

from __future__ import annotations

import queue
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from data.ingest.outcome import Outcome, Sending
from data.ingest.room import Room
from data.settings import DEFAULTS
from data.store.accounts import require_right
from data.store.publishing import now_microseconds
from geo.errors import GridError, StoreError, say

Answer = Callable[[Outcome | GridError], None]
News = Callable[[str, dict[str, Any]], None]
IDLE_S = 0.25


@dataclass
class Request:
    """One request that waits: what came, and whom to answer."""

    sending: Sending
    body: bytes
    answer: Answer


@dataclass
class Watch:
    """Somebody who wants to know everything a live map of a workspace shows, from now on."""

    workspace: str
    begin: Callable[[dict[str, Any] | GridError], None]


class Committer(threading.Thread):
    """Owns the rooms. `tell(workspace, news)` is called after each commit where anybody watches."""

    def __init__(self, tell: News) -> None:
        super().__init__(name="ingest", daemon=True)
        self._tell = tell
        self._watched: Counter[str] = Counter()
        self._watching = threading.Lock()
        self._waiting: queue.SimpleQueue[Request | Watch | None] = queue.SimpleQueue()
        self._rooms: dict[str, Room] = {}
        self._most_bytes = int(DEFAULTS["ingest_group_bytes"])
        self._next_look = 0.0

    def offer(self, request: Request | Watch) -> None:
        """Put a request in the queue; its caller bounds how many wait."""
        self._waiting.put(request)

    def leave(self, workspace: str) -> None:
        """Somebody who watched does so no longer; called by another thread."""
        with self._watching:
            self._watched[workspace] -= 1

    def close(self, wait_s: float) -> None:
        """Take in what waits, then end."""
        self._waiting.put(None)
        self.join(wait_s)

    def run(self) -> None:
        """Take groups of requests until closed."""
        while True:
            group, is_last = self._gather()
            requests = [one for one in group if isinstance(one, Request)]
            by_workspace: dict[str, list[Request]] = {}
            for one in requests:
                by_workspace.setdefault(one.sending.workspace, []).append(one)
            for workspace, ones in by_workspace.items():
                self._take(workspace, ones)
            for watch in group:
                if isinstance(watch, Watch):
                    self._begin(watch)
            self._look_around()
            if is_last:
                break
        for room in self._rooms.values():
            room.close()

    def _gather(self) -> tuple[list[Request | Watch], bool]:
        group: list[Request | Watch] = []
        size = 0
        try:
            one = self._waiting.get(timeout=IDLE_S)
            while one is not None:
                group.append(one)
                size += len(one.body) if isinstance(one, Request) else 0
                if size >= self._most_bytes:
                    return group, False
                one = self._waiting.get_nowait()
            return group, True
        except queue.Empty:
            return group, False

    def _room(self, workspace: str, now_us: int) -> Room:
        room = self._rooms.get(workspace)
        if room is not None and not room.refresh(now_us):
            self._drop(workspace)
            room = None
        if room is None:
            room = self._rooms[workspace] = Room(workspace, now_us)
        return room

    def _drop(self, workspace: str) -> None:
        room = self._rooms.pop(workspace, None)
        if room is not None:
            with suppress(sqlite3.Error):
                room.close()

    def _take(self, workspace: str, requests: list[Request]) -> None:
        """Take a group of one workspace; one that breaks is answered and left out, the others are taken again."""
        while requests:
            now_us = now_microseconds()
            done: list[tuple[Request, Outcome | GridError]] = []
            current: Request | None = None
            try:
                room = self._room(workspace, now_us)
                for current in requests:
                    done.append((current, self._outcome(room, current, now_us)))
                current = None
                room.commit()
            except Exception as error:
                self._drop(workspace)
                wrong = error if isinstance(error, GridError) else _broken(error)
                failed = requests if current is None else [current]
                for one in failed:
                    one.answer(wrong)
                requests = [one for one in requests if one not in failed]
                continue
            for one, outcome in done:
                one.answer(outcome)
            self._tell_news(workspace, room)
            return

    @staticmethod
    def _outcome(room: Room, request: Request, now_us: int) -> Outcome | GridError:
        try:
            require_right(room.account(request.sending.actor), "ingests")
            return room.take(request.sending, request.body, now_us)
        except GridError as error:
            return error

    def _tell_news(self, workspace: str, room: Room) -> None:
        if not self._watched[workspace]:
            room.forget_news()
            return
        news = room.news()
        if news is not None:
            self._tell(workspace, news)

    def _begin(self, watch: Watch) -> None:
        now_us = now_microseconds()
        try:
            room = self._room(watch.workspace, now_us)
            self._tell_news(watch.workspace, room)
            watch.begin(room.snapshot(now_us))
            with self._watching:
                self._watched[watch.workspace] += 1
        except Exception as error:
            self._drop(watch.workspace)
            watch.begin(error if isinstance(error, GridError) else _broken(error))

    def _look_around(self) -> None:
        """Now and then: follow editions, close full segments, forget incidents that are over."""
        if time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + 1.0
        now_us = now_microseconds()
        for workspace in list(self._rooms):
            try:
                room = self._room(workspace, now_us)
                if room.fixes.is_full(now_us):
                    room.fixes.rotate()
                room.changed_incidents |= dict.fromkeys(room.incidents.expired(now_us))
                self._tell_news(workspace, room)
            except Exception:
                self._drop(workspace)


def _broken(error: Exception) -> StoreError:
    return StoreError(
        say("the store to take the rows"),
        say("{kind}: {error}", kind=type(error).__name__, error=str(error)),
        say("nothing of this request was kept; see that the disk is not full, and send it again"),
    )
