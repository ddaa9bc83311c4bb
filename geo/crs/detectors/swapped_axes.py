"""Longitude and latitude (or east and north) exchanged."""

from __future__ import annotations

from geo.crs.degrees import degrees_of
from geo.crs.detectors._spec import Coordinates, DetectorSpec, Evidence, Ground, Limits, is_on_earth, pairs, share_near
from geo.errors import say


def swapped_axes(coordinates: Coordinates, ground: Ground, _limits: Limits) -> Evidence | None:
    """
    Find exchanged axes: certain where most points lie off the Earth as given and on it when exchanged.

    Where areas are known, also where most points lie away from them as given and among them when exchanged. The
    standard order of EPSG:4490 is latitude first, and many programs write it so; inside here it is always longitude
    first.

    Examples
    --------
    >>> import numpy as np
    >>> import shapely
    >>> chicago = Ground(levels=(np.array([shapely.box(-87.9, 41.6, -87.5, 42.1)]),))
    >>> x, y = np.array([41.8]), np.array([-87.6])
    >>> limits = Limits(misfit_ratio=0.75, points=10, far_km=50, coarse_share=0.95)
    >>> swapped_axes(Coordinates(x=x, y=y, lon=x, lat=y, crs="EPSG:4326"), chicago, limits).correction
    ('correct', 'axes')
    >>> swapped_axes(Coordinates(x=y, y=x, lon=y, lat=x, crs="EPSG:4326"), chicago, limits) is None
    True
    """
    lon, lat = coordinates.lon, coordinates.lat
    if not len(lon):
        return None
    turned_lon, turned_lat = degrees_of(coordinates.y, coordinates.x, str(coordinates.crs))
    given, exchanged = float(is_on_earth(lon, lat).mean()), float(is_on_earth(turned_lon, turned_lat).mean())
    is_certain = given < 0.5 < exchanged
    if not is_certain:
        if not len(ground.areas) or exchanged < 0.5:
            return None
        given, exchanged = share_near(lon, lat, ground.areas), share_near(turned_lon, turned_lat, ground.areas)
        if not given < 0.5 < exchanged:
            return None
    return Evidence(
        detector="swapped_axes",
        verdict="refuse",
        found=say(
            "the two exchanged: {given} % of the points fit as given, {exchanged} % when exchanged",
            given=round(given * 100),
            exchanged=round(exchanged * 100),
        ),
        remedy=say("exchange the columns (--lon and --lat), or say --correct axes"),
        numbers={"share_given": given, "share_exchanged": exchanged},
        correction=("correct", "axes"),
        before=pairs(lon, lat),
        after=pairs(turned_lon, turned_lat),
    )


SPEC = DetectorSpec(title="Axes exchanged", detect=swapped_axes, source="definition; EPSG:4490 axis order")
