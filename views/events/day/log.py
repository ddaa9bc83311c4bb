"""What was said and what was done: messages, the log of the board, and the review of plan against done."""

from __future__ import annotations

import uuid

import orjson
import pandas as pd
import streamlit as st

from data.board import facts_since
from geo.crowd.board.review import review_day
from geo.crowd.board.state import FACTS
from views.events.day.files import show_files
from views.events.day.telling import Shown, remembered, tell_one, told_by, typed
from views.parts.texts import number, plain
from views.scene import Scene

HEIGHT, MOST = 300, 300
ENDINGS = (".xlsx", ".csv", ".jsonl")


def show_messages(scene: Scene, shown: Shown) -> None:
    """A form to send a message, and those sent, the newest first, each to be marked as read."""
    t, me = scene.t, scene.desk.account.account_id
    with st.form("board_message", border=False, clear_on_submit=True):  # noqa: SIM117
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(t("To"), t("everybody"), key="board_to")
            st.text_input(t("Message"), key="board_text")
            st.form_submit_button(t("Send"), disabled=not shown.may_lead, key="board_send", on_click=_send,
                                  args=(scene, shown))  # fmt: skip
    with st.container(height=HEIGHT, border=False):
        if not shown.now.messages:
            st.caption(plain(t("No message yet.")))
        for one in sorted(shown.now.messages, key=lambda each: str(each["sent_at"]), reverse=True):
            head = f"{shown.clock(one['sent_at'])} · {one['by']} → {one['to']}"
            with st.container(horizontal=True, vertical_alignment="center"):
                read = plain(t("read by {count}", count=len(one["read_by"])))
                st.markdown(f"**{plain(head)}** {plain(one['text'])} · {read}")
                if me not in one["read_by"]:
                    st.button(t("Read"), key=f"board_read_{one['message_id']}", disabled=not shown.may_tell,
                              on_click=tell_one, args=(scene, shown, "message_read"),
                              kwargs={"message_id": one["message_id"]})  # fmt: skip


def _send(scene: Scene, shown: Shown) -> None:
    to, text = typed("board_to"), typed("board_text")
    if to and text:
        tell_one(scene, shown, "message_sent", message_id=uuid.uuid4().hex[:8], to=to, text=text)


def show_log(scene: Scene, shown: Shown) -> None:
    """The facts told up to the moment shown, the newest first; the whole log as a file."""
    t = scene.t
    facts = facts_since(scene.desk, shown.board_id, max(shown.board.sequence - MOST, 0), most=MOST)
    rows = [
        {t("No."): one.sequence, t("At"): shown.clock(str(one.document()["at"])), t("What"): t(FACTS[one.kind].title),
         t("By"): one.actor, t("Details"): "" if one.kind == "opened" else orjson.dumps(dict(one.payload)).decode()}
        for one in sorted(facts, key=lambda each: -each.sequence)
        if one.at <= shown.at
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="board_log", height=HEIGHT)
    show_files(scene, shown, {f"log{ending}": t("Log ({ending})", ending=ending) for ending in ENDINGS})
    st.caption(plain(t("{count} facts told by then", count=number(shown.told))))


def show_review(scene: Scene, shown: Shown) -> None:
    """Plan against done up to the moment shown; whole once the day is over."""
    t, until = scene.t, shown.at.replace(second=0, microsecond=0)
    found = remembered("board_review", (shown.board_id, shown.board.sequence, until),
                       lambda: review_day(told_by(scene, shown.board_id, shown.at), until=shown.at))  # fmt: skip
    minutes = lambda s: "–" if s is None else f"{s / 60:.1f} min"  # noqa: E731
    sums = [
        (t("Alarms"), number(found.alarms), t("{count} never taken up", count=found.never_taken)),
        (t("Taken up, median"), minutes(found.alarm_median_s), ""),
        (t("Incidents"), number(found.incidents), t("{count} never reached", count=found.never_reached)),
        (t("Reached, median"), minutes(found.incident_median_s), ""),
        (t("Tasks in time"), f"{found.done_in_time} / {found.tasks}",
         t("{late} late, {open} not done", late=found.done_late, open=found.not_done)),
        (t("People never counted in"), number(found.unexplained), ""),
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(sums, columns=[t("Figure"), t("Value"), t("Note")]), hide_index=True, key="review_sums")
    show_files(scene, shown, {"review.xlsx": t("Review (.xlsx)"), "log.jsonl": t("Log ({ending})", ending=".jsonl")})
    stages = [
        {t("Stage"): next((s.name for s in shown.board.plan.stages if s.stage_id == one.stage_id), one.stage_id),
         t("Planned"): shown.clock(one.planned_at), t("Came"): shown.clock(one.came_at),
         t("Minutes late"): "–" if one.minutes_late is None else number(one.minutes_late, 1)}
        for one in found.stages
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(stages), hide_index=True, key="review_stages")
    posts = [
        {t("Post"): shown.post(one.post_id), t("Planned (h)"): number(one.planned_min / 60, 1),
         t("Manned (h)"): number(one.manned_min / 60, 1), t("Nobody there (min)"): number(one.empty_min),
         t("Arrivals"): one.arrivals, t("Late"): one.late, t("Worst delay (min)"): number(one.worst_late_min),
         t("Never came"): one.never_came, t("Stood in"): one.replaced}
        for one in found.posts
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(posts), hide_index=True, key="review_posts", height=HEIGHT)
    counts = [
        {t("Area"): shown.area(one.area_id), t("At"): shown.clock(one.at), t("Expected"): number(one.expected),
         t("Counted"): number(one.counted)}
        for one in found.counts
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(counts), hide_index=True, key="review_counts", height=HEIGHT)
