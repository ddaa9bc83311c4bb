"""What the service says to the writer: take this body, and tell me what changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import orjson

from data.wire import connect_to, gone_error, to_error

SOCKET = "ingest"
LONGEST_LINE = 512 * 2**20
KEPT_OPEN = 16
_Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class IngestClient:
    """Connections to the writer, kept open between requests; used by one event loop."""

    def __init__(self) -> None:
        self._free: list[_Pair] = []

    async def send(self, head: dict[str, Any], body: bytes) -> dict[str, Any]:
        """
        Hand over a body and wait until it is on the disk.

        Raises
        ------
        GridError
            What the writer refused it for; StoreError if there is no writer or it ended before it answered.
        """
        while self._free:
            pair = self._free.pop()
            if not pair[0].at_eof() and not pair[1].is_closing():
                break
            pair[1].close()
        else:
            pair = await _open()
        try:
            answer = await self._ask(pair, head, body)
        except BaseException:
            pair[1].close()
            raise
        if len(self._free) < KEPT_OPEN:
            self._free.append(pair)
        else:
            pair[1].close()
        if "error" in answer:
            raise to_error(answer["error"])
        return dict(answer["result"])

    async def close(self) -> None:
        """Close what is kept open."""
        while self._free:
            await _shut(self._free.pop()[1])

    @staticmethod
    async def _ask(pair: _Pair, head: dict[str, Any], body: bytes) -> dict[str, Any]:
        reader, writer = pair
        try:
            writer.write(orjson.dumps({**head, "bytes": len(body)}, option=orjson.OPT_APPEND_NEWLINE))
            writer.write(body)
            await writer.drain()
            line = await reader.readline()
        except ConnectionError:
            line = b""
        if not line:
            raise gone_error()
        return dict(orjson.loads(line))


async def _open() -> _Pair:
    connection = connect_to(SOCKET)
    if connection is None:
        raise gone_error()
    connection.setblocking(False)
    return await asyncio.open_unix_connection(sock=connection, limit=LONGEST_LINE)


async def _shut(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


async def watch(workspace: str) -> AsyncIterator[dict[str, Any]]:
    """
    Yield everything a live map of a workspace shows, then each change, until the writer ends.

    Raises
    ------
    GridError
        If there is no writer or no such workspace.
    """
    reader, writer = await _open()
    try:
        writer.write(orjson.dumps({"watch": workspace}, option=orjson.OPT_APPEND_NEWLINE))
        await writer.drain()
        with suppress(ConnectionError):
            while line := await reader.readline():
                message = orjson.loads(line)
                if "error" in message:
                    raise to_error(message["error"])
                yield message
    finally:
        await _shut(writer)
