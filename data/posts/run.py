"""One run of `wangge cover`: from what was asked to the placement, with what else is known of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from data.posts.matrix import read_matrix
from data.posts.tables import Points, in_metres, read_points
from geo.crowd.busy.expected import most_expected_cover
from geo.crowd.posts.least import full_cover_with_backup, least_posts
from geo.crowd.posts.most import most_cover
from geo.crowd.posts.near_best import NearBest, near_best
from geo.crowd.posts.nearest import SmallestRadius, least_distance, smallest_radius
from geo.crowd.posts.problem import Placement, Sites, require_posts, site_rules
from geo.crowd.posts.reach import Distances, Floats, Reach
from geo.crowd.posts.served import least_posts_serving, most_served
from geo.crowd.posts.solve.mip import Limits
from geo.crowd.posts.speed import response_radius_m, walking_speed_m_s
from geo.errors import SchemaError, say

MODELS = ("most", "least", "median", "center", "expected")
EXPLAINED_PAIRS, EXPLAIN_SECONDS = 1_000_000, 5.0


@dataclass(frozen=True)
class CoverRequest:
    """What `wangge cover` is asked; every field is the option of its name."""

    demand: Path
    weight: str | None = None
    sites: Path | None = None
    radius: float | None = None
    matrix: Path | None = None
    posts: int | None = None
    fixed: str | None = None
    forbidden: str | None = None
    capacity: str | None = None
    backup: bool = False
    backup_weight: float | None = None
    model: str | None = None
    within: float | None = None
    call: float | None = None
    density: str | None = None
    calls: float | None = None
    busy_minutes: float | None = None
    alternatives: int = 0
    differ_by: int = 1
    gap: float = 0.0
    seconds: float | None = None
    id_column: str | None = None
    site_id: str | None = None
    lon: str | None = None
    lat: str | None = None
    crs: str | None = None


@dataclass
class Ground:
    """What was read: demand points, sites with their rules, distances, weights, and the radius of each point."""

    demand: Points
    site_ids: np.ndarray
    sites: Points | None
    distances: Distances
    weight: Floats
    rules: Sites
    radius: Floats | None
    speed_m_s: Floats
    is_yes_no: bool


@dataclass(frozen=True)
class CoverRun:
    """A request with what was read for it and everything that came out."""

    request: CoverRequest
    ground: Ground
    reach: Reach | None
    model: str
    placement: Placement
    near: NearBest | None
    fewest: Placement | None
    smallest: SmallestRadius | None
    seconds_in_all: float


def run_cover(
    request: CoverRequest,
    *,
    settings: dict[str, Any],
    progress: Callable[[float, str], None] | None = None,
    is_stopped: Callable[[], bool] = lambda: False,
) -> CoverRun:
    """
    Read, check and place; nothing is written.

    Raises
    ------
    GridError
        For whatever is wrong with the request or its files, before anything is solved.
    """
    began = time.perf_counter()
    ground = read_ground(request, settings)
    model = _model(request, ground)
    limits = Limits(
        seconds=request.seconds or float(settings["posts_seconds"]), gap=request.gap, is_stopped=is_stopped,
        progress=progress, clock=time.perf_counter,
    )  # fmt: skip
    reach = None if ground.radius is None else ground.distances.within(ground.radius)
    placement = _place(request, ground, reach, model, settings, limits)
    near = None
    if request.alternatives and reach is not None and model == "most" and placement.is_feasible:
        near = near_best(
            reach, ground.weight, placement, plans=request.alternatives, differ_by=request.differ_by,
            most_lost=float(settings["posts_alternative_loss"]), sites=ground.rules,
            limits=replace(limits, progress=None),
        )  # fmt: skip
    fewest, smallest = _explain(request, ground, reach, placement, limits)
    return CoverRun(
        request, ground, reach, model, placement, near, fewest, smallest, time.perf_counter() - began
    )  # fmt: skip


def read_ground(request: CoverRequest, settings: dict[str, Any]) -> Ground:
    """Read the files of a request and put them together."""
    _require_choice(request)
    needs_place = request.matrix is None
    places: dict[str, Any] = {"lon": request.lon, "lat": request.lat, "crs": request.crs, "needs_place": needs_place}
    demand = _demand(request, places)
    sites = None
    if request.sites is not None:
        sites = read_points(request.sites, id_column=request.site_id, is_lenient=True, **places)
    if request.matrix is not None:
        table = read_matrix(request.matrix, demand, sites)
        distances, site_ids, is_yes_no = Distances(matrix_m=table.values), table.sites, table.is_yes_no
    else:
        sites = sites or demand
        distances, site_ids, is_yes_no = Distances(*in_metres(demand, sites)), sites.ids, False
    weight = demand.numbers(request.weight, "--weight") if request.weight else np.ones(len(demand.ids))
    speed, radius = _radius(request, demand, settings)
    if is_yes_no and radius is None:
        distances, radius = Distances(matrix_m=np.where(table.values == 1, 0.0, np.inf)), np.zeros(len(weight))
    rules = _rules(request, sites, len(site_ids))
    return Ground(demand, site_ids, sites, distances, weight, rules, radius, speed, is_yes_no)


def _demand(request: CoverRequest, places: dict[str, Any]) -> Points:
    from data.posts.event_points import is_event_file, points_of_event

    if is_event_file(request.demand):
        return points_of_event(request.demand)
    return read_points(request.demand, id_column=request.id_column, **places)


def _require_choice(request: CoverRequest) -> None:
    if request.radius is None and request.matrix is None and request.within is None:
        raise SchemaError(
            say("--radius M, --matrix FILE, or --within S for a walk in time"),
            say("none of them"),
            say("say how far a post reaches"),
        )
    if request.radius is not None and request.within is not None:
        raise SchemaError(say("--radius or --within"), say("both"), say("leave one out"))
    if request.density is not None and request.within is None:
        raise SchemaError(say("--within with --density"), say("no --within"), say("say how many seconds are allowed"))
    if request.model is not None and request.model not in MODELS:
        raise SchemaError(
            say("a model: {names}", names=", ".join(MODELS)), say("{name}", name=request.model), say("use one of these")
        )
    if request.capacity and (request.backup or request.model in ("median", "center", "expected")):
        raise SchemaError(
            say("--capacity with the models most and least, without --backup"),
            say("another combination"),
            say("leave one out"),
        )
    if (request.calls is None) != (request.busy_minutes is None):
        raise SchemaError(say("--calls and --busy-minutes together"), say("one of them"), say("give both"))
    if request.differ_by < 1 or request.gap < 0:
        raise SchemaError(
            say("posts that differ by 1 or more, and a gap of 0 or more"), say("less"), say("give other numbers")
        )


def _radius(request: CoverRequest, demand: Points, settings: dict[str, Any]) -> tuple[Floats, Floats | None]:
    """Walking speed at each demand point, and how far away a post may be; None where nothing says so."""
    count = len(demand.ids)
    density = np.zeros(count)
    if request.density is not None:
        try:
            density = np.full(count, float(request.density))
        except ValueError:
            density = demand.numbers(request.density, "--density")
    rule = {
        "free_speed_m_s": float(settings["posts_free_speed_m_s"]),
        "slowing_m2": float(settings["posts_slowing_m2"]),
        "floor_per_m2": float(settings["posts_floor_per_m2"]),
    }
    speed = walking_speed_m_s(density, **rule)
    if request.within is not None:
        call = float(settings["posts_call_s"]) if request.call is None else request.call
        return speed, response_radius_m(density, within_s=request.within, call_s=call, **rule)
    return speed, None if request.radius is None else np.full(count, float(request.radius))


def _rules(request: CoverRequest, sites: Points | None, count: int) -> Sites:
    asked = {"--fixed": request.fixed, "--forbidden": request.forbidden, "--capacity": request.capacity}
    if sites is None and any(asked.values()):
        raise SchemaError(
            say("--sites with {options}", options=", ".join(name for name, told in asked.items() if told)),
            say("no --sites"),
            say("give the file of the sites"),
        )
    if sites is None:
        return site_rules(count)
    return site_rules(
        count,
        fixed=sites.flags(request.fixed, "--fixed") if request.fixed else None,
        barred=sites.flags(request.forbidden, "--forbidden") if request.forbidden else None,
        capacity=sites.numbers(request.capacity, "--capacity") if request.capacity else None,
    )


def _model(request: CoverRequest, ground: Ground) -> str:
    model = request.model
    if model is None:
        by_radius = "least" if request.posts is None else "most"
        model = "median" if ground.radius is None else by_radius
    if model in ("most", "least", "expected") and ground.radius is None:
        raise SchemaError(
            say("--radius or --within with the model {name}", name=model),
            say("distances without a limit"),
            say("say how far a post reaches"),
        )
    if model == "expected" and request.calls is None:
        raise SchemaError(
            say("--calls and --busy-minutes with the model expected"), say("neither"), say("say how busy units are")
        )
    if model != "least" and request.posts is None:
        raise SchemaError(say("--posts with the model {name}", name=model), say("none"), say("say how many posts"))
    if request.posts is not None:
        require_posts(request.posts, ground.rules) if model != "expected" else None
    return model


def _place(
    request: CoverRequest, ground: Ground, reach: Reach | None, model: str, settings: dict[str, Any], limits: Limits
) -> Placement:
    weight, rules, posts = ground.weight, ground.rules, request.posts
    if model == "center":
        return _center(ground, int(posts or 0), limits)
    if model == "median" or reach is None:
        return least_distance(ground.distances.dense(), weight, posts=int(posts or 0), sites=rules, limits=limits)
    if model == "expected":
        share = busy_share(request, int(posts or 0))
        return most_expected_cover(reach, weight, units=int(posts or 0), busy_share=share, sites=rules, limits=limits)
    if rules.capacity is not None:
        if model == "least":
            return least_posts_serving(reach, weight, sites=rules, limits=limits)
        return most_served(reach, weight, posts=int(posts or 0), sites=rules, limits=limits)
    if model == "least":
        if request.backup or posts is not None:
            return full_cover_with_backup(reach, weight, posts=posts, sites=rules, limits=limits)
        return least_posts(reach, sites=rules, limits=limits)
    return most_cover(
        reach, weight, posts=int(posts or 0), sites=rules, backup_weight=backup_weight(request, settings), limits=limits
    )


def backup_weight(request: CoverRequest, settings: dict[str, Any]) -> float:
    """Return what a second post is worth: 0 without --backup."""
    share = float(settings["posts_backup_weight"]) if request.backup_weight is None else request.backup_weight
    if not 0 <= share <= 1:
        raise SchemaError(say("a backup weight from 0 to 1"), say("{share:g}", share=share), say("give such a share"))
    return share if request.backup or request.backup_weight is not None else 0.0


def busy_share(request: CoverRequest, units: int) -> float:
    """Return which share of the time a unit is busy if all share the calls evenly."""
    return (request.calls or 0.0) * (request.busy_minutes or 0.0) / 60 / max(units, 1)


def _center(ground: Ground, posts: int, limits: Limits) -> Placement:
    found = smallest_radius(ground.distances.dense(), posts=posts, sites=ground.rules, limits=limits)
    is_found = bool(np.isfinite(found.radius_m)) and len(found.posts) > 0
    cover = np.ones(len(ground.weight), np.int64) if is_found else np.zeros(len(ground.weight), np.int64)
    status = ("optimal" if found.is_proven else "feasible") if is_found else "infeasible"
    return Placement(
        model="least largest distance", status=status, objective=found.radius_m if is_found else None,
        bound=found.bound_m if is_found else None, posts=found.posts if is_found else np.empty(0, np.int64),
        cover=cover, share=cover.astype(float), solver="HiGHS", is_least=True,
    )  # fmt: skip


def _explain(
    request: CoverRequest, ground: Ground, reach: Reach | None, placement: Placement, limits: Limits
) -> tuple[Placement | None, SmallestRadius | None]:
    """What full cover would take, where it was not reached: how many posts at this radius, how far with these."""
    pairs = int(np.prod(ground.distances.shape))
    is_short = not placement.is_feasible or bool((placement.cover == 0).any())
    if reach is None or not is_short or pairs > 20 * EXPLAINED_PAIRS:
        return None, None
    small = replace(limits, seconds=EXPLAIN_SECONDS / 2, progress=None, gap=0.0)
    fewest = least_posts(reach, sites=ground.rules, limits=small)
    posts = request.posts if pairs <= EXPLAINED_PAIRS else None
    known = ground.distances.dense()
    is_even = ground.radius is not None and len(np.unique(ground.radius)) == 1
    if ground.is_yes_no or not is_even:
        return fewest, None
    return fewest, smallest_radius(known, posts=posts, sites=ground.rules, limits=small)
