"""What a page knows of a board at a moment, and how it tells the board something."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import streamlit as st

from data.board import facts_since, read_board, tell
from geo.crowd.board.facts import Fact
from geo.crowd.board.known import is_known
from geo.crowd.board.plan import moment_of
from geo.crowd.board.state import Board
from geo.crowd.board.view import BoardNow
from geo.errors import GridError
from views.events.words import ACTS
from views.parts.texts import told_apart
from views.scene import Scene

ERROR, SHOWN_S = "board_error", 20.0
PRESSED, DOUBLE_S = "board_pressed", 0.5
ALARM_FILLS = {0: "#bcd9c6", 1: "#f4e3a1", 2: "#f2a25c", 3: "#b3261e"}
"""Stages of alarm from calm to dangerous; the number stands beside the colour."""


@dataclass(frozen=True)
class Shown:
    """
    The board as it is shown: at a moment, for a person who may tell it (`may_tell`) or lead it (`may_lead`).

    `ask` gives the moment at which something is told: that of the click, not of the drawing before it. `told` counts
    the facts of the log up to the moment.
    """

    board_id: str
    board: Board
    now: BoardNow
    at: datetime
    zone: ZoneInfo
    may_tell: bool
    may_lead: bool
    ask: Callable[[], datetime]
    told: int

    @cached_property
    def area_names(self) -> dict[str, str]:
        """Names by code, those that several areas bear with their code behind."""
        return told_apart({one.area_id: one.name or one.area_id for one in self.board.plan.areas})

    def area(self, area_id: str) -> str:
        """Name of an area; a dash for none."""
        return self.area_names.get(area_id, area_id or "–")

    def post(self, post_id: str) -> str:
        """Code and name of a post."""
        found = next((one.name for one in self.board.plan.posts if one.post_id == post_id), "")
        return f"{post_id} · {found}" if found else post_id

    def clock(self, stamp: str | None) -> str:
        """Hours and minutes of a moment in the event's own time."""
        return "–" if not stamp else moment_of(stamp).astimezone(self.zone).strftime("%H:%M")


def tell_one(scene: Scene, shown: Shown, kind: str, **payload: Any) -> None:
    """
    Tell one fact at the moment of the click; a refusal is kept for the page to show.

    A press that came twice tells once: what the board says already is not told again, nor the same within half a
    second, as by a double click.
    """
    actor, press = scene.desk.account.account_id, (shown.board_id, kind, sorted(payload.items()))
    before, at = st.session_state.get(PRESSED, (None, 0.0))
    if press == before and time.monotonic() - at < DOUBLE_S:
        return
    try:
        fact = Fact(kind=kind, at=shown.ask(), payload=payload, actor=actor)
        if not is_known(read_board(scene.desk, shown.board_id), fact):
            tell(scene.state.ws, shown.board_id, [fact], actor=actor)
        st.session_state.pop(ERROR, None)
        st.session_state[PRESSED] = (press, time.monotonic())
    except GridError as error:
        refuse(error)


def refuse(error: GridError) -> None:
    """Keep a refusal for the page: a board that runs itself again would wipe it away at once."""
    st.session_state[ERROR] = (error, time.monotonic() + SHOWN_S)


def refusal() -> GridError | None:
    """Return the last refusal as long as it is to be read."""
    error, until = st.session_state.get(ERROR, (None, 0.0))
    return error if time.monotonic() < until else None


def typed(key: str) -> str:
    """Return what a text box of a form held when it was sent, without blanks around it."""
    return str(st.session_state.get(key) or "").strip()


Made = TypeVar("Made")


def remembered(name: str, key: tuple[Any, ...], make: Callable[[], Made]) -> Made:
    """Return what was made for `key` the last time, so that a page that runs itself again does not work it out anew."""
    held = st.session_state.get(name)
    if held is None or held[0] != key:
        held = st.session_state[name] = (key, make())
    made: Made = held[1]
    return made


def task_text(scene: Scene, text: str) -> str:
    """Return what a task says; steps of the clock in the reader's language."""
    return scene.t(ACTS[text]) if text in ACTS else text


def told_by(scene: Scene, board_id: str, at: datetime) -> list[Fact]:
    """Return the facts told up to a moment."""
    return [one for one in facts_since(scene.desk, board_id) if one.at <= at]
