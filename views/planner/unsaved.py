"""Nothing drawn is lost: what was found again, what others saved meanwhile, and starting over only when asked twice."""

from __future__ import annotations

import time

import streamlit as st

from data.language import translate_error
from data.planning.editor.session import EditSession
from data.planning.editor.unsaved import list_unsaved
from data.plans import PlanRecord, plan_versions, read_plan, see_plan
from data.store.accounts import rights
from views.parts.texts import moment, plain
from views.planner.desk import ENDED, drop_stranded, start_over
from views.scene import Scene, choose

LOOK_S = 20.0
COMPANY = "plan_company"


def show_unsaved(scene: Scene, session: EditSession) -> None:
    """Say that work was found again, or that it cannot be shown any more."""
    t, zone = scene.t, scene.store.time_zone
    if session.stranded is not None:
        at, error = session.stranded
        words = t(
            "Your unsaved work of {when} was drawn on areas that have changed since: {why}",
            when=moment(at, zone), why=translate_error(error, scene.state.lang),
        )  # fmt: skip
        st.warning(plain(words), icon=":material/history:")
        st.button(t("Let it go"), key="plan_stranded", on_click=drop_stranded, args=(scene, session))
    elif session.found_from is not None and session.is_changed:
        words = t(
            "Your unsaved work of {when} stands here again; undo leads back", when=moment(session.found_from, zone)
        )
        st.info(plain(words), icon=":material/history:")


def show_start_over(scene: Scene, session: EditSession) -> None:
    """Ask before what was drawn gives way; undo brings it back even then."""
    t, history = scene.t, session.history
    plan = read_plan(scene.desk, scene.state.plan) if scene.state.plan else None
    is_saved = plan is not None and plan.state not in ENDED
    is_behind = is_saved and plan is not None and plan.version != session.plan_version
    with st.popover(t("Start over"), disabled=not history.can_undo and not is_behind):
        where = (
            t("version {version} as it is saved", version=plan.version)
            if is_saved and plan is not None
            else t("the grids of today")
        )
        st.markdown(plain(t("Back to {where}. Undo brings your work back.", where=where)))
        if session.is_changed:
            st.caption(plain(t("It is not saved: save it first, or as another plan, if it is to be kept for good.")))
        st.button(t("Yes, start over"), key="plan_over", on_click=start_over, args=(scene, session))


def show_not_saved(scene: Scene, session: EditSession) -> None:
    """Say that something is not saved, and that leaving does not lose it."""
    if session.is_changed and rights(scene.desk.account).plans:
        st.caption(plain(scene.t("Not saved yet. It is kept for you here until you save it or start over.")))


def show_company(scene: Scene, session: EditSession, plan: PlanRecord) -> None:
    """Say who else has the plan open, and whether somebody saved meanwhile; it looks again by itself."""
    st.fragment(_show_company, run_every=LOOK_S)(scene, session, plan.plan_id)


def _show_company(scene: Scene, session: EditSession, plan_id: str) -> None:
    t, plan = scene.t, read_plan(scene.desk, plan_id)
    others = _company(scene, plan, session.plan_version or plan.version)
    if others:
        st.warning(plain(t("Open too: {people}. Saves never go over each other.", people=", ".join(others))))
    if plan.state in ENDED or plan.version == session.plan_version:
        return
    newest = plan_versions(scene.desk, plan_id)[0]
    names = {one.account_id: one.name for one in scene.store.accounts()}
    words = t(
        "{who} saved version {version} at {when}; yours was drawn from version {mine}."
        " Keep yours as another plan, or start over with theirs.",
        who=names.get(newest.actor, newest.actor), version=newest.version,
        when=moment(newest.at, scene.store.time_zone), mine=session.plan_version,
    )  # fmt: skip
    st.warning(plain(words), icon=":material/group:")


def _company(scene: Scene, plan: PlanRecord, version: int) -> list[str]:
    """The names of those who have the plan open too; the store is told now and then, not with every act."""
    asked = (plan.plan_id, version)
    held = st.session_state.get(COMPANY)
    if held is None or held[0] != asked or time.monotonic() - held[1] > LOOK_S / 2:
        told = see_plan(scene.desk, *asked)
        held = (asked, time.monotonic(), [str(one.get("name")) for one in told.get("others", [])])
        st.session_state[COMPANY] = held
    return list(held[2])


def show_where_unsaved(scene: Scene) -> None:
    """List the places where this person has work that was not saved; each leads there."""
    t, found = scene.t, list_unsaved(scene.state.ws, scene.desk.account.account_id)
    if not found:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="wg-plan-unsaved"):
        st.markdown(f"**{plain(t('Not saved yet:'))}**")
        for at, (place, when) in enumerate(found[:6]):
            name = scene.area_name(place.area) if place.area else t("The whole place")
            st.button(f"{plain(name)} · {moment(when, scene.store.time_zone)}", key=f"plan_unsaved_{at}",
                      on_click=choose, args=(scene.state,), kwargs={"area": place.area, "plan": place.plan_id,
                                                                     "view": "", "pick": ""})  # fmt: skip
