"""What becomes of a draft: a saved plan, handing in, approval by another person, the day it takes effect."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pandas as pd
import streamlit as st

from data.planning.editor.bench import zone_keys
from data.planning.editor.held import drawn_of, keep_session
from data.planning.editor.session import EditSession, Work
from data.planning.editor.shown import named_zones
from data.plans import (
    PlanRecord,
    act_on_plan,
    list_plans,
    make_plan,
    plan_events,
    read_plan,
    save_plan,
    see_plan,
    submit_plan,
)
from data.plans.effect import PREPARED, effect_plan, local_today, roll_back_plan
from data.store.accounts import rights
from geo.errors import ChangedError, GridError, say
from views.frame import show_error
from views.parts.texts import moment, number, plain
from views.planner.desk import WHOLE_PAGE, drop_session, hand_over
from views.planner.exports import show_exports
from views.planner.replayed import show_replayed
from views.planner.unsaved import show_company, show_not_saved
from views.scene import Scene, choose

ERROR = "plan_life_error"
STATES = {
    "draft": "draft",
    "submitted": "handed in",
    "approved": "approved",
    "in_force": "in force",
    "rolled_back": "taken back",
    "dropped": "dropped",
}


def show_life(scene: Scene, session: EditSession) -> None:
    """Draw the plan's own life below the table: which plan this is, what may be done with it now, its trail."""
    t, state = scene.t, scene.state
    with st.container(border=True, key="wg-plan-life"):
        plan = read_plan(scene.desk, state.plan) if state.plan else None
        _show_which(scene, session, plan)
        error = st.session_state.pop(ERROR, None)
        if error is not None:
            show_error(error, state.lang)
        show_not_saved(scene, session)
        may = rights(scene.desk.account)
        if plan is None and may.plans:
            _show_new(scene, session)
        elif plan is None:
            st.caption(plain(t("Your role may look at plans but not draw them; what you try here is not kept")))
        else:
            _show_reasons(scene, session, plan)
            _show_acts(scene, session, plan)
            _show_trail(scene, plan)
    show_replayed(scene, session)
    show_exports(scene, session)


def _show_which(scene: Scene, session: EditSession, plan: PlanRecord | None) -> None:
    t, state = scene.t, scene.state
    found = [one for one in list_plans(scene.desk) if (one.within or "") == state.area]
    titles = {one.plan_id: f"{one.name} · {t(STATES[one.state])}" for one in found}
    if plan is not None:
        titles.setdefault(plan.plan_id, plan.name)
    st.session_state["w_plan"] = state.plan if state.plan in titles else ""

    def chosen() -> None:
        st.session_state[WHOLE_PAGE] = True
        keep_session(session, scene.desk.account)
        if plan is not None:
            see_plan(scene.desk, plan.plan_id, None)
        choose(state, plan=st.session_state["w_plan"])

    if titles:
        st.selectbox(
            t("Plan"), ["", *titles], key="w_plan", on_change=chosen,
            format_func=lambda one: titles.get(one, t("New, from the grids of today")),
        )  # fmt: skip
    if plan is not None:
        when = plan.on_date.isoformat() if plan.on_date else ""
        line = t("Version {version}, {state}", version=plan.version, state=t(STATES[plan.state]))
        st.caption(plain(f"{line} · {t('from {day}', day=when)}" if when else line))
        show_company(scene, session, plan)


def _show_new(scene: Scene, session: EditSession) -> None:
    t = scene.t
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    name = left.text_input(t("Name of the plan"), key="plan_name", max_chars=80)
    right.button(t("Save as a plan"), key="plan_save_new", on_click=_guarded(_make, scene, session),
                 width="stretch", disabled=not (name or "").strip())  # fmt: skip


def _make(scene: Scene, session: EditSession) -> None:
    plan = make_plan(
        scene.desk, str(st.session_state["plan_name"]).strip(), drawn_of(session), level=session.bench.level,
        within=session.bench.within, based_on=session.bench.store_ground.edition,
    )  # fmt: skip
    session.mark_saved(plan.version)
    hand_over(scene, session, plan.plan_id)
    choose(scene.state, plan=plan.plan_id)


def _show_reasons(scene: Scene, session: EditSession, plan: PlanRecord) -> None:
    """Grids out of band need a reason before the plan can be handed in."""
    t, draft = scene.t, session.draft
    out = [zone for zone in draft.misfits() if draft.numbers[zone].excess]
    if not out or plan.state != "draft":
        return
    keys, names = zone_keys(session.bench, draft), named_zones(session.bench, draft)
    table = pd.DataFrame(
        {t("Grid"): [names[zone] for zone in out], t("Off the band"): [draft.numbers[zone].excess for zone in out],
         t("Reason"): [session.reasons.get(keys[zone], "") for zone in out]}
    )  # fmt: skip
    st.caption(plain(t("{count} grids are out of band: put them right, or say why", count=number(len(out)))))
    told = st.data_editor(table, hide_index=True, key=f"plan_reasons_{session.version}", height="content",
                          disabled=[t("Grid"), t("Off the band")])  # fmt: skip
    for zone, why in zip(out, told[t("Reason")], strict=True):
        text = str(why or "").strip()
        if text != session.reasons.get(keys[zone], ""):
            session.reasons[keys[zone]] = text


