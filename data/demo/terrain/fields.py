"""Where the demonstration county is dense: smooth fields over the outline, in metres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from data.sources.haining_outline import read_haining_outline
from data.sources.haining_towns import TOWNS

METRIC_CRS = "EPSG:4549"
LON_LAT_CRS = "EPSG:4490"
# how built-up each town is (0-1) and how far its streets reach (m): invented, in the order of the real towns' sizes
STRENGTH = {
    "330481001": (1.0, 2100.0),
    "330481002": (1.0, 1900.0),
    "330481003": (0.8, 1700.0),
    "330481004": (0.55, 1300.0),
    "330481101": (0.8, 1700.0),
    "330481103": (0.85, 1900.0),
    "330481105": (0.5, 1100.0),
    "330481106": (0.5, 1000.0),
    "330481107": (0.6, 1200.0),
    "330481108": (0.5, 1100.0),
    "330481110": (0.6, 1300.0),
    "330481112": (0.6, 1300.0),
}
# workshop belts where new residents rent: lon, lat, strength, reach in m
RENTAL_BELTS = (
    (120.345, 30.415, 1.0, 2600.0),
    (120.385, 30.435, 0.9, 2100.0),
    (120.455, 30.470, 0.8, 1900.0),
    (120.470, 30.425, 0.6, 1500.0),
    (120.690, 30.475, 0.9, 1800.0),
    (120.720, 30.555, 0.8, 1800.0),
    (120.640, 30.520, 0.5, 1500.0),
    (120.605, 30.480, 0.5, 1300.0),
    (120.760, 30.425, 0.5, 1400.0),
    (120.805, 30.310, 0.7, 1900.0),
)

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Waves:
    """A smooth random field: a sum of plane waves, about unit variance."""

    directions: Array
    phases: Array

    @staticmethod
    def draw(rng: np.random.Generator, *, length_m: float, count: int = 24) -> Waves:
        """Draw a field whose bumps are about `length_m` across."""
        angle = rng.uniform(0, 2 * np.pi, count)
        number = 2 * np.pi / (length_m * rng.uniform(0.7, 1.8, count))
        return Waves(
            np.column_stack([np.cos(angle), np.sin(angle)]) * number[:, None], rng.uniform(0, 2 * np.pi, count)
        )

    def at(self, xy: Array) -> Array:
        """Return the field at points of shape (n, 2)."""
        return np.cos(xy @ self.directions.T + self.phases).sum(axis=1) * np.sqrt(2 / len(self.phases))


@dataclass(frozen=True)
class Terrain:
    """The outline in metres, the towns' centres and the fields everything else is drawn from."""

    outline: shapely.Polygon
    centres: Array
    scale: float
    belts: tuple[tuple[float, float, float, float], ...]
    texture: Waves
    patches: Waves
    warp_x: Waves
    warp_y: Waves

    def warp(self, xy: Array, *, reach_m: Array) -> Array:
        """Bend points by the common field, so that lines meeting before still meet after."""
        return xy + reach_m * 0.6 * np.column_stack([self.warp_x.at(xy), self.warp_y.at(xy)])

    def townness(self, xy: Array) -> Array:
        """Return 0 (open country) to 1 (town centre)."""
        total = np.zeros(len(xy))
        for town, centre in zip(TOWNS, self.centres, strict=True):
            strength, reach = STRENGTH[town.code]
            near = ((xy[:, 0] - centre[0]) ** 2 + (xy[:, 1] - centre[1]) ** 2) / (reach * 0.62) ** 2
            total = np.maximum(total, strength * np.exp(-0.5 * near))
        return np.clip(total * (1 + 0.22 * self.texture.at(xy)), 0, 1)

    def renting(self, xy: Array) -> Array:
        """Return 0 to 1: how much of the housing is rented to new residents."""
        total = np.zeros(len(xy))
        for x, y, strength, reach in self.belts:
            near = ((xy[:, 0] - x) ** 2 + (xy[:, 1] - y) ** 2) / (reach * 0.6) ** 2
            total = np.maximum(total, strength * np.exp(-0.5 * near))
        return np.clip(total * (1 + 0.45 * self.patches.at(xy)), 0, 1)

    def cells_per_m2(self, xy: Array) -> Array:
        """Return how many cells a square metre should hold."""
        return self.scale * 1e-6 * (27 + 62 * self.townness(xy) + 185 * self.renting(xy))

    def grids_per_m2(self, xy: Array) -> Array:
        """Return how many grids a square metre should hold."""
        return self.scale * 1e-6 * (0.47 + 4.6 * self.townness(xy) ** 1.3 + 2.2 * self.renting(xy))

    def spacing_m(self, xy: Array) -> Array:
        """Return the distance between neighbouring cell seeds."""
        return 1 / np.sqrt(self.cells_per_m2(xy))


def to_metres(lon_lat: Array) -> Array:
    """Return CGCS2000 degrees (n, 2) as metres in EPSG:4549."""
    return np.column_stack(_to_metres.transform(lon_lat[:, 0], lon_lat[:, 1]))


def to_degrees(xy: Array) -> Array:
    """Return metres (n, 2) as longitude and latitude rounded to 7 decimals, about a centimetre."""
    return np.round(np.column_stack(_to_degrees.transform(xy[:, 0], xy[:, 1])), 7)


def build_terrain(rng: np.random.Generator, *, scale: float) -> Terrain:
    """Read the outline and draw the fields."""
    ring = np.asarray(read_haining_outline().geometry.iloc[0].exterior.coords)
    return Terrain(
        outline=shapely.orient_polygons(shapely.Polygon(to_metres(ring))),
        centres=to_metres(np.array([[t.lon, t.lat] for t in TOWNS])),
        scale=scale,
        belts=tuple((*to_metres(np.array([[lon, lat]]))[0], s, r) for lon, lat, s, r in RENTAL_BELTS),
        texture=Waves.draw(rng, length_m=1500),
        patches=Waves.draw(rng, length_m=900),
        warp_x=Waves.draw(rng, length_m=3800),
        warp_y=Waves.draw(rng, length_m=3800),
    )


_to_metres = Transformer.from_crs(LON_LAT_CRS, METRIC_CRS, always_xy=True)
_to_degrees = Transformer.from_crs(METRIC_CRS, LON_LAT_CRS, always_xy=True)
