"""What is asked of posts: how many, how soon, for which crowd, and under which conditions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from data.events.session import EventSession
from views.parts.texts import number, plain, told_apart
from views.scene import Scene


@dataclass(frozen=True)
class Asked:
    """One question; `posts` None is the fewest that reach everybody, `calls_per_h` 0 posts that are never busy."""

    posts: int | None
    phase_id: str
    within_s: float
    call_s: float
    backup_weight: float
    keeps_drawn: bool
    leaves_hazards: bool
    calls_per_h: float
    busy_min: float
    is_for_busy: bool

    @property
    def busy_share(self) -> float:
        """Share of the time a post is busy when all share the calls evenly; 0 where posts are not placed for it."""
        if not self.is_for_busy or self.posts is None:
            return 0.0
        return self.calls_per_h * self.busy_min / 60 / self.posts

    @property
    def question(self) -> dict[str, Any]:
        """The question as `place_posts` takes it."""
        names = (
            "posts",
            "phase_id",
            "within_s",
            "call_s",
            "backup_weight",
            "keeps_drawn",
            "leaves_hazards",
            "busy_share",
        )
        return {name: getattr(self, name) for name in names}


def ask(scene: Scene, session: EventSession) -> Asked:
    """Draw the controls and return what they say."""
    t = scene.t
    with st.container(horizontal=True, vertical_alignment="center"):
        fewest = st.toggle(t("The fewest that reach everybody"), True, key="event_posts_fewest")
        backup, drawn, hazards, calls, busy, expected = _conditions(scene, fewest=fewest)
    one, two, three, four = st.columns([3, 3, 3, 3], vertical_alignment="bottom")
    posts = one.number_input(t("Posts"), 1, 500, 10, key="event_posts_count", disabled=fewest)
    minutes = two.number_input(t("Help within (min)"), 1.0, 60.0, 5.0, step=0.5, key="event_posts_within")
    call = three.number_input(t("Until somebody goes (s)"), 0, 600, 60, step=10, key="event_posts_call")
    phases = told_apart({"": t("Each area at its fullest")} | {p.phase_id: p.name for p in session.event.phases})
    phase = four.selectbox(t("Crowd of"), list(phases), key="event_posts_phase", format_func=lambda x: phases.get(x, x))
    worth = float(scene.desk.setting("posts_backup_weight")) if backup else 0.0
    return Asked(
        None if fewest else int(posts), phase, minutes * 60, float(call), worth, drawn, hazards, calls, busy,
        expected and not fewest and calls > 0,
    )  # fmt: skip


def _conditions(scene: Scene, *, fewest: bool) -> tuple[bool, bool, bool, float, float, bool]:
    """Backup, drawn posts, hazards, calls an hour, minutes of one, placed for that."""
    t = scene.t
    with st.popover(t("Conditions"), icon=":material/tune:", key="event_posts_conditions"):
        backup = st.checkbox(t("A second post within reach counts too"), key="event_posts_backup")
        drawn = st.checkbox(t("Posts drawn by hand keep their place"), key="event_posts_drawn")
        hazards = st.checkbox(t("No post in a hazard"), True, key="event_posts_hazards")
        st.markdown(f"**{plain(t('Posts that are busy at times'))}**")
        calls = st.number_input(t("Calls an hour, over the whole place"), 0.0, 10_000.0, 0.0, step=1.0,
                                key="event_posts_calls")  # fmt: skip
        busy = st.number_input(t("Minutes a call takes, walk included"), 1.0, 600.0, 15.0, step=1.0,
                               key="event_posts_busy_min")  # fmt: skip
        expected = st.checkbox(t("Place them so that a free one is near"), key="event_posts_expected",
                               disabled=fewest or not calls,
                               help=t("Several may stand at one spot. It needs a number of posts."))  # fmt: skip
        if calls:
            st.caption(plain(t("On average {count} posts are busy.", count=number(calls * busy / 60, 1))))
    return bool(backup), bool(drawn), bool(hazards), float(calls), float(busy), bool(expected)
