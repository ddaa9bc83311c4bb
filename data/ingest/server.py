"""The writer's second door: bodies to take in, and live maps that listen, over sockets only this user can open."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import suppress
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from data.ingest.committer import Committer, Request, Watch
from data.ingest.keeper import Keeper
from data.ingest.outcome import Outcome, Sending
from data.settings import DEFAULTS
from data.wire import FINISH_S, from_error, is_same_user, listen_at
from geo.errors import GridError

SOCKET = "ingest"
LONGEST_HEAD = 4096
MOST_BEHIND = 64 * 2**20
"""A listener further behind is let go; it comes back and begins anew."""


def read_sending(head: dict[str, Any]) -> Sending:
    """Return who sends what, from the first line of a request."""
    zone = ZoneInfo(head["time_zone"]) if head.get("time_zone") else None
    names = ("workspace", "kind", "form", "actor", "source", "crs")
    return Sending(zone=zone, **{name: head.get(name, "") for name in names})


class IngestServer:
    """Sockets in a thread of their own, beside the committing thread."""

    def __init__(self) -> None:
        self._watchers: dict[str, list[asyncio.StreamWriter]] = {}
        self.committer = Committer(self._news)
        self.keeper = Keeper()
        self._loop = asyncio.new_event_loop()
        self._listener = listen_at(SOCKET)
        self._pending: dict[str, dict[str, dict[str, Any]]] = {}
        self._thread = threading.Thread(target=self._run, name="ingest sockets", daemon=True)

    def start(self) -> None:
        """Begin to serve."""
        self.committer.start()
        self.keeper.start()
        self._thread.start()

    def close(self) -> None:
        """Take no more requests; those that wait are taken in first."""
        self.keeper.close()
        self._loop.call_soon_threadsafe(self._listener.close)
        self.committer.close(FINISH_S)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        server = await asyncio.start_unix_server(self._answer, sock=self._listener, limit=2**20)
        async with server:
            await self._tick()

    async def _tick(self) -> None:
        """Send what changed, at most once in `live_tick_s`."""
        while True:
            await asyncio.sleep(float(DEFAULTS["live_tick_s"]))
            for workspace, changes in list(self._pending.items()):
                del self._pending[workspace]
                self._send(workspace, changes)

    def _send(self, workspace: str, changes: dict[str, dict[str, Any]]) -> None:
        told = {name: list(changes[name].values()) for name in ("units", "incidents")}
        gone = list(changes["gone"])
        line = _line({"type": "delta", **told, "gone": gone, "edition": changes["edition"]["edition"]})
        for writer in list(self._watchers.get(workspace, ())):
            if writer.transport.get_write_buffer_size() > MOST_BEHIND:
                writer.transport.abort()
            else:
                writer.write(line)

    def _news(self, workspace: str, news: dict[str, Any]) -> None:
        """Called by the committing thread."""
        self._loop.call_soon_threadsafe(self._keep, workspace, news)

    def _keep(self, workspace: str, news: dict[str, Any]) -> None:
        if not self._watchers.get(workspace):
            return
        changes = self._pending.setdefault(workspace, {"units": {}, "incidents": {}, "gone": {}, "edition": {}})
        for name in ("units", "incidents"):
            for one in news[name]:
                changes[name][one["id"]] = one
                if name == "incidents":
                    changes["gone"].pop(one["id"], None)
        for one in news["gone"]:
            changes["gone"][one] = {}
            changes["incidents"].pop(one, None)
        changes["edition"]["edition"] = news["edition"]

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            peer = writer.get_extra_info("socket")
            if isinstance(peer, socket.socket) and not is_same_user(peer):
                return
            with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.LimitOverrunError, ValueError):
                while line := await reader.readline():
                    head = orjson.loads(line)
                    if head.get("watch"):
                        await self._watch(head["watch"], reader, writer)
                        return
                    body = await reader.readexactly(int(head["bytes"]))
                    writer.write(_line(await self._take(read_sending(head), body)))
                    await writer.drain()
        finally:
            writer.close()

    async def _take(self, sending: Sending, body: bytes) -> dict[str, Any]:
        done: asyncio.Future[Outcome | GridError] = self._loop.create_future()

        def settle(outcome: Outcome | GridError) -> None:
            if not done.done():
                done.set_result(outcome)

        def answer(outcome: Outcome | GridError) -> None:
            self._loop.call_soon_threadsafe(settle, outcome)

        self.committer.offer(Request(sending, body, answer))
        outcome = await done
        if isinstance(outcome, GridError):
            return {"error": from_error(outcome)}
        return {"result": outcome.to_plain()}

    async def _watch(self, workspace: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        began: asyncio.Future[None] = self._loop.create_future()

        def begin(snapshot: dict[str, Any] | GridError) -> None:
            self._loop.call_soon_threadsafe(self._start_telling, workspace, writer, snapshot, began)

        self.committer.offer(Watch(workspace, begin))
        await began
        try:
            await reader.read()
        finally:
            watchers = self._watchers.get(workspace, [])
            if writer in watchers:
                watchers.remove(writer)
                self.committer.leave(workspace)

    def _start_telling(
        self,
        workspace: str,
        writer: asyncio.StreamWriter,
        snapshot: dict[str, Any] | GridError,
        began: asyncio.Future[None],
    ) -> None:
        if isinstance(snapshot, GridError):
            writer.write(_line({"error": from_error(snapshot)}))
            writer.close()
        else:
            if changes := self._pending.pop(workspace, None):
                self._send(workspace, changes)
            writer.write(_line({"type": "snapshot", **snapshot}))
            self._watchers.setdefault(workspace, []).append(writer)
        if not began.done():
            began.set_result(None)


def _line(message: dict[str, Any]) -> bytes:
    return orjson.dumps(message, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS, default=str)
