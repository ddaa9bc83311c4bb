"""An area file as the check wants it: ids, shapes in a known CRS, what else tells one area from another."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from data.formats import RawTable
from data.imports.areas import require_id, require_shapes
from data.imports.columns import column_values, match_columns
from data.imports.coordinates import choose_crs, shapes_to_lon_lat
from data.imports.kinds import kind_spec
from data.imports.options import ImportOptions
from geo.areas.checks.nesting import find_parent
from geo.areas.checks.parents import match_stated
from geo.errors import Say, SchemaError, name_few, say

NUMBERS = ("id", "fid", "gid", "ogcfid", "rowid", "objectid", "globalid", "version", "createdat", "updatedat")
MEASURES = ("shapearea", "shapelength", "shapeleng", "starea", "stlength", "area", "perimeter", "length", "households")
PLACES = ("x", "y", "lon", "lat", "longitude", "latitude", "geometry", "wkt", "geom")
ROW_COLUMNS = frozenset(NUMBERS + MEASURES + PLACES)
"""Columns that number or measure a row; they say nothing about which area it is."""
SHIFTED = ("gcj02", "bd09")
AGREES = 0.9


def read_areas(raw: RawTable, options: ImportOptions) -> tuple[gpd.GeoDataFrame, list[Say]]:
    """
    Return the rows of an area file for `find_defects`, and what to say about its CRS.

    Shapes stay in the file's own coordinates, so that borders are compared as they were drawn; GCJ-02 and BD-09 are
    turned into CGCS2000.
    """
    shapes = require_shapes(raw)
    matched = match_columns(kind_spec("areas"), raw.frame, options)
    require_id(matched, raw.frame)
    crs, notices = choose_crs(raw.crs, options.crs, raw.file)
    if crs in SHIFTED:
        shapes, crs = shapes_to_lon_lat(shapes, crs), "EPSG:4326"
    ids = column_values(raw.frame, matched.columns["area_id"])
    table = pd.DataFrame({"area_id": ids.astype(object).where(ids.notna(), None)})
    table["label"] = row_labels(raw.frame, matched.columns["area_id"])
    for field in ("parent_id", "area_class", "households"):
        if field in matched.columns:
            table[field] = column_values(raw.frame, matched.columns[field]).to_numpy(object)
    if "households" in table:
        table["households"] = require_counts(table["households"], matched.columns["households"])
    geometry = gpd.GeoSeries(shapes, index=table.index, crs=crs)
    return gpd.GeoDataFrame(table, geometry=geometry, crs=crs), [*raw.notices, *notices]


def require_counts(values: pd.Series, column: str) -> pd.Series:
    """Return a column as numbers; SchemaError if any is none."""
    numbers = pd.to_numeric(values, errors="coerce")
    wrong = values[numbers.isna() & values.notna()]
    if len(wrong):
        raise SchemaError(
            say("numbers of households in the column {column}", column=column),
            say("{values}", values=name_few(wrong.unique())),
            say("correct the column, or name another one with --households"),
        )
    return numbers


def row_labels(frame: pd.DataFrame, id_column: str) -> np.ndarray:
    """
    Return, as one text, what the columns of each row say about its area apart from its id; None where nothing.

    Examples
    --------
    >>> rows = pd.DataFrame({"code": ["31", "31"], "name": ["31ST", "31ST"], "OBJECTID": ["1", "2"]})
    >>> row_labels(rows, "code").tolist()
    ['31ST', '31ST']
    >>> row_labels(rows[["code", "OBJECTID"]], "code").tolist()
    [None, None]
    """
    told = [name for name in frame.columns if name != id_column and not is_row_column(str(name))]
    told = [name for name in told if frame[name].notna().any()]
    if not told:
        return np.full(len(frame), None, dtype=object)
    columns = [frame[name].astype(object).where(frame[name].notna(), "").astype(str) for name in told]
    return np.array(["\x1f".join(values) for values in zip(*columns, strict=True)], dtype=object)


def is_row_column(name: str) -> bool:
    """Return whether a column numbers or measures rows."""
    plain = "".join(one for one in name.lower() if one.isalnum())
    return name.startswith(":") or plain in ROW_COLUMNS


def stated_parents(
    frame: pd.DataFrame, shapes: np.ndarray, parent_ids: np.ndarray, parent_shapes: np.ndarray, *, told: str | None
) -> tuple[np.ndarray | None, list[Say]]:
    """
    Return the parent each row states, or None where no column does.

    The column is the one told, else the one whose codes name parents and agree best with where the areas lie: at
    least nine rows in ten.
    """
    if told is not None:
        return column_values(frame, told).astype(object).where(lambda one: one.notna(), None).to_numpy(object), []
    held = find_parent(shapes, parent_shapes).parent
    best, name = AGREES, None
    for column in frame.columns:
        values = frame[column].astype(object).where(frame[column].notna(), None).to_numpy(object)
        if len({one for one in values if one is not None}) > 2 * len(parent_ids):
            continue
        found, _ = match_stated(values, parent_ids)
        share = float(((found == held) & (found >= 0)).mean()) if len(found) else 0.0
        if share > best or (share == best and name is None):
            best, name = share, column
    if name is None:
        return None, []
    values = frame[name].astype(object).where(frame[name].notna(), None).to_numpy(object)
    return values, [say("the column {column} names the parents", column=str(name))]
