"""Which area holds each point: ours and the peers over the same points, every answer compared."""

from __future__ import annotations

import time

import geopandas as gpd
import numpy as np

from bench._ground import crowd, tiling
from bench._spec import BenchSpec, Progress, Report, Table
from geo.locate import LocateIndex

POINTS = {"small": 20_000, "full": 1_000_000}
NONE = -1


def run(size: str, progress: Progress) -> Report:
    """Locate points over a tiled province with our index and with geopandas.sjoin."""
    areas = tiling(30, 20, vertices=24)
    lon, lat = crowd(POINTS[size], areas)
    index = LocateIndex.build([f"{row:07}" for row in range(len(areas))], list(areas))
    progress(0.2, "ours")
    started = time.perf_counter()
    ours = index.query(lon, lat).position
    ours_s = time.perf_counter() - started
    progress(0.5, "geopandas.sjoin")
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat))
    started = time.perf_counter()
    joined = gpd.sjoin(points, gpd.GeoDataFrame(geometry=areas), predicate="intersects")
    theirs_s = time.perf_counter() - started
    theirs = np.full(len(lon), len(areas))
    np.minimum.at(theirs, joined.index.to_numpy(), joined["index_right"].to_numpy())
    different = int((np.where(theirs == len(areas), NONE, theirs) != ours).sum())
    rates = [("wangge", ours_s), ("geopandas.sjoin", theirs_s)]
    rows = [(name, f"{len(lon) / seconds / 1e6:.2f}") for name, seconds in rates]
    return Report(
        [Table(f"{len(areas):,} areas, {len(lon):,} points", ("engine", "million points/s"), rows)],
        differences=[f"{different:,} points against geopandas.sjoin"] if different else [],
    )


SPEC = BenchSpec(title="Which area holds each point", run=run, peers=("geopandas",))
