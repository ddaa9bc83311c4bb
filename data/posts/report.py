"""What a placement comes to, as one JSON object: every figure counted again by a checker that knows no solver."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from data.posts.run import CoverRun, backup_weight, busy_share
from data.posts.tables import places_of
from geo.crowd.busy.response import answer_calls, walk_s
from geo.crowd.posts.checker import Checked, check_placement


def cover_report(run: CoverRun, settings: dict[str, Any]) -> dict[str, Any]:
    """Return the report of `wangge cover`; numbers without a meaning in the model are null."""
    placed, ground = run.placement, run.ground
    checked = check_run(run, settings)
    total = float(ground.weight.sum())
    served = float((ground.weight * placed.share).sum())
    uncovered = np.flatnonzero(placed.cover == 0) if run.reach is not None else np.empty(0, np.int64)
    return {
        "model": placed.model,
        "objective": placed.objective,
        "bound": placed.bound,
        "gap": placed.gap,
        "status": placed.status,
        "chosen": ground.site_ids[placed.posts].tolist(),
        "uncovered": ground.demand.ids[uncovered].tolist(),
        "seconds": placed.seconds,
        "seconds_in_all": run.seconds_in_all,
        "solver": placed.solver,
        "posts": len(placed.posts),
        "demand_points": len(ground.weight),
        "sites": len(ground.site_ids),
        "weight": total,
        "covered": checked.covered if run.reach is not None else None,
        "covered_share": checked.covered / total if run.reach is not None and total else None,
        "points_covered_share": 1 - len(uncovered) / len(ground.weight) if run.reach is not None else None,
        "backed_up": checked.backed_up if run.reach is not None else None,
        "backup_weight": backup_weight(run.request, settings),
        "served": served if ground.rules.capacity is not None else None,
        "radius_m": _radius(run),
        "distances": "matrix" if run.request.matrix else "straight",
        "reasons": [str(one) for one in placed.reasons],
        "advice": [str(one) for one in placed.advice],
        "check": {"sound": checked.is_sound, "faults": list(checked.faults)},
        "sites_chosen": _sites(run),
        "full_cover": _full_cover(run),
        "smallest_radius_m": _finite(run.smallest.radius_m) if run.smallest else None,
        "binding": ground.demand.ids[run.smallest.binding].tolist() if run.smallest else [],
        "alternatives": _alternatives(run),
        "response": _response(run, settings),
    }


def check_run(run: CoverRun, settings: dict[str, Any]) -> Checked:
    """Check a run against the distances as they were read."""
    ground, placed = run.ground, run.placement
    if ground.distances.matrix_m is not None:
        table = ground.distances.matrix_m

        def apart(i: int, j: int) -> float:
            return float(table[i, j])
    else:
        demand, site = ground.distances.demand_xy, ground.distances.site_xy
        assert demand is not None
        assert site is not None

        def apart(i: int, j: int) -> float:
            return math.sqrt((demand[i, 0] - site[j, 0]) ** 2 + (demand[i, 1] - site[j, 1]) ** 2)

    is_cover = placed.model in ("most cover", "backup cover", "most served")
    served = () if placed.served is None else tuple(zip(*(one.tolist() for one in placed.served), strict=True))
    wanted = run.request.posts if placed.is_feasible else None
    return check_placement(
        distance_m=apart,
        radius_m=(np.full(len(ground.weight), np.inf) if ground.radius is None else ground.radius).tolist(),
        weight=ground.weight.tolist(),
        chosen=list(dict.fromkeys(placed.posts.tolist())) if run.model == "expected" else placed.posts.tolist(),
        posts=None if run.model in ("expected", "center") else wanted,
        fixed=np.flatnonzero(ground.rules.is_fixed).tolist() if placed.is_feasible else (),
        barred=np.flatnonzero(ground.rules.is_barred).tolist(),
        objective=placed.objective if is_cover else None,
        backup_weight=backup_weight(run.request, settings),
        must_cover_all=placed.is_feasible and run.model == "least",
        capacity=None if ground.rules.capacity is None else ground.rules.capacity.tolist(),
        served=served,
    )  # fmt: skip


def _radius(run: CoverRun) -> float | list[float] | None:
    radius = run.ground.radius
    if radius is None or run.ground.is_yes_no:
        return None
    low, high = float(radius.min()), float(radius.max())
    return low if low == high else [low, high]


def _sites(run: CoverRun) -> list[dict[str, Any]]:
    """Each post: where it is, what it reaches, and what nobody else reaches."""
    placed, ground = run.placement, run.ground
    places = places_of(ground.sites) if ground.sites is not None else None
    out: list[dict[str, Any]] = []
    for order, j in enumerate(placed.posts.tolist()):
        row: dict[str, Any] = {"site": ground.site_ids[j], "fixed": bool(ground.rules.is_fixed[j])}
        if places is not None:
            row |= {"lon": round(float(places[0][j]), 7), "lat": round(float(places[1][j]), 7)}
        if run.reach is not None:
            reached = run.reach.demand[run.reach.site == j]
            alone = reached[placed.cover[reached] == 1]
            row |= {"points": len(reached), "weight": float(ground.weight[reached].sum())}
            row["lost_if_empty"] = float(ground.weight[alone].sum())
        if run.near is not None:
            row["lost_if_forbidden"] = _finite(float(run.near.lost_if_barred[order]))
        out.append(row)
    return out


def _full_cover(run: CoverRun) -> dict[str, Any] | None:
    if run.fewest is None and run.smallest is None:
        return None
    fewest, smallest = run.fewest, run.smallest
    return {
        "posts": int(fewest.objective) if fewest is not None and fewest.objective is not None else None,
        "posts_proven": fewest is not None and fewest.status in ("optimal", "infeasible"),
        "reasons": [str(one) for one in fewest.reasons] if fewest is not None else [],
        "radius_m": _finite(smallest.radius_m) if smallest is not None else None,
        "radius_proven": smallest is not None and smallest.is_proven,
    }


def _alternatives(run: CoverRun) -> dict[str, Any] | None:
    if run.near is None:
        return None
    ids, near = run.ground.site_ids, run.near
    best = set(near.plans[0].tolist())
    return {
        "in_all": ids[near.in_all].tolist(),
        "in_some": ids[near.in_some].tolist(),
        "plans": [
            {
                "chosen": ids[plan].tolist(),
                "covered": float(cover),
                "less_than_best": float(near.cover[0] - cover),
                "instead_of": ids[sorted(best - set(plan.tolist()))].tolist(),
                "new": ids[sorted(set(plan.tolist()) - best)].tolist(),
            }
            for plan, cover in zip(near.plans[1:], near.cover[1:], strict=True)
        ],
    }


def _response(run: CoverRun, settings: dict[str, Any]) -> dict[str, Any] | None:
    """How busy the units are and how likely one is there in time, by the hypercube model."""
    request, placed, ground = run.request, run.placement, run.ground
    if request.calls is None or not len(placed.posts) or ground.is_yes_no:
        return None
    call = float(settings["posts_call_s"]) if request.call is None else request.call
    within = float(settings["posts_within_s"]) if request.within is None else request.within
    far = ground.distances.dense()[:, placed.posts]
    busy, chance = answer_calls(
        ground.weight, walk_s(far, ground.speed_m_s), calls_per_h=request.calls,
        busy_min=float(request.busy_minutes or 0.0), within_s=within, call_s=call,
    )  # fmt: skip
    worst = np.argsort(chance, kind="stable")[:5]
    return {
        "method": busy.method,
        "within_s": within,
        "call_s": call,
        "busy_share_if_even": busy_share(request, len(placed.posts)),
        "busy_share": dict(zip(_unit_names(run), busy.workload.tolist(), strict=True)),
        "wait_share": busy.wait_share,
        "mean_wait_s": busy.mean_wait_s,
        "in_time": float((chance * ground.weight).sum() / ground.weight.sum()),
        "in_time_by_point": dict(zip(ground.demand.ids.tolist(), chance.round(6).tolist(), strict=True)),
        "worst_points": ground.demand.ids[worst].tolist(),
    }


def _unit_names(run: CoverRun) -> list[str]:
    """Name units by their site, with a number where several stand at one."""
    seen: dict[str, int] = {}
    names = []
    for j in run.placement.posts.tolist():
        site = str(run.ground.site_ids[j])
        seen[site] = seen.get(site, 0) + 1
        names.append(site if seen[site] == 1 else f"{site} ({seen[site]})")
    return names


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
