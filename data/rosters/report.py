"""What a roster comes to, as one JSON object and as rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from data.rosters.run import RosterRun
from geo.crowd.roster.case import Case
from geo.crowd.roster.demand import Assignment, Demand, Need, NeedLine, Post, Walk
from geo.crowd.roster.horizon import Horizon
from geo.crowd.roster.people import Limits, Pair, Person, Staff

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
        "posts": [{"post_id": p.post_id, "name": p.name, "area_id": p.area_id, "lon": p.lon, "lat": p.lat,
                   "place": p.place}
                  for p in run.task.demand.posts],
        "needs": [_line(one) | {"start": n.start, "end": n.end, "people": n.people, "basis": n.basis}
                  for n in run.task.demand.needs for one in (n.line,)],
        "assignments": [_line(one.line) | {"person_id": one.person_id, "start": one.start, "end": one.end}
                        for one in run.roster.assignments],
        "staff": [_able(one) for one in run.staff.people],
        "pairs": [vars(one) for one in run.staff.pairs],
        "walk": {"default_min": run.task.demand.walk.default_min,
                 "given": [[*key, round(value, 2)] for key, value in run.task.demand.walk.given_min.items()]},
    }  # fmt: skip


def _able(person: Person) -> dict[str, Any]:
    """What somebody can do and when, without name and telephone; what is empty is left out."""
    found = {
        "person_id": person.person_id, "group": person.group, "team": person.team, "role": person.role,
        "other_roles": list(person.other_roles), "skills": sorted(person.skills),
        "hours_per_day": person.hours_per_day, "hours_in_event": person.hours_in_event,
        "home": list(person.home) if person.home else None,
    }  # fmt: skip
    found = {key: value for key, value in found.items() if value or value == 0}
    return found if person.available is None else found | {"available": [list(one) for one in person.available]}


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
    places = [None if one.get("place") is None else (one["place"][0], one["place"][1]) for one in document["posts"]]
    posts = tuple(Post(**{**one, "place": place}) for one, place in zip(document["posts"], places, strict=True))
    return Demand(horizon, posts, ())


def demand_of_document(document: Mapping[str, Any]) -> Demand:
    """Return the posts, hours and needs a stored roster was made for; the ways between posts are not kept."""
    needs = tuple(
        Need(post_id=one["post_id"], role=one["role"], start=one["start"], end=one["end"], people=one["people"],
             skills=frozenset(one["skills"]), groups=tuple(one["groups"]), basis=one["basis"])
        for one in document["needs"]
    )  # fmt: skip
    return replace(posts_of_document(document), needs=needs)


def case_of_document(document: Mapping[str, Any]) -> Case | None:
    """
    Return a stored roster as rules see it, people by id alone; None for one kept before it held what people can do.
    """
    if "staff" not in document:
        return None
    walk = document["walk"]
    given = {(a, b): float(minutes) for a, b, minutes in walk["given"]}
    demand = replace(demand_of_document(document), walk=Walk(given, float(walk["default_min"])))
    staff = Staff(tuple(_person(one) for one in document["staff"]), tuple(Pair(**one) for one in document["pairs"]))
    return Case(demand, staff, Limits(**document["report"]["limits"]), assignments_of(dict(document)))


def _person(one: Mapping[str, Any]) -> Person:
    available = one.get("available")
    return Person(
        **{key: one[key] for key in ("person_id", "group", "team", "role", "hours_per_day", "hours_in_event")
           if key in one},
        other_roles=tuple(one.get("other_roles", ())), skills=frozenset(one.get("skills", ())),
        available=None if available is None else tuple((low, high) for low, high in available),
        home=(one["home"][0], one["home"][1]) if "home" in one else None,
    )  # fmt: skip


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


def pair_rows(run: RosterRun) -> list[dict[str, Any]]:
    """Return one row for each pair in force, with the hours both stand at one post, and each is on duty at all."""
    horizon, by_person = run.task.demand.horizon, run.case.by_person
    rows = []
    for pair in run.staff.pairs:
        mine, theirs = by_person.get(pair.one, []), by_person.get(pair.other, [])
        met = sum(
            max(min(a.end, b.end) - max(a.start, b.start), 0)
            for a in mine for b in theirs if a.post_id == b.post_id
        )  # fmt: skip
        rows.append(
            {"one": pair.one, "other": pair.other, "kind": "together" if pair.is_together else "apart",
             "why": pair.why, "hours": horizon.hours(met),
             "own_hours": tuple(horizon.hours(sum(one.end - one.start for one in own)) for own in (mine, theirs))}
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
