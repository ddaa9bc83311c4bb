"""Drills: planted events from a seed, on the same board as the day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from geo.crowd.board.facts import Fact
from geo.crowd.board.plan import BoardPlan, moment_of

SOURCE = "drill"
TROUBLES = (
    ("person in the water", "water"), ("person fallen on the steps", "injury"), ("child lost", "missing"),
    ("barrier pushed over", "crowd"), ("quarrel at the entrance", "order"), ("drone over the crowd", "order"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class DrillScript:
    """What is planted: shares of people who come late or never, how late in minutes, incidents, areas that fill up."""

    late_share: float = 0.1
    absent_share: float = 0.03
    late_min: float = 40.0
    incidents: int = 6
    surges: int = 2
    miscounted: int = 25
    count_every_min: int = 10


def plant_drill(plan: BoardPlan, *, seed: int, script: DrillScript | None = None) -> tuple[Fact, ...]:
    """
    Return the facts of a drill in order of time, the opening first: the same plan, script and seed give the same.

    People come and go by their stays, some late, some never; the crowd goes in and out by the expected counts, with
    some people not counted on their way in; areas fill up until their alarm sounds and empty again; incidents are
    opened, sent to and closed; the front passes by the plan's list; stages change within two minutes of their time.

    Examples
    --------
    >>> from geo.crowd.board.plan import BoardArea, Expected, stamp
    >>> at = stamp(datetime.fromisoformat("2026-09-27T12:00+08:00"))
    >>> plan = BoardPlan(event_id="e", areas=(BoardArea(area_id="P"),), front=(Expected(area_id="P", at=at),))
    >>> [(f.kind, stamp(f.at)[11:16]) for f in plant_drill(plan, seed=1, script=DrillScript(incidents=0, surges=0))]
    [('opened', '03:00'), ('front_passed', '04:00')]
    """
    script = script or DrillScript()
    rng = np.random.default_rng(seed)
    facts: list[Fact] = []
    facts += _people(plan, script, rng)
    facts += _counts(plan, script, rng)
    facts += _front_and_stages(plan, rng)
    (drilled, start), end = drill_opening(plan), _span(plan)[1]
    facts += _surges(plan, script, rng, start, end)
    facts += _incidents(plan, script, rng, start, end)
    facts += _tasks(plan, rng)
    opening = Fact(kind="opened", at=start, payload={"plan": drilled.document()})
    ordered = [opening, *sorted(facts, key=lambda one: (one.at, one.kind, sorted(map(str, one.payload.items()))))]
    return tuple(
        replace(one, actor=one.actor or SOURCE, source=SOURCE, source_id=f"{SOURCE}-{seed}-{number}")
        for number, one in enumerate(ordered, 1)
    )


def drill_opening(plan: BoardPlan) -> tuple[BoardPlan, datetime]:
    """Return the plan marked as a drill's, and the moment the drill opens: an hour before its first."""
    return replace(plan, is_drill=True), _span(plan)[0]


def _span(plan: BoardPlan) -> tuple[datetime, datetime]:
    """From an hour before the first moment of the plan to an hour after the last."""
    texts = [t for s in plan.stays for t in (s.start_at, s.end_at)] + [e.at for e in (*plan.crowds, *plan.front)]
    texts += [s.planned_at for s in plan.stages if s.planned_at] + [t.due_at for t in plan.tasks]
    moments = [moment_of(text) for text in texts] or [moment_of("2026-01-01T00:00+00:00")]
    return min(moments) - timedelta(hours=1), max(moments) + timedelta(hours=1)


def _people(plan: BoardPlan, script: DrillScript, rng: np.random.Generator) -> list[Fact]:
    facts = []
    for stay in sorted(plan.stays, key=lambda one: (one.start_at, one.person_id)):
        luck, early, delay, over = rng.random(), rng.uniform(1, 8), rng.uniform(12, script.late_min), rng.uniform(0, 5)
        if luck < script.absent_share:
            continue
        start, end = moment_of(stay.start_at), moment_of(stay.end_at)
        is_late = luck < script.absent_share + script.late_share
        came = min(start + timedelta(minutes=delay), end) if is_late else start - timedelta(minutes=early)
        who = {"person_id": stay.person_id}
        facts.append(Fact(kind="arrived", at=came, payload={**who, "post_id": stay.post_id, "role": stay.role}))
        facts.append(Fact(kind="left", at=end + timedelta(minutes=over), payload=who))
    return facts


