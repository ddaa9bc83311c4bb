"""The coordinate guard: no file's places are taken for what they are not, and none is changed without consent."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
import shapely

from data.imports.coordinates import canonical_crs, choose_crs
from data.imports.ground import KnownGround, published_ground
from data.imports.options import ImportOptions
from data.settings import DEFAULTS
from geo.contracts import raise_faults
from geo.crs.degrees import OFFSET, degrees_of
from geo.crs.detectors import Coordinates, Evidence, Ground, Limits, examine
from geo.crs.detectors._spec import is_on_earth
from geo.errors import CRSError, GridError, Say, say

SHAPES_LOOKED_AT = 400
SCALE = re.compile(r"scale=([0-9.e+-]+)")


class CoordinateError(CRSError):
    """Coordinates that are not what they are said to be; `evidence` says why, with the corrections there are."""

    evidence: list[Evidence]


@dataclass(frozen=True, kw_only=True)
class Way:
    """
    How a file's numbers become longitude and latitude: corrections a person has agreed to, the CRS, a shift.

    `axes` exchanges x and y, `scale` multiplies them, both before the CRS; `shift` ("gcj02", "bd09") comes after it.
    """

    crs: str
    axes: bool = False
    scale: float = 1.0
    shift: str = ""
    notices: list[Say] = field(default_factory=list)

    def numbers(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the file's numbers as x and y of the CRS."""
        first, second = (y, x) if self.axes else (x, y)
        return (first, second) if self.scale == 1 else (first * self.scale, second * self.scale)

    def points(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return longitude and latitude of the file's numbers."""
        lon, lat = degrees_of(*self.numbers(x, y), self.crs)
        return degrees_of(lon, lat, self.shift) if self.shift else (lon, lat)

    def shapes(self, shapes: np.ndarray) -> np.ndarray:
        """Return shapes in longitude and latitude, without heights; missing ones stay missing."""
        flat = shapely.force_2d(shapes)
        if self.crs in ("EPSG:4326", "EPSG:4490", "OGC:CRS84") and not (self.axes or self.shift or self.scale != 1):
            return np.asarray(flat)
        return np.asarray(shapely.transform(flat, lambda one: np.column_stack(self.points(one[:, 0], one[:, 1]))))


def choose_way(
    declared: str | None, options: ImportOptions, file: str, x: np.ndarray, y: np.ndarray, known: KnownGround
) -> Way:
    """
    Return how to read a file's coordinates, as declared, told and agreed to.

    Raises
    ------
    CoordinateError
        If no CRS is known; its evidence names the one that fits.
    CRSError
        If a name or a correction is unknown.
    """
    if options.crs is None and declared is None:
        x, y = finite(x, y)
        ground = known.ground
        nothing = np.empty(0)
        found = examine(Coordinates(x=x, y=y, lon=nothing, lat=nothing, crs=None), ground, limits())
        refuse(found, say("the coordinate system of {file}", file=file))
    crs, notices = choose_crs(declared, options.crs, file)
    shift, scale, axes = "", 1.0, False
    for one in options.correct:
        if one == "axes":
            axes = True
        elif one in OFFSET:
            shift = one
        elif (told := SCALE.fullmatch(one)) and is_number(told[1]):
            scale *= float(told[1])
        else:
            raise CRSError(
                say("a correction: axes, gcj02, bd09 or scale=NUMBER"), say("{text}", text=one), say("use one of these")
            )
        notices.append(say("corrected as told: {correction}", correction=one))
    return Way(crs=crs, axes=axes, scale=scale, shift=shift, notices=notices)


def guard(
    way: Way,
    x: np.ndarray,
    y: np.ndarray,
    options: ImportOptions,
    known: KnownGround,
    file: str,
    *,
    shapes: np.ndarray | None = None,
    stated: np.ndarray | None = None,
) -> list[Evidence]:
    """
    Return what the detectors have to say about coordinates; refuse them where it is more than a note.

    `shapes` are polygons already in degrees, `stated` the shape of the area each of x, y states. What `options.accept`
    names has been answered by a person and stays in the evidence only.

    Raises
    ------
    CoordinateError
        With all evidence.
    """
    first, second = way.numbers(x, y)
    keep = np.isfinite(first) & np.isfinite(second) & ~((first == 0) & (second == 0))
    at = np.flatnonzero(keep)
    at = at[:: max(len(at) // int(DEFAULTS["guard_sample_points"]), 1)]
    px, py = first[at], second[at]
    lon, lat = (px, py) if way.crs in OFFSET else degrees_of(px, py, way.crs)
    if way.shift:
        lon, lat = degrees_of(lon, lat, way.shift)
    looked_at = np.empty(0, dtype=object) if shapes is None else raw_shapes(way, shapes)
    ground = known.ground if known.ground.levels else outline_for(lon, lat)
    coordinates = Coordinates(
        x=px,
        y=py,
        lon=lon,
        lat=lat,
        crs=way.crs,
        shapes=looked_at,
        stated=np.empty(0, dtype=object) if stated is None else stated[at],
    )
    found = examine(coordinates, ground, limits())
    open_questions = [one for one in found if one.verdict != "note" and one.detector not in options.accept]
    refuse(open_questions, say("coordinates of {file} that are what they are said to be", file=file), found)
    return found


def raw_shapes(way: Way, shapes: np.ndarray) -> np.ndarray:
    """Return a sample of polygons (file numbers) as degrees before any shift of the CRS itself."""
    usable = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    sample = shapely.force_2d(usable[:: max(len(usable) // SHAPES_LOOKED_AT, 1)])

    def move(one: np.ndarray) -> np.ndarray:
        first, second = way.numbers(one[:, 0], one[:, 1])
        lon, lat = (first, second) if way.crs in OFFSET else degrees_of(first, second, way.crs)
        return np.column_stack(degrees_of(lon, lat, way.shift) if way.shift else (lon, lat))

    return np.asarray(shapely.transform(sample, move)) if len(sample) else sample


def outline_for(lon: np.ndarray, lat: np.ndarray) -> Ground:
    """Return the published outline around the middle of points; nothing where they are no degrees."""
    good = is_on_earth(lon, lat)
    if good.mean() < 0.5:
        return Ground()
    return published_ground(float(np.median(lon[good])), float(np.median(lat[good])))


def limits() -> Limits:
    """Return the thresholds of the detectors."""
    return Limits(
        misfit_ratio=float(DEFAULTS["guard_misfit_ratio"]),
        points=int(DEFAULTS["guard_points"]),
        far_km=float(DEFAULTS["guard_far_km"]),
        coarse_share=float(DEFAULTS["guard_coarse_share"]),
    )


def refuse(open_questions: list[Evidence], expected: Say, evidence: list[Evidence] | None = None) -> None:
    """Raise one refusal for all that is open, with everything found; pass where nothing is."""
    if not open_questions:
        return
    remedy = open_questions[0].remedy
    for one in open_questions[1:]:
        remedy = say("{first}; {then}", first=remedy, then=one.remedy)
    try:
        raise_faults(CoordinateError, expected, [one.found for one in open_questions], remedy)
    except CoordinateError as error:
        error.evidence = evidence or open_questions
        raise


def evidence_of(error: GridError | None) -> list[Evidence]:
    """Return the evidence a refusal carries, none where it is about something else."""
    return list(getattr(error, "evidence", []))


def notices_of(evidence: list[Evidence]) -> list[Say]:
    """Return what the evidence says as notices of an import."""
    return [one.found for one in evidence]


def finite(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the points that have both numbers."""
    keep = np.isfinite(x) & np.isfinite(y)
    return x[keep], y[keep]


def is_number(text: str) -> bool:
    """
    Return whether a text is a number other than zero.

    Examples
    --------
    >>> is_number("0.001"), is_number("1e"), is_number("0")
    (True, False, False)
    """
    try:
        return float(text) != 0
    except ValueError:
        return False


def said_crs(options: ImportOptions, declared: str | None) -> str | None:
    """Return the CRS a file is read in, for a preview; None while nobody said one."""
    return canonical_crs(options.crs) if options.crs else declared
