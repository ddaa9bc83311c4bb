"""What the board shows list by list: posts, areas, counts, tasks; each with what can be told there."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pandas as pd
import streamlit as st

from geo.crowd.board.plan import stamp
from views.events.day.gaps import show_gaps
from views.events.day.telling import Shown, task_text, tell_one, typed
from views.parts.texts import number, plain
from views.scene import Scene

HEIGHT = 300


def show_posts(scene: Scene, shown: Shown) -> None:
    """Posts with what is wrong first; who came or went; who stands in for somebody who is missing."""
    t, order = scene.t, ("empty", "short", "manned", "not due")
    rows = sorted(shown.now.posts, key=lambda one: (order.index(one.state), -len(one.late), one.post_id))
    marks = {"empty": "✕", "short": "▼", "manned": "●", "not due": "○"}
    table = [
        {t("Post"): shown.post(one.post_id), t("Status"): f"{marks[one.state]} {t(one.state)}",
         t("There"): f"{len(one.present)} / {one.planned}", t("Late"): ", ".join(one.late),
         t("Leaving"): ", ".join(one.leaving), t("Coming"): ", ".join(one.coming)}
        for one in rows
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(table), hide_index=True, key="board_posts", height=HEIGHT)
    people = sorted({one["person_id"] for one in shown.board.parts["posts"]["stays"]})
    with st.form("board_person", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(t("Person"), people, index=None, accept_new_options=True, key="board_who",
                     placeholder=t("type a code"))  # fmt: skip
        st.selectbox(t("Post"), [one.post_id for one in shown.board.plan.posts], key="board_where",
                     format_func=shown.post)  # fmt: skip
        st.form_submit_button(t("Has come"), disabled=not shown.may_tell, key="board_came", on_click=_tell_person,
                              args=(scene, shown, "arrived"))  # fmt: skip
        st.form_submit_button(t("Has left"), disabled=not shown.may_tell, key="board_left", on_click=_tell_person,
                              args=(scene, shown, "left"))  # fmt: skip
    show_gaps(scene, shown)


def _tell_person(scene: Scene, shown: Shown, kind: str) -> None:
    who, post = typed("board_who"), typed("board_where")
    if who and (post or kind == "left"):
        tell_one(scene, shown, kind, person_id=who, **({"post_id": post} if kind == "arrived" else {}))


def show_areas(scene: Scene, shown: Shown) -> None:
    """People, share of what the area may hold, density, alarm, minutes until the front, and since when it is closed."""
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
             t("Closed since"): shown.clock(one.closed_at),
             t("Never counted in"): number(one.unexplained)}
        )  # fmt: skip
    share = st.column_config.ProgressColumn(t("Share"), format="percent", min_value=0.0, max_value=1.5)
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="board_areas", height=HEIGHT,
                 column_config={t("Share"): share})  # fmt: skip
    with st.form("board_dense", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(t("Area"), [one.area_id for one in shown.board.plan.areas], key="board_dense_area",
                     format_func=shown.area)  # fmt: skip
        st.number_input(t("Seen: people a m²"), 0.0, 12.0, 0.0, step=0.1, key="board_dense_per_m2")
        st.form_submit_button(t("Tell the density"), disabled=not shown.may_tell, key="board_dense_tell",
                              on_click=_tell_density, args=(scene, shown))  # fmt: skip
    waiting = [one for one in shown.now.next_front if one["minutes_left"] < 15]
    for one in waiting[:3]:
        st.button(t("The front passes {area} now", area=plain(shown.area(one["area_id"]))),
                  key=f"board_front_{one['area_id']}", disabled=not shown.may_tell, on_click=tell_one,
                  args=(scene, shown, "front_passed"), kwargs={"area_id": one["area_id"]})  # fmt: skip


def _tell_density(scene: Scene, shown: Shown) -> None:
    area = next((one for one in shown.board.plan.areas if one.area_id == st.session_state["board_dense_area"]), None)
    if area is not None:
        tell_one(scene, shown, "density_seen", area_id=area.area_id, basis="static" if area.is_static else "moving",
                 per_m2=round(float(st.session_state["board_dense_per_m2"]), 2))  # fmt: skip


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
        st.selectbox(t("Entrance"), list(entrances), key="board_door")
        st.number_input(t("People"), 0, 100_000, 0, key="board_people")
        for way, word in (("in", t("Went in")), ("out", t("Went out"))):
            st.form_submit_button(word, disabled=not shown.may_tell, key=f"board_count_{way}", on_click=_tell_count,
                                  args=(scene, shown, way))  # fmt: skip
    areas = [one.area_id for one in shown.board.plan.areas]
    with st.form("board_head", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(t("Area"), areas, key="board_head_area", format_func=shown.area)
        st.number_input(t("Head count"), 0, 1_000_000, 0, key="board_heads")
        st.form_submit_button(t("Take it as the truth"), disabled=not shown.may_lead, key="board_head_take",
                              on_click=_tell_heads, args=(scene, shown))  # fmt: skip


def _tell_count(scene: Scene, shown: Shown, way: str) -> None:
    people = int(st.session_state["board_people"])
    if people:
        tell_one(scene, shown, "counted", entrance_id=st.session_state["board_door"], way=way, people=people)


def _tell_heads(scene: Scene, shown: Shown) -> None:
    area_id, people = st.session_state["board_head_area"], int(st.session_state["board_heads"])
    tell_one(scene, shown, "headcount", area_id=area_id, people=people)


def show_tasks(scene: Scene, shown: Shown) -> None:
    """A form for a new task, and the open ones with a button each, the most urgent first."""
    t = scene.t
    with st.form("board_task", border=False, clear_on_submit=True):  # noqa: SIM117
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(t("New task"), key="board_task_text")
            st.number_input(t("Due in (min)"), 1, 1440, 15, key="board_task_due")
            st.form_submit_button(t("Set"), disabled=not shown.may_lead, key="board_task_set", on_click=_set_task,
                                  args=(scene, shown))  # fmt: skip
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


def _set_task(scene: Scene, shown: Shown) -> None:
    text = typed("board_task_text")
    if text:
        due = stamp(shown.ask() + timedelta(minutes=int(st.session_state["board_task_due"])))
        tell_one(scene, shown, "task_set", task_id=uuid.uuid4().hex[:8], text=text, due_at=due)
