"""`wangge locate`: which polygon of one file holds each point of another, without a store."""

from __future__ import annotations

import time
from pathlib import Path

import pandas as pd

from commands.console import note, print_json, progress_bar
from geo.errors import SchemaError, name_few, say


def locate_points(
    areas: Path,
    id_column: str,
    points: Path,
    *,
    out: Path,
    lon: str | None,
    lat: str | None,
    crs: str | None,
    as_json: bool,
) -> None:
    """Write `area_id` and `reason` for every point in input order; the rate counts the look-up alone."""
    from data.imports.coordinates import read_points, read_shapes
    from geo.locate import LocateIndex

    if out.suffix.lower() != ".parquet":
        raise SchemaError(say("an --out that ends in .parquet"), say("{name}", name=out.name), say("rename it"))
    with progress_bar("locate") as progress:
        polygons = read_shapes(areas, crs=crs, progress=progress)
        ids = _ids(polygons, id_column)
        where = read_points(points, lon=lon, lat=lat, crs=crs, progress=progress)
        index = LocateIndex.build(ids, polygons.geometry.to_numpy())
        started = time.perf_counter()
        located = index.query(where["lon"].to_numpy(), where["lat"].to_numpy())
        seconds = time.perf_counter() - started
    table = pd.DataFrame({"area_id": located.ids, "reason": located.reasons})
    _write(table, out)
    counts = {reason: rows for reason, rows in located.counts().items() if rows}
    rate = len(table) / seconds if seconds > 0 else 0.0
    if as_json:
        print_json({"rows": len(table), "reasons": counts, "points_per_s": rate, "out": str(out)})
    listed = ", ".join(f"{reason} {rows:,}" for reason, rows in counts.items())
    note(f"{len(table):,} rows: {listed}; {rate:,.0f} points/s")


def _ids(polygons: pd.DataFrame, id_column: str) -> list[str]:
    if id_column not in polygons:
        names = [column for column in polygons.columns if column != "geometry"]
        raise SchemaError(
            say("a column {column!r} with the id of each polygon", column=id_column),
            say("columns {names}", names=name_few(names)),
            say("give one of them with --id"),
        )
    return list(polygons[id_column])


def _write(table: pd.DataFrame, out: Path) -> None:
    part = out.with_name(f".{out.name}.part")
    try:
        table.to_parquet(part, index=False)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
