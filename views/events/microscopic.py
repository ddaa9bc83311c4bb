"""One area emptied person by person, an extra: asked for, followed, cancelled, and its row beside the other methods."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from data.events.microscopic import MicroJob
from data.events.session import EventSession
from geo.crowd.egress.microscopic import INSTALL, MOST_PEOPLE, has_jupedsim
from views.events.working import LOOK_S
from views.frame import show_error
from views.parts.texts import number, plain
from views.scene import Scene


def show_microscopic(scene: Scene, session: EventSession) -> None:
    """Draw the part; while an area is being emptied it looks again by itself."""
    is_running = _running(session) is not None
    st.fragment(_part, run_every=LOOK_S if is_running else None)(scene, session, is_running)


def done_reports(session: EventSession) -> list[dict[str, Any]]:
    """Return what came out for the plan as it stands, area by area."""
    jobs = [one for one in session.microscopic.values() if one.event == session.event]
    return [one.report for one in jobs if one.report is not None]


def _running(session: EventSession) -> MicroJob | None:
    return next((one for one in session.microscopic.values() if one.is_running), None)


def _part(scene: Scene, session: EventSession, is_watching: bool) -> None:
    t, job = scene.t, _running(session)
    if (job is not None) != is_watching:
        st.rerun()
    st.markdown(f"**{plain(t('Microscopic (JuPedSim)'))}** · {plain(t('one area, person by person, as drawn'))}")
    if not has_jupedsim():
        st.caption(plain(t("This extra is not installed; everything else works without it. To install it:")))
        st.code(INSTALL, language=None)
        return
    if job is not None:
        st.progress(min(job.share, 1.0), text=plain(t("Area {id}, run after run", id=job.area_id)))
        st.button(t("Cancel"), key="micro_cancel", on_click=job.cancel, icon=":material/close:")
    else:
        _ask(scene, session)
    last = next(reversed(session.microscopic.values()), None)
    if last is not None and last.refusal is not None:
        show_error(last.refusal, scene.state.lang)
    _show_rows(scene, session)


def _ask(scene: Scene, session: EventSession) -> None:
    t, event = scene.t, session.event
    names = {one.area_id: one.name for one in event.areas if 0 < event.peak(one.area_id) <= MOST_PEOPLE}
    if not names:
        words = t("No area has at most {most} people; the network's cost does not grow with the crowd: go by it.",
                  most=number(MOST_PEOPLE))  # fmt: skip
        st.caption(plain(words))
        return

    def begin() -> None:
        area_id = st.session_state["micro_area"]
        session.microscopic.pop(area_id, None)
        session.microscopic[area_id] = MicroJob(event, area_id).start()

    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(t("Viewing area"), list(names), key="micro_area", width=320,
                     format_func=lambda one: f"{one} · {names[one]} · {number(event.peak(one))}")  # fmt: skip
        st.button(t("Let them walk"), key="micro_begin", on_click=begin, icon=":material/directions_walk:")
    st.caption(
        plain(t("Areas of at most {most} people; some minutes of one processor core.", most=number(MOST_PEOPLE)))
    )


def _show_rows(scene: Scene, session: EventSession) -> None:
    t, rows, minutes = scene.t, [], []
    for one in done_reports(session):
        known = [seconds for seconds in one["clear_s"] if seconds is not None]
        worst = max(one["minutes"], key=lambda each: each["densest_per_m2"])
        door = max(one["doors"], key=lambda each: each["queue"])
        rows.append({
            t("Viewing area"): one["area_id"], t("People"): number(one["people"]),
            t("Out after (min)"): " – ".join(number(s / 60, 1) for s in (known[0], known[-1])) if known else "–",
            t("Still inside at the end"): one["left"], t("Runs"): one["runs"],
            t("Longest queue"): f"{number(door['queue'])} · {door['exit_id']}",
            t("Fullest 2 m square"): f"{worst['densest_level']} · {worst['densest_per_m2']:.1f}/m²",
            t("Through each exit"): ", ".join(f"{d['exit_id']} {d['flow_per_s']:.1f}/s" for d in one["doors"]),
        })  # fmt: skip
        minutes += [
            {t("Viewing area"): one["area_id"], t("Minute"): each["minute"],
             t("Density"): f"{each['level']} · {each['per_m2']:.2f}/m²",
             t("Fullest 2 m square"): f"{each['densest_level']} · {each['densest_per_m2']:.2f}/m²"}
            for each in one["minutes"]
        ]  # fmt: skip
    if rows:
        st.dataframe(pd.DataFrame(rows), hide_index=True, key="micro_rows")
        with st.expander(t("Minute by minute")):
            st.dataframe(pd.DataFrame(minutes), hide_index=True, key="micro_minutes")
