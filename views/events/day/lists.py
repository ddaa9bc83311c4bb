"""What the board shows list by list: posts, areas, counts, incidents, tasks; each with what can be told there."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pandas as pd
import streamlit as st

from geo.crowd.board.plan import stamp
from views.events.day.telling import Shown, task_text, tell_one
from views.parts.texts import number, plain
from views.scene import Scene

HEIGHT = 300


def show_posts(scene: Scene, shown: Shown) -> None:
    """Posts with what is wrong first, then who came or went, and the areas that lack a role."""
    t, order = scene.t, ("empty", "short", "manned", "not due")
    rows = sorted(shown.now.posts, key=lambda one: (order.index(one.state), -len(one.late), one.post_id))
    marks = {"empty": "✕", "short": "▼", "manned": "●", "not due": "○"}
    table = [
        {t("Post"): shown.post(one.post_id), t("Status"): f"{marks[one.state]} {t(one.state)}",
         t("There"): f"{len(one.present)} / {one.planned}", t("Late"): ", ".join(one.late),
         t("Leaving"): ", ".join(one.leaving), t("Coming"): ", ".join(one.coming)}
        for one in rows
    ]  # fmt: skip
    for void in shown.now.voids:
        text = t("{area}: nobody in the role of {role} since {at}", area=shown.area(void.area_id), role=t(void.role),
                 at=shown.clock(void.since))  # fmt: skip
        st.warning(plain(text), icon=":material/person_off:")
    st.dataframe(pd.DataFrame(table), hide_index=True, key="board_posts", height=HEIGHT)
    people = sorted({one["person_id"] for one in shown.board.parts["posts"]["stays"]})
    with st.form("board_person", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        who = st.selectbox(t("Person"), people, index=None, accept_new_options=True, key="board_who")
        post = st.selectbox(t("Post"), [one.post_id for one in shown.board.plan.posts], key="board_where",
                            format_func=shown.post)  # fmt: skip
        came = st.form_submit_button(t("Has come"), disabled=not shown.may_tell)
        left = st.form_submit_button(t("Has left"), disabled=not shown.may_tell)
    if who and post and came:
        tell_one(scene, shown, "arrived", person_id=who, post_id=post)
        st.rerun(scope="fragment")
    if who and left:
        tell_one(scene, shown, "left", person_id=who)
        st.rerun(scope="fragment")


def show_areas(scene: Scene, shown: Shown) -> None:
    """People, share of what the area may hold, density, stage of alarm, and minutes until the front."""
    t = scene.t
    fronts = {one["area_id"]: one for one in shown.now.next_front}
    passed = shown.board.parts["stages"]["passed"]
    rows = []
    for one in shown.now.areas:
        front = fronts.get(one.area_id)
        rows.append(
            {t("Area"): shown.area(one.area_id) if one.area_id else t("the whole site"),
             t("People"): number(one.present), t("Share"): one.share, t("People a m²"): number(one.density, 2),
             t("Alarm"): "–" if one.stage is None else str(one.stage),
             t("Front in (min)"): number(front["minutes_left"]) if front else "–",
             t("Passed at"): ", ".join(shown.clock(at) for at in passed.get(one.area_id, ())),
             t("Never counted in"): number(one.unexplained)}
        )  # fmt: skip
    share = st.column_config.ProgressColumn(t("Share"), format="percent", min_value=0.0, max_value=1.5)
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="board_areas", height=HEIGHT,
                 column_config={t("Share"): share})  # fmt: skip
    waiting = [one for one in shown.now.next_front if one["minutes_left"] < 15]
    for one in waiting[:3]:
        st.button(t("The front passes {area} now", area=plain(shown.area(one["area_id"]))),
                  key=f"board_front_{one['area_id']}", disabled=not shown.may_tell, on_click=tell_one,
                  args=(scene, shown, "front_passed"), kwargs={"area_id": one["area_id"]})  # fmt: skip


def show_counts(scene: Scene, shown: Shown) -> None:
    """In and out at every entrance, a form to tell a count, and one for a head count."""
    t, part = scene.t, shown.board.parts["counts"]["entrances"]
    entrances = {one.entrance_id: one for one in shown.board.plan.entrances}
    rows = [
        {t("Entrance"): f"{key} · {entrances[key].name}", t("Area"): shown.area(entrances[key].area_id),
         t("In"): number(one["in"]), t("Out"): number(one["out"]), t("Still inside"): number(one["in"] - one["out"])}
        for key, one in part.items()
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="board_counts", height=220)
    if not entrances:
        st.caption(plain(t("The plan has no entrance: draw them to count people in and out.")))
        return
    with st.form("board_count", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        door = st.selectbox(t("Entrance"), list(entrances), key="board_door")
        people = st.number_input(t("People"), 0, 100_000, 0, key="board_people")
        went_in = st.form_submit_button(t("Went in"), disabled=not shown.may_tell)
        went_out = st.form_submit_button(t("Went out"), disabled=not shown.may_tell)
    if people and (went_in or went_out):
        tell_one(scene, shown, "counted", entrance_id=door, way="in" if went_in else "out", people=int(people))
        st.rerun(scope="fragment")
    areas = [one.area_id for one in shown.board.plan.areas]
    with st.form("board_head", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        area = st.selectbox(t("Area"), areas, key="board_head_area", format_func=shown.area)
        head = st.number_input(t("Head count"), 0, 1_000_000, 0, key="board_heads")
        if st.form_submit_button(t("Take it as the truth"), disabled=not shown.may_lead):
            tell_one(scene, shown, "headcount", area_id=area, people=int(head))
            st.rerun(scope="fragment")


def show_incidents(scene: Scene, shown: Shown) -> None:
    """Open incidents with the next step of each, and a form for a new one."""
    t = scene.t
    if not shown.now.incidents:
        st.caption(plain(t("No incident is open.")))
    for one in shown.now.incidents:
        with st.container(horizontal=True, vertical_alignment="center"):
            step, word, more = _next_step(scene, one)
            where = shown.area(one["area_id"]) if one["area_id"] else "–"
            sent = f" · {plain(t('sent'))} {shown.clock(one['sent_at'])}" if one["sent_at"] else ""
            st.markdown(f"**{plain(t(one['text']))}** · {plain(where)} · {shown.clock(one['opened_at'])}{sent}")
            st.button(word, key=f"board_step_{one['incident_id']}_{step}", disabled=not shown.may_tell,
                      on_click=tell_one, args=(scene, shown, step),
                      kwargs={"incident_id": one["incident_id"], **more})  # fmt: skip
    areas = ["", *(one.area_id for one in shown.board.plan.areas)]
    with st.form("board_incident", border=False, clear_on_submit=True):  # noqa: SIM117
        with st.container(horizontal=True, vertical_alignment="bottom"):
            text = st.text_input(t("What happened"), key="board_incident_text")
            area = st.selectbox(t("Area"), areas, key="board_incident_area", format_func=shown.area)
            opened = st.form_submit_button(t("Open incident"), disabled=not shown.may_tell)
    if opened and text.strip():
        about: dict[str, Any] = {"area_id": area} if area else {}
        tell_one(scene, shown, "incident_opened", incident_id=uuid.uuid4().hex[:8], text=text.strip(), **about)
        st.rerun(scope="fragment")


def _next_step(scene: Scene, one: dict[str, Any]) -> tuple[str, str, dict[str, str]]:
    t = scene.t
    if one["sent_at"] is None:
        return "incident_sent", t("Somebody sent"), {"to": "nearest"}
    if one["arrived_at"] is None:
        return "incident_reached", t("Somebody there"), {}
    return "incident_closed", t("Close"), {}


def show_tasks(scene: Scene, shown: Shown) -> None:
    """Open tasks, the most urgent first, with a button each; and a form for a new one."""
    t = scene.t
    marks = {"overdue": "✕", "soon": "◔", "open": "○"}
    with st.container(height=HEIGHT, border=False):
        if not shown.now.tasks:
            st.caption(plain(t("Every task is done.")))
        for one in shown.now.tasks:
            with st.container(horizontal=True, vertical_alignment="center"):
                where = f" · {shown.area(one.area_id)}" if one.area_id else ""
                text = f"{marks[one.state]} {shown.clock(one.due_at)} {task_text(scene, one.text)}{where}"
                left = t("{minutes:.0f} min left", minutes=one.minutes_left)
                if one.state == "overdue":
                    left = t("{minutes:.0f} min overdue", minutes=-one.minutes_left)
                st.markdown(f"{plain(text)} · {plain(left)}")
                st.button(t("Done"), key=f"board_done_{one.task_id}", disabled=not shown.may_tell,
                          on_click=tell_one, args=(scene, shown, "task_done"),
                          kwargs={"task_id": one.task_id})  # fmt: skip
    with st.form("board_task", border=False, clear_on_submit=True):  # noqa: SIM117
        with st.container(horizontal=True, vertical_alignment="bottom"):
            text = st.text_input(t("New task"), key="board_task_text")
            minutes = st.number_input(t("Due in (min)"), 1, 1440, 15, key="board_task_due")
            given = st.form_submit_button(t("Set"), disabled=not shown.may_lead)
    if given and text.strip():
        due = stamp(shown.at + timedelta(minutes=int(minutes)))
        tell_one(scene, shown, "task_set", task_id=uuid.uuid4().hex[:8], text=text.strip(), due_at=due)
        st.rerun(scope="fragment")
