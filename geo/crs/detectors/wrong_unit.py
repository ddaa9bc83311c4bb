"""Coordinates a thousand times too large or too small: kilometres or millimetres, micro-degrees."""

from __future__ import annotations

from geo.crs.degrees import degrees_of
from geo.crs.detectors._spec import Coordinates, DetectorSpec, Evidence, Ground, Limits, is_on_earth, pairs, share_near
from geo.errors import say

FACTORS = (1e-3, 1e3, 1e-6, 1e6)


def wrong_unit(coordinates: Coordinates, ground: Ground, _limits: Limits) -> Evidence | None:
    """
    Find numbers a thousand or a million times too large or too small: kilometres, millimetres, micro-degrees.

    Told by the areas that are known: most points lie away from them as given and come near them by the factor.
    Where nothing is known, nothing is found; numbers off the Earth are refused by the check on degrees.

    Examples
    --------
    >>> import numpy as np
    >>> import shapely
    >>> place = Ground(levels=(np.array([shapely.box(120.4, 30.3, 121, 30.6)]),))
    >>> x, y = np.array([120500.0]), np.array([30500.0])
    >>> limits = Limits(misfit_ratio=0.75, points=10, far_km=50, coarse_share=0.95)
    >>> wrong_unit(Coordinates(x=x, y=y, lon=x, lat=y, crs="EPSG:4326"), place, limits).correction
    ('correct', 'scale=0.001')
    """
    lon, lat = coordinates.lon, coordinates.lat
    if not len(lon) or not len(ground.areas) or coordinates.crs is None:
        return None
    given = share_near(lon, lat, ground.areas)
    if given > 0.5:
        return None
    for factor in FACTORS:
        x, y = degrees_of(coordinates.x * factor, coordinates.y * factor, coordinates.crs)
        near = share_near(x, y, ground.areas) if is_on_earth(x, y).any() else 0.0
        if near > 0.5:
            return Evidence(
                detector="wrong_unit",
                verdict="refuse",
                found=say(
                    "numbers in another unit: times {factor}, {share} % of the points lie where the areas are",
                    factor=f"{factor:g}",
                    share=round(near * 100),
                ),
                remedy=say("correct the file, or say --correct scale={factor}", factor=f"{factor:g}"),
                numbers={"factor": factor, "share_given": given, "share_scaled": near},
                correction=("correct", f"scale={factor:g}"),
                before=pairs(lon, lat),
                after=pairs(x, y),
            )
    return None


SPEC = DetectorSpec(title="Units wrong by a thousand", detect=wrong_unit, source="definition")
