"""Finer areas where a workspace has none: micro-grids or grids made of its own streets, rivers and buildings."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from data.planning.made import Sources, make_units
from data.planning.report import zone_areas, zone_names
from data.planning.run import PlanRequest, PlanRun, effort_for
from data.planning.units_file import UnitsFile
from data.plans.ground import bands_for, barrier_classes
from data.settings import DEFAULTS
from data.side_by_side import SideBySide
from geo.contracts import raise_faults
from geo.errors import Say, SchemaError, say
from geo.planning.solve.county import plan_units
from geo.planning.units import Band, build_units

if TYPE_CHECKING:
    from data.imports.options import ImportReport
    from data.store.desk import Desk

SIZE, WITHIN, KIND, NEW = "households", "parent_id", "area_class", "new_residents"
TOWN, RENTAL = "town", "rental"
Progress = Callable[[float, str], None]


@dataclass(frozen=True, eq=False)
class MadeAreas:
    """
    Areas made for a level: `areas` as `wangge import` takes them, the `run` they came of, and what to tell.

    `in_band` of `counted` areas with a band are in it, `reasons` say why not (by parent), `outside` are the
    buildings no parent holds.
    """

    level: str
    areas: gpd.GeoDataFrame
    run: PlanRun
    counted: int
    in_band: int
    reasons: dict[str, tuple[Say, ...]] = field(default_factory=dict)

    @property
    def outside(self) -> int:
        """Number of buildings left out because no parent holds them."""
        return 0 if self.run.made is None else len(self.run.made.outside)


def sources_of(desk: Desk, parent_level: str, within: str | None = None) -> Sources:
    """
    Return what a workspace has to make units from: areas of a level, roads, water and barriers by class, buildings.

    Buildings come with their class (from their kind, by the setting `plan_building_classes`), households and, where
    the workspace has a row for each household, how many of them are new residents.

    Raises
    ------
    SchemaError
        If there is no such level, or no building inside.
    """
    areas = desk.areas(parent_level, within=within)
    columns = ["building_id", "kind", "floors", "households", "geometry"]
    buildings = desk.rows("buildings", columns=columns, within=within).set_index("building_id")
    faults = [say("no buildings there")] if not len(buildings) else []
    raise_faults(
        SchemaError, say("buildings with households, to make areas of"), faults, say("import the buildings first")
    )
    kinds = _kinds(str(desk.setting("plan_building_classes")))
    buildings[KIND] = buildings["kind"].map(kinds).fillna("").replace(TOWN, "").astype(object)
    buildings[SIZE] = buildings[SIZE].fillna(0).astype(np.int64)
    buildings[NEW] = _new_residents(desk, within, buildings)
    box = tuple(float(edge) for edge in areas.total_bounds)
    lines = {
        name: _lines(desk, name, column, box) for name, column in (("roads", "road_class"), ("water", "water_class"))
    }
    classes = barrier_classes(desk.store)
    both = pd.concat(lines.values(), ignore_index=True)
    sorts, shapes = both["sort"].to_numpy(object), both["geometry"].to_numpy(object)
    hard, soft = (np.isin(sorts, classes[name]) for name in ("hard", "soft"))
    bridges = sorts == "bridge"
    limits = gpd.GeoDataFrame(geometry=areas.geometry.to_numpy(), index=areas.index, crs="EPSG:4326")
    return Sources(limits, shapes[~(hard | soft | bridges)], shapes[hard], shapes[soft], shapes[bridges], buildings)


def make_areas(
    desk: Desk,
    level: str,
    parent_level: str,
    *,
    within: str | None = None,
    of: str = "cells",
    band: tuple[int, int] | None = None,
    zones: int | None = None,
    seed: int = 1,
    progress: Progress | None = None,
    is_stopped: Callable[[], bool] = lambda: False,
) -> MadeAreas:
    """
    Make areas of a new level inside those of `parent_level`: units from streets and buildings, grouped into the band.

    Every area lies inside one parent, is in one piece without crossing a hard barrier, of one class, and in the band
    of its class or told with the reason. Nothing is kept: `take_areas` does that. Stopped early, parents not reached
    are left out.

    Parameters
    ----------
    band
        In place of the one of the settings, for every class but dedicated.
    zones
        How many areas are wished for over all; each part near the middle of its band where not given.

    Raises
    ------
    GridError
        If there is nothing to make them of.
    """
    began = time.perf_counter()
    tell = progress or _silent
    found = sources_of(desk, parent_level, within)
    bands = bands_for(desk.store, level)
    if band is not None:
        bands = {name: one if one.is_exempt and name else Band(*band) for name, one in bands.items()}
    settings = {name: desk.setting(name) for name in DEFAULTS if name.startswith("plan_")}
    counted = {RENTAL: NEW} if RENTAL in bands and found.buildings[NEW].sum() > 0 else {}
    with SideBySide(len(found.buildings)) as turns:
        made = make_units(
            found, of=of, size=SIZE, within=WITHIN, kind=KIND, bands=bands, counted=counted, settings=settings,
            progress=lambda share, text: tell(0.5 * share, text), is_stopped=is_stopped, turns=turns,
        )  # fmt: skip
        units = build_units(made.table, made.graph, size=SIZE, bands=bands, parent=WITHIN, kind=KIND)
        result = plan_units(
            units, effort=effort_for(units.count, settings, has_today=False), seed=seed, zones=zones,
            progress=lambda share, text: tell(0.5 + 0.5 * share, text), is_stopped=is_stopped,
            clock=time.perf_counter, turns=turns,
        )  # fmt: skip
    request = PlanRequest(Path(), "unit_id", SIZE, within=WITHIN, kind=KIND, make=of, seed=seed)
    file = UnitsFile(made.table, made.shapes, made.metres, None)
    run = PlanRun(request, file, units, "borders", result, time.perf_counter() - began, made)
    areas = zone_areas(run, zone_names(run))
    areas["area_class"] = areas["area_class"].replace("", TOWN)
    each = [bands.get(kind, bands[""]) for kind in areas["area_class"]]
    held = [
        one.excess(int(size)) == 0 for one, size in zip(each, areas["households"], strict=True) if not one.is_exempt
    ]
    reasons: dict[str, tuple[Say, ...]] = {}
    for one in result.parts:
        if not one.is_feasible:
            reasons[one.part.parent] = (*reasons.get(one.part.parent, ()), *one.reasons)
    return MadeAreas(level, areas, run, len(held), sum(held), reasons)


def take_areas(
    desk: Desk, made: MadeAreas, *, title: str, valid_from: str | None = None, progress: Progress | None = None
) -> ImportReport:
    """
    Take areas that were made into the workspace as a level of its own, through the same gate as a file.

    Raises
    ------
    GridError
        With what was expected, what was found and what to do; nothing has been changed.
    """
    from data.formats import write_file
    from data.imports.importing import import_file
    from data.imports.options import ImportOptions

    with tempfile.TemporaryDirectory(prefix="wangge-made-") as folder:
        path = Path(folder) / f"{made.level}.gpkg"
        write_file(made.areas, path, layer=made.level)
        options = ImportOptions(
            level=made.level,
            level_title=title,
            id="area_id",
            parent=WITHIN,
            valid_from=valid_from,
            title=desk.store.title,
        )
        return import_file(
            path, "areas", options, workspace=desk.store.workspace, actor=desk.account.account_id, progress=progress
        )


def _silent(_share: float, _text: str) -> None:
    return None


def _kinds(told: str) -> dict[str, str]:
    """{kind of building: class of area} of "kind=class, kind=class"."""
    pairs = [one.split("=") for one in told.split(",") if "=" in one]
    return {kind.strip(): name.strip() for kind, name in pairs}


def _new_residents(desk: Desk, within: str | None, buildings: pd.DataFrame) -> np.ndarray:
    rows: Any = desk.rows("households", columns=["building_id", "is_new_resident"], within=within)
    new = rows[rows["is_new_resident"].fillna(False).to_numpy(bool)]
    return np.asarray(new["building_id"].value_counts().reindex(buildings.index).fillna(0).to_numpy(dtype=np.int64))


def _lines(desk: Desk, kind: str, column: str, box: tuple[float, ...]) -> pd.DataFrame:
    rows: Any = desk.rows(kind, columns=[column, "geometry"], bbox=(box[0], box[1], box[2], box[3]))
    return pd.DataFrame({"sort": rows[column].astype(object).to_numpy(), "geometry": rows["geometry"].to_numpy(object)})
