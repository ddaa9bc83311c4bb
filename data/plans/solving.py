"""Automatic plans on the ground of a workspace: from nothing, or as few changes as can be."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.planning.run import effort_for
from data.plans.draft import Draft, ZoneText
from data.plans.ground import Ground, draft_of_today
from data.settings import DEFAULTS
from data.side_by_side import SideBySide
from geo.planning.plan import compact
from geo.planning.solve.county import plan_units
from geo.planning.solve.result import PlanResult
from geo.planning.stacked import join_stacked

if TYPE_CHECKING:
    from data.store.desk import Desk

Progress = Callable[[float, str], None]


def solve_draft(
    desk: Desk,
    ground: Ground,
    *,
    is_minimal_change: bool,
    zones: int | None = None,
    before: Draft | None = None,
    seed: int = 1,
    progress: Progress | None = None,
    is_stopped: Callable[[], bool] = lambda: False,
) -> tuple[Draft, PlanResult]:
    """
    Return an automatic plan as a draft, and what is known of it: part by part what is proven, and why not.

    Towers are planned whole. A zone out of its band has the reasons of its part. With `is_minimal_change` the plan
    starts from `before`, today's zones where not given, and every zone that fits is kept. `zones` is the number wished
    for over all. Workload is not weighed.

    Raises
    ------
    SchemaError
        If a minimal change is asked for and a zone it starts from is not in one piece.
    """
    drawn, names = ground.plan(before or draft_of_today(ground))
    units = replace(ground.units, current=drawn.zone, zones=tuple(str(name) for name in names))
    stack = compact(pd.factorize(ground.table["footprint"].to_numpy(object))[0])
    joined, row = join_stacked(units, stack)
    settings = {name: desk.setting(name) for name in DEFAULTS if name.startswith("plan_")}
    with SideBySide() as turns:
        result = plan_units(
            joined,
            effort=effort_for(joined.count, settings, has_today=is_minimal_change),
            seed=seed,
            zones=zones,
            is_minimal_change=is_minimal_change,
            progress=progress,
            is_stopped=is_stopped,
            clock=time.perf_counter,
            turns=turns,
        )
    zone = result.plan.zone[row]
    called = np.array(_names(ground, result, names), dtype=object)
    draft = ground.draft(zone, called)
    return Draft(draft.zone, before.pieces if before else None, _reasons(result, called)), result


def _names(ground: Ground, result: PlanResult, names: np.ndarray) -> list[str]:
    """Zones of today keep their name; new ones are called after their parent, with a number."""
    taken, serial, called = {str(name) for name in names}, 0, []
    for zone in range(result.plan.count):
        today = int(result.zone_today[zone])
        if today >= 0:
            called.append(str(names[today]))
            continue
        parent = ground.units.parents[int(result.zone_parent[zone])]
        while True:
            serial += 1
            name = f"new-{parent}-{serial}"
            if name not in taken:
                break
        called.append(name)
    return called


def _reasons(result: PlanResult, called: np.ndarray) -> dict[str, ZoneText]:
    """The reasons of each part that has no plan in band, at its zones out of band."""
    found = {}
    held = result.plan.sizes()
    for part in result.parts:
        if part.is_feasible:
            continue
        why = "; ".join(str(one) for one in part.reasons) or part.status
        for zone in np.unique(result.plan.zone[part.part.rows]):
            if part.part.band.excess(int(held[zone])):
                found[str(called[zone])] = ZoneText(reason=why)
    return found
