"""What each further post brings: cover by the number of posts, the area worst off, and where more stops paying."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from data.events.posts import posts_by_number
from data.events.session import EventSession
from geo.crowd.posts.by_number import CoverStep, elbow
from geo.errors import GridError
from views.frame import show_error
from views.parts.texts import number, plain
from views.scene import Scene


def show_by_number(scene: Scene, session: EventSession, *, phase_id: str, within_s: float, call_s: float) -> None:
    """Draw the table when somebody asks for it: it takes a placement for every number."""
    t = scene.t
    if not st.toggle(t("What each further post brings"), False, key="event_posts_by_number"):
        return
    try:
        steps = _reckoned(session.document(), session.event, phase_id=phase_id, within_s=within_s, call_s=call_s)
    except GridError as error:
        show_error(error, scene.state.lang)
        return
    bend = elbow([one.share for one in steps])
    after = steps[bend].added if bend < len(steps) else 0.0
    st.caption(plain(t("The curve bends after {posts} posts: the next one adds {share} % of the people.",
                       posts=number(bend), share=number(100 * after, 1))))  # fmt: skip
    names = {one.area_id: one.name for one in session.event.areas}
    percent = {"format": "%.1f %%", "min_value": 0.0, "max_value": 100.0}
    st.dataframe(
        pd.DataFrame(
            {
                t("Posts"): [one.posts for one in steps],
                t("People reached in time"): [100 * one.share for one in steps],
                t("Added by the last"): [f"{number(100 * one.added, 1)} %" for one in steps],
                t("No placement reaches more than"): [f"{number(100 * one.bound, 1)} %" for one in steps],
                t("Worst off"): [names.get(one.worst_group, one.worst_group) for one in steps],
                t("Of its people"): [100 * one.worst for one in steps],
            }
        ),
        hide_index=True, key="event_posts_curve",
        column_config={
            t("People reached in time"): st.column_config.ProgressColumn(**percent),
            t("Of its people"): st.column_config.ProgressColumn(**percent),
        },
    )  # fmt: skip


@st.cache_data(show_spinner=True, max_entries=30)
def _reckoned(document: bytes, _event: Any, **asked: Any) -> tuple[CoverStep, ...]:
    """Reckoned once for a plan and a question; `document` tells plans apart."""
    del document
    return posts_by_number(_event, **asked)
