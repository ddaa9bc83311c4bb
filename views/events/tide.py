"""The clock of what moves along: each area's deadline and the schedule of closing, release and opening."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from data.events.session import EventSession
from geo.crowd.event.times import Sighting
from views.events.egress import minutes
from views.events.words import ACTS
from views.events.working import show_stranded, show_worked_out
from views.frame import show_empty
from views.parts.texts import plain
from views.scene import Scene


def show_tide(scene: Scene, session: EventSession) -> None:
    """Draw the part."""
    t = scene.t
    if session.event.front is None or not session.event.front.passages:
        show_empty(
            t("Nothing moves along this event"),
            remedy=plain(t("Draw its way with the tool “Front” and fill in when it comes by under “Time and people”.")),
        )
        return
    _add_sighting(scene, session)
    show_worked_out(scene, session, _clock)


def _add_sighting(scene: Scene, session: EventSession) -> None:
    """It was seen: the clock is set anew."""
    t, front, zone = scene.t, session.event.front, ZoneInfo(session.event.time_zone)
    assert front is not None
    with st.popover(t("Seen on its way"), icon=":material/visibility:"):
        passage = st.selectbox(t("Passage"), [one.passage_id for one in front.passages], key="event_seen_passage")
        table = next(one for one in front.passages if one.passage_id == passage)
        local = table.at.astimezone(zone)
        day = st.date_input(t("Day"), local.date(), key="event_seen_day")
        clock = st.time_input(t("Time"), local.time(), key="event_seen_time", step=60)
        where = st.number_input(t("Where along the line (m, negative: before it)"), value=0.0, key="event_seen_at")

        def seen() -> None:
            at = datetime.combine(day, clock, zone)
            by = scene.desk.account.account_id
            one = Sighting(passage_id=passage, at=at, chainage_m=float(where), by=by)
            session.take(replace(session.event, front=replace(front, sightings=(*front.sightings, one))))

        st.button(t("Set the clock by it"), key="event_seen", type="primary", on_click=seen)
        st.caption(plain(t("{count} sightings so far", count=len(front.sightings))))


def _clock(scene: Scene, session: EventSession, report: dict[str, Any]) -> None:
    t, zone = scene.t, ZoneInfo(session.event.time_zone)
    front = report["front"]
    if front is None:
        return
    show_stranded(scene, report)
    names = {one.area_id: one.name for one in session.event.areas}
    for passage in front["passages"]:
        days = [datetime.fromisoformat(one["at"]).astimezone(zone).date() for one in passage["schedule"]]
        local = partial(_local, zone=zone, is_one_day=len(set(days)) == 1)
        day = f" · {days[0]:%Y-%m-%d}" if days else ""
        st.markdown(f"**{plain((passage['name'] or passage['passage_id']) + day)}**")
        left, right = st.columns([7, 5], gap="small")
        rows = [
            {
                t("Viewing area"): f"{one['area_id']} · {names.get(one['area_id'], '')}",
                t("Begin to clear"): local(one["clear_from"]), t("Clear by"): local(one["clear_by"]),
                t("Earliest"): local(one["earliest"]), t("Likely"): local(one["likely"]),
                t("Latest"): local(one["latest"]), t("Opens"): local(one["opens"]),
                t("Egress (min)"): minutes(one["egress_s"]),
            }
            for one in passage["deadlines"]
        ]  # fmt: skip
        left.dataframe(pd.DataFrame(rows), hide_index=True, key=f"event_deadlines_{passage['passage_id']}")
        text = "text_zh" if scene.state.lang == "zh_CN" else "text"
        steps = [
            {t("At"): local(one["at"]), t("Act"): t(ACTS.get(one["act"], one["act"])),
             t("Where"): ", ".join(names.get(x, x) for x in one["area_ids"]) or t("everywhere"), t("Why"): one[text]}
            for one in passage["schedule"]
        ]  # fmt: skip
        right.dataframe(pd.DataFrame(steps), hide_index=True, key=f"event_schedule_{passage['passage_id']}")


def _local(text: str, *, zone: ZoneInfo, is_one_day: bool) -> str:
    """A moment in the event's own time; with its day where a passing does not keep to one."""
    at = datetime.fromisoformat(text).astimezone(zone)
    return at.strftime("%H:%M:%S" if is_one_day else "%m-%d %H:%M:%S")
