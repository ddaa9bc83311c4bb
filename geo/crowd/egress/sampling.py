"""What differs from run to run: how many come, when they set off, how fast they walk, which exit they choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from geo.crowd.egress.hydraulic import DEFAULTS
from geo.crowd.egress.network import Network
from geo.crowd.egress.simulate import Floats, Ints, Starts

CLASSES = (0.8, 1.0, 1.2)
"""Slow, middling and quick walkers, as shares of the mean."""


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One way of running the exits: some shut, some wider, routes one-way, and when each area is let go (s)."""

    name: str = "as_drawn"
    closed: tuple[str, ...] = ()
    wider_m: Mapping[str, float] = field(default_factory=dict)
    one_way: bool = False
    release_s: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Draws:
    """The chance of every run, drawn once and used by every variant: two variants differ by the change alone."""

    people: Ints
    boundary_m: Floats
    mean_m_s: Floats
    pre_movement_s: Floats
    exit_noise: Floats
    person: np.random.SeedSequence


def draw(
    network: Network, crowd: Mapping[str, int], *, runs: int, rng: np.random.Generator,
    p: Mapping[str, float] = DEFAULTS,
) -> Draws:  # fmt: skip
    """
    Draw what differs between runs, one value a run; `people[r, n]` for the nodes that hold a crowd.

    Examples
    --------
    >>> from geo.crowd.egress.network import Link, Node
    >>> net = Network((Node("A", 100.0), Node("out", float("inf"), True)), (Link("d", 0, 1, "door", 1.0),), {})
    >>> drawn = draw(net, {"A": 1000}, runs=500, rng=np.random.default_rng(1))
    >>> bool(900 <= drawn.people[:, 0].min() <= 910), bool(1090 <= drawn.people[:, 0].max() <= 1100)
    (True, True)
    """
    count = np.array([crowd.get(node.name, 0) for node in network.nodes], dtype=float)
    error = rng.uniform(1 - p["crowd_error"], 1 + p["crowd_error"], runs)
    return Draws(
        people=np.rint(error[:, None] * count).astype(np.int64),
        boundary_m=rng.uniform(0.0, p["boundary_m"], runs),
        mean_m_s=rng.uniform(p["walk_low_m_s"], p["walk_high_m_s"], runs),
        pre_movement_s=rng.uniform(p["pre_movement_low_s"], p["pre_movement_high_s"], runs),
        exit_noise=rng.random((runs, len(network.links))),
        person=np.random.SeedSequence(int(rng.integers(2**62))),
    )


def flows(network: Network, draws: Draws, variant: Variant, *, p: Mapping[str, float] = DEFAULTS) -> Floats:
    """Return people per second of each link in each run under a variant; a shut exit passes nobody."""
    table = np.zeros((len(draws.boundary_m), len(network.links)))
    for at, link in enumerate(network.links):
        if link.name in variant.closed:
            continue
        wide = link.width_m + variant.wider_m.get(link.name, 0.0)
        two_way = link.is_two_way and not variant.one_way
        other = type(link)(
            link.name, link.source, link.target, link.kind, wide, link.length_m, link.k_m_s, two_way, link.partner
        )
        sharp, blunt = other.flow(boundary_m=0.0, p=p), other.flow(boundary_m=p["boundary_m"], p=p)
        part = draws.boundary_m / p["boundary_m"] if p["boundary_m"] > 0 else np.zeros(len(table))
        table[:, at] = sharp + (blunt - sharp) * part
    return table


def exit_shares(network: Network, flow: Floats, draws: Draws, *, p: Mapping[str, float] = DEFAULTS) -> Floats:
    """
    Return how people of each node divide over its links: by flow, give or take (a Dirichlet draw around the shares).

    Where every link of a node is shut the first keeps them all, and they never get out: the run does not end.
    """
    from scipy.special import gammaincinv

    table = np.zeros_like(flow)
    for node in range(len(network.nodes)):
        out = network.out(node)
        if not out:
            continue
        part = flow[:, out]
        total = part.sum(axis=1, keepdims=True)
        even = np.zeros_like(part)
        even[:, 0] = 1.0
        mean = np.where(total > 0, part / np.where(total > 0, total, 1.0), even)
        shape = np.maximum(mean * p["exit_choice"], 1e-9)
        weight = np.where(mean > 0, gammaincinv(shape, draws.exit_noise[:, out]), 0.0)
        weight = np.where((weight.sum(axis=1, keepdims=True) > 0), weight, mean)
        table[:, out] = weight / weight.sum(axis=1, keepdims=True)
    return table


def starts_of(network: Network, draws: Draws, shares: Floats, variant: Variant) -> Starts:
    """Return everybody of every run: exit by the shares, place in the area, speed class, moment of setting off."""
    chance = np.random.default_rng(draws.person)
    parts: list[tuple[Ints, Ints, Ints, Floats, Floats]] = []
    for node in np.flatnonzero(draws.people.sum(axis=0)).tolist():
        out = np.array(network.out(node), dtype=np.int64)
        count = draws.people[:, node]
        run = np.repeat(np.arange(len(count)), count)
        u, spot, kind, delay = (chance.random(len(run)) for _ in range(4))
        if len(out) == 0:
            continue
        pick = np.zeros(len(run), dtype=np.int64)
        for upto in np.cumsum(shares[:, out], axis=1).T[:-1]:
            pick += u > upto[run]
        table = network.distances.get(node)
        metres = np.zeros(len(run)) if table is None else table[(spot * len(table)).astype(np.int64), pick]
        begins = variant.release_s.get(network.nodes[node].name, 0.0)
        parts.append(
            (run, out[pick], (kind * len(CLASSES)).astype(np.int64), metres,
             begins + delay * draws.pre_movement_s[run])
        )  # fmt: skip
    if not parts:
        empty = np.zeros(0, dtype=np.int64)
        return Starts(empty, empty, empty, np.zeros(0), np.zeros(0))
    return Starts(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def class_speeds(draws: Draws) -> Floats:
    """Return the free speed of each class in each run."""
    return draws.mean_m_s[:, None] * np.array(CLASSES)[None, :]
