"""What live maps of one workspace are told: one state, filtered and encoded once for each scope, kept for a while."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from anyio import to_thread

from data.ingest.client import watch
from data.ingest.room import areas_edition_of
from data.settings import DEFAULTS
from data.store import open_store
from data.store.accounts import Account
from data.store.masks import mask_name, mask_text
from geo.errors import GridError, StoreError, say

AGAIN_S = 1.0
Things = dict[str, dict[str, Any]]
ScopeKey = tuple[str | None, bool]


def now_iso() -> str:
    """Return the present moment as ISO text in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Step:
    """What one delta changed for one scope; None stands for gone."""

    seq: int
    moment: float
    units: dict[str, bytes | None]
    incidents: dict[str, bytes | None]
    text: str


def encode_step(seq: int, units: dict[str, bytes | None], incidents: dict[str, bytes | None]) -> str:
    """Return a delta as the text that is sent."""
    told = {"units": units, "incidents": incidents}
    body = {name: [orjson.Fragment(one) for one in part.values() if one is not None] for name, part in told.items()}
    gone = {name: [key for key, one in part.items() if one is None] for name, part in told.items()}
    return orjson.dumps({"type": "delta", "seq": seq, "at": now_iso(), **body, "gone": gone}).decode()


@dataclass(eq=False)
class Viewer:
    """One open map: how far it has been told, and a bell that rings when there is more."""

    account: Account
    channel: Channel
    seq: int = 0
    needs_all: bool = False
    needs_beat: bool = False
    closing: int = 0
    bell: asyncio.Event = field(default_factory=asyncio.Event)


class Channel:
    """
    Everything for one scope: an area and whether personal text is shown.

    `start_seq` is the number after which the ring holds every step: a viewer who has been told that much resumes.
    """

    def __init__(self, ids: frozenset[str] | None, in_clear: bool, seq: int) -> None:
        self.ids, self.in_clear, self.start_seq = ids, in_clear, seq
        self.shown: dict[str, set[str]] = {"units": set(), "incidents": set()}
        self.ring: deque[Step] = deque()
        self.left_at = time.monotonic()

    def holds(self, thing: dict[str, Any]) -> bool:
        """Say whether a unit or incident lies in the scope."""
        return self.ids is None or thing["area_id"] in self.ids

    def encode(self, kind: str, thing: dict[str, Any]) -> bytes:
        """Return a unit or incident as JSON, personal text masked where the scope does not show it."""
        if not self.in_clear:
            name, mask = ("name", mask_name) if kind == "units" else ("title", mask_text)
            thing = {**thing, name: mask(str(thing.get(name) or ""))}
        return orjson.dumps(thing)

    def begin(self, state: dict[str, Things]) -> None:
        """Look at everything again: after a change of scope."""
        for kind, things in state.items():
            self.shown[kind] = {key for key, one in things.items() if self.holds(one)}

    def snapshot(self, state: dict[str, Things], seq: int) -> str:
        """Return everything in the scope as the text that is sent."""
        told = {
            kind: [orjson.Fragment(self.encode(kind, one)) for one in things.values() if self.holds(one)]
            for kind, things in state.items()
        }
        return orjson.dumps({"type": "snapshot", "seq": seq, **told}).decode()

    def push(self, seq: int, changed: dict[str, Things], gone: dict[str, list[str]]) -> bool:
        """Keep what a delta changes here; False where it changes nothing in this scope."""
        step: dict[str, dict[str, bytes | None]] = {"units": {}, "incidents": {}}
        for kind, things in changed.items():
            shown = self.shown[kind]
            for key, one in things.items():
                if self.holds(one):
                    shown.add(key)
                    step[kind][key] = self.encode(kind, one)
                elif key in shown:
                    shown.discard(key)
                    step[kind][key] = None
            for key in gone[kind]:
                if key in shown:
                    shown.discard(key)
                    step[kind][key] = None
        moment = time.monotonic()
        while self.ring and self.ring[0].moment < moment - float(DEFAULTS["live_ring_s"]):
            self.start_seq = self.ring.popleft().seq
        if not step["units"] and not step["incidents"]:
            return False
        self.ring.append(Step(seq, moment, **step, text=encode_step(seq, **step)))
        return True

    def after(self, seq: int) -> str | None:
        """Return everything after a number as one delta, the newest of each thing; None where there is nothing."""
        steps = []
        for step in reversed(self.ring):
            if step.seq <= seq:
                break
            steps.append(step)
        if len(steps) < 2:
            return steps[0].text if steps else None
        units: dict[str, bytes | None] = {}
        incidents: dict[str, bytes | None] = {}
        for step in reversed(steps):
            units |= step.units
            incidents |= step.incidents
        return encode_step(steps[0].seq, units, incidents)


