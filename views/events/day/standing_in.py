"""Somebody drops out: the stay that is free, whom to ask in which order and why, and who then takes it over."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from data.language import translate_say
from data.rosters.background import RosterJob
from data.rosters.run import RosterRun, taken_over
from geo.crowd.roster.demand import Assignment
from geo.crowd.roster.replacement import Candidate, replacement_order
from geo.errors import GridError
from views.events.words import named_person
from views.frame import show_empty, show_error
from views.parts.texts import number, plain
from views.scene import Scene

MOST = 30


def show_standing_in(scene: Scene, job: RosterJob, run: RosterRun) -> None:
    """Draw the part."""
    t = scene.t
    stays = sorted(run.roster.assignments, key=lambda one: (one.person_id, one.start))
    if not stays:
        show_empty(t("Nobody stands anywhere"), remedy=plain(t("Make a roster first.")))
        return
    one, two = st.columns(2)
    people = list(dict.fromkeys(stay.person_id for stay in stays))
    who = one.selectbox(t("Who drops out"), people, key="roster_out",
                        format_func=lambda key: named_person(scene, run.staff.by_id[key]))  # fmt: skip
    own = [stay for stay in stays if stay.person_id == who]
    at = two.selectbox(t("Stay"), range(len(own)), key=f"roster_out_{who}",
                       format_func=lambda n: _stay_text(scene, run, own[n]))  # fmt: skip
    stay = own[at]
    _say_partners(scene, run, stay)
    found = replacement_order(run.case, stay, asked=job.asked)
    if found.first is None:
        show_empty(t("Nobody may stand in"), remedy=plain(t("Everybody who can do it would break a rule, below.")))
    else:
        _offer(scene, job, run, stay, found.order)
    rows = [_row(scene, n, candidate) for n, candidate in enumerate(found.order[:MOST], 1)]
    if rows:
        st.dataframe(pd.DataFrame(rows), hide_index=True, key="roster_order")
    with st.expander(t("{count} people ruled out, by rule", count=number(len(found.ruled_out)))):
        out = [
            {t("Person"): named_person(scene, one.person),
             t("Why not"): "; ".join(translate_say(why, scene.state.lang) for why in one.reasons)}
            for one in found.ruled_out[:200]
        ]  # fmt: skip
        st.dataframe(pd.DataFrame(out), hide_index=True, key="roster_ruled_out")


def _say_partners(scene: Scene, run: RosterRun, stay: Assignment) -> None:
    """Whoever belongs together with the one who drops out is replaced too."""
    who, people = stay.person_id, run.staff.by_id
    for pair in run.staff.pairs:
        if pair.is_together and who in (pair.one, pair.other):
            partner = pair.other if who == pair.one else pair.one
            said = scene.t(
                "{who} and {partner} stand together or not at all: whoever of the two is left is replaced too",
                who=named_person(scene, people[who]),
                partner=named_person(scene, people[partner]),
            )
            st.info(plain(said), icon=":material/group:")


def _offer(scene: Scene, job: RosterJob, run: RosterRun, stay: Assignment, order: tuple[Candidate, ...]) -> None:
    """Whom to ask now; both answers."""
    t, first = scene.t, order[0]
    why = " · ".join(translate_say(one, scene.state.lang) for one in first.reasons)
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        second = f" · {t('then')} {named_person(scene, order[1].person)}" if len(order) > 1 else ""
        st.markdown(f"**{plain(t('Ask'))} {plain(named_person(scene, first.person))}** ({plain(why)}){plain(second)}")
        if st.button(t("Takes over"), key="roster_takes", type="primary"):
            try:
                job.run = taken_over(run, stay, first.person.person_id)
                job.asked[first.person.person_id] = datetime.now(UTC)
                st.rerun()
            except GridError as error:
                show_error(error, scene.state.lang)
        if st.button(t("Says no"), key="roster_says_no"):
            job.asked[first.person.person_id] = datetime.now(UTC)
            st.rerun()


def _row(scene: Scene, place: int, one: Candidate) -> dict[str, object]:
    t = scene.t
    return {
        t("Order"): place, t("Person"): named_person(scene, one.person),
        t("Group or team"): one.person.team or one.person.group,
        t("Hours off"): number(one.rested_h, 1), t("Metres away"): number(one.away_m),
        t("Why"): "; ".join(translate_say(why, scene.state.lang) for why in one.reasons),
    }  # fmt: skip


def _stay_text(scene: Scene, run: RosterRun, stay: Assignment) -> str:
    horizon, post = run.task.demand.horizon, run.task.demand.by_id[stay.post_id]
    times = f"{horizon.label(stay.start)} – {horizon.label(stay.end)}"
    return f"{times} · {' '.join(filter(None, (stay.post_id, post.name)))} · {scene.t(stay.role)}"
