"""An independent check of a placement: plain loops over the input, not a line shared with the solver."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Checked:
    """What the loops counted; `faults` is empty where the placement keeps every rule and says what is true of it."""

    covered: float
    backed_up: float
    uncovered: tuple[int, ...]
    faults: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def check_placement(
    *,
    distance_m: Callable[[int, int], float],
    radius_m: Sequence[float],
    weight: Sequence[float],
    chosen: Sequence[int],
    posts: int | None = None,
    fixed: Sequence[int] = (),
    barred: Sequence[int] = (),
    objective: float | None = None,
    backup_weight: float = 0.0,
    must_cover_all: bool = False,
    capacity: Sequence[float] | None = None,
    served: Sequence[tuple[int, int, float]] = (),
) -> Checked:
    """
    Count from the distances alone what a placement covers, and list every rule it breaks.

    Covered means distance at most the radius. `distance_m(i, j)` gives the distance of demand point i and site j,
    `served` the weight site j serves of demand point i where there are capacities. `objective`, where given, must be
    what is counted: the covered weight and `backup_weight` times that covered twice, or the weight served.

    Examples
    --------
    >>> apart = lambda i, j: [[3.0, 9.0], [8.0, 2.0]][i][j]
    >>> check_placement(distance_m=apart, radius_m=[5, 5], weight=[10, 20], chosen=[0], posts=1, objective=10.0)
    Checked(covered=10.0, backed_up=0.0, uncovered=(1,), faults=())
    >>> check_placement(distance_m=apart, radius_m=[5, 5], weight=[10, 20], chosen=[0], posts=2, fixed=[1]).faults
    ('1 posts instead of 2', 'fixed site 1 has no post')
    """
    faults = []
    if posts is not None and len(chosen) != posts:
        faults.append(f"{len(chosen)} posts instead of {posts}")
    faults += [f"site {one} has {list(chosen).count(one)} posts" for one in set(chosen) if list(chosen).count(one) > 1]
    faults += [f"fixed site {one} has no post" for one in fixed if one not in chosen]
    faults += [f"forbidden site {one} has a post" for one in chosen if one in set(barred)]
    covered = backed_up = 0.0
    uncovered = []
    for i, people in enumerate(weight):
        near = 0
        for j in chosen:
            if distance_m(i, j) <= radius_m[i]:
                near += 1
        covered += people if near else 0.0
        backed_up += people if near > 1 else 0.0
        if not near:
            uncovered.append(i)
    if must_cover_all and uncovered:
        faults.append(f"{len(uncovered)} demand points are not covered")
    total = covered + backup_weight * backed_up
    if capacity is not None:
        total, wrong = _check_served(distance_m, radius_m, weight, chosen, capacity, served)
        faults += wrong
    if objective is not None and not math.isclose(total, objective, rel_tol=1e-6, abs_tol=1e-6):
        faults.append(f"an objective of {objective:g} where {total:g} is counted")
    return Checked(covered, backed_up, tuple(uncovered), tuple(faults))


def _check_served(
    distance_m: Callable[[int, int], float],
    radius_m: Sequence[float],
    weight: Sequence[float],
    chosen: Sequence[int],
    capacity: Sequence[float],
    served: Sequence[tuple[int, int, float]],
) -> tuple[float, list[str]]:
    of_demand: dict[int, float] = defaultdict(float)
    of_site: dict[int, float] = defaultdict(float)
    faults = []
    for i, j, people in served:
        of_demand[i] += people
        of_site[j] += people
        if j not in chosen:
            faults.append(f"site {j} serves without a post")
        if distance_m(i, j) > radius_m[i]:
            faults.append(f"site {j} serves demand point {i} beyond the radius")
    faults += [
        f"site {j} serves {sum_:g} of {capacity[j]:g}" for j, sum_ in of_site.items() if sum_ > capacity[j] + 1e-6
    ]
    faults += [
        f"demand point {i} is served {sum_:g} of {weight[i]:g}"
        for i, sum_ in of_demand.items()
        if sum_ > weight[i] + 1e-6
    ]
    return sum(of_demand.values()), faults
