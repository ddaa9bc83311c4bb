"""The day: the live board of an event, or a drill on the same board; stages, posts, people, alarms, tasks, review."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from data.board import boards, read_board
from data.board.opening import seed_of
from data.events.session import EventSession
from data.store.accounts import rights
from geo.crowd.board.state import Board, rebuild
from geo.crowd.board.view import MANNED, NOT_DUE, board_at
from views.events.day.clock import catch_up, clock_of, moment_at, planted, show_clock
from views.events.day.incidents import show_incidents
from views.events.day.lists import show_areas, show_counts, show_posts, show_tasks
from views.events.day.log import show_log, show_messages, show_review
from views.events.day.notices import show_notices
from views.events.day.opening import ASKED, show_opening
from views.events.day.telling import ALARM_FILLS, Shown, refusal, remembered, tell_one, told_by
from views.events.drawing import GROUND
from views.frame import show_empty, show_error
from views.map_frame import map_frame
from views.parts.controls import map_state
from views.parts.texts import number, plain
from views.scene import Scene, choose

EVERY_S = 2.0


def show_board(scene: Scene, session: EventSession) -> None:
    """Draw the part."""
    t, known = scene.t, boards(scene.desk)
    own = known[known["event_id"] == session.event.event_id]
    ids = list(own["board_id"])
    is_asked = bool(st.session_state.get(ASKED))
    if not ids or is_asked:
        error = refusal()
        if error is not None:
            show_error(error, scene.state.lang)
        if not ids:
            show_empty(t("No board yet"), remedy=plain(t("Open the board of the day, or a drill to practise on.")))
        with st.container(border=True, width=640):
            show_opening(scene, session)
        if ids:
            st.button(t("Back to the board"), key="board_back", icon=":material/arrow_back:", on_click=_ask, args=(0,))
        return
    if scene.state.board not in ids:
        choose(scene.state, board=ids[0])
        st.rerun()
    st.session_state["w_event_board"] = scene.state.board

    def chosen() -> None:
        choose(scene.state, board=st.session_state["w_event_board"])

    words = {True: t("Drill"), False: t("The day")}
    titles = {row.board_id: f"{words[bool(row.is_drill)]} · {row.board_id}" for row in own.itertuples()}
    with st.container(horizontal=True, vertical_alignment="bottom", key="wg-event-boards"):
        st.selectbox(t("Board"), ids, key="w_event_board", on_change=chosen, width=420,
                     format_func=titles.__getitem__, label_visibility="collapsed")  # fmt: skip
        st.button(t("Open another"), key="board_another", icon=":material/add:", on_click=_ask, args=(1,))
    st.fragment(_live, run_every=EVERY_S)(scene, session, scene.state.board)


def _ask(is_asked: int) -> None:
    st.session_state[ASKED] = bool(is_asked)


def _live(scene: Scene, session: EventSession, board_id: str) -> None:
    """
    Everything that changes by itself; run again every two seconds.

    What comes and goes has a place of fixed height, so that no button moves away from under a hand.
    """
    t = scene.t
    top = st.container()
    with top:
        shown = _shown(scene, session, board_id)
    _show_stages(scene, shown)
    sums, notices = st.columns([7, 5], gap="small")
    with sums:
        _show_sums(scene, shown)
    with notices:
        show_notices(scene, shown)
    left, right = st.columns([6, 6], gap="small")
    with left:
        _show_map(scene, session, shown)
    with right:
        parts: dict[str, tuple[str, Callable[[Scene, Shown], None]]] = {
            "posts": (t("Posts"), show_posts), "areas": (t("Viewing areas"), show_areas),
            "counts": (t("Counts"), show_counts),
            "incidents": (t("Incidents"), show_incidents), "tasks": (t("Tasks"), show_tasks),
            "messages": (t("Messages"), show_messages), "log": (t("Log"), show_log),
            "review": (t("Review"), show_review),
        }  # fmt: skip
        tab = st.segmented_control(t("Part"), list(parts), default="posts", key="board_tab", required=True,
                                   format_func=lambda name: parts[name][0], label_visibility="collapsed")  # fmt: skip
        parts[tab or "posts"][1](scene, shown)


def _shown(scene: Scene, session: EventSession, board_id: str) -> Shown:
    zone, seed = ZoneInfo(session.event.time_zone), seed_of(board_id)
    organizes = rights(scene.desk.account).organizes
    board = read_board(scene.desk, board_id)
    if seed is None or not board.plan.is_drill:
        at = datetime.now(UTC)
        now = board_at(board, at)
        return Shown(board_id, board, now, at, zone, True, organizes, lambda: datetime.now(UTC), board.sequence)
    facts = planted(scene, board_id, board.plan, seed)
    clock = clock_of(scene, board_id, board, facts)
    show_clock(scene, board_id, board, clock, zone, may_set=organizes)
    if organizes and catch_up(scene, board_id, clock, facts):
        board = read_board(scene.desk, board_id)
    at, is_past = moment_at(clock, board)
    told = board.sequence
    if is_past:
        board, told = remembered("board_past", (board_id, board.sequence, at), lambda: _past(scene, board_id, at))
    now = board_at(board, at)
    return Shown(board_id, board, now, at, zone, not is_past, organizes and not is_past, clock.now, told)


def _past(scene: Scene, board_id: str, at: datetime) -> tuple[Board, int]:
    """The board as it was at a moment, and how many facts it had been told."""
    log = told_by(scene, board_id, at)
    return rebuild(log), len(log)


def _show_stages(scene: Scene, shown: Shown) -> None:
    """Every stage a button with its key; the one that is on stands out."""
    t, board = scene.t, shown.board
    current, following = shown.now.stage, shown.now.next_stage
    with st.container(horizontal=True, key="wg-event-stages", vertical_alignment="center"):
        for one in board.plan.stages:
            is_next = following is not None and following.stage_id == one.stage_id
            label = one.name + (f" · {shown.clock(one.planned_at)}" if one.planned_at else "")
            st.button(plain(label), key=f"board_stage_{one.stage_id}", shortcut=one.key or None,
                      type="primary" if one.stage_id == current else "secondary",
                      icon=":material/arrow_forward:" if is_next else None, disabled=not shown.may_lead,
                      on_click=tell_one, args=(scene, shown, "stage_changed"), kwargs={"stage_id": one.stage_id},
                      help=t("Change to this stage"))  # fmt: skip


def _show_sums(scene: Scene, shown: Shown) -> None:
    t, now = scene.t, shown.now
    due = [one for one in now.posts if one.state != NOT_DUE]
    manned = sum(one.state == MANNED for one in due)
    late, leaving = (sum(len(getattr(one, name)) for one in now.posts) for name in ("late", "leaving"))
    site = next((one for one in now.areas if one.area_id == ""), None)
    front = now.next_front[0] if now.next_front else None
    overdue = sum(one.state == "overdue" for one in now.tasks)
    cells = (
        (t("Posts manned"), f"{manned} / {len(due)}", t("{late} late, {leaving} leaving", late=late, leaving=leaving)),
        (t("People on the site"), number(site.present) if site else "–",
         t("{count} never counted in", count=number(site.unexplained if site else 0))),
        (t("Next front in"), f"{front['minutes_left']:.0f} min" if front else "–",
         plain(shown.area(front["area_id"])) if front else t("none to come")),
        (t("Open incidents"), number(len(now.incidents)), t("{count} areas lack a role", count=len(now.voids))),
        (t("Open tasks"), number(len(now.tasks)), t("{count} overdue", count=overdue)),
    )  # fmt: skip
    with st.container(key="wg-event-numbers"):
        for column, (title, value, note) in zip(st.columns(5), cells, strict=True):
            column.metric(title, value, note, delta_color="off", delta_arrow="off")


def _show_map(scene: Scene, session: EventSession, shown: Shown) -> None:
    """Areas filled by their stage of alarm, with people and density beside the name."""
    t, body = scene.t, session.map_state()
    areas = {one.area_id: one for one in shown.now.areas}
    told = []
    for thing in body["things"]:
        one = areas.get(thing["id"]) if thing["list"] == "areas" else None
        if one is None:
            continue
        density = "" if one.density is None else f" · {one.density:.1f}/m²"
        alarm = "" if not one.stage else f" · ▲{one.stage}"
        thing |= {"fill": None if one.stage is None else ALARM_FILLS[one.stage],
                  "note": f"{number(one.present)}{density}{alarm}"}  # fmt: skip
        told.append(thing["note"])
    seal = f"{body['seal']}-{abs(hash((tuple(told), shown.now.stage)))}"
    body |= {"fit": session.event.event_id, "faults": [], "seal": seal, "picked": None, "fixed": True}
    state = map_state(scene, metric="", pick="", click="", layers=GROUND, event=body)
    map_frame(state, key="event_day", height=400, title=t("The day"), document="/map/event", keeps_view=False)
    words = (t("calm"), t("filling"), t("crowded"), t("dangerous"))
    legend = " ".join(
        f'<span style="background:{fill};color:{"#fff" if stage == 3 else "#1b2733"}" class="wg-level">'
        f"{'▲' * bool(stage)}{stage or ''} {word}</span>"
        for (stage, fill), word in zip(ALARM_FILLS.items(), words, strict=True)
    )
    st.html(f'<div class="wg-sum">{legend}</div>')
