"""One connected part to be cut into zones: what the search and the exact solver are both asked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.planning.graph import Floats, Graph, Ints, subgraph
from geo.planning.solve.kernel import BAND, CUT, LOAD, MOVED, TOUCHED, totals
from geo.planning.units import Band, Units


@dataclass(frozen=True)
class Effort:
    """
    How long the search looks, as work and not as time, so that it repeats.

    `restarts` searches of `steps_per_unit` moves a unit each; `seeds` METIS plans are made to choose their starts
    from. `exact_units` is the largest part given to the exact solver, `exact_work` its deterministic limit
    (CP-SAT's unit, about a second). `load_weight` is what an unevenness of the workload of 1 (a standard deviation
    squared, summed over zones) weighs in mean borders. `proves` says whether small parts that have a plan are given
    to the exact solver too, so that the result carries a bound.
    """

    restarts: int
    seeds: int
    steps_per_unit: int
    exact_units: int
    exact_work: float
    load_weight: float
    proves: bool = False


@dataclass(frozen=True)
class Problem:
    """
    Units of one part with numbers of their own: `rows` are their places among all units.

    `current` numbers today's zones of this part from 0; -1 is none. `weights` are those of `kernel`: by them the size
    moved counts before the workload, and that before the border.
    """

    rows: Ints
    graph: Graph
    size: Ints
    load: Floats
    current: Ints
    is_locked: NDArray[np.bool_]
    band: Band
    weights: Floats

    @property
    def zones_today(self) -> int:
        """Number of zones these units are in today."""
        return int(self.current.max(initial=-1)) + 1

    def aligned(self, zone: Ints) -> tuple[Ints, Ints, Ints]:
        """Return zones without gaps, today's zones in the same numbers (those gone past the end), and the numbers."""
        used, compacted = np.unique(zone, return_inverse=True)
        today = np.arange(self.zones_today)
        label = np.where(np.isin(today, used), np.searchsorted(used, today), len(used) + today)
        current = np.where(self.current >= 0, np.append(label, -1)[self.current], -1)
        return compacted.astype(np.int64), current.astype(np.int64), used.astype(np.int64)

    def terms(self, zone: Ints) -> Floats:
        """Return band excess, zones touched, size moved, uneven workload and border cut of a plan, from scratch."""
        compacted, current, used = self.aligned(zone)
        found: Floats = totals(
            self.graph.start, self.graph.other, self.graph.cost, self.size, self.load, current, compacted, len(used),
            self.band.low, self.band.high,
        )  # fmt: skip
        found[TOUCHED] += int((current >= len(used)).any()) and len(np.unique(current[current >= len(used)]))
        return found

    def objective(self, zone: Ints) -> float:
        """Return the weighted sum of everything but the band: the less the better."""
        return float((self.weights[1:] * self.terms(zone)[1:]).sum())

    def key(self, zone: Ints) -> tuple[float, float]:
        """Return what two plans are compared by: band excess first, then the objective."""
        terms = self.terms(zone)
        return float(terms[BAND]), round(float((self.weights[1:] * terms[1:]).sum()), 9)


def build_problem(units: Units, rows: Ints, *, is_minimal_change: bool, load_weight: float) -> Problem:
    """
    Take one part out of the units; today's zones count only where as little as possible shall change.

    Examples
    --------
    >>> from geo.planning.drawn import draw_plan
    >>> units = draw_plan("aabb", today="xxyy").units
    >>> build_problem(units, np.arange(4), is_minimal_change=True, load_weight=100.0).current.tolist()
    [0, 0, 1, 1]
    """
    graph = subgraph(units.graph, rows)
    current = np.full(len(rows), -1, dtype=np.int64)
    if is_minimal_change:
        known = units.current[rows] >= 0
        current[known] = np.unique(units.current[rows][known], return_inverse=True)[1]
    border = float(graph.cost.mean()) if len(graph.cost) else 1.0
    size = max(float(units.size[rows].mean()), 1.0)
    weights = np.zeros(5)
    weights[BAND] = 40.0 * border / size
    weights[CUT] = 1.0
    weights[LOAD] = load_weight * border if units.workload[rows].any() else 0.0
    if is_minimal_change:
        weights[MOVED] = 20.0 * border / size
        weights[TOUCHED] = 100.0 * border
        weights[BAND] = 120.0 * border / size
    return Problem(
        rows=rows,
        graph=graph,
        size=units.size[rows],
        load=units.workload[rows],
        current=current,
        is_locked=units.is_locked[rows] & (current >= 0),
        band=units.bands[units.kind[rows[0]]],
        weights=weights,
    )
