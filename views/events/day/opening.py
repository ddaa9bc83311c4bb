"""Opening a board: what it is held against, what is still open in the plan, and how far its figures are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from data.board import boards, open_board, tell
from data.board.opening import free_board_id, plan_for_board
from data.events.checks import check_row
from data.events.figures import FiguresJob
from data.events.session import EventSession
from data.rosters.keeping import newest_roster, rosters
from data.store.verbs.events import areas_of
from geo.crowd.board.drill import drill_opening
from geo.crowd.board.facts import Fact
from geo.errors import GridError
from views.events.checks import Row, show_checks, words_of
from views.events.day.telling import refuse
from views.events.working import LOOK_S, figures_of, offer_again, show_share
from views.frame import show_empty
from views.parts.texts import number, plain
from views.scene import Scene, choose

ASKED = "board_asked"
NAMED = 5


def show_opening(scene: Scene, session: EventSession) -> None:
    """Draw the form: notices first, then roster and seed, then the two buttons."""
    t, event = scene.t, session.event
    if not event.areas or not event.phases:
        remedy = t("Draw the viewing areas and fill in the time line first.")
        show_empty(t("No areas or phases yet"), remedy=plain(remedy))
        return
    is_refused = any(one.is_refused for one in session.findings)
    job = None if is_refused else figures_of(session)
    report = job.report if job is not None and not job.is_running and job.event == event else None
    checks = report["checks"] if report is not None else [check_row(one) for one in session.findings]
    _show_notice(scene, session, job, checks, is_refused=is_refused)
    is_ready = report is not None or is_refused or (job is not None and job.refusal is not None)
    if not is_ready:
        is_ready = st.checkbox(t("Open without the figures"), key="board_without_figures",
                               help=t("The board then has no tasks of the clock and no capacities."))  # fmt: skip
    saved = rosters(scene.desk)
    has_roster = event.event_id in set(saved["event_id"])
    st.checkbox(t("With the newest saved roster"), value=has_roster, disabled=not has_roster, key="board_with_roster")
    if not has_roster:
        st.caption(plain(t("No roster is saved: posts are shown with nobody planned in them.")))
    st.number_input(t("Seed of the drill"), 0, 999_999, 1, key="board_seed")
    with st.container(horizontal=True):
        for key, label, kind in (("board_drill", t("Open a drill"), "primary"),
                                 ("board_day", t("Open the board of the day"), "secondary")):  # fmt: skip
            st.button(label, key=key, type=kind, disabled=not is_ready, on_click=_open,  # type: ignore[arg-type]
                      args=(scene, session, report, checks),
                      kwargs={"is_drill": key == "board_drill", "has_roster": has_roster})  # fmt: skip


def _show_notice(
    scene: Scene, session: EventSession, job: FiguresJob | None, checks: Sequence[Row], *, is_refused: bool
) -> None:
    t = scene.t
    if is_refused or (job is not None and job.refusal is not None):
        text = t("The plan has no figures until it is put right: the board opens without tasks and capacities.")
        st.error(plain(text), icon=":material/block:")
    elif job is not None and job.is_running:
        st.fragment(_show_progress, run_every=LOOK_S)(scene, session, job)
    elif job is not None and (job.is_cancelled or job.event != session.event):
        offer_again(scene, session, t("Cancelled: there are no figures of this plan."))
    if checks:
        text = t("{count} checks of the plan are open. The board can be opened all the same; its log says so.",
                 count=number(len(checks)))  # fmt: skip
        st.warning(plain(text), icon=":material/rule:")
        with st.expander(t("{count} open checks", count=number(len(checks)))):
            show_checks(scene, session, checks, key="board_check")


def _show_progress(scene: Scene, session: EventSession, job: FiguresJob) -> None:
    """How far the figures are; when they are done the form is drawn again, once."""
    if not job.is_running:
        st.rerun()
    show_share(scene, session, job)


def _open(
    scene: Scene, session: EventSession, report: dict[str, Any] | None, checks: Sequence[Row], *, is_drill: bool,
    has_roster: bool,
) -> None:  # fmt: skip
    """Open the board, and write into its log what was open in the plan."""
    t, desk, event = scene.t, scene.desk, session.event
    with_roster = has_roster and bool(st.session_state["board_with_roster"])
    seed = int(st.session_state["board_seed"]) if is_drill else None
    try:
        roster = newest_roster(desk, event.event_id) if with_roster else None
        plan = plan_for_board(event, report=report, roster=roster, ratio=str(desk.setting("roster_ratio")))
        at = datetime.now(UTC)
        if seed is not None:
            plan, at = drill_opening(plan)
        board_id = free_board_id(event.event_id, boards(desk)["board_id"], seed=seed)
        actor = desk.account.account_id
        open_board(scene.state.ws, board_id, plan, at=at, actor=actor, area_ids=areas_of(event))
        if checks or report is None:
            note = t("Opened with {count} open checks", count=len(checks))
            note += "" if report is not None else f"; {t('without figures')}"
            note += "".join(f"; {words_of(scene, one)}" for one in checks[:NAMED])
            tell(scene.state.ws, board_id, [Fact(kind="noted", at=at, payload={"text": note})], actor=actor)
    except GridError as error:
        refuse(error)
        return
    st.session_state.pop(ASKED, None)
    choose(scene.state, board=board_id)
