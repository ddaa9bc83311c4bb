"""Small networks drawn by hand, for cases whose answer is known."""

from __future__ import annotations

import math

import numpy as np

from geo.crowd.egress.hydraulic import DEFAULTS
from geo.crowd.egress.network import Link, Network, Node
from geo.crowd.egress.simulate import Runs, Starts, simulate

OUT = Node("out", math.inf, True)


def crowd(groups) -> Starts:
    """Everybody of one run: (how many, link, metres, set-off seconds or list of them)."""
    link = np.concatenate([np.full(n, at, dtype=np.int64) for n, at, _, _ in groups])
    metres = np.concatenate([np.full(n, m, dtype=float) for n, _, m, _ in groups])
    off = np.concatenate([np.broadcast_to(np.asarray(s, dtype=float), (n,)) for n, _, _, s in groups])
    zeros = np.zeros(len(link), dtype=np.int64)
    return Starts(zeros, link, zeros, metres, off)


def network_of(nodes, links) -> Network:
    """The network of these nodes and links."""
    return Network(tuple(nodes), tuple(links), {})


def run(nodes, links, groups, *, flow, speed=1.2, dt_s=0.1, shares=None, counterflow="bounding", p=DEFAULTS) -> Runs:
    """One run of a network with one speed."""
    net = network_of(nodes, links)
    share = np.ones((1, len(links))) if shares is None else np.array([shares], dtype=float)
    return simulate(
        net, crowd(groups), flow=np.array([flow], dtype=float), class_m_s=np.array([[speed]]), shares=share,
        dt_s=dt_s, record_s=dt_s, counterflow=counterflow, p=p,
    )  # fmt: skip


def one_door(people, *, flow, area_m2=1e6, metres=0.0, off=0.0, **more) -> Runs:
    """One room, one constriction."""
    return run(
        [Node("A", area_m2), OUT], [Link("d", 0, 1, "door", 1.0)], [(people, 0, metres, off)], flow=[flow], **more
    )
