"""The clock of a drill on the page: any moment of it, forward by itself, and what was planted by then told."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

import streamlit as st

from data.board import facts_since, tell
from data.board.drill_clock import SPEEDS, DrillClock, kept_clock, told_of
from data.board.keeping import AT_ONCE
from geo.crowd.board.drill import plant_drill
from geo.crowd.board.facts import Fact
from geo.crowd.board.plan import BoardPlan, moment_of
from geo.crowd.board.state import Board
from geo.errors import GridError
from views.frame import show_error
from views.parts.texts import number, plain
from views.scene import Scene

MINUTE = timedelta(minutes=1)
KEPT = 16


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _planted(_plan: BoardPlan, key: tuple[str, str], seed: int) -> tuple[Fact, ...]:
    """Keep what a drill plants by `key`: its workspace and board."""
    assert key
    return plant_drill(_plan, seed=seed)


def planted(scene: Scene, board_id: str, plan: BoardPlan, seed: int) -> tuple[Fact, ...]:
    """Return everything the drill plants, in order of time."""
    return _planted(plan, (scene.store.uid, board_id), seed)


def clock_of(scene: Scene, board_id: str, board: Board, facts: tuple[Fact, ...]) -> DrillClock:
    """Return the clock of a drill's board, set to the latest moment told where it was not kept."""

    def make() -> DrillClock:
        return DrillClock(facts[0].at, facts[-1].at + MINUTE, moment_of(board.at),
                          told=told_of(facts_since(scene.desk, board_id)))  # fmt: skip

    clock = kept_clock((scene.store.uid, board_id), make)
    assert clock is not None
    if board.sequence < clock.told:
        clock.told = told_of(facts_since(scene.desk, board_id))
    return clock


def show_clock(scene: Scene, board_id: str, board: Board, clock: DrillClock, zone: ZoneInfo, *, may_set: bool) -> None:
    """Draw the moment, the speeds and the leaps; a slider where the clock stands, a bar where it runs."""
    t, speed, at = scene.t, clock.speed, clock.now()
    fronts = sorted(moment_of(one.at) for one in board.plan.front)
    with st.container(horizontal=True, vertical_alignment="bottom", key="wg-event-clock"):
        if speed or not may_set:
            text = f"{t('Time of the drill')} {at.astimezone(zone):%m-%d %H:%M}"
            st.progress(min(max(clock.share, 0.0), 1.0), text=plain(text))
        else:
            _show_slider(scene, board_id, clock, zone)
        for one in SPEEDS:
            label = t("Hold") if not one else t("{minutes} min/s", minutes=one)
            st.button(label, key=f"drill_speed_{one}", type="primary" if one == speed else "secondary",
                      on_click=clock.run, args=(one,), disabled=not may_set,
                      help=t("Minutes of the drill in a second"))  # fmt: skip
        if fronts:
            st.button(t("5 min before the front"), key="drill_leap_front", on_click=clock.move,
                      args=(fronts[0] - 5 * MINUTE,), disabled=not may_set)  # fmt: skip
        st.button(t("The end"), key="drill_leap_end", on_click=clock.move, args=(clock.last,),
                  disabled=not may_set)  # fmt: skip


def _show_slider(scene: Scene, board_id: str, clock: DrillClock, zone: ZoneInfo) -> None:
    """A slider of its own for each time the clock was set: what a browser still says of an older one is not heard."""
    local = lambda at: at.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)  # noqa: E731
    first, last = local(clock.first), max(local(clock.last), local(clock.first) + MINUTE)
    turn, shown = clock.turn, min(max(local(clock.now()), first), last)
    key = f"drill_at_{board_id}_{turn}"

    def moved() -> None:
        to = st.session_state[key]
        if clock.turn == turn and to != shown:
            clock.move(to.replace(tzinfo=zone))

    st.slider(scene.t("Time of the drill"), first, last, shown, key=key, step=MINUTE, format="MM-DD HH:mm",
              on_change=moved)  # fmt: skip


def catch_up(scene: Scene, board_id: str, clock: DrillClock, facts: tuple[Fact, ...]) -> bool:
    """Tell the board what the drill planted up to its clock and the board does not know; say whether there was any."""
    if not clock.telling.acquire(blocking=False):
        return False
    try:
        until = clock.now()
        fresh = list(takewhile(lambda one: one.at <= until, facts[clock.told :]))
        _tell(scene, board_id, clock, fresh)
    except GridError as error:
        show_error(error, scene.state.lang)
        return False
    finally:
        clock.telling.release()
    return bool(fresh)


def _tell(scene: Scene, board_id: str, clock: DrillClock, fresh: list[Fact]) -> None:
    """Batch by batch, with a bar where it is more than one."""
    t, shown = scene.t, st.empty() if len(fresh) > AT_ONCE else None
    for at in range(0, len(fresh), AT_ONCE):
        if shown is not None:
            text = t("Telling what happened: {count} of {total}", count=number(at), total=number(len(fresh)))
            shown.progress(at / len(fresh), text=plain(text))
        batch = fresh[at : at + AT_ONCE]
        tell(scene.state.ws, board_id, batch, actor=scene.desk.account.account_id)
        clock.told += len(batch)
    if shown is not None:
        shown.empty()


def moment_at(clock: DrillClock, board: Board) -> tuple[datetime, bool]:
    """Return the moment a drill shows, and whether it lies before what its board was told already."""
    at = clock.now()
    return at, at < moment_of(board.at)
