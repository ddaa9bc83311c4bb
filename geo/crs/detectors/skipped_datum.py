"""An old datum whose shift a plain projection would skip."""

from __future__ import annotations

import numpy as np
from pyproj.exceptions import CRSError as UnknownCRS

from geo.crs.datum import choose_datum_step
from geo.crs.detectors._spec import Coordinates, DetectorSpec, Evidence, Ground, Limits, pairs
from geo.errors import say

WORTH_SAYING_M = 1.0


def skipped_datum(coordinates: Coordinates, _ground: Ground, _limits: Limits) -> Evidence | None:
    """
    Say which datum shift is taken and how far it may be off; ask where none is published.

    A projection straight from one old datum to another skips the shift between them without a word: areas that
    declare Taiwan 1950 (EPSG:4236) land 885 m off that way. Here every file goes by way of CGCS2000/WGS84, by a
    published step. Xi'an 1980 has none: its degrees would stand as they are, some hundred metres off.

    Examples
    --------
    >>> x, y = np.array([-87.65]), np.array([41.85])
    >>> limits = Limits(misfit_ratio=0.75, points=10, far_km=50, coarse_share=0.95)
    >>> found = skipped_datum(Coordinates(x=x, y=y, lon=x, lat=y, crs="EPSG:4236"), Ground(), limits)
    >>> found.verdict, round(found.numbers["shift_m"])
    ('note', 885)
    >>> skipped_datum(Coordinates(x=x, y=y, lon=x, lat=y, crs="EPSG:4610"), Ground(), limits).verdict
    'ask'
    """
    if coordinates.crs in (None, "gcj02", "bd09", "EPSG:4326", "EPSG:4490", "EPSG:3857", "OGC:CRS84"):
        return None
    x, y = float(np.median(coordinates.x)), float(np.median(coordinates.y))
    try:
        step = choose_datum_step(str(coordinates.crs), x, y)
    except UnknownCRS:
        return None
    if step.accuracy_m is None:
        return Evidence(
            detector="skipped_datum",
            verdict="ask",
            found=say("a datum without a published shift to CGCS2000 here: its degrees would be taken as they are"),
            remedy=say(
                "have it converted by the surveyor, give the local parameters as a PROJ text with +towgs84 in --crs, "
                "or take it as it is with --accept skipped_datum"
            ),
            numbers={"shift_m": 0.0},
            before=pairs(coordinates.lon, coordinates.lat),
        )
    if step.shift_m < WORTH_SAYING_M and step.accuracy_m <= WORTH_SAYING_M:
        return None
    return Evidence(
        detector="skipped_datum",
        verdict="note",
        found=say(
            "shifted by {shift_m} m from its own datum ({operation}); the result is good to about {accuracy_m} m",
            shift_m=round(step.shift_m),
            operation=step.operation,
            accuracy_m=max(round(step.accuracy_m), 1),
        ),
        remedy=say("nothing to do"),
        numbers={"shift_m": step.shift_m, "accuracy_m": step.accuracy_m},
        after=pairs(coordinates.lon, coordinates.lat),
    )


SPEC = DetectorSpec(
    title="A datum shift that would be skipped", detect=skipped_datum, source="EPSG Geodetic Parameter Dataset"
)
