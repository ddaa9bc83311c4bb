"""What a roster run gives back: always every field."""

from __future__ import annotations

from dataclasses import dataclass

from geo.crowd.roster.demand import Assignment, Shortfall

OPTIMAL, FEASIBLE, STOPPED = "optimal", "feasible", "stopped"


@dataclass(frozen=True, kw_only=True)
class Effort:
    """CP-SAT's deterministic seconds for each part of the work, and how many duties a team's model may list."""

    block_work: float = 0.25
    repair_work: float = 1.0
    most_duties: int = 1500


@dataclass(frozen=True, kw_only=True)
class TeamResult:
    """One team: how many people, the hours they stand, slots off an even share with its bound, CP-SAT's status."""

    team: str
    people: int
    hours: float
    unfairness: int
    bound: float
    status: str


@dataclass(frozen=True, kw_only=True)
class Roster:
    """
    A roster in which no hard rule is broken.

    `objective` is the person-hours missing, `bound` what no roster can go below, `gap` their difference as a share of
    the hours needed. `status` is optimal if they are equal, else feasible; stopped if it was stopped early. The even
    share comes second: `unfairness` in slots with its `unfairness_bound`, team by team in `teams`.
    """

    assignments: tuple[Assignment, ...]
    shortfalls: tuple[Shortfall, ...]
    status: str
    objective: float
    bound: float
    gap: float
    needed_hours: float
    unfairness: int
    unfairness_bound: float
    seconds: float
    solver: str
    seed: int
    teams: tuple[TeamResult, ...]
