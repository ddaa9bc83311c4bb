"""Undo and redo: the drafts of a session in order, and which of them stands."""

from __future__ import annotations

from dataclasses import dataclass, replace

from geo.errors import Say, say
from geo.planning.editing.draft import Draft

KEPT = 400
"""How many steps back are kept."""


@dataclass(frozen=True)
class Step:
    """A draft, the act that led to it, and the number of the saved version it was drawn from (0 for none)."""

    draft: Draft
    act: Say
    origin: int = 0


@dataclass(frozen=True)
class History:
    """
    The steps of a session; the one at `at` stands, those behind it can be done again.

    Examples
    --------
    >>> from geo.planning.drawn import draw_ground
    >>> from geo.planning.editing.acts import merge_zones
    >>> from geo.planning.editing.draft import open_draft
    >>> history = begin(open_draft(draw_ground("aabb", today="xxyy")))
    >>> history = history.take(merge_zones(history.draft, [0, 1]), say("merged"))
    >>> len(history.draft.zones), len(history.undo().draft.zones), len(history.undo().redo().draft.zones)
    (1, 2, 1)
    >>> history.redo() is history, history.undo().can_redo, history.undo().can_undo
    (True, True, False)
    """

    steps: tuple[Step, ...]
    at: int

    @property
    def draft(self) -> Draft:
        """The draft that stands."""
        return self.steps[self.at].draft

    @property
    def can_undo(self) -> bool:
        """Whether there is an act to take back."""
        return self.at > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is an act to do again."""
        return self.at + 1 < len(self.steps)

    @property
    def origin(self) -> int:
        """The saved version that the standing draft was drawn from."""
        return self.steps[self.at].origin

    def take(self, draft: Draft, act: Say, *, origin: int | None = None) -> History:
        """Add a draft behind the one that stands, of the same version unless told; what was undone before is gone."""
        if draft is self.draft and origin in (None, self.origin):
            return self
        step = Step(draft, act, self.origin if origin is None else origin)
        steps = (*self.steps[: self.at + 1], step)[-KEPT:]
        return History(steps, len(steps) - 1)

    def saved_as(self, version: int) -> History:
        """
        Let every step that was drawn from the version of the standing one count as drawn from the one it is saved as.

        Examples
        --------
        >>> from geo.planning.drawn import draw_ground
        >>> from geo.planning.editing.draft import open_draft
        >>> history = begin(open_draft(draw_ground("ab", today="xy")), origin=1).saved_as(2)
        >>> history.origin
        2
        """
        old = self.origin
        steps = tuple(replace(one, origin=version) if one.origin == old else one for one in self.steps)
        return History(steps, self.at)

    def undo(self) -> History:
        """Go one act back; the same history where there is none."""
        return replace(self, at=self.at - 1) if self.can_undo else self

    def redo(self) -> History:
        """Do the next act again; the same history where there is none."""
        return replace(self, at=self.at + 1) if self.can_redo else self


def begin(draft: Draft, *, origin: int = 0) -> History:
    """Return a history that holds one draft, drawn from a saved version where `origin` names one."""
    return History((Step(draft, say("opened"), origin),), 0)
