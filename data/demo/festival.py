"""The people and posts of the tide-watching festival at Yanguan: invented, and marked so."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np

from data.demo.contents.chance import stream
from data.demo.contents.words import invent_names, invent_phone
from geo.crowd.roster.demand import Demand, Need, Post, walk_between
from geo.crowd.roster.horizon import Horizon
from geo.crowd.roster.people import Person, Staff
from geo.crowd.roster.ratios import green_guide
from geo.crowd.roster.staffing import ratio_needs

MARK = "SYNTHETIC"
SEED = 330481
LOCAL_MIN = 480
DAYS = 3
POINTS = 9
WALL_M = 3000.0
PEAK_VISITORS = 100_000
GROUPS = {
    "综合协调组": (("commander", 12), ("coordinator", 33)),
    "安全保卫组": (("supervisor", 18), ("guard", 132)),
    "交通管控组": (("traffic", 65), ("motorway", 77)),
    "医疗救护组": (("doctor", 10), ("medic", 45)),
    "宣传服务组": (("guide", 70),),
}
"""The five working groups: 462 people by role; those on the motorway are the standing team of its 24-hour posts."""
MOTORWAY = "高速24小时值守队"
VOLUNTEERS, TEAMS = 1200, 18
OTHER_ROLES = {"supervisor": ("guard",), "doctor": ("medic",), "commander": ("coordinator",)}
PROFILE = (
    0,
    0,
    0,
    0,
    0,
    0.02,
    0.05,
    0.1,
    0.2,
    0.35,
    0.6,
    0.85,
    1,
    1,
    0.9,
    0.5,
    0.3,
    0.2,
    0.25,
    0.3,
    0.3,
    0.15,
    0.05,
    0,
)
"""Share of the peak present by hour of the day: the day tide about one o'clock, fewer for the night tide."""
WEIGHTS = (0.06, 0.08, 0.12, 0.16, 0.18, 0.14, 0.12, 0.08, 0.06)


def festival_staff(*, seed: int = SEED) -> Staff:
    """
    Invent 462 people in five groups and 1,200 volunteers in 18 grid teams, each with a team leader.

    Volunteers give at most six hours a day and eighteen in all; a quarter comes mornings only, a quarter afternoons.
    Team leaders are there all day.

    Examples
    --------
    >>> staff = festival_staff()
    >>> len(staff.people), len({p.team for p in staff.people if p.group == "志愿者"})
    (1662, 18)
    >>> all(MARK in person.name for person in staff.people)
    True
    """
    rng = stream(seed, "festival people")
    roles = [(group, role) for group, parts in GROUPS.items() for role, count in parts for _ in range(count)]
    names = invent_names(rng, len(roles) + VOLUNTEERS)
    people = [_worker(at, group, role, names[at], rng) for at, (group, role) in enumerate(roles)]
    people += [_volunteer(len(roles), at, names[len(roles) + at], rng) for at in range(VOLUNTEERS)]
    return Staff(tuple(people))


def festival_staff_at(horizon: Horizon, *, seed: int = SEED) -> Staff:
    """
    Return the same people for the hours of another event: who gives mornings or afternoons gives those of each day.

    Examples
    --------
    From 06:00 for twelve hours, a morning (until 14:00) is the first eight slots.

    >>> start = datetime(2026, 9, 28, 6, tzinfo=UTC)
    >>> sorted({person.available for person in festival_staff_at(Horizon(start, 12)).people if person.available})
    [((0, 8),), ((6, 12),)]
    """
    midnight = -(horizon.minute_of_day(0)) / horizon.slot_min
    per_h = 60 / horizon.slot_min
    people = []
    for person in festival_staff(seed=seed).people:
        if person.available is None:
            people.append(person)
            continue
        low, high = person.available[0]
        found = [
            (max(math.ceil(midnight + (day * 24 + low) * per_h), 0),
             min(math.floor(midnight + (day * 24 + high) * per_h), horizon.slots))
            for day in range(horizon.days)
        ]  # fmt: skip
        people.append(replace(person, available=tuple(pair for pair in found if pair[0] < pair[1])))
    return Staff(tuple(people))


def _worker(at: int, group: str, role: str, name: str, rng: np.random.Generator) -> Person:
    is_motorway = role == "motorway"
    first_aid = role in ("doctor", "medic") or rng.random() < 0.1
    return Person(
        person_id=f"S{at + 1:04d}",
        name=f"{name} {MARK}",
        group=group,
        team=MOTORWAY if is_motorway else "",
        role="traffic" if is_motorway else role,
        other_roles=OTHER_ROLES.get(role, ()),
        skills=frozenset({"first aid"} if first_aid else ()),
        home=(float(rng.uniform(0, WALL_M)), float(rng.uniform(500, 6000))),
        phone=invent_phone(500_000 + at),
    )


