"""Working out a plan's figures in the background: capacity, egress band, clock; with progress, and kept by the plan."""

from __future__ import annotations

import threading
from typing import Any

from data.events.report import egress_report
from geo.crowd.event import Event
from geo.errors import GridError, SchemaError, say

SEED = 1
"""The same plan gives the same figures, whoever asks."""


class FiguresJob:
    """
    One working-out of `event`; `report` stands when it is done, `refusal` where it cannot be.

    Nobody waits for it: a page looks at `share` (0 to 1) and `step` until `is_running` is False.
    """

    def __init__(self, event: Event, *, runs: int = 60) -> None:
        self.event, self.runs = event, runs
        self.share, self.step = 0.0, ""
        self.report: dict[str, Any] | None = None
        self.refusal: GridError | None = None
        self._thread = threading.Thread(target=self._run, name="figures", daemon=True)

    @property
    def is_running(self) -> bool:
        """Whether it is still at work."""
        return self._thread.is_alive()

    def start(self) -> FiguresJob:
        """Begin, and return at once."""
        self._thread.start()
        return self

    def wait(self) -> FiguresJob:
        """Return when it is done."""
        self._thread.join()
        return self

    def _run(self) -> None:
        try:
            self.report = egress_report(self.event, seed=SEED, runs=self.runs, progress=self._told)
        except GridError as error:
            self.refusal = error
        except Exception as error:
            self.refusal = SchemaError(
                say("a plan whose figures can be worked out"),
                say("{error}", error=f"{type(error).__name__}: {error}"),
                say("give the event file to the administrator: this is a fault of the service"),
            )

    def _told(self, share: float, step: str) -> None:
        self.share, self.step = share, step
