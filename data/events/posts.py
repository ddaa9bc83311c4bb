"""Posts for an event: where few people reach the crowd of every viewing area in time, with what is proven."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.events.posts_ground import Ground, Spots, ground_of, spots_of
from geo.crowd.busy.expected import most_expected_cover
from geo.crowd.event import Event
from geo.crowd.posts.by_number import CoverStep, cover_by_number
from geo.crowd.posts.checker import check_placement
from geo.crowd.posts.least import full_cover_with_backup, least_posts
from geo.crowd.posts.most import most_cover
from geo.crowd.posts.problem import Placement
from geo.crowd.posts.reach import Reach, reach_of_points
from geo.crowd.posts.solve.mip import Limits

SECONDS, SECONDS_EACH, MOST_POSTS = 10.0, 2.0, 40


@dataclass(frozen=True)
class PostRow:
    """
    One post: where it stands, people it reaches, and people nobody reaches when it stands empty. `place_id` is that of
    a post drawn by hand, which kept its place; "" of one placed here.
    """

    number: int
    area_id: str
    lon: float
    lat: float
    reached: float
    lost_if_empty: float
    place_id: str = ""


@dataclass(frozen=True)
class EventPosts:
    """
    Posts of an event. `share` is people reached of all people; `bound` what no placement can exceed (with a number of
    posts) or go below (the fewest). `backed_up` is people a second post reaches too. `faults` is what the independent
    checker found wrong: nothing, or it is no answer. `reasons` and `advice` say why there is none and what would do.
    """

    rows: tuple[PostRow, ...]
    status: str
    model: str
    people: float
    reached: float
    backed_up: float
    bound: float | None
    gap: float | None
    seconds: float
    radius_low_m: float
    radius_high_m: float
    every_m: float
    by_area: dict[str, float]
    faults: tuple[str, ...]
    reasons: tuple[str, ...]
    ground: Ground
    spots: Spots
    placement: Placement

    @property
    def share(self) -> float:
        """People reached of all people, 0 to 1."""
        return self.reached / self.people if self.people else 0.0

    @property
    def reach(self) -> Reach:
        """Which spots reach which points of the ground in time."""
        return reach_of_points(self.ground.xy, self.spots.xy, radius_m=self.ground.radius_m)


def place_posts(
    event: Event, *, posts: int | None, phase_id: str = "", within_s: float = 300.0, call_s: float = 60.0,
    every_m: float = 20.0, backup_weight: float = 0.0, keeps_drawn: bool = False, leaves_hazards: bool = False,
    busy_share: float = 0.0, progress: Callable[[float, str], None] | None = None,
) -> EventPosts:  # fmt: skip
    """
    Place posts so that help from one is with everybody in time; the denser the crowd, the shorter the way it covers.

    Parameters
    ----------
    event
        A plan with drawn viewing areas; people of a phase spread evenly over their area.
    posts
        How many, drawn ones that are kept included; None for the fewest that reach everybody.
    phase_id
        The phase whose crowd counts; "" takes each area at its fullest.
    within_s, call_s
        Seconds until help must be there, and those gone before the first step.
    every_m
        Distance of the points people stand at and posts may stand at; wider where there would be too many.
    backup_weight
        What a second post within reach is worth against the first, 0 to 1; with the fewest posts anything above 0 asks
        for as many people as these can reach twice.
    keeps_drawn
        Whether duty posts drawn by hand keep their place and count.
    leaves_hazards
        Whether no post may stand in a hazard.
    busy_share
        Share of the time a post is busy elsewhere, 0 to under 1; above 0 a number of posts is placed so that most
        people have one that is free (MEXCLP; several may stand at one spot).
    progress
        Told the share of the time used, and the gap in words.

    Raises
    ------
    SchemaError
        If no area is drawn, nobody is expected, or fewer posts are asked for than are kept.
    """
    began = time.perf_counter()
    ground = ground_of(event, phase_id=phase_id, within_s=within_s, call_s=call_s, every_m=every_m)
    spots = spots_of(event, ground, keeps_drawn=keeps_drawn, leaves_hazards=leaves_hazards)
    reach = reach_of_points(ground.xy, spots.xy, radius_m=ground.radius_m)
    limits = Limits(seconds=SECONDS, clock=time.perf_counter, progress=progress)
    if posts is None:
        placed = (
            full_cover_with_backup(reach, ground.people, sites=spots.rules, limits=limits)
            if backup_weight
            else least_posts(reach, sites=spots.rules, limits=limits)
        )
    else:
        count = min(posts, int(spots.rules.is_open.sum()))
        placed = (
            most_expected_cover(
                reach, ground.people, units=count, busy_share=busy_share, sites=spots.rules, limits=limits
            )
            if busy_share
            else most_cover(
                reach, ground.people, posts=count, sites=spots.rules, limits=limits,
                backup_weight=backup_weight,
            )
        )  # fmt: skip
    return told(ground, spots, placed, posts, time.perf_counter() - began)


def posts_by_number(
    event: Event, *, phase_id: str = "", within_s: float = 300.0, call_s: float = 60.0, every_m: float = 20.0,
    most_posts: int = MOST_POSTS, progress: Callable[[float, str], None] | None = None,
) -> tuple[CoverStep, ...]:  # fmt: skip
    """
    Return what 1, 2, ... posts reach, up to full cover or `most_posts`, with the viewing area that is worst off; each
    number gets two seconds. The question is that of `place_posts` without its conditions.
    """
    ground = ground_of(event, phase_id=phase_id, within_s=within_s, call_s=call_s, every_m=every_m)
    reach = reach_of_points(ground.xy, ground.xy, radius_m=ground.radius_m)
    limits = Limits(seconds=SECONDS_EACH, clock=time.perf_counter, progress=progress)
    return cover_by_number(reach, ground.people, ground.area, most_posts=most_posts, limits=limits)


def told(ground: Ground, spots: Spots, placed: Placement, posts: int | None, seconds: float) -> EventPosts:
    """Say of a placement what each post and each area has of it, counted from the distances alone."""
    chosen = placed.posts.tolist()
    far = np.hypot(*(ground.xy[:, None, :] - spots.xy[placed.posts][None, :, :]).transpose(2, 0, 1))
    covers = far <= ground.radius_m[:, None]
    count = covers.sum(axis=1)
    reached = count > 0
    rows = tuple(
        PostRow(at + 1, spots.area[site], float(spots.lon[site]), float(spots.lat[site]),
                float(ground.people[covers[:, at]].sum()), float(ground.people[covers[:, at] & (count == 1)].sum()),
                spots.place_id[site])
        for at, site in enumerate(chosen)
    )  # fmt: skip
    return EventPosts(
        rows=rows, status=placed.status, model=placed.model, people=float(ground.people.sum()),
        reached=float(ground.people[reached].sum()), backed_up=float(ground.people[count > 1].sum()),
        bound=placed.bound, gap=placed.gap, seconds=seconds,
        radius_low_m=float(ground.radius_m.min()), radius_high_m=float(ground.radius_m.max()), every_m=ground.every_m,
        by_area=_by_area(ground, reached), faults=_faults(ground, spots, placed, posts),
        reasons=tuple(str(one) for one in (*placed.reasons, *placed.advice)),
        ground=ground, spots=spots, placement=placed,
    )  # fmt: skip


def _by_area(ground: Ground, reached: NDArray[np.bool_]) -> dict[str, float]:
    names = np.array(ground.area)
    return {
        name: float(ground.people[(names == name) & reached].sum() / max(ground.people[names == name].sum(), 1e-12))
        for name in dict.fromkeys(ground.area)
    }


def _faults(ground: Ground, spots: Spots, placed: Placement, posts: int | None) -> tuple[str, ...]:
    chosen: Sequence[int] = placed.posts.tolist()
    is_found = placed.objective is not None
    spread = placed.model == "most expected cover"
    checked = check_placement(
        distance_m=lambda i, j: math.hypot(*(ground.xy[i] - spots.xy[j])), radius_m=ground.radius_m.tolist(),
        weight=ground.people.tolist(), chosen=list(dict.fromkeys(chosen)) if spread else chosen,
        posts=None if posts is None or spread else len(chosen),
        fixed=np.flatnonzero(spots.rules.is_fixed).tolist() if is_found else (),
        barred=np.flatnonzero(spots.rules.is_barred).tolist(), must_cover_all=posts is None and is_found,
    )  # fmt: skip
    return tuple(str(one) for one in checked.faults)
