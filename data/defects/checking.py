"""Checking an area file with the product's thresholds, without a store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

import geo.areas.codes
from data.defects.reading import read_areas, stated_parents
from data.formats import RawTable, read_file
from data.imports.options import ImportOptions
from data.settings import DEFAULTS
from geo.areas.checks.tiling import only_polygons
from geo.areas.codes._spec import CodeSpec
from geo.areas.defects import DefectReport, Limits
from geo.areas.find import find_defects
from geo.catalogue import discover
from geo.errors import Say, SchemaError, name_few, say

Progress = Callable[[float, str], None]


@dataclass(frozen=True, kw_only=True)
class CheckOptions:
    """
    What a check is told; all of it may be left out.

    `id`, `households`, `area_class`, `parent_column` are columns of the file; `parent_file` and `parent_id` the level
    above and its id column; `band` (fewest, most) households; `code_scheme` a name of geo/areas/codes; `level` the
    households bands of a level of the settings (grid or micro_grid).
    """

    id: str | None = None
    layer: str | None = None
    crs: str | None = None
    parent_file: Path | None = None
    parent_layer: str | None = None
    parent_id: str | None = None
    parent_column: str | None = None
    households: str | None = None
    area_class: str | None = None
    band: tuple[float, float] | None = None
    code_scheme: str | None = None
    tolerance_m2: float | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Checked:
    """A check with what it was made from: areas and parents as read, `frame` every column of the file as text."""

    report: DefectReport
    areas: gpd.GeoDataFrame
    parents: gpd.GeoDataFrame | None
    notices: list[Say]
    frame: pd.DataFrame


def check_limits(values: dict[str, Any] | None = None, *, tolerance_m2: float | None = None) -> Limits:
    """
    Return the thresholds of a check: a workspace's settings, the defaults where it has none.

    Examples
    --------
    >>> check_limits(tolerance_m2=1.0).tolerance_m2, check_limits().nested_share
    (1.0, 0.99)
    """
    known = {**DEFAULTS, **(values or {})}
    return Limits(
        tolerance_m2=float(known["defect_tolerance_m2"] if tolerance_m2 is None else tolerance_m2),
        sliver_m2=float(known["sliver_m2"]),
        sliver_width_m=float(known["sliver_width_m"]),
        nested_share=float(known["nested_share"]),
        one_drawing_share=float(known["one_drawing_share"]),
    )


def code_scheme(name: str | None) -> CodeSpec | None:
    """Return a code scheme by its name; None for none."""
    schemes = discover(geo.areas.codes)
    if name is not None and name not in schemes:
        raise SchemaError(
            say("a code scheme: {names}", names=", ".join(schemes)),
            say("{name}", name=name),
            say("choose one of these"),
        )
    return None if name is None else schemes[name]


def silent(share: float, text: str) -> None:
    """Report progress to nobody."""


def check_file(path: str | Path, options: CheckOptions, *, progress: Progress | None = None) -> Checked:
    """
    Find the defects of an area file, against the level above where one is given; nothing is changed or stored.

    Raises
    ------
    GridError
        If a file cannot be read, has no ids or polygons, declares no CRS and none is told, or a column is not there.
    """
    tell = progress or silent
    tell(0.0, "reading")
    scheme = code_scheme(options.code_scheme)
    raw = read_file(path, layer=options.layer, kind="areas")
    given = {"households": options.households, "area_class": options.area_class}
    fields = {name: column for name, column in given.items() if column}
    wanted = ImportOptions(id=options.id, crs=options.crs, map=fields, parent=options.parent_column)
    areas, notices = read_areas(raw, wanted)
    parents = None
    if options.parent_file is not None:
        tell(0.3, "reading the level above")
        parents, areas, told = read_parents(raw, areas, options)
        notices += told
    report = find_defects(
        areas,
        limits=check_limits(tolerance_m2=options.tolerance_m2),
        parents=parents,
        bands={"": options.band} if options.band else None,
        code_scheme=scheme,
        progress=lambda share, text: tell(0.5 + share / 2, text),
    )
    tell(1.0, "checked")
    return Checked(report=report, areas=areas, parents=parents, notices=[*notices, *report.notices], frame=raw.frame)


def read_parents(
    raw: RawTable, areas: gpd.GeoDataFrame, options: CheckOptions
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, list[Say]]:
    """Return the level above in the areas' CRS, and the areas with the parent each one states."""
    above = read_file(options.parent_file, layer=options.parent_layer, kind="areas")  # type: ignore[arg-type]
    parent_id = options.parent_id
    if parent_id is not None and parent_id not in above.frame.columns and parent_id not in raw.frame.columns:
        raise SchemaError(
            say("a column {column} in {file}", column=parent_id, file=above.file),
            say("the columns {columns}", columns=name_few(above.frame.columns)),
            say("give one of them with --parent-id"),
        )
    in_parent = parent_id if parent_id in above.frame.columns else None
    parents, told = read_areas(above, ImportOptions(id=in_parent, crs=options.crs))
    parents = parents.to_crs(areas.crs) if parents.crs != areas.crs else parents
    column = options.parent_column or (parent_id if in_parent is None else None)
    shapes = _ground(areas)
    values, named = stated_parents(
        raw.frame, shapes, parents["area_id"].to_numpy(object), _ground(parents), told=column
    )
    areas = areas.drop(columns="parent_id", errors="ignore")
    return parents, areas.assign(parent_id=values) if values is not None else areas, [*told, *named]


def _ground(table: gpd.GeoDataFrame) -> np.ndarray:
    """Return valid shapes for looking where areas lie; empty where there are none."""
    shapes = np.array(table.geometry, dtype=object)
    shapes[shapely.is_missing(shapes)] = shapely.Polygon()
    for row in np.flatnonzero(~shapely.is_valid(shapes)):
        shapes[row] = only_polygons(shapely.make_valid(shapes[row]))
    return shapes
