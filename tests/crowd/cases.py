"""The verification cases of RiMEA 4.1.1, IMO MSC.1/Circ.1238, ISO 20414 and NIST TN 1822, each run or told why not."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from geo.crowd.egress.hydraulic import flow_per_s, most_flow, stair_k_m_s, tail_s, walking_speed
from geo.crowd.egress.network import Link, Node
from geo.crowd.egress.sampling import CLASSES, class_speeds, draw
from geo.crowd.egress.simulate import Runs
from tests.crowd.rooms import OUT, network_of, one_door, run

STAIR_K = stair_k_m_s(0.28, 0.18)
DOOR_S = flow_per_s("door", 1.0)
NO_PLANE = "people are counted in nodes, not placed on a plane"


@dataclass(frozen=True)
class Outcome:
    """What was measured, what it must be, and whether it is."""

    figure: str
    must_be: str
    passes: bool


@dataclass(frozen=True)
class Case:
    """One item: `items` are its numbers in the suites; without `check` it is not applicable, for `reason`."""

    items: str
    title: str
    check: Callable[[], Outcome] | None = None
    reason: str = ""


def within(found: float, low: float, high: float, unit: str = "s") -> Outcome:
    return Outcome(f"{found:.1f} {unit}", f"{low:g} to {high:g} {unit}", low <= found <= high)


def near(found: float, wanted: float, tolerance: float, unit: str = "s") -> Outcome:
    return Outcome(f"{found:.2f} {unit}", f"{wanted:g} ± {tolerance:g} {unit}", abs(found - wanted) <= tolerance)


def total(done: Runs) -> float:
    return float(done.total_s[0])


def corridor_133() -> Outcome:
    return within(total(one_door(1, flow=100.0, metres=40.0, speed=1.33)), 26, 34)


def corridor_100() -> Outcome:
    return near(total(one_door(1, flow=100.0, metres=40.0, speed=1.0)), 40.0, 0.15)


def stair() -> Outcome:
    nodes = [Node("stair", 1e6, k_m_s=STAIR_K), OUT]
    done = run(nodes, [Link("s", 0, 1, "stair", 1.0)], [(1, 0, 10.0, 0.0)], flow=[100.0], speed=5.0)
    return near(total(done), 10.84, 0.15)


def stair_constant() -> Outcome:
    k = stair_k_m_s(11 * 0.0254, 7 * 0.0254)
    fits = round(k, 2) == 1.08 and abs(most_flow(k) - 1.01) < 0.015
    return Outcome(f"k {k:.2f} m/s, {most_flow(k):.2f} people/(m·s)", "k 1.08, flow 1.01 (table)", fits)


def door_flow() -> Outcome:
    return near(total(one_door(100, flow=1.33 * 0.7)), 106.3, 0.2)


def opening() -> Outcome:
    return near(total(one_door(50, flow=flow_per_s("opening", 0.6))), 62.8, 0.2)


def dense_walk() -> Outcome:
    return near(total(one_door(200, flow=1e6, area_m2=100.0, metres=20.0, speed=5.0)), 30.5, 0.2)


def set_off() -> Outcome:
    """Ten people set off between 10 and 100 s; 5 m at 1 m/s later each is out, none before."""
    times = np.linspace(10, 100, 10)
    done = one_door(10, flow=100.0, metres=5.0, speed=1.0, off=times)
    out = np.array([int(np.searchsorted(-done.people[:, 0, 0], -left)) for left in range(9, -1, -1)])
    late = done.times_s[np.minimum(out, len(done.times_s) - 1)][:-1] - (times[:-1] + 5)
    fits = bool((late >= -1e-6).all() and (late <= 0.3).all())
    return Outcome(f"out 0 to {late.max():.1f} s after setting off and walking", "0 to 0.3 s", fits)


def demographics() -> Outcome:
    drawn = draw(network_of([Node("A", 100.0), OUT], [Link("d", 0, 1, "door", 1.0)]), {"A": 100}, runs=500,
                 rng=np.random.default_rng(1))  # fmt: skip
    speeds = class_speeds(drawn)
    low, high = float(speeds.min()), float(speeds.max())
    fits = low >= 1.0 * CLASSES[0] and high <= 1.34 * CLASSES[-1]
    return Outcome(f"{low:.2f} to {high:.2f} m/s", "0.80 to 1.61 m/s as stated", fits)


def parameters() -> Outcome:
    slow, quick = (total(one_door(200, flow=f)) for f in (DOOR_S, 2 * DOOR_S))
    return Outcome(f"flow × 2: {slow:.1f} to {quick:.1f} s", "half, ± 0.2 s", abs(slow - 2 * quick) <= 0.2)


def large_room() -> Outcome:
    found = [total(_room(doors)) for doors in (4, 2)]
    fits = abs(found[0] - 273.6) <= 0.3 and abs(found[1] - 548.4) <= 0.3
    return Outcome(f"{found[0]:.1f} and {found[1]:.1f} s", "274 and 548.5 s, ratio 2.0", fits)


def _room(doors: int) -> Runs:
    links = [Link(str(n), 0, 1, "door", 1.0) for n in range(doors)]
    groups = [(1000 // doors, n, 0.0, 0.0) for n in range(doors)]
    return run([Node("room", 600.0), OUT], links, groups, flow=[DOOR_S] * doors)


def allocation() -> Outcome:
    nodes = [Node("A", 100.0), Node("B", 100.0), OUT]
    links = [Link("main", 0, 2, "door", 1.0), Link("second", 1, 2, "door", 1.0)]
    done = run(nodes, links, [(23, 0, 5.0, 0.0), (9, 1, 5.0, 0.0)], flow=[DOOR_S, DOOR_S])
    passed = done.passed[0].tolist()
    return Outcome(f"{passed[0]} and {passed[1]} people", "23 and 9, each by its exit", passed == [23, 9])


def exit_shut() -> Outcome:
    nodes = [Node("A", 100.0), OUT]
    links = [Link("open", 0, 1, "door", 1.0), Link("shut", 0, 1, "door", 1.0)]
    done = run(nodes, links, [(50, 0, 5.0, 0.0)], flow=[DOOR_S, 0.0])
    return Outcome(
        f"{done.passed[0, 1]} through the shut one", "0, all 50 by the other", done.passed[0].tolist() == [50, 0]
    )


def bottleneck() -> Outcome:
    nodes = [Node("room", 200.0), Node("corridor", 20.0), OUT]
    links = [Link("first", 0, 1, "door", 1.0), Link("second", 1, 2, "door", 1.0, length_m=10.0)]
    done = run(nodes, links, [(150, 0, 2.0, 0.0)], flow=[DOOR_S, DOOR_S])
    longest = done.queue[:, 0].max(axis=0).tolist()
    fits = longest[0] > 100 and longest[1] <= 2
    return Outcome(
        f"longest queues {longest[0]} and {longest[1]}", "only before the first door (at most 2 after it)", fits
    )


def stair_congestion() -> Outcome:
    nodes = [Node("room", 200.0), Node("corridor", 60.0), Node("stair", 20.0, k_m_s=STAIR_K), OUT]
    links = [
        Link("door", 0, 1, "opening", 2.0),
        Link("foot", 1, 2, "stair", 1.2, length_m=15.0),
        Link("head", 2, 3, "stair", 1.2, length_m=10.0),
    ]
    stairs = flow_per_s("stair", 1.2, k_m_s=STAIR_K)
    done = run(nodes, links, [(150, 0, 2.0, 0.0)], flow=[2.6, stairs, stairs])
    longest = done.queue[:, 0].max(axis=0).tolist()
    fits = longest[1] > 30 and longest[2] <= 3
    return Outcome(
        f"longest queues: stair foot {longest[1]}, stair head {longest[2]}", "at the foot of the stair", fits
    )


def counterflow() -> Outcome:
    found = [door_swap(mode) for mode in ("independent", "estimate", "bounding")]
    fits = all(abs(one - wanted) <= 1.2 for one, wanted in zip(found, (21.5, 44.0, 46.5), strict=True))
    figure = " / ".join(f"{one:.1f}" for one in found)
    return Outcome(f"{figure} s", "21.5 / 44.0 / 46.5 ± 1.2 s (jupedsim-network, steps of 0.5 s)", fits)


def door_swap(mode: str) -> float:
    nodes = [Node("A", 1e4), Node("B", 1e4), Node("a", math.inf, True), Node("b", math.inf, True)]
    links = [Link("ab", 0, 3, "door", 1.0, partner=1), Link("ba", 1, 2, "door", 1.0, partner=0)]
    return total(run(nodes, links, [(20, 0, 0.0, 0.0), (20, 1, 0.0, 0.0)], flow=[DOOR_S] * 2, counterflow=mode))


def hand_sum() -> Outcome:
    found = tail_s(250, DOOR_S)
    return near(found, 273.6, 0.1)


def speed_by_density() -> Outcome:
    found = float(walking_speed(2.0, k_m_s=1.4))
    return near(found, 0.655, 0.001, "m/s")


CASES = (
    Case("RiMEA 1 · NIST 2.1 · ISO corridor", "40 m corridor at 1.33 m/s", corridor_133),
    Case("IMO 1", "40 m corridor at 1.0 m/s", corridor_100),
    Case("RiMEA 2, 3 · IMO 2, 3 · NIST 2.2 · ISO stairs", "stair 18/28 cm, 10 m, up or down by one relation", stair),
    Case("SFPE table", "stair 7/11 in: speed constant and flow", stair_constant),
    Case("RiMEA 4 · ISO fundamental diagram", "fundamental diagram",
         reason="the relation S = k (1 − a D) is put in; it does not emerge, so measuring it proves nothing"),
    Case("SFPE", "walking speed at 2 people/m²", speed_by_density),
    Case("SFPE", "200 people at 2 people/m² over 20 m", dense_walk),
    Case("IMO 4 · NIST 5.2 · ISO 11, 12", "100 people, one door of 1 m, 1.33 people/(m·s)", door_flow),
    Case("SFPE", "50 people, an opening of 0.6 m", opening),
    Case("RiMEA 5 · IMO 5 · NIST 1.1 · ISO 1", "setting off between 10 and 100 s", set_off),
    Case("RiMEA 6 · IMO 6 · NIST 2.3 · ISO corner", "movement around a corner", reason=NO_PLANE),
    Case("RiMEA 7 · IMO 7 · NIST 2.4 · ISO demographics", "speeds of a population", demographics),
    Case("RiMEA 8", "parameter analysis: twice the flow", parameters),
    Case("RiMEA 9 · IMO 9", "1,000 people leave a room by four, then two doors of 1 m", large_room),
    Case("SFPE", "(N − 1)/flow by hand, 250 people a door", hand_sum),
    Case("RiMEA 10 · IMO 10 · NIST 3.1 · ISO exit allocation", "exits assigned to groups", allocation),
    Case("RiMEA 11", "choice of a way by distance and queue",
         reason="people divide by the flow of the exits with a random part; they do not re-decide on the way"),
    Case("ISO 9 · NIST 4.1", "an exit is shut", exit_shut),
    Case("RiMEA 12 · NIST 5.1 · ISO 10", "queues at a bottleneck, none behind it", bottleneck),
    Case("RiMEA 13 · IMO 11", "congestion before a stair", stair_congestion),
    Case("RiMEA 14", "choice between a short way by stairs and a long level one",
         reason="ways are chosen by distance to safety alone, before the run"),
    Case("RiMEA 15", "a large crowd around a corner", reason=NO_PLANE),
    Case("RiMEA 16", "single-file fundamental diagram",
         reason="nobody follows anybody: distances between people do not exist"),
    Case("IMO 8 · NIST 2.8 · ISO counter-flow", "20 against 20 through one door", counterflow),
    Case("NIST 2.5 · ISO visibility", "speed in smoke", reason="there is no smoke in the model"),
    Case("NIST 2.6", "incapacitation", reason="there is no fire in the model"),
    Case("NIST 2.7", "lifts", reason="there are no lifts in the model"),
    Case("NIST 2.9 · ISO 14 and later, groups", "groups that stay together", reason="people have no company"),
    Case("NIST 2.10 · ISO disabilities", "people with disabilities",
         reason="three speed classes around a mean stand for all; widths and help are not modelled"),
    Case("NIST 3.2 · ISO social influence", "people follow others", reason="exits are chosen independently"),
    Case("NIST 3.3 · ISO affiliation", "people prefer the exit they know", reason="exits are chosen by flow"),
)  # fmt: skip


def page(extra: str) -> str:
    """The page: one row an item."""
    rows = ["| item | case | result | measured | must be, or why not |", "|---|---|---|---|---|"]
    for case in CASES:
        if case.check is None:
            rows.append(f"| {case.items} | {case.title} | not applicable | – | {case.reason} |")
        else:
            found = case.check()
            result = "pass" if found.passes else "FAIL"
            rows.append(f"| {case.items} | {case.title} | {result} | {found.figure} | {found.must_be} |")
    return HEAD + "\n".join(rows) + "\n" + extra


HEAD = """# Verification of the egress network

Each item of RiMEA guideline 4.1.1, IMO MSC.1/Circ.1238, ISO 20414 and NIST Technical Note 1822 is run by
`tests/crowd/test_verification.py`, or told why the model cannot be held to it: *not applicable* is never a pass. This
page is written by that test (`WANGGE_WRITE=1`) and is no longer fresh when a figure moves. Item numbers of ISO 20414
are those of texts that cite it; the standard itself was not at hand. Steps are 0.1 s.
People walking one by one, the extra, have [a page of their own](verification-microscopic.md).

"""
