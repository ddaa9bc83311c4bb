"""Every kind but areas: a raw table turned into rows of the kind, each usable or set aside with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import shapely

from data.formats import RawTable
from data.imports.columns import Matched, match_columns
from data.imports.coordinates import is_off_earth, short
from data.imports.faults import Faults, row_labels
from data.imports.ground import KnownGround
from data.imports.guard import Way, choose_way, guard, notices_of
from data.imports.keys import add_keys, set_aside_repeated
from data.imports.kinds import kind_spec
from data.imports.options import ImportOptions
from data.imports.shapes import only_polygons
from data.imports.times import require_time_zone
from data.imports.values import read_values
from data.kinds._spec import KindSpec
from geo.crs.detectors import Evidence
from geo.errors import CRSError, Say, SchemaError, name_few, say

LINES, SURFACES = (1, 5), (3, 6)


@dataclass(kw_only=True)
class KindTable:
    """The usable rows of a file as rows of a kind, `faults` about the others, and what to say."""

    table: pd.DataFrame
    faults: Faults
    matched: Matched
    crs: str | None
    notices: list[Say] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)


def read_rows(raw: RawTable, kind: str, options: ImportOptions, known: KnownGround) -> KindTable:
    """
    Turn a raw table into rows of `kind`.

    What is `known` of the place tells coordinates that are exchanged, shifted or of another unit.

    Raises
    ------
    SchemaError
        If a column the kind needs is missing or of the wrong type, times have no zone, no row has any location,
        or no row can be used: all faults of the table at once.
    CRSError
        If coordinates come without a CRS, or are not what they are said to be (`CoordinateError`).
    """
    spec = kind_spec(kind)
    if not len(raw.frame):
        raise SchemaError(say("at least one row"), say("{file} has none", file=raw.file), say("export it again"))
    matched = match_columns(spec, raw.frame, options)
    require_columns(spec, matched, raw)
    labels = row_labels(
        raw.frame[matched.columns[spec.key]] if matched.columns.get(spec.key) in raw.frame else None, len(raw.frame)
    )
    faults = Faults(labels=labels)
    zone = require_time_zone(options.time_zone) if options.time_zone else None
    table = read_values(spec, raw.frame, matched.columns, faults, zone)
    crs, notices, evidence = add_place(table, raw, spec, options, faults, known)
    notices = [*raw.notices, *matched.notices, *notices, *add_keys(table, raw.frame, spec)]
    faults.add(table[spec.key].isna(), say("no {field}", field=spec.field(spec.key).title))
    set_aside_repeated(table, spec, faults)
    faults.require_some(
        say("rows of {kind} that can be used", kind=spec.title), say("correct the file; nothing was imported")
    )
    return KindTable(
        table=table[faults.is_usable].reset_index(drop=True),
        faults=faults,
        matched=matched,
        crs=crs,
        notices=notices,
        evidence=evidence,
    )


def require_columns(spec: KindSpec, matched: Matched, raw: RawTable) -> None:
    """Refuse a file without the columns its kind cannot do without."""
    has_points = raw.geometry is not None
    missing = [
        one
        for one in spec.fields
        if one.required
        and one.name != spec.key
        and one.name not in matched.columns
        and not (has_points and one.name in ("lon", "lat"))
    ]
    if missing:
        raise SchemaError(
            say("columns for {fields}", fields=", ".join(one.name for one in missing)),
            say("the columns {columns}", columns=", ".join(map(str, raw.frame.columns[:30]))),
            say("name them with --map {field}=COLUMN", field=missing[0].name),
        )
    placing = {"stated_area_id", "address", "building_id"} & {one.name for one in spec.fields}
    located = {"lon", "lat"} <= set(matched.columns) or has_points or placing & set(matched.columns)
    if spec.located and not located:
        raise SchemaError(
            say("where each row is: longitude and latitude, a shape, an address or an area"),
            say("the columns {columns}", columns=", ".join(map(str, raw.frame.columns[:30]))),
            say("name them with --lon and --lat, --address or --area"),
        )


def add_place(
    table: pd.DataFrame, raw: RawTable, spec: KindSpec, options: ImportOptions, faults: Faults, known: KnownGround
) -> tuple[str | None, list[Say], list[Evidence]]:
    """Add `lon` and `lat`, or `geometry`, to the table; returns the CRS they came in and what the guard found."""
    if spec.shape == "none":
        return None, [], []
    has_columns = {"lon", "lat"} <= set(table.columns)
    if raw.geometry is None and not has_columns:
        return None, require_some_place(table, spec, faults), []
    use_shapes = raw.geometry is not None and (spec.shape != "point" or not (options.lon and options.lat))
    stated = known.stated_shapes(table["stated_area_id"]) if "stated_area_id" in table.columns else None
    if use_shapes:
        assert raw.geometry is not None
        x, y = inner_points(shapely.force_2d(raw.geometry))
    else:
        x, y = (table[name].to_numpy("float64", na_value=np.nan) for name in ("lon", "lat"))
    way = choose_way(raw.crs if use_shapes else None, options, raw.file, x, y, known)
    evidence = guard(way, x, y, options, known, raw.file, stated=stated)
    notices = [*way.notices, *notices_of(evidence)]
    if use_shapes:
        assert raw.geometry is not None
        notices += add_shapes(table, way.shapes(raw.geometry), spec, faults)
    else:
        add_points(table, way, x, y)
        if spec.shape in ("polygon", "line", "any"):
            table["geometry"] = None
    check_points(table, spec, faults, way.crs)
    return way.crs, notices + require_some_place(table, spec, faults), evidence


def add_points(table: pd.DataFrame, way: Way, x: np.ndarray, y: np.ndarray) -> None:
    """Fill the columns `lon` and `lat` from the file's numbers; 0, 0 is no location in any system."""
    lon, lat = way.points(x, y)
    nowhere = (x == 0) & (y == 0)
    table["lon"], table["lat"] = np.where(nowhere, 0.0, lon), np.where(nowhere, 0.0, lat)


