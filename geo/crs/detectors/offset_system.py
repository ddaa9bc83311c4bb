"""GCJ-02 or BD-09 passed off as true degrees, or the other way round: told by what fits the ground."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely

from geo.crs.bd09 import wgs84_from_bd09
from geo.crs.detectors._spec import Coordinates, DetectorSpec, Evidence, Ground, Limits, pairs
from geo.crs.fit import fit_areas, median_distance_m, metres_between, share_in_stated, share_inside
from geo.crs.gcj02 import is_offset_area, wgs84_from_gcj02
from geo.errors import Say, say

Move = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
SYSTEMS: dict[str, Move] = {"wgs84": lambda x, y: (x, y), "gcj02": wgs84_from_gcj02, "bd09": wgs84_from_bd09}
TITLES = {"wgs84": "CGCS2000/WGS84", "gcj02": "GCJ-02", "bd09": "BD-09"}
CLOSE = 0.02


@dataclass(frozen=True)
class Measure:
    """Misfit of each system by one measure (0 is perfect), and how a person reads its value."""

    name: str
    misfit: dict[str, float]
    shown: Callable[[float], Say]
    is_strong: Callable[[float, float], bool]


def offset_system(coordinates: Coordinates, ground: Ground, limits: Limits) -> Evidence | None:
    """
    Find coordinates that fit the ground only after another shift than the one they are read with.

    Web maps in China draw GCJ-02 or BD-09, 100 to 1,200 m away from the truth, and files traced from them rarely say
    so. Each of the three readings is tried against what is known: areas by their overlap, points by the area each
    states, by their distance to roads, or by how many fall outside. Another reading is believed where it leaves at
    most `misfit_ratio` of the misfit. Outside the rectangle around China nothing is shifted and nothing is found.

    Examples
    --------
    >>> from geo.crs.gcj02 import gcj02_from_wgs84
    >>> town = shapely.segmentize(shapely.box(120.5, 30.3, 120.6, 30.4), 0.01)
    >>> drawn = shapely.transform(town, lambda one: np.column_stack(gcj02_from_wgs84(*one.T)))
    >>> x, y = shapely.get_coordinates(drawn).T
    >>> file = Coordinates(x=x, y=y, lon=x, lat=y, crs="EPSG:4326", shapes=np.array([drawn]))
    >>> found = offset_system(file, Ground(levels=(np.array([town]),)),
    ...     Limits(misfit_ratio=0.75, points=10, far_km=50, coarse_share=0.95))
    >>> found.correction, round(found.numbers["offset_m"])
    (('crs', 'gcj02'), 493)
    """
    lon, lat = coordinates.lon, coordinates.lat
    if not len(lon) or not ground.levels or not is_offset_area(lon, lat).mean() > 0.5:
        return None
    read_as = coordinates.crs if coordinates.crs in SYSTEMS else "wgs84"
    assert read_as is not None
    for measure in measures(coordinates, ground, limits):
        best = min(measure.misfit, key=lambda name: measure.misfit[name])
        given, left = measure.misfit[read_as], measure.misfit[best]
        if best == read_as or not measure.is_strong(given, left):
            continue
        before, after = SYSTEMS[read_as](lon, lat), SYSTEMS[best](lon, lat)
        offset_m = float(metres_between(*before, *after).mean())
        return build_evidence(coordinates, ground, measure, read_as, best, offset_m, (before, after))
    return None


def build_evidence(
    coordinates: Coordinates,
    ground: Ground,
    measure: Measure,
    read_as: str,
    best: str,
    offset_m: float,
    places: tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]],
) -> Evidence:
    """Return the finding in words, numbers and points."""
    is_degrees = bool(np.array_equal(coordinates.x, coordinates.lon) and np.array_equal(coordinates.y, coordinates.lat))
    value = "EPSG:4326" if best == "wgs84" else best
    correction = ("crs", value) if is_degrees else ("correct", value)
    option = "--crs" if is_degrees else "--correct"
    return Evidence(
        detector="offset_system",
        verdict="refuse",
        found=say(
            "coordinates that fit {system}, {offset_m} m away: {given} as {read_as}, {fitted} as {system} "
            "(against {ground})",
            system=TITLES[best],
            read_as=TITLES[read_as],
            offset_m=round(offset_m),
            given=measure.shown(measure.misfit[read_as]),
            fitted=measure.shown(measure.misfit[best]),
            ground=ground.title,
        ),
        remedy=say(
            "say {option} {value} to have them shifted back; if they are right as they are, --accept offset_system",
            option=option,
            value=value,
        ),
        numbers={"offset_m": offset_m, "misfit_given": measure.misfit[read_as], "misfit_fitted": measure.misfit[best]},
        correction=correction,
        before=pairs(*places[0]),
        after=pairs(*places[1]),
    )


def measures(coordinates: Coordinates, ground: Ground, limits: Limits) -> list[Measure]:
    """Return the measures this file and ground allow, the most telling first."""
    lon, lat = coordinates.lon, coordinates.lat
    moved = {name: move(lon, lat) for name, move in SYSTEMS.items()}
    found = []
    if len(coordinates.shapes):
        found.append(area_measure(coordinates.shapes, ground, limits))
        return found
    stated = coordinates.stated
    if len(stated) and (~shapely.is_missing(stated)).sum() >= limits.points:
        misfit = {name: 1 - share_in_stated(*place, stated) for name, place in moved.items()}
        found.append(Measure("stated", misfit, said_stated, stronger(limits, CLOSE)))
    if len(lon) >= limits.points and len(ground.roads):
        misfit = {name: median_distance_m(*place, ground.roads) for name, place in moved.items()}
        found.append(Measure("roads", misfit, said_roads, stronger(limits, 20.0)))
    if len(lon) >= limits.points:
        misfit = {name: 1 - share_inside(*place, ground.areas) for name, place in moved.items()}
        found.append(Measure("inside", misfit, said_inside, stronger(limits, limits.points / len(lon))))
    return found


def area_measure(shapes: np.ndarray, ground: Ground, limits: Limits) -> Measure:
    """Return the overlap measure on the level where the three readings differ most."""
    moved = {name: moved_shapes(shapes, move) for name, move in SYSTEMS.items()}
    best: dict[str, float] = {}
    for level in ground.levels:
        misfit = {name: 1 - fit_areas(place, level) for name, place in moved.items()}
        if np.isfinite(list(misfit.values())).all() and (not best or spread(misfit) > spread(best)):
            best = misfit
    return Measure("areas", best or dict.fromkeys(SYSTEMS, 0.0), said_overlap, stronger(limits, CLOSE))


def moved_shapes(shapes: np.ndarray, move: Move) -> np.ndarray:
    """
    Return shapes with every corner moved.

    Examples
    --------
    >>> str(moved_shapes(np.array([shapely.Point(1, 2)]), lambda x, y: (x + 1, y))[0])
    'POINT (2 2)'
    """
    return np.asarray(shapely.transform(shapes, lambda one: np.column_stack(move(one[:, 0], one[:, 1]))))


def spread(misfit: dict[str, float]) -> float:
    """
    Return how far the readings differ.

    Examples
    --------
    >>> spread({"wgs84": 0.5, "gcj02": 0.25})
    0.25
    """
    return max(misfit.values()) - min(misfit.values())


def stronger(limits: Limits, least: float) -> Callable[[float, float], bool]:
    """Return the test whether a misfit has fallen far enough to be believed."""
    return lambda given, left: given - left >= least and left <= limits.misfit_ratio * given


def said_overlap(misfit: float) -> Say:
    """Say an overlap."""
    return say("overlap {value}", value=f"{1 - misfit:.3f}")


def said_stated(misfit: float) -> Say:
    """Say how many points lie in the area they state."""
    return say("{value} % in the area they state", value=round(100 * (1 - misfit)))


def said_roads(misfit: float) -> Say:
    """Say how far points lie from roads."""
    return say("{value} m from roads", value=round(misfit))


def said_inside(misfit: float) -> Say:
    """Say how many points lie in the areas."""
    return say("{value} % inside", value=f"{100 * (1 - misfit):.1f}")


SPEC = DetectorSpec(
    title="GCJ-02 or BD-09 passed off as CGCS2000/WGS84",
    detect=offset_system,
    source="the public formulas of both shifts; fit by overlap, stated area, distance to roads",
)
