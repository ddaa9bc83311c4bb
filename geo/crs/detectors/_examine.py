"""All detectors over one file's coordinates."""

from __future__ import annotations

from geo.catalogue import discover
from geo.crs.detectors._spec import Coordinates, Evidence, Ground, Limits

RANK = {"refuse": 0, "ask": 1, "note": 2}


def examine(coordinates: Coordinates, ground: Ground, limits: Limits) -> list[Evidence]:
    """
    Return what the detectors find, the worst first; nothing is changed.

    Points that are nowhere (no finite coordinate) have been left out by the caller. A file without any has no
    evidence.

    Examples
    --------
    >>> import numpy as np
    >>> one = Coordinates(x=np.array([30.5]), y=np.array([120.7]), lon=np.array([30.5]), lat=np.array([120.7]),
    ...     crs="EPSG:4326")
    >>> [found.detector for found in examine(one, Ground(), Limits(misfit_ratio=0.75, points=10, far_km=50,
    ...     coarse_share=0.95))]
    ['swapped_axes']
    """
    if not len(coordinates.x):
        return []
    import geo.crs.detectors

    found = [spec.detect(coordinates, ground, limits) for spec in discover(geo.crs.detectors).values()]
    return sorted((one for one in found if one is not None), key=lambda one: RANK[one.verdict])
