"""What a detector is given, and the evidence it gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from geo.errors import Say

SHOWN_POINTS = 50


@dataclass(frozen=True, kw_only=True)
class Coordinates:
    """
    A file's coordinates, as it has them and as they are read.

    `x`, `y` are a sample of its points or corners in the file's own numbers, finite; `lon`, `lat` the same points as
    degrees, after the CRS and before any shift, empty while the CRS is not known. `crs` is "EPSG:nnnn", WKT, "gcj02",
    "bd09" or None. `shapes` are its polygons in the same degrees (sampled), `stated` for each point the known area
    that its row states (None where none); both may be empty.
    """

    x: np.ndarray
    y: np.ndarray
    lon: np.ndarray
    lat: np.ndarray
    crs: str | None
    shapes: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=object))
    stated: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=object))


@dataclass(frozen=True, kw_only=True)
class Ground:
    """
    What is known of the place, in true degrees: the areas of each level (coarsest first), roads, and how it is called.

    Without levels nothing is known. `is_county` is False where the only thing known is an outline from elsewhere.
    """

    levels: tuple[np.ndarray, ...] = ()
    roads: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=object))
    title: Say = field(default_factory=lambda: Say("the areas there are"))
    is_county: bool = True

    @property
    def areas(self) -> np.ndarray:
        """Return the areas of the coarsest level."""
        return self.levels[0] if self.levels else np.empty(0, dtype=object)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The thresholds of the detectors (`guard_*` in data/settings.py)."""

    misfit_ratio: float
    points: int
    far_km: float
    coarse_share: float


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """
    What one detector found. `verdict`: "refuse" (never right), "ask" (a person must decide), "note" (worth knowing).

    `correction` is what to say with --crs ("crs", value) or --correct ("correct", value) to have it put right, None
    where only the source can. `numbers` are the measures behind it; `before` and `after` the same points as degrees,
    shape (n, 2) each, for a map (`after` empty where there is no correction).
    """

    detector: str
    verdict: str
    found: Say
    remedy: Say
    numbers: dict[str, float]
    correction: tuple[str, str] | None = None
    before: np.ndarray = field(default_factory=lambda: np.empty((0, 2)))
    after: np.ndarray = field(default_factory=lambda: np.empty((0, 2)))


@dataclass(frozen=True, kw_only=True)
class DetectorSpec:
    """One suspicion: pure, from coordinates and ground to evidence, None where there is nothing to say."""

    title: str
    detect: Callable[[Coordinates, Ground, Limits], Evidence | None]
    source: str


def pairs(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """
    Return at most fifty points, evenly taken, as (n, 2) degrees for a map.

    Examples
    --------
    >>> pairs(np.arange(100.0), np.arange(100.0)).shape
    (50, 2)
    """
    step = max(len(lon) // SHOWN_POINTS, 1)
    return np.column_stack([lon[::step], lat[::step]])[:SHOWN_POINTS]


def is_on_earth(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """
    Return whether points are longitudes and latitudes at all.

    Examples
    --------
    >>> is_on_earth(np.array([120.0, 30.0]), np.array([30.0, 120.0])).tolist()
    [True, False]
    """
    with np.errstate(invalid="ignore"):
        return (np.abs(lon) <= 180) & (np.abs(lat) <= 90)


def share_near(lon: np.ndarray, lat: np.ndarray, known: np.ndarray) -> float:
    """
    Return the share of points inside the box around the known areas, widened by half its size; 0 where none is known.

    Examples
    --------
    >>> import shapely
    >>> share_near(np.array([0.5, 9.0]), np.array([0.5, 9.0]), np.array([shapely.box(0, 0, 1, 1)]))
    0.5
    """
    import shapely

    if not len(lon) or not len(known):
        return 0.0
    west, south, east, north = shapely.total_bounds(known)
    wide, high = max(east - west, 0.01) / 2, max(north - south, 0.01) / 2
    near = (lon >= west - wide) & (lon <= east + wide) & (lat >= south - high) & (lat <= north + high)
    return float(near.mean())