class Hub:
    """The live state of one workspace, in one event loop; it listens to the writer while somebody looks."""

    def __init__(self, workspace: str) -> None:
        self.workspace = workspace
        self.state: dict[str, Things] = {"units": {}, "incidents": {}}
        self.seq = time.time_ns() // 1_000_000
        self.edition = 0
        self.areas = 0
        self.stale_s: dict[str, float] = {}
        self.unit_hours = float(DEFAULTS["live_unit_hours"])
        self.is_fed = False
        self.ready = asyncio.Event()
        self.refusal: GridError | None = None
        self.channels: dict[ScopeKey, Channel] = {}
        self.viewers: set[Viewer] = set()
        self.left_at = time.monotonic()
        self.tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._beat())]

    async def _listen(self) -> None:
        while True:
            try:
                async for message in watch(self.workspace):
                    self._hear(message)
            except GridError as error:
                self.refusal = error
            self.is_fed = False
            await asyncio.sleep(AGAIN_S)

    def _hear(self, message: dict[str, Any]) -> None:
        told: dict[str, Things] = {kind: {one["id"]: one for one in message[kind]} for kind in self.state}
        gone: dict[str, list[str]] = {"units": [], "incidents": message.get("gone", [])}
        self.edition = message["edition"]
        if message["type"] == "snapshot":
            self.stale_s, self.unit_hours = message["stale_s"], float(message["unit_hours"])
            gone = {kind: [key for key in self.state[kind] if key not in told[kind]] for kind in told}
            told = {
                kind: {key: one for key, one in things.items() if self.state[kind].get(key) != one}
                for kind, things in told.items()
            }
            self.is_fed, self.refusal = True, None
        self._change(told, gone)
        self.ready.set()

    def _change(self, changed: dict[str, Things], gone: dict[str, list[str]]) -> None:
        if not any(changed.values()) and not any(gone.values()):
            return
        self.seq += 1
        for kind, things in self.state.items():
            things |= changed[kind]
            for key in gone[kind]:
                things.pop(key, None)
        told = {channel for channel in self.channels.values() if channel.push(self.seq, changed, gone)}
        for viewer in self.viewers:
            if viewer.channel in told:
                viewer.bell.set()

    async def channel(self, account: Account, in_clear: bool) -> Channel:
        """Return the channel of a person's scope, a new one where nobody of that scope has looked lately."""
        key = (account.area_id, in_clear)
        ids = await self._ids(account)
        if key not in self.channels:
            channel = self.channels[key] = Channel(ids, in_clear, self.seq)
            channel.begin(self.state)
        return self.channels[key]

    async def _ids(self, account: Account) -> frozenset[str] | None:
        area_id = account.area_id
        if area_id is None:
            return None

        def read() -> frozenset[str]:
            tree = open_store(self.workspace).hierarchy()
            return frozenset(tree.subtree(area_id) if area_id in tree else ())

        return await to_thread.run_sync(read)

    async def _beat(self) -> None:
        looked_at = self.edition
        while True:
            await asyncio.sleep(float(DEFAULTS["live_beat_s"]))
            with suppress(GridError):
                self._expire()
                await self._check_accounts()
                if looked_at != self.edition:
                    looked_at = self.edition
                    await self._check_scopes()
            for viewer in self.viewers if self.is_fed else ():
                viewer.needs_beat = True
                viewer.bell.set()
            self._let_go()

    def _expire(self) -> None:
        oldest = datetime.fromtimestamp(time.time() - self.unit_hours * 3600, UTC).isoformat()
        old = [key for key, one in self.state["units"].items() if one["at"] < oldest]
        self._change({"units": {}, "incidents": {}}, {"units": old, "incidents": []})

    async def _check_accounts(self) -> None:
        """Close the maps of people whose role or area changed, or who are no more."""
        if not self.viewers:
            return
        people = await to_thread.run_sync(lambda: {a.account_id: a for a in open_store(self.workspace).accounts()})
        for viewer in self.viewers:
            if people.get(viewer.account.account_id) != viewer.account:
                viewer.closing = 4403
                viewer.bell.set()

    async def _check_scopes(self) -> None:
        """After an edition: areas may have changed, and with them what lies in a scope and what a map has to draw."""
        self.areas = await to_thread.run_sync(lambda: areas_edition_of(open_store(self.workspace).path))
        for (area_id, _), channel in list(self.channels.items()):
            ids = await self._ids(Account("", "", "viewer", area_id))
            if ids != channel.ids:
                channel.ids, channel.start_seq = ids, self.seq + 1
                channel.ring.clear()
                channel.begin(self.state)
                for viewer in self.viewers:
                    if viewer.channel is channel:
                        viewer.needs_all = True
                        viewer.bell.set()

    def _let_go(self) -> None:
        """Forget scopes nobody has looked at for as long as anybody may resume."""
        now, used = time.monotonic(), {viewer.channel for viewer in self.viewers}
        for key, channel in list(self.channels.items()):
            if channel in used:
                channel.left_at = now
            elif channel.left_at < now - float(DEFAULTS["live_ring_s"]):
                del self.channels[key]
        if self.viewers:
            self.left_at = now

    @property
    def is_left(self) -> bool:
        """True if nobody has looked for as long as anybody may resume."""
        return not self.viewers and self.left_at < time.monotonic() - float(DEFAULTS["live_ring_s"])

    async def close(self) -> None:
        """Stop listening."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


class Hubs:
    """The hubs of one event loop, by workspace."""

    def __init__(self) -> None:
        self._hubs: dict[str, Hub] = {}

    async def close(self) -> None:
        """Close them all."""
        while self._hubs:
            await self._hubs.popitem()[1].close()

    async def find(self, workspace: str, wait_s: float) -> Hub:
        """
        Return the hub of a workspace when it knows the state.

        Raises
        ------
        GridError
            If the writer cannot be reached.
        """
        for name, hub in list(self._hubs.items()):
            if hub.is_left and name != workspace:
                del self._hubs[name]
                await hub.close()
        hub = self._hubs.get(workspace) or self._hubs.setdefault(workspace, Hub(workspace))
        with suppress(TimeoutError):
            await asyncio.wait_for(hub.ready.wait(), wait_s)
        if not hub.is_fed:
            hub.ready.clear()
            raise hub.refusal or StoreError(
                say("the state of the live map"), say("no word from the writer"), say("try again in a moment")
            )
        return hub
