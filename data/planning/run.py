"""One planning run from what the caller asked to the result, and what a cancelled one leaves behind."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np

from data.planning.bands_file import band_around_mean, counted_sizes, read_bands
from data.planning.made import Made, Progress, Sources, make_units
from data.planning.units_file import UnitsFile, build_unit_graph, read_barrier_lines, read_lines, read_units
from data.side_by_side import SideBySide
from geo.contracts import raise_faults
from geo.errors import SchemaError, name_few, say
from geo.planning.blocks.made import BLOCKS, CELLS
from geo.planning.graph import Graph
from geo.planning.solve.county import plan_units
from geo.planning.solve.problem import Effort
from geo.planning.solve.result import PlanResult
from geo.planning.units import Band, Units, build_units, read_sizes, require_bands
from geo.turns import Stop, Turns

MOST_PER_UNIT, LEAST_PER_UNIT = 20_000, 300
COUNTY_UNITS, MOST_IN_COUNTY = 10_000, 2_000
"""So many units lie in many small parts, which more moves a unit do not make better."""
MANY_UNITS = 50_000
UNIT_ID = "unit_id"
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
    make: str | None = None
    streets: tuple[Path, ...] = ()
    limits: Path | None = None


@dataclass(frozen=True)
class PlanRun:
    """A request with what was read for it and what came out; `made` are the units where they were made first."""

    request: PlanRequest
    file: UnitsFile
    units: Units
    neighbours: str
    result: PlanResult
    seconds: float
    made: Made | None = None

    @property
    def id_column(self) -> str:
        """What the column with the units' ids is called."""
        return self.request.id_column if self.made is None else UNIT_ID


