"""What the board of an event day is opened with: plan, worked-out figures, and the newest roster."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from data.rosters.demand_file import task_of_event
from data.rosters.keeping import KeptRoster
from data.rosters.report import demand_of_document
from geo.crowd.board.from_event import WATCHED, plan_of_event
from geo.crowd.board.from_roster import posts_of, stays_of, watches_of
from geo.crowd.board.plan import BoardPlan
from geo.crowd.event import Event
from geo.crowd.tide.arrival import arrivals
from geo.crowd.tide.clock import Step
from geo.errors import say

DRILL = re.compile(r"-drill-(\d+)-\d+$")
AROUND = timedelta(hours=2)


def plan_for_board(
    event: Event, *, report: Mapping[str, Any] | None, roster: KeptRoster | None, ratio: str
) -> BoardPlan:
    """
    Return the plan of a board: stages, entrances and crowds of the event; tasks and passings of its clock; what each
    area may hold; posts, stays and watched roles of a saved roster, else the posts the event asks for with nobody in
    them.

    `report` is what `egress_report` gave for the event; where it is None (a plan whose figures are refused or not
    worked out yet), tasks and capacities are left out and the front passes by its table alone. A passing further than
    two hours from the time line belongs to another day and is left out.
    """
    demand = task_of_event(event, ratio=ratio).demand if roster is None else demand_of_document(roster.document)
    stays = () if roster is None else stays_of(roster.assignments, demand)
    watches = () if roster is None else watches_of(demand, WATCHED, edges=_edges(event, roster))
    capacity = {} if report is None else {a["area_id"]: int(a["capacity"]) for a in report["capacity"]["areas"]}
    plan = plan_of_event(
        event, posts=posts_of(demand), stays=stays, watches=watches, steps=steps_of(event, report),
        most_people=capacity,
    )  # fmt: skip
    return plan if roster is None else replace(plan, roster_id=roster.roster_id, roster_version=roster.version)


def _edges(event: Event, roster: KeptRoster) -> list[datetime]:
    """When phases begin and end, where the demand was made from them; a demand file means the hours it states."""
    phases = event.phases if roster.document.get("made_with") else ()
    return [at for phase in phases for at in (phase.starts_at, phase.ends_at)]


def steps_of(event: Event, report: Mapping[str, Any] | None) -> tuple[Step, ...]:
    """Return the schedule of every passing of the day, in order of time; without a report only the passings."""
    if event.front is None or not event.phases:
        return ()
    first = min(one.starts_at for one in event.phases) - AROUND
    last = max(one.ends_at for one in event.phases) + AROUND
    if report is None:
        passages = [_passings(event, one.passage_id) for one in event.front.passages]
    else:
        passages = [_schedule(one) for one in (report["front"] or {"passages": []})["passages"]]
    found = [step for steps in passages if steps and first <= steps[0].at and steps[-1].at <= last for step in steps]
    return tuple(sorted(found, key=lambda one: one.at))


def _schedule(passage: Mapping[str, Any]) -> list[Step]:
    return [
        Step(at=datetime.fromisoformat(one["at"]), act=one["act"], area_ids=tuple(one["area_ids"]),
             reason=say("{text}", text=one["text"]))
        for one in passage["schedule"]
    ]  # fmt: skip


def _passings(event: Event, passage_id: str) -> list[Step]:
    """When the front likely passes each area; none where its speed is no speed."""
    try:
        found = arrivals(event, passage_id).items()
    except ArithmeticError:
        return []
    steps = [
        Step(at=one.likely, act="front", area_ids=(area_id,),
             reason=say("likely passing, by the {basis}", basis=one.basis))
        for area_id, one in found
    ]  # fmt: skip
    return sorted(steps, key=lambda one: one.at)


def free_board_id(event_id: str, known: Iterable[str], *, seed: int | None = None) -> str:
    """
    Return an id no board has: of the day, or of a drill with its seed.

    Examples
    --------
    >>> free_board_id("tide", ["tide-day-1"]), free_board_id("tide", [], seed=7)
    ('tide-day-2', 'tide-drill-7-1')
    """
    stem = f"{event_id[:40]}-day" if seed is None else f"{event_id[:40]}-drill-{seed}"
    taken, number = set(known), 1
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"


def seed_of(board_id: str) -> int | None:
    """
    Return the seed a drill's board was opened with; None for the board of a day.

    Examples
    --------
    >>> seed_of("tide-drill-7-1"), seed_of("tide-day-2")
    (7, None)
    """
    found = DRILL.search(board_id)
    return int(found[1]) if found else None
