"""Making a roster in the background: with progress, a way to stop, and kept with the plan it was made for."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from data.rosters.demand_file import RosterTask
from data.rosters.run import RosterRun, roster_task
from geo.crowd.roster.people import Staff
from geo.errors import GridError, SchemaError, say


class RosterJob:
    """
    One roster for `task` out of `staff`; `run` stands when it is done, `refusal` where it cannot be.

    Nobody waits for it: a page looks at `share` (0 to 1) and `step` until `is_running` is False. `asked` is when each
    person was last asked to stand in. Stopped early, what was found by then stands, with the status `stopped`.
    """

    def __init__(self, task: RosterTask, staff: Staff, *, settings: Mapping[str, Any], seed: int = 1) -> None:
        self.task, self.staff, self.settings, self.seed = task, staff, settings, seed
        self.share, self.step = 0.0, ""
        self.run: RosterRun | None = None
        self.refusal: GridError | None = None
        self.asked: dict[str, datetime] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="roster", daemon=True)

    @property
    def is_running(self) -> bool:
        """Whether it is still at work."""
        return self._thread.is_alive()

    def start(self) -> RosterJob:
        """Begin, and return at once."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Ask it to end with what it has."""
        self._stop.set()

    def wait(self) -> RosterJob:
        """Return when it is done."""
        self._thread.join()
        return self

    def _work(self) -> None:
        try:
            self.run = roster_task(
                self.task, self.staff, settings=self.settings, seed=self.seed, progress=self._told,
                is_stopped=self._stop.is_set,
            )  # fmt: skip
        except GridError as error:
            self.refusal = error
        except Exception as error:
            self.refusal = SchemaError(
                say("a plan that can be rostered"),
                say("{error}", error=f"{type(error).__name__}: {error}"),
                say("give the event file to the administrator: this is a fault of the service"),
            )

    def _told(self, share: float, step: str) -> None:
        self.share, self.step = share, step
