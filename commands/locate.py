"""`wangge locate`: which polygon of one file holds each point of another, without a store."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from commands.console import Progress, note, print_json, progress_bar
from geo.errors import SchemaError, name_few, say

if TYPE_CHECKING:
    from data.formats import RawTable

POINT, POLYGONS = 0, (3, 6)


def locate_points(
    areas: Path,
    id_column: str,
    points: Path,
    *,
    out: Path,
    lon: str | None,
    lat: str | None,
    crs: str | None,
    as_json: bool,
) -> None:
    """Write `area_id` and `reason` for every point in input order; the rate counts the look-up alone."""
    from geo.locate import LON_LAT, LocateIndex

    if out.suffix.lower() != ".parquet":
        raise SchemaError(say("an --out that ends in .parquet"), say("{name}", name=out.name), say("rename it"))
    with progress_bar("locate") as progress:
        ids, polygons = _read_areas(areas, id_column, crs, progress)
        east, north = _read_points(points, lon, lat, crs, progress)
        _require_axes(east, north, polygons)
        index = LocateIndex.build(ids, list(polygons), progress=progress)
        if index.crossing_ids:
            note(f"notice: rings that cross are read by parity in {name_few(index.crossing_ids)}")
        index.query(east[:1], north[:1], limits=LON_LAT)
        started = time.perf_counter()
        located = index.query(east, north, limits=LON_LAT, progress=progress)
        seconds = time.perf_counter() - started
    table = pd.DataFrame({"area_id": located.ids, "reason": located.reasons})
    _write(table, out)
    counts = {reason: rows for reason, rows in located.counts().items() if rows}
    rate = len(table) / seconds if seconds > 0 else 0.0
    if as_json:
        print_json({"rows": len(table), "reasons": counts, "points_per_s": round(rate), "out": str(out)})
    listed = ", ".join(f"{reason} {rows:,}" for reason, rows in counts.items())
    note(f"{len(table):,} rows: {listed or 'none'}; {rate:,.0f} points/s")


def _read_areas(path: Path, id_column: str, crs: str | None, progress: Progress | None) -> tuple[list[str], np.ndarray]:
    """Read ids and polygons in longitude and latitude; disjoint rows of one id are parts of one area."""
    from data.formats import read_file
    from data.imports.coordinates import shapes_to_lon_lat

    raw = read_file(path, progress=progress)
    if id_column not in raw.frame:
        raise SchemaError(
            say("a column {column!r} with the id of each polygon", column=id_column),
            say("columns {names}", names=name_few(raw.frame.columns)),
            say("give one of them with --id"),
        )
    if raw.geometry is None:
        raise SchemaError(
            say("polygons in {file}", file=path.name), say("a table without geometry"), say("give a file of polygons")
        )
    ids = raw.frame[id_column]
    shapes = shapes_to_lon_lat(raw.geometry, _crs_of(raw, crs))
    if not ids.duplicated().any():
        return ids.tolist(), shapes
    return _join_parts(ids, shapes)


def _join_parts(ids: pd.Series, shapes: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Return one shape per id; rows of one id that overlap are refused."""
    groups = ids.groupby(ids, sort=False, dropna=False).indices
    joined = np.array([shapely.union_all(shapes[rows]) for rows in groups.values()], dtype=object)
    sums = np.array([shapely.area(shapes[rows]).sum() for rows in groups.values()])
    lost = sums - shapely.area(joined) > 1e-9 * sums
    if lost.any():
        raise SchemaError(
            say("one area per id; parts of one area do not overlap"),
            say("overlapping rows of {ids}", ids=name_few(np.array(list(groups), dtype=object)[lost])),
            say("give each area an id of its own"),
        )
    parts = len(ids) - len(groups)
    note(f"notice: {parts} more rows are parts of areas with the same id")
    return [str(one) for one in groups], joined


def _read_points(
    path: Path, lon: str | None, lat: str | None, crs: str | None, progress: Progress | None
) -> tuple[np.ndarray, np.ndarray]:
    """Read longitude and latitude in input order, NaN where a row has none."""
    from data.formats import read_file
    from data.imports.coordinates import to_lon_lat

    raw = read_file(path, progress=progress)
    if raw.geometry is not None and lon is None:
        kinds = shapely.get_type_id(raw.geometry)
        other = ~shapely.is_missing(raw.geometry) & (kinds != POINT)
        if other.any():
            raise SchemaError(
                say("points in {file}", file=path.name),
                say("other shapes in rows {rows}", rows=name_few(np.flatnonzero(other) + 1)),
                say("give a file of points"),
            )
        x, y = shapely.get_x(raw.geometry), shapely.get_y(raw.geometry)
    else:
        x, y = (_numbers(raw, name) for name in _coordinate_columns(raw, lon, lat))
    return to_lon_lat(x, y, _crs_of(raw, crs))


def _coordinate_columns(raw: RawTable, lon: str | None, lat: str | None) -> list[str]:
    """Return the two columns: as told, else by the names coordinates go by."""
    from data.imports.columns import plain
    from data.kinds._spec import lon_lat

    columns = {plain(name): name for name in raw.frame.columns}
    chosen: list[str] = []
    for told, field, option in zip((lon, lat), lon_lat(), ("--lon", "--lat"), strict=True):
        known = [columns[plain(name)] for name in field.synonyms if plain(name) in columns]
        found = [told] if told in raw.frame else [] if told else known
        if not found:
            raise SchemaError(
                say("a column with the {title} of each point", title=field.title),
                say("columns {names}", names=name_few(raw.frame.columns)),
                say("give one of them with {option}", option=option),
            )
        chosen.append(str(found[0]))
    return chosen


def _numbers(raw: RawTable, column: str) -> np.ndarray:
    text = raw.frame[column]
    values = pd.to_numeric(text, errors="coerce").to_numpy(dtype=float)
    wrong = np.isnan(values) & text.notna().to_numpy() & (text.fillna("").str.strip() != "").to_numpy()
    if wrong.any():
        note(
            f"notice: {int(wrong.sum()):,} values of {column} are not numbers, such as {name_few(text[wrong].unique())}"
        )
    return values


def _crs_of(raw: RawTable, told: str | None) -> str:
    """Return what the file declares, else what was told; a file with neither is refused."""
    from data.imports.coordinates import choose_crs

    crs, _ = choose_crs(raw.crs, None if raw.crs else told, raw.file)
    return crs


def _require_axes(lon: np.ndarray, lat: np.ndarray, polygons: np.ndarray) -> None:
    """Refuse points whose longitude and latitude have been exchanged."""
    from data.imports.coordinates import axes_are_swapped

    west, south, east, north = shapely.total_bounds(polygons)
    if axes_are_swapped(lon, lat, (float(west), float(south), float(east), float(north))):
        raise SchemaError(
            say("longitude in --lon and latitude in --lat"),
            say("points that fit the areas only when the two are exchanged"),
            say("exchange the two columns"),
        )


def _write(table: pd.DataFrame, out: Path) -> None:
    part = out.with_name(f".{out.name}.part")
    try:
        table.to_parquet(part, index=False)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
