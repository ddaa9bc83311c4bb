"""The service: pages, HTTP surface and gate in one st.App, with the writer beside it. `streamlit run app.py`."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import numba  # noqa: F401  # asks for `coverage`; while a page runs, the page of that name would answer
import streamlit as st
from starlette.middleware import Middleware
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from api.gate import Gate
from api.routes import build_routes, close_connections
from data.settings import home
from views.unsent import keep_finished_runs
from views.warming import warm_first_page

ROOT = Path(__file__).resolve().parent
THEME_OPTIONS = {"light": "light_theme", "dark": "dark_theme"}
PAUSE_S = 1.0
OWN_PREFIXES = ("/_stcore", "/api/", "/assets/", "/map/", "/auth/", "/static/", "/media/", "/component/")


class Theme:
    """Send a page address that names a theme to the one where Streamlit begins in it, so that nothing flashes."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Redirect once; every other request passes."""
        target = theme_target(scope) if scope["type"] == "http" and scope["method"] == "GET" else None
        app = RedirectResponse(target, status_code=307) if target else self.app
        await app(scope, receive, send)


def theme_target(scope: Scope) -> str | None:
    """
    Return where a request for a page in a theme must go first; None where it may pass.

    Examples
    --------
    >>> theme_target({"path": "/map", "query_string": b"ws=a&theme=dark"})
    '/map?ws=a&theme=dark&embed_options=dark_theme'
    >>> theme_target({"path": "/map", "query_string": b"theme=dark&embed_options=dark_theme"})
    """
    path = scope["path"]
    pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    wanted = THEME_OPTIONS.get(dict(pairs).get("theme", ""))
    if wanted is None or path.startswith(OWN_PREFIXES) or "." in path or path.startswith("//"):
        return None
    others = [(name, value) for name, value in pairs if name != "embed_options"]
    target = f"{path}?{urlencode([*others, ('embed_options', wanted)])}"
    return None if ("embed_options", wanted) in pairs else target


def keep_writer(ends: threading.Event, writers: list[subprocess.Popen[bytes]]) -> None:
    """Run the writer, and a new one where it was killed, until the service ends."""
    while not ends.is_set():
        words = [sys.executable, "-m", "data.writer"]
        writers.append(subprocess.Popen(words, stdin=subprocess.PIPE, cwd=ROOT, env=os.environ))
        writers[-1].wait()
        ends.wait(PAUSE_S)


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Run the writer while the service runs: it ends when the pipe to it closes, however this process dies."""
    home().mkdir(parents=True, exist_ok=True)
    ends = threading.Event()
    writers: list[subprocess.Popen[bytes]] = []
    keeping = threading.Thread(target=keep_writer, args=(ends, writers), name="writer's keeper", daemon=True)
    keeping.start()
    threading.Thread(target=warm_first_page, name="warming", daemon=True).start()
    try:
        yield
    finally:
        await close_connections()
        ends.set()
        for writer in writers[-1:]:
            if writer.stdin is not None:
                writer.stdin.close()
            try:
                writer.wait(timeout=10)
            except subprocess.TimeoutExpired:
                writer.terminate()


keep_finished_runs()
app = st.App(
    ROOT / "views" / "main.py",
    routes=build_routes(),
    middleware=[Middleware(Theme), Middleware(Gate)],
    lifespan=lifespan,
)
