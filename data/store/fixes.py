"""Position fixes: Parquet files by day beside the store, trusted only through the manifest."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from data.store.reading import to_microseconds
from data.store.segments import count_segment, read_segment
from geo.errors import StoreError, name_few, say

FOLDER = "fixes"
SCHEMA = pa.schema(
    [
        ("fix_id", pa.large_string()),
        ("unit_id", pa.string()),
        ("at", pa.timestamp("us", tz="UTC")),
        ("lon", pa.float64()),
        ("lat", pa.float64()),
        ("accuracy_m", pa.float32()),
        ("speed_m_s", pa.float32()),
        ("area_id", pa.string()),
        ("reason", pa.string()),
        ("marks", pa.string()),
    ]
)
USUAL = tuple(name for name in SCHEMA.names if name not in ("fix_id", "marks"))
FEW_VALUES = ("unit_id", "area_id", "reason", "marks")


@dataclass(frozen=True)
class FixArchive:
    """
    The files of one edition: rows of (day, file, rows, first_at, last_at), times in microseconds.

    `segments` are the files of fixes that came in since and are not sealed yet.
    """

    folder: Path
    files: tuple[tuple[str, str, int, int, int], ...]
    segments: tuple[Path, ...] = ()

    @property
    def rows(self) -> int:
        """How many fixes there are."""
        return sum(file[2] for file in self.files) + sum(count_segment(path) for path in self.segments)

    def files_between(self, start: datetime | None, end: datetime | None) -> list[Path]:
        """Return the files that hold any fix from `start` (included) to `end` (excluded)."""
        low = to_microseconds(start) if start is not None else -(2**62)
        high = to_microseconds(end) if end is not None else 2**62
        paths = [self.folder / FOLDER / file for _, file, _, first, last in self.files if last >= low and first < high]
        gone = [path.name for path in paths if not path.is_file()]
        if gone:
            raise StoreError(
                say("every file of position fixes the store vouches for"),
                say("missing: {names}", names=name_few(gone)),
                say("restore the folder `fixes` from a backup"),
            )
        return paths

    def read_arrow(
        self, start: datetime | None, end: datetime | None, *, columns: Sequence[str], condition: Any = None
    ) -> pa.Table:
        """Return fixes as Arrow, few-valued texts as dictionaries; reads only the days and columns it needs."""
        wanted = _between(start, end)
        if condition is not None:
            wanted = condition if wanted is None else wanted & condition
        coded = [name for name in FEW_VALUES if name in columns]
        schema = pa.schema(
            [(f.name, pa.dictionary(pa.int32(), pa.string()) if f.name in coded else f.type) for f in SCHEMA]
        )
        found = []
        if paths := self.files_between(start, end):
            options = ds.ParquetFileFormat(dictionary_columns=coded)
            sealed = ds.dataset([str(path) for path in paths], format=options, schema=schema)
            found.append(sealed.to_table(columns=list(columns), filter=wanted))
        needed = list(schema.names) if condition is not None else list(columns)
        low, high = (None if moment is None else to_microseconds(moment) for moment in (start, end))
        for path in self.segments:
            fresh = read_segment(path, schema, needed, low_us=low, high_us=high)
            found.append((fresh if condition is None else fresh.filter(condition)).select(list(columns)))
        if not found:
            return pa.schema([schema.field(name) for name in columns]).empty_table()
        return pa.concat_tables(found).unify_dictionaries()

    def read(
        self,
        start: datetime | None,
        end: datetime | None,
        *,
        columns: Sequence[str] | None = None,
        condition: Any = None,
    ) -> pd.DataFrame:
        """Return fixes as a DataFrame sorted by time, then unit; unit_id, area_id and reason are categories."""
        names = list(columns or USUAL)
        needed = list(dict.fromkeys([*names, "at", "unit_id"]))
        table = self.read_arrow(start, end, columns=needed, condition=condition)
        order = pc.sort_indices(
            table.set_column(table.column_names.index("unit_id"), "unit_id", table["unit_id"].cast(pa.string())),
            sort_keys=[("at", "ascending"), ("unit_id", "ascending")],
        )
        frame = table.select(names).take(order).to_pandas()
        for name in ("accuracy_m", "speed_m_s"):
            if name in frame:
                frame[name] = frame[name].astype("float64")
        if "fix_id" in frame:
            frame["fix_id"] = frame["fix_id"].astype("str")
        return frame


def _between(start: datetime | None, end: datetime | None) -> Any:
    low = None if start is None else pc.field("at") >= pa.scalar(start.astimezone(UTC), pa.timestamp("us", tz="UTC"))
    high = None if end is None else pc.field("at") < pa.scalar(end.astimezone(UTC), pa.timestamp("us", tz="UTC"))
    if low is None or high is None:
        return low if high is None else high
    return low & high


def write_day(folder: Path, day: str, name: str, table: pa.Table) -> dict[str, Any]:
    """
    Write one day's fixes durably and return its manifest row; nobody sees the file until the manifest names it.

    The file is written beside its place, flushed to the disk, renamed, and the folder flushed too.
    """
    place = folder / FOLDER / day / f"{name}.parquet"
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_suffix(".draft")
    pq.write_table(table, draft, compression="zstd", row_group_size=200_000)
    with draft.open("rb+") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    draft.replace(place)
    for directory in (place.parent, place.parent.parent, folder):
        sync_folder(directory)
    at = table["at"].cast(pa.int64())
    bounds = pc.min_max(at).as_py()
    return {
        "day": day,
        "file": f"{day}/{place.name}",
        "rows": table.num_rows,
        "first_at": bounds["min"],
        "last_at": bounds["max"],
        "sha256": digest,
    }


def sync_folder(path: Path) -> None:
    """Flush a folder's list of names to the disk, so that a renamed file stays renamed after a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
