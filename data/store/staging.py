"""Tables on their way into the store: Parquet files in the workspace's staging folder, checked before anything else."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from data.store.engine import folder
from data.store.reading import column_dtypes
from data.store.tables import BOUNDS, KINDS, derived_columns
from geo.errors import SchemaError, StoreError, name_few, say

FOLDER = "staging"


def staging_folder(workspace: str) -> Path:
    """Return the folder staged tables of a workspace wait in, made if missing (the workspace need not exist yet)."""
    path = folder(workspace) / FOLDER
    path.mkdir(parents=True, exist_ok=True)
    return path


def stage(workspace: str, table: pd.DataFrame | pa.Table, name: str | None = None) -> str:
    """
    Write a table to the staging folder and return its file name, as verbs take it in `table`.

    A GeoDataFrame's geometry becomes WKB; its CRS must already be longitude and latitude.
    """
    file_name = f"{name or 'table'}-{uuid.uuid4().hex}.parquet"
    if isinstance(table, gpd.GeoDataFrame):
        plain = pd.DataFrame(table.drop(columns=table.geometry.name))
        wkb = pa.array(shapely.to_wkb(table.geometry.to_numpy()), pa.binary())
        table = pa.Table.from_pandas(plain, preserve_index=False).append_column("geometry", wkb)
    elif isinstance(table, pd.DataFrame):
        table = pa.Table.from_pandas(table, preserve_index=False)
    pq.write_table(table, staging_folder(workspace) / file_name, compression="zstd")
    return file_name


def staged_path(workspace: str, name: str) -> Path:
    """Return the path of a staged table; StoreError if it is not in the staging folder."""
    path = staging_folder(workspace) / name
    if Path(name).name != name or not path.is_file():
        raise StoreError(
            say("a table in the staging folder of {name}", name=workspace),
            say("{file!r}, which is not there", file=name),
            say("stage the table and publish again"),
        )
    return path


class StagedTable:
    """One staged table of a kind, whose columns and keys have been checked: what is read from it can be published."""

    def __init__(self, path: Path, kind: str, *, only: Sequence[str] | None = None) -> None:
        self.path, self.kind, self.spec = path, kind, KINDS[kind]
        try:
            self._file = pq.ParquetFile(path)
        except (OSError, pa.ArrowException) as error:
            raise StoreError(
                say("a staged Parquet table"), say("{error}", error=str(error)), say("stage it again")
            ) from error
        self.dtypes = column_dtypes(kind)
        self.columns = [name for name in self._file.schema_arrow.names if not name.startswith("__index_level_")]
        self._require_columns(only)
        self.keys = self._require_keys()

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return int(self._file.metadata.num_rows)

    def _require_columns(self, only: Sequence[str] | None) -> None:
        known = set(only or self.dtypes)
        unknown = [name for name in self.columns if name not in known]
        missing = [name for name in (only or (self.spec.key,)) if name not in self.columns]
        if unknown or missing:
            raise SchemaError(
                say("columns of {kind}: {columns}", kind=self.kind, columns=", ".join(sorted(known))),
                say("unknown: {unknown}; missing: {missing}", unknown=name_few(unknown), missing=name_few(missing)),
                say("name the columns as the kind does"),
            )
        for name in self.columns:
            found = self._file.schema_arrow.field(name).type
            if self.dtypes[name] == "time" and not _is_aware(found):
                raise SchemaError(
                    say("times with a zone in {column}", column=name),
                    say("{type}", type=str(found)),
                    say("make the times aware before staging"),
                )

    def _require_keys(self) -> pa.Array:
        keys = self._file.read(columns=[self.spec.key])[self.spec.key].cast(pa.large_string()).combine_chunks()
        counted = pc.value_counts(keys)
        repeated = counted.field("values").filter(pc.greater(counted.field("counts"), 1)).to_pylist()
        if keys.null_count or repeated:
            raise SchemaError(
                say("one row per {key}, none missing", key=self.spec.key),
                say("missing: {missing}; repeated: {ids}", missing=keys.null_count, ids=name_few(repeated)),
                say("correct the ids and publish again"),
            )
        return keys

    def column(self, name: str) -> pa.ChunkedArray:
        """Return one whole column."""
        return self._file.read(columns=[name])[name]

    def stored_columns(self) -> list[str]:
        """Return the columns of the tuples `batches` yields: those staged, then those derived from the shape."""
        derived = derived_columns(self.kind) if "geometry" in self.columns else ()
        return [*self.columns, *(name for name in derived if name not in self.columns)]

    def batches(self, rows: int) -> Iterator[Iterator[tuple[Any, ...]]]:
        """Yield iterators over rows as tuples of what SQLite keeps, at most `rows` in each."""
        for batch in self._file.iter_batches(batch_size=rows, columns=self.columns):
            columns = {name: to_stored(batch.column(name), self.dtypes[name]) for name in self.columns}
            if "geometry" in columns:
                columns |= _derived(columns["geometry"], self.stored_columns()[len(self.columns) :])
            yield zip(*(columns[name] for name in self.stored_columns()), strict=True)


def _is_aware(kind: pa.DataType) -> bool:
    return pa.types.is_null(kind) or (pa.types.is_timestamp(kind) and kind.tz is not None)


def to_stored(column: pa.Array, dtype: str) -> list[Any]:
    """Return an Arrow column as SQLite keeps it: microseconds, ISO dates, WKB, 0 and 1, None where missing."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if dtype == "time":
        column = column.cast(pa.timestamp("us", tz="UTC"), safe=False).cast(pa.int64())
    elif dtype == "date":
        column = column if pa.types.is_string(column.type) else column.cast(pa.timestamp("s"), safe=False)
        column = column.cast(pa.date32()).cast(pa.string())
    elif dtype == "text":
        column = column.cast(pa.large_string())
    elif dtype in ("int", "bool"):
        column = _finite(column).cast(pa.int64())
    elif dtype == "float":
        column = _finite(column.cast(pa.float64()))
    return column.to_pylist()


def _finite(column: pa.Array) -> pa.Array:
    if not pa.types.is_floating(column.type):
        return column
    return pc.if_else(pc.is_finite(column), column, None)


def _derived(wkb: list[bytes | None], names: Sequence[str]) -> dict[str, list[Any]]:
    shapes = shapely.from_wkb(np.array(wkb, dtype=object))
    values = dict(zip(BOUNDS, shapely.bounds(shapes).T, strict=True))
    if "lon" in names or "lat" in names:
        inside = shapely.point_on_surface(shapes)
        values |= {"lon": shapely.get_x(inside), "lat": shapely.get_y(inside)}
    return {name: [None if np.isnan(v) else float(v) for v in values[name]] for name in names}
