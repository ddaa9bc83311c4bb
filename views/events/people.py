"""When and how many: the time line, the crowd of each area in each phase, the teams, and what moves along."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from data.events.session import EventSession
from geo.crowd.event import Event
from geo.crowd.event.people import Crowd, Team, TeamKind
from geo.crowd.event.times import Passage, Phase, PhaseKind
from views.events.drawing import show_findings
from views.events.duties import show_duties
from views.events.fields import show_fields
from views.events.table import Rows, moment_of, typed_table
from views.frame import show_empty
from views.parts.texts import number, plain
from views.scene import Scene


def show_people(scene: Scene, session: EventSession) -> None:
    """Draw the part: tables typed like a spreadsheet, and what is open."""
    left, right = st.columns([7, 5], gap="medium")
    with left:
        _show_phases(scene, session)
        _show_crowds(scene, session)
        show_duties(scene, session)
    with right:
        _show_teams(scene, session)
        _show_front(scene, session)
        show_findings(scene, session)


def _show_phases(scene: Scene, session: EventSession) -> None:
    t, zone = scene.t, ZoneInfo(session.event.time_zone)
    st.markdown(f"**{plain(t('Time line'))}**")
    local = lambda at: at.astimezone(zone).replace(tzinfo=None)  # noqa: E731
    rows = pd.DataFrame(
        [(p.phase_id, p.name, p.kind, local(p.starts_at), local(p.ends_at)) for p in session.event.phases],
        columns=["phase_id", "name", "kind", "starts_at", "ends_at"],
    )
    for name in ("starts_at", "ends_at"):
        rows[name] = pd.to_datetime(rows[name])
    config = {
        "phase_id": st.column_config.TextColumn(t("Code"), width="small"),
        "name": st.column_config.TextColumn(t("What it is called")),
        "kind": st.column_config.SelectboxColumn(t("Sort of thing"), options=list(get_args(PhaseKind)), format_func=t),
        "starts_at": st.column_config.DatetimeColumn(t("From"), format="YYYY-MM-DD HH:mm", step=60),
        "ends_at": st.column_config.DatetimeColumn(t("To"), format="YYYY-MM-DD HH:mm", step=60),
    }

    def take(event: Event, given: Rows) -> Event:
        phases = []
        for at, one in enumerate(given):
            starts, ends = moment_of(one["starts_at"], zone), moment_of(one["ends_at"], zone)
            phases.append(
                Phase(phase_id=one["phase_id"] or f"T{at + 1}", name=one["name"] or f"T{at + 1}",
                      kind=one["kind"] or "arrival", starts_at=starts, ends_at=ends)
            )  # fmt: skip
        return replace(event, phases=tuple(phases))

    typed_table(session, "phases", rows, config, take, num_rows="dynamic")


def _show_crowds(scene: Scene, session: EventSession) -> None:
    """People by area and phase, with what each phase comes to."""
    t, event = scene.t, session.event
    st.markdown(f"**{plain(t('Most people at one moment, by area and phase'))}**")
    if not event.areas or not event.phases:
        show_empty(
            t("No areas or phases yet"), remedy=plain(t("Draw the viewing areas and fill in the time line first."))
        )
        return
    people = {(one.area_id, one.phase_id): one.people for one in event.crowds}
    rows = pd.DataFrame(
        [[a.area_id, a.name, *(people.get((a.area_id, p.phase_id)) for p in event.phases)] for a in event.areas],
        columns=["area_id", "name", *(p.phase_id for p in event.phases)],
    )
    for one in event.phases:
        rows[one.phase_id] = rows[one.phase_id].astype("Int64")
    config: dict[str, Any] = {
        "area_id": st.column_config.TextColumn(t("Code"), disabled=True, width="small"),
        "name": st.column_config.TextColumn(t("Viewing area"), disabled=True),
    }
    config |= {p.phase_id: st.column_config.NumberColumn(p.name, min_value=0, step=1) for p in event.phases}

    def take(event: Event, given: Rows) -> Event:
        sources = {(one.area_id, one.phase_id): one.source for one in event.crowds}
        crowds = [
            Crowd(area_id=row["area_id"], phase_id=p.phase_id, people=int(row[p.phase_id]),
                  source=sources.get((row["area_id"], p.phase_id), ""))
            for row in given for p in event.phases
            if row.get(p.phase_id) is not None and not pd.isna(row[p.phase_id])
        ]  # fmt: skip
        return replace(event, crowds=tuple(crowds))

    typed_table(session, "crowds", rows, config, take, num_rows="fixed")
    totals = {p.name: sum(c.people for c in event.crowds if c.phase_id == p.phase_id) for p in event.phases}
    st.caption(plain(" · ".join(f"{name}: {number(total)}" for name, total in totals.items())))


def _show_teams(scene: Scene, session: EventSession) -> None:
    t, event = scene.t, session.event
    total = sum(one.people for one in event.teams)
    st.markdown(f"**{plain(t('Teams'))}** · {plain(t('{count} people', count=number(total)))}")
    rows = pd.DataFrame(
        [(one.team_id, one.name, one.kind, one.people) for one in event.teams],
        columns=["team_id", "name", "kind", "people"],
    )
    config = {
        "team_id": st.column_config.TextColumn(t("Code"), width="small"),
        "name": st.column_config.TextColumn(t("What it is called")),
        "kind": st.column_config.SelectboxColumn(t("Sort of thing"), options=list(get_args(TeamKind)), format_func=t),
        "people": st.column_config.NumberColumn(t("People"), min_value=0, step=1),
    }

    def take(event: Event, given: Rows) -> Event:
        areas = {one.team_id: one.area_ids for one in event.teams}
        teams = tuple(
            Team(team_id=row["team_id"] or f"G{at + 1}", name=row["name"] or f"G{at + 1}",
                 kind=row["kind"] or "working_group", people=int(row["people"] or 0),
                 area_ids=areas.get(row["team_id"], ()))
            for at, row in enumerate(given)
        )  # fmt: skip
        return replace(event, teams=teams)

    typed_table(session, "teams", rows, config, take, num_rows="dynamic")


def _show_front(scene: Scene, session: EventSession) -> None:
    """What moves along the event, and when it comes by."""
    t, event, zone = scene.t, session.event, ZoneInfo(session.event.time_zone)
    st.markdown(f"**{plain(t('What moves along: tide, parade or race'))}**")
    front = event.front
    if front is None:
        st.caption(plain(t("Nothing. Draw it on the map with the tool “Front” if there is one.")))
        return
    show_fields(scene, session, "front", "front", front)
    rows = pd.DataFrame(
        [(p.passage_id, p.name, p.at.astimezone(zone).replace(tzinfo=None), p.chainage_m, p.error_s, p.source)
         for p in front.passages],
        columns=["passage_id", "name", "at", "chainage_m", "error_s", "source"],
    )  # fmt: skip
    rows["at"] = pd.to_datetime(rows["at"])
    config = {
        "passage_id": st.column_config.TextColumn(t("Code"), width="small"),
        "name": st.column_config.TextColumn(t("What it is called")),
        "at": st.column_config.DatetimeColumn(t("Comes by at"), format="YYYY-MM-DD HH:mm:ss", step=1),
        "chainage_m": st.column_config.NumberColumn(t("Measured at (m)")),
        "error_s": st.column_config.NumberColumn(t("May be off by (s)"), min_value=0),
        "source": st.column_config.TextColumn(t("Source")),
    }

    def take(event: Event, given: Rows) -> Event:
        passages = tuple(
            Passage(passage_id=row["passage_id"] or f"F{at + 1}", name=row["name"] or "", at=moment_of(row["at"], zone),
                    chainage_m=float(row["chainage_m"] or 0.0),
                    error_s=600.0 if row["error_s"] is None else float(row["error_s"]), source=row["source"] or "")
            for at, row in enumerate(given)
        )  # fmt: skip
        assert event.front is not None
        return replace(event, front=replace(event.front, passages=passages))

    typed_table(session, "passages", rows, config, take, num_rows="dynamic")
