"""Posts for an event: where few people reach the crowd of every viewing area in time, with what is proven."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from geo.crowd.event import Event
from geo.crowd.event.ground import ViewingArea
from geo.crowd.posts.by_number import CoverStep, cover_by_number
from geo.crowd.posts.checker import check_placement
from geo.crowd.posts.least import least_posts
from geo.crowd.posts.most import most_cover
from geo.crowd.posts.problem import Placement
from geo.crowd.posts.reach import reach_of_points
from geo.crowd.posts.solve.mip import Limits
from geo.crowd.posts.speed import response_radius_m
from geo.crs.metric import choose_metric_crs
from geo.errors import SchemaError, say

MOST_POINTS = 1500
SECONDS, SECONDS_EACH, MOST_POSTS = 10.0, 2.0, 40
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Ground:
    """Points of the viewing areas in metres and degrees, with the people and the radius of each."""

    xy: Floats
    lon: Floats
    lat: Floats
    area: tuple[str, ...]
    people: Floats
    radius_m: Floats
    every_m: float


@dataclass(frozen=True)
class PostRow:
    """One post: where it stands, people it reaches, and people nobody reaches when it stands empty."""

    number: int
    area_id: str
    lon: float
    lat: float
    reached: float
    lost_if_empty: float


@dataclass(frozen=True)
class EventPosts:
    """
    Posts of an event. `share` is people reached of all people; `bound` what no placement can exceed (with a number of
    posts) or go below (the fewest). `faults` is what the independent checker found wrong: nothing, or it is no answer.
    """

    rows: tuple[PostRow, ...]
    status: str
    model: str
    people: float
    reached: float
    bound: float | None
    gap: float | None
    seconds: float
    radius_low_m: float
    radius_high_m: float
    every_m: float
    by_area: dict[str, float]
    faults: tuple[str, ...]

    @property
    def share(self) -> float:
        """People reached of all people, 0 to 1."""
        return self.reached / self.people if self.people else 0.0


def place_posts(
    event: Event, *, posts: int | None, phase_id: str = "", within_s: float = 300.0, call_s: float = 60.0,
    every_m: float = 20.0, progress: Callable[[float, str], None] | None = None,
) -> EventPosts:  # fmt: skip
    """
    Place posts so that help from one is with everybody in time; the denser the crowd, the shorter the way it covers.

    Parameters
    ----------
    event
        A plan with drawn viewing areas; people of a phase spread evenly over their area.
    posts
        How many; None for the fewest that reach everybody.
    phase_id
        The phase whose crowd counts; "" takes each area at its fullest.
    within_s, call_s
        Seconds until help must be there, and those gone before the first step.
    every_m
        Distance of the points people stand at and posts may stand at; wider where there would be too many.
    progress
        Told the share of the time used, and the gap in words.

    Raises
    ------
    SchemaError
        If no area is drawn, or nobody is expected.
    """
    began = time.perf_counter()
    ground = ground_of(event, phase_id=phase_id, within_s=within_s, call_s=call_s, every_m=every_m)
    reach = reach_of_points(ground.xy, ground.xy, radius_m=ground.radius_m)
    limits = Limits(seconds=SECONDS, clock=time.perf_counter, progress=progress)
    if posts is None:
        placed = least_posts(reach, limits=limits)
    else:
        placed = most_cover(reach, ground.people, posts=min(posts, len(ground.xy)), limits=limits)
    return _told(ground, placed, posts, time.perf_counter() - began)


def posts_by_number(
    event: Event, *, phase_id: str = "", within_s: float = 300.0, call_s: float = 60.0, every_m: float = 20.0,
    most_posts: int = MOST_POSTS, progress: Callable[[float, str], None] | None = None,
) -> tuple[CoverStep, ...]:  # fmt: skip
    """
    Return what 1, 2, ... posts reach, up to full cover or `most_posts`, with the viewing area that is worst off; each
    number gets two seconds. The question is that of `place_posts`.
    """
    ground = ground_of(event, phase_id=phase_id, within_s=within_s, call_s=call_s, every_m=every_m)
    reach = reach_of_points(ground.xy, ground.xy, radius_m=ground.radius_m)
    limits = Limits(seconds=SECONDS_EACH, clock=time.perf_counter, progress=progress)
    return cover_by_number(reach, ground.people, ground.area, most_posts=most_posts, limits=limits)


def ground_of(event: Event, *, phase_id: str, within_s: float, call_s: float, every_m: float) -> Ground:
    """Return the points of the drawn viewing areas, at most a workable number of them."""
    drawn = [one for one in event.areas if one.shape is not None]
    if not drawn:
        raise SchemaError(
            say("viewing areas drawn on the map"), say("none"), say("draw the ground people stand on first")
        )
    people = {one.area_id: _crowd(event, one.area_id, phase_id) for one in drawn}
    if not any(people.values()):
        raise SchemaError(
            say("people in the viewing areas"),
            say("nobody in any phase"),
            say("fill in the crowds under Time and people"),
        )
    shapes = [one.shape for one in drawn if one.shape is not None]
    crs = choose_metric_crs(shapely.total_bounds(shapes).tolist()).crs
    turn = Transformer.from_crs(4326, crs, always_xy=True)
    flat: list[Any] = [
        shapely.transform(one, lambda at: np.column_stack(turn.transform(at[:, 0], at[:, 1]))) for one in shapes
    ]
    total = sum(one.area for one in flat)
    step = max(every_m, math.sqrt(total / MOST_POINTS))
    parts = [_points_in(one, step) for one in flat]
    xy = np.vstack(parts)
    lon, lat = turn.transform(xy[:, 0], xy[:, 1], direction="INVERSE")
    share = np.concatenate([np.full(len(p), people[a.area_id] / len(p)) for a, p in zip(drawn, parts, strict=True)])
    dense = [_density(a, people[a.area_id]) for a in drawn]
    radius = response_radius_m(dense, within_s=within_s, call_s=call_s)
    radii = np.concatenate([np.full(len(p), r) for r, p in zip(radius, parts, strict=True)])
    names = tuple(a.area_id for a, p in zip(drawn, parts, strict=True) for _ in range(len(p)))
    return Ground(xy, np.asarray(lon), np.asarray(lat), names, share, radii, step)


def _crowd(event: Event, area_id: str, phase_id: str) -> int:
    if not phase_id:
        return event.peak(area_id)
    return sum(one.people for one in event.crowds if one.area_id == area_id and one.phase_id == phase_id)


def _density(area: ViewingArea, people: float) -> float:
    return people / area.usable_m2 if area.usable_m2 > 0 else 0.0


def _points_in(shape: shapely.Polygon, step_m: float) -> Floats:
    """Points of a square grid inside a shape; its own middle where none falls inside."""
    left, low, right, high = shape.bounds
    across = np.arange(left + step_m / 2, right, step_m)
    along = np.arange(low + step_m / 2, high, step_m)
    grid = np.stack(np.meshgrid(across, along), axis=-1).reshape(-1, 2)
    inside = grid[shapely.contains_xy(shape, grid[:, 0], grid[:, 1])]
    if len(inside):
        return inside
    middle = shape.representative_point()
    return np.array([[middle.x, middle.y]])


def _told(ground: Ground, placed: Placement, posts: int | None, seconds: float) -> EventPosts:
    chosen = placed.posts.tolist()
    far = np.hypot(*(ground.xy[:, None, :] - ground.xy[placed.posts][None, :, :]).transpose(2, 0, 1))
    covers = far <= ground.radius_m[:, None]
    alone = covers.sum(axis=1) == 1
    reached = covers.any(axis=1)
    checked = check_placement(
        distance_m=lambda i, j: math.hypot(*(ground.xy[i] - ground.xy[j])), radius_m=ground.radius_m.tolist(),
        weight=ground.people.tolist(), chosen=chosen, posts=None if posts is None else len(chosen),
        must_cover_all=posts is None and placed.objective is not None,
    )  # fmt: skip
    rows = tuple(
        PostRow(at + 1, ground.area[site], float(ground.lon[site]), float(ground.lat[site]),
                float(ground.people[covers[:, at]].sum()), float(ground.people[covers[:, at] & alone].sum()))
        for at, site in enumerate(chosen)
    )  # fmt: skip
    names = np.array(ground.area)
    by_area = {
        name: float(ground.people[(names == name) & reached].sum() / max(ground.people[names == name].sum(), 1e-12))
        for name in dict.fromkeys(ground.area)
    }
    return EventPosts(
        rows=rows, status=placed.status, model=placed.model, people=float(ground.people.sum()),
        reached=float(ground.people[reached].sum()), bound=placed.bound, gap=placed.gap, seconds=seconds,
        radius_low_m=float(ground.radius_m.min()), radius_high_m=float(ground.radius_m.max()), every_m=ground.every_m,
        by_area=by_area, faults=tuple(str(one) for one in checked.faults),
    )  # fmt: skip
