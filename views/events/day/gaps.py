"""Stays nobody holds: who is asked to take one over, in the order of the roster; and the roster as it then stands."""

from __future__ import annotations

import streamlit as st

from data.language import translate_say
from data.rosters.keeping import KeptRoster, open_roster
from data.rosters.report import case_of_document
from geo.crowd.board.standing_in import Gap, gaps_at, standing_in
from geo.crowd.roster.case import Case
from geo.crowd.roster.replacement import Candidate
from geo.errors import GridError
from views.events.day.files import show_files
from views.events.day.telling import Shown, remembered, tell_one, typed
from views.parts.texts import plain
from views.scene import Scene

MOST, KEPT = 40, 16


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _roster(_scene: Scene, key: tuple[str, str, int, bool]) -> tuple[KeptRoster, Case | None] | None:
    """Keep the roster a board was opened with by `key`: store, roster, version, and whether names are in clear."""
    try:
        kept = open_roster(_scene.desk, key[1], key[2])
    except GridError:
        return None
    return kept, case_of_document(kept.document)


def show_gaps(scene: Scene, shown: Shown) -> None:
    """Draw the row: which stay, who takes it over, both answers. Nothing in it comes or goes."""
    t, plan = scene.t, shown.board.plan
    found = {one.key: one for one in gaps_at(shown.board, shown.now)}
    key = (scene.store.uid, plan.roster_id, plan.roster_version, scene.desk.sees_personal)
    known = _roster(scene, key) if plan.roster_id else None
    people = known[0].people if known else {}

    def named(who: str) -> str:
        name = people.get(who, {}).get("name", "")
        return f"{who} · {name}" if name else who

    def told(gap_key: str) -> str:
        gap = found[gap_key]
        state = t("late since {at}", at=shown.clock(gap.since)) if gap.is_late else (
            t("to come at {at}", at=shown.clock(gap.since)))  # fmt: skip
        return f"{shown.post(gap.post_id)} · {t(gap.role)} {named(gap.person_id)} · {state}"

    if found and st.session_state.get("board_gap") not in found:
        st.session_state["board_gap"] = next(iter(found))
    chosen = st.selectbox(t("Somebody is missing"), list(found), key="board_gap", format_func=told,
                          placeholder=t("everybody is there"), disabled=not found)  # fmt: skip
    gap = found.get(chosen or "")
    with st.container(horizontal=True, vertical_alignment="bottom", key="wg-event-gaps"):
        order = _order(shown, known[1] if known else None, gap)
        asked = len(shown.board.parts["posts"]["asked"])
        field = f"board_in_{gap.post_id}_{gap.person_id}_{asked}" if gap else "board_in"
        reasons = {one.person.person_id: one for one in order}
        st.selectbox(t("Who stands in, in the order to ask"), list(reasons), key=field, disabled=gap is None,
                     accept_new_options=True, format_func=named, placeholder=t("type a code"))  # fmt: skip
        for kind, word, name in (("replaced", t("Takes over"), "board_takes"), ("declined", t("Says no"), "board_no")):
            st.button(
                word,
                key=name,
                type="primary" if kind == "replaced" else "secondary",
                disabled=gap is None or not shown.may_lead,
                on_click=_tell,
                args=(scene, shown, kind, gap, field),
            )
    who = typed(field)
    why = reasons[who].reasons if who in reasons else ()
    text = " · ".join(translate_say(one, scene.state.lang) for one in why)
    phone = people.get(who, {}).get("phone", "")
    if gap is not None and not order:
        text = t("The board knows no list of people: type the code of who stands in.") if known is None or (
            known[1] is None) else t("Everybody who could stand in would break a rule of the roster.")  # fmt: skip
    st.caption(plain(" · ".join(one for one in (phone, text) if one)) or "–")
    if known is not None:
        show_files(scene, shown, {"roster.html": t("Roster as it stands, for phone and print (.html)"),
                                  "roster.xlsx": t("Roster as it stands (.xlsx)")})  # fmt: skip


def _order(shown: Shown, case: Case | None, gap: Gap | None) -> tuple[Candidate, ...]:
    """The first of the order, found again when somebody came, went, was asked, or the hour is another."""
    if case is None or gap is None:
        return ()
    slot = case.demand.horizon.slot(shown.at)
    part = shown.board.parts["posts"]
    here = hash(tuple(sorted((who, one["post_id"]) for who, one in part["present"].items())))
    key = (shown.board_id, gap.key, slot, here, len(part["replaced"]), tuple(sorted(part["asked"].items())))

    def made() -> tuple[Candidate, ...]:
        try:
            return standing_in(shown.board, case, gap, now=shown.at).order[:MOST]
        except GridError:
            return ()

    return remembered("board_order", key, made)


def _tell(scene: Scene, shown: Shown, kind: str, gap: Gap | None, field: str) -> None:
    who = typed(field)
    if gap is None or not who or who == gap.person_id:
        return
    about = {"person_id": who, "post_id": gap.post_id}
    tell_one(scene, shown, kind, **(about | ({"out_id": gap.person_id} if kind == "replaced" else {})))
