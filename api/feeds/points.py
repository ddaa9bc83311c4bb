"""Rows that are points: all of them where they are few, counted circles where they crowd."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from api.kept import Kept, scope_key
from data.kinds._spec import KindSpec
from data.store.tables import KINDS
from layers._spec import LayerSpec

MOST_POINTS = 2500
CELL_PX = 52
UNIT = 1e-6
TABLES = Kept(24)
Box = tuple[float, float, float, float]


def read_points(
    desk: Any, spec: LayerSpec, start: datetime, end: datetime, within: str | None, category: str
) -> pd.DataFrame:
    """Return the located rows of a layer's kind in the period, area and category; kept for the edition."""
    kind = KINDS[spec.needs[0]]
    names = {one.name for one in kind.fields}
    columns = [kind.key, "lon", "lat", *(one for one in spec.columns if one in names)]
    period = {"start": start, "end": end} if kind.time_field else {}
    where = {"category": category} if category and "category" in names else None

    def make() -> pd.DataFrame:
        rows = desk.rows(kind.name, columns=columns, within=within, where=where, **period)
        return rows[rows["lon"].notna() & rows["lat"].notna()].reset_index(drop=True)

    times = (start, end) if kind.time_field else ()
    return TABLES.get((*scope_key(desk), kind.name, tuple(columns), times, within, category), make)


def _in_box(rows: pd.DataFrame, box: Box | None) -> pd.DataFrame:
    if box is None:
        return rows
    lon, lat = rows["lon"].to_numpy(), rows["lat"].to_numpy()
    return rows[(lon >= box[0]) & (lon <= box[2]) & (lat >= box[1]) & (lat <= box[3])]


def _cells(rows: pd.DataFrame, zoom: float, weight: str | None) -> dict[str, Any]:
    """Group points by squares of the screen at `zoom`; each stands at the mean of its points, with their count."""
    size = CELL_PX * 360 / (256 * 2 ** round(zoom))
    lon, lat = rows["lon"].to_numpy(dtype=float), rows["lat"].to_numpy(dtype=float)
    column = np.floor(lon / size).astype(np.int64)
    row = np.floor(np.degrees(np.arcsinh(np.tan(np.radians(lat)))) / size).astype(np.int64)
    _, where = np.unique(np.stack([column, row]), axis=1, return_inverse=True)
    where = where.reshape(-1)
    count = np.bincount(where)
    value = np.bincount(where, weights=rows[weight].fillna(0).to_numpy(dtype=float)) if weight else count
    mean_lon, mean_lat = (np.bincount(where, weights=one) / count for one in (lon, lat))
    return {
        "lon": np.rint(mean_lon / UNIT).astype(int),
        "lat": np.rint(mean_lat / UNIT).astype(int),
        "count": np.rint(value).astype(int),
    }


def _column(values: pd.Series) -> list[Any]:
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return [None if v is pd.NaT else v.isoformat() for v in values.dt.floor("s")]
    return [None if v is None or v is pd.NA or v != v else v for v in values.astype(object).tolist()]


def _rows(rows: pd.DataFrame, kind: KindSpec, columns: tuple[str, ...]) -> dict[str, Any]:
    return {
        "ids": rows[kind.key].astype(str).tolist(),
        "lon": np.rint(rows["lon"].to_numpy(dtype=float) / UNIT).astype(int),
        "lat": np.rint(rows["lat"].to_numpy(dtype=float) / UNIT).astype(int),
        "columns": {name: _column(rows[name]) for name in columns if name in rows},
    }


def feed_points(
    desk: Any,
    spec: LayerSpec,
    *,
    start: datetime,
    end: datetime,
    within: str | None,
    category: str,
    box: Box | None,
    zoom: float,
) -> dict[str, Any]:
    """
    Return the points of a layer.

    `total` counts all of the period and area, inside the window or not. `complete` says that all of them came, so
    that moving the map needs no other request. More than fit the screen come as `cells` instead, and
    `in_window` counts what those stand for.
    """
    kind = KINDS[spec.needs[0]]
    rows = read_points(desk, spec, start, end, within, category)
    head = {"edition": desk.store.edition, "layer": kind.name, "unit": UNIT, "total": len(rows)}
    if len(rows) <= MOST_POINTS:
        return {**head, "complete": True, "points": _rows(rows, kind, spec.columns)}
    seen = _in_box(rows, box)
    if len(seen) <= MOST_POINTS and zoom >= 12:
        return {**head, "complete": False, "in_window": len(seen), "points": _rows(seen, kind, spec.columns)}
    return {**head, "complete": False, "in_window": len(seen), "cells": _cells(seen, zoom, None)}


def feed_cells(desk: Any, spec: LayerSpec, *, within: str | None, box: Box | None, zoom: float) -> dict[str, Any]:
    """Return the sum of the layer's first column for each piece of the screen."""
    kind, weight = KINDS[spec.needs[0]], spec.columns[0]

    def make() -> pd.DataFrame:
        rows = desk.rows(kind.name, columns=[kind.key, "lon", "lat", weight], within=within)
        return rows[rows["lon"].notna() & (rows[weight].fillna(0) > 0)].reset_index(drop=True)

    rows = TABLES.get((*scope_key(desk), kind.name, weight, within), make)
    seen = _in_box(rows, box)
    head = {"edition": desk.store.edition, "layer": kind.name, "unit": UNIT, "total": int(rows[weight].sum())}
    return {**head, "complete": False, "cells": _cells(seen, min(zoom + 1, 19), weight)}
