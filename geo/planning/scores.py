"""How good a plan is, each a `Plan -> float` where less is better. Counted from scratch: the search counts along."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from geo.planning.graph import edge_values, label_parts
from geo.planning.plan import Plan

Score = Callable[[Plan], float]


def band_excess(plan: Plan) -> float:
    """
    Return by how much all zones together miss their bands, in units of size (households).

    Examples
    --------
    Bands of 1 to 3; a zone of 4 misses by one:

    >>> from geo.planning.drawn import draw_plan
    >>> band_excess(draw_plan("aaab")), band_excess(draw_plan("aaaab"))
    (0.0, 1.0)
    """
    group, sizes = plan.groups(), plan.sizes()
    kind = group % max(len(plan.units.kinds), 1)
    used = np.flatnonzero(group >= 0)
    return float(sum(plan.units.bands[kind[i]].excess(int(sizes[i])) for i in used))


def extra_parts(plan: Plan) -> float:
    """
    Return how many parts there are more than zones; 0 for a contiguous plan.

    Examples
    --------
    >>> from geo.planning.drawn import draw_plan
    >>> extra_parts(draw_plan("aab")), extra_parts(draw_plan("aba"))
    (0.0, 1.0)
    """
    return float(len(np.unique(label_parts(plan.units.graph, plan.zone))) - len(np.unique(plan.zone)))


def cut_edges(plan: Plan) -> float:
    """
    Return the number of pairs of neighbours that lie in different zones: the fewer, the more compact.

    Source: Dube and Clark 2016, "Beyond the Circle".

    Examples
    --------
    >>> from geo.planning.drawn import draw_plan
    >>> cut_edges(draw_plan("aabb", "aabb")), cut_edges(draw_plan("abab", "abab"))
    (2.0, 6.0)
    """
    one, other = plan.units.graph.edges()
    return float((plan.zone[one] != plan.zone[other]).sum())


def cut_cost(plan: Plan) -> float:
    """
    Return the metres of border between zones, those along a soft barrier discounted.

    Examples
    --------
    >>> from geo.planning.drawn import draw_plan
    >>> cut_cost(draw_plan("aab")), cut_cost(draw_plan("abc"))
    (1.0, 2.0)
    """
    one, other = plan.units.graph.edges()
    cost = edge_values(plan.units.graph)[1]
    return float(cost[plan.zone[one] != plan.zone[other]].sum())


def largest_deviation(plan: Plan) -> float:
    """
    Return how far the size of any zone is from the mean size, as a share of the mean.

    Source: districtr, evaluation/validity.py (largest absolute deviation).

    Examples
    --------
    Zones of 3 and 1 units, mean 2:

    >>> from geo.planning.drawn import draw_plan
    >>> largest_deviation(draw_plan("aabb")), largest_deviation(draw_plan("aaab"))
    (0.0, 0.5)
    """
    sizes = plan.sizes()[np.unique(plan.zone)]
    mean = sizes.mean() if len(sizes) else 0.0
    return float(np.abs(sizes / mean - 1).max()) if mean > 0 else 0.0


def size_moved(plan: Plan) -> float:
    """
    Return the size (households) that leaves its zone of today, where zone numbers are those of `units.zones`.

    Units without a zone today move nothing. Compare differently numbered plans by `measures.comparison`.

    Examples
    --------
    >>> from geo.planning.drawn import draw_plan
    >>> size_moved(draw_plan("aab", today="aab")), size_moved(draw_plan("aab", today="abb"))
    (0.0, 1.0)
    """
    known = plan.units.current >= 0
    return float(plan.units.size[known & (plan.zone != plan.units.current)].sum())


def workload_spread(plan: Plan) -> float:
    """
    Return how unevenly work is shared: standard deviation of the zones' workload over its mean, inside each group.

    Groups (parent and class) with one zone have none; the figure is the root mean square over all other zones.

    Examples
    --------
    >>> from geo.planning.drawn import draw_plan
    >>> workload_spread(draw_plan("aabb")), workload_spread(draw_plan("aaab"))
    (0.0, 0.5)
    """
    group, load = plan.groups(), plan.loads()
    squares = []
    for one in np.unique(group[group >= 0]):
        held = load[group == one]
        if len(held) > 1 and held.mean() > 0:
            squares += ((held / held.mean() - 1) ** 2).tolist()
    return float(np.sqrt(np.mean(squares))) if squares else 0.0


SCORES: dict[str, Score] = {
    one.__name__: one
    for one in (band_excess, extra_parts, cut_edges, cut_cost, largest_deviation, size_moved, workload_spread)
}
