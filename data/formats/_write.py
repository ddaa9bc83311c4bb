"""Writing one table to a file whose ending says the format: whole, or not at all."""

from __future__ import annotations

import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import shapely

from geo.errors import FormatError, SchemaError, say

FORMULA = re.compile("'*[=+\\-@＝＋－＠\t\r\n]")
"""What a spreadsheet may run, wide forms included, and what looks like such a cell already made safe."""
SHORT = 10
SHEET_ROWS, CELL_LETTERS = 1_048_575, 32_767
DEGREES_ONLY = (".geojson", ".json", ".kml")
SHAPE_SORTS = {0: "point", 1: "line", 2: "line", 3: "polygon", 4: "point", 5: "line", 6: "polygon"}


def write_file(table: gpd.GeoDataFrame | pd.DataFrame, path: str | Path, *, layer: str, description: str = "") -> int:
    """
    Write a table in the format of the path's ending and return its rows.

    Geometry becomes shapes, in CSV and workbooks well-known text; shapes too long for a cell are left out of a
    workbook. Cells that a spreadsheet would run as a
    formula are written with an apostrophe before them. The file appears whole or not at all.

    Parameters
    ----------
    table
        A GeoDataFrame with its CRS, or a DataFrame without shapes.
    path
        Ends in .gpkg, .geojson, .fgb, .parquet, .shp, .zip (shapefile), .csv, .xlsx or .kml.
    layer
        Name of the layer or sheet.
    description
        A sentence about the layer, kept where the format has room for one.

    Raises
    ------
    FormatError
        If the ending is of no format we write.
    CRSError, SchemaError
        If the format cannot hold this CRS, these shapes or so many rows.
    """
    target = Path(path)
    ending = target.suffix.lower()
    if ending not in WRITERS:
        raise FormatError(
            say("a file ending in {endings}", endings=", ".join(WRITERS)),
            say("{name}", name=target.name),
            say("choose one of these endings"),
        )
    if not target.parent.is_dir():
        raise FormatError(
            say("a folder that exists"), say("no folder {name}", name=str(target.parent)), say("make the folder first")
        )
    require_degrees(table, ending)
    with tempfile.TemporaryDirectory(prefix=".wangge-export-", dir=target.parent) as folder:
        draft = Path(folder) / target.name
        WRITERS[ending](table, draft, layer, description)
        for written in sorted(Path(folder).iterdir()):
            if written.is_file():
                written.replace(target.parent / written.name)
    return len(table)


def require_degrees(table: pd.DataFrame, ending: str) -> None:
    """Refuse a projected table in a format that holds longitude and latitude only."""
    crs = table.crs if isinstance(table, gpd.GeoDataFrame) else None
    if ending in DEGREES_ONLY and crs is not None and crs.to_epsg() != 4326:
        raise SchemaError(
            say("longitude and latitude (EPSG:4326) in a {ending} file", ending=ending),
            say("{crs}", crs=crs.to_string()),
            say("leave --crs out, or write a .gpkg"),
        )


def write_vector(table: pd.DataFrame, path: Path, layer: str, description: str, *, driver: str) -> None:
    """Write through GDAL; times as UTC, a table without shapes as a layer without geometry."""
    frame = plain_columns(table, keep_times=driver in ("GPKG", "FlatGeobuf"))
    more: dict[str, Any] = {}
    if driver in ("GPKG", "FlatGeobuf", "GeoJSON") and description:
        more["layer_metadata" if driver == "GPKG" else "DESCRIPTION"] = (
            {"DESCRIPTION": description} if driver == "GPKG" else description
        )
    if driver == "GeoJSON":
        more |= {"RFC7946": "YES", "COORDINATE_PRECISION": 9}
    if driver == "FlatGeobuf":
        more = {"DESCRIPTION": description} if description else {}
    if isinstance(frame, gpd.GeoDataFrame):
        kinds = set(np.unique(shapely.get_type_id(frame.geometry.to_numpy())).tolist()) - {-1}
        sorts = {SHAPE_SORTS.get(one) for one in kinds} - {None}
        if len(sorts) == 1:
            more["promote_to_multi"] = sorts != {"point"} and len(kinds) > 1
        pyogrio.write_dataframe(frame, path, layer=layer, driver=driver, **more)
    else:
        pyogrio.write_dataframe(frame, path, layer=layer, driver=driver, **more)


