"""What a roster comes to, as one JSON object and as rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from data.rosters.run import RosterRun
from geo.crowd.roster.demand import Assignment, Demand, Need, NeedLine, Post
from geo.crowd.roster.horizon import Horizon

CONTACTS = ("name", "phone", "group", "team")


def roster_report(run: RosterRun) -> dict[str, Any]:
    """Return the report: status with bound and gap, shortfalls by post and hour, the roll, teams, rules broken."""
    roster, horizon = run.roster, run.task.demand.horizon
    moments = {slot: horizon.at(slot).isoformat() for slot in range(horizon.slots + 1)}
    return {
        "event_id": run.task.event_id,
        "status": roster.status,
        "objective": roster.objective,
        "bound": roster.bound,
        "gap": roster.gap,
        "unit": "person-hours missing",
        "needed_hours": roster.needed_hours,
        "unfairness": roster.unfairness,
        "unfairness_bound": roster.unfairness_bound,
        "solver": roster.solver,
        "seed": roster.seed,
        "seconds": roster.seconds,
        "people": len(run.staff.people),
        "people_on_duty": len({one.person_id for one in roster.assignments}),
        "assignments": len(roster.assignments),
        "broken": [
            {"rule": one.rule, "people": one.person_ids, "post_id": one.post_id, "at": moments.get(one.slot),
             "why": str(one.why)}
            for one in run.broken
        ],
        "shortfalls": [
            {"post_id": one.post_id, "role": one.role, "skills": sorted(one.skills), "start_at": moments[one.start],
             "end_at": moments[one.end], "people": one.people}
            for one in roster.shortfalls
        ],
        "roll": [{**vars(one), "missing": one.missing} for one in run.roll],
        "limits": vars(run.limits),
        "teams": [vars(one) for one in roster.teams],
    }  # fmt: skip


def roster_document(run: RosterRun) -> dict[str, Any]:
    """Return the roster for the store: people by id alone."""
    horizon = run.task.demand.horizon
    return {
        "report": roster_report(run),
        "horizon": {"start": horizon.start.isoformat(), "slots": horizon.slots, "slot_min": horizon.slot_min,
                    "utc_offset_min": horizon.utc_offset_min},
        "made_with": dict(run.task.made_with or {}),
        "posts": [{"post_id": p.post_id, "name": p.name, "area_id": p.area_id, "lon": p.lon, "lat": p.lat}
                  for p in run.task.demand.posts],
        "needs": [_line(one) | {"start": n.start, "end": n.end, "people": n.people, "basis": n.basis}
                  for n in run.task.demand.needs for one in (n.line,)],
        "assignments": [_line(one.line) | {"person_id": one.person_id, "start": one.start, "end": one.end}
                        for one in run.roster.assignments],
    }  # fmt: skip


def _line(line: NeedLine) -> dict[str, Any]:
    return {"post_id": line.post_id, "role": line.role, "skills": sorted(line.skills), "groups": list(line.groups)}


def assignments_of(document: dict[str, Any]) -> tuple[Assignment, ...]:
    """Return the assignments a stored roster holds."""
    return tuple(
        Assignment(start=one["start"], end=one["end"], post_id=one["post_id"], role=one["role"],
                   person_id=one["person_id"], skills=frozenset(one["skills"]), groups=tuple(one["groups"]))
        for one in document["assignments"]
    )  # fmt: skip


def posts_of_document(document: Mapping[str, Any]) -> Demand:
    """Return the posts and hours a stored roster was made for, without its needs."""
    hours = document["horizon"]
    horizon = Horizon(datetime.fromisoformat(hours["start"]), hours["slots"], hours["slot_min"],
                      hours["utc_offset_min"])  # fmt: skip
    return Demand(horizon, tuple(Post(**one) for one in document["posts"]), ())


def demand_of_document(document: Mapping[str, Any]) -> Demand:
    """Return the posts, hours and needs a stored roster was made for; the ways between posts are not kept."""
    needs = tuple(
        Need(post_id=one["post_id"], role=one["role"], start=one["start"], end=one["end"], people=one["people"],
             skills=frozenset(one["skills"]), groups=tuple(one["groups"]), basis=one["basis"])
        for one in document["needs"]
    )  # fmt: skip
    return replace(posts_of_document(document), needs=needs)


def stay_rows(run: RosterRun) -> list[dict[str, Any]]:
    """Return one row for each stay, in order of post and time: everything a sheet shows."""
    horizon, posts, people = run.task.demand.horizon, run.task.demand.by_id, run.staff.by_id
    rows = []
    for one in sorted(run.roster.assignments, key=lambda a: (a.post_id, a.start, a.end, a.role, a.person_id)):
        person = people[one.person_id]
        rows.append(
            {"post_id": one.post_id, "post": posts[one.post_id].name or one.post_id, "role": one.role,
             "start": horizon.label(one.start), "end": horizon.label(one.end),
             "hours": horizon.hours(one.end - one.start), "person_id": one.person_id,
             **{key: getattr(person, key) for key in CONTACTS}}
        )  # fmt: skip
    return rows


def shortfall_rows(run: RosterRun) -> list[dict[str, Any]]:
    """Return what is missing, by post, role and time."""
    horizon, posts = run.task.demand.horizon, run.task.demand.by_id
    return [
        {"post_id": one.post_id, "post": posts[one.post_id].name or one.post_id, "role": one.role,
         "start": horizon.label(one.start), "end": horizon.label(one.end), "people": one.people}
        for one in run.roster.shortfalls
    ]  # fmt: skip
