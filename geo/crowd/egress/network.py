"""The network people walk: areas, corridors, junctions and safety as nodes, constrictions as links."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crowd.egress.hydraulic import DEFAULTS, flow_per_s, stair_k_m_s
from geo.crowd.event import Event, Exit, Route
from geo.crowd.event.ground import OUTSIDE

JUNCTION_M = 10.0
SAMPLES = 400
METRES_A_DEGREE = 111_320.0


@dataclass(frozen=True)
class Node:
    """Ground people stand or walk on; a safe one takes any number."""

    name: str
    area_m2: float
    is_safe: bool = False
    k_m_s: float = 1.4


@dataclass(frozen=True)
class Link:
    """A constriction from one node into the next. `length_m` is walked in the source node to reach it."""

    name: str
    source: int
    target: int
    kind: str
    width_m: float
    length_m: float = 0.0
    k_m_s: float | None = None
    is_two_way: bool = False
    partner: int = -1

    def flow(self, *, boundary_m: float | None = None, p: Mapping[str, float] = DEFAULTS) -> float:
        """People per second it passes at most."""
        share = p["two_way_share"] if self.is_two_way else 1.0
        return share * flow_per_s(self.kind, self.width_m, k_m_s=self.k_m_s, boundary_m=boundary_m, p=p)


@dataclass(frozen=True)
class Network:
    """
    Nodes and links; `distances[n]` are walking distances (m) from sampled points of node n to each of its links.

    Links lead towards safety only, so that nobody walks in a circle.
    """

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    distances: Mapping[int, NDArray[np.float64]]

    def out(self, node: int) -> list[int]:
        """Return the links that leave a node."""
        return [at for at, link in enumerate(self.links) if link.source == node]

    def place(self, name: str) -> int:
        """Return the number of a node."""
        return next(at for at, node in enumerate(self.nodes) if node.name == name)


def build_network(event: Event, *, rng: np.random.Generator, p: Mapping[str, float] = DEFAULTS) -> Network:
    """
    Build the egress network of a plan.

    A route is a corridor that stores people, walked in the direction in which safety is nearer. Ways that lead away
    from safety and areas without a way out are left out; the plan's checks name them.

    Examples
    --------
    >>> from geo.crowd.event import ViewingArea
    >>> plan = Event(event_id="e", name="e", areas=(ViewingArea(area_id="A", name="A", usable_m2=100.0),),
    ...              exits=(Exit(exit_id="x", area_id="A", clear_width_m=1.0),))
    >>> net = build_network(plan, rng=np.random.default_rng(1))
    >>> [node.name for node in net.nodes], [(link.name, link.source, link.target) for link in net.links]
    (['A', 'outside'], [('x', 0, 1)])
    """
    far = distances_to_safety(event)
    nodes = [Node(one.area_id, one.usable_m2, k_m_s=p["level_m_s"]) for one in event.areas]
    nodes += [Node(one.place_id, _junction_m2(event, one.place_id), one.is_safe, p["level_m_s"]) for one in event.places
              if one.is_safe or one.kind == "junction"]  # fmt: skip
    nodes.append(Node(OUTSIDE, math.inf, True))
    number = {node.name: at for at, node in enumerate(nodes)}
    size = {one.area_id: math.sqrt(one.usable_m2) for one in event.areas}
    links: list[Link] = []
    for x in event.exits:
        if far[x.leads_to] < far[x.area_id] and x.leads_to in number:
            links.append(_exit_link(x, number, size, p))
    for route in event.routes:
        start, end = route.from_id, route.to_id
        if not route.is_one_way and far[end] > far[start]:
            start, end = end, start
        if far[end] < far[start] and start in number and end in number and not nodes[number[start]].is_safe:
            corridor = Node(route.route_id, route.length_m * route.clear_width_m, k_m_s=_route_k(route, p))
            nodes.append(corridor)
            links += _route_links(route, (number[start], len(nodes) - 1, number[end]), size.get(start, 0.0), corridor)
    return Network(tuple(nodes), tuple(links), _distances(event, links, number, rng))


def distances_to_safety(event: Event) -> dict[str, float]:
    """Return the walking distance (m) from each area and place to the nearest safety; infinite where there is none."""
    into: dict[str, list[tuple[str, float]]] = defaultdict(list)
    size = {one.area_id: math.sqrt(one.usable_m2) for one in event.areas}
    for x in event.exits:
        into[x.leads_to].append((x.area_id, size.get(x.area_id, 0.0) / 2))
    for route in event.routes:
        into[route.to_id].append((route.from_id, route.length_m))
        if not route.is_one_way:
            into[route.from_id].append((route.to_id, route.length_m))
    far: dict[str, float] = defaultdict(lambda: math.inf)
    heap = [(0.0, one.place_id) for one in event.places if one.is_safe] + [(0.0, OUTSIDE)]
    while heap:
        metres, name = heapq.heappop(heap)
        if metres < far[name]:
            far[name] = metres
            for other, step in into[name]:
                heapq.heappush(heap, (metres + step + 1e-6, other))
    return far


def _junction_m2(event: Event, place_id: str) -> float:
    widths = [r.clear_width_m for r in event.routes if place_id in (r.from_id, r.to_id)]
    widths += [x.clear_width_m for x in event.exits if x.leads_to == place_id]
    return JUNCTION_M * max(sum(widths), JUNCTION_M)


def _exit_link(x: Exit, number: Mapping[str, int], size: Mapping[str, float], p: Mapping[str, float]) -> Link:
    k = stair_k_m_s(x.tread_m, x.rise_m, p=p) if x.kind == "stair" and x.tread_m and x.rise_m else None
    return Link(x.exit_id, number[x.area_id], number[x.leads_to], x.kind, x.clear_width_m, size[x.area_id] / 2, k)


def _route_k(route: Route, p: Mapping[str, float]) -> float:
    if route.kind == "stair" and route.tread_m and route.rise_m:
        return stair_k_m_s(route.tread_m, route.rise_m, p=p)
    return p["level_m_s"]


def _route_links(route: Route, ends: tuple[int, int, int], size_m: float, corridor: Node) -> list[Link]:
    kind = "stair" if route.kind == "stair" else "opening"
    k = corridor.k_m_s
    two_way = not route.is_one_way
    return [
        Link(f"{route.route_id}:in", ends[0], ends[1], kind, route.clear_width_m, size_m / 2, k, two_way),
        Link(f"{route.route_id}:out", ends[1], ends[2], kind, route.clear_width_m, route.length_m, k, two_way),
    ]


def _distances(
    event: Event, links: list[Link], number: Mapping[str, int], rng: np.random.Generator
) -> dict[int, NDArray[np.float64]]:
    """Distances from points spread over each area to its links: on the map where both are drawn, else by size."""
    found = {}
    spots = {x.exit_id: (x.lon, x.lat) for x in event.exits if x.lon is not None and x.lat is not None}
    for area in event.areas:
        node = number[area.area_id]
        out = [link for link in links if link.source == node]
        table = rng.random((SAMPLES, max(len(out), 1))) * math.sqrt(area.usable_m2)
        if area.shape is not None:
            lon, lat = _points_in(area.shape, rng)
            east = METRES_A_DEGREE * math.cos(math.radians(float(lat.mean())))
            for at, link in enumerate(out):
                if link.name in spots:
                    x, y = spots[link.name]
                    table[:, at] = np.hypot((lon - x) * east, (lat - y) * METRES_A_DEGREE)
        found[node] = table
    return found


def _points_in(shape: shapely.Polygon, rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    west, south, east, north = shape.bounds
    lon, lat = np.empty(0), np.empty(0)
    while len(lon) < SAMPLES:
        x, y = rng.uniform(west, east, 4 * SAMPLES), rng.uniform(south, north, 4 * SAMPLES)
        inside = shapely.contains_xy(shape, x, y)
        lon, lat = np.append(lon, x[inside]), np.append(lat, y[inside])
    return lon[:SAMPLES], lat[:SAMPLES]