def add_shapes(table: pd.DataFrame, shapes: np.ndarray, spec: KindSpec, faults: Faults) -> list[Say]:
    """Add shapes of the kind's own sort; a kind of points takes a point inside a surface or on a line."""
    types, missing = shapely.get_type_id(shapes), shapely.is_missing(shapes) | shapely.is_empty(shapes)
    notices: list[Say] = []
    if spec.shape == "point":
        others = ~missing & (types != 0)
        if others.any():
            notices.append(say("{count} shapes are not points: a point on each was taken", count=int(others.sum())))
        table["lon"], table["lat"] = inner_points(shapes)
        return notices
    fixed = shapes.copy()
    broken = ~missing & ~shapely.is_valid(shapes) & np.isin(types, (*SURFACES, 7))
    for row in np.flatnonzero(broken):
        fixed[row] = only_polygons(shapely.make_valid(shapes[row]))
    if broken.any():
        notices.append(
            say(
                "{count} invalid polygons were repaired: {ids}",
                count=int(broken.sum()),
                ids=name_few(faults.labels[broken]),
            )
        )
    wanted = {"line": LINES, "polygon": SURFACES, "any": (0, *LINES, *SURFACES)}[spec.shape]
    types, missing = shapely.get_type_id(fixed), shapely.is_missing(fixed) | shapely.is_empty(fixed)
    faults.add(missing, say("no shape"))
    faults.add(
        ~missing & ~np.isin(types, wanted),
        say("not a {shape}", shape=say("line") if spec.shape == "line" else say("polygon")),
    )
    fixed[missing | ~np.isin(types, wanted)] = None
    table["geometry"] = fixed
    if spec.shape == "polygon":
        table["lon"], table["lat"] = inner_points(fixed)
    return notices


def inner_points(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """
    Return x and y of a point on each shape, NaN where there is none.

    Examples
    --------
    >>> x, y = inner_points(np.array([shapely.Point(1, 2), shapely.Polygon(), None]))
    >>> x.tolist(), y.tolist()
    ([1.0, nan, nan], [2.0, nan, nan])
    """
    x, y = np.full(len(shapes), np.nan), np.full(len(shapes), np.nan)
    known = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    points = shapely.point_on_surface(shapes[known])
    x[known], y[known] = shapely.get_x(points), shapely.get_y(points)
    return x, y


def check_points(table: pd.DataFrame, spec: KindSpec, faults: Faults, crs: str) -> None:
    """Refuse a file off the Earth; set aside single points off it; take 0, 0 for no location."""
    if not {"lon", "lat"} <= set(table.columns):
        return
    lon, lat = table["lon"].to_numpy("float64"), table["lat"].to_numpy("float64")
    off = is_off_earth(lon, lat) | np.isinf(lon) | np.isinf(lat)
    known = np.isfinite(lon) & np.isfinite(lat)
    if off.sum() > 0.5 * max((known | off).sum(), 1):
        raise CRSError(
            say("coordinates in {crs}", crs=short(crs)),
            say("{count} points off the Earth in rows {rows}", count=int(off.sum()), rows=name_few(faults.labels[off])),
            say("give the CRS the file is really in with --crs"),
        )
    faults.add(off, say("longitude or latitude is off the Earth"))
    nowhere = (lon == 0) & (lat == 0)
    table.loc[nowhere | off | ~known, ["lon", "lat"]] = np.nan
    if spec.field("lon").required:
        faults.add(table["lon"].isna(), say("no location"))


def require_some_place(table: pd.DataFrame, spec: KindSpec, faults: Faults) -> list[Say]:
    """Refuse a located table in which no row says where it is; count the rows that do not."""
    if not spec.located:
        return []
    known = np.zeros(len(table), dtype=bool)
    for name in ("lon", "geometry", "stated_area_id", "address", "building_id"):
        if name in table.columns:
            known |= table[name].notna().to_numpy()
    if not known.any():
        raise SchemaError(
            say("rows that say where they are"),
            say("no location in any of {count} rows: {rows}", count=len(table), rows=name_few(faults.labels)),
            say("name the columns with --lon and --lat, --address or --area"),
        )
    count = int((~known & faults.is_usable).sum())
    return [say("{count} rows say nothing of where they are", count=count)] if count else []
