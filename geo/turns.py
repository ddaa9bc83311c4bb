"""Independent pieces of work, such as villages: one after the other here, or however the caller shares them out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

Stop = Callable[[], bool]


class Turns(Protocol):
    """
    Gives `act(task, is_stopped)` of each task, in the order of the tasks; fewer where it was stopped.

    Act, tasks and answers can be pickled, so that another process may do the work; `len` of a task is its units.
    """

    def __call__(self, act: Callable[[Any, Stop], Any], tasks: Sequence[Any], is_stopped: Stop) -> Iterator[Any]:
        """Begin with the first task."""


def in_turn(act: Callable[[Any, Stop], Any], tasks: Sequence[Any], is_stopped: Stop) -> Iterator[Any]:
    """
    Do one piece of work after the other in this process, until stopped.

    Examples
    --------
    >>> list(in_turn(lambda side_m, _: side_m**2, [1, 2, 3], lambda: False))
    [1, 4, 9]
    """
    for task in tasks:
        if is_stopped():
            return
        yield act(task, is_stopped)
