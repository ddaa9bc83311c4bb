"""What a page knows of a board at a moment, and how it tells the board something."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from data.board import tell
from geo.crowd.board.facts import Fact
from geo.crowd.board.plan import moment_of
from geo.crowd.board.state import Board
from geo.crowd.board.view import BoardNow
from geo.errors import GridError
from views.events.words import ACTS
from views.scene import Scene

ERROR = "board_error"
ALARM_FILLS = {0: "#bcd9c6", 1: "#f4e3a1", 2: "#f2a25c", 3: "#b3261e"}
"""Stages of alarm from calm to dangerous; the number stands beside the colour."""


@dataclass(frozen=True)
class Shown:
    """The board as it is shown: at a moment, for a person who may tell it (`may_tell`) or lead it (`may_lead`)."""

    board_id: str
    board: Board
    now: BoardNow
    at: datetime
    zone: ZoneInfo
    may_tell: bool
    may_lead: bool

    def area(self, area_id: str) -> str:
        """Name of an area; a dash for none."""
        return next((one.name or area_id for one in self.board.plan.areas if one.area_id == area_id), area_id or "–")

    def post(self, post_id: str) -> str:
        """Code and name of a post."""
        found = next((one.name for one in self.board.plan.posts if one.post_id == post_id), "")
        return f"{post_id} · {found}" if found else post_id

    def clock(self, stamp: str | None) -> str:
        """Hours and minutes of a moment in the event's own time."""
        return "–" if not stamp else moment_of(stamp).astimezone(self.zone).strftime("%H:%M")


def tell_one(scene: Scene, shown: Shown, kind: str, **payload: Any) -> None:
    """Tell one fact at the moment shown; a refusal is kept for the page to show."""
    try:
        fact = Fact(kind=kind, at=shown.at, payload=payload)
        tell(scene.state.ws, shown.board_id, [fact], actor=scene.desk.account.account_id)
    except GridError as error:
        st.session_state[ERROR] = error


def task_text(scene: Scene, text: str) -> str:
    """Return what a task says; steps of the clock in the reader's language."""
    return scene.t(ACTS[text]) if text in ACTS else text
