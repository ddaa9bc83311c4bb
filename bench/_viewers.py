"""Many open maps in one process: each keeps the state it was told; prints how old news was when it came."""

from __future__ import annotations

import asyncio
import hashlib
import sys
import time
from datetime import datetime
from typing import Any

import orjson
from websockets.asyncio.client import connect

OPEN_S = 120.0
"""A crowd of maps opens at once on the machine that serves them."""
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

    def digest(self) -> str:
        """Return what the map shows in short: equal for maps that show the same."""
        shown = orjson.dumps([self.units, self.incidents], option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(shown).hexdigest()


async def look(url: str, cookie: str, one: Map, ready: asyncio.Event) -> None:
    """Hold one map open until cancelled; `ready` is set when it shows something."""
    headers = {"Cookie": cookie} if cookie else {}
    async with connect(url, additional_headers=headers, compression=None, max_size=None, open_timeout=OPEN_S) as socket:
        async for text in socket:
            if one.hear(text, measures=ready.is_set()) == "snapshot":
                ready.set()
    raise ConnectionError("a map was closed by the service")


async def main(url: str, seconds: float, cookies: list[str]) -> None:
    """Open one map for each cookie, say so, look on for so many seconds from then; prints one JSON object."""
    maps = [Map() for _ in cookies]
    bells = [asyncio.Event() for _ in cookies]
    async with asyncio.TaskGroup() as group:
        looking = [
            group.create_task(look(url, cookie, one, bell))
            for cookie, one, bell in zip(cookies, maps, bells, strict=True)
        ]
        for bell in bells:
            await bell.wait()
        print("ready", flush=True)
        await asyncio.sleep(seconds)
        for one in looking:
            one.cancel()
    ages = [round(age, 3) for one in maps for age in one.ages_s]
    told = {"ages_s": ages, "states": [one.digest() for one in maps]}
    sys.stdout.buffer.write(orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2]), orjson.loads(sys.stdin.buffer.readline())))
