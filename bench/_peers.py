"""The other engines: each made ready with areas and points outside the clock, then asked for every pair that meets."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

Pairs = tuple[np.ndarray, np.ndarray]
Join = Callable[[], Pairs]
JOIN = "SELECT p.point, a.rank FROM points p JOIN areas a ON ST_Intersects(a.geometry, p.geometry)"


def ready_geopandas(areas: np.ndarray, lon: np.ndarray, lat: np.ndarray) -> Join:
    """geopandas.sjoin, with the tree over the areas built beforehand."""
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat))
    polygons = gpd.GeoDataFrame(geometry=areas)
    assert polygons.sindex is not None

    def join() -> Pairs:
        found = gpd.sjoin(points, polygons, predicate="intersects")
        return found.index.to_numpy(), found["index_right"].to_numpy()

    return join


def ready_duckdb(areas: np.ndarray, lon: np.ndarray, lat: np.ndarray) -> Join:
    """DuckDB spatial, tables of geometries beforehand; its spatial join plans itself."""
    import duckdb
    import duckdb_extension_spatial

    folder = Path(str(duckdb_extension_spatial.__file__)).parent / "extensions" / f"v{duckdb.__version__}"
    link = duckdb.connect()
    link.execute(f"LOAD '{folder / 'spatial.duckdb_extension'}'")
    shapes = pd.DataFrame({"rank": np.arange(len(areas)), "wkb": shapely.to_wkb(areas)})
    spots = pd.DataFrame({"point": np.arange(len(lon)), "lon": lon, "lat": lat})
    link.register("shapes", shapes)
    link.register("spots", spots)
    link.execute("CREATE TABLE areas AS SELECT rank, ST_GeomFromWKB(wkb) AS geometry FROM shapes")
    link.execute("CREATE TABLE points AS SELECT point, ST_Point(lon, lat) AS geometry FROM spots")

    def join() -> Pairs:
        found = link.execute(JOIN).fetchnumpy()
        return np.asarray(found["point"]), np.asarray(found["rank"])

    return join


def ready_sedonadb(areas: np.ndarray, lon: np.ndarray, lat: np.ndarray) -> Join:
    """SedonaDB, views of geometries beforehand."""
    import sedonadb

    engine: Any = sedonadb.connect()
    shapes = gpd.GeoDataFrame({"rank": np.arange(len(areas))}, geometry=areas)
    spots = gpd.GeoDataFrame({"point": np.arange(len(lon))}, geometry=gpd.points_from_xy(lon, lat))
    engine.create_data_frame(shapes).to_memtable().to_view("areas")
    engine.create_data_frame(spots).to_memtable().to_view("points")

    def join() -> Pairs:
        found = engine.sql(JOIN).to_arrow_table()
        return found["point"].to_numpy(), found["rank"].to_numpy()

    return join


PEERS: dict[str, tuple[tuple[str, ...], Callable[[np.ndarray, np.ndarray, np.ndarray], Join]]] = {
    "geopandas.sjoin": (("geopandas",), ready_geopandas),
    "DuckDB spatial": (("duckdb", "duckdb_extension_spatial"), ready_duckdb),
    "SedonaDB": (("sedonadb",), ready_sedonadb),
}
"""Name -> modules it needs, and how it is made ready."""


def is_installed(name: str) -> bool:
    """Whether a peer can be run here."""
    return all(find_spec(module) is not None for module in PEERS[name][0])
