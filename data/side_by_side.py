"""Independent pieces of work shared out over the processors, in processes of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import TimeoutError as NotYet
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from geo.turns import Stop, in_turn

WORTH_IT = 5_000
"""From so many units in all tasks on, the work outweighs the second or two in which processes start."""
MOST_PROCESSES = 8
GLANCE_S = 0.2


class SideBySide:
    """
    Shares work out over as many processes as there are processors (at most eight), where it is worth it.

    Tasks say by `len` how many units they are; little work is done here. Processes begin with the first work worth it
    (with the `with` where `units` are expected that are) and end with the `with`. The answers are those of `in_turn`,
    in its order.

    Stopped, no further answer is given and the processes end at once. Where one dies (out of memory, say), what was
    not answered, and all that follows, is done here.

    Examples
    --------
    >>> with SideBySide() as turns:
    ...     list(turns(lambda task, _: len(task), ["ab", "abc"], lambda: False))
    [2, 3]
    """

    def __init__(self, units: int = 0, *, worth_it: int = WORTH_IT) -> None:
        self._units, self._worth_it = units, worth_it
        self._executor: Any = None
        self._is_alone = processors() < 2

    def __enter__(self) -> SideBySide:
        if self._units >= self._worth_it and not self._is_alone:
            for _ in range(processors()):
                self._begun().submit(_load)
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def __call__(self, act: Callable[[Any, Stop], Any], tasks: Sequence[Any], is_stopped: Stop) -> Iterator[Any]:
        """Give `act(task, is_stopped)` of each task, in their order."""
        done = 0
        if not self._is_alone and len(tasks) > 1 and (self._executor or sum(map(len, tasks)) >= self._worth_it):
            try:
                for answer in self._answers(act, tasks, is_stopped):
                    yield answer
                    done += 1
            except BrokenProcessPool:
                self._end()
                self._is_alone = True
        if not is_stopped():
            yield from in_turn(act, tasks[done:], is_stopped)

    def _answers(self, act: Callable[[Any, Stop], Any], tasks: Sequence[Any], is_stopped: Stop) -> Iterator[Any]:
        for one in [self._begun().submit(act, task, _never) for task in tasks]:
            while True:
                if is_stopped():
                    self._end()
                    return
                try:
                    answer = one.result(timeout=GLANCE_S)
                except NotYet:
                    continue
                break
            yield answer

    def _begun(self) -> Any:
        from loky.backend import get_context
        from loky.process_executor import ProcessPoolExecutor

        if self._executor is None:
            self._executor = ProcessPoolExecutor(processors(), context=get_context("loky"))
        return self._executor

    def _end(self) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=False, kill_workers=True)
            self._executor = None


def processors() -> int:
    """Return the number of processors this process may use, at most eight."""
    from loky import cpu_count

    return min(int(cpu_count()), MOST_PROCESSES)


def _load() -> None:
    """Load what planning needs while the caller is still reading."""
    import geo.planning.blocks.cells
    import geo.planning.solve.county  # noqa: F401


def _never() -> bool:
    return False
