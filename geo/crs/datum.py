"""From any geodetic datum to CGCS2000/WGS84: which published step is taken, and how far it may be off."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from pyproj import CRS, Geod, Transformer
from pyproj.transformer import TransformerGroup

GEOD = Geod(ellps="GRS80")
SAME_DATUM_M = 1.0
BALLPARK = "Ballpark"

Move = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True, kw_only=True)
class DatumStep:
    """
    The step from a CRS to longitude and latitude at one place.

    `operation` names it ("" where none is needed), `shift_m` is how far it moves the place, `accuracy_m` how far the
    result may be off (None: nothing is published, and the degrees stand as they are). `is_published_here` is False
    where the nearest published step was taken because none is published for the place itself.
    """

    move: Move
    operation: str
    shift_m: float
    accuracy_m: float | None
    is_published_here: bool


def choose_datum_step(crs: str, x: float, y: float) -> DatumStep:
    """
    Choose the step from `crs` to CGCS2000/WGS84 degrees at the place x, y of that CRS (x = east or longitude).

    A library asked for the step alone takes a "ballpark" one, which leaves the degrees as they are, wherever no step
    is published for the place: a Beijing 1954 point in Zhejiang would stay 65 to 76 m off without a word. Here the
    most accurate step published for the place is taken; else, for a datum on a modern ellipsoid (GRS80, WGS84,
    CGCS2000), none is needed within a metre; else the nearest published one, with the spread of all published ones
    added to its accuracy; else `accuracy_m` is None and the caller must ask.

    Raises
    ------
    pyproj.exceptions.CRSError
        If `crs` is no coordinate system.

    Notes
    -----
    Source: EPSG Geodetic Parameter Dataset as shipped with PROJ (areas of use and accuracies of its operations).

    Examples
    --------
    >>> taiwan_1950 = choose_datum_step("EPSG:4236", -87.65, 41.85)
    >>> round(taiwan_1950.shift_m), taiwan_1950.accuracy_m, taiwan_1950.is_published_here
    (885, 26.0, False)
    >>> beijing = choose_datum_step("EPSG:4214", 120.68, 30.51)
    >>> round(beijing.shift_m), round(beijing.accuracy_m), choose_datum_step("EPSG:4610", 120.68, 30.51).accuracy_m
    (70, 35, None)
    >>> choose_datum_step("EPSG:4549", 500000, 3376000).accuracy_m
    1.0
    """
    return _choose(crs, round(float(x), 1), round(float(y), 1))


@lru_cache(maxsize=64)
def _choose(crs: str, x: float, y: float) -> DatumStep:
    wanted = CRS.from_user_input(crs)
    if wanted.is_bound:
        unbound = wanted.source_crs
        assert unbound is not None
        told = Transformer.from_crs(wanted, "EPSG:4326", always_xy=True)
        base = Transformer.from_crs(unbound, unbound.geodetic_crs, always_xy=True)
        shift = _metres(base.transform(x, y), told.transform(x, y))
        return DatumStep(
            move=told.transform,
            operation="parameters in the file",
            shift_m=shift,
            accuracy_m=0.0,
            is_published_here=True,
        )
    flat = wanted.sub_crs_list[0] if wanted.is_compound else wanted
    geodetic = flat.geodetic_crs
    assert geodetic is not None
    unproject = Transformer.from_crs(flat, geodetic, always_xy=True).transform
    lon, lat = unproject(x, y)
    steps = [one for one in _published(geodetic.to_wkt()) if BALLPARK not in one.description]
    here = [one for one in steps if _degrees_away(one, lon, lat) == 0]
    if here:
        best = min(here, key=lambda one: one.accuracy if one.accuracy >= 0 else np.inf)
        return _step(best, unproject, (lon, lat), float(max(best.accuracy, 0.0)), is_here=True)
    ellipsoid = geodetic.ellipsoid
    assert ellipsoid is not None
    if abs(ellipsoid.semi_major_metre - 6_378_137) < 1 and abs(ellipsoid.inverse_flattening - 298.2572) < 1e-3:
        return DatumStep(move=unproject, operation="", shift_m=0.0, accuracy_m=SAME_DATUM_M, is_published_here=True)
    if not steps:
        return DatumStep(move=unproject, operation="", shift_m=0.0, accuracy_m=None, is_published_here=False)
    nearest = min(steps, key=lambda one: _degrees_away(one, lon, lat))
    landed = nearest.transform(lon, lat)
    spread = max(_metres(landed, one.transform(lon, lat)) for one in steps)
    return _step(nearest, unproject, (lon, lat), max(nearest.accuracy, 0.0) + spread, is_here=False)


@lru_cache(maxsize=16)
def _published(geodetic_wkt: str) -> tuple[Any, ...]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return tuple(TransformerGroup(CRS.from_wkt(geodetic_wkt), "EPSG:4326", always_xy=True).transformers)


def _step(operation: Any, unproject: Move, at: tuple[float, float], accuracy_m: float, *, is_here: bool) -> DatumStep:
    def move(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        east, north = operation.transform(*unproject(x, y))
        return east, north

    name = operation.description.replace("axis order change (2D)", "").strip(" +")
    shift_m = _metres(at, operation.transform(*at))
    return DatumStep(move=move, operation=name, shift_m=shift_m, accuracy_m=accuracy_m, is_published_here=is_here)


def _degrees_away(operation: Any, lon: float, lat: float) -> float:
    """How far a place is from the box an operation is published for; 0 inside."""
    use = operation.area_of_use
    if use is None or use.bounds is None:
        return 360.0
    west, south, east, north = use.bounds
    if west > east:
        east += 360.0
        lon = lon + 360.0 if lon < 0 else lon
    return float(np.hypot(max(west - lon, 0, lon - east), max(south - lat, 0, lat - north)))


def _metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    ends = np.array([*one, *other], dtype=float)
    return float(GEOD.inv(*ends)[2]) if np.isfinite(ends).all() else float("inf")
