"""What an event's posts are worth when they are busy, what else would do as well, and what full cover would take."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from data.events.posts import EventPosts, told
from geo.crowd.busy.response import FAR_S, answer_calls, walk_s
from geo.crowd.posts.least import least_posts
from geo.crowd.posts.near_best import near_best
from geo.crowd.posts.nearest import smallest_radius
from geo.crowd.posts.problem import Placement
from geo.crowd.posts.solve.mip import Limits

OTHER_S, FEWEST_S, SOONEST_S = 8.0, 4.0, 6.0


@dataclass(frozen=True)
class Others:
    """
    `plans` are other placements of as many posts, the best first; `in_all` the numbers of the posts that all of them
    have too. `lost_if_barred` is, for each post, the people lost when its spot cannot be had at all (None where that
    was not proven in time).
    """

    plans: tuple[EventPosts, ...]
    in_all: tuple[int, ...]
    lost_if_barred: tuple[float | None, ...]


@dataclass(frozen=True)
class FullCover:
    """
    What reaching everybody takes: `posts` at this time (None: no number does), or with the posts there are `within_s`
    (None: some ground cannot be walked through at all). Each says whether it is proven that less would not do.
    """

    posts: int | None
    is_posts_proven: bool
    within_s: float | None
    is_within_proven: bool


@dataclass(frozen=True)
class Response:
    """
    Posts that are sometimes busy, by the hypercube model or, beyond 12 posts, its approximation (`method`).

    `in_time` is the chance that a call has somebody there in time, over all people; `by_area` for each viewing area,
    `busy_share` for each post in order. `wait_share` of the calls find nobody free.
    """

    method: str
    in_time: float
    by_area: dict[str, float]
    busy_share: tuple[float, ...]
    wait_share: float
    mean_wait_s: float


def other_posts(found: EventPosts, *, plans: int = 3, most_lost: float = 0.05) -> Others:
    """
    Return up to `plans` other placements that reach nearly as many people, each another than all before.

    A placement that reaches less than (1 - `most_lost`) of the best is none.
    """
    limits = Limits(seconds=OTHER_S, clock=time.perf_counter)
    near = near_best(
        found.reach, found.ground.people, found.placement, plans=plans, most_lost=most_lost, sites=found.spots.rules,
        limits=limits,
    )  # fmt: skip
    posts = found.placement.posts
    others = [
        told(
            found.ground, found.spots, replace(found.placement, posts=one, model="most cover", reasons=()), len(one), 0
        )
        for one in near.plans[1:]
    ]
    kept = set(near.in_all.tolist())
    return Others(
        tuple(others),
        tuple(number for number, site in enumerate(posts.tolist(), 1) if site in kept),
        tuple(float(one) if np.isfinite(one) else None for one in near.lost_if_barred),
    )


def full_cover(found: EventPosts, *, call_s: float = 60.0) -> FullCover:
    """
    Return what it takes to reach everybody: the fewest posts at this time, and the shortest time of these posts.

    The time is that of the walk through the crowd to whoever is farthest, and `call_s` before it.
    """
    least = least_posts(
        found.reach, sites=found.spots.rules, limits=Limits(seconds=FEWEST_S, clock=time.perf_counter)
    )  # fmt: skip
    posts = len(found.rows)
    if not posts:
        return FullCover(*_fewest(least), None, False)
    soonest = smallest_radius(
        walks(found), posts=posts, sites=found.spots.rules, limits=Limits(seconds=SOONEST_S, clock=time.perf_counter)
    )
    is_walked = soonest.radius_m < FAR_S
    return FullCover(*_fewest(least), soonest.radius_m + call_s if is_walked else None, soonest.is_proven)


def _fewest(least: Placement) -> tuple[int | None, bool]:
    return None if least.objective is None else int(least.objective), least.status in ("optimal", "infeasible")


def walks(found: EventPosts) -> np.ndarray:
    """Return the seconds from every spot to every point of the ground, at the speed of the crowd there."""
    ground, spots = found.ground, found.spots
    far = np.hypot(*(ground.xy[:, None, :] - spots.xy[None, :, :]).transpose(2, 0, 1))
    return walk_s(far, ground.speed_m_s)


def response(
    found: EventPosts, *, calls_per_h: float, busy_min: float, within_s: float = 300.0, call_s: float = 60.0
) -> Response:
    """
    Return how busy the posts are and how likely help is there in time at each area.

    Calls come at random in proportion to the people; each keeps a post busy for `busy_min` on average, walk included;
    the nearest free post goes, and with none free a call waits.

    Raises
    ------
    SchemaError
        If more calls come than the posts can serve: then the queue grows without end.
    """
    ground = found.ground
    busy, chance = answer_calls(
        ground.people, walks(found)[:, found.placement.posts], calls_per_h=calls_per_h, busy_min=busy_min,
        within_s=within_s, call_s=call_s,
    )  # fmt: skip
    names, people = np.array(ground.area), ground.people
    by_area = {
        name: float(np.average(chance[names == name], weights=people[names == name]))
        for name in dict.fromkeys(ground.area) if people[names == name].sum() > 0
    }  # fmt: skip
    return Response(
        busy.method, float(np.average(chance, weights=people)), by_area,
        tuple(float(one) for one in busy.workload), busy.wait_share, busy.mean_wait_s,
    )  # fmt: skip
