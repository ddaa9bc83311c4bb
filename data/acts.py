"""Acts told by a map's tools: each done once, in order; and the sessions of a service that take them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

from geo.errors import GridError

Session = TypeVar("Session")


class ActSession:
    """
    What one person works on. Acts come as plain values with a rising `seq`; those already done are passed over, so
    that a page may send them again. `refusal` is why the last one was not done: it changed nothing else. Methods may
    be called from several threads.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.seen = 0
        self.refusal: GridError | None = None

    def take_acts(self, told: list[dict[str, Any]]) -> bool:
        """Do the acts not done yet, in order; say whether there were any."""
        with self.lock:
            fresh = sorted((one for one in told if int(one["seq"]) > self.seen), key=lambda one: int(one["seq"]))
            for one in fresh:
                self.seen = int(one["seq"])
                self.perform(one)
            return bool(fresh)

    def perform(self, act: dict[str, Any]) -> None:
        """Do one act, or keep why it is refused."""
        with self.lock:
            self.refusal = None
            try:
                self.do(act)
            except GridError as error:
                self.refusal = error

    def do(self, act: dict[str, Any]) -> None:
        """Do one act; a GridError says why not."""
        raise NotImplementedError


class Sessions(Generic[Session]):
    """The sessions of all persons, the latest used last; the oldest are let go."""

    def __init__(self, most: int = 60) -> None:
        self.most, self.lock = most, threading.Lock()
        self.held: OrderedDict[Hashable, Session] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Session]) -> Session:
        """Return the session of a key, made where there is none."""
        with self.lock:
            found = self.held.get(key)
            if found is not None:
                self.held.move_to_end(key)
                return found
        made = make()
        with self.lock:
            found = self.held.setdefault(key, made)
            while len(self.held) > self.most:
                self.held.popitem(last=False)
            return found

    def find(self, is_wanted: Callable[[Session], bool]) -> Session | None:
        """Return the session used last of those wanted, None where there is none."""
        with self.lock:
            return next((one for one in reversed(self.held.values()) if is_wanted(one)), None)

    def drop(self, key: Hashable) -> None:
        """Let a session go: the next one begins anew."""
        with self.lock:
            self.held.pop(key, None)
