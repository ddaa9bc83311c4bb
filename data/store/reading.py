"""From the store's file to a table: only the columns asked for, column by column, never row objects."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from sqlalchemy import ColumnElement, Select, Table, and_, func, select

from data.kinds._spec import KindSpec
from data.store.engine import compile_sql
from data.store.tables import KIND_TABLES, KINDS, derived_columns, has_shape

CHUNK_ROWS = 2_000
CRS = "EPSG:4326"
ARROW_TYPES = {
    "text": pa.large_string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.int64(),
    "time": pa.int64(),
    "date": pa.large_string(),
    "shape": pa.large_binary(),
}


def column_dtypes(kind: str) -> dict[str, str]:
    """Return {column: dtype} of a kind as stored, geometry (`shape`) last."""
    spec = KINDS[kind]
    dtypes = {field.name: str(field.dtype) for field in spec.fields}
    dtypes |= dict.fromkeys(derived_columns(kind), "float")
    return dtypes | ({"geometry": "shape"} if has_shape(spec) else {})


def to_microseconds(moment: datetime) -> int:
    """
    Return an aware time as microseconds since 1970 UTC.

    Examples
    --------
    >>> to_microseconds(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    1000000
    """
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def is_one_of(column: ColumnElement[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """Return the condition `column in values`, all values in one parameter, however many there are."""
    each = func.json_each(orjson.dumps(list(values)).decode()).table_valued("value")
    return column.in_(select(each.c.value))


def is_current(table: Table, edition: int) -> ColumnElement[bool]:
    """Return the condition that a row belongs to this edition."""
    return and_(table.c.since_edition <= edition, table.c.until_edition > edition)


def fetch(connection: sqlite3.Connection, statement: Select[Any], dtypes: dict[str, str]) -> pa.Table:
    """
    Run a query and return its columns as Arrow, in chunks so that Python objects never pile up.

    `dtypes` gives the kind of each column, in the order of the query; times are microseconds here.
    """
    sql, parameters = compile_sql(statement)
    types = [ARROW_TYPES[dtype] for dtype in dtypes.values()]
    schema = pa.schema(list(zip(dtypes, types, strict=True)))
    cursor = connection.execute(sql, parameters)
    batches = []
    while rows := cursor.fetchmany(CHUNK_ROWS):
        columns = zip(*rows, strict=True)
        arrays = [pa.array(column, type=each) for column, each in zip(columns, types, strict=True)]
        batches.append(pa.record_batch(arrays, schema=schema))
    return pa.Table.from_batches(batches, schema=schema)


def _to_series(column: pa.ChunkedArray, dtype: str) -> Any:
    if dtype == "text":
        return column.to_pandas().astype("str")
    if dtype == "time":
        return column.cast(pa.timestamp("us", tz="UTC")).to_pandas()
    if dtype == "date":
        return pd.to_datetime(column.to_pandas(), format="%Y-%m-%d").astype("datetime64[s]")
    if dtype == "bool":
        values = column.cast(pa.bool_()).to_pandas()
        return values.astype("boolean" if column.null_count else bool)
    if dtype == "float":
        return column.to_pandas().astype("float64")
    return column.to_pandas()


def to_frame(table: pa.Table, dtypes: dict[str, str]) -> pd.DataFrame:
    """
    Return Arrow columns as the tables everybody works with; a GeoDataFrame (EPSG:4326) if there is a shape.

    Text is pandas `str` (NaN where missing), a time `datetime64[us, UTC]`, a date `datetime64[s]`, a whole number
    `int64` (`float64` with NaN where some are missing), a yes/no `bool` (`boolean` where some are missing).
    """
    columns = {name: _to_series(table.column(name), dtypes[name]) for name in table.column_names if name != "geometry"}
    frame = pd.DataFrame(columns, index=pd.RangeIndex(table.num_rows))
    if "geometry" not in table.column_names:
        return frame
    wkb = table.column("geometry").to_numpy()
    return gpd.GeoDataFrame(frame, geometry=shapely.from_wkb(wkb), crs=CRS)


def in_order(table: pa.Table, spec: KindSpec) -> pa.Table:
    """Sort by time, then key, as text by code point: the same rows always come in the same order."""
    keys = [name for name in (spec.time_field, spec.key) if name and name in table.column_names]
    if not keys or table.num_rows < 2:
        return table
    return table.take(pc.sort_indices(table, sort_keys=[(name, "ascending") for name in keys]))


def select_kind(kind: str, columns: Sequence[str], edition: int, *conditions: ColumnElement[bool]) -> Select[Any]:
    """Return the query for some columns of the rows of one edition."""
    table = KIND_TABLES[kind]
    return select(*(table.c[name] for name in columns)).where(is_current(table, edition), *conditions)


def is_missing(value: Any) -> bool:
    """Say whether a single value stands for nothing."""
    return value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value))
