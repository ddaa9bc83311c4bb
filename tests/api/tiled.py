"""A small province with tiles: counties and grids, a tower of two areas on one footprint, and a tiny grid."""

from __future__ import annotations

import time
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from bench._province import build_province
from data.store import open_store, stage
from data.tiles.editions import tile_state
from data.writer import write

SHAPE = (("county", 3, 2), ("grid", 18, 16))
LEVELS = ({"key": "county", "title": "县"}, {"key": "grid", "title": "网格"})
ACCOUNTS = (
    {"account_id": "admin", "name": "管理员", "role": "administrator", "area_id": None},
    {"account_id": "duty_1", "name": "一县值班", "role": "duty_officer", "area_id": "331"},
    {"account_id": "duty_2", "name": "二县值班", "role": "duty_officer", "area_id": "332"},
)
TOWER, TINY = ("331901", "331902"), "332901"


def province() -> gpd.GeoDataFrame:
    """Return the areas; tower and tiny grid are cut out of the grids they stand in."""
    table = plain_province(SHAPE)
    return pd.concat([table, *_inside(table, TOWER, 2e-3), *_inside(table, (TINY,), 5e-5)], ignore_index=True)


def plain_province(shape: tuple[tuple[str, int, int], ...]) -> gpd.GeoDataFrame:
    """Return areas that tile a province, level in level."""
    table = build_province(shape, points=6)
    return table.assign(households=400, area_class="town", footprint_id=table["area_id"])


def _inside(table: gpd.GeoDataFrame, ids: tuple[str, ...], half: float) -> list[gpd.GeoDataFrame]:
    county = ids[0][:3]
    host = table.index[table["parent_id"] == county][7]
    point = table.geometry[host].representative_point()
    hole = shapely.box(point.x - half, point.y - half, point.x + half, point.y + half)
    table.loc[host, "geometry"] = table.geometry[host].difference(hole)
    rows = [
        {
            "area_id": one, "level": "grid", "name": f"单元{one}", "parent_id": county, "households": 40,
            "area_class": "town", "footprint_id": ids[0], "geometry": hole,
        }
        for one in ids
    ]  # fmt: skip
    return [gpd.GeoDataFrame(rows, crs=table.crs)]


def publish(workspace: str, table: gpd.GeoDataFrame) -> None:
    """Publish areas as an import does."""
    levels = [{**level, "rank": rank} for rank, level in enumerate(LEVELS)]
    source = {"file": "areas", "licence": "CC0-1.0", "attribution": "test", "checksum": "", "options": {}}
    payload: dict[str, Any] = {"table": stage(workspace, table), "levels": levels, "source": source}
    write(workspace, "publish_areas", {**payload, "replaces": ["county", "grid"], "placements": {}}, actor="admin")


def build_tiled(workspace: str, *, table: gpd.GeoDataFrame | None = None, most: int = 100) -> None:
    """Make the workspace; a level of more than `most` areas is drawn from tiles, which begin to be built by this."""
    head = {"title": "测试省", "synthetic": True, "levels": list(LEVELS), "accounts": list(ACCOUNTS)}
    write(workspace, "create_workspace", head, actor="admin")
    write(workspace, "set_setting", {"name": "tiles_from_areas", "value": most}, actor="admin")
    publish(workspace, province() if table is None else table)


def wait_for_tiles(workspace: str, seconds: float = 240) -> None:
    """Wait until the builder that a publish started is done."""
    for _ in range(int(seconds * 10)):
        if (state := tile_state(open_store(workspace))).state == "ready":
            return
        assert state.state in ("waiting", "building"), state
        time.sleep(0.1)
    raise AssertionError(f"no tiles after {seconds} s: {state}")
