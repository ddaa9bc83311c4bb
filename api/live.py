"""/api/live: a WebSocket that tells a map what there is and then what changes, inside the caller's scope."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from urllib.parse import urlsplit

import orjson
from anyio import CancelScope, create_task_group, to_thread
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.ask import default_account
from api.live_hub import Hub, Hubs, Viewer, now_iso
from data.settings import DEFAULTS
from data.store import open_store, workspaces
from data.store.accounts import Account, rights
from geo.errors import GridError

LOG = logging.getLogger("wangge.api")
FOREIGN, CHANGED, TRY_AGAIN = 4400, 4403, 1013
_HUBS: dict[asyncio.AbstractEventLoop, Hubs] = {}


async def close_hubs() -> None:
    """Stop listening to the writer: the service ends."""
    hubs = _HUBS.pop(asyncio.get_running_loop(), None)
    if hubs is not None:
        await hubs.close()


def is_own_page(origin: str, host: str) -> bool:
    """
    Say whether a socket was opened by a page of this service, or by a program, which names no origin.

    Examples
    --------
    >>> is_own_page("http://127.0.0.1:8501", "127.0.0.1:8501"), is_own_page("", "a"), is_own_page("http://b", "a")
    (True, True, False)
    """
    return not origin or urlsplit(origin).netloc.casefold() == host.casefold()


def _find_account(socket: WebSocket) -> tuple[str, Account] | None:
    known = workspaces()
    asked = socket.query_params.get("ws", "") or ("main" if "main" in known else next(iter(known), ""))
    if asked not in known:
        return None
    store = open_store(asked)
    people = {one.account_id: one for one in store.accounts()}
    named = socket.scope.get("wangge_accounts", {}).get(asked)
    return asked, people[named] if named in people else people[default_account(store)]


async def live(socket: WebSocket) -> None:
    """Tell one map what happens, until it is closed."""
    if not is_own_page(socket.headers.get("origin", ""), socket.headers.get("host", "")):
        await socket.close(FOREIGN)
        return
    found = None
    with suppress(GridError):
        found = await to_thread.run_sync(_find_account, socket)
    if found is None:
        await socket.close(FOREIGN)
        return
    workspace, account = found
    await socket.accept()
    try:
        hubs = _HUBS.setdefault(asyncio.get_running_loop(), Hubs())
        hub = await hubs.find(workspace, float(DEFAULTS["ingest_wait_s"]))
        channel = await hub.channel(account, rights(account).sees_personal)
    except GridError as error:
        LOG.warning("live map of %s: %s", workspace, error)
        await socket.close(TRY_AGAIN)
        return
    since = socket.query_params.get("since", "")
    viewer = Viewer(account, channel, seq=int(since) if since.isdigit() and len(since) < 17 else -1)
    hub.viewers.add(viewer)
    try:
        async with create_task_group() as both:
            both.start_soon(_drain, socket, both.cancel_scope)
            await _tell(socket, hub, viewer, is_return=bool(since))
            both.cancel_scope.cancel()
    finally:
        hub.viewers.discard(viewer)


async def _drain(socket: WebSocket, scope: CancelScope) -> None:
    """A map says nothing; what comes is thrown away until it leaves."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
    scope.cancel()


async def _tell(socket: WebSocket, hub: Hub, viewer: Viewer, *, is_return: bool) -> None:
    with suppress(WebSocketDisconnect, RuntimeError):
        hello = {"type": "hello", "seq": hub.seq, "now": now_iso(), "stale_s": hub.stale_s, "edition": hub.edition}
        hello["areas"] = hub.areas
        await socket.send_text(orjson.dumps(hello).decode())
        viewer.needs_all = not viewer.channel.start_seq <= viewer.seq <= hub.seq
        if viewer.needs_all and not is_return:
            viewer.needs_all = False
            await _tell_all(socket, hub, viewer)
        while not viewer.closing:
            if viewer.needs_all or viewer.seq < viewer.channel.start_seq:
                viewer.needs_all = False
                await socket.send_text('{"type":"reset"}')
                await _tell_all(socket, hub, viewer)
            seq, text = hub.seq, viewer.channel.after(viewer.seq)
            viewer.seq = seq
            if text is not None:
                await socket.send_text(text)
                continue
            if viewer.needs_beat:
                viewer.needs_beat = False
                beat = {"type": "beat", "seq": seq, "now": now_iso(), "areas": hub.areas}
                await socket.send_text(orjson.dumps(beat).decode())
            viewer.bell.clear()
            if viewer.seq == hub.seq and not viewer.needs_all and not viewer.needs_beat and not viewer.closing:
                await viewer.bell.wait()
        await socket.close(viewer.closing)


async def _tell_all(socket: WebSocket, hub: Hub, viewer: Viewer) -> None:
    viewer.seq = hub.seq
    await socket.send_text(viewer.channel.snapshot(hub.state, hub.seq))
