"""Making finer areas in the background: how far it is, a way to stop it, and what came of it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from data.plans.made import MadeAreas, make_areas, take_areas
from geo.errors import GridError

if TYPE_CHECKING:
    from data.store.desk import Desk


class Making:
    """
    One person's making of areas of one level inside a place, from start to the level that is taken in.

    `made` is what came out (None while at work or where it was refused), `error` why it was refused, `is_taken`
    whether it is a level of the workspace now.
    """

    def __init__(
        self, desk: Desk, level: str, parent_level: str, within: str | None, of: str, band: tuple[int, int] | None
    ) -> None:
        self.desk, self.level, self.parent_level, self.within = desk, level, parent_level, within
        self.of, self.band = of, band
        self.share, self.text = 0.0, ""
        self.stopped = threading.Event()
        self.made: MadeAreas | None = None
        self.error: GridError | None = None
        self.is_taken = False
        self.thread = threading.Thread(target=self._make, daemon=True)
        self.thread.start()

    @property
    def is_running(self) -> bool:
        """Whether it is still at work."""
        return self.thread.is_alive()

    def take(self, title: str) -> None:
        """Begin to take what was made into the workspace, as a level with this title."""
        if self.made is not None and not self.is_running:
            self.share, self.text, self.error = 0.0, "", None
            self.thread = threading.Thread(target=self._take, args=(self.made, title), daemon=True)
            self.thread.start()

    def _make(self) -> None:
        try:
            self.made = make_areas(
                self.desk, self.level, self.parent_level, within=self.within, of=self.of, band=self.band,
                progress=self._tell, is_stopped=self.stopped.is_set,
            )  # fmt: skip
        except GridError as error:
            self.error = error

    def _take(self, made: MadeAreas, title: str) -> None:
        try:
            take_areas(self.desk, made, title=title, progress=self._tell)
            self.is_taken = True
        except GridError as error:
            self.error = error

    def _tell(self, share: float, text: str) -> None:
        self.share, self.text = share, text
