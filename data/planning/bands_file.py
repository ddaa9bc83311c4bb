"""Bands: one for all units, one a class from a table, or a number of zones with a deviation."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd

from data.formats import read_file
from geo.errors import SchemaError, name_few, say
from geo.planning.units import Band

YES = {"1", "true", "yes", "y", "是", "豁免"}
COLUMNS = ("class", "column", "min", "max", "exempt")


def read_bands(path: Path) -> tuple[dict[str, Band], dict[str, str]]:
    """
    Read the bands table and return band by class, and the counted column by class where one is named.

    Columns: class (empty for every class not named), column (what is counted; empty for --size), min, max, exempt.

    Raises
    ------
    SchemaError
        If a column is missing, a class repeats, or a min or max is no whole number.
    """
    frame = read_file(path).frame
    names = {name.strip().lower(): name for name in frame.columns}
    missing = [name for name in ("class", "min", "max") if name not in names]
    if missing:
        raise SchemaError(
            say("columns class, min, max and, where needed, column and exempt in {file}", file=path.name),
            say("no {names}", names=name_few(missing)),
            say("add them"),
        )
    cell = {name: frame[names[name]].fillna("").str.strip() if name in names else "" for name in COLUMNS}
    rows = pd.DataFrame(cell, index=frame.index)
    exempt = rows["exempt"].str.lower().isin(YES)
    numbers = rows[["min", "max"]].apply(pd.to_numeric, errors="coerce")
    wrong = (numbers.isna() | (numbers % 1 != 0)).any(axis=1) & ~exempt
    repeated = rows["class"].duplicated()
    if wrong.any() or repeated.any():
        bad = pd.concat([rows["class"][wrong], rows["class"][repeated]])
        raise SchemaError(
            say("one row per class with whole numbers as min and max"),
            say("{names}", names=name_few(bad)),
            say("correct these rows"),
        )
    bands = {
        str(name): Band(0, 0, True) if free else Band(int(low), int(high))
        for name, free, low, high in zip(
            rows["class"], exempt, numbers["min"].fillna(0), numbers["max"].fillna(0), strict=True
        )
    }
    counted = {str(name): str(column) for name, column in zip(rows["class"], rows["column"], strict=True) if column}
    return bands, counted


def band_around_mean(total: int, zones: int, deviation: float) -> Band:
    """
    Return the band of `zones` zones that deviate from their mean by at most a share of it, both ends included.

    Examples
    --------
    >>> band_around_mean(1000, 4, 0.01)
    Band(low=248, high=252, is_exempt=False)
    """
    mean = total / zones
    return Band(math.ceil(mean * (1 - deviation) - 1e-9), math.floor(mean * (1 + deviation) + 1e-9))


def counted_sizes(table: pd.DataFrame, size: str, kind: str | None, counted: dict[str, str]) -> pd.Series:
    """Return the column that is counted, unit by unit: its class's own column where the bands name one."""
    chosen = table[size].copy()
    if kind is None or not counted:
        return chosen
    missing = [column for column in counted.values() if column not in table]
    if missing:
        raise SchemaError(
            say("the columns the bands count"), say("no {names}", names=name_few(missing)), say("correct the bands")
        )
    for name, column in counted.items():
        rows = (table[kind].fillna("") == name) if name else ~table[kind].fillna("").isin(list(counted))
        chosen[rows] = table[column][rows]
    return chosen
