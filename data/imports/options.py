"""What an import is told, and what it says afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo.crs.detectors import Evidence
from geo.errors import GridError, Say

if TYPE_CHECKING:
    from data.defects.repairing import RepairOptions
    from data.formats import RawTable
    from data.imports.levels import Merged


@dataclass(frozen=True, kw_only=True)
class ImportOptions:
    """
    What the command line or the Import page says about a file; every part may be left out.

    `id`, `name` and `parent` are columns, or columns joined with "+" ("district+sector", "district+'-'+sector": text
    in quotes stands for itself). `map` gives a field's column ({"occurred_at": "time"}); the field "hour" names a
    column with the hour of the day where the time column holds only the date. `crs` is an EPSG code, "gcj02" or
    "bd09". `correct` names corrections of the coordinates a person agreed to ("axes", "gcj02", "bd09",
    "scale=NUMBER"), `accept` detectors whose finding a person has answered with "it is right as it is".
    `time_zone` says where the clock stood for times that do not say so. `valid_from` is the first
    day of areas: those they replace hold until then. `plan` keeps the areas as a named set, not in force. `repair`
    says how far areas may be repaired before they are taken; None takes them as they are.
    """

    level: str | None = None
    level_title: str | None = None
    parent_level: str | None = None
    id: str | None = None
    name: str | None = None
    parent: str | None = None
    map: Mapping[str, str] = field(default_factory=dict)
    lon: str | None = None
    lat: str | None = None
    area: str | None = None
    address: str | None = None
    crs: str | None = None
    correct: tuple[str, ...] = ()
    accept: tuple[str, ...] = ()
    time_zone: str | None = None
    encoding: str | None = None
    valid_from: str | None = None
    plan: str | None = None
    layer: str | None = None
    header: bool = True
    licence: str = ""
    attribution: str = ""
    title: str | None = None
    repair: RepairOptions | None = None


@dataclass(kw_only=True)
class ImportReport:
    """
    What an import did. `rows_read` = `rows_taken` + the rejected rows (+ rows merged into areas, for areas).

    `rejected` counts rows by reason; they stand, as they were, in `reject_file`. `reasons` counts the rows taken by
    how they were placed and adds up to `rows_taken` for kinds with a place. `changes` counts what became of the rows
    there were: inserted, updated, unchanged, removed, kept (of areas: of their level). `defects` counts, for areas, the
    defects by kind; `defect_file` holds them. `file_columns` are the columns the file has.
    """

    workspace: str
    kind: str
    file: str
    rows_read: int
    rows_taken: int
    rejected: list[tuple[Say, int]] = field(default_factory=list)
    reject_file: Path | None = None
    notices: list[Say] = field(default_factory=list)
    reasons: dict[str, int] = field(default_factory=dict)
    disagreements: int = 0
    columns: dict[str, str] = field(default_factory=dict)
    unknown_columns: list[str] = field(default_factory=list)
    file_columns: list[str] = field(default_factory=list)
    edition: int = 0
    import_id: str = ""
    changes: dict[str, int] = field(default_factory=dict)
    defects: dict[str, int] = field(default_factory=dict)
    defect_file: Path | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON values, sentences in English."""
        return {
            "workspace": self.workspace,
            "kind": self.kind,
            "file": self.file,
            "rows_read": self.rows_read,
            "rows_taken": self.rows_taken,
            "rejected": {str(reason): count for reason, count in self.rejected},
            "reject_file": str(self.reject_file) if self.reject_file else None,
            "notices": [str(notice) for notice in self.notices],
            "reasons": self.reasons,
            "disagreements": self.disagreements,
            "columns": self.columns,
            "unknown_columns": self.unknown_columns,
            "edition": self.edition,
            "import_id": self.import_id,
            "changes": self.changes,
            "defects": self.defects,
            "defect_file": str(self.defect_file) if self.defect_file else None,
        }


@dataclass(kw_only=True)
class Preview:
    """
    What an import would do: changes nothing.

    `columns` gives the column found for each field; `rows` the file's first rows as they are; `table` the same rows
    as they would be taken (empty where `error` stands in the way). `shapes` are the points, lines or polygons to be
    taken, longitude and latitude, `labels` what each is called. `raw` is the file as read; `merged`, of areas, what
    would be published.
    """

    file: str
    kind: str
    format: str
    encoding: str
    crs: str | None
    layer: str | None
    row_count: int
    file_columns: list[str]
    columns: dict[str, str] = field(default_factory=dict)
    unknown_columns: list[str] = field(default_factory=list)
    rows: pd.DataFrame = field(default_factory=pd.DataFrame)
    table: pd.DataFrame = field(default_factory=pd.DataFrame)
    rows_taken: int = 0
    rejected: list[tuple[Say, int]] = field(default_factory=list)
    notices: list[Say] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    error: GridError | None = None
    shapes: np.ndarray | None = field(default=None, repr=False)
    labels: list[str] = field(default_factory=list, repr=False)
    raw: RawTable | None = field(default=None, repr=False)
    merged: Merged | None = field(default=None, repr=False)