def _volunteer(before: int, at: int, name: str, rng: np.random.Generator) -> Person:
    choice = rng.random()
    is_whole = at < TEAMS or choice >= 0.5
    hours = (0, 24) if is_whole else (0, 14) if choice < 0.25 else (12, 24)
    return Person(
        person_id=f"V{at + 1:04d}",
        name=f"{name} {MARK}",
        group="志愿者",
        team=f"网格队{at % TEAMS + 1:02d}",
        role="team leader" if at < TEAMS else "volunteer",
        other_roles=("volunteer",) if at < TEAMS else (),
        skills=frozenset({"first aid"} if rng.random() < 0.15 else ()),
        available=None if hours == (0, 24) else tuple((d * 24 + hours[0], d * 24 + hours[1]) for d in range(DAYS)),
        hours_per_day=6.0,
        hours_in_event=18.0,
        home=(float(rng.uniform(0, WALL_M)), float(rng.uniform(200, 3000))),
        phone=invent_phone(510_000 + before + at),
    )


def festival_demand(first_day: date = date(2026, 9, 27)) -> Demand:
    """
    Return posts and needs for three days from local midnight: fixed posts, and volunteers at 1:250 beside them.

    Examples
    --------
    >>> demand = festival_demand()
    >>> len({post.area_id for post in demand.posts if post.area_id}), demand.horizon.slots
    (9, 72)
    """
    start = datetime(first_day.year, first_day.month, first_day.day, tzinfo=UTC) - timedelta(minutes=LOCAL_MIN)
    horizon = Horizon(start, DAYS * 24, 60, LOCAL_MIN)
    posts, needs = _posts(), []
    for post in posts:
        for role, people, low, high in _fixed(post):
            hours = [(0, DAYS * 24)] if (low, high) == (0, 24) else [(d * 24 + low, d * 24 + high) for d in range(DAYS)]
            needs += [Need(post_id=post.post_id, role=role, start=a, end=b, people=people) for a, b in hours]
    present = {
        f"R{at + 1}": [PEAK_VISITORS * WEIGHTS[at] * share for _ in range(DAYS) for share in PROFILE]
        for at in range(POINTS)
    }
    roving = ratio_needs(
        needs, present, horizon=horizon, ratio=green_guide.SPEC, role="volunteer",
        area_of_post={post.post_id: post.area_id for post in posts}, ratio_name="green_guide",
    )  # fmt: skip
    return Demand(horizon, tuple(posts), (*needs, *roving), walk_between(posts))


def _posts() -> list[Post]:
    """Nine points on the wall with a roving post each, entrances, parking, first aid, command, motorway."""
    step = WALL_M / (POINTS - 1)
    posts = []
    for at in range(POINTS):
        area = f"P{at + 1}"
        posts.append(Post(post_id=area, name=f"观潮点{at + 1}号岗", area_id=area, place=(at * step, 0.0)))
        posts.append(Post(post_id=f"R{at + 1}", name=f"观潮点{at + 1}流动岗", area_id=area, place=(at * step, 20.0)))
    posts += [Post(post_id=f"E{n}", name=f"入口{n}", place=(n * 500.0, 150.0)) for n in range(1, 7)]
    posts += [Post(post_id=f"K{n}", name=f"停车场{n}", place=(n * 400.0, 900.0)) for n in range(1, 9)]
    posts += [Post(post_id=f"F{n}", name=f"医疗点{n}", place=(n * 1000.0, 80.0)) for n in range(1, 3)]
    posts.append(Post(post_id="C", name="现场指挥部", place=(1500.0, 300.0), is_round_the_clock=True))
    posts += [
        Post(post_id=f"M{n}", name=f"高速卡口{n}", place=(n * 800.0, 4000.0), is_round_the_clock=True,
             standing_team=MOTORWAY)
        for n in range(1, 6)
    ]  # fmt: skip
    return posts


def _fixed(post: Post) -> list[tuple[str, int, int, int]]:
    """Fixed needs of one post: role, people, from and to by hour of the day."""
    by_kind = {
        "P": [
            ("guard", 4, 6, 22),
            ("guard", 2, 0, 6),
            ("guard", 2, 22, 24),
            ("supervisor", 1, 8, 20),
            ("medic", 2, 8, 20),
            ("guide", 2, 8, 20),
        ],
        "R": [("team leader", 1, 9, 15)],
        "E": [("guard", 2, 8, 20)],
        "K": [("traffic", 3, 7, 21)],
        "F": [("doctor", 2, 8, 20)],
        "C": [("commander", 1, 0, 24), ("coordinator", 4, 0, 24)],
        "M": [("traffic", 5, 0, 24)],
    }
    return by_kind[post.post_id[0]]
