"""The clock of a drill: one for everybody who looks at its board; it stands, or runs so many minutes a second."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from geo.crowd.board.drill import SOURCE
from geo.crowd.board.facts import Fact

SPEEDS = (0, 1, 5, 15)
"""Minutes of the drill in a second; 0 stands."""
KEPT = 64
_CLOCKS: OrderedDict[tuple[str, str], DrillClock] = OrderedDict()
_KEEPING = threading.Lock()


class DrillClock:
    """
    The moment a drill is at, between its first and its last.

    It is kept by the service and not by a page: what a browser still has on its way cannot set it back. `turn` counts
    the times it was set by hand; `told` is how many of the planted facts the board has been told, in their order.

    Examples
    --------
    >>> noon = datetime.fromisoformat("2026-09-28T12:00+08:00")
    >>> seconds = iter([0.0, 10.0, 10.0, 99.0])
    >>> clock = DrillClock(noon, noon + timedelta(hours=4), noon, ticks=lambda: next(seconds))
    >>> clock.run(5)
    >>> clock.now().strftime("%H:%M")
    '12:50'
    >>> clock.move(noon + timedelta(hours=9))
    >>> clock.now().strftime("%H:%M"), clock.speed, clock.turn
    ('16:00', 0, 2)
    """

    def __init__(
        self, first: datetime, last: datetime, at: datetime, *, told: int = 1, ticks: Callable[[], float] | None = None
    ) -> None:
        self.first, self.last, self.told, self.turn = first, last, told, 0
        self.telling = threading.Lock()
        self._ticks = ticks or time.monotonic
        self._lock = threading.Lock()
        self._at, self._since, self._speed = min(max(at, first), last), 0.0, 0

    @property
    def speed(self) -> int:
        """Minutes a second; 0 where it stands or has come to the end."""
        return self._speed if self._speed and self.now() < self.last else 0

    @property
    def share(self) -> float:
        """How much of the drill is over, 0 to 1."""
        whole = (self.last - self.first).total_seconds()
        return (self.now() - self.first).total_seconds() / whole if whole else 1.0

    def now(self) -> datetime:
        """Return the moment the drill is at."""
        with self._lock:
            return self._now()

    def run(self, speed: int) -> None:
        """Let it run from where it is, so many minutes a second; 0 lets it stand."""
        with self._lock:
            self._at, self._since, self._speed = self._now(), self._ticks(), speed
            self.turn += 1

    def move(self, to: datetime) -> None:
        """Set it to a moment, and let it stand there."""
        with self._lock:
            self._at, self._speed = min(max(to, self.first), self.last), 0
            self.turn += 1

    def _now(self) -> datetime:
        if not self._speed:
            return self._at
        gone = timedelta(minutes=self._speed * (self._ticks() - self._since))
        return min(self._at + gone, self.last)


def told_of(log: Sequence[Fact]) -> int:
    """
    Return how many of a drill's planted facts its log holds, the opening with them.

    Examples
    --------
    >>> from datetime import UTC
    >>> at = datetime(2026, 9, 28, tzinfo=UTC)
    >>> told_of([Fact(kind="opened", at=at), Fact(kind="noted", at=at), Fact(kind="left", at=at, source="drill")])
    2
    """
    return 1 + sum(one.source == SOURCE for one in log)


def kept_clock(key: tuple[str, str], make: Callable[[], DrillClock] | None = None) -> DrillClock | None:
    """
    Return the clock of a drill by its store and board, made the first time somebody looks at it; without `make` None
    where nobody has. All pages and files of a drill go by this one.
    """
    with _KEEPING:
        clock = _CLOCKS.pop(key, None) or (make() if make is not None else None)
        if clock is not None:
            _CLOCKS[key] = clock
            while len(_CLOCKS) > KEPT:
                _CLOCKS.popitem(last=False)
        return clock