def _show_acts(scene: Scene, session: EditSession, plan: PlanRecord) -> None:
    may, own = rights(scene.desk.account), scene.desk.account.account_id
    with st.container(horizontal=True, vertical_alignment="bottom", key="wg-plan-acts"):
        if plan.state == "draft" and may.plans:
            _offer(scene, "save", "Save", _save, session, plan)
            _offer(scene, "submit", "Hand in", _submit, session, plan, is_first=True)
        if may.plans and (plan.state == "draft" or session.is_changed):
            _offer(scene, "branch", "Keep as another plan", _branch, session, plan)
        if plan.state == "submitted" and plan.submitted_by == own:
            _offer(scene, "withdraw", "Withdraw", _act("withdraw"), session, plan)
            st.caption(plain(scene.t("Another person has to approve it")))
        elif plan.state == "submitted" and may.approves:
            _offer(scene, "approve", "Approve", _act("approve"), session, plan, is_first=True)
            st.text_input(scene.t("Why it goes back"), key="plan_return_text", max_chars=200)
            _offer(scene, "return", "Return", _return, session, plan)
        if session.work is not None:
            return
        if plan.state == "approved" and may.approves:
            st.date_input(scene.t("In force from"), key="plan_day", value=local_today(scene.desk),
                          min_value=local_today(scene.desk) - timedelta(days=3650))  # fmt: skip
            _offer(scene, "effect", "Put in force", _effect, session, plan, is_first=True)
        if plan.state == "in_force" and may.approves:
            _offer(scene, "rollback", "Take back", _roll_back, session, plan)


def _offer(
    scene: Scene, key: str, title: str, act: Callable[..., None], session: EditSession, plan: PlanRecord, *,
    is_first: bool = False,
) -> None:  # fmt: skip
    st.button(scene.t(title), key=f"plan_act_{key}", type="primary" if is_first else "secondary",
              on_click=_guarded(act, scene, session, plan))  # fmt: skip


def _guarded(act: Callable[..., None], scene: Scene, *values: Any) -> Callable[[], None]:
    """Run an act of the store; a refusal is shown and nothing else happens."""

    def run() -> None:
        st.session_state[WHOLE_PAGE] = True
        try:
            act(scene, *values)
        except GridError as error:
            st.session_state[ERROR] = error

    return run


def _save(scene: Scene, session: EditSession, plan: PlanRecord) -> None:
    version = session.plan_version or plan.version
    based_on = session.bench.store_ground.edition
    saved = save_plan(scene.desk, plan.plan_id, drawn_of(session), version=version, based_on=based_on)
    session.mark_saved(saved.version)


def _branch(scene: Scene, session: EditSession, plan: PlanRecord) -> None:
    """Keep what stands here as a plan of its own: the way out where somebody else saved meanwhile."""
    name = f"{plan.name} · {scene.desk.account.name}"[:80]
    made = make_plan(
        scene.desk, name, drawn_of(session), level=session.bench.level, within=session.bench.within,
        based_on=session.bench.store_ground.edition,
        branched_from=(plan.plan_id, session.plan_version or plan.version),
    )  # fmt: skip
    session.mark_saved(made.version)
    hand_over(scene, session, made.plan_id)
    choose(scene.state, plan=made.plan_id)


def _submit(scene: Scene, session: EditSession, plan: PlanRecord) -> None:
    """Save what was not, then hand in through the gate."""
    if session.is_changed:
        _save(scene, session, plan)
    newest = read_plan(scene.desk, plan.plan_id)
    if session.plan_version and newest.version != session.plan_version:
        raise ChangedError(*_newer(newest))
    submit_plan(scene.desk, plan.plan_id, version=newest.version)


def _newer(plan: PlanRecord) -> tuple[Any, Any, Any]:
    return (
        say("the newest version of {name}", name=plan.name),
        say("somebody saved version {version} meanwhile", version=plan.version),
        say("keep yours as another plan, or start over with theirs"),
    )


def _act(verb: str) -> Callable[..., None]:
    def run(scene: Scene, session: EditSession, plan: PlanRecord) -> None:  # noqa: ARG001
        act_on_plan(scene.desk, plan.plan_id, verb, version=plan.version)

    return run


def _return(scene: Scene, session: EditSession, plan: PlanRecord) -> None:  # noqa: ARG001
    act_on_plan(scene.desk, plan.plan_id, "return", text=str(st.session_state.get("plan_return_text", "")))


def _effect(scene: Scene, session: EditSession, plan: PlanRecord) -> None:
    day, desk = st.session_state["plan_day"], scene.desk
    session.work = Work(lambda tell: effect_plan(desk, plan.plan_id, day, progress=tell))


def _roll_back(scene: Scene, session: EditSession, plan: PlanRecord) -> None:
    desk = scene.desk
    session.work = Work(lambda tell: roll_back_plan(desk, plan.plan_id, progress=tell))


def show_work(scene: Scene, session: EditSession, *, is_watching: bool) -> None:
    """How far putting in force or taking back is; once done the page begins again with the grids of today."""
    work = session.work
    if work is None:
        return
    if work.is_done:
        session.work = None
        if work.error is not None:
            st.session_state[ERROR] = work.error
        drop_session(scene)
        st.rerun()
    if not is_watching:
        st.rerun()
    t = scene.t
    words = t("Checking the plan") if work.share < PREPARED else t("Placing everything in the new grids")
    st.progress(min(max(work.share, 0.0), 1.0), text=plain(words))


def _show_trail(scene: Scene, plan: PlanRecord) -> None:
    t = scene.t
    names = {one.account_id: one.name for one in scene.store.accounts()}
    with st.expander(t("What was done with it")):
        for event in reversed(plan_events(scene.desk, plan.plan_id)):
            who = names.get(event.actor, event.actor)
            said = str(event.what.get("text") or event.what.get("on") or "")
            parts = [moment(event.at, scene.store.time_zone), t(event.act), who, said]
            st.caption(plain(" · ".join(one for one in parts if one)))
