"""One planning run from what the caller asked to the result, and what a cancelled one leaves behind."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from data.planning.bands_file import band_around_mean, counted_sizes, read_bands
from data.planning.units_file import UnitsFile, build_unit_graph, read_units
from geo.errors import SchemaError, name_few, say
from geo.planning.solve.county import plan_units
from geo.planning.solve.problem import Effort
from geo.planning.solve.result import PlanResult
from geo.planning.units import Band, Units, build_units, read_sizes

MOST_PER_UNIT, LEAST_PER_UNIT = 20_000, 300
CLASS_COLUMNS = ("area_class", "class", "类别")


@dataclass(frozen=True)
class PlanRequest:
    """What `wangge plan` is asked; every field is the option of its name."""

    units: Path
    id_column: str
    size: str
    within: str | None = None
    band: tuple[int, int] | None = None
    bands: Path | None = None
    zones: int | None = None
    deviation: float | None = None
    kind: str | None = None
    barriers: Path | None = None
    current: str | None = None
    workload: str | None = None
    locked: str | None = None
    counts_edges: bool = False
    seed: int = 1
    crs: str | None = None


@dataclass(frozen=True)
class PlanRun:
    """A request with what was read for it and what came out."""

    request: PlanRequest
    file: UnitsFile
    units: Units
    neighbours: str
    result: PlanResult
    seconds: float


def run_plan(
    request: PlanRequest,
    *,
    settings: dict[str, Any],
    progress: Callable[[float, str], None] | None = None,
    is_stopped: Callable[[], bool] = lambda: False,
) -> PlanRun:
    """
    Read, check and plan; nothing is written.

    Raises
    ------
    GridError
        For whatever is wrong with the request or its files, before anything is solved.
    """
    began = time.perf_counter()
    _require_choice(request)
    file = read_units(request.units, request.id_column, crs=request.crs)
    bands, kind, file.table = _bands(request, file.table)
    graph, neighbours = build_unit_graph(
        file, parent=request.within, barriers=request.barriers, counts_edges=request.counts_edges, crs=request.crs,
        settings=settings,
    )  # fmt: skip
    units = build_units(
        file.table, graph, size=request.size, bands=bands, parent=request.within, kind=kind, current=request.current,
        workload=request.workload, locked=request.locked,
    )  # fmt: skip
    result = plan_units(
        units,
        effort=effort_for(units.count, settings, has_today=request.current is not None),
        seed=request.seed,
        zones=request.zones,
        is_minimal_change=request.current is not None,
        progress=progress,
        is_stopped=is_stopped,
        clock=time.perf_counter,
    )
    return PlanRun(request, file, units, neighbours, result, time.perf_counter() - began)


def effort_for(units: int, settings: dict[str, Any], *, has_today: bool) -> Effort:
    """Share the settings' total work out over the units: many get less each, few no more than they can use."""
    restarts = settings["plan_restarts"]
    most = MOST_PER_UNIT // 4 if has_today else MOST_PER_UNIT
    steps = settings["plan_steps"] // max(units * restarts, 1)
    return Effort(
        restarts=restarts,
        seeds=settings["plan_seeds"],
        steps_per_unit=int(np.clip(steps, LEAST_PER_UNIT, most)),
        exact_units=settings["plan_exact_units"],
        exact_work=settings["plan_exact_work"],
        load_weight=settings["plan_load_weight"],
    )


def _require_choice(request: PlanRequest) -> None:
    told = [
        name
        for name, value in (("--band", request.band), ("--bands", request.bands), ("--deviation", request.deviation))
        if value is not None
    ]
    if len(told) != 1 or (request.deviation is not None and request.zones is None):
        raise SchemaError(
            say("one of --band MIN MAX, --bands FILE, or --zones N with --deviation SHARE"),
            say("{options}", options=", ".join(told) or "none of them"),
            say("give exactly one"),
        )
    if request.locked and not request.current:
        raise SchemaError(
            say("--current with --locked: a locked unit keeps its zone of today"),
            say("no --current"),
            say("name the column with the zones of today"),
        )


def _bands(request: PlanRequest, table: Any) -> tuple[dict[str, Band], str | None, Any]:
    """Bands by class, the class column, and the table with what is counted in the size column."""
    if request.bands is not None:
        bands, counted = read_bands(request.bands)
        kind = request.kind or next((name for name in CLASS_COLUMNS if name in table), None)
        if kind is None and set(bands) != {""}:
            raise SchemaError(
                say("a column with the class of each unit"),
                say("columns {names}", names=name_few(table.columns)),
                say("name it with --class"),
            )
        if request.size in table and (kind is None or kind in table):
            table = table.copy()
            table[request.size] = counted_sizes(table, request.size, kind, counted)
        return bands, kind, table
    if request.band is not None:
        return {"": Band(*request.band)}, request.kind, table
    assert request.zones is not None
    assert request.deviation is not None
    total = int(read_sizes(table[request.size], np.asarray(table.index))[0].sum()) if request.size in table else 0
    return {"": band_around_mean(total, request.zones, request.deviation)}, request.kind, table
