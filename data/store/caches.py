"""What a process keeps between questions: a few things per edition, built once however many threads ask."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any


class EditionCache:
    """
    A small store of built things by key, least used thrown out first; safe in threads, each thing built once.

    `limit` bounds the sum of `weigh(thing)`, which is their number where no scale is given. A thing heavier than a
    third of the limit is handed out but not kept.

    Examples
    --------
    >>> cache = EditionCache(limit=3)
    >>> [cache.get(key, lambda: number) for number, key in enumerate("abacdab")]
    [0, 1, 0, 3, 4, 0, 6]
    """

    def __init__(self, limit: int, weigh: Callable[[Any], int] = lambda _: 1) -> None:
        self._limit, self._weigh = limit, weigh
        self._weights: dict[Hashable, int] = {}
        self._lock = Lock()
        self._building: dict[Hashable, Lock] = {}
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, build: Callable[[], Any]) -> Any:
        """Return the thing kept under `key`; build and keep it if it is not there."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            own = self._building.setdefault(key, Lock())
        with own:
            with self._lock:
                if key in self._kept:
                    return self._kept[key]
            try:
                built = build()
            finally:
                with self._lock:
                    self._building.pop(key, None)
            self._keep(key, built)
            return built

    def _keep(self, key: Hashable, built: Any) -> None:
        weight = self._weigh(built)
        if 3 * weight > self._limit:
            return
        with self._lock:
            self._kept[key], self._weights[key] = built, weight
            while sum(self._weights.values()) > self._limit:
                oldest, _ = self._kept.popitem(last=False)
                del self._weights[oldest]
