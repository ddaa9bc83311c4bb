"""Other placements as good, what reaching everybody takes, and what posts are worth when they are busy."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from data.events.posts import EventPosts
from data.events.posts_tested import full_cover, other_posts, response
from data.events.session import EventSession
from geo.errors import GridError
from views.events.posts_asked import Asked
from views.frame import show_error
from views.parts.texts import number, plain
from views.scene import Scene


def choose_other(scene: Scene, best: EventPosts) -> EventPosts:
    """Offer placements nearly as good, when somebody asks; returns the one to show and to keep."""
    t = scene.t
    if not st.toggle(t("What else would do nearly as well"), False, key="event_posts_others"):
        return best
    if not best.rows or best.model == "most expected cover":
        st.caption(plain(t("Others are sought for posts that are always free.")))
        return best
    most_lost = float(scene.desk.setting("posts_alternative_loss"))
    others = _kept(f"{_key(best)}-{most_lost}", lambda: other_posts(best, most_lost=most_lost))
    if not others.plans:
        st.caption(plain(t("No other placement comes within {share} % of this one.", share=number(100 * most_lost, 1))))
        return best
    numbers = ", ".join(str(one) for one in others.in_all)
    st.caption(plain(t("All of these have posts {numbers}.", numbers=numbers) if numbers
                     else t("No post stands in all of these.")))  # fmt: skip
    plans = [best, *others.plans]

    def title(at: int) -> str:
        share = f"{number(100 * plans[at].share, 1)} %"
        return f"{t('The best')} · {share}" if not at else f"{t('Another')} {at} · {share}"

    at = st.segmented_control(t("Placement shown"), list(range(len(plans))), default=0, required=True,
                              key=f"event_posts_other_{_key(best)}", format_func=title,
                              label_visibility="collapsed")  # fmt: skip
    lost = [
        (one.number, lost) for one, lost in zip(best.rows, others.lost_if_barred, strict=True) if lost and lost >= 0.5
    ]
    if lost:
        worst = max(lost, key=lambda one: one[1])
        st.caption(plain(t("Hardest to do without: the spot of post {post}; {people} people fewer at best.",
                           post=worst[0], people=number(worst[1]))))  # fmt: skip
    return plans[at or 0]


def show_full_cover(scene: Scene, best: EventPosts, asked: Asked) -> None:
    """Where not everybody is reached, say how many posts would do it, or how soon these are with everybody."""
    t = scene.t
    if best.share >= 0.9995:
        return
    found = _kept(f"{_key(best)}-{asked.call_s}", lambda: full_cover(best, call_s=asked.call_s))
    lines = []
    if found.posts is not None:
        count = number(found.posts)
        lines.append(t("Reaching everybody in time takes {count} posts.", count=count) if found.is_posts_proven
                     else t("Reaching everybody in time takes at most {count} posts.", count=count))  # fmt: skip
    if found.within_s is not None:
        told = {"count": number(len(best.rows)), "minutes": number(found.within_s / 60, 1)}
        lines.append(t("These {count} are with everybody within {minutes} min at best.", **told)
                     if found.is_within_proven
                     else t("These {count} can be with everybody within {minutes} min.", **told))  # fmt: skip
    if lines:
        st.info(plain(" ".join(lines)), icon=":material/lightbulb:")


def show_response(scene: Scene, session: EventSession, found: EventPosts, asked: Asked) -> None:
    """How likely help is there in time when posts are sometimes busy elsewhere."""
    t = scene.t
    if not asked.calls_per_h or not found.rows:
        return
    st.markdown(f"**{plain(t('Posts that are busy at times'))}**")
    try:
        told = _kept(f"{_key(found)}-{asked}", lambda: response(
            found, calls_per_h=asked.calls_per_h, busy_min=asked.busy_min, within_s=asked.within_s,
            call_s=asked.call_s))  # fmt: skip
    except GridError as error:
        show_error(error, scene.state.lang)
        return
    cells = (
        (t("Help in time"), f"{number(100 * told.in_time, 1)} %", t("of all calls, waiting included")),
        (t("Busiest post"), f"{number(100 * max(told.busy_share), 1)} %", t("of the time")),
        (t("Nobody free"), f"{number(100 * told.wait_share, 1)} %", t("of the calls wait")),
        (t("Mean wait"), f"{number(told.mean_wait_s)} s",
         t("exact model") if told.method.endswith("exact") else t("approximation, within 2 %")),
    )  # fmt: skip
    with st.container(key="wg-event-numbers-busy"):
        for column, (name, value, note) in zip(st.columns(4), cells, strict=True):
            column.metric(name, value, note, delta_color="off", delta_arrow="off")
    names = {one.area_id: one.name for one in session.event.areas}
    percent = st.column_config.ProgressColumn(format="%.1f %%", min_value=0.0, max_value=100.0)
    left, right = st.columns(2, gap="small")
    by_area = sorted(told.by_area.items(), key=lambda one: one[1])
    left.dataframe(
        pd.DataFrame({t("Viewing area"): [names.get(one, one) for one, _ in by_area],
                      t("Help in time"): [100 * share for _, share in by_area]}),
        hide_index=True, key="event_posts_in_time", column_config={t("Help in time"): percent},
    )  # fmt: skip
    right.dataframe(
        pd.DataFrame({t("Post"): [one.number for one in found.rows],
                      t("Busy"): [100 * one for one in told.busy_share]}),
        hide_index=True, key="event_posts_busy_shares", column_config={t("Busy"): percent},
    )  # fmt: skip


def _key(found: EventPosts) -> str:
    """What tells placements apart: spots and their rules, people and reach."""
    ground = found.ground
    rules, posts = found.spots.rules, found.placement.posts
    parts = (found.spots.xy, rules.is_fixed, rules.is_barred, ground.people, ground.radius_m, posts)
    return hashlib.blake2b(b"".join(one.tobytes() for one in parts), digest_size=9).hexdigest()


@st.cache_data(show_spinner=True, max_entries=60)
def _kept(key: str, _make: Callable[[], Any]) -> Any:
    """Reckoned once for a placement and a question."""
    del key
    return _make()