def plain_columns(table: pd.DataFrame, *, keep_times: bool) -> pd.DataFrame:
    """Return a table of columns every format knows: categories as text, times as UTC or as ISO 8601."""
    frame = table.copy()
    for name in frame.columns:
        column = frame[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            frame[name] = column.astype("str")
        elif isinstance(column.dtype, pd.DatetimeTZDtype) and not keep_times:
            frame[name] = iso_times(column)
        elif pd.api.types.is_datetime64_dtype(column.dtype):
            frame[name] = column.dt.strftime("%Y-%m-%d")
        elif column.dtype == "boolean":
            frame[name] = column.astype("Int8").astype("float64")
        elif column.dtype == object and name != "geometry":
            frame[name] = column.astype("str").where(column.notna())
    return frame


def iso_times(column: pd.Series) -> pd.Series:
    """
    Return instants as ISO 8601 text in UTC.

    Examples
    --------
    >>> iso_times(pd.Series(pd.to_datetime(["2026-01-02 03:04:05+08:00"]))).tolist()
    ['2026-01-01T19:04:05Z']
    """
    return column.dt.tz_convert("UTC").dt.strftime("%Y-%m-%dT%H:%M:%SZ")


def write_shapefile(table: pd.DataFrame, path: Path, layer: str, description: str) -> None:
    """Write a shapefile with UTF-8 text (.cpg beside it); names are cut to ten letters, each still its own."""
    if not isinstance(table, gpd.GeoDataFrame):
        raise SchemaError(
            say("a table with shapes"), say("{layer} has none", layer=layer), say("write a .csv, .xlsx or .parquet")
        )
    sorts = {SHAPE_SORTS.get(int(one), "other") for one in np.unique(shapely.get_type_id(table.geometry.to_numpy()))}
    if len(sorts - {"other"}) > 1:
        raise SchemaError(
            say("shapes of one sort in a shapefile"),
            say("{sorts}", sorts=", ".join(sorted(sorts))),
            say("write a .gpkg, which holds them all"),
        )
    names = [name for name in table.columns if name != "geometry"]
    renamed = table.rename(columns=dict(zip(names, short_names(names), strict=True)))
    write_vector(renamed, path, path.stem, description, driver="ESRI Shapefile")
    path.with_suffix(".cpg").write_text("UTF-8", "ascii")


def short_names(names: list[str]) -> list[str]:
    """
    Return names of at most ten letters, each its own.

    Examples
    --------
    >>> short_names(["subcategory_one", "subcategory_two", "id"])
    ['subcategor', 'subcateg_2', 'id']
    """
    result: list[str] = []
    for name in names:
        short, count = name[:SHORT], 1
        while short in result:
            count += 1
            short = f"{name[: SHORT - len(str(count)) - 1]}_{count}"
        result.append(short)
    return result


def write_zip(table: pd.DataFrame, path: Path, layer: str, description: str) -> None:
    """Write a shapefile with its side files in one archive."""
    inside = path.parent / "parts"
    inside.mkdir()
    write_shapefile(table, inside / f"{layer}.shp", layer, description)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(inside.iterdir()):
            archive.write(part, part.name)
    shutil.rmtree(inside)


def write_parquet(table: pd.DataFrame, path: Path, layer: str, description: str) -> None:
    """Write GeoParquet, or Parquet where there are no shapes."""
    _ = layer
    frame = table.reset_index(drop=True)
    frame.attrs = {"description": description} if description and not isinstance(frame, gpd.GeoDataFrame) else {}
    frame.to_parquet(path, index=False)


def safe_cell(value: Any) -> Any:
    """
    Return a cell that no spreadsheet runs as a formula; numbers stay as they are.

    Examples
    --------
    >>> safe_cell("=1+1"), safe_cell("-0.5"), safe_cell("+86 571"), safe_cell("text"), safe_cell("'=x")
    ("'=1+1", '-0.5', "'+86 571", 'text', "''=x")
    """
    if not isinstance(value, str) or not FORMULA.match(value):
        return value
    try:
        float(value)
    except ValueError:
        return "'" + value
    return value


def cells(table: pd.DataFrame, *, shapes: bool) -> pd.DataFrame:
    """Return the table as a spreadsheet may have it: shapes as well-known text or left out, formulas as text."""
    frame = plain_columns(pd.DataFrame(table), keep_times=False)
    if "geometry" in frame.columns:
        frame = frame.drop(columns="geometry")
        if shapes:
            frame["geometry"] = shapely.to_wkt(np.asarray(table["geometry"], dtype=object), rounding_precision=-1)
    for name in frame.columns:
        if pd.api.types.is_string_dtype(frame[name]):
            risky = frame[name].str.match(FORMULA).fillna(False).astype(bool)
            if risky.any():
                frame[name] = frame[name].where(~risky, frame[name][risky].map(safe_cell).reindex(frame.index))
    return frame.rename(columns=safe_cell)


def write_csv(table: pd.DataFrame, path: Path, layer: str, description: str) -> None:
    """Write CSV in UTF-8 with a byte order mark, so that Excel reads Chinese right."""
    _ = layer, description
    cells(table, shapes=True).to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")


def write_workbook(table: pd.DataFrame, path: Path, layer: str, description: str) -> None:
    """Write one sheet; shapes as well-known text where every one fits a cell, else left out (lon and lat stay)."""
    if len(table) > SHEET_ROWS:
        raise SchemaError(
            say("at most {limit} rows in a workbook", limit=SHEET_ROWS),
            say("{count}", count=len(table)),
            say("choose a shorter period, or write a .csv"),
        )
    book = openpyxl.Workbook(write_only=True)
    book.properties.description = description
    sheet = book.create_sheet(layer[:31])
    frame = cells(table, shapes=fits_cells(table))
    sheet.append([str(name) for name in frame.columns])
    rows = frame.astype(object).where(frame.notna(), None)
    for row in rows.itertuples(index=False, name=None):
        sheet.append(row)
    book.save(path)


def fits_cells(table: pd.DataFrame) -> bool:
    """Return whether every shape of a table fits a cell as well-known text."""
    if "geometry" not in table.columns or not len(table):
        return False
    corners = shapely.get_num_coordinates(np.asarray(table["geometry"], dtype=object))
    if int(corners.max()) > CELL_LETTERS // 4:
        return False
    texts = shapely.to_wkt(np.asarray(table["geometry"], dtype=object), rounding_precision=-1)
    return max((len(text) for text in texts if text), default=0) <= CELL_LETTERS


def by_driver(driver: str) -> Callable[[pd.DataFrame, Path, str, str], None]:
    """Return the writer of one GDAL format."""

    def write(table: pd.DataFrame, path: Path, layer: str, description: str) -> None:
        write_vector(table, path, layer, description, driver=driver)

    return write


WRITERS: dict[str, Callable[[pd.DataFrame, Path, str, str], None]] = {
    ".gpkg": by_driver("GPKG"),
    ".geojson": by_driver("GeoJSON"),
    ".json": by_driver("GeoJSON"),
    ".fgb": by_driver("FlatGeobuf"),
    ".parquet": write_parquet,
    ".geoparquet": write_parquet,
    ".shp": write_shapefile,
    ".zip": write_zip,
    ".csv": write_csv,
    ".xlsx": write_workbook,
    ".kml": by_driver("KML"),
}
