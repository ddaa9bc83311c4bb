"""A browser page that is watched: every error, failed request and request to another machine is noted."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
]
DEEP_LINK_404 = ("/_stcore/health", "/_stcore/host-config")
POLL_MS = 100


def chromium_path() -> Path | None:
    """Return Debian's Chromium, None where it is not installed."""
    found = shutil.which("chromium")
    return Path(found) if found else None


class WatchedPage:
    """A Playwright page with a record of what went wrong on it."""

    def __init__(self, page: Any, home: str) -> None:
        self.page, self.home = page, home
        self.errors: list[str] = []
        self.failed: list[str] = []
        self.outside: list[str] = []
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.errors.append(f"page error: {error}"))
        page.on("requestfailed", self._on_failed)
        page.on("request", self._on_request)
        page.on("response", self._on_response)
        page.on("websocket", lambda socket: self._on_address(socket.url))

    def _on_console(self, message: Any) -> None:
        if message.type == "error" and not self._is_allowed((message.location or {}).get("url", "")):
            self.errors.append(f"console: {message.text} ({(message.location or {}).get('url', '')})")

    def _on_failed(self, request: Any) -> None:
        if "ERR_ABORTED" not in (request.failure or ""):
            self.failed.append(f"failed: {request.url} {request.failure}")

    def _on_request(self, request: Any) -> None:
        self._on_address(request.url)

    def _on_address(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != urlsplit(self.home).netloc:
            self.outside.append(f"other machine: {url}")

    def _on_response(self, response: Any) -> None:
        if response.status >= 400 and not self._is_allowed(response.url):
            self.failed.append(f"failed: {response.status} {response.url}")

    def _is_allowed(self, url: str) -> bool:
        """The two requests a deep link makes below its own path, by exact name."""
        path = urlsplit(url).path
        return any(path.endswith(name) and path != name for name in DEEP_LINK_404)

    def problems(self) -> list[str]:
        return [*self.errors, *self.failed, *self.outside]

    def goto(self, path: str) -> None:
        """Open a page of the service and wait until it has drawn."""
        self.page.goto(self.home + path, wait_until="domcontentloaded")
        self.settle()

    def settle(self, seconds: float = 120) -> None:
        """Wait until the page's script has run to its end and has shown something."""
        self.poll(
            "() => !!document.querySelector('[data-testid=stAppViewContainer]')"
            " && document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'"
            " && !document.querySelector('[data-testid=stStatusWidget], [data-testid=stSkeleton]')"
            " && !document.querySelector('[data-stale=true]')"
            " && (document.querySelector('[data-testid=stMain]')?.innerText || '').trim().length > 0",
            seconds=seconds,
            what="the page to settle",
        )
        faults = self.page.locator("[data-testid=stException], [data-testid=stAlertContentError]").all_inner_texts()
        assert not faults, faults

    def poll(self, script: str, *, frame: Any = None, seconds: float = 120, what: str = "") -> Any:
        """Evaluate until it is true; a string for wait_for_function is blocked by the policy of the page."""
        target = frame or self.page
        value = None
        for _ in range(int(seconds * 1000 / POLL_MS)):
            value = target.evaluate(script)
            if value:
                return value
            self.page.wait_for_timeout(POLL_MS)
        raise AssertionError(f"waited {seconds} s for {what or script}; last value {value!r}; {self.problems()}")

    def text(self) -> str:
        return str(self.page.locator("[data-testid=stMain]").inner_text())

    def map(self, seconds: float = 120) -> Any:
        """Return the frame of the map document."""
        for _ in range(int(seconds * 1000 / POLL_MS)):
            frames = [frame for frame in self.page.frames if "/map/" in frame.url]
            if frames:
                return frames[0]
            self.page.wait_for_timeout(POLL_MS)
        raise AssertionError(f"no map document on {self.page.url}")

    def screenshot(self, path: Path) -> None:
        """Take the picture of the window."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(path))
