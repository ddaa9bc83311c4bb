"""Check a table once, at the edge, and report every fault in one message."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.errors import CRSError, GridError, Say, SchemaError, name_few, say


def raise_faults(kind: type[GridError], expected: Say, faults: Sequence[Say], remedy: Say) -> None:
    """
    Raise one error that tells every fault of a table; pass when there is none.

    Examples
    --------
    >>> raise_faults(SchemaError, say("unique ids"), [], say("rename them"))
    >>> raise_faults(SchemaError, say("unique ids"), [say("a twice"), say("b twice")], say("rename them"))
    Traceback (most recent call last):
    geo.errors.SchemaError: expected: unique ids; found: a twice; b twice; to do: rename them
    """
    if not faults:
        return
    found = faults[0]
    for fault in faults[1:]:
        found = say("{first}; {then}", first=found, then=fault)
    raise kind(expected, found, remedy)


def require_metric_crs(table: gpd.GeoDataFrame, name: str) -> None:
    """
    Raise CRSError unless `table` is projected in metres: lengths and areas in degrees mean nothing.

    Examples
    --------
    >>> require_metric_crs(gpd.GeoDataFrame(geometry=[], crs="EPSG:32651"), "grids")
    >>> require_metric_crs(gpd.GeoDataFrame(geometry=[], crs="EPSG:4326"), "grids")
    Traceback (most recent call last):
    geo.errors.CRSError: expected: grids in a CRS with metres; found: EPSG:4326; to do: project the table first
    """
    units = set() if table.crs is None else {axis.unit_name for axis in table.crs.axis_info}
    if units != {"metre"}:
        raise CRSError(
            say("{name} in a CRS with metres", name=name),
            say("no CRS") if table.crs is None else say("{crs}", crs=table.crs.to_string()),
            say("project the table first"),
        )


def require_same_crs(left: gpd.GeoDataFrame, right: gpd.GeoDataFrame, names: tuple[str, str]) -> None:
    """
    Raise CRSError unless both tables share one CRS.

    Examples
    --------
    >>> one = gpd.GeoDataFrame(geometry=[], crs="EPSG:32651")
    >>> require_same_crs(one, one, ("roads", "polygons"))
    """
    if left.crs != right.crs:
        raise CRSError(
            say("{left} and {right} in one CRS", left=names[0], right=names[1]),
            say("{left} and {right}", left=str(left.crs), right=str(right.crs)),
            say("project one of them"),
        )


def require_areas(areas: pd.DataFrame, columns: Sequence[str] = ()) -> None:
    """
    Raise SchemaError with every way `areas` breaks its contract: unique index `area_id`, the `columns` there.

    Examples
    --------
    >>> require_areas(pd.DataFrame({"area_km2": [1.0]}, index=pd.Index(["A"], name="area_id")), ["area_km2"])
    >>> require_areas(pd.DataFrame(index=pd.Index(["A", "A"], name="area_id")), ["area_km2"])
    Traceback (most recent call last):
    geo.errors.SchemaError: expected: areas indexed by unique area_id; found: area_id repeats: A; no column area_km2; \
to do: give one row per area with these columns
    """
    faults = []
    if areas.index.name != "area_id":
        faults.append(say("an index called {name}", name=str(areas.index.name)))
    if not areas.index.is_unique:
        repeated = areas.index[areas.index.duplicated()].unique()
        faults.append(say("area_id repeats: {ids}", ids=name_few(repeated)))
    missing = [name for name in columns if name not in areas.columns]
    if missing:
        faults.append(say("no column {names}", names=name_few(missing)))
    raise_faults(
        SchemaError,
        say("areas indexed by unique area_id"),
        faults,
        say("give one row per area with these columns"),
    )


def text_ids(ids: Sequence[object] | np.ndarray | pd.Series | pd.Index) -> np.ndarray:
    """
    Return ids as an object array of str, None where one is missing (None, NaN, NaT or empty).

    Examples
    --------
    >>> text_ids(["a", None, float("nan"), ""]).tolist()
    ['a', None, None, None]
    """
    values = np.asarray(pd.Series(ids, dtype=object), dtype=object)
    missing = pd.isna(values) | (values == "")
    out = np.empty(len(values), dtype=object)
    out[~missing] = [str(one) for one in values[~missing]]
    return out
