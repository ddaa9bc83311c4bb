"""What a solver says: always every field, and always what is proven and what is not."""

from __future__ import annotations

from dataclasses import dataclass, field

from geo.errors import Say
from geo.planning.feasibility import Part
from geo.planning.graph import Ints
from geo.planning.plan import Plan

OPTIMAL, FEASIBLE, INFEASIBLE, NOT_FOUND = "optimal", "feasible", "infeasible", "not found"
"""Proven best; valid, not proven best; proven that none is valid; none found and nothing proven."""
UNSOLVED = "stopped"


@dataclass(frozen=True)
class PartResult:
    """
    The plan of one part: `zone` numbers its units' zones from 0; in minimal change those of today come first.

    `objective` is the weighted sum of size moved, uneven workload and border cut; `bound` is what no valid plan of as
    many zones can go below (None where nothing is proven), `gap` = (objective - bound) / objective. `excess` is by how
    much sizes miss the band: 0 for a valid plan. `alternatives` are further plans that differ.
    """

    part: Part
    status: str
    zone: Ints
    excess: int
    objective: float
    bound: float | None
    solver: str
    reasons: tuple[Say, ...]
    advice: tuple[Say, ...]
    alternatives: tuple[Ints, ...] = ()

    @property
    def gap(self) -> float | None:
        """Share of the objective that may still be saved; None where nothing is proven."""
        if self.bound is None:
            return None
        return 0.0 if self.objective <= 0 else max(self.objective - self.bound, 0.0) / self.objective

    @property
    def is_feasible(self) -> bool:
        """Whether every zone of the part is in its band."""
        return self.status in (OPTIMAL, FEASIBLE)


@dataclass(frozen=True)
class PlanResult:
    """
    A whole plan with what is known of it. `status` is the weakest of its parts; `objective` and `bound` are sums.

    `bound` and `gap` are None as soon as one part has none. `seconds` is what the caller's clock says.
    """

    plan: Plan
    status: str
    objective: float
    bound: float | None
    gap: float | None
    seconds: float
    solver: str
    parts: tuple[PartResult, ...]
    zone_parent: Ints
    zone_today: Ints
    alternatives: tuple[Plan, ...] = field(default=())

    @property
    def is_feasible(self) -> bool:
        """Whether every zone is in its band."""
        return self.status in (OPTIMAL, FEASIBLE)


def weakest(statuses: list[str]) -> str:
    """
    Return the status of a whole: stopped before infeasible before not found before feasible before optimal.

    Examples
    --------
    >>> weakest(["optimal", "infeasible", "feasible"])
    'infeasible'
    """
    order = (UNSOLVED, INFEASIBLE, NOT_FOUND, FEASIBLE, OPTIMAL)
    return min(statuses, key=order.index, default=OPTIMAL)
