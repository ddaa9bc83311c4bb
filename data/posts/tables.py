"""Reading demand points and candidate sites: their ids, places, weights and marks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyproj
import shapely

from data.formats import RawTable, read_file
from data.imports.columns import plain
from data.imports.coordinates import choose_crs, to_lon_lat
from data.kinds._spec import lon_lat
from geo.contracts import text_ids
from geo.crowd.posts.reach import Flags, Floats
from geo.crs.metric import choose_metric_crs, project_points
from geo.errors import SchemaError, name_few, say

YES, NO = {"1", "1.0", "yes", "true", "y", "t", "是", "有"}, {"", "0", "0.0", "no", "false", "n", "f", "否", "无"}
ID_NAMES = ("id", "编号", "编码", "code", "demandid", "siteid", "name", "名称")
PLANE = (("x", "easting", "东坐标"), ("y", "northing", "北坐标"))
TRUE_ENOUGH = 0.001


@dataclass
class Points:
    """A table of points as read: `ids` as text in file order, and coordinates of `crs` (None without places)."""

    file: str
    frame: pd.DataFrame
    ids: np.ndarray
    x: Floats | None
    y: Floats | None
    crs: str | None

    def numbers(self, column: str, option: str) -> Floats:
        """Return a column as numbers; what is none is refused with the ids."""
        require_column(self, column, option)
        text = self.frame[column]
        values = pd.to_numeric(text, errors="coerce").to_numpy(dtype=float)
        wrong = ~np.isfinite(values) | (values < 0)
        if wrong.any():
            raise SchemaError(
                say("a number of 0 or more in {column} for every row", column=column),
                say("none in {ids}", ids=name_few(self.ids[wrong])),
                say("put these rows right"),
            )
        return values

    def flags(self, column: str, option: str) -> Flags:
        """Return a column of yes and no (also 1, true, 是) as flags; empty is no."""
        require_column(self, column, option)
        text = self.frame[column].fillna("").astype(str).str.strip().str.lower()
        odd = ~text.isin(YES | NO)
        if odd.any():
            raise SchemaError(
                say("yes or no in {column}", column=column),
                say("{names}", names=name_few(text[odd].unique())),
                say("write 1 or 0"),
            )
        return text.isin(YES).to_numpy()


def require_column(points: Points, column: str, option: str) -> None:
    """Refuse a column the file does not have."""
    if column not in points.frame:
        raise SchemaError(
            say("a column {column!r} in {file}", column=column, file=points.file),
            say("columns {names}", names=name_few(points.frame.columns)),
            say("give one of them with {option}", option=option),
        )


def read_points(
    path: Path, *, id_column: str | None, lon: str | None, lat: str | None, crs: str | None, needs_place: bool,
    is_lenient: bool = False,
) -> Points:  # fmt: skip
    """
    Read a table of points from any known format; areas count at a point inside them.

    Ids come from `id_column`, else from a column called id, code or name with a value of its own in every row, else
    they are row numbers. Without `needs_place` a table without coordinates will do. `is_lenient` lets `lon` and `lat`
    be the names of another file's columns.

    Raises
    ------
    GridError
        If the file cannot be read, is empty, has no places or repeats an id.
    """
    raw = read_file(path)
    if not len(raw.frame):
        raise SchemaError(say("at least one row in {file}", file=raw.file), say("none"), say("give a file with points"))
    ids = _ids(raw, id_column)
    try:
        x, y = _coordinates(raw, lon, lat, is_lenient)
    except SchemaError:
        if needs_place:
            raise
        return Points(raw.file, raw.frame, ids, None, None, None)
    if not needs_place:
        return Points(raw.file, raw.frame, ids, None, None, None)
    named, _ = choose_crs(raw.crs, None if raw.crs else crs, raw.file)
    lost = ~(np.isfinite(x) & np.isfinite(y))
    if lost.any():
        raise SchemaError(
            say("a place for every row of {file}", file=raw.file),
            say("none for {ids}", ids=name_few(ids[lost])),
            say("give their coordinates, or leave them out"),
        )
    return Points(raw.file, raw.frame, ids, x, y, named)


def _ids(raw: RawTable, column: str | None) -> np.ndarray:
    if column is None:
        known = {plain(name): name for name in raw.frame.columns}
        for name in ID_NAMES:
            values = raw.frame[known[name]] if name in known else None
            if values is not None and values.notna().all() and values.is_unique:
                return text_ids(values)
        return text_ids([str(row + 1) for row in range(len(raw.frame))])
    points = Points(raw.file, raw.frame, np.empty(0), None, None, None)
    require_column(points, column, "--id")
    ids = text_ids(raw.frame[column])
    twice = pd.Series(ids).duplicated().to_numpy() | pd.isna(ids)
    if twice.any():
        raise SchemaError(
            say("an id of its own in every row of {file}", file=raw.file),
            say("missing or repeated: {ids}", ids=name_few(pd.unique(ids[twice]))),
            say("give each row its own id"),
        )
    return ids


def _coordinates(raw: RawTable, lon: str | None, lat: str | None, is_lenient: bool) -> tuple[Floats, Floats]:
    if raw.geometry is not None and (is_lenient or (lon is None and lat is None)):
        known = ~(shapely.is_missing(raw.geometry) | shapely.is_empty(raw.geometry))
        places = np.full(len(raw.geometry), None, dtype=object)
        places[known] = shapely.point_on_surface(raw.geometry[known])
        return np.asarray(shapely.get_x(places)), np.asarray(shapely.get_y(places))
    columns = {plain(name): name for name in raw.frame.columns}
    chosen: list[str] = []
    for told, field, others, option in zip((lon, lat), lon_lat(), PLANE, ("--lon", "--lat"), strict=True):
        names = [columns[plain(one)] for one in (*field.synonyms, *others) if plain(one) in columns]
        found = [told] if told in raw.frame else names if is_lenient or not told else []
        if not found:
            raise SchemaError(
                say("a column with the {title} of each point", title=field.title),
                say("columns {names}", names=name_few(raw.frame.columns)),
                say("give one of them with {option}", option=option),
            )
        chosen.append(str(found[0]))
    x, y = (pd.to_numeric(raw.frame[name], errors="coerce").to_numpy(dtype=float) for name in chosen)
    return x, y


def in_metres(demand: Points, sites: Points) -> tuple[Floats, Floats]:
    """
    Return both sets of points in metres of one plane.

    Files in one and the same projected CRS in metres that is true to a thousandth are measured as they are, so that
    round distances stay round; all others are brought to the metric CRS of the place.
    """
    assert demand.x is not None
    assert demand.y is not None
    assert sites.x is not None
    assert sites.y is not None
    assert demand.crs is not None
    assert sites.crs is not None
    if demand.crs == sites.crs and is_true_plane(demand.crs, demand.x, demand.y):
        return np.column_stack([demand.x, demand.y]), np.column_stack([sites.x, sites.y])
    lon, lat = to_lon_lat(demand.x, demand.y, demand.crs)
    site_lon, site_lat = to_lon_lat(sites.x, sites.y, sites.crs)
    both_lon, both_lat = np.concatenate([lon, site_lon]), np.concatenate([lat, site_lat])
    if not (np.isfinite(both_lon).all() and (np.abs(both_lon) <= 180).all() and (np.abs(both_lat) <= 90).all()):
        raise SchemaError(
            say("places on the Earth in {crs}", crs=demand.crs), say("some beyond it"), say("check --crs, and the axes")
        )
    place = choose_metric_crs((both_lon.min(), both_lat.min(), both_lon.max(), both_lat.max()))
    return (
        np.column_stack(project_points(lon, lat, place.crs)),
        np.column_stack(project_points(site_lon, site_lat, place.crs)),
    )


def is_true_plane(crs: str, x: Floats, y: Floats) -> bool:
    """
    Return whether distances can be measured in this CRS as it is: metres, at most a thousandth off.

    Examples
    --------
    >>> middle = np.array([120.5]), np.array([30.4])
    >>> is_true_plane("EPSG:4326", *middle), is_true_plane("EPSG:32651", np.array([3e5]), np.array([3.4e6]))
    (False, True)
    >>> is_true_plane("EPSG:3857", np.array([1.34e7]), np.array([3.55e6]))
    False
    """
    if crs in ("gcj02", "bd09"):
        return False
    named = pyproj.CRS.from_user_input(crs)
    if not named.is_projected or {axis.unit_name for axis in named.axis_info} != {"metre"}:
        return False
    lon, lat = to_lon_lat(np.array([np.mean(x)]), np.array([np.mean(y)]), crs)
    if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
        return False
    scales = pyproj.Proj(named).get_factors(float(lon[0]), float(lat[0]))
    return bool(max(abs(scales.tissot_semimajor - 1), abs(scales.tissot_semiminor - 1)) <= TRUE_ENOUGH)


def places_of(points: Points) -> tuple[Floats, Floats] | None:
    """Return longitude and latitude of points, None where they have no places."""
    if points.x is None or points.y is None or points.crs is None:
        return None
    return to_lon_lat(points.x, points.y, points.crs)
