"""The roster against the plan as it stands: what changed since it was made."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from data.events.session import EventSession
from data.language import translate_say
from data.rosters.keeping import newest_roster
from data.rosters.outdated import outdated, outdated_task
from geo.crowd.roster.outdated import Change
from views.parts.texts import plain
from views.scene import Scene

MOST_NAMED = 6


def show_outdated(scene: Scene, session: EventSession) -> None:
    """Warn where the roster on the page, else the newest saved one, was made for another state of the plan."""
    t, job = scene.t, session.roster
    if job is not None and job.run is not None:
        changes = outdated_task(job.run.task, session.event)
    else:
        kept = newest_roster(scene.desk, session.event.event_id)
        changes = () if kept is None else outdated(kept.document, session.event)
    if changes:
        text = t("The roster is out of date, make it again: {changes}", changes=_named(scene, changes))
        st.warning(plain(text), icon=":material/sync_problem:")


def _named(scene: Scene, changes: Sequence[Change]) -> str:
    named = "; ".join(translate_say(one.text, scene.state.lang) for one in changes[:MOST_NAMED])
    more = len(changes) - MOST_NAMED
    return named if more <= 0 else scene.t("{named}; and {count} more", named=named, count=more)
