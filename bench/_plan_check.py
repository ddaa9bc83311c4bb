"""An independent check of a plan: networkx and plain Python, not a line of the planner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple


class Verdict(NamedTuple):
    """What a plan is found to be: `faults` is empty for a valid one."""

    zones: int
    cut_edges: int
    cut_cost: float
    deviation: float
    out_of_band: int
    pieces: int
    crossing: int

    @property
    def is_valid(self) -> bool:
        """Every zone in one piece, in its band, inside one parent."""
        return self.out_of_band == self.pieces == self.crossing == 0


def check_plan(
    edges: Iterable[tuple[int, int, float]],
    size: Any,
    zone: Any,
    low: float,
    high: float,
    parent: Sequence[object] | None = None,
) -> Verdict:
    """Count everything from the edge list; `out_of_band` and `crossing` are zones, `pieces` are parts too many."""
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(range(len(size)))
    graph.add_weighted_edges_from(edges)
    members = defaultdict(list)
    for unit, name in enumerate(zone):
        members[int(name)].append(unit)
    cut = [(a, b, w) for a, b, w in graph.edges(data="weight") if zone[a] != zone[b]]
    held = {name: sum(int(size[u]) for u in units) for name, units in members.items()}
    mean = sum(held.values()) / len(held)
    return Verdict(
        zones=len(members),
        cut_edges=len(cut),
        cut_cost=float(sum(w for _, _, w in cut)),
        deviation=max(abs(total / mean - 1) for total in held.values()),
        out_of_band=sum(not low <= total <= high for total in held.values()),
        pieces=sum(nx.number_connected_components(graph.subgraph(units)) - 1 for units in members.values()),
        crossing=sum(len({parent[u] for u in units}) > 1 for units in members.values()) if parent is not None else 0,
    )
