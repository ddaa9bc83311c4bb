"""A plane of metres around one place in which straight lines in degrees stay straight, there and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

AXIS_M, FLATTENING = 6_378_137.0, 1 / 298.257223563


@dataclass(frozen=True)
class LocalPlane:
    """
    Metres east and north of a middle: `lon_m` and `lat_m` to a degree. True at the middle; a county stays within 0.5 %.

    For work on lines that must meet exactly: what lies on one straight line in degrees does so here. To measure, use
    `choose_metric_crs`.
    """

    lon_0: float
    lat_0: float
    lon_m: float
    lat_m: float

    def to_metres(self, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
        """
        Turn shapes in degrees into shapes in metres.

        Examples
        --------
        >>> place = local_plane((120.0, 30.0, 121.0, 31.0))
        >>> place.to_metres(np.array([shapely.Point(120.5, 30.5)]))[0].wkt
        'POINT (0 0)'
        """
        middle, scale = np.array([self.lon_0, self.lat_0]), np.array([self.lon_m, self.lat_m])
        return np.asarray(shapely.transform(shapes, lambda xy: (xy - middle) * scale), dtype=object)

    def to_degrees(
        self, shapes: NDArray[np.object_], known: NDArray[np.object_], *, grid_m: float
    ) -> NDArray[np.object_]:
        """
        Turn shapes in metres into shapes in degrees; corners of `known` (degrees) come back as they were, bit for bit.

        Parameters
        ----------
        grid_m
            Corners of the same cell of a grid this fine are the same corner.

        Examples
        --------
        >>> place, spot = local_plane((120.0, 30.0, 121.0, 31.0)), np.array([shapely.Point(120.1, 30.123456789)])
        >>> bool(place.to_degrees(place.to_metres(spot), spot, grid_m=1e-6)[0] == spot[0])
        True
        """
        corner = shapely.get_coordinates(known)
        middle, scale = np.array([self.lon_0, self.lat_0]), np.array([self.lon_m, self.lat_m])
        keys, first = np.unique(_cells((corner - middle) * scale, grid_m), return_index=True)

        def back(xy: NDArray[np.float64]) -> NDArray[np.float64]:
            out = xy / scale + middle
            mine = _cells(xy, grid_m)
            at = np.minimum(np.searchsorted(keys, mine), max(len(keys) - 1, 0))
            same = keys[at] == mine if len(keys) else np.zeros(len(xy), dtype=bool)
            out[same] = corner[first[at[same]]]
            return out

        return np.asarray(shapely.transform(shapes, back), dtype=object)


def local_plane(bounds: Sequence[float]) -> LocalPlane:
    """
    Return the plane around the middle of west, south, east, north in degrees.

    Notes
    -----
    Source: radii of curvature of the WGS84 ellipsoid; Snyder, USGS 1395 (1987), p. 24.

    Examples
    --------
    >>> [round(value) for value in (local_plane((0, 0, 0, 0)).lon_m, local_plane((0, 0, 0, 0)).lat_m)]
    [111319, 110574]
    """
    west, south, east, north = bounds
    lat = np.radians((south + north) / 2)
    squared = FLATTENING * (2 - FLATTENING)
    bend = 1 - squared * np.sin(lat) ** 2
    lon_m = np.radians(1) * AXIS_M / np.sqrt(bend) * np.cos(lat)
    lat_m = np.radians(1) * AXIS_M * (1 - squared) / bend**1.5
    return LocalPlane((west + east) / 2, (south + north) / 2, float(lon_m), float(lat_m))


def _cells(xy: NDArray[np.float64], grid_m: float) -> NDArray[np.complex128]:
    whole = np.rint(xy / grid_m)
    return np.asarray(whole[:, 0] + 1j * whole[:, 1])
