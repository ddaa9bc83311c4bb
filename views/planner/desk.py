"""The sessions of this service: one for each person, place and plan; what was not saved outlives any of them."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import streamlit as st

from data.planning.editor.bench import Bench, from_drawn, ground_edition, open_bench
from data.planning.editor.held import HELD, keep_session, reasons_of
from data.planning.editor.session import EditSession
from data.planning.editor.unsaved import WorkPlace, drop_unsaved, find_unsaved
from data.planning.run import effort_for
from data.plans import read_draft, read_plan
from data.store.accounts import rights
from geo.errors import GridError
from views.planner.places import band_of, zone_level
from views.scene import Scene

ENDED = ("in_force", "rolled_back", "dropped")
"""States in which a plan's own draft is history: its page shows the grids of today."""
WHOLE_PAGE = "plan_whole_page"
"""Set where the page around the editor has to be drawn again: the address, the edition or the person's rights."""


def work_place(scene: Scene) -> WorkPlace:
    """Return where work of this session is kept that was not saved."""
    return WorkPlace(scene.state.ws, scene.desk.account.account_id, scene.state.area, scene.state.plan)


def open_session(scene: Scene) -> EditSession:
    """
    Return the session of this person at this place, opened where there is none: today's grids, or a saved plan.

    Work that was not saved stands in it again, also where the band or the areas around it have changed meanwhile.
    """
    key = work_place(scene).path
    stands_on = (band_of(scene), ground_edition(scene.desk))
    found = HELD.get(key, lambda: _begin(scene, stands_on))
    is_at_work = found.work is not None or (found.job is not None and found.job.is_running)
    if is_at_work or (found.stands_on == stands_on and (found.is_changed or _is_newest(scene, found))):
        return found
    keep_session(found, scene.desk.account)
    HELD.drop(key)
    return HELD.get(key, lambda: _begin(scene, stands_on, seen=found.seen))


def _is_newest(scene: Scene, session: EditSession) -> bool:
    plan = read_plan(scene.desk, scene.state.plan) if scene.state.plan else None
    return plan is None or plan.state in ENDED or plan.version == session.plan_version


def _begin(scene: Scene, stands_on: tuple[Any, ...], *, seen: int = 0) -> EditSession:
    desk = scene.desk
    bench = open_bench(desk, zone_level(scene), scene.state.area or None, band=band_of(scene))
    session = _of_plan(scene, bench)
    session.place, session.stands_on, session.seen = work_place(scene), stands_on, seen
    work = find_unsaved(work_place(scene)) if rights(desk.account).plans else None
    if work is not None:
        try:
            drawn = from_drawn(bench, work.drawn, desk)
        except GridError as error:
            session.stranded = (work.at, error)
        else:
            session.find_again(drawn, origin=work.version, reasons=reasons_of(work.drawn))
            session.found_from = work.at
    return session


def _of_plan(scene: Scene, bench: Bench) -> EditSession:
    plan = read_plan(scene.desk, scene.state.plan) if scene.state.plan else None
    if plan is None or plan.state in ENDED:
        return EditSession(bench)
    drawn = read_draft(scene.desk, plan.plan_id)
    return EditSession(
        bench, from_drawn(bench, drawn, scene.desk), origin=plan.version, reasons=reasons_of(drawn)
    )  # fmt: skip


def start_over(scene: Scene, session: EditSession) -> None:
    """Go back to the newest saved version, or to the grids of today; undo brings the work back."""
    plan = read_plan(scene.desk, scene.state.plan) if scene.state.plan else None
    if plan is None or plan.state in ENDED:
        session.start_over(session.beginning, origin=0, reasons={})
        return
    drawn = read_draft(scene.desk, plan.plan_id)
    draft = from_drawn(session.bench, drawn, scene.desk)
    session.start_over(draft, origin=plan.version, reasons=reasons_of(drawn))


def drop_session(scene: Scene) -> None:
    """Let the session go once what it was for is done: the page begins again with the grids now in force."""
    st.session_state[WHOLE_PAGE] = True
    HELD.drop(work_place(scene).path)


def drop_stranded(scene: Scene, session: EditSession) -> None:
    """Let go of unsaved work that does not fit the areas of today any more."""
    drop_unsaved(work_place(scene))
    session.stranded = None
    session.mark_kept()


def hand_over(scene: Scene, session: EditSession, plan_id: str) -> None:
    """Keep a session under the plan it was saved as, so that undo goes on working."""
    HELD.drop(work_place(scene).path)
    drop_unsaved(work_place(scene))
    session.place = replace(work_place(scene), plan_id=plan_id)
    HELD.get(session.place.path, lambda: session)


def begin_plan(scene: Scene, session: EditSession, mode: str) -> None:
    """Start an automatic plan in the background."""
    names = ("plan_steps", "plan_restarts", "plan_seeds", "plan_exact_units", "plan_exact_work", "plan_load_weight")
    settings = {name: scene.desk.setting(name) for name in names}
    effort = effort_for(session.draft.ground.count, settings, has_today=mode == "draft")
    session.start_plan(mode, effort, time.perf_counter)
