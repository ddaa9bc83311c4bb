"""Answers kept ready: encoded once for each edition, scope and question."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from hashlib import sha256
from threading import Lock
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.replies import encode, pack, reply_bytes


class Kept:
    """
    A small store of results with the oldest let go first; safe to use from several threads.

    Examples
    --------
    >>> kept = Kept(2)
    >>> kept.get("a", lambda: 1), kept.get("a", lambda: 2)
    (1, 1)
    """

    def __init__(self, most: int, most_bytes: int | None = None) -> None:
        self._most, self._most_bytes, self._bytes = most, most_bytes, 0
        self._found: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()
        self._making: dict[Hashable, Lock] = {}

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return what is kept under `key`, else make it; two callers of one key make it once."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
            turn = self._making.setdefault(key, Lock())
        with turn:
            with self._lock:
                if key in self._found:
                    return self._found[key]
            try:
                made = make()
            finally:
                with self._lock:
                    self._making.pop(key, None)
            with self._lock:
                self._found[key] = made
                self._bytes += _size(made)
                while len(self._found) > self._most or (self._most_bytes and self._bytes > self._most_bytes > 0):
                    if len(self._found) == 1:
                        break
                    self._bytes -= _size(self._found.popitem(last=False)[1])
        return made


def _size(made: Any) -> int:
    return sum(len(part) for part in made if isinstance(part, bytes)) if isinstance(made, tuple) else 0


REPLIES = Kept(400, 96 * 2**20)


def scope_key(desk: Any) -> tuple[Hashable, ...]:
    """Return what decides which rows and which fields a caller sees: store, edition, area and role."""
    return (desk.store.uid, desk.store.edition, desk.account.area_id, desk.account.role)


def reply_kept(request: Request, desk: Any, key: tuple[Hashable, ...], make: Callable[[], Any]) -> Response:
    """Answer with what `make` gives, encoded once for this edition, scope and `key`."""
    whole = (*scope_key(desk), *key)
    seal = sha256(repr(whole).encode()).hexdigest()[:24]

    def build() -> tuple[bytes, bytes]:
        body = encode(make())
        return body, pack(body)

    body, packed = REPLIES.get(whole, build)
    return reply_bytes(request, body, packed, seal)
