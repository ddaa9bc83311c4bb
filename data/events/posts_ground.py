"""Where people of an event stand and where its posts may: points of the viewing areas, posts drawn by hand, hazards."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from geo.crowd.event import Event
from geo.crowd.event.drawing import nearest_area
from geo.crowd.event.ground import KEPT, ViewingArea
from geo.crowd.posts.problem import Sites, site_rules
from geo.crowd.posts.speed import response_radius_m, walking_speed_m_s
from geo.crs.metric import choose_metric_crs
from geo.errors import SchemaError, say

MOST_POINTS = 1500
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Ground:
    """
    Points of the viewing areas in metres (of `crs`) and degrees, with the people, the walking speed and the radius of
    each.
    """

    xy: Floats
    lon: Floats
    lat: Floats
    area: tuple[str, ...]
    people: Floats
    speed_m_s: Floats
    radius_m: Floats
    every_m: float
    crs: CRS


@dataclass(frozen=True)
class Spots:
    """Where posts may stand: points of the ground, and posts drawn by hand by their `place_id` ("" of the others)."""

    xy: Floats
    lon: Floats
    lat: Floats
    area: tuple[str, ...]
    place_id: tuple[str, ...]
    rules: Sites


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
    sizes = [len(one) for one in parts]
    speeds = np.repeat(walking_speed_m_s(dense), sizes)
    radii = np.repeat(response_radius_m(dense, within_s=within_s, call_s=call_s), sizes)
    names = tuple(a.area_id for a, p in zip(drawn, parts, strict=True) for _ in range(len(p)))
    return Ground(xy, np.asarray(lon), np.asarray(lat), names, share, speeds, radii, step, crs)


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


def spots_of(event: Event, ground: Ground, *, keeps_drawn: bool = False, leaves_hazards: bool = False) -> Spots:
    """
    Return where posts may stand: at every point of the ground, but not in a hazard where `leaves_hazards`; with
    `keeps_drawn` the duty posts drawn by hand hold their place whatever happens, in a hazard too.
    """
    drawn = [
        one
        for one in event.places
        if keeps_drawn and one.is_post and not one.place_id.startswith(KEPT) and one.lon is not None
    ]
    lon = np.concatenate([ground.lon, [one.lon for one in drawn]])
    lat = np.concatenate([ground.lat, [one.lat for one in drawn]])
    turn = Transformer.from_crs(4326, ground.crs, always_xy=True)
    xy = np.vstack([ground.xy, *([turn.transform(one.lon, one.lat)] for one in drawn)])
    is_fixed = np.arange(len(xy)) >= len(ground.xy)
    hazards = [one.shape for one in event.hazards if one.shape is not None] if leaves_hazards else []
    is_barred = np.zeros(len(xy), bool)
    for one in hazards:
        is_barred |= shapely.intersects_xy(one, lon, lat)
    return Spots(
        xy, lon, lat,
        (*ground.area, *(one.area_id or nearest_area(event, (one.lon or 0.0, one.lat or 0.0)) for one in drawn)),
        (*("" for _ in ground.area), *(one.place_id for one in drawn)),
        site_rules(len(xy), fixed=is_fixed, barred=is_barred & ~is_fixed),
    )  # fmt: skip
