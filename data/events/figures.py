"""Working out a plan's figures in the background: capacity, egress band, clock; with progress, and kept by the plan."""

from __future__ import annotations

import threading
from typing import Any

from data.events.report import egress_report
from geo.crowd.event import Event
from geo.errors import GridError, SchemaError, say

SEED = 1
"""The same plan gives the same figures, whoever asks."""


class _CancelledError(Exception):
    """Ends a working-out from where it tells how far it is."""


class FiguresJob:
    """
    One working-out of `event`; `report` stands when it is done, `refusal` where it cannot be.

    Nobody waits for it: a page looks at `share` (0 to 1) and `step` until `is_running` is False. Cancelled, it has
    neither report nor refusal, and never will; `before` is the last one that was done. `declined` is a plan whose
    figures somebody did not want to wait for while these stood.
    """

    def __init__(self, event: Event, *, runs: int = 60, before: FiguresJob | None = None) -> None:
        self.event, self.runs = event, runs
        self.before: FiguresJob | None = before if before is None or before.report is not None else before.before
        self.declined: Event | None = None
        self.share, self.step = 0.0, ""
        self.report: dict[str, Any] | None = None
        self.refusal: GridError | None = None
        self._cancelled, self._ending = threading.Event(), threading.Lock()
        self._thread = threading.Thread(target=self._run, name="figures", daemon=True)

    @property
    def is_running(self) -> bool:
        """Whether it is still at work for somebody."""
        return self._thread.is_alive() and not self.is_cancelled

    @property
    def is_cancelled(self) -> bool:
        """Whether it was ended before it was done."""
        return self._cancelled.is_set()

    def start(self) -> FiguresJob:
        """Begin, and return at once."""
        self._thread.start()
        return self

    def cancel(self) -> None:
        """End it with nothing done; one that is done stays done."""
        with self._ending:
            if self.report is None and self.refusal is None:
                self._cancelled.set()

    def wait(self) -> FiguresJob:
        """Return when it is done."""
        self._thread.join()
        return self

    def _run(self) -> None:
        report, refusal = None, None
        try:
            report = egress_report(self.event, seed=SEED, runs=self.runs, progress=self._told)
        except _CancelledError:
            return
        except GridError as error:
            refusal = error
        except Exception as error:
            refusal = SchemaError(
                say("a plan whose figures can be worked out"),
                say("{error}", error=f"{type(error).__name__}: {error}"),
                say("give the event file to the administrator: this is a fault of the service"),
            )
        with self._ending:
            if not self.is_cancelled:
                self.report, self.refusal, self.before = report, refusal, None

    def _told(self, share: float, step: str) -> None:
        if self.is_cancelled:
            raise _CancelledError
        self.share, self.step = share, step
