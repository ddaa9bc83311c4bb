"""The clock of a drill: any moment of it, forward by itself, and what has happened by then told to the board."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from data.board import tell
from geo.crowd.board.drill import plant_drill
from geo.crowd.board.facts import Fact
from geo.crowd.board.plan import BoardPlan, moment_of
from geo.crowd.board.state import Board
from geo.errors import GridError
from views.frame import show_error
from views.scene import Scene

SPEEDS = {0: "❚❚", 1: "1 min/s", 5: "5 min/s", 15: "15 min/s"}
MINUTE = timedelta(minutes=1)
AT_ONCE = 500


@st.cache_resource(max_entries=8, show_spinner=False)
def _planted(_plan: BoardPlan, key: tuple[str, str], seed: int) -> tuple[Fact, ...]:
    """Keep what a drill plants by `key`: its workspace and board."""
    assert key
    return plant_drill(_plan, seed=seed)


def planted(scene: Scene, board_id: str, plan: BoardPlan, seed: int) -> tuple[Fact, ...]:
    """Return everything the drill plants, in order of time."""
    return _planted(plan, (scene.store.uid, board_id), seed)


def show_clock(scene: Scene, board_id: str, board: Board, facts: tuple[Fact, ...], zone: ZoneInfo) -> datetime:
    """Draw slider, speed and leaps; return the moment shown."""
    t, key = scene.t, f"drill_at_{board_id}"
    local = lambda at: at.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)  # noqa: E731
    first, last = local(facts[0].at), local(facts[-1].at) + MINUTE
    fronts = sorted(moment_of(one.at) for one in board.plan.front)
    leaps = {t("5 min before the front"): local(fronts[0]) - 5 * MINUTE} if fronts else {}
    leaps[t("The end")] = last
    speed_key = f"drill_speed_{board_id}"
    st.session_state.setdefault(speed_key, 0)
    at = st.session_state.get(key, min(max(local(moment_of(board.at)), first), last))
    ticked, now = st.session_state.get("drill_tick"), time.monotonic()
    if ticked is not None and st.session_state.get(speed_key):
        at += st.session_state[speed_key] * MINUTE * min(max(round(now - ticked), 1), 5)
    st.session_state["drill_tick"] = now
    st.session_state[key] = min(max(at, first), last)

    def leap(to: datetime) -> None:
        st.session_state[key] = to
        st.session_state[speed_key] = 0

    with st.container(horizontal=True, vertical_alignment="bottom", key="wg-event-clock"):
        shown = st.slider(t("Time of the drill"), first, last, key=key, step=MINUTE, format="MM-DD HH:mm")
        st.segmented_control(t("Speed"), list(SPEEDS), key=speed_key, format_func=SPEEDS.__getitem__, required=True,
                             label_visibility="collapsed", width="content")  # fmt: skip
        for name, to in leaps.items():
            st.button(name, key=f"drill_leap_{to:%H%M}", on_click=leap, args=(to,))
    moment = shown.replace(tzinfo=zone)
    return moment + MINUTE - timedelta(microseconds=1) if shown < last else moment


def catch_up(scene: Scene, board_id: str, board: Board, facts: tuple[Fact, ...], until: datetime) -> bool:
    """Tell the board what the drill planted between its latest fact and a moment; say whether there was anything."""
    since = moment_of(board.at) - timedelta(seconds=1)
    fresh = [one for one in facts[1:] if since <= one.at <= until]
    if not fresh or until <= moment_of(board.at):
        return False
    try:
        for at in range(0, len(fresh), AT_ONCE):
            tell(scene.state.ws, board_id, fresh[at : at + AT_ONCE], actor=scene.desk.account.account_id)
    except GridError as error:
        show_error(error, scene.state.lang)
        return False
    return True
