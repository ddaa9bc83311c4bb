"""Pairs of a roster: typed before it is made, and those in force afterwards."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from data.events.session import EventSession
from data.rosters.pairs import KINDS
from data.rosters.report import pair_rows
from data.rosters.run import RosterRun
from views.events.words import named_person
from views.frame import show_empty
from views.parts.texts import number, plain
from views.scene import Scene, restore_address

COLUMNS = ("one", "other", "kind", "why")


def pairs_table(scene: Scene, session: EventSession, source: str) -> list[dict[str, Any]]:
    """
    Draw the table of pairs typed for one source of people, and return its rows.

    They are kept with the work on the plan: typed rows outlive a look at another part.
    """
    t = scene.t
    key = f"roster_pairs_{source}_{session.event.event_id}_{scene.state.lang}"
    if key not in st.session_state:
        st.session_state[f"{key}_begun"] = session.pairs.get(source, [])
    begun = pd.DataFrame(st.session_state[f"{key}_begun"], columns=list(COLUMNS), dtype="object")
    columns = {
        "one": st.column_config.TextColumn(t("Person: id")),
        "other": st.column_config.TextColumn(t("The other: id")),
        "kind": st.column_config.SelectboxColumn(t("How they stand"), options=list(KINDS), format_func=t),
        "why": st.column_config.TextColumn(t("Why")),
    }  # fmt: skip
    with st.expander(t("Who must, or must not, stand together"), key="roster_pairs", icon=":material/group:"):
        st.caption(plain(t("Together: at one post for the same hours, or neither stands. Apart: never at one post at "
                           "one time. Pairs of the people's file hold too.")))  # fmt: skip
        typed = st.data_editor(begun, key=key, num_rows="dynamic", hide_index=True, column_config=columns,
                               height="content", on_change=restore_address)  # fmt: skip
    rows: list[dict[str, Any]] = typed.to_dict("records")
    session.pairs[source] = rows
    return rows


def show_pairs(scene: Scene, run: RosterRun) -> None:
    """The pairs a roster was made with: who with whom or apart, why, and the hours both stand at one post."""
    t, people = scene.t, run.staff.by_id
    rows = pair_rows(run)
    if not rows:
        remedy = t("Say who stands with whom above, or in the people's file, and make the roster again.")
        show_empty(t("No pairs"), remedy=plain(remedy))
        return
    shown = pd.DataFrame(
        {t("Person"): [named_person(scene, people[one["one"]]) for one in rows],
         t("The other"): [named_person(scene, people[one["other"]]) for one in rows],
         t("How they stand"): [t(one["kind"]) for one in rows], t("Why"): [one["why"] or "–" for one in rows],
         t("Hours at one post"): [f"{one['hours']:g}" for one in rows],
         t("Hours on duty"): [" / ".join(f"{hours:g}" for hours in one["own_hours"]) for one in rows]}
    )  # fmt: skip
    st.caption(plain(t("{count} pairs hold: no roster is made that breaks one", count=number(len(rows)))))
    st.dataframe(shown, hide_index=True, key="roster_pairs_taken")