def run_plan(
    request: PlanRequest,
    *,
    settings: dict[str, Any],
    progress: Callable[[float, str], None] | None = None,
    is_stopped: Stop = lambda: False,
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
    tell = progress or _silent
    share = 0.6 if request.make else 0.0
    begin = _make if request.make else _read
    with SideBySide() as turns:
        found = begin(request, settings, lambda at, text: tell(share * at, text), is_stopped, turns)
        units = build_units(
            found.file.table, found.graph, size=request.size, bands=found.bands, parent=request.within,
            kind=found.kind, current=request.current, workload=request.workload, locked=request.locked,
        )  # fmt: skip
        result = plan_units(
            units,
            effort=effort_for(units.count, settings, has_today=request.current is not None),
            seed=request.seed,
            zones=request.zones,
            is_minimal_change=request.current is not None,
            progress=lambda at, text: tell(share + (1 - share) * at, text),
            is_stopped=is_stopped,
            clock=time.perf_counter,
            turns=turns,
        )
    return PlanRun(request, found.file, units, found.neighbours, result, time.perf_counter() - began, found.made)


@dataclass(frozen=True)
class _Found:
    """What is planned on: units with their graph, bands by class and the column of the class."""

    file: UnitsFile
    graph: Graph
    neighbours: str
    bands: dict[str, Band]
    kind: str | None
    made: Made | None = None


def _read(request: PlanRequest, settings: dict[str, Any], _tell: Progress, _is_stopped: Stop, _turns: Turns) -> _Found:
    """Units as a file has them."""
    file = read_units(request.units, request.id_column, crs=request.crs)
    bands, kind, file.table = _bands(request, file.table)
    graph, neighbours = build_unit_graph(
        file, parent=request.within, barriers=request.barriers, streets=request.streets,
        counts_edges=request.counts_edges, crs=request.crs, settings=settings,
    )  # fmt: skip
    return _Found(file, graph, neighbours, bands, kind)


def _make(request: PlanRequest, settings: dict[str, Any], tell: Progress, is_stopped: Stop, turns: Turns) -> _Found:
    """Units made from the buildings of the file, streets and limits."""
    assert request.make is not None
    assert request.limits is not None
    assert request.within is not None
    buildings = _placed(read_units(request.units, request.id_column, crs=request.crs))
    limits = _placed(read_units(request.limits, request.within, crs=request.crs, option="--within"))
    lines = [read_lines(path, crs=request.crs)[1] for path in request.streets]
    none = np.empty(0, dtype=object)
    walls = {"hard": none, "soft": none, "bridge": none}
    if request.barriers is not None:
        walls = read_barrier_lines(request.barriers, crs=request.crs)
    found = Sources(
        limits=limits, streets=np.concatenate([none, *lines]), hard=walls["hard"], soft=walls["soft"],
        bridges=walls["bridge"], buildings=buildings,
    )  # fmt: skip
    bands, counted = read_bands(request.bands) if request.bands is not None else ({}, {})
    kind = request.kind or next((name for name in CLASS_COLUMNS if name in buildings or name in limits), None)
    if request.bands is None:
        bands = {"": _one_band(request, buildings)}
        kind = request.kind
    require_bands(bands)
    made = make_units(
        found, of=request.make, size=request.size, within=request.within, kind=kind, bands=bands, counted=counted,
        settings=settings, progress=tell, is_stopped=is_stopped, turns=turns,
    )  # fmt: skip
    file = UnitsFile(made.table, made.shapes, made.metres, None)
    return _Found(file, made.graph, "borders", bands, kind, made)


def _placed(file: UnitsFile) -> gpd.GeoDataFrame:
    if file.shapes is None:
        raise SchemaError(
            say("shapes, to make units from"), say("an adjacency list"), say("give files with polygons or points")
        )
    return gpd.GeoDataFrame(file.table, geometry=gpd.GeoSeries(list(file.shapes), index=file.table.index), crs=4326)


def effort_for(units: int, settings: dict[str, Any], *, has_today: bool) -> Effort:
    """
    Share the settings' total work out over the units: many get less each, few no more than they can use.

    Where a county is planned from single buildings, each part is searched twice from four first plans: as good within
    half a percent of border as four searches, in half the time.

    Examples
    --------
    >>> from data.settings import DEFAULTS
    >>> [effort_for(units, DEFAULTS, has_today=False).restarts for units in (12_914, 100_000)]
    [4, 2]
    """
    is_many = units > MANY_UNITS
    restarts, seeds = settings["plan_restarts"], settings["plan_seeds"]
    most = MOST_PER_UNIT // 4 if has_today else MOST_PER_UNIT if units < COUNTY_UNITS else MOST_IN_COUNTY
    steps = settings["plan_steps"] // max(units * restarts, 1)
    return Effort(
        restarts=min(restarts, 2) if is_many else restarts,
        seeds=min(seeds, 4) if is_many else seeds,
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
    _require_making(request)
    if request.locked and not request.current:
        raise SchemaError(
            say("--current with --locked: a locked unit keeps its zone of today"),
            say("no --current"),
            say("name the column with the zones of today"),
        )


def _require_making(request: PlanRequest) -> None:
    """Whether units are made: then limits are needed, and there is no zone, lock or workload of today to name."""
    if request.make is None:
        faults = [say("--limits without --make")] if request.limits else []
        if request.streets and request.barriers is None:
            faults.append(say("--streets without --make or --barriers"))
        raise_faults(
            SchemaError,
            say("--make cells or blocks with --limits, and --streets with it or with --barriers"),
            faults,
            say("give --make, or leave the options out"),
        )
        return
    given = (("--limits", request.limits), ("--within", request.within))
    faults = [say("no {options}", options=name) for name, value in given if value is None]
    if request.make not in (CELLS, BLOCKS):
        faults.append(say("--make {how!r}", how=request.make))
    columns = (("--current", request.current), ("--workload", request.workload), ("--locked", request.locked))
    faults += [say("{options} with --make", options=name) for name, value in columns if value is not None]
    raise_faults(
        SchemaError,
        say(
            "--make cells or blocks with --limits FILE and --within COL, its column of ids; units made have no zone yet"
        ),
        faults,
        say("correct the options"),
    )


def _silent(_share: float, _text: str) -> None:
    return None


def _bands(request: PlanRequest, table: Any) -> tuple[dict[str, Band], str | None, Any]:
    """
    Bands by class, the class column, and the table with what is counted in the size column.

    Classes that share the band of every class not named are one class.
    """
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
            if kind is not None and "" in bands:
                table[kind] = table[kind].where(table[kind].isin(bands), "")
        return bands, kind, table
    return {"": _one_band(request, table)}, request.kind, table


def _one_band(request: PlanRequest, table: Any) -> Band:
    """The band of every class: as told, or around the mean of so many zones."""
    if request.band is not None:
        return Band(*request.band)
    assert request.zones is not None
    assert request.deviation is not None
    total = int(read_sizes(table[request.size], np.asarray(table.index))[0].sum()) if request.size in table else 0
    return band_around_mean(total, request.zones, request.deviation)
