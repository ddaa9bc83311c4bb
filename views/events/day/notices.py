"""What needs somebody now: refusals, alarms and areas without a role, in one place of fixed height beside the sums."""

from __future__ import annotations

import streamlit as st

from views.events.day.telling import ALARM_FILLS, Shown, refusal, tell_one
from views.frame import show_error
from views.parts.texts import escaped, plain
from views.scene import Scene

HEIGHT = 78


def show_notices(scene: Scene, shown: Shown) -> None:
    """Draw the place: it scrolls by itself, so that nothing below it moves when an alarm comes or goes."""
    t, error = scene.t, refusal()
    with st.container(height=HEIGHT, border=True, key="wg-event-notices"):
        if error is not None:
            show_error(error, scene.state.lang)
        if not shown.may_tell:
            st.caption(plain(t("Looking back: the board as it was then. Move the clock on to tell it something.")))
        _show_alarms(scene, shown)
        for void in shown.now.voids:
            text = t("{area}: nobody in the role of {role} since {at}", area=shown.area(void.area_id),
                     role=t(void.role), at=shown.clock(void.since))  # fmt: skip
            st.html(f'<div class="wg-notice">{escaped(text)}</div>')
        if not shown.now.alarms and not shown.now.voids:
            st.caption(plain(t("No alarm, and every area has the roles it needs.")))


def _show_alarms(scene: Scene, shown: Shown) -> None:
    """Those nobody has taken up first, the highest stage first."""
    t = scene.t
    for one in sorted(shown.now.alarms, key=lambda each: (each["taken_at"] is not None, -each["stage"])):
        with st.container(horizontal=True, vertical_alignment="center", key=f"wg-alarm-{one['alarm_id']}"):
            text = t("{area}: stage {stage}, {density:.1f} people a m², since {at}", area=shown.area(one["area_id"]),
                     stage=one["stage"], density=one["density"], at=shown.clock(one["raised_at"]))  # fmt: skip
            ink = "#fff" if one["stage"] == 3 else "#1b2733"
            fill = ALARM_FILLS[one["stage"]]
            mark = f'<span class="wg-level" style="background:{fill};color:{ink}">▲{one["stage"]}</span>'
            st.html(f'<div class="wg-notice">{mark} {escaped(text)}</div>')
            if one["taken_at"] is None:
                st.button(t("Take up"), key=f"board_take_{one['alarm_id']}", disabled=not shown.may_tell,
                          on_click=tell_one, args=(scene, shown, "alarm_taken"),
                          kwargs={"alarm_id": one["alarm_id"]})  # fmt: skip
            else:
                st.caption(plain(t("taken up {at}", at=shown.clock(one["taken_at"]))))
