"""Roster: who stands where and when; what is missing; sheets to take away; versions; who stands in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import streamlit as st

from data.events.checks import roster_checks
from data.events.session import EventSession
from data.rosters.background import RosterJob
from data.rosters.demand_file import RATIOS, task_of_event
from data.rosters.keeping import open_roster, roster_history, rosters, save_roster
from data.rosters.page import roster_page
from data.rosters.pairs import with_pairs
from data.rosters.people_file import read_staff
from data.rosters.report import shortfall_rows, stay_rows
from data.rosters.run import RosterRun
from data.rosters.sheets import workbook_bytes
from data.settings import DEFAULTS
from data.store.verbs.events import areas_of
from geo.crowd.roster.from_event import MOST_DAYS
from geo.crowd.roster.people import Staff
from geo.errors import GridError
from views.events.checks import show_checks
from views.events.day.standing_in import show_standing_in
from views.events.outdated import show_outdated
from views.events.pairs import pairs_table, show_pairs
from views.frame import show_empty, show_error
from views.parts.texts import moment, number, plain
from views.scene import Scene

LOOK_S = 0.8
MOST_BROKEN = 5
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show_roster(scene: Scene, session: EventSession) -> None:
    """Draw the part."""
    t = scene.t
    if not session.event.phases:
        remedy = t("Fill in the phases under “Time and people”: they say when people are needed.")
        show_empty(t("No time line yet"), remedy=plain(remedy))
        return
    running = session.roster is not None and session.roster.is_running
    st.fragment(_part, run_every=LOOK_S if running else None)(scene, session, running)


def _part(scene: Scene, session: EventSession, is_watching: bool) -> None:
    t, job = scene.t, session.roster
    if job is not None and job.is_running != is_watching:
        st.rerun()
    _begin_form(scene, session, is_running=is_watching)
    if job is not None and is_watching:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(min(job.share, 1.0), text=plain(t("Making the roster: {share:.0%}", share=job.share)))
            st.button(t("Stop"), key="roster_stop", on_click=job.stop, icon=":material/stop:")
        return
    show_outdated(scene, session)
    if job is None:
        _show_versions(scene, session, None)
        return
    if job.refusal is not None:
        show_error(job.refusal, scene.state.lang)
    if job.run is not None:
        _show_run(scene, session, job, job.run)
    _show_versions(scene, session, job.run)


def _begin_form(scene: Scene, session: EventSession, *, is_running: bool) -> None:
    """
    The ratio, the days, the people and their pairs; the button begins.

    It is drawn while a roster is made too: what is not drawn is forgotten, and the next roster would begin without the
    days and the file.
    """
    t, names = scene.t, list(RATIOS)
    usual = str(scene.desk.setting("roster_ratio"))
    with st.container(border=True):
        one, four, two, three = st.columns([3, 1, 4, 2], vertical_alignment="bottom")
        ratio = one.selectbox(
            t("Volunteers by"), names, index=names.index(usual) if usual in names else 0, key="roster_ratio",
            format_func=lambda name: f"{t(RATIOS[name].title)} · 1 : {RATIOS[name].visitors:g}",
        )  # fmt: skip
        days = four.number_input(t("Days like this"), 1, MOST_DAYS, 1, key="roster_days",
                                 help=t("The same time line on so many days; what is manned round the clock is manned "
                                        "through the nights between."))  # fmt: skip
        with two:
            sources = ["demo", "file"] if scene.store.is_synthetic else ["file"]
            words = {"demo": t("Demonstration: 462 + 1,200 SYNTHETIC people"), "file": t("People from a file")}
            source = st.segmented_control(t("Where people come from"), sources, default=sources[0], key="roster_source",
                                          format_func=words.__getitem__, required=True)  # fmt: skip
        file = None
        if source == "file":
            file = st.file_uploader(t("People: id, role, group, team, skills, times"), type=["csv", "xlsx"],
                                    key="roster_people")  # fmt: skip
        rows = pairs_table(scene, session, source)
        label = t("Make the roster") if session.roster is None else t("Make it again")
        is_ready = source == "demo" or file is not None
        if three.button(label, key="roster_make", type="primary", disabled=is_running or not is_ready):
            _begin(scene, session, ratio, int(days), file, rows)


def _begin(scene: Scene, session: EventSession, ratio: str, days: int, file: Any, pairs: list[dict[str, Any]]) -> None:
    try:
        task = task_of_event(session.event, ratio=ratio, days=days)
        if file is None:
            from data.demo.festival import festival_staff_at

            staff = festival_staff_at(task.demand.horizon)
        else:
            staff = _staff_of(file.name, file.getvalue(), task)
        staff = with_pairs(staff, pairs)
    except GridError as error:
        show_error(error, scene.state.lang)
        return
    settings = {name: scene.desk.setting(name) for name in DEFAULTS if name.startswith("roster_")}
    session.roster = RosterJob(task, staff, settings=settings).start()
    st.rerun()


def _staff_of(name: str, content: bytes, task: Any) -> Staff:
    with TemporaryDirectory() as folder:
        path = Path(folder) / (Path(name).name or "people.csv")
        path.write_bytes(content)
        return read_staff(path, horizon=task.demand.horizon, time_zone=task.time_zone, pairs=task.pairs)


def _show_run(scene: Scene, session: EventSession, job: RosterJob, run: RosterRun) -> None:
    t, made = scene.t, run.roster
    on_duty = len({one.person_id for one in made.assignments})
    cells = (
        (t("Hours needed"), number(made.needed_hours), t("{count} posts", count=number(len(run.task.demand.posts)))),
        (t("Hours missing"), number(made.objective), t("no roster misses less than {hours}", hours=number(made.bound))),
        (t("Rules broken"), number(len(run.broken)), t("checked by a second reckoning")),
        (t("People on duty"), f"{number(on_duty)} / {number(len(run.staff.people))}",
         t("{count} stays", count=number(len(made.assignments)))),
        (t("Status"), t(made.status), t("{seconds} s of work", seconds=number(made.seconds))),
    )  # fmt: skip
    with st.container(key="wg-event-numbers"):
        for column, (title, value, note) in zip(st.columns(5), cells, strict=True):
            column.metric(title, value, note, delta_color="off", delta_arrow="off")
    _show_open(scene, session, run)
    _take_away(scene, session, run)
    parts: dict[str, tuple[str, Callable[[], None]]] = {
        "stays": (t("Who stands where"), lambda: _show_stays(scene, run)),
        "missing": (t("What is missing"), lambda: _show_missing(scene, run)),
        "pairs": (t("Pairs"), lambda: show_pairs(scene, run)),
        "roll": (t("People by role"), lambda: _show_roll(scene, run)),
        "in": (t("Somebody drops out"), lambda: show_standing_in(scene, job, run)),
    }
    shown = st.segmented_control(t("Part"), list(parts), default="stays", key="roster_tab", required=True,
                                 format_func=lambda name: parts[name][0], label_visibility="collapsed")  # fmt: skip
    parts[shown or "stays"][1]()


def _show_open(scene: Scene, session: EventSession, run: RosterRun) -> None:
    """Rules broken and posts without people, each with a press to its place on the map."""
    rows = roster_checks(session.event, run.task.name, run.task.demand.posts, broken=run.broken[:MOST_BROKEN],
                         short=(one.post_id for one in run.roster.shortfalls))  # fmt: skip
    if rows:
        with st.container(border=True):
            show_checks(scene, session, rows, key="roster_check")


def _take_away(scene: Scene, session: EventSession, run: RosterRun) -> None:
    t, name, language = scene.t, session.event.event_id, scene.state.lang
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.download_button(t("Workbook (.xlsx)"), lambda: workbook_bytes(run, language=language),
                           f"{name}-roster.xlsx", XLSX, key="roster_xlsx", icon=":material/table_view:",
                           on_click="ignore")  # fmt: skip
        st.download_button(t("For phone and print (.html)"), lambda: roster_page(run, language=language),
                           f"{name}-roster.html", "text/html", key="roster_html", icon=":material/print:",
                           on_click="ignore")  # fmt: skip
        # a key of its own for each version: one saved in it would else stay open over the roster
        version = 1 + _newest(scene, run)
        with st.popover(t("Save as version {version}", version=version), icon=":material/save:",
                        disabled=bool(run.broken), key=f"roster_save_as_{version}"):  # fmt: skip
            note = st.text_input(t("What changed"), key="roster_note", placeholder=t("for whoever reads the history"))
            if st.button(t("Save"), key="roster_save", type="primary"):
                _save(scene, session, run, note)


def _newest(scene: Scene, run: RosterRun) -> int:
    """The number of the newest saved version of this event's roster; 0 where there is none."""
    known = rosters(scene.desk)
    own = known[known["roster_id"] == run.task.event_id]
    return int(own["version"].iloc[0]) if len(own) else 0


