"""Sending rows to a running service on this machine, again until they are taken: repeating is safe."""

from __future__ import annotations

import http.client
import ipaddress
import time
from typing import Any
from urllib.parse import quote, urlsplit

import orjson

from geo.errors import GridError, StoreError, say

TIMEOUT_S = 60
PAUSE_S = 1.0
COME_AGAIN = (429, 503)


class Poster:
    """
    One kept-open connection to a service. `account` is a person of a demonstration workspace to act as.

    Raises a GridError if the address is not of this machine.
    """

    def __init__(self, url: str, workspace: str, *, account: str | None = None, tries: int = 30) -> None:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme != "http" or not _is_own(host):
            raise GridError(
                say("an http address of this machine"),
                say("{url}", url=url),
                say("name 127.0.0.1 and the port of `wangge serve`"),
            )
        self._host, self._port, self._tries = host, parts.port or 80, tries
        self._workspace, self._cookie = quote(workspace), ""
        self._connection: http.client.HTTPConnection | None = None
        if account:
            self._become(account)

    def _become(self, account: str) -> None:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT_S)
        try:
            connection.request("GET", f"/auth/as/{quote(account)}?ws={self._workspace}")
            answer = connection.getresponse()
            answer.read()
        except OSError as error:
            raise self._nobody(error) from None
        finally:
            connection.close()
        self._cookie = (answer.getheader("Set-Cookie") or "").split(";")[0]
        if answer.status != 303:
            raise StoreError(
                say("account {name} in a demonstration workspace", name=account),
                say("status {status}", status=answer.status),
                say("name an account of this workspace"),
            )

    def _nobody(self, error: object) -> StoreError:
        return StoreError(
            say("a service at {host}:{port}", host=self._host, port=self._port),
            say("{error}", error=str(error)),
            say("start it with `wangge serve`"),
        )

    def post(self, kind: str, rows: list[dict[str, Any]] | bytes) -> dict[str, Any]:
        """
        Send rows (or a JSON body made before) and return what came of them.

        A busy service is asked again when it said, one that does not answer after a moment.

        Raises
        ------
        StoreError
            If the service refuses them, or does not answer for as many tries as were given.
        """
        body = rows if isinstance(rows, bytes) else orjson.dumps(rows)
        last: object = ""
        for _ in range(self._tries):
            try:
                status, wait_s, answer = self._once(kind, body)
            except (OSError, http.client.HTTPException) as error:
                self.close()
                last = error
                time.sleep(PAUSE_S)
                continue
            if status == 200:
                return dict(orjson.loads(answer))
            last = f"{status}: {answer[:300].decode('utf-8', 'replace')}"
            if status not in COME_AGAIN:
                raise StoreError(
                    say("the service to take the rows"), say("{error}", error=last), say("correct what it names")
                )
            time.sleep(wait_s)
        raise self._nobody(last)

    def _once(self, kind: str, body: bytes) -> tuple[int, float, bytes]:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT_S)
        headers = {"Content-Type": "application/json", "Cookie": self._cookie}
        self._connection.request("POST", f"/api/ingest/{kind}?ws={self._workspace}&lang=en", body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.will_close:
            self.close()
        return answer.status, float(answer.getheader("Retry-After") or PAUSE_S), content

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _is_own(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
