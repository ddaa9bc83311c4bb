"""What a plan comes to, as one JSON object and as a table of zones: every figure counted from the plan itself."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.planning.run import PlanRun
from geo.errors import SchemaError, say
from geo.planning.graph import label_parts
from geo.planning.measures.compactness import polsby_popper, reock
from geo.planning.measures.comparison import match_plans, variation_of_information, zones_changed
from geo.planning.plan import Plan
from geo.planning.scores import cut_cost, cut_edges, largest_deviation, workload_spread
from geo.planning.solve.result import PartResult


def zone_names(run: PlanRun) -> list[str]:
    """
    Name the zones: those of today keep theirs, new ones are called after their parent with the next free number.
    """
    result, units = run.result, run.units
    names = [units.zones[z] if z >= 0 else "" for z in result.zone_today]
    taken, serial = set(units.zones), dict.fromkeys(range(len(units.parents)), 0)
    for at, parent in enumerate(result.zone_parent.tolist()):
        while not names[at]:
            serial[parent] += 1
            stem = f"{units.parents[parent]}-" if units.parents[parent] else ""
            name = f"{stem}{serial[parent]:03d}"
            names[at] = "" if name in taken else name
    return names


def plan_table(run: PlanRun, names: list[str], *, with_shapes: bool, alternatives: int = 0) -> pd.DataFrame:
    """
    Return the id column and `zone`, in input order, and further plans as `zone_2`, `zone_3`, ...

    Of units that were made there is what is known of each: limit, size, buildings, part of a tower, footprint, class.

    In a run that was stopped, units whose turn had not come have no zone.
    """
    zone = np.array(names, dtype=object)[run.result.plan.zone]
    for one in run.result.parts:
        if one.status == "stopped":
            zone[one.part.rows] = None
    table = pd.DataFrame({run.id_column: np.asarray(run.units.ids), "zone": zone})
    for number, other in enumerate(run.result.alternatives[:alternatives], start=2):
        table[f"zone_{number}"] = [f"{z + 1:03d}" for z in other.zone]
    if run.made is not None:
        table = pd.concat([table, run.made.table.reset_index(drop=True)], axis=1)
    if with_shapes and run.file.shapes is not None:
        return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(list(run.file.shapes)), crs="EPSG:4326")
    return table


def plan_report(run: PlanRun, names: list[str]) -> dict[str, Any]:
    """Return the report of `wangge plan`: status, zones, parents, totals, change against today, seconds."""
    result, plan = run.result, run.result.plan
    zones = _zones(run, names)
    return {
        "status": result.status,
        "objective": result.objective,
        "bound": result.bound,
        "gap": result.gap,
        "solver": result.solver,
        "seed": run.request.seed,
        "neighbours": run.neighbours,
        "units": run.units.count,
        "size": int(run.units.size.sum()),
        "zones": zones,
        "parents": _parents(run),
        "in_band_share": float(np.mean([zone["in_band"] for zone in zones])) if zones else None,
        "contiguous": all(zone["parts"] == 1 for zone in zones),
        "cut_edges": int(cut_edges(plan)),
        "cut_border": cut_cost(plan),
        "deviation": largest_deviation(plan),
        "workload_spread": workload_spread(plan) if run.request.workload else None,
        "alternatives": [_alternative(plan, other) for other in result.alternatives],
        **_change(run),
        "made": _made(run),
        "seconds": run.seconds,
    }


def _made(run: PlanRun) -> dict[str, Any] | None:
    """How many units were made of what, and the buildings left out because no limit holds them."""
    if run.made is None:
        return None
    table, outside = run.made.table, run.made.outside
    return {
        "of": run.request.make,
        "grounds": int(table["footprint_id"].nunique()),
        "towers": int((table["footprint_id"].value_counts() > 1).sum()),
        "buildings": int(table.loc[~table["footprint_id"].duplicated(), "buildings"].sum()),
        "buildings_outside": len(outside),
        "outside": [str(one) for one in outside[:5]],
    }


def _zones(run: PlanRun, names: list[str]) -> list[dict[str, Any]]:
    plan, units = run.result.plan, run.units
    sizes, loads, groups = plan.sizes(), plan.loads(), plan.groups()
    pieces = np.unique(np.column_stack([plan.zone, label_parts(units.graph, plan.zone)]), axis=0)
    parts = np.bincount(pieces[:, 0], minlength=plan.count)
    shapes = zone_shapes(run)
    compact = polsby_popper(shapes) if shapes is not None else np.full(plan.count, np.nan)
    round_ = reock(shapes) if shapes is not None else np.full(plan.count, np.nan)
    members = np.bincount(plan.zone, minlength=plan.count)
    out = []
    for z in range(plan.count):
        kind = int(groups[z]) % len(units.kinds)
        band = units.bands[kind]
        out.append(
            {
                "zone": names[z],
                "parent": units.parents[int(groups[z]) // len(units.kinds)],
                "class": units.kinds[kind],
                "size": int(sizes[z]),
                "band": None if band.is_exempt else [band.low, band.high],
                "in_band": band.excess(int(sizes[z])) == 0,
                "parts": int(parts[z]),
                "units": int(members[z]),
                "compactness": None if np.isnan(compact[z]) else round(float(compact[z]), 4),
                "reock": None if np.isnan(round_[z]) else round(float(round_[z]), 4),
                "workload": float(loads[z]) if run.request.workload else None,
                "is_new": bool(run.result.zone_today[z] < 0),
            }
        )
    return out


def zone_shapes(run: PlanRun) -> np.ndarray | None:
    """Return the polygon of every zone in metres; None where the units have none, or stand apart."""
    if run.file.metres is None or run.neighbours != "borders":
        return None
    plan = run.result.plan
    order = np.argsort(plan.zone, kind="stable")
    cuts = np.flatnonzero(np.diff(plan.zone[order])) + 1
    return np.array([shapely.union_all(run.file.metres[rows]) for rows in np.split(order, cuts)], dtype=object)


def zone_areas(run: PlanRun, names: list[str]) -> gpd.GeoDataFrame:
    """
    Return the zones as areas to import: area_id, parent_id, area_class, households, footprint_id, geometry (degrees).

    Zones stacked on one ground (in a tower) have one geometry and share a footprint. In a run that was stopped, zones
    not solved are left out.

    Raises
    ------
    SchemaError
        If the units are no polygons that border on each other.
    """
    if run.file.shapes is None or run.neighbours != "borders":
        raise SchemaError(
            say("units that border on each other, for --zones-out"), say("units that stand apart"),
            say("make units of them with --make cells, or leave --zones-out out"),
        )  # fmt: skip
    plan, shapes, units = run.result.plan, run.file.shapes, run.units
    stopped = [one.part.rows for one in run.result.parts if one.status == "stopped"]
    kept = np.setdiff1d(np.arange(plan.count), plan.zone[np.concatenate([[], *stopped]).astype(np.int64)])
    ground, is_exact = pd.factorize(np.asarray(shapely.to_wkb(shapes)))[0], run.made is not None
    order = np.argsort(plan.zone, kind="stable")
    members = np.split(order, np.flatnonzero(np.diff(plan.zone[order])) + 1)
    alone = [rows[np.sort(np.unique(ground[rows], return_index=True)[1])] for rows in (members[z] for z in kept)]
    joined = [_joined(shapes[rows], is_exact) for rows in alone]
    first = dict[frozenset[int], str]()
    footprint = [
        first.setdefault(frozenset(ground[rows].tolist()), names[z]) for z, rows in zip(kept, alone, strict=True)
    ]
    group = plan.groups()[kept]
    return gpd.GeoDataFrame(
        {
            "area_id": [names[zone] for zone in kept],
            "parent_id": [units.parents[one] for one in group // len(units.kinds)],
            "area_class": [units.kinds[one] for one in group % len(units.kinds)],
            "households": plan.sizes()[kept],
            "footprint_id": footprint,
        },
        geometry=gpd.GeoSeries(joined), crs="EPSG:4326",
    )  # fmt: skip


def _joined(shapes: np.ndarray, is_exact: bool) -> shapely.Geometry:
    """One polygon of several: exactly where their borders match (all do in units made here), as a union else."""
    if len(shapes) == 1:
        return shapes[0]
    matches = is_exact or shapely.coverage_is_valid(shapes)
    whole = shapely.coverage_union_all(shapes) if matches else shapely.union_all(shapes)
    parts = shapely.get_parts(whole)
    return parts[0] if len(parts) == 1 else whole


def _parents(run: PlanRun) -> list[dict[str, Any]]:
    grouped: dict[str, list[PartResult]] = {}
    for one in run.result.parts:
        grouped.setdefault(one.part.parent, []).append(one)
    return [
        {
            "parent": name,
            "feasible": all(one.is_feasible for one in parts),
            "zones": sum(len(np.unique(one.zone)) for one in parts),
            "parts": [_part(one) for one in parts],
            "reason": "; ".join(str(why) for one in parts for why in one.reasons) or None,
        }
        for name, parts in sorted(grouped.items())
    ]


def _part(one: PartResult) -> dict[str, Any]:
    numbers = one.part.numbers
    return {
        "class": one.part.kind,
        "status": one.status,
        "solver": one.solver,
        "size": one.part.total,
        "units": len(one.part.rows),
        "zones": len(np.unique(one.zone)),
        "possible_zones": [numbers.start, numbers.stop - 1] if len(numbers) else [],
        "excess": one.excess,
        "objective": one.objective,
        "bound": one.bound,
        "gap": one.gap,
        "reasons": [str(why) for why in one.reasons],
        "advice": [str(what) for what in one.advice],
    }


def _alternative(plan: Plan, other: Plan) -> dict[str, Any]:
    match = match_plans(plan.zone, other.zone, plan.units.size)
    return {
        "zones": other.count,
        "cut_edges": int(cut_edges(other)),
        "cut_border": cut_cost(other),
        "core_retention": match.core_retention,
        "variation_of_information": variation_of_information(plan.zone, other.zone, plan.units.size),
    }


def _change(run: PlanRun) -> dict[str, Any]:
    """Compare with today, zones matched so that as many households as possible keep theirs."""
    today, plan = run.units.current, run.result.plan
    if run.request.current is None:
        return {"households_moved": None, "zones_changed": None, "share_changed": None, "core_retention": None,
                "variation_of_information": None}  # fmt: skip
    match = match_plans(today, plan.zone, run.units.size)
    changed = zones_changed(today, plan.zone)
    return {
        "households_moved": match.moved,
        "zones_changed": int(changed.sum()),
        "share_changed": float(changed.mean()) if len(changed) else 0.0,
        "core_retention": match.core_retention,
        "variation_of_information": variation_of_information(today, plan.zone, run.units.size),
    }
