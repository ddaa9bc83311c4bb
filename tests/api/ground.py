"""A workspace small enough to check by hand: squares in three levels, with a few rows of every kind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely import LineString, box

from data.kinds import areas, buildings, counts, fixes, incidents, places, roads, visits, water
from data.store import stage
from data.writer import write

NOW = datetime(2026, 11, 20, tzinfo=UTC)
HOSTILE = (
    "<script>window.__pwn=1</script>",
    "${window.__pwn=2}",
    "<img src=x onerror=window.__pwn=3>",
    "`+(window.__pwn=4)+`",
    "</script><script>window.__pwn=5</script>",
    "'-window.__pwn=6-'",
    '"><svg onload=window.__pwn=7>',
    "{{7*7}}</textarea>",
)
SIDE = 0.02
WEST, SOUTH = 120.6, 30.3
LEVELS = ({"key": "town", "title": "镇街道"}, {"key": "village", "title": "村社区"}, {"key": "grid", "title": "网格"})
ACCOUNTS = (
    {"account_id": "admin", "name": "管理员", "role": "administrator", "area_id": None},
    {"account_id": "duty_a", "name": "甲镇值班", "role": "duty_officer", "area_id": "A"},
    {"account_id": "viewer_b", "name": "乙镇只读", "role": "viewer", "area_id": "B"},
)
PERIOD = "start=2026-11-01T00:00:00Z&end=2026-11-20T01:00:00Z"


def _source(name: str) -> dict[str, Any]:
    return {"file": name, "licence": "CC0-1.0", "attribution": "test", "checksum": "", "options": {}}


def _squares(names: tuple[str, ...]) -> gpd.GeoDataFrame:
    """Towns A and B side by side; each has two villages above one another, each village four grids in a row."""
    rows: list[dict[str, Any]] = []

    def add(area_id: str, level: str, parent: str | None, west: float, south: float, w: float, h: float) -> None:
        name = names[len(rows) % len(names)] if names else f"区域{area_id}"
        shape = box(WEST + west * SIDE, SOUTH + south * SIDE, WEST + (west + w) * SIDE, SOUTH + (south + h) * SIDE)
        rows.append(
            {
                "area_id": area_id, "level": level, "name": name, "parent_id": parent, "households": 40 * w * h,
                "area_class": "town", "footprint_id": area_id, "geometry": shape,
            }
        )  # fmt: skip

    for t, town in enumerate("AB"):
        add(town, "town", None, 4 * t, 0, 4, 2)
        for v in (1, 2):
            village = f"{town}{v}"
            add(village, "village", town, 4 * t, v - 1, 4, 1)
            for g in range(4):
                add(f"{village}{g}", "grid", village, 4 * t + g, v - 1, 1, 1)
    return gpd.GeoDataFrame(rows, crs="EPSG:4326")


def _filled(spec: Any, table: pd.DataFrame) -> pd.DataFrame:
    """Every column of the kind, empty where the table has none."""
    for field in spec.fields:
        if field.name not in table:
            table[field.name] = None
    return table


def _points(spec: Any, grids: gpd.GeoDataFrame, each: int, names: tuple[str, ...], **more: Any) -> pd.DataFrame:
    rows = []
    for i, grid in enumerate(grids.itertuples()):
        for n in range(each):
            x, y = grid.geometry.centroid.x + n * 2e-4, grid.geometry.centroid.y
            title = names[(i + n) % len(names)] if names else f"名称{i}-{n}"
            rows.append(
                {
                    spec.key: f"{spec.name}-{grid.area_id}-{n}", "title": title, "name": title, "lon": x, "lat": y,
                    "area_id": grid.area_id, "reason": "inside", "at": NOW - timedelta(hours=n), "value": n + 1.0,
                    "occurred_at": NOW - timedelta(hours=n), "started_at": NOW - timedelta(hours=n), **more,
                }
            )  # fmt: skip
    table = _filled(spec.SPEC if hasattr(spec, "SPEC") else spec, pd.DataFrame(rows))
    return table[[field.name for field in spec.fields]]


def build_ground(workspace: str, *, names: tuple[str, ...] = (), each: int = 3) -> None:
    """Make the workspace through the writer, as a person would: areas, then a few rows of each kind."""
    table = _squares(names)
    grids = table[table["level"] == "grid"]
    write(
        workspace,
        "create_workspace",
        {"title": "测试县", "synthetic": True, "levels": list(LEVELS), "accounts": list(ACCOUNTS)},
        actor="admin",
    )
    levels = [{**level, "rank": rank} for rank, level in enumerate(LEVELS)]
    payload = {"table": stage(workspace, table), "levels": levels, "replaces": [], "placements": {}}
    write(workspace, "publish_areas", {**payload, "source": _source(areas.SPEC.name)}, actor="admin")
    tables = {
        "incidents": _points(incidents.SPEC, grids, each, names, category="安全隐患", status="reported"),
        "visits": _points(visits.SPEC, grids, each, names, purpose="household"),
        "places": _points(places.SPEC, grids, each, names, kind="police_post"),
        "counts": _points(counts.SPEC, grids, each, names, kind="crowd", unit="people"),
        "buildings": _buildings(grids, names),
        "roads": _line(roads.SPEC, "road_class", "primary", 0.5, names),
        "water": _line(water.SPEC, "water_class", "river", 1.5, names),
    }
    for kind, rows in tables.items():
        payload = {"kind": kind, "table": stage(workspace, rows), "mode": "replace", "source": _source(kind)}
        write(workspace, "publish_rows", payload, actor="admin")
    track = _points(fixes.SPEC, grids, 1, names, accuracy_m=5.0, speed_m_s=1.0)
    steps = [track.assign(at=NOW - timedelta(seconds=30 * n), lon=track["lon"] + n * 3e-4) for n in range(20)]
    moved = pd.concat(steps, ignore_index=True)
    moved["unit_id"] = "unit-" + moved["area_id"]
    moved["fix_id"] = moved["unit_id"] + moved["at"].astype(str)
    payload = {"table": stage(workspace, moved), "mode": "append", "source": _source("fixes")}
    write(workspace, "publish_fixes", payload, actor="admin")


def _buildings(grids: gpd.GeoDataFrame, names: tuple[str, ...]) -> gpd.GeoDataFrame:
    table = _points(buildings.SPEC, grids, 2, names, floors=3, households=12, address="和平路 1 号", kind="residential")
    shapes = [box(x - 5e-4, y - 5e-4, x + 5e-4, y + 5e-4) for x, y in zip(table["lon"], table["lat"], strict=True)]
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4326")


def _line(spec: Any, field: str, value: str, row: float, names: tuple[str, ...]) -> gpd.GeoDataFrame:
    name = names[0] if names else "和平路"
    table = pd.DataFrame({spec.key: [f"{spec.name}-1"], "name": [name], field: [value]})
    line = LineString([(WEST, SOUTH + row * SIDE), (WEST + 8 * SIDE, SOUTH + row * SIDE)])
    return gpd.GeoDataFrame(table, geometry=[line], crs="EPSG:4326")
