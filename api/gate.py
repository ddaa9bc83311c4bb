"""Who are you, and is this request one this service should hear? Asked of every request and websocket."""

from __future__ import annotations

import base64
import hmac
import ipaddress
import json
import os
import secrets
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.csp import page_policy
from data.settings import home

COOKIE = "wangge_who"
HEADER = b"x-wangge-accounts"
SECRET_FILE = "cookie.key"
MAX_ACCOUNTS = 20


def read_secret(folder: Path | None = None) -> bytes:
    """Return the key that signs cookies, made once for a store's home and readable by its owner only."""
    folder = folder or home()
    path = folder / SECRET_FILE
    folder.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_bytes()
        if len(key) >= 32:
            return key
        path.chmod(0o600)
        handle = os.open(path, os.O_WRONLY | os.O_TRUNC)
    key = secrets.token_bytes(32)
    with os.fdopen(handle, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return key


def sign_accounts(accounts: Mapping[str, str], key: bytes) -> str:
    """
    Return the cookie that names who the caller is in each workspace.

    Examples
    --------
    >>> verify_accounts(sign_accounts({"main": "duty"}, b"k" * 32), b"k" * 32)
    {'main': 'duty'}
    """
    body = base64.urlsafe_b64encode(json.dumps(dict(accounts), sort_keys=True).encode()).decode().rstrip("=")
    return f"{body}.{hmac.new(key, body.encode(), sha256).hexdigest()}"


def verify_accounts(cookie: str | None, key: bytes) -> dict[str, str]:
    """
    Return {workspace: account} of a cookie, empty where it is missing, foreign or changed.

    Examples
    --------
    >>> verify_accounts("e30.00", b"k" * 32)
    {}
    """
    body, _, seal = (cookie or "").rpartition(".")
    if not body or not hmac.compare_digest(
        hmac.new(key, body.encode(), sha256).hexdigest().encode(), seal.encode("utf-8", "replace")
    ):
        return {}
    found = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return {str(ws): str(account) for ws, account in found.items()}


def is_known_host(host: str, extra: tuple[str, ...] = ()) -> bool:
    """
    Say whether a Host header names this service: an address, localhost, or a name it was given.

    A foreign name that resolves to this machine is refused, so that another site's page cannot ask here.

    Examples
    --------
    >>> is_known_host("127.0.0.1:8501"), is_known_host("[::1]:8501"), is_known_host("evil.example")
    (True, True, False)
    >>> is_known_host("wangge.gov.local:8501", ("wangge.gov.local",))
    True
    """
    name = host.rsplit(":", 1)[0] if not host.endswith("]") and ":" in host else host
    name = name.strip("[]").casefold()
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name in ("localhost", "testserver", *(one.casefold() for one in extra))
    return True


HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"geolocation=(self), camera=(), microphone=(), fullscreen=(self)"),
)


class Gate:
    """
    ASGI middleware around everything, Streamlit's own routes and websocket included.

    It refuses foreign hosts, takes the person from the signed cookie and nothing else, hands it on as the header
    `X-Wangge-Accounts` (a client's own header of that name is dropped) and as `scope["wangge_accounts"]`, and puts
    the security headers on every answer.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.key = read_secret()
        self.hosts = tuple(one.strip() for one in os.environ.get("WANGGE_HOSTS", "").split(",") if one.strip())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one connection through, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        if not is_known_host(connection.headers.get("host", ""), self.hosts):
            await self._refuse(scope, receive, send)
            return
        accounts = verify_accounts(connection.cookies.get(COOKIE), self.key)
        headers = [(name, value) for name, value in scope["headers"] if name.lower() != HEADER]
        headers.append((HEADER, urlencode(accounts).encode("ascii")))
        inner = {**scope, "headers": headers, "wangge_accounts": accounts}

        async def send_sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _with_policy(message.get("headers", []))}
            await send(message)

        await self.app(inner, receive, send_sealed)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 4400})
            return
        text = "expected: an address of this service; found: another host; to do: name it in WANGGE_HOSTS"
        await JSONResponse({"error": "HostError", "message": text}, status_code=421)(scope, receive, send)


def _with_policy(headers: Any) -> list[tuple[bytes, bytes]]:
    present = {name.lower() for name, _ in headers}
    wanted = [*HEADERS, (b"content-security-policy", page_policy().encode())]
    return [*headers, *((name, value) for name, value in wanted if name not in present)]
