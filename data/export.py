"""Handing rows out: any kind, inside the caller's desk, in the format the file's ending says, marked if synthetic."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.formats import write_file
from data.imports.coordinates import canonical_crs
from data.imports.kinds import kind_spec, kind_specs
from geo.errors import CRSError, SchemaError, say

if TYPE_CHECKING:
    from data.store import Desk

Progress = Callable[[float, str], None]
EVER = (datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC))
MARK = "SYNTHETIC"


def export_item(
    desk: Desk,
    item: str,
    path: str | Path,
    *,
    level: str | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    within: str | None = None,
    crs: str | None = None,
    progress: Progress | None = None,
) -> int:
    """
    Write areas, incidents, tracks or any other kind to a file and return its rows.

    Everything lies inside the desk's scope, personal fields as that desk shows them. Demonstration data carry the
    word SYNTHETIC in a column of every row and in the layer's name.

    Parameters
    ----------
    desk
        Who asks.
    item
        A kind (data/kinds), "tracks": the fixes of each unit joined to lines, or "defects": of the areas, with state.
    path
        Its ending says the format; see data.formats.write_file.
    level
        For areas: one level; all levels if None.
    start, end
        Aware; from `start` (included) to `end` (excluded), for kinds with a time. All if None.
    within
        Only the part inside one area.
    crs
        EPSG code of the shapes and of lon, lat; longitude and latitude (EPSG:4326) if None.

    Raises
    ------
    GridError
        If there is no such item, or the format cannot hold it.
    """
    tell = progress or silent
    tell(0.05, "collecting rows")
    table = collect(desk, item, level=level, start=start, end=end, within=within)
    tell(0.5, "writing")
    table = project_shapes(table, crs)
    synthetic = desk.store.is_synthetic
    if synthetic:
        table.insert(0, "marking", MARK)
    layer = f"{item}_{MARK}" if synthetic else item
    rows = write_file(table, path, layer=layer, description=describe(desk, item, synthetic))
    tell(1.0, "written")
    return rows


def silent(share: float, text: str) -> None:
    """Report progress to nobody."""


def describe(desk: Desk, item: str, synthetic: bool) -> str:
    """Return one sentence about the file."""
    origin = f"{MARK} demonstration data" if synthetic else "data"
    return f"{item} of {desk.store.title}, {origin}, edition {desk.store.edition}"


def collect(
    desk: Desk, item: str, *, level: str | None, start: datetime | None, end: datetime | None, within: str | None
) -> gpd.GeoDataFrame | pd.DataFrame:
    """Return the rows of an item inside the desk's scope, with shapes where it has any."""
    if item == "areas":
        return desk.areas(level=level, within=within).reset_index()
    if item in ("tracks", "fixes"):
        begin, finish = start or EVER[0], end or EVER[1]
        fixes = desk.fixes(begin, finish, within=within)
        return tracks_of(fixes, gap_s=float(desk.setting("fix_gap_s"))) if item == "tracks" else with_points(fixes)
    if item == "defects":
        from data.defects.following import list_defects

        return list_defects(desk)
    if item not in kind_specs():
        raise SchemaError(
            say("one of {items}", items=", ".join([*kind_specs(), "tracks", "defects"])),
            say("{item}", item=item),
            say("choose one"),
        )
    timed = bool(kind_spec(item).time_field)
    rows = desk.rows(item, start=start if timed else None, end=end if timed else None, within=within)
    return rows if isinstance(rows, gpd.GeoDataFrame) else with_points(rows)


def with_points(rows: pd.DataFrame) -> gpd.GeoDataFrame | pd.DataFrame:
    """Return rows with their points as shapes; a row without a location has none."""
    if not {"lon", "lat"} <= set(rows.columns):
        return rows.copy()
    lon, lat = (rows[name].to_numpy("float64", na_value=np.nan) for name in ("lon", "lat"))
    points = np.full(len(rows), None, dtype=object)
    known = ~(np.isnan(lon) | np.isnan(lat))
    points[known] = shapely.points(lon[known], lat[known])
    return gpd.GeoDataFrame(rows.copy(), geometry=points, crs="EPSG:4326")


def tracks_of(fixes: pd.DataFrame, *, gap_s: float) -> gpd.GeoDataFrame:
    """
    Return one line for each stretch of a unit's fixes without a pause longer than `gap_s`.

    A single fix makes no line and is left out; fixes outside every area belong to the track.

    Examples
    --------
    >>> at = pd.to_datetime(["2026-01-01 00:00", "2026-01-01 00:01", "2026-01-01 09:00"], utc=True)
    >>> fixes = pd.DataFrame({"unit_id": "U", "at": at, "lon": [0.0, 1.0, 2.0], "lat": 0.0})
    >>> tracks_of(fixes, gap_s=300)[["unit_id", "fixes"]].values.tolist()
    [['U', 2]]
    """
    ordered = fixes.sort_values(["unit_id", "at"], kind="stable")
    unit = ordered["unit_id"].astype("str")
    seconds = ordered["at"].diff().dt.total_seconds()
    breaks = ((unit != unit.shift()) | (seconds > gap_s)).to_numpy()
    track = np.cumsum(breaks) - 1
    size = np.bincount(track) if len(track) else np.zeros(0, dtype=int)
    keep = size[track] > 1 if len(track) else np.zeros(0, dtype=bool)
    kept = ordered[keep]
    number = pd.factorize(track[keep])[0]
    corners = kept[["lon", "lat"]].to_numpy("float64")
    lines = np.asarray(shapely.linestrings(corners, indices=number) if len(kept) else [], dtype=object)
    groups = kept.assign(unit_id=kept["unit_id"].astype("str")).groupby(number, sort=True)
    table = groups.agg(
        unit_id=("unit_id", "first"), starts_at=("at", "min"), ends_at=("at", "max"), fixes=("at", "size")
    )
    table.insert(0, "track_id", [f"{u}-{n}" for n, u in enumerate(table["unit_id"], start=1)])
    return gpd.GeoDataFrame(table.reset_index(drop=True), geometry=lines, crs="EPSG:4326")


def project_shapes(table: pd.DataFrame, crs: str | None) -> pd.DataFrame:
    """Return the table with its shapes and points in the CRS asked for."""
    if crs is None or canonical_crs(crs) == "EPSG:4326" or not isinstance(table, gpd.GeoDataFrame):
        return table
    wanted = canonical_crs(crs)
    if not wanted.startswith("EPSG:"):
        raise CRSError(
            say("an EPSG code to export in"), say("{crs}", crs=crs), say("leave it out for longitude and latitude")
        )
    projected = table.to_crs(wanted)
    if {"lon", "lat"} <= set(projected.columns):
        points = gpd.GeoSeries(gpd.points_from_xy(table["lon"], table["lat"]), crs="EPSG:4326").to_crs(wanted)
        projected = projected.rename(columns={"lon": "x", "lat": "y"})
        projected["x"], projected["y"] = points.x.to_numpy(), points.y.to_numpy()
    return projected
