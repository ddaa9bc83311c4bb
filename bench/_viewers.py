"""Many open maps in one process: each keeps the state it was told; prints how old news was when it came."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect

Things = dict[str, dict[str, Any]]


class Map:
    """One open map: what it shows, and how many seconds after it happened each thing reached it."""

    def __init__(self) -> None:
        self.units: Things = {}
        self.incidents: Things = {}
        self.ages_s: list[float] = []
        self.seq = 0

    def hear(self, text: str | bytes, *, measures: bool) -> str:
        """Follow one message; returns its type."""
        message = orjson.loads(text)
        kind = str(message["type"])
        if kind == "snapshot":
            self.units = {one["id"]: one for one in message["units"]}
            self.incidents = {one["id"]: one for one in message["incidents"]}
        elif kind == "delta":
            now = time.time()
            for name, field, known in (("units", "at", self.units), ("incidents", "changed_at", self.incidents)):
                for one in message[name]:
                    known[one["id"]] = one
                    if measures:
                        self.ages_s.append(now - datetime.fromisoformat(one[field]).timestamp())
                for gone in message["gone"][name]:
                    known.pop(gone, None)
        self.seq = message.get("seq", self.seq)
        return kind


async def look(url: str, cookie: str, until: float, one: Map, ready: asyncio.Event) -> None:
    """Hold one map open until a moment."""
    headers = {"Cookie": cookie} if cookie else {}
    async with connect(url, additional_headers=headers, compression=None, max_size=None) as socket:
        async for text in _messages(socket, until):
            if one.hear(text, measures=ready.is_set()) == "snapshot":
                ready.set()


async def _messages(socket: ClientConnection, until: float) -> AsyncIterator[str | bytes]:
    while (left := until - time.monotonic()) > 0:
        try:
            yield await asyncio.wait_for(socket.recv(), left)
        except TimeoutError:
            return


async def main(url: str, seconds: float, cookies: list[str]) -> None:
    """Open one map for each cookie, say so, then look on; prints one JSON object."""
    maps = [Map() for _ in cookies]
    bells = [asyncio.Event() for _ in cookies]
    until = time.monotonic() + seconds
    looking = [
        asyncio.create_task(look(url, cookie, until, one, bell))
        for cookie, one, bell in zip(cookies, maps, bells, strict=True)
    ]
    await asyncio.gather(*(bell.wait() for bell in bells))
    print("ready", flush=True)
    await asyncio.gather(*looking)
    states = [[one.units, one.incidents] for one in maps]
    ages = [age for one in maps for age in one.ages_s]
    sys.stdout.buffer.write(orjson.dumps({"ages_s": ages, "states": states}, option=orjson.OPT_APPEND_NEWLINE))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2]), orjson.loads(sys.stdin.buffer.readline())))
