"""What goes into the tiles: each area of each level as a numbered shape, from the zoom at which it can be seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

TILE_PX = 256
DEEPEST = 14
VISIBLE_PX = 1.0
"""An area smaller than this many pixels at a zoom is a square of this size there: simplified it would be nothing."""


def layer_of(rank: int) -> str:
    """Return the name of a level's layer in the tiles, whatever the level is called."""
    return f"l{rank}"


def sides_px(shapes: NDArray[Any]) -> NDArray[np.float64]:
    """Return for each shape the side of a square as large as its bounding box, in pixels at zoom 0."""
    west, south, east, north = shapely.bounds(shapes).T
    up, down = (np.degrees(np.arcsinh(np.tan(np.radians(one)))) for one in (north, south))
    side: NDArray[np.float64] = np.sqrt((east - west) * (up - down)) * TILE_PX / 360
    return side


def level_zooms(
    sides: Mapping[str, NDArray[np.float64]], *, least_px: float, most_px: float
) -> dict[str, tuple[int, int]]:
    """
    Return for each level the first and the last zoom of its tiles; the last is the same for all.

    A level begins where its middling area is `least_px` wide, and the archive ends where that of the finest level is
    `most_px` wide: nearer, the last tiles, which are exact, are drawn larger.

    Examples
    --------
    >>> level_zooms({"town": np.array([0.5]), "grid": np.array([0.05])}, least_px=1, most_px=24)
    {'town': (1, 9), 'grid': (5, 9)}
    """
    middle = {level: float(np.median(each)) for level, each in sides.items() if len(each)}
    first = {level: _zoom_for(least_px, side) for level, side in middle.items()}
    last = max([*first.values(), _zoom_for(most_px, min(middle.values()))]) if middle else 0
    return {level: (zoom, last) for level, zoom in first.items()}


def _zoom_for(wanted_px: float, side_px: float) -> int:
    return int(np.clip(np.ceil(np.log2(wanted_px / max(side_px, 1e-9))), 0, DEEPEST))


def numbered(areas: pd.DataFrame, levels: list[str]) -> dict[str, pd.DataFrame]:
    """Return the areas of each level in the order of their numbers: by id as text."""
    return {level: areas[(areas["level"] == level).to_numpy()] for level in levels}


def feature_lines(table: Any, rank: int, zooms: tuple[int, int]) -> Iterator[str]:
    """Give one GeoJSON line for each area of a level, and one more for an area too small to be seen at first."""
    shapes = np.asarray(table.geometry.array, dtype=object)
    first, last = zooms
    visible = np.ceil(np.log2(VISIBLE_PX / np.maximum(sides_px(shapes), 1e-12)))
    begins = np.clip(visible, first, last).astype(int)
    points = table[["lon", "lat"]].to_numpy(dtype=float)
    layer = layer_of(rank)
    for number, (text, begin) in enumerate(zip(shapely.to_geojson(shapes), begins.tolist(), strict=True)):
        yield _line(number, layer, begin, last, text)
        for zoom in range(first, begin):
            yield _line(
                number,
                layer,
                zoom,
                zoom,
                shapely.to_geojson(square(float(points[number, 0]), float(points[number, 1]), zoom)),
            )


def _line(number: int, layer: str, first: int, last: int, geometry: str) -> str:
    where = f'{{"layer":"{layer}","minzoom":{first},"maxzoom":{last}}}'
    return f'{{"type":"Feature","id":{number},"tippecanoe":{where},"properties":{{}},"geometry":{geometry}}}\n'


def square(lon: float, lat: float, zoom: int) -> shapely.Polygon:
    """Return the square that stands for an area too small to be seen at a zoom."""
    half = VISIBLE_PX / 2 * 360 / TILE_PX / 2**zoom
    high = half * np.cos(np.radians(lat))
    return shapely.box(lon - half, lat - high, lon + half, lat + high)


def shapes_at(table: Any, zoom: int) -> NDArray[Any]:
    """Return the shapes of a level as a zoom shows them: those too small to be seen as squares."""
    shapes = np.asarray(table.geometry.array, dtype=object).copy()
    points = table[["lon", "lat"]].to_numpy(dtype=float)
    for number in np.flatnonzero(sides_px(shapes) * 2**zoom < VISIBLE_PX):
        shapes[number] = square(float(points[number, 0]), float(points[number, 1]), zoom)
    return shapes


def write_features(areas: Any, levels: list[str], zooms: Mapping[str, tuple[int, int]], target: Path) -> int:
    """Write every area of every level as GeoJSON lines and return how many lines there are."""
    count = 0
    with target.open("w", encoding="utf-8") as file:
        for rank, (level, table) in enumerate(numbered(areas, levels).items()):
            if level in zooms:
                for line in feature_lines(table, rank, zooms[level]):
                    file.write(line)
                    count += 1
    return count
