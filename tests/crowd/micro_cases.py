"""Items of the suites that can be run person by person, each on a room drawn by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import shapely

from geo.crowd.egress.microscopic import (
    MICRO_DEFAULTS,
    STEP_S,
    RoomRun,
    Walkers,
    _Crowd,
    clear_room,
    draw_walkers,
    place,
    require_jupedsim,
    send,
)
from geo.crowd.egress.room import Room, room_of
from tests.crowd.cases import Case, Outcome, within

PUBLISHED = {**MICRO_DEFAULTS, "body_radius_m": 0.15, "time_gap_s": 1.0}
"""Tordeux and others 2015: a body of 0.30 m, a time gap of 1 s."""


def corridor(speed: float) -> float:
    """Seconds from 0.7 m inside a corridor to the ground behind its end, 40 m on."""
    room = room_of("C", shapely.box(0, 0, 40, 2), [("end", 40.0, 1.0, 2.0)])
    one = walkers(room, np.array([[0.7, 1.0]]), speed=speed)
    return clear_room(room, one).clear_s


def walkers(room: Room, xy: np.ndarray, *, speed: float | np.ndarray = 1.34, off: float | np.ndarray = 0.0) -> Walkers:
    each = np.ones(len(xy))
    return Walkers(xy=xy, speed_m_s=speed * each, sets_off_s=off * each, door=send(room, xy))


def crowd(room: Room, count: int, *, seed: int, p: Mapping[str, float] = MICRO_DEFAULTS) -> Walkers:
    """People placed and of different speeds, who set off at once."""
    rng = np.random.default_rng(seed)
    xy = place(room, count, rng=rng, radius_m=p["body_radius_m"])
    return walkers(room, xy, speed=1.34 * (1 + p["walk_spread"] * np.clip(rng.standard_normal(count), -2, 2)))


def emptied(room: Room, count: int, *, seed: int = 1, p: Mapping[str, float] = MICRO_DEFAULTS) -> RoomRun:
    return clear_room(room, crowd(room, count, seed=seed, p=p), p=p)


def corridor_133() -> Outcome:
    return within(corridor(1.33), 26, 34)


def corridor_100() -> Outcome:
    return within(corridor(1.0), 39.5, 40.5)


def door_flow() -> Outcome:
    room = room_of("R", shapely.box(0, 0, 8, 5), [("d", 8.0, 2.5, 1.0)])
    flows = [emptied(room, 100, seed=seed).flow_s(0) for seed in (1, 2, 3)]
    return Outcome(f"{min(flows):.2f} to {max(flows):.2f} people/s", "at most 1.33 people/s", max(flows) <= 1.33)


def wider_door() -> Outcome:
    flows = []
    for width in (1.0, 2.0):
        room = room_of("R", shapely.box(0, 0, 10, 10), [("d", 10.0, 5.0, width)])
        flows.append(emptied(room, 150).flow_s(0))
    ratio = flows[1] / flows[0]
    return Outcome(f"1 m {flows[0]:.2f}, 2 m {flows[1]:.2f} people/s", "1.8 to 2.2 times", 1.8 <= ratio <= 2.2)


def set_off() -> Outcome:
    room = room_of("R", shapely.box(0, 0, 8, 5), [("d", 8.0, 2.5, 1.0)])
    xy, off = np.array([[1.0, 0.5 + 0.45 * at] for at in range(10)]), np.linspace(10.0, 100.0, 10)
    done = clear_room(room, walkers(room, xy, off=off))
    late = done.out_s - off - np.hypot(8.7 - xy[:, 0], 2.5 - xy[:, 1]) / 1.34
    words = f"out {late.min():.1f} to {late.max():.1f} s after setting off and walking"
    return Outcome(words, "-0.3 to 1 s", bool(-0.3 <= late.min() <= late.max() <= 1.0))


def corner() -> Outcome:
    bend = shapely.Polygon([(0, 0), (12, 0), (12, 12), (10, 12), (10, 2), (0, 2)])
    room = room_of("L", bend, [("end", 11.0, 12.0, 2.0)])
    xy = np.array([[0.5 + 0.6 * (at // 3), 0.4 + 0.6 * (at % 3)] for at in range(20)])
    run = _Crowd(require_jupedsim(), room, walkers(room, xy), MICRO_DEFAULTS, STEP_S)
    outside = step = 0
    while run.left and step < 2400:
        step += 1
        run.step(step * STEP_S)
        here = np.array([one.position for one in run.sim.agents()]).reshape(-1, 2)
        outside += int((~shapely.intersects_xy(room.ground, here)).sum())
    words = f"{20 - run.left} out, {outside} times beyond a wall"
    return Outcome(words, "20 out, 0 times beyond a wall", (run.left, outside) == (0, 0))


def demographics() -> Outcome:
    room = room_of("R", shapely.box(0, 0, 40, 40), [("d", 40.0, 20.0, 2.0)])
    narrow = {**MICRO_DEFAULTS, "walk_low_m_s": 1.34, "walk_high_m_s": 1.34}
    drawn = draw_walkers(room, 1500, rng=np.random.default_rng(1), p=narrow).speed_m_s
    words = f"mean {drawn.mean():.2f}, {drawn.min():.2f} to {drawn.max():.2f} m/s"
    fits = abs(drawn.mean() - 1.34) < 0.02 and drawn.min() >= 0.82 - 1e-9 and drawn.max() <= 1.86 + 1e-9
    return Outcome(words, "mean 1.34 ± 0.02, 0.82 to 1.86 m/s", bool(fits))


def allocation() -> Outcome:
    room = room_of("R", shapely.box(0, 0, 20, 8), [("left", 0.0, 4.0, 1.0), ("right", 20.0, 4.0, 1.0)])
    drawn = crowd(room, 32, seed=1)
    door = np.array([0] * 23 + [1] * 9)
    run = _Crowd(require_jupedsim(), room, Walkers(xy=drawn.xy, speed_m_s=drawn.speed_m_s, sets_off_s=drawn.sets_off_s,
                                                  door=door), MICRO_DEFAULTS, STEP_S)  # fmt: skip
    seen, step = drawn.xy.copy(), 0
    while run.left and step < 2400:
        step += 1
        run.step(step * STEP_S)
        for one in run.sim.agents():
            seen[run.person[one.id]] = one.position
    by = [int((seen[door == 0, 0] < 0).sum()), int((seen[door == 1, 0] > 20).sum())]
    return Outcome(f"{by[0]} and {by[1]} people", "23 and 9, each by its exit", by == [23, 9])


def large_room() -> Outcome:
    four = [("a", 7.5, 0.0, 1.0), ("b", 22.5, 0.0, 1.0), ("c", 7.5, 20.0, 1.0), ("d", 22.5, 20.0, 1.0)]
    times = [emptied(room_of("R", shapely.box(0, 0, 30, 20), doors), 240).clear_s for doors in (four, four[:2])]
    words = f"{times[0]:.0f} and {times[1]:.0f} s, ratio {times[1] / times[0]:.2f}"
    return Outcome(words, "about double: ratio 1.7 to 2.3", 1.7 <= times[1] / times[0] <= 2.3)


def gap(p: Mapping[str, float], *, seed: int) -> tuple[float, int]:
    """Flow through a gap of 0.50 m until nobody moves any more, and how many got out of 75."""
    room = room_of("R", shapely.box(0, 0, 6, 6), [("d", 6.0, 3.0, 0.5)])
    done = emptied(room, 75, seed=seed, p=p)
    return done.flow_s(0), int(np.isfinite(done.out_s).sum())


CHECKS: tuple[tuple[str, str, Callable[[], Outcome]], ...] = (
    ("RiMEA 1 · NIST 2.1 · ISO corridor", "40 m corridor at 1.33 m/s", corridor_133),
    ("IMO 1", "40 m corridor at 1.0 m/s", corridor_100),
    ("IMO 4 · NIST 5.2 · ISO 11, 12", "100 people, one door of 1 m, three crowds", door_flow),
    ("RiMEA 8", "parameter analysis: a door twice as wide, 150 people", wider_door),
    ("RiMEA 5 · IMO 5 · NIST 1.1 · ISO 1", "setting off between 10 and 100 s", set_off),
    ("RiMEA 6 · IMO 6 · NIST 2.3 · ISO corner", "20 people around a corner", corner),
    ("RiMEA 7 · IMO 7 · NIST 2.4 · ISO demographics", "speeds of a population", demographics),
    ("RiMEA 10 · IMO 10 · NIST 3.1 · ISO exit allocation", "exits assigned to groups", allocation),
    ("RiMEA 9 · IMO 9", "a room by four, then two doors of 1 m; 240 people instead of 1,000", large_room),
)
NOT_RUN = (
    ("RiMEA 2, 3, 13 · IMO 2, 3, 11 · NIST 2.2", "stairs", "an exit by a stair is refused: the floor is level"),
    ("RiMEA 4, 16 · ISO fundamental diagram", "fundamental diagrams", "not run: the time gap is set by the door alone"),
    ("RiMEA 11, 14", "choice of a way", "not run: doors are given out before the run and kept"),
    ("RiMEA 12, 15 · NIST 5.1", "bottlenecks in a row, a large crowd around a corner", "not run"),
    ("IMO 8 · NIST 2.8", "counter-flow", "nobody walks into an area that empties"),
    ("NIST 2.5 to 2.7, 2.9, 2.10, 3.2, 3.3", "smoke, lifts, groups, disabilities, influence", "not in the model"),
)
CASES = (
    *(Case(items, title, check) for items, title, check in CHECKS),
    *(Case(items, title, reason=reason) for items, title, reason in NOT_RUN),
)
