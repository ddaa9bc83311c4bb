"""Parquet, with geometry where it is GeoParquet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj

from data.formats._gdal import name_geometry, unreadable
from data.formats._spec import FormatSpec, Reading, ReadRequest


def read_parquet(path: Path, request: ReadRequest) -> Reading:
    """Read a Parquet file; GeoParquet without a `crs` entry is OGC:CRS84 by its standard, a null one is none."""
    _ = request
    try:
        file = pq.ParquetFile(path)
        told = json.loads((file.schema_arrow.metadata or {}).get(b"geo", b"null"))
        if not told:
            return Reading(table=file.read())
        return read_geoparquet(path, file, told)
    except Exception as error:
        raise unreadable("Parquet", error) from error


def read_geoparquet(path: Path, file: pq.ParquetFile, told: dict[str, Any]) -> Reading:
    """Read the primary geometry column as WKB and its CRS as EPSG code or WKT."""
    primary = told["primary_column"]
    column = told["columns"][primary]
    if str(column.get("encoding", "WKB")).upper() == "WKB":
        table = file.read()
    else:
        frame = gpd.read_parquet(path)
        table = pa.table(frame.to_arrow(index=False, geometry_encoding="WKB"))
    declared = column.get("crs", "OGC:CRS84")
    return Reading(table=name_geometry(table, primary), crs=crs_text(declared))


def crs_text(declared: Any) -> str | None:
    """Return a PROJJSON CRS as "EPSG:nnnn" where it has a code, else as WKT; longitude and latitude as EPSG:4326."""
    if declared is None:
        return None
    crs = pyproj.CRS.from_user_input(declared)
    authority = crs.to_authority()
    if authority is None:
        return str(crs.to_wkt())
    return "EPSG:4326" if authority == ("OGC", "CRS84") else ":".join(authority)


SPEC = FormatSpec(
    title="Parquet",
    endings=(".parquet", ".geoparquet"),
    matches=lambda head, tail, ending: head.startswith(b"PAR1"),  # noqa: ARG005
    read=read_parquet,
)
