"""The contract of a file format: how it is known, how it is read, and what comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from geo.errors import Say


@dataclass(frozen=True, kw_only=True)
class ReadRequest:
    """
    What the caller says about a file. `layer` is a layer or sheet by name; `kind` helps where one file holds many
    kinds (OpenStreetMap); `header` is False for a table whose first row is already data (columns become 1, 2, 3 ...).
    """

    layer: str | None = None
    encoding: str | None = None
    kind: str | None = None
    header: bool = True


@dataclass(kw_only=True)
class Reading:
    """
    What a format's reader found: an Arrow table, geometry as WKB in the column `geometry` if there is any.

    `crs` is what the file declares ("EPSG:4326" or WKT), None if it declares none. `rejects` are rows that could not
    be split into columns: (line, text, why).
    """

    table: pa.Table
    crs: str | None = None
    encoding: str = "utf-8"
    layer: str | None = None
    notices: list[Say] = field(default_factory=list)
    rejects: list[tuple[int, str, str]] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class FormatSpec:
    """
    One format. `matches(head, tail, ending)` looks at the first and last bytes; `endings` are lower case with the dot.

    `drivers` are the GDAL drivers it needs: the reader process loads these and no others.
    """

    title: str
    endings: tuple[str, ...]
    matches: Callable[[bytes, bytes, str], bool]
    read: Callable[[Path, ReadRequest], Reading]
    drivers: tuple[str, ...] = ()
