"""Posts that are sometimes busy: how busy each is, and the chance of help in time at each viewing area."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from data.events.helping import HelpInTime, help_in_time
from data.events.posts import EventPosts
from data.events.session import EventSession
from geo.errors import GridError
from views.frame import show_error
from views.parts.texts import number, plain
from views.scene import Scene


def show_busy(scene: Scene, session: EventSession, found: EventPosts, **asked: Any) -> None:
    """Draw the chances when somebody asks for them; `asked` is the question the posts were placed for."""
    t = scene.t
    if not st.toggle(t("How likely help is in time when posts are busy"), False, key="event_posts_busy"):
        return
    one, two, _ = st.columns([3, 3, 6])
    calls = one.number_input(t("Calls an hour"), 0.1, 1000.0, 12.0, step=1.0, key="event_posts_calls")
    minutes = two.number_input(t("Minutes busy with a call"), 0.5, 240.0, 15.0, step=1.0, key="event_posts_busy_min")
    spots = tuple((row.lon, row.lat) for row in found.rows)
    try:
        told = _reckoned(session.document(), session.event, spots, calls_h=calls, busy_min=minutes, **asked)
    except GridError as error:
        show_error(error, scene.state.lang)
        return
    text = t("Help is there in time for {share} % of the calls; {waits} % wait for a post to come free. {method}.",
             share=number(100 * told.chance, 1), waits=number(100 * told.wait_share, 1),
             method=t(told.method))  # fmt: skip
    st.markdown(plain(text))
    left, right = st.columns(2)
    names = {one.area_id: one.name for one in session.event.areas}
    percent = {"format": "%.1f %%", "min_value": 0.0, "max_value": 100.0}
    _table(left, "event_posts_chance", t("Viewing area"), [names.get(x, x) for x in told.by_area],
           t("Help in time"), told.by_area.values(), percent)  # fmt: skip
    _table(right, "event_posts_workload", t("Post"), [row.number for row in found.rows], t("Busy"), told.workload,
           percent)  # fmt: skip


def _table(where: Any, key: str, name: str, rows: list[Any], title: str, values: Any, shown: dict[str, Any]) -> None:
    table = pd.DataFrame({name: rows, title: [100 * one for one in values]})
    config = {title: st.column_config.ProgressColumn(title, **shown)}
    where.dataframe(table, hide_index=True, key=key, column_config=config, height="content")


@st.cache_data(show_spinner=True, max_entries=60)
def _reckoned(document: bytes, _event: Any, spots: tuple[tuple[float, float], ...], **asked: Any) -> HelpInTime:
    """Reckoned once for a plan, its posts and a question; `document` tells plans apart."""
    del document
    return help_in_time(_event, spots, **asked)
