"""One roster from what is needed and who there is to a checked result."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from data.rosters.demand_file import RosterTask
from geo.crowd.roster.case import Broken, Case
from geo.crowd.roster.checking import check_roster
from geo.crowd.roster.demand import Assignment
from geo.crowd.roster.people import Limits, Staff
from geo.crowd.roster.solve.result import Effort, Roster
from geo.crowd.roster.solve.roster import make_roster
from geo.crowd.roster.staffing import Roll, roll_by_kind
from geo.errors import SchemaError, name_few, say

LIMITS = ("rest_h", "longest_duty_h", "hours_per_day", "hours_in_event", "posts_per_duty", "watch_h",
          "shortest_shift_h", "longest_shift_h")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class RosterRun:
    """A task with the people, the roster that came out, every rule the checker found broken, and the roll by role."""

    task: RosterTask
    staff: Staff
    limits: Limits
    roster: Roster
    broken: tuple[Broken, ...]
    roll: tuple[Roll, ...]

    @property
    def case(self) -> Case:
        """The roster as rules see it."""
        found = self.roster
        return Case(self.task.demand, self.staff, self.limits, found.assignments, found.shortfalls)


def limits_of(settings: Mapping[str, Any], stated: Mapping[str, float] | None = None) -> Limits:
    """Return the limits of the settings, with what a demand file states in their place."""
    unknown = sorted(set(stated or {}) - set(LIMITS))
    bad = sorted(k for k, v in (stated or {}).items() if not isinstance(v, int | float) or isinstance(v, bool))
    if unknown or bad:
        raise SchemaError(
            say("limits out of {names}, as numbers", names=", ".join(LIMITS)),
            say("{names}", names=name_few(unknown + bad)),
            say("correct these limits"),
        )  # fmt: skip
    values = {name: settings[f"roster_{name}"] for name in LIMITS} | dict(stated or {})
    return Limits(**{**values, "posts_per_duty": int(values["posts_per_duty"])})


def roster_task(
    task: RosterTask,
    staff: Staff,
    *,
    settings: Mapping[str, Any],
    seed: int = 1,
    progress: Callable[[float, str], None] | None = None,
    is_stopped: Callable[[], bool] = lambda: False,
) -> RosterRun:
    """
    Make a roster of what was read and hold it against every hard rule; nothing is written.

    Raises
    ------
    SchemaError
        If a limit is none, before anything is solved.
    """
    limits = limits_of(settings, task.limits)
    effort = Effort(block_work=float(settings["roster_block_work"]), repair_work=float(settings["roster_repair_work"]))
    roster = make_roster(
        task.demand, staff, limits, seed=seed, effort=effort, progress=progress, is_stopped=is_stopped,
        clock=time.perf_counter,
    )  # fmt: skip
    case = Case(task.demand, staff, limits, roster.assignments, roster.shortfalls)
    there = Counter(person.role for person in staff.people)
    roll = roll_by_kind(
        task.demand.needs, there, horizon=task.demand.horizon, absence=float(settings["roster_absence"]),
        hours_per_person=limits.hours_in_event,
    )  # fmt: skip
    return RosterRun(task=task, staff=staff, limits=limits, roster=roster, broken=check_roster(case), roll=roll)


def taken_over(run: RosterRun, stay: Assignment, person_id: str) -> RosterRun:
    """
    Return the run with one stay taken over by another person, held against every hard rule again.

    Raises
    ------
    SchemaError
        If the stay is not in the roster, or nobody has that id.
    """
    if stay not in run.roster.assignments or person_id not in run.staff.by_id:
        raise SchemaError(
            say("a stay of the roster"), say("{who} at {post}", who=person_id, post=stay.post_id),
            say("choose one of the roster"),
        )  # fmt: skip
    others = [one for one in run.roster.assignments if one != stay]
    roster = replace(run.roster, assignments=tuple(sorted([*others, replace(stay, person_id=person_id)])))
    broken = check_roster(Case(run.task.demand, run.staff, run.limits, roster.assignments, roster.shortfalls))
    return replace(run, roster=roster, broken=broken)
