"""Grids that switch from everyday to event duty and back (平战结合): which, for whom, from when to when."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from data.events.session import EventSession
from geo.crowd.event import Duty, Event
from geo.crowd.event.people import grids_on_duty
from views.events.table import Rows, moment_of, typed_table
from views.parts.texts import number, plain
from views.scene import Scene

LEVEL = "grid"
COLUMNS = ("grid_id", "team_id", "area_ids", "starts_at", "ends_at")


def show_duties(scene: Scene, session: EventSession) -> None:
    """Draw the table, who is on event duty at this moment, and one press for the whole time line."""
    t, event = scene.t, session.event
    on = grids_on_duty(event.duties, datetime.now(ZoneInfo(event.time_zone)))
    told = t("{on} of {all} on event duty now", on=number(len(on)), all=number(len(event.duties)))
    st.markdown(f"**{plain(t('Grids on event duty'))}** · {plain(told)}")
    _show_table(scene, session)
    if event.duties and event.phases:
        label = t("On event duty from the first phase to the last")
        st.button(label, key="event_duties_all", icon=":material/swap_horiz:",
                  on_click=lambda: session.take(whole_time(session.event)),
                  help=t("Before and after it the grids work as on any other day."))  # fmt: skip


def whole_time(event: Event) -> Event:
    """Return the plan with every grid on event duty from the first phase to the last; itself where it has none."""
    if not event.phases:
        return event
    starts, ends = min(p.starts_at for p in event.phases), max(p.ends_at for p in event.phases)
    return replace(event, duties=tuple(replace(d, starts_at=starts, ends_at=ends) for d in event.duties))


def grid_names(scene: Scene) -> dict[str, tuple[str, str]]:
    """Return (name, village) of every grid the reader sees, by its code."""
    areas = scene.desk.areas(geometry=False)
    names = areas["name"].to_dict()
    grids = areas[areas["level"] == LEVEL]
    parents = grids["parent_id"].map(names).fillna("")
    return dict(zip(grids.index, zip(grids["name"], parents, strict=True), strict=True))


def _show_table(scene: Scene, session: EventSession) -> None:
    t, event, zone = scene.t, session.event, ZoneInfo(session.event.time_zone)
    grids = grid_names(scene)
    known = grids | {d.grid_id: (d.name, d.village) for d in event.duties if d.grid_id not in grids}
    rows = pd.DataFrame(
        [(d.grid_id, d.team_id, list(d.area_ids), d.starts_at.astimezone(zone).replace(tzinfo=None),
          d.ends_at.astimezone(zone).replace(tzinfo=None)) for d in event.duties],
        columns=list(COLUMNS),
    )  # fmt: skip
    for name in ("starts_at", "ends_at"):
        rows[name] = pd.to_datetime(rows[name])
    teams = {"": "–"} | {one.team_id: f"{one.team_id} · {one.name}" for one in event.teams}
    config: dict[str, Any] = {
        "grid_id": st.column_config.SelectboxColumn(
            t("Grid"), options=list(known), format_func=lambda one: " · ".join(known.get(one, (one,))[::-1])
        ),
        "team_id": st.column_config.SelectboxColumn(t("Team on duty"), options=list(teams), format_func=teams.get),
        "area_ids": st.column_config.MultiselectColumn(
            t("Answers for"), options=[one.area_id for one in event.areas],
            format_func={one.area_id: one.name for one in event.areas}.get,
        ),
        "starts_at": st.column_config.DatetimeColumn(t("From"), format="YYYY-MM-DD HH:mm", step=60),
        "ends_at": st.column_config.DatetimeColumn(t("To"), format="YYYY-MM-DD HH:mm", step=60),
    }  # fmt: skip

    def take(event: Event, given: Rows) -> Event:
        return replace(event, duties=duties_of(event, given, known, zone))

    typed_table(session, "duties", rows, config, take, num_rows="dynamic")


def duties_of(event: Event, given: Rows, known: dict[str, tuple[str, str]], zone: ZoneInfo) -> tuple[Duty, ...]:
    """Return the duties typed; a row without times stands for the whole time line, one without a grid is left out."""
    times = whole_time(replace(event, duties=(Duty(grid_id="", starts_at=_NEVER, ends_at=_NEVER),))).duties[0]
    found = []
    for row in given:
        if not row["grid_id"]:
            continue
        name, village = known.get(row["grid_id"], ("", ""))
        starts, ends = (
            usual if event.phases and pd.isna(row[key]) else moment_of(row[key], zone)
            for key, usual in (("starts_at", times.starts_at), ("ends_at", times.ends_at))
        )
        areas = row["area_ids"] if isinstance(row["area_ids"], list) else []
        found.append(Duty(grid_id=row["grid_id"], name=name, village=village, team_id=row["team_id"] or "",
                          area_ids=tuple(areas), starts_at=starts, ends_at=ends))  # fmt: skip
    return tuple(found)


_NEVER = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