def _save(scene: Scene, session: EventSession, run: RosterRun, note: str) -> None:
    """Save; the newest version there is, is what it is based on."""
    try:
        done = save_roster(
            scene.state.ws, run.task.event_id, run, actor=scene.desk.account.account_id,
            area_ids=areas_of(session.event), note=note,
            based_on=_newest(scene, run),
        )  # fmt: skip
    except GridError as error:
        show_error(error, scene.state.lang)
        return
    st.toast(plain(scene.t("Saved as version {version}", version=done["version"])), icon=":material/save:")
    st.rerun()


def _show_stays(scene: Scene, run: RosterRun) -> None:
    t, sees = scene.t, scene.desk.sees_personal
    rows = pd.DataFrame(stay_rows(run))
    if rows.empty:
        show_empty(t("Nobody stands anywhere"), remedy=plain(t("See what is missing, and add people who can do it.")))
        return
    one, two, three = st.columns(3)
    teams = sorted({*rows["team"], *rows["group"]} - {""})
    team = one.selectbox(t("Group or team"), ["", *teams], key="roster_team", format_func=lambda x: x or t("all"))
    post = two.selectbox(t("Post"), ["", *sorted(set(rows["post_id"]))], key="roster_post",
                         format_func=lambda x: x or t("all"))  # fmt: skip
    person = three.text_input(t("Person: name or id"), key="roster_person").strip()
    kept = rows[((rows["team"] == team) | (rows["group"] == team)) | (team == "")]
    kept = kept[(kept["post_id"] == post) | (post == "")]
    if person:
        found = kept["person_id"].str.contains(person, case=False, regex=False)
        kept = kept[found | (kept["name"].str.contains(person, case=False, regex=False) if sees else False)]
    shown = pd.DataFrame(
        {
            t("Post"): list(map(_post, kept["post_id"], kept["post"])), t("From"): kept["start"], t("To"): kept["end"],
            t("Hours"): kept["hours"], t("Role at the post"): [t(role) for role in kept["role"]],
            t("Person"): kept["person_id"] + ((" · " + kept["name"]) if sees else ""), t("Group"): kept["group"],
            t("Team"): kept["team"],
        } | ({t("Telephone"): kept["phone"]} if sees else {})
    )  # fmt: skip
    st.caption(plain(t("{count} stays, {hours} h", count=number(len(kept)), hours=number(kept["hours"].sum()))))
    st.dataframe(shown, hide_index=True, key="roster_stays")