def _counts(plan: BoardPlan, script: DrillScript, rng: np.random.Generator) -> list[Fact]:
    """Between two expected counts of an area people go in or out at its entrances, evenly; a few are not counted."""
    facts = []
    step = timedelta(minutes=script.count_every_min)
    for area in plan.areas:
        doors = [one.entrance_id for one in plan.entrances if one.area_id == area.area_id]
        wanted = sorted((one for one in plan.crowds if one.area_id == area.area_id), key=lambda one: moment_of(one.at))
        before, at = 0, moment_of(wanted[0].at) - 6 * step if wanted else None
        for one in wanted if doors else ():
            assert at is not None
            steps = max(int((moment_of(one.at) - at) / step), 1)
            change = int(one.people or 0) - before
            parts = rng.multinomial(abs(change), np.full(steps * len(doors), 1 / (steps * len(doors))))
            for number, people in enumerate(parts.tolist()):
                told = max(people - int(rng.integers(0, script.miscounted + 1)), 0) if change > 0 else people
                if told:
                    when = at + step * (number // len(doors) + 1)
                    payload = {"entrance_id": doors[number % len(doors)], "way": "in" if change > 0 else "out"}
                    facts.append(Fact(kind="counted", at=when, payload={**payload, "people": told}))
            before, at = int(one.people or 0), moment_of(one.at)
    return facts


def _front_and_stages(plan: BoardPlan, rng: np.random.Generator) -> list[Fact]:
    facts = [Fact(kind="front_passed", at=moment_of(one.at), payload={"area_id": one.area_id}) for one in plan.front]
    for stage in plan.stages:
        if stage.planned_at:
            at = moment_of(stage.planned_at) + timedelta(seconds=int(rng.integers(0, 120)))
            facts.append(Fact(kind="stage_changed", at=at, payload={"stage_id": stage.stage_id}))
    return facts


def _surges(
    plan: BoardPlan, script: DrillScript, rng: np.random.Generator, start: datetime, end: datetime
) -> list[Fact]:
    """Densities seen that climb over the second or third level within half an hour, and fall again."""
    facts: list[Fact] = []
    if not plan.areas:
        return facts
    for _ in range(script.surges):
        area = plan.areas[int(rng.integers(len(plan.areas)))]
        levels = plan.levels.of(area.is_static)
        top = levels[int(rng.integers(1, 3))] + 0.2
        first = start + (end - start) * float(rng.uniform(0.3, 0.6))
        shape = [0.5, 0.8, 1.0, 1.0, 0.9, 0.6, 0.4, 0.3, 0.3]
        for number, part in enumerate(shape):
            payload: dict[str, Any] = {"area_id": area.area_id, "per_m2": round(top * part, 2)}
            payload["basis"] = "static" if area.is_static else "moving"
            facts.append(Fact(kind="density_seen", at=first + timedelta(minutes=4 * number), payload=payload))
    return facts


def _incidents(
    plan: BoardPlan, script: DrillScript, rng: np.random.Generator, start: datetime, end: datetime
) -> list[Fact]:
    facts = []
    for number in range(script.incidents):
        text, category = TROUBLES[int(rng.integers(len(TROUBLES)))]
        key = {"incident_id": f"drill-{number + 1}"}
        about: dict[str, Any] = {"text": text, "category": category}
        if plan.areas:
            about["area_id"] = plan.areas[int(rng.integers(len(plan.areas)))].area_id
        opened = start + (end - start) * float(rng.uniform(0.15, 0.8))
        sent, reached, closed = np.cumsum(rng.uniform([0.5, 1, 5], [3, 8, 30])).tolist()
        facts.append(Fact(kind="incident_opened", at=opened, payload={**key, **about}))
        facts.append(Fact(kind="incident_sent", at=opened + timedelta(minutes=sent), payload=key))
        facts.append(Fact(kind="incident_reached", at=opened + timedelta(minutes=reached), payload=key))
        facts.append(Fact(kind="incident_closed", at=opened + timedelta(minutes=closed), payload=key))
    return facts


def _tasks(plan: BoardPlan, rng: np.random.Generator) -> list[Fact]:
    """Most tasks are done a little before their time, one in ten after it."""
    facts = []
    for task in plan.tasks:
        minutes = float(rng.uniform(1, 9)) * (1 if rng.random() < 0.1 else -1)
        at = moment_of(task.due_at) + timedelta(minutes=minutes)
        facts.append(Fact(kind="task_done", at=at, payload={"task_id": task.task_id}))
    return facts