def _post(post_id: str, name: str) -> str:
    return f"{post_id} · {name}" if name not in ("", post_id) else post_id


def _show_missing(scene: Scene, run: RosterRun) -> None:
    """One row a post and role, one column an hour in which somebody is missing: people too few."""
    t, horizon = scene.t, run.task.demand.horizon
    if not run.roster.shortfalls:
        st.success(plain(t("Nobody is missing at any post.")), icon=":material/task_alt:")
        return
    posts = run.task.demand.by_id
    table: dict[tuple[str, str], list[int]] = {}
    for one in run.roster.shortfalls:
        key = (_post(one.post_id, posts[one.post_id].name), t(one.role))
        row = table.setdefault(key, [0] * horizon.slots)
        for slot in range(one.start, one.end):
            row[slot] += one.people
    slots = [slot for slot in range(horizon.slots) if any(row[slot] for row in table.values())]
    shown = pd.DataFrame(
        [{t("Post"): post, t("Role at the post"): role} | {horizon.label(at): str(row[at] or "") for at in slots}
         for (post, role), row in sorted(table.items())]
    )  # fmt: skip
    st.dataframe(shown, hide_index=True, key="roster_missing")
    rows = pd.DataFrame(shortfall_rows(run)).to_csv(index=False).encode("utf-8-sig")
    st.download_button(t("What is missing (.csv)"), rows, "missing.csv", "text/csv", key="roster_missing_file",
                       icon=":material/download:", on_click="ignore")  # fmt: skip


def _show_roll(scene: Scene, run: RosterRun) -> None:
    t = scene.t
    rows = [
        {t("Role at the post"): t(one.kind), t("Hours at posts"): one.post_hours, t("It takes"): one.on_roll,
         t("Rounded up"): one.needed, t("There"): one.there, t("Missing"): one.missing}
        for one in run.roll
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="roster_roll")
    st.caption(plain(t("Hours at posts by the hours a person may give, and so many absent as the settings say.")))


def _show_versions(scene: Scene, session: EventSession, run: RosterRun | None) -> None:
    t, event_id = scene.t, session.event.event_id
    known = rosters(scene.desk)
    if event_id not in set(known["roster_id"]):
        if run is None:
            show_empty(t("No roster yet"),
                       remedy=plain(t("Choose a ratio and people, and make one: no hard rule is broken, and what is "
                                      "missing is named by post and hour.")))  # fmt: skip
        return
    history = roster_history(scene.desk, event_id)
    with st.expander(t("{count} saved versions", count=number(len(history))), expanded=run is None):
        shown = pd.DataFrame(
            {t("Version"): history["version"], t("When"): [moment(x, scene.store.time_zone) for x in history["at"]],
             t("Who"): history["actor"], t("Note"): history["note"]}
        )  # fmt: skip
        st.dataframe(shown, hide_index=True, key="roster_versions")
        version = st.selectbox(t("Look at version"), list(history["version"]), key="roster_version")
        kept = open_roster(scene.desk, event_id, int(version))
        report = kept.document["report"]
        st.caption(plain(t("{stays} stays, {people} people on duty, {needed} h needed, {missing} h missing",
                           stays=number(len(kept.assignments)), people=number(report["people_on_duty"]),
                           needed=number(report["needed_hours"]), missing=number(report["objective"]))))  # fmt: skip
